"""RTL: climb, fly home or to a rally point, wait, come down."""

from __future__ import annotations

import math
from enum import Enum, auto
from typing import TYPE_CHECKING

from simulator.autopilot.descent import Descent
from simulator.autopilot.mode import Mode, ModeNumber
from simulator.autopilot.ordered_speeds import OrderedSpeeds
from simulator.autopilot.return_target import return_target

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

MIN_CONE_SLOPE = 0.5
MIN_RETURN_ALT_M = 2.0


class ReturnPhase(Enum):
    """How far the return has come."""

    CLIMB = auto()
    RETURN = auto()
    WAIT = auto()
    DESCEND = auto()
    DONE = auto()


class ReturnHome:
    """The return itself, flown by RTL and by the RTL item of a mission."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._descent = Descent(autopilot)
        self._waited_s = 0.0
        self._return_up = 0.0
        self._target = (0.0, 0.0)
        self.phase = ReturnPhase.DONE
        self.speeds = OrderedSpeeds()

    def start(self) -> None:
        """Begin with the climb."""
        autopilot = self._autopilot
        body = autopilot.body
        if body.is_on_ground:
            self.phase = ReturnPhase.DESCEND
            self._descent.start()
            return
        home_up = autopilot.home_place[2]
        north, east, up = return_target(autopilot)
        self._target = (north, east)
        self._return_up = home_up + self._return_alt_m(body.up_m - home_up, up - home_up)
        self.phase = ReturnPhase.CLIMB
        autopilot.control.start(body)
        autopilot.navigation.start(body)
        stop_north, stop_east, _ = autopilot.control.stopping_point(body)
        autopilot.navigation.fly_to(
            (stop_north, stop_east, self._return_up), None, self.speeds.limits(autopilot)
        )
        if autopilot.parameters["WP_YAW_BEHAVIOR"] in (1, 3):
            autopilot.heading.travel(body)
        else:
            autopilot.heading.hold(body)

    def _return_alt_m(self, altitude_m: float, target_alt_m: float) -> float:
        autopilot = self._autopilot
        parameters = autopilot.parameters
        distance = math.dist((autopilot.body.north_m, autopilot.body.east_m), self._target)
        least = max(MIN_RETURN_ALT_M, altitude_m + max(parameters["RTL_CLIMB_MIN"] * 0.01, 0.0))
        wanted = max(parameters["RTL_ALT"] * 0.01, target_alt_m, least)
        slope = parameters["RTL_CONE_SLOPE"]
        if slope >= MIN_CONE_SLOPE:
            wanted = min(wanted, max(distance * slope, least))
        ceiling = autopilot.fence.alt_max_rel_m
        if ceiling is not None:
            wanted = min(wanted, ceiling - parameters["FENCE_MARGIN"])
        return max(wanted, altitude_m)

    def step(self, dt: float) -> bool:
        """Go on; true once landed for good."""
        autopilot = self._autopilot
        parameters = autopilot.parameters
        north, east = self._target
        match self.phase:
            case ReturnPhase.CLIMB | ReturnPhase.RETURN:
                autopilot.fly_leg(dt)
                if not autopilot.is_at_leg_end():
                    return False
                if self.phase is ReturnPhase.CLIMB:
                    self.phase = ReturnPhase.RETURN
                    speed = parameters["RTL_SPEED"] * 0.01
                    limits = autopilot.leg_limits(speed_m_s=speed if speed > 0 else None)
                    autopilot.navigation.fly_to((north, east, self._return_up), None, limits)
                else:
                    self.phase = ReturnPhase.WAIT
                    self._waited_s = 0.0
                    autopilot.heading.turn_to(autopilot.armed_heading_rad)
            case ReturnPhase.WAIT:
                autopilot.fly_leg(dt)
                self._waited_s += dt
                is_turned = autopilot.heading.is_at_target(autopilot.body)
                if self._waited_s >= parameters["RTL_LOIT_TIME"] * 0.001 and is_turned:
                    self.phase = ReturnPhase.DESCEND
                    self._descent.start((north, east))
            case ReturnPhase.DESCEND:
                final_m = parameters["RTL_ALT_FINAL"] * 0.01
                if final_m > 0.0 and not autopilot.body.is_on_ground:
                    limits = autopilot.leg_limits()
                    autopilot.control.shape_horizontal(
                        dt, north, east, speed_m_s=limits.speed_m_s, accel_m_s2=limits.accel_m_s2
                    )
                    autopilot.control.shape_vertical(
                        dt,
                        autopilot.home_place[2] + final_m,
                        climb_m_s=limits.climb_m_s,
                        descent_m_s=limits.descent_m_s,
                        accel_m_s2=limits.accel_up_m_s2,
                    )
                    return False
                if self._descent.step(dt):
                    self.phase = ReturnPhase.DONE
                    return True
            case ReturnPhase.DONE:
                return True
        return False


class ReturnToLaunch(Mode):
    """RTL."""

    number = ModeNumber.RTL
    is_armable = False

    def __init__(self, autopilot: Autopilot) -> None:
        super().__init__(autopilot)
        self._return = ReturnHome(autopilot)

    def change_speed(self, kind: int, speed_m_s: float) -> bool:
        """Fly the rest of the way at this speed."""
        is_known = self._return.speeds.order(kind, speed_m_s)
        self.autopilot.navigation.change_speed(self._return.speeds.limits(self.autopilot))
        return is_known

    @property
    def is_landing(self) -> bool:
        """Whether the wait over home is over."""
        return self._return.phase is ReturnPhase.DESCEND

    def enter(self) -> None:
        """Begin the return."""
        self._return.speeds.forget()
        self._return.start()

    def step(self, dt: float) -> None:
        """Go on; disarm on the ground."""
        if self._return.step(dt):
            self.autopilot.disarm()
