"""Frames as they may be written down: without keys and signatures.

https://mavlink.io/en/guide/message_signing.html#logging
"""

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.wire.codec import checksum_of
from telemetry.wire.dialect import DEFINITIONS
from telemetry.wire.frame import HEADER_SIZE_2, IS_SIGNED, MAGIC_2
from telemetry.wire.signing_key import KEY_SIZE

_KEY_MESSAGE = ardupilotmega.MAVLINK_MSG_ID_SETUP_SIGNING.to_bytes(3, "little")


def carries_key(frame: bytes) -> bool:
    """Whether a frame hands over a signing key, which nobody else may see: it is not forwarded."""
    return frame[0] == MAGIC_2 and frame[7:10] == _KEY_MESSAGE


def recorded_form(frame: bytes) -> bytes:
    """Give the frame to write down in place of one that was sent or received.

    A signing key is replaced by 0xFF. A signature is left out, so that recordings are no matter to find the key from. The
    checksum is right again; a signed frame whose message is unknown has none that we could make and stays as it is.
    """
    if frame[0] != MAGIC_2:
        return frame
    has_key = carries_key(frame)
    if not has_key and not frame[2] & IS_SIGNED:
        return frame
    definition = DEFINITIONS.get(int.from_bytes(frame[7:10], "little"))
    if definition is None:
        return frame
    payload = frame[HEADER_SIZE_2 : HEADER_SIZE_2 + frame[1]]
    if has_key:
        size = KEY_SIZE + 10
        payload = payload[:10].ljust(10, b"\0") + b"\xff" * KEY_SIZE + payload[size:]
    body = bytes((len(payload), frame[2] & ~IS_SIGNED)) + frame[3:HEADER_SIZE_2] + payload
    return frame[:1] + body + checksum_of(body, definition.crc_extra)
