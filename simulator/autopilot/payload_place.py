"""NAV_PAYLOAD_PLACE: down until the load stands, let go, and up again."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

WARNING, INFO = 4, 6
PREFIX = "PayloadPlace:"
PLACED_S = 0.5
"""So long the load must carry itself before it counts as placed."""


class _Phase(Enum):
    DESCEND = auto()
    WAIT = auto()
    ASCEND = auto()


class PayloadPlace:
    """Lowers a load where the vehicle is; there is no gripper, so that letting go is only told."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._phase = _Phase.DESCEND
        self._hold = (0.0, 0.0)
        self._begin_up = 0.0
        self._lowest_up: float | None = None
        self._waited_s = 0.0

    def start(self, hold: tuple[float, float], max_descent_m: float) -> None:
        """Begin at the present altitude; with a descent of 0 it may be as deep as need be."""
        body = self._autopilot.body
        self._phase, self._hold, self._waited_s = _Phase.DESCEND, hold, 0.0
        self._begin_up = body.up_m
        self._lowest_up = body.up_m - max_descent_m if max_descent_m > 0.0 else None

    def step(self, dt: float) -> bool:
        """Go on; true once the vehicle is back at its altitude."""
        autopilot = self._autopilot
        control, body, parameters = autopilot.control, autopilot.body, autopilot.parameters
        limits = autopilot.leg_limits()
        control.shape_horizontal(dt, *self._hold, speed_m_s=limits.speed_m_s, accel_m_s2=limits.accel_m_s2)
        match self._phase:
            case _Phase.DESCEND:
                speed_m_s = parameters["PLDP_SPEED_DN"] or parameters["LAND_SPEED"] * 0.01
                if body.is_on_ground:
                    control.shape_climb(dt, 0.0, accel_m_s2=limits.accel_up_m_s2)
                    self._waited_s += dt
                    if self._waited_s >= PLACED_S:
                        autopilot.say(INFO, f"{PREFIX} landed")
                        autopilot.say(INFO, f"{PREFIX} Gripper not valid")
                        self._phase, self._waited_s = _Phase.WAIT, 0.0
                elif self._lowest_up is not None and body.up_m <= self._lowest_up:
                    autopilot.say(WARNING, f"{PREFIX} Reached maximum descent")
                    self._phase = _Phase.ASCEND
                else:
                    control.shape_climb(dt, -speed_m_s, accel_m_s2=limits.accel_up_m_s2)
            case _Phase.WAIT:
                control.shape_climb(dt, 0.0, accel_m_s2=limits.accel_up_m_s2)
                self._waited_s += dt
                if self._waited_s >= parameters["PLDP_DELAY"]:
                    self._phase = _Phase.ASCEND
            case _Phase.ASCEND:
                control.shape_vertical(
                    dt,
                    self._begin_up,
                    climb_m_s=limits.climb_m_s,
                    descent_m_s=limits.descent_m_s,
                    accel_m_s2=limits.accel_up_m_s2,
                )
                return body.up_m >= self._begin_up - 0.2
        return False
