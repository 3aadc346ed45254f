"""All vehicles of a fleet, moved in one step by compiled code."""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.airframe.battery import Battery, draw
from simulator.airframe.point_mass import PointMass, move_body
from simulator.airframe.upset import Upset, diverted
from simulator.airframe.wind import Wind, blow
from simulator.autopilot.heading_control import HeadingControl, turn_rate_rad_s
from simulator.autopilot.position_control import PositionControl, Way, demand, note_limit, shape_target
from simulator.autopilot.waypoint_navigation import Legs, follow_legs
from simulator.compiled import compiled
from simulator.row import Row

_KEEP, _ALONG_LEGS = int(Way.KEEP), int(Way.ALONG_LEGS)


class Vehicle(Row):
    """What moves of one vehicle. It is moved when its autopilot has said where to: `is_due` until that is done."""

    body: PointMass
    control: PositionControl
    heading: HeadingControl
    legs: Legs
    wind: Wind
    battery: Battery
    upset: Upset
    is_due: bool
    is_airborne: bool
    """By its autopilot's reckoning."""
    has_hit_ground: bool


class Vehicles:
    """A row for each vehicle.

    Parameters
    ----------
    count : int

    Attributes
    ----------
    rows : list of Vehicle
        Views of `array`, which has a field for each of theirs, nested likewise.
    """

    def __init__(self, count: int) -> None:
        kind: Any = Vehicle
        size = ctypes.sizeof(Vehicle)
        memory = bytearray(count * size)
        self.array: NDArray[np.void] = np.frombuffer(memory, np.dtype(kind))
        self.rows = [Vehicle.from_buffer(memory, number * size) for number in range(count)]
        for row in self.rows:
            row.reset()

    def step(self, dt: float) -> None:
        """Move all that are due."""
        move(self.array, dt)


@compiled
def move(vehicles: NDArray[np.void], dt: float) -> None:
    """Move the vehicles that are due."""
    for number in range(len(vehicles)):
        vehicle = vehicles[number]
        if vehicle.is_due:
            vehicle.is_due = False
            _move_one(
                vehicle.body,
                vehicle.control,
                vehicle.heading,
                vehicle.legs,
                vehicle.wind,
                vehicle.upset,
                dt,
            )
            vehicle.has_hit_ground = vehicle.body.hit_ground_m_s > 0.0
            is_flying = vehicle.is_airborne and not vehicle.body.is_on_ground
            draw(
                vehicle.battery,
                dt,
                is_flying,
                vehicle.body.specific_force_g,
                vehicle.body.velocity_up_m_s,
            )


@compiled
def _move_one(
    body: PointMass,
    control: PositionControl,
    heading: HeadingControl,
    legs: Legs,
    wind: Wind,
    upset: Upset,
    dt: float,
) -> None:
    body.wind_north_m_s, body.wind_east_m_s = blow(wind, dt, body.up_m - body.ground_up_m)
    if upset.is_out_of_control:
        north, east = diverted(upset, body, 0.0, 0.0)
        move_body(body, dt, north, east, upset.up_m_s2, upset.turn_rad_s, 0.0, 0.0)
        return
    if not (body.are_motors_on and control.is_active):
        move_body(body, dt, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0)
        return
    if control.way == _ALONG_LEGS:
        follow_legs(legs, control, body)
    else:
        shape_target(control)
    control.way = control.vertical_way = _KEEP
    north, east, up = demand(control, body)
    north, east = diverted(upset, body, north, east)
    turn = 0.0 if body.is_on_ground else turn_rate_rad_s(heading, dt, body, control)
    move_body(body, dt, north, east, up, turn, control.velocity_north, control.velocity_east)
    note_limit(control, body, north, east)
