"""Operations of a camera (https://mavlink.io/en/services/camera.html); where only an old trigger is, that."""

import math

from telemetry.operations.operation import Operation
from telemetry.protocol.command_result import CommandResult
from telemetry.refusal import CommandRefused, TelemetryError
from telemetry.vehicle.vehicle import Vehicle
from telemetry.vehicle.vehicle_state import VehicleState

SHOT_LIMIT_S = 10.0
VIDEO_LIMIT_S = 10.0
ZOOM_LIMIT_S = 15.0
ZOOMED_PCT = 2.0

_DO_DIGICAM_CONTROL, _SET_CAMERA_ZOOM = 203, 531
_IMAGE_START_CAPTURE, _IMAGE_STOP_CAPTURE = 2000, 2001
_VIDEO_START_CAPTURE, _VIDEO_STOP_CAPTURE = 2500, 2501
_ZOOM_RANGE = 2
_STATUS_HZ = 1.0


class CameraOperation(Operation):
    """What a camera is told, itself or through the autopilot."""

    async def _command(self, command: int, *params: float) -> None:
        component_id = self.vehicle.state.camera_component
        if component_id is None:
            await self.vehicle.command(command, *params)
        else:
            await self.vehicle.command_component(component_id, command, *params)


class TakeImages(CameraOperation):
    """Take one image, or one every `interval_s`; a `count` of 0 goes on until it is stopped.

    Proven by an image that is said to be taken, of a series by the first.
    """

    name = "take_images"

    def __init__(self, vehicle: Vehicle, count: int = 1, interval_s: float = 1.0) -> None:
        super().__init__(vehicle)
        if count < 0 or not 0.1 <= interval_s <= 3600.0:
            raise TelemetryError(
                f"{count} images every {interval_s:g} s cannot be taken",
                remedy="Give a count of 1 or more, or 0 for until it is stopped, and an interval of 0.1 s to an hour",
            )
        self.count, self.interval_s = count, interval_s

    async def _do(self) -> None:
        taken = self.vehicle.state.images_taken or 0
        try:
            await self._command(
                _IMAGE_START_CAPTURE, 0, 0 if self.count == 1 else self.interval_s, self.count, taken + 1
            )
        except CommandRefused as refusal:
            if refusal.result != CommandResult.UNSUPPORTED or self.count != 1:
                raise
            await self.vehicle.command(_DO_DIGICAM_CONTROL, 0, 0, 0, 0, 1)

        def is_taken(state: VehicleState) -> bool:
            is_series_on = self.count != 1 and state.is_taking_images is True
            return is_series_on or (state.images_taken or 0) > taken

        await self._see("an image taken", is_taken, SHOT_LIMIT_S + self.interval_s, camera_in_words)


class StopImages(CameraOperation):
    """End a series of images; a camera that says nothing of it is taken at its word."""

    name = "stop_images"

    async def _do(self) -> None:
        await self._command(_IMAGE_STOP_CAPTURE, 0)
        await self._see(
            "the series ended", lambda state: not state.is_taking_images, SHOT_LIMIT_S, camera_in_words
        )


class RecordVideo(CameraOperation):
    """Record a video, seen recording."""

    name = "record_video"

    async def _do(self) -> None:
        await self._command(_VIDEO_START_CAPTURE, 0, _STATUS_HZ)
        await self._see(
            "a video recording",
            lambda state: state.is_recording is True,
            VIDEO_LIMIT_S,
            camera_in_words,
        )


class StopVideo(CameraOperation):
    """End the video; a camera that says nothing of it is taken at its word."""

    name = "stop_video"

    async def _do(self) -> None:
        await self._command(_VIDEO_STOP_CAPTURE, 0)
        await self._see(
            "the video ended", lambda state: not state.is_recording, VIDEO_LIMIT_S, camera_in_words
        )


class ZoomCamera(CameraOperation):
    """Zoom to a share of what the camera can, seen there."""

    name = "zoom_camera"

    def __init__(self, vehicle: Vehicle, zoom_pct: float) -> None:
        super().__init__(vehicle)
        if not 0.0 <= zoom_pct <= 100.0 or not math.isfinite(zoom_pct):
            raise TelemetryError(f"a zoom of {zoom_pct:g} % is none", remedy="Give 0 (wide) to 100")
        self.zoom_pct = zoom_pct

    async def _do(self) -> None:
        await self._command(_SET_CAMERA_ZOOM, _ZOOM_RANGE, self.zoom_pct)
        await self._see(
            f"a zoom of {self.zoom_pct:.0f} %",
            lambda state: state.zoom_pct is not None and abs(state.zoom_pct - self.zoom_pct) <= ZOOMED_PCT,
            ZOOM_LIMIT_S,
            camera_in_words,
        )


def camera_in_words(state: VehicleState) -> str:
    """Say what is seen of a camera."""
    if state.camera_component is None:
        return "without a camera that says how it is"
    words = [f"its camera {'recording' if state.is_recording else 'not recording'}"]
    if state.zoom_pct is not None:
        words.append(f"zoomed to {state.zoom_pct:.0f} %")
    return ", ".join(words)
