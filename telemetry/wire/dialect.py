"""Message definitions, taken from the pymavlink dialect `ardupilotmega` (MAVLink 2)."""

import inspect
import re
import struct
from dataclasses import dataclass
from functools import cache

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.refusal import TelemetryError


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field in wire order; `array_length` is 0 for a scalar, `char[n]` fields have `is_text`, `code` is of `struct`."""

    name: str
    code: str
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
    base_size : int
        The payload without extensions, which MAVLink 1 does not have.
    fields : tuple of FieldDefinition
        In wire order, as `layout` unpacks them.
    """

    msg_id: int
    name: str
    crc_extra: int
    layout: struct.Struct
    base_size: int
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
    codes = re.findall(r"[a-zA-Z]", message_class.unpacker.format)
    fields = tuple(
        FieldDefinition(name, code, array_length, name in text_fields)
        for name, code, array_length in zip(
            message_class.ordered_fieldnames, codes, message_class.array_lengths, strict=True
        )
    )
    return MessageDefinition(
        msg_id=message_class.id,
        name=message_class.msgname,
        crc_extra=message_class.crc_extra,
        layout=message_class.unpacker,
        base_size=_base_size(message_class, fields),
        fields=fields,
    )


def _base_size(
    message_class: type[ardupilotmega.MAVLink_message], fields: tuple[FieldDefinition, ...]
) -> int:
    # Extensions are what the generated constructors have defaults for, beside HEARTBEAT's version.
    parameters = inspect.signature(message_class).parameters
    base = [
        f"{field.array_length or ''}{field.code}"
        for field in fields
        if parameters[field.name].default is inspect.Parameter.empty or field.name == "mavlink_version"
    ]
    return struct.calcsize("<" + "".join(base))


DEFINITIONS: dict[int, MessageDefinition] = {
    msg_id: _define(message_class) for msg_id, message_class in ardupilotmega.mavlink_map.items()
}
# Work in progress by MAVLink's own word, and therefore not in the dialect.
_COMMAND_CANCEL = MessageDefinition(
    msg_id=80,
    name="COMMAND_CANCEL",
    crc_extra=14,
    layout=struct.Struct("<HBB"),
    base_size=4,
    fields=(
        FieldDefinition("command", "H", 0, is_text=False),
        FieldDefinition("target_system", "B", 0, is_text=False),
        FieldDefinition("target_component", "B", 0, is_text=False),
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
