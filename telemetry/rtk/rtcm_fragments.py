"""RTCM frames in MAVLink messages (https://mavlink.io/en/messages/common.html#GPS_RTCM_DATA).

Flags: bit 0 says that the frame is in fragments, bits 1 and 2 which one it is, bits 3 to 7 count the frames. A frame is whole with its
fourth fragment or with one that is not full, so that one of 360 or 540 bytes needs an empty fragment behind it.
"""

from telemetry.wire.message import Message

FRAGMENT_SIZE = 180
FRAGMENTS_AT_MOST = 4
FRAME_SIZE_MAX = FRAGMENT_SIZE * FRAGMENTS_AT_MOST


class RtcmFragmenter:
    """Divides frames, and counts them."""

    def __init__(self) -> None:
        self._seq = 0

    def messages_of(self, raw: bytes) -> list[Message]:
        """Give the messages that carry a frame; none for one that is too long for it."""
        if len(raw) > FRAME_SIZE_MAX:
            return []
        pieces = [raw[at : at + FRAGMENT_SIZE] for at in range(0, len(raw), FRAGMENT_SIZE)]
        is_divided = len(pieces) > 1
        if is_divided and len(pieces) < FRAGMENTS_AT_MOST and len(pieces[-1]) == FRAGMENT_SIZE:
            pieces.append(b"")
        seq, self._seq = self._seq, (self._seq + 1) & 0x1F
        return [
            Message.new(
                "GPS_RTCM_DATA",
                flags=seq << 3 | number << 1 | is_divided,
                len=len(piece),
                data=tuple(piece.ljust(FRAGMENT_SIZE, b"\0")),
            )
            for number, piece in enumerate(pieces)
        ]
