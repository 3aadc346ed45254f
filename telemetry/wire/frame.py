"""One MAVLink frame, whole and checked, its payload still closed."""

from telemetry.wire.dialect import MessageDefinition

MAGIC_1 = 0xFE
MAGIC_2 = 0xFD
HEADER_SIZE_1 = 6
HEADER_SIZE_2 = 10
CHECKSUM_SIZE = 2
SIGNATURE_SIZE = 13
IS_SIGNED = 0x01


class Frame:
    """A frame as it came.

    Parameters
    ----------
    raw : bytes
        All of it, signature included.
    msg_id : int
    system_id, component_id, seq : int
        Of the sender.
    definition : MessageDefinition or None
        None where the dialect does not know the message; its checksum could then not be checked.
    """

    __slots__ = ("component_id", "definition", "msg_id", "raw", "seq", "system_id")

    def __init__(
        self,
        raw: bytes,
        msg_id: int,
        system_id: int,
        component_id: int,
        seq: int,
        definition: MessageDefinition | None,
    ) -> None:
        self.raw = raw
        self.msg_id = msg_id
        self.system_id = system_id
        self.component_id = component_id
        self.seq = seq
        self.definition = definition

    @property
    def payload(self) -> bytes:
        """The payload as sent, trimmed in MAVLink 2."""
        start = HEADER_SIZE_2 if self.raw[0] == MAGIC_2 else HEADER_SIZE_1
        return self.raw[start : start + self.raw[1]]

    @property
    def signature(self) -> bytes | None:
        """The 13 bytes of a signed frame: link id, 48-bit time, 48-bit hash."""
        if self.raw[0] == MAGIC_2 and self.raw[2] & IS_SIGNED:
            return self.raw[-SIGNATURE_SIZE:]
        return None

    def __repr__(self) -> str:
        name = self.definition.name if self.definition else f"message {self.msg_id}"
        return f"Frame({name} from {self.system_id}/{self.component_id}, {len(self.raw)} bytes)"
