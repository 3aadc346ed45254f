"""MAVLink 2 signing of one vehicle, as ArduCopter does on its telemetry ports.

On its first serial port, USB, ArduCopter accepts everything; no link here is that port.
"""

import hashlib
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

KEY_BYTES = 32
MINUTE = 60 * 100_000
"""Timestamps count 10 us."""

_ACCEPTED_UNSIGNED = frozenset({dialect.MAVLINK_MSG_ID_RADIO_STATUS, dialect.MAVLINK_MSG_ID_RADIO})
_SIGNATURE_BYTES = 6


class Signing:
    """Key and timestamps that survive a reboot.

    Parameters
    ----------
    key : bytes, optional
        32 bytes; without one nothing is signed until SETUP_SIGNING brings one.
    timestamp : int
        Where to count from.
    """

    def __init__(self, key: bytes | None = None, timestamp: int = 0) -> None:
        self.key = key
        self.timestamp = timestamp
        self.refused = 0
        self._streams: dict[tuple[int, int, int], int] = {}

    def power_on(self) -> None:
        """Go on a minute past the latest timestamp, so that what was sent before is never accepted again."""
        self.timestamp += MINUTE
        self._streams.clear()

    def set_up(self, message: Any) -> None:
        """Take the key of SETUP_SIGNING; zeros end signing."""
        key = bytes(message.secret_key)
        self.key = key if any(key) or message.initial_timestamp else None
        self.timestamp = message.initial_timestamp + MINUTE
        self._streams.clear()

    def sign(self, frame: bytes, link_id: int) -> bytes:
        """Give the signature block of a frame that says it is signed: link, timestamp and hash."""
        assert self.key is not None
        block = bytes([link_id]) + self.timestamp.to_bytes(6, "little")
        self.timestamp += 1
        return block + hashlib.sha256(self.key + frame + block).digest()[:_SIGNATURE_BYTES]

    def accepts(self, message: Any) -> bool:
        """Judge a message received; those refused are counted."""
        is_accepted = (
            self.key is None
            or message.get_msgId() in _ACCEPTED_UNSIGNED
            or self._is_signed_rightly(message, self.key)
        )
        self.refused += not is_accepted
        return is_accepted

    def _is_signed_rightly(self, message: Any, key: bytes) -> bool:
        frame = bytes(message.get_msgbuf())
        if frame[0] != dialect.PROTOCOL_MARKER_V2 or not frame[2] & dialect.MAVLINK_IFLAG_SIGNED:
            return False
        signed, signature = frame[:-_SIGNATURE_BYTES], frame[-_SIGNATURE_BYTES:]
        if hashlib.sha256(key + signed).digest()[:_SIGNATURE_BYTES] != signature:
            return False
        timestamp = int.from_bytes(signed[-6:], "little")
        stream = (signed[-7], message.get_srcSystem(), message.get_srcComponent())
        if timestamp <= self._streams.get(stream, self.timestamp - MINUTE - 1):
            return False
        self._streams[stream] = timestamp
        self.timestamp = max(self.timestamp, timestamp)
        return True
