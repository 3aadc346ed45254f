"""The files `@MISSION/mission.dat`, `fence.dat` and `rally.dat` of ArduPilot: a header, then every item's payload."""

import struct
from collections.abc import Sequence

from telemetry.links.address import Address
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_type import MissionType
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message
from telemetry.wire.payload import pack_payload, unpack_payload

PATHS = {
    MissionType.MISSION: "@MISSION/mission.dat",
    MissionType.FENCE: "@MISSION/fence.dat",
    MissionType.RALLY: "@MISSION/rally.dat",
}
_MAGIC = 0x763D
_HEADER = struct.Struct("<5H")
"""Magic, MAV_MISSION_TYPE, options, number of the first item, count."""
_ITEM = definition_of("MISSION_ITEM_INT")
_ITEM_BYTES = _ITEM.layout.size


def pack_items(items: Sequence[WireItem], target: Address, mission_type: MissionType) -> bytes:
    """Make the file of a whole list."""
    body = b"".join(
        pack_payload(_ITEM, item.to_message(target, mission_type).fields).ljust(_ITEM_BYTES, b"\0")
        for item in items
    )
    return _HEADER.pack(_MAGIC, mission_type, 0, 0, len(items)) + body


def unpack_items(data: bytes, mission_type: MissionType) -> tuple[WireItem, ...] | None:
    """Read the file of a whole list; None where it is none, or not whole."""
    if len(data) < _HEADER.size:
        return None
    magic, kind, _, start, count = _HEADER.unpack_from(data)
    if (magic, kind, start) != (_MAGIC, mission_type, 0) or len(data) != _HEADER.size + count * _ITEM_BYTES:
        return None
    items = []
    for seq in range(count):
        at = _HEADER.size + seq * _ITEM_BYTES
        item = WireItem.from_message(Message(_ITEM, unpack_payload(_ITEM, data[at : at + _ITEM_BYTES])))
        if item.seq != seq:
            return None
        items.append(item)
    return tuple(items)


def items_in(size_bytes: int) -> int:
    """How many whole items a beginning of the file holds."""
    return max(0, size_bytes - _HEADER.size) // _ITEM_BYTES
