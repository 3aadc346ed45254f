"""Circles: where they are flown to, and round; those of a mission and the mode CIRCLE."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.autopilot.mode import Mode, ModeNumber
from simulator.autopilot.pilot_modes import climb_wanted_m_s
from simulator.autopilot.waypoint_navigation import LegLimits, Place

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

FACE_AHEAD, BEGIN_AT_CENTRE = 2, 4
"""Bits of CIRCLE_OPTIONS: the nose along the circle rather than to its centre; the vehicle in its middle."""


def nearest_on_circle(centre: Place, radius_m: float, come_from: Place) -> Place:
    """Place at which a circle is begun; its centre where the vehicle is there already, and spirals out."""
    away_m = math.dist(come_from[:2], centre[:2])
    if away_m < 1.0:
        return centre
    north, east = (
        at + radius_m / away_m * (begin - at) for at, begin in zip(centre[:2], come_from[:2], strict=True)
    )
    return north, east, centre[2]


class CircleFlight:
    """Moves the target round a centre; the angle runs as fast as speed, acceleration and CIRCLE_RATE allow."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._centre = (0.0, 0.0)
        self._radius_m = 0.0
        self._sense = 1.0
        self._angle_rad = 0.0
        self.turned_rad = 0.0

    def start(self, centre: tuple[float, float], radius_m: float, sense: float) -> None:
        """Begin where the body is; clockwise where `sense` is positive."""
        body = self._autopilot.body
        self._centre, self._radius_m, self._sense = centre, radius_m, math.copysign(1.0, sense)
        self._angle_rad = math.atan2(body.east_m - centre[1], body.north_m - centre[0])
        self.turned_rad = 0.0

    def step(self, dt: float, limits: LegLimits, pace: float = 1.0) -> None:
        """Go on for a while at one altitude."""
        autopilot = self._autopilot
        radius_m = self._radius_m
        rate_rad_s = math.radians(abs(autopilot.parameters["CIRCLE_RATE"]))
        speed = min(limits.speed_m_s, math.sqrt(0.5 * limits.accel_m_s2 * radius_m), rate_rad_s * radius_m)
        turned = (speed * dt / radius_m if radius_m > 0.0 else rate_rad_s * dt) * pace
        self.turned_rad += turned
        self._angle_rad += self._sense * turned
        autopilot.control.shape_horizontal(
            dt,
            self._centre[0] + radius_m * math.cos(self._angle_rad),
            self._centre[1] + radius_m * math.sin(self._angle_rad),
            speed_m_s=limits.speed_m_s,
            accel_m_s2=limits.accel_m_s2,
        )

    def face(self) -> None:
        """Turn the nose as CIRCLE_OPTIONS says."""
        heading = self._autopilot.heading
        if int(self._autopilot.parameters["CIRCLE_OPTIONS"]) & FACE_AHEAD:
            heading.travel(self._autopilot.body)
        else:
            heading.look_at(*self._centre)


class Circle(Mode):
    """CIRCLE: round a centre ahead of where the mode was entered; the throttle climbs."""

    number = ModeNumber.CIRCLE
    is_armable = False

    def __init__(self, autopilot: Autopilot) -> None:
        super().__init__(autopilot)
        self._flight = CircleFlight(autopilot)

    def enter(self) -> None:
        """Lay the circle out."""
        autopilot = self.autopilot
        body, parameters = autopilot.body, autopilot.parameters
        radius_m = max(parameters["CIRCLE_RADIUS"], 0.0) * 0.01
        if not body.is_on_ground:
            autopilot.control.start(body)
        north, east, _ = autopilot.control.stopping_point(body)
        if not int(parameters["CIRCLE_OPTIONS"]) & BEGIN_AT_CENTRE:
            north += radius_m * math.cos(body.yaw_rad)
            east += radius_m * math.sin(body.yaw_rad)
        self._flight.start((north, east), radius_m, parameters["CIRCLE_RATE"])
        self._flight.face()

    def step(self, dt: float) -> None:
        """Go round."""
        autopilot = self.autopilot
        if autopilot.body.is_on_ground:
            autopilot.control.relax(autopilot.body)
            autopilot.watch_ground(dt)
            return
        self._flight.step(dt, autopilot.leg_limits())
        autopilot.control.shape_climb(
            dt,
            climb_wanted_m_s(autopilot),
            accel_m_s2=max(autopilot.parameters["PILOT_ACCEL_Z"] * 0.01, 0.5),
        )
