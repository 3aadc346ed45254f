"""A camera behind the autopilot, as ArduCopter 4.6 has it with CAM1_TYPE set."""

import math
from collections.abc import Callable
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.payload.video_stream import VideoStream
from simulator.protocol.channel import Message
from simulator.protocol.command import ACCEPTED, DENIED, FAILED, UNSUPPORTED, Params, PayloadHandler

_FLAGS = (
    dialect.CAMERA_CAP_FLAGS_CAPTURE_VIDEO
    | dialect.CAMERA_CAP_FLAGS_CAPTURE_IMAGE
    | dialect.CAMERA_CAP_FLAGS_HAS_BASIC_ZOOM
    | dialect.CAMERA_CAP_FLAGS_HAS_BASIC_FOCUS
)
_FOCUS_TYPES = (
    dialect.FOCUS_TYPE_CONTINUOUS,
    dialect.FOCUS_TYPE_RANGE,
    dialect.FOCUS_TYPE_AUTO,
    dialect.FOCUS_TYPE_AUTO_SINGLE,
    dialect.FOCUS_TYPE_AUTO_CONTINUOUS,
)
"""Neither steps nor metres; what is seen is sharp whatever is asked for."""
_ZOOM_PCT_S = 20.0
Whereabouts = tuple[int, int, float, float, float, float, float]
"""Latitude and longitude in degE7, metres above sea level and above home, roll, pitch and yaw in degrees."""
_CAPACITY_MIB = 32_000.0
_IMAGE_MIB = 8.0


class Camera:
    """Takes images and videos.

    Parameters
    ----------
    time_ms : callable
    announce : callable
        Takes a message for all ground stations.
    whereabouts : callable
        Where the vehicle is and how it leans.
    place_m : callable
        North, east and up, for pictures by distance.
    """

    def __init__(
        self,
        time_ms: Callable[[], int],
        announce: Callable[[Message], None],
        whereabouts: Callable[[], Whereabouts],
        place_m: Callable[[], tuple[float, float, float]],
    ) -> None:
        self._time_ms = time_ms
        self._whereabouts = whereabouts
        self._place_m = place_m
        self._apart_m = 0.0
        self._shot_at_m: tuple[float, float, float] | None = None
        self._announce = announce
        self.video: VideoStream | None = None
        """Where its pictures can be had."""
        self.images = 0
        self.is_recording = False
        self.zoom_pct = 0.0
        self._zoom_rate = 0.0
        self._left: float = 0.0
        self._interval_s = 0.0
        self._due_s = 0.0
        self._recording_s = 0.0
        self.handlers: dict[int, PayloadHandler] = {
            dialect.MAV_CMD_IMAGE_START_CAPTURE: self._begin,
            dialect.MAV_CMD_IMAGE_STOP_CAPTURE: self._end,
            dialect.MAV_CMD_VIDEO_START_CAPTURE: lambda *_: self._record(is_on=True),
            dialect.MAV_CMD_VIDEO_STOP_CAPTURE: lambda *_: self._record(is_on=False),
            dialect.MAV_CMD_SET_CAMERA_ZOOM: self._zoom,
            dialect.MAV_CMD_SET_CAMERA_FOCUS: lambda params, _: (
                ACCEPTED if params[0] in _FOCUS_TYPES else UNSUPPORTED
            ),
            dialect.MAV_CMD_DO_DIGICAM_CONTROL: self._shoot_once,
            dialect.MAV_CMD_DO_DIGICAM_CONFIGURE: lambda *_: ACCEPTED,
            dialect.MAV_CMD_DO_SET_CAM_TRIGG_DIST: self._trigger_by_distance,
        }
        self.builders: dict[int, Callable[[], Message | None]] = {
            dialect.MAVLINK_MSG_ID_CAMERA_INFORMATION: self._information,
            dialect.MAVLINK_MSG_ID_CAMERA_SETTINGS: self._settings,
            dialect.MAVLINK_MSG_ID_CAMERA_CAPTURE_STATUS: self._status,
            dialect.MAVLINK_MSG_ID_VIDEO_STREAM_INFORMATION: self._stream_information,
        }

    def step(self, dt: float) -> None:
        """Let a series, a recording and a zoom go on."""
        self.zoom_pct = max(0.0, min(100.0, self.zoom_pct + self._zoom_rate * _ZOOM_PCT_S * dt))
        if self.is_recording:
            self._recording_s += dt
        if self._apart_m > 0.0 and (
            self._shot_at_m is None or math.dist(self._shot_at_m, self._place_m()) >= self._apart_m
        ):
            self._shoot()
        if self._left <= 0:
            return
        self._due_s -= dt
        if self._due_s <= 0.0:
            self._due_s += self._interval_s
            self._left -= 1
            self._shoot()

    def _shoot(self) -> None:
        self.images += 1
        self._shot_at_m = self._place_m()
        self._announce(
            dialect.MAVLink_camera_feedback_message(
                self._time_ms() * 1000, 0, 0, self.images, *self._whereabouts(), 0.0, 0, self.images
            )
        )

    def _trigger_by_distance(self, params: Params, _: tuple[int, int]) -> int:
        self._apart_m = max(params[0], 0.0) if math.isfinite(params[0]) else 0.0
        self._shot_at_m = self._place_m()
        if params[2] == 1.0:
            self._shoot()
        return ACCEPTED

    def _begin(self, params: Params, _: tuple[int, int]) -> int:
        if params[2] < 0 or not math.isfinite(params[1]):
            return DENIED
        self._left = params[2] or math.inf
        self._interval_s, self._due_s = max(params[1], 0.1), 0.0
        return ACCEPTED

    def _end(self, *_: Any) -> int:
        self._left = 0
        return ACCEPTED

    def _shoot_once(self, params: Params, _: tuple[int, int]) -> int:
        if params[4]:
            self._shoot()
        return ACCEPTED

    def _record(self, *, is_on: bool) -> int:
        if is_on == self.is_recording:
            return FAILED
        self.is_recording, self._recording_s = is_on, 0.0
        return ACCEPTED

    def _zoom(self, params: Params, _: tuple[int, int]) -> int:
        if params[0] == dialect.ZOOM_TYPE_CONTINUOUS and abs(params[1]) <= 1.0:
            self._zoom_rate = params[1]
        elif params[0] == dialect.ZOOM_TYPE_RANGE and 0.0 <= params[1] <= 100.0:
            self.zoom_pct, self._zoom_rate = params[1], 0.0
        else:
            return UNSUPPORTED
        return ACCEPTED

    def _information(self) -> Message:
        names = [list(name.ljust(32, b"\0")) for name in (b"Feiying", b"SimCam")]
        flags = _FLAGS | (dialect.CAMERA_CAP_FLAGS_HAS_VIDEO_STREAM if self.video is not None else 0)
        return dialect.MAVLink_camera_information_message(
            self._time_ms(), *names, 0, 8.8, 13.2, 8.8, 5472, 3648, 0, flags, 0, b"", 1, 1
        )

    def _stream_information(self) -> Message | None:
        return self.video.information() if self.video is not None else None

    def _settings(self) -> Message:
        mode = dialect.CAMERA_MODE_VIDEO if self.is_recording else dialect.CAMERA_MODE_IMAGE
        return dialect.MAVLink_camera_settings_message(self._time_ms(), mode, self.zoom_pct, math.nan, 1)

    def _status(self) -> Message:
        return dialect.MAVLink_camera_capture_status_message(
            self._time_ms(),
            2 if self._left > 0 else 0,
            int(self.is_recording),
            self._interval_s if self._left > 0 else 0.0,
            round(self._recording_s * 1000),
            _CAPACITY_MIB - self.images * _IMAGE_MIB,
            self.images,
            1,
        )
