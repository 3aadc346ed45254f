"""Where a camera's pictures can be had, as MAVLink tells it."""

from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.channel import Message

STREAM_ID = 1


@dataclass(frozen=True, slots=True)
class VideoStream:
    """One stream.

    Parameters
    ----------
    uri : str
        Of motion JPEG over HTTP.
    rate_hz : float
    width_px, height_px : int
    field_of_view_deg : float
        Across.
    """

    uri: str
    rate_hz: float
    width_px: int
    height_px: int
    field_of_view_deg: float

    def information(self) -> Message:
        """VIDEO_STREAM_INFORMATION."""
        # MAVLink has no kind of its own for motion JPEG; the address says how it is fetched.
        return dialect.MAVLink_video_stream_information_message(
            STREAM_ID,
            1,
            dialect.VIDEO_STREAM_TYPE_TCP_MPEG,
            dialect.VIDEO_STREAM_STATUS_FLAGS_RUNNING,
            self.rate_hz,
            self.width_px,
            self.height_px,
            0,
            0,
            round(self.field_of_view_deg),
            b"SimCam",
            self.uri.encode("ascii"),
        )
