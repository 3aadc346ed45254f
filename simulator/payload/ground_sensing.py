"""What a vehicle knows of the ground below: a rangefinder with RNGFND1_TYPE, terrain where a world has it."""

import math
from collections.abc import Callable

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.autopilot import Autopilot
from simulator.protocol.channel import Message

NEAREST_M, FARTHEST_M = 0.2, 40.0
BLOCKS_LOADED = 504
_DOWN = dialect.MAV_SENSOR_ROTATION_PITCH_270


class GroundSensing:
    """Speaks of heights above ground.

    Parameters
    ----------
    autopilot : Autopilot
    """

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self.builders: dict[int, Callable[[], Message | None]] = {}
        if autopilot.parameters["RNGFND1_TYPE"] > 0:
            self.builders[dialect.MAVLINK_MSG_ID_RANGEFINDER] = self._rangefinder
            self.builders[dialect.MAVLINK_MSG_ID_DISTANCE_SENSOR] = self._distance_sensor
        if autopilot.surroundings.ground_up_m_at is not None:
            self.builders[dialect.MAVLINK_MSG_ID_TERRAIN_REPORT] = self._terrain_report

    @property
    def range_m(self) -> float:
        """Along the body's down, as far as the sensor reaches."""
        body = self._autopilot.body
        upright = max(math.cos(body.roll_rad) * math.cos(body.pitch_rad), 0.1)
        return min(max((body.up_m - body.ground_up_m) / upright, NEAREST_M), FARTHEST_M)

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

    def _terrain_report(self) -> Message | None:
        autopilot = self._autopilot
        body, ground_up_m_at = autopilot.body, autopilot.surroundings.ground_up_m_at
        if ground_up_m_at is None:
            return None
        ground_up_m = ground_up_m_at(body.north_m, body.east_m)
        lat_e7, lon_e7 = autopilot.frame.to_e7(body.north_m, body.east_m)
        return dialect.MAVLink_terrain_report_message(
            lat_e7,
            lon_e7,
            round(autopilot.parameters["TERRAIN_SPACING"]),
            autopilot.origin_alt_amsl_m + ground_up_m,
            body.up_m - ground_up_m,
            0,
            BLOCKS_LOADED,
        )
