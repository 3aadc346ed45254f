"""MAVLink 2 frames of one link: numbered, with checksum and signature."""

import struct

from fastcrc.crc16 import mcrf4xx
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.payload_bytes import PayloadBytes
from simulator.protocol.signing import Signing

_HEADER = struct.Struct("<BBBBBBBHB").pack
_CHECKSUM = struct.Struct("<H").pack
_CRC_EXTRA = [bytes([number]) for number in range(256)]
COMPONENT_ID = 1


class Framing:
    """Puts payloads into frames, as `system_id`, component 1."""

    __slots__ = ("_link_id", "_seq", "_signing", "system_id")

    def __init__(self) -> None:
        self.system_id = 1
        self._seq = 0
        self._signing = Signing()
        self._link_id = 0

    def use_signing(self, signing: Signing, link_id: int) -> None:
        """Sign as the vehicle does, under the number of this link."""
        self._signing, self._link_id = signing, link_id

    def frame(self, payload: PayloadBytes) -> bytes:
        """Make the next frame."""
        message_id, crc_extra, data = payload
        is_signed = self._signing.key is not None
        frame = (
            _HEADER(
                dialect.PROTOCOL_MARKER_V2,
                len(data),
                dialect.MAVLINK_IFLAG_SIGNED if is_signed else 0,
                0,
                self._seq,
                self.system_id,
                COMPONENT_ID,
                message_id & 0xFFFF,
                message_id >> 16,
            )
            + data
        )
        self._seq = (self._seq + 1) & 0xFF
        frame += _CHECKSUM(mcrf4xx(frame[1:] + _CRC_EXTRA[crc_extra]))
        return frame + self._signing.sign(frame, self._link_id) if is_signed else frame
