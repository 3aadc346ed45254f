"""Message definitions, taken from the pymavlink dialect `ardupilotmega` (MAVLink 2)."""

import struct
from dataclasses import dataclass
from functools import cache

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.refusal import TelemetryError


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field in wire order; `array_length` is 0 for a scalar, `char[n]` fields have `is_text`."""

    name: str
    array_length: int
    is_text: bool


@dataclass(frozen=True, slots=True)
class MessageDefinition:
    """One message of the dialect.

    Parameters
    ----------
    msg_id : int
    name : str
    crc_extra : int
    layout : struct.Struct
        The whole payload, extensions included, in wire order.
    fields : tuple of FieldDefinition
        In wire order, as `layout` unpacks them.
    """

    msg_id: int
    name: str
    crc_extra: int
    layout: struct.Struct
    fields: tuple[FieldDefinition, ...]

    @property
    def has_arrays(self) -> bool:
        """Whether unpacked values need regrouping or text decoding."""
        return any(field.array_length for field in self.fields)


def _define(message_class: type[ardupilotmega.MAVLink_message]) -> MessageDefinition:
    text_fields = {
        name
        for name, field_type in zip(message_class.fieldnames, message_class.fieldtypes, strict=True)
        if field_type == "char"
    }
    fields = tuple(
        FieldDefinition(name, array_length, name in text_fields)
        for name, array_length in zip(
            message_class.ordered_fieldnames, message_class.array_lengths, strict=True
        )
    )
    return MessageDefinition(
        msg_id=message_class.id,
        name=message_class.msgname,
        crc_extra=message_class.crc_extra,
        layout=message_class.unpacker,
        fields=fields,
    )


DEFINITIONS: dict[int, MessageDefinition] = {
    msg_id: _define(message_class) for msg_id, message_class in ardupilotmega.mavlink_map.items()
}
# Work in progress by MAVLink's own word, and therefore not in the dialect.
_COMMAND_CANCEL = MessageDefinition(
    msg_id=80,
    name="COMMAND_CANCEL",
    crc_extra=14,
    layout=struct.Struct("<HBB"),
    fields=(
        FieldDefinition("command", 0, is_text=False),
        FieldDefinition("target_system", 0, is_text=False),
        FieldDefinition("target_component", 0, is_text=False),
    ),
)
DEFINITIONS.setdefault(_COMMAND_CANCEL.msg_id, _COMMAND_CANCEL)


@cache
def definition_of(name: str) -> MessageDefinition:
    """Look a definition up by message name.

    Raises
    ------
    TelemetryError
        If the dialect has no such message.
    """
    for definition in DEFINITIONS.values():
        if definition.name == name:
            return definition
    raise TelemetryError(f"the MAVLink dialect has no message {name}")
