"""Payload bytes to fields and back, from the dialect's struct layouts."""

import struct
from collections.abc import Mapping
from typing import Any

from telemetry.refusal import TelemetryError
from telemetry.wire.dialect import DEFINITIONS, MessageDefinition

_NAMES: dict[int, tuple[str, ...]] = {
    msg_id: tuple(field.name for field in definition.fields) for msg_id, definition in DEFINITIONS.items()
}
_SCALARS_ONLY: frozenset[int] = frozenset(
    msg_id for msg_id, definition in DEFINITIONS.items() if not definition.has_arrays
)


def unpack_payload(definition: MessageDefinition, payload: bytes) -> dict[str, Any]:
    """Decode a payload of any length.

    What MAVLink 2 trimmed is zero again; bytes past the definition (extensions of a newer dialect) are ignored.
    """
    layout = definition.layout
    if len(payload) < layout.size:
        payload = payload.ljust(layout.size, b"\0")
    values = layout.unpack_from(payload)
    if definition.msg_id in _SCALARS_ONLY:
        return dict(zip(_NAMES[definition.msg_id], values, strict=True))
    fields: dict[str, Any] = {}
    at = 0
    for field in definition.fields:
        if field.is_text:
            fields[field.name] = values[at].split(b"\0", 1)[0].decode("utf-8", "replace")
            at += 1
        elif field.array_length:
            fields[field.name] = values[at : at + field.array_length]
            at += field.array_length
        else:
            fields[field.name] = values[at]
            at += 1
    return fields


def _text_bytes(text: str, size: int) -> bytes:
    return text.encode()[:size].decode("utf-8", "ignore").encode()


def pack_payload(definition: MessageDefinition, fields: Mapping[str, Any]) -> bytes:
    """Encode fields as a payload without the zeros at its end (MAVLink 2 keeps at least one byte).

    Text too long for its field is cut at a character; a short array is filled with zeros.

    Raises
    ------
    TelemetryError
        If a value does not fit its field.
    """
    values: list[Any] = []
    for field in definition.fields:
        value = fields[field.name]
        if field.is_text:
            values.append(_text_bytes(value, field.array_length))
        elif field.array_length:
            if len(value) > field.array_length:
                raise TelemetryError(
                    f"{definition.name}.{field.name} holds {field.array_length} values, not {len(value)}"
                )
            values.extend(value)
            values.extend((0,) * (field.array_length - len(value)))
        else:
            values.append(value)
    try:
        payload = definition.layout.pack(*values)
    except (struct.error, OverflowError) as error:
        raise TelemetryError(f"{definition.name} cannot carry {dict(fields)}: {error}") from None
    return payload.rstrip(b"\0") or b"\0"
