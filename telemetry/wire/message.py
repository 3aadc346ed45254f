"""A decoded MAVLink message."""

from typing import Any, Self

from telemetry.wire.dialect import MessageDefinition, definition_of
from telemetry.wire.frame import Frame
from telemetry.wire.payload import unpack_payload


class Message:
    """One message; its fields are attributes, in wire units.

    Text fields are `str` up to the first NUL, arrays are tuples. Fields not given to `new` are zero or empty. The few
    fields called `name` are hidden by the message's own and read as `fields["name"]`.

    Parameters
    ----------
    definition : MessageDefinition
    fields : dict
        Every field by name.
    system_id, component_id, frame_seq : int
        Of the sender and its frame; zero in a message that is still to be sent.
    """

    __slots__ = ("_frame", "component_id", "definition", "fields", "frame_seq", "system_id")

    fields: dict[str, Any]
    _frame: Frame

    def __init__(
        self,
        definition: MessageDefinition,
        fields: dict[str, Any],
        system_id: int = 0,
        component_id: int = 0,
        frame_seq: int = 0,
    ) -> None:
        self.definition = definition
        self.fields = fields
        self.system_id = system_id
        self.component_id = component_id
        self.frame_seq = frame_seq

    @classmethod
    def new(cls, name: str, /, **fields: Any) -> Self:
        """Make a message to send; unknown field names raise `TypeError`."""
        definition = definition_of(name)
        complete: dict[str, Any] = {}
        for field in definition.fields:
            default: Any = "" if field.is_text else (0,) * field.array_length if field.array_length else 0
            complete[field.name] = fields.pop(field.name, default)
        if fields:
            raise TypeError(f"{name} has no field {', '.join(fields)}")
        return cls(definition, complete)

    @classmethod
    def received(cls, frame: Frame, definition: MessageDefinition) -> Self:
        """Make a message of a frame, whose payload is unpacked when a field is first read."""
        message = cls.__new__(cls)
        message.definition = definition
        message.system_id = frame.system_id
        message.component_id = frame.component_id
        message.frame_seq = frame.seq
        message._frame = frame
        return message

    @property
    def name(self) -> str:
        """The message's name in the dialect."""
        return self.definition.name

    @property
    def msg_id(self) -> int:
        """The message's number in the dialect."""
        return self.definition.msg_id

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "fields":
            self.fields = unpack_payload(self.definition, self._frame.payload)
            return self.fields
        try:
            return self.fields[name]
        except KeyError:
            raise AttributeError(f"{self.definition.name} has no field {name}") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.msg_id, self.fields) == (other.msg_id, other.fields)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        body = ", ".join(
            f"{name}={'...' if name == 'secret_key' else repr(value)}" for name, value in self.fields.items()
        )
        return f"{self.name}({body})"
