"""MAVLink 1 and 2 frames out of bytes, messages out of frames, and back.

Framing and checksum: https://mavlink.io/en/guide/serialization.html
"""

import struct
from collections import defaultdict

from fastcrc.crc16 import mcrf4xx

from telemetry.refusal import TelemetryError
from telemetry.wire.dialect import DEFINITIONS, MessageDefinition
from telemetry.wire.frame import (
    CHECKSUM_SIZE,
    HEADER_SIZE_1,
    HEADER_SIZE_2,
    IS_SIGNED,
    MAGIC_1,
    MAGIC_2,
    SIGNATURE_SIZE,
    Frame,
)
from telemetry.wire.message import Message
from telemetry.wire.payload import pack_payload
from telemetry.wire.signing import Signer, Verifier

_MAGICS = (MAGIC_1, MAGIC_2)
_HEADER_2 = struct.Struct("<xBBxBBBHB").unpack_from
_CRC_STEPS = tuple(mcrf4xx(bytes((number,)), 0) for number in range(256))
"""What one byte more makes of a checksum."""

NO_MAGIC = "no_magic"
GARBAGE_BYTES = "garbage_bytes"
BAD_CRC = "bad_crc"
BAD_LENGTH = "bad_length"
BAD_FLAGS = "bad_flags"
UNKNOWN_MESSAGE = "unknown_message"
TRUNCATED = "truncated"


def checksum_of(body: bytes, crc_extra: int) -> bytes:
    """CRC-16/MCRF4XX of a frame from behind its first byte to the end of the payload, and of the message's own byte."""
    crc = mcrf4xx(body)
    return ((crc >> 8) ^ _CRC_STEPS[(crc ^ crc_extra) & 0xFF]).to_bytes(CHECKSUM_SIZE, "little")


def frame_at(data: bytes, at: int, end: int) -> Frame | str:
    """Read the frame that begins at an offset, or say why there is none.

    The reasons are `NO_MAGIC`, `BAD_FLAGS`, `BAD_CRC`, `BAD_LENGTH`, and `TRUNCATED` where more bytes are needed to know.
    A frame whose message is unknown is handed out unchecked, with no definition.
    """
    magic = data[at]
    if magic == MAGIC_2:
        if end - at < HEADER_SIZE_2:
            return TRUNCATED
        flags = data[at + 2]
        checksum_at = at + HEADER_SIZE_2 + data[at + 1]
        if not flags:
            stop = checksum_at + CHECKSUM_SIZE
        elif flags == IS_SIGNED:
            stop = checksum_at + CHECKSUM_SIZE + SIGNATURE_SIZE
        else:
            return BAD_FLAGS
        if stop > end:
            return TRUNCATED
        msg_id = data[at + 7] | data[at + 8] << 8 | data[at + 9] << 16
        definition = DEFINITIONS.get(msg_id)
        if (
            definition is not None
            and checksum_of(data[at + 1 : checksum_at], definition.crc_extra)
            != data[checksum_at : checksum_at + CHECKSUM_SIZE]
        ):
            return BAD_CRC
        return Frame(data[at:stop], msg_id, data[at + 5], data[at + 6], data[at + 4], definition)
    if magic != MAGIC_1:
        return NO_MAGIC
    if end - at < HEADER_SIZE_1:
        return TRUNCATED
    checksum_at = at + HEADER_SIZE_1 + data[at + 1]
    stop = checksum_at + CHECKSUM_SIZE
    if stop > end:
        return TRUNCATED
    msg_id = data[at + 5]
    definition = DEFINITIONS.get(msg_id)
    if definition is not None:
        if checksum_of(data[at + 1 : checksum_at], definition.crc_extra) != data[checksum_at:stop]:
            return BAD_CRC
        if data[at + 1] > definition.layout.size:
            return BAD_LENGTH
    return Frame(data[at:stop], msg_id, data[at + 3], data[at + 4], data[at + 2], definition)


class FrameScanner:
    """Finds frames in a stream of bytes, whatever else is in it.

    Parameters
    ----------
    verifier : Verifier, optional
        Of a signed link; what it refuses is not handed out, and counted by its causes.

    Attributes
    ----------
    anomalies : dict of str to int
        How often each thing was met that is no good frame: `bad_crc`, `bad_length` (a MAVLink 1 payload longer than
        its message), `bad_flags` (incompatibility flags not understood), `truncated` (the stream ended inside a
        frame), `unknown_message`, and `garbage_bytes` in bytes.
    """

    def __init__(self, verifier: Verifier | None = None) -> None:
        self.anomalies: defaultdict[str, int] = defaultdict(int)
        self._verifier = verifier
        self._rest = b""
        self._is_in_step = True

    def feed(self, data: bytes) -> list[Frame]:
        """Take the next bytes and hand out the frames that are whole now."""
        if self._rest:
            data = self._rest + data
        frames: list[Frame] = []
        self._rest = data[self._scan(data, frames) :]
        return frames if self._verifier is None else self._accepted(frames, self._verifier)

    def finish(self) -> list[Frame]:
        """Say that the stream has ended; frames behind a false beginning are still found."""
        frames: list[Frame] = []
        data, self._rest = self._rest, b""
        if data:
            self.anomalies[TRUNCATED] += 1
        while data:
            self.anomalies[GARBAGE_BYTES] += 1
            self._is_in_step = False
            data = data[1:]
            data = data[self._scan(data, frames) :]
        self._is_in_step = True
        return frames if self._verifier is None else self._accepted(frames, self._verifier)

    def _accepted(self, frames: list[Frame], verifier: Verifier) -> list[Frame]:
        accepted: list[Frame] = []
        for frame in frames:
            cause = verifier.refusal(frame)
            if cause is None:
                accepted.append(frame)
            else:
                self.anomalies[cause] += 1
        return accepted

    def _scan(self, data: bytes, frames: list[Frame]) -> int:
        """Collect whole frames; the offset from which more bytes are needed is returned."""
        at = 0
        end = len(data)
        while at < end:
            if data[at] == MAGIC_2 and end - at > HEADER_SIZE_2:
                # Nearly all frames are known, unsigned and whole; for these, what `frame_at` does without a call.
                length, flags, seq, system_id, component_id, low, high = _HEADER_2(data, at)
                checksum_at = at + HEADER_SIZE_2 + length
                stop = checksum_at + CHECKSUM_SIZE
                definition = DEFINITIONS.get(low | high << 16)
                if not flags and stop <= end and definition is not None:
                    crc = mcrf4xx(data[at + 1 : checksum_at])
                    crc = (crc >> 8) ^ _CRC_STEPS[(crc ^ definition.crc_extra) & 0xFF]
                    if crc == data[checksum_at] | data[checksum_at + 1] << 8:
                        frames.append(
                            Frame(data[at:stop], low | high << 16, system_id, component_id, seq, definition)
                        )
                        self._is_in_step = True
                        at = stop
                        continue
            found = frame_at(data, at, end)
            if isinstance(found, str):
                if found is TRUNCATED:
                    break
                at = self._next_beginning(found, data, at)
                continue
            stop = at + len(found.raw)
            if found.definition is None:
                # Unchecked, so it counts as a frame only between neighbours that are frames.
                if not self._is_in_step or (stop < end and data[stop] not in _MAGICS):
                    at = self._next_beginning(BAD_CRC, data, at)
                    continue
                self.anomalies[UNKNOWN_MESSAGE] += 1
            self._is_in_step = True
            frames.append(found)
            at = stop
        return at

    def _next_beginning(self, cause: str, data: bytes, at: int) -> int:
        """Step over what is no frame; a broken frame is counted once, not again for each false beginning in it."""
        if self._is_in_step and cause != NO_MAGIC:
            self.anomalies[cause] += 1
        self._is_in_step = False
        places = [place for place in (data.find(magic, at + 1) for magic in _MAGICS) if place >= 0]
        place = min(places, default=len(data))
        self.anomalies[GARBAGE_BYTES] += place - at
        return place


def decode(frame: Frame) -> Message:
    """Make a message of a frame; its fields are unpacked when the first of them is read.

    Raises
    ------
    TelemetryError
        If the dialect does not know the message.
    """
    definition = frame.definition
    if definition is None:
        raise TelemetryError(f"the MAVLink dialect has no message number {frame.msg_id}")
    return Message.received(frame, definition)


class Encoder:
    """Makes frames of one sender on one link, numbered in sequence.

    Parameters
    ----------
    system_id, component_id : int
        Who sends; a ground station is 255, 190 (MAV_COMP_ID_MISSIONPLANNER).
    signer : Signer, optional
        Of a signed link.
    version : {2, 1}
        MAVLink 1 for a vehicle that speaks no other: no signatures, no extension fields, message ids up to 255.
    """

    def __init__(
        self, system_id: int, component_id: int, *, signer: Signer | None = None, version: int = 2
    ) -> None:
        if version not in (1, 2) or (version == 1 and signer is not None):
            raise TelemetryError(
                "MAVLink 1 cannot be signed" if version == 1 else f"there is no MAVLink {version}",
                remedy="Use MAVLink 2",
            )
        self.system_id = system_id
        self.component_id = component_id
        self._signer = signer
        self._version = version
        self._seq = 0

    def encode(self, message: Message) -> bytes:
        """Frame one message.

        Raises
        ------
        TelemetryError
            If a value does not fit its field, or the message MAVLink 1; no number of the sequence is used up.
        """
        definition = message.definition
        payload = pack_payload(definition, message.fields)
        if self._version == 1:
            return self._encode_1(definition, payload)
        signer = self._signer
        header = bytes(
            (
                len(payload),
                0 if signer is None else IS_SIGNED,
                0,
                self._seq,
                self.system_id,
                self.component_id,
            )
        )
        body = header + definition.msg_id.to_bytes(3, "little") + payload
        frame = b"\xfd" + body + checksum_of(body, definition.crc_extra)
        if signer is not None:
            frame += signer.signature(frame)
        self._seq = (self._seq + 1) & 0xFF
        return frame

    def sign(self, frame: bytes) -> bytes:
        """Put our signature on a frame that somebody else made, in place of what it has; as it is on a link that is not signed.

        Raises
        ------
        TelemetryError
            If it is MAVLink 1, or its message is unknown.
        """
        signer = self._signer
        if signer is None:
            return frame
        definition = DEFINITIONS.get(int.from_bytes(frame[7:10], "little"))
        if frame[0] != MAGIC_2 or definition is None:
            raise TelemetryError(
                "a frame of MAVLink 1, or of an unknown message, cannot be signed", remedy="Use MAVLink 2"
            )
        body = bytes((frame[1], IS_SIGNED)) + frame[3 : HEADER_SIZE_2 + frame[1]]
        signed = b"\xfd" + body + checksum_of(body, definition.crc_extra)
        return signed + signer.signature(signed)

    def _encode_1(self, definition: MessageDefinition, payload: bytes) -> bytes:
        if definition.msg_id > 0xFF:
            raise TelemetryError(
                f"MAVLink 1 has no message {definition.name}", remedy="Use MAVLink 2 on this link"
            )
        size = definition.base_size
        header = bytes((size, self._seq, self.system_id, self.component_id, definition.msg_id))
        body = header + payload[:size].ljust(size, b"\0")
        self._seq = (self._seq + 1) & 0xFF
        return b"\xfe" + body + checksum_of(body, definition.crc_extra)
