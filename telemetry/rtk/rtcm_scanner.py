"""RTCM 3 frames out of bytes (RTCM 10403: 0xD3, six zero bits, ten of length, the message, CRC-24Q)."""

from dataclasses import dataclass

PREAMBLE = 0xD3

_HEADER_SIZE, _CRC_SIZE = 3, 3
_POLYNOMIAL = 0x1864CFB


def _crc_step(value: int) -> int:
    value <<= 16
    for _ in range(8):
        value <<= 1
        if value & 0x1000000:
            value ^= _POLYNOMIAL
    return value


_CRC_STEPS = tuple(_crc_step(value) for value in range(256))


def crc24q(data: bytes) -> int:
    """Qualcomm's CRC-24: polynomial 0x1864CFB, from zero."""
    crc = 0
    for byte in data:
        crc = (crc << 8) & 0xFFFFFF ^ _CRC_STEPS[(crc >> 16) ^ byte]
    return crc


@dataclass(frozen=True, slots=True)
class RtcmFrame:
    """One frame, with its header and checksum; `number` is the message's (1005, 1077, ...), 0 for an empty one."""

    raw: bytes
    number: int


class RtcmScanner:
    """Finds frames in a stream of bytes, whatever else is in it.

    Attributes
    ----------
    bad_crc : int
        Frames that were broken.
    garbage_bytes : int
        Bytes between frames.
    """

    def __init__(self) -> None:
        self.bad_crc = 0
        self.garbage_bytes = 0
        self._rest = b""

    def feed(self, data: bytes) -> list[RtcmFrame]:
        """Take the next bytes and hand out the frames that are whole now."""
        data = self._rest + data
        frames: list[RtcmFrame] = []
        at = 0
        while True:
            start = data.find(PREAMBLE, at)
            if start < 0:
                self.garbage_bytes += len(data) - at
                at = len(data)
                break
            self.garbage_bytes += start - at
            at = start
            if len(data) - at < _HEADER_SIZE:
                break
            if data[at + 1] & 0xFC:
                at = self._step_over(at)
                continue
            size = (data[at + 1] << 8 | data[at + 2]) & 0x3FF
            end = at + _HEADER_SIZE + size + _CRC_SIZE
            if end > len(data):
                break
            if crc24q(data[at : end - _CRC_SIZE]) != int.from_bytes(data[end - _CRC_SIZE : end], "big"):
                self.bad_crc += 1
                at = self._step_over(at)
                continue
            body = at + _HEADER_SIZE
            number = data[body] << 4 | data[body + 1] >> 4 if size >= 2 else 0
            frames.append(RtcmFrame(data[at:end], number))
            at = end
        self._rest = data[at:]
        return frames

    def reset(self) -> None:
        """Forget a frame that was begun: the stream has broken off."""
        self.garbage_bytes += len(self._rest)
        self._rest = b""

    def _step_over(self, at: int) -> int:
        self.garbage_bytes += 1
        return at + 1
