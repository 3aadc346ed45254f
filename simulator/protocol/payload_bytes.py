"""Payloads of messages as bytes, packed without making a message first."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from pymavlink.dialects.v20 import ardupilotmega as dialect

_HEADER_BYTES, _CRC_BYTES = 10, 2
_unsigned = dialect.MAVLink(None)


class PayloadBytes(NamedTuple):
    """What a frame of MAVLink 2 goes round: the same on every link."""

    message_id: int
    crc_extra: int
    data: bytes
    """Without the zeros at its end."""


def payload_of(message: Any) -> PayloadBytes:
    """Have a message of the dialect pack itself."""
    packed = bytes(message.pack(_unsigned))
    return PayloadBytes(message.get_msgId(), message.crc_extra, packed[_HEADER_BYTES:-_CRC_BYTES])


def payload_packer(name: str) -> Callable[..., PayloadBytes]:
    """Give a function that takes what the constructor of the dialect's message takes, and packs that.

    It takes a third of the time of making a message and packing it; for messages without text.
    """
    message_id = int(getattr(dialect, f"MAVLINK_MSG_ID_{name}"))
    kind = dialect.mavlink_map[message_id]
    declared = list(inspect.signature(kind.__init__).parameters.values())[1:]
    defaults = tuple(each.default for each in declared)
    crc_extra, count, pack = kind.crc_extra, len(declared), kind.unpacker.pack
    in_wire_order = itemgetter(*(kind.fieldnames.index(field) for field in kind.ordered_fieldnames))
    has_arrays = any(kind.array_lengths)

    def pack_values(*values: Any) -> PayloadBytes:
        if len(values) < count:
            values += defaults[len(values) :]
        ordered: Sequence[Any] = in_wire_order(values)
        if has_arrays:
            ordered = list(_flat(ordered))
        return PayloadBytes(message_id, crc_extra, pack(*ordered).rstrip(b"\0") or b"\0")

    return pack_values


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value
