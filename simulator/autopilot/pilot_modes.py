"""Modes flown with the sticks: STABILIZE, ALT_HOLD, LOITER, POSHOLD; and BRAKE, which stops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.airframe.point_mass import GRAVITY_M_S2
from simulator.autopilot.mode import Mode, ModeNumber
from simulator.autopilot.position_control import JERK_M_S3
from simulator.autopilot.takeoff import Takeoff

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

BRAKE_ACCEL_M_S2 = 7.5
"""BRAKE_MODE_DECEL_RATE; the larger it is beside the jerk, the later the end of the braking eases off."""
BRAKE_GAIN = JERK_M_S3 / BRAKE_ACCEL_M_S2
THROTTLE_DEAD_ZONE = 0.1
MAX_LEAN_ACCEL_M_S2 = GRAVITY_M_S2 * math.tan(math.radians(30.0))
YAW_RATE_RAD_S = math.radians(202.5)
LOITER_SPEED_M_S = 12.5
LOITER_ACCEL_M_S2 = 4.0


def climb_wanted_m_s(autopilot: Autopilot) -> float:
    """Climb that the throttle stick asks for; resting at the bottom, as SITL's does, it lets the vehicle descend."""
    stick = autopilot.sticks.throttle - 0.5
    if abs(stick) <= THROTTLE_DEAD_ZONE * 0.5:
        return 0.0
    most = autopilot.parameters["PILOT_SPEED_UP"] * 0.01
    return float(most * math.copysign((abs(stick) - 0.05) / 0.45, stick))


class StickMode(Mode):
    """Climb with the throttle stick, lean or move with the right one, turn with rudder."""

    is_pilot_flown = True
    holds_position = False
    takes_off = False

    def __init__(self, autopilot: Autopilot) -> None:
        super().__init__(autopilot)
        self._takeoff = Takeoff(autopilot)
        self._is_taking_off = False

    @property
    def is_taking_off(self) -> bool:
        """Whether it climbs on a ground station's word."""
        return self._is_taking_off

    def take_off(self, up: float, *, must_hold_place: bool) -> bool:
        """Climb; after that the sticks have it."""
        if not self.takes_off or (must_hold_place and not self.needs_position):
            return False
        self._is_taking_off = True
        self._takeoff.start(up)
        return True

    def on_disarmed(self) -> None:
        """Forget a climb."""
        self._is_taking_off = False

    def enter(self) -> None:
        """Go on as the vehicle moves."""
        autopilot = self.autopilot
        self._is_taking_off = False
        if not autopilot.body.is_on_ground:
            autopilot.control.start(autopilot.body)
        autopilot.heading.hold(autopilot.body)

    def step(self, dt: float) -> None:
        """Follow the sticks; SITL's throttle stick rests at the bottom, so a vehicle left alone descends."""
        autopilot = self.autopilot
        body, control, sticks = autopilot.body, autopilot.control, autopilot.sticks
        if self._is_taking_off:
            self._is_taking_off = not self._takeoff.step(dt)
            return
        throttle = sticks.throttle
        if body.is_on_ground:
            if throttle < 0.5 + THROTTLE_DEAD_ZONE or autopilot.now_s < autopilot.armed_at_s + 2.0:
                control.relax(body)
                autopilot.watch_ground(dt)
                return
            control.start(body)
            autopilot.set_landed(False)
        control.shape_climb(
            dt, climb_wanted_m_s(autopilot), accel_m_s2=max(autopilot.parameters["PILOT_ACCEL_Z"] * 0.01, 0.5)
        )
        cosine, sine = math.cos(body.yaw_rad), math.sin(body.yaw_rad)
        north = sticks.forward * cosine - sticks.right * sine
        east = sticks.forward * sine + sticks.right * cosine
        if self.holds_position or (north == 0.0 and east == 0.0):
            control.shape_velocity(
                dt, north * LOITER_SPEED_M_S, east * LOITER_SPEED_M_S, accel_m_s2=LOITER_ACCEL_M_S2
            )
        else:
            control.shape_velocity(
                dt,
                body.velocity_north_m_s + north * MAX_LEAN_ACCEL_M_S2,
                body.velocity_east_m_s + east * MAX_LEAN_ACCEL_M_S2,
                accel_m_s2=MAX_LEAN_ACCEL_M_S2,
            )
        if abs(sticks.turn) > 0.02:
            autopilot.heading.turn_at(sticks.turn * YAW_RATE_RAD_S)
        elif autopilot.heading.mode.name == "RATE":
            autopilot.heading.hold(body)


class Stabilize(StickMode):
    """The sticks lean the vehicle."""

    number = ModeNumber.STABILIZE
    needs_position = False


class AltHold(StickMode):
    """The same with the altitude held."""

    number = ModeNumber.ALT_HOLD
    needs_position = False
    takes_off = True


class Loiter(StickMode):
    """The place is held too."""

    number = ModeNumber.LOITER
    holds_position = True
    takes_off = True


class PosHold(StickMode):
    """The sticks lean the vehicle; let go, it brakes and holds its place."""

    number = ModeNumber.POSHOLD
    takes_off = True


class Brake(Mode):
    """Stop as quickly as possible and stay."""

    number = ModeNumber.BRAKE
    is_armable = False

    def enter(self) -> None:
        """Take over at the present speed."""
        if not self.autopilot.body.is_on_ground:
            # ModeBrake initialises the position controller anew, whatever was steered for before.
            self.autopilot.control.restart_horizontally(self.autopilot.body)
        self.autopilot.heading.hold(self.autopilot.body)

    def step(self, dt: float) -> None:
        """Slow down in every direction."""
        control = self.autopilot.control
        if self.autopilot.body.is_on_ground:
            control.relax(self.autopilot.body)
            self.autopilot.watch_ground(dt)
            return
        control.shape_velocity(dt, 0.0, 0.0, accel_m_s2=BRAKE_ACCEL_M_S2, gain=BRAKE_GAIN)
        control.shape_climb(dt, 0.0, accel_m_s2=BRAKE_ACCEL_M_S2, gain=BRAKE_GAIN)
