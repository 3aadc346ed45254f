"""A two-axis gimbal and its manager, as ArduCopter 4.6 has them with MNT1_TYPE set."""

import math
from collections.abc import Callable

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.channel import Message
from simulator.protocol.command import ACCEPTED, DENIED, FAILED, Params, PayloadHandler

RATE_DEG_S = 90.0
PITCH_RANGE_DEG = (-90.0, 25.0)
DEVICE_ID = 1

_LOCKED = dialect.GIMBAL_DEVICE_FLAGS_YAW_LOCK
_LEVEL = dialect.GIMBAL_DEVICE_FLAGS_ROLL_LOCK | dialect.GIMBAL_DEVICE_FLAGS_PITCH_LOCK


def _turn(angle_deg: float) -> float:
    return (angle_deg + 180.0) % 360.0 - 180.0


class Gimbal:
    """Turns towards what it was told last.

    Parameters
    ----------
    heading_deg : callable
        Of the vehicle's nose.
    time_ms : callable
    """

    def __init__(self, heading_deg: Callable[[], float], time_ms: Callable[[], int]) -> None:
        self._heading_deg = heading_deg
        self._time_ms = time_ms
        self.is_stuck = False
        self.pitch_deg = 0.0
        self.yaw_deg = 0.0
        """Right of the nose."""
        self.controller = (0, 0)
        self._pitch_wanted_deg = 0.0
        self._yaw_wanted_deg = 0.0
        self._is_locked = False
        self.handlers: dict[int, PayloadHandler] = {
            dialect.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW: self._point,
            dialect.MAV_CMD_DO_GIMBAL_MANAGER_CONFIGURE: self._configure,
            dialect.MAV_CMD_DO_MOUNT_CONTROL: self._control_mount,
        }
        self.builders: dict[int, Callable[[], Message | None]] = {
            dialect.MAVLINK_MSG_ID_GIMBAL_MANAGER_INFORMATION: self._information,
            dialect.MAVLINK_MSG_ID_GIMBAL_MANAGER_STATUS: self._status,
            dialect.MAVLINK_MSG_ID_GIMBAL_DEVICE_ATTITUDE_STATUS: self._attitude,
        }

    def point_down(self, pitch_deg: float) -> None:
        """Have it point so at power-on."""
        self.pitch_deg = self._pitch_wanted_deg = pitch_deg

    def step(self, dt: float) -> None:
        """Turn for a while."""
        if self.is_stuck:
            return
        most_deg = RATE_DEG_S * dt
        wanted_deg = self._yaw_wanted_deg - (self._heading_deg() if self._is_locked else 0.0)
        self.pitch_deg += max(-most_deg, min(most_deg, self._pitch_wanted_deg - self.pitch_deg))
        turn_deg = _turn(wanted_deg - self.yaw_deg)
        self.yaw_deg = _turn(self.yaw_deg + max(-most_deg, min(most_deg, turn_deg)))

    def _aim(self, pitch_deg: float, yaw_deg: float, *, is_locked: bool) -> int:
        if not abs(pitch_deg) <= 90.0 or not abs(yaw_deg) <= 360.0:
            return FAILED
        low_deg, high_deg = PITCH_RANGE_DEG
        self._pitch_wanted_deg = max(low_deg, min(high_deg, pitch_deg))
        self._yaw_wanted_deg, self._is_locked = yaw_deg, is_locked
        return ACCEPTED

    def _point(self, params: Params, _: tuple[int, int]) -> int:
        if params[6] not in (0.0, DEVICE_ID):
            return FAILED
        return self._aim(params[0], params[1], is_locked=bool(int(params[4]) & _LOCKED))

    def _configure(self, params: Params, sender: tuple[int, int]) -> int:
        wanted = params[0], params[1]
        if not all(-3 <= part <= 255 for part in wanted):
            return FAILED
        if -3 in wanted:
            if self.controller == sender:
                self.controller = (0, 0)
        elif -2 in wanted:
            self.controller = sender
        elif -1 not in wanted:
            self.controller = (int(wanted[0]), int(wanted[1]))
        return ACCEPTED

    def _control_mount(self, params: Params, _: tuple[int, int]) -> int:
        if params[6] != dialect.MAV_MOUNT_MODE_MAVLINK_TARGETING:
            return DENIED
        return self._aim(params[0], params[2], is_locked=False)

    def _information(self) -> Message:
        low, high = (math.radians(deg) for deg in PITCH_RANGE_DEG)
        flags = (
            dialect.GIMBAL_MANAGER_CAP_FLAGS_HAS_PITCH_AXIS | dialect.GIMBAL_MANAGER_CAP_FLAGS_HAS_YAW_AXIS
        )
        return dialect.MAVLink_gimbal_manager_information_message(
            self._time_ms(), flags, DEVICE_ID, 0.0, 0.0, low, high, -math.pi, math.pi
        )

    def _status(self) -> Message:
        flags = _LEVEL | (_LOCKED if self._is_locked else 0)
        return dialect.MAVLink_gimbal_manager_status_message(
            self._time_ms(), flags, DEVICE_ID, *self.controller, 0, 0
        )

    def _attitude(self) -> Message:
        yaw_deg = self.yaw_deg + (self._heading_deg() if self._is_locked else 0.0)
        pitch, yaw = math.radians(self.pitch_deg) / 2.0, math.radians(yaw_deg) / 2.0
        quaternion = [
            math.cos(pitch) * math.cos(yaw),
            -math.sin(pitch) * math.sin(yaw),
            math.sin(pitch) * math.cos(yaw),
            math.cos(pitch) * math.sin(yaw),
        ]
        frame = (
            _LOCKED | dialect.GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME
            if self._is_locked
            else dialect.GIMBAL_DEVICE_FLAGS_YAW_IN_VEHICLE_FRAME
        )
        return dialect.MAVLink_gimbal_device_attitude_status_message(
            0, 0, self._time_ms(), _LEVEL | frame, quaternion, 0.0, 0.0, 0.0, 0, 0.0, 0.0, DEVICE_ID
        )
