"""Whom a frame is meant for, read from its payload without opening the rest."""

import struct

from telemetry.wire.dialect import DEFINITIONS, MessageDefinition
from telemetry.wire.frame import Frame


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
