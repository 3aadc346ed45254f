"""A rangefinder that looks down, with RNGFND1_TYPE set."""

import math
from collections.abc import Callable
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.autopilot import Autopilot
from simulator.protocol.channel import Message

NEAREST_M, FARTHEST_M = 0.2, 40.0
_DOWN = dialect.MAV_SENSOR_ROTATION_PITCH_270


class Rangefinder:
    """Measures the height above ground.

    Parameters
    ----------
    autopilot : Autopilot
    """

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self.handlers: dict[int, Any] = {}
        self.builders: dict[int, Callable[[], Message | None]] = {
            dialect.MAVLINK_MSG_ID_RANGEFINDER: self._rangefinder,
            dialect.MAVLINK_MSG_ID_DISTANCE_SENSOR: self._distance_sensor,
        }

    @property
    def range_m(self) -> float:
        """Along the body's down, as far as the sensor reaches."""
        body = self._autopilot.body
        upright = max(math.cos(body.roll_rad) * math.cos(body.pitch_rad), 0.1)
        return min(max((body.up_m - body.ground_up_m) / upright, NEAREST_M), FARTHEST_M)

    def step(self, dt: float) -> None:
        """Nothing moves."""

    def _rangefinder(self) -> Message:
        return dialect.MAVLink_rangefinder_message(self.range_m, self.range_m / 10.0)

    def _distance_sensor(self) -> Message:
        return dialect.MAVLink_distance_sensor_message(
            round(self._autopilot.now_s * 1000) & 0xFFFFFFFF,
            round(NEAREST_M * 100),
            round(FARTHEST_M * 100),
            round(self.range_m * 100),
            dialect.MAV_DISTANCE_SENSOR_LASER,
            0,
            _DOWN,
            255,
        )
