"""Whom a frame is meant for, read from its payload, or written into it, without opening the rest."""

import struct

from telemetry.wire.codec import checksum_of
from telemetry.wire.dialect import DEFINITIONS, MessageDefinition
from telemetry.wire.frame import HEADER_SIZE_1, HEADER_SIZE_2, MAGIC_2, Frame


def _offset(definition: MessageDefinition, name: str) -> int | None:
    """Give where a field stands in the payload."""
    at = 0
    for field in definition.fields:
        if field.name == name:
            return at
        at += struct.calcsize(f"<{field.array_length or ''}{field.code}")
    return None


_TARGETS = {
    msg_id: (system_at, _offset(definition, "target_component"))
    for msg_id, definition in DEFINITIONS.items()
    if (system_at := _offset(definition, "target_system")) is not None
}
DIRECTED = frozenset(_TARGETS)
"""Numbers of the messages that name a target."""


def target_of(frame: Frame) -> tuple[int, int]:
    """Give the system and component a frame is meant for; 0 is everybody, also where a message names none."""
    offsets = _TARGETS.get(frame.msg_id)
    if offsets is None:
        return 0, 0
    payload = frame.payload
    system_at, component_at = offsets
    # MAVLink 2 leaves zeros at the end away.
    system_id = payload[system_at] if system_at < len(payload) else 0
    if component_at is None or component_at >= len(payload):
        return system_id, 0
    return system_id, payload[component_at]


def addressed_to(frame: Frame, system_id: int) -> Frame:
    """Give a frame for everybody as one for a single system, unsigned; what can name no target stays as it is."""
    offsets, definition = _TARGETS.get(frame.msg_id), frame.definition
    if offsets is None or definition is None:
        return frame
    header_size = HEADER_SIZE_2 if frame.raw[0] == MAGIC_2 else HEADER_SIZE_1
    payload = bytearray(frame.payload)
    payload.extend(bytes(max(0, offsets[0] + 1 - len(payload))))
    payload[offsets[0]] = system_id
    head = bytearray(frame.raw[:header_size])
    head[1] = len(payload)
    if header_size == HEADER_SIZE_2:
        head[2] = 0
    body = bytes(head[1:] + payload)
    raw = bytes(head[:1]) + body + checksum_of(body, definition.crc_extra)
    return Frame(raw, frame.msg_id, frame.system_id, frame.component_id, frame.seq, definition)
