"""The files that ArduCopter makes of its mission, fence, rally points and parameters."""

import errno
import struct
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import parse_qs

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.item_transfer import ItemStore
from simulator.protocol.mission_item import ItemRefused, MissionItem
from simulator.protocol.parameter_table import ParameterTable, parameter_definitions

MISSION_MAGIC = 0x763D
MISSION_HEADER = struct.Struct("<5H")
ITEM = struct.Struct("<4f2if2H6B")
KEEPS_FORMER = 1
"""Option of an upload that leaves the items before it."""
MISSION_STAT_BYTES = 1024 * 1024
SYSTEM_STAT_BYTES = 100_000
PARAMETER_MAGIC, PARAMETER_MAGIC_WITH_DEFAULTS = 0x671B, 0x671C
PARAMETER_HEADER = struct.Struct("<3H")
PARAMETER_STAT_BYTES = 12
"""A parameter, roughly, for a size told before the file is made."""
_PACKED_TYPES = {
    dialect.MAV_PARAM_TYPE_INT8: (1, struct.Struct("<b")),
    dialect.MAV_PARAM_TYPE_INT16: (2, struct.Struct("<h")),
    dialect.MAV_PARAM_TYPE_INT32: (3, struct.Struct("<i")),
    dialect.MAV_PARAM_TYPE_REAL32: (4, struct.Struct("<f")),
}
_LAYOUTS = dict(_PACKED_TYPES.values())


class FileError(Exception):
    """A file operation failed.

    Parameters
    ----------
    number : int
        errno.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(errno.errorcode.get(number, str(number)))


class OpenFile(Protocol):
    """A file that is open."""

    def read(self, offset: int, size: int) -> bytes:
        """Give what is there; nothing at the end."""

    def write(self, offset: int, data: bytes) -> None:
        """Keep a piece until the file is closed."""

    def close(self) -> None:
        """Take what was written in force; raises `FileError` where it cannot be."""


class _Reading:
    def __init__(self, make: Callable[[int], bytes], *, has_one_size: bool = False) -> None:
        self._make = make
        self._has_one_size = has_one_size
        self._size = 0
        self._content: bytes | None = None

    def read(self, offset: int, size: int) -> bytes:
        if self._content is None:
            self._size = size
            self._content = self._make(size)
        if self._has_one_size and size != self._size:
            raise FileError(errno.EINVAL)
        return self._content[offset : offset + size]

    def write(self, offset: int, data: bytes) -> None:  # noqa: ARG002
        raise FileError(errno.EBADF)

    def close(self) -> None:
        pass


class _Writing:
    def __init__(self, finish: Callable[[bytes], bool], size_told: Callable[[bytes], int]) -> None:
        self._finish = finish
        self._size_told = size_told
        self._content = bytearray()

    def read(self, offset: int, size: int) -> bytes:  # noqa: ARG002
        raise FileError(errno.EBADF)

    def write(self, offset: int, data: bytes) -> None:
        # The header tells how long it is going to be, so that what never comes stays zero.
        stop = max(offset + len(data), self._size_told(data) if offset == 0 else 0)
        if stop > len(self._content):
            self._content.extend(bytes(stop - len(self._content)))
        self._content[offset : offset + len(data)] = data

    def close(self) -> None:
        if not self._finish(bytes(self._content)):
            raise FileError(errno.EINVAL)


class FileSystem:
    """All files, by path.

    Parameters
    ----------
    stores : mapping of str to ItemStore
        By the file's name, such as `mission.dat`.
    table : ParameterTable
    assign : callable
        Sets a parameter and tells everybody.
    """

    def __init__(
        self,
        stores: Mapping[str, ItemStore],
        table: ParameterTable,
        assign: Callable[[str, float], None],
    ) -> None:
        self._stores = stores
        self._table = table
        self._assign = assign

    def size_of(self, path: str) -> int:
        """Tell the size, a guess where the file is made while it is read."""
        if self._store_of(path) is not None:
            return MISSION_STAT_BYTES
        if _is_parameter_path(path):
            return len(self._table) * PARAMETER_STAT_BYTES
        return SYSTEM_STAT_BYTES if path in _SYSTEM_FILES else self._absent()

    def open_to_read(self, path: str) -> OpenFile:
        """Open a file that is there."""
        store = self._store_of(path)
        if store is not None:
            return _Reading(lambda _: packed_items(store))
        if _is_parameter_path(path):
            start, count, with_defaults = _arguments_of(path)
            return _Reading(
                lambda size: packed_parameters(self._table, size, start, count, with_defaults=with_defaults),
                has_one_size=True,
            )
        content = _SYSTEM_FILES.get(path)
        if content is None:
            self._absent()
        return _Reading(lambda _: content or b"")

    def open_to_write(self, path: str) -> OpenFile:
        """Open a file anew."""
        store = self._store_of(path)
        if store is not None:
            return _Writing(lambda content: take_items(store, content), _items_size)
        if _is_parameter_path(path):
            return _Writing(self._take_parameters, _parameters_size)
        raise FileError(errno.EROFS if path.startswith("@SYS/") else errno.ENOENT)

    def list_directory(self, path: str) -> list[bytes]:
        """Name the entries; only the root and @SYS have a list."""
        if path == "/":
            return [b"D@SYS"]
        if path.rstrip("/") != "@SYS":
            self._absent()
        return [f"F{name.removeprefix('@SYS/')}\t{SYSTEM_STAT_BYTES}".encode() for name in _SYSTEM_FILES]

    def _store_of(self, path: str) -> ItemStore | None:
        folder, _, name = path.partition("/")
        return self._stores.get(name) if folder == "@MISSION" else None

    @staticmethod
    def _absent() -> int:
        raise FileError(errno.ENOENT)

    def _take_parameters(self, content: bytes) -> bool:
        if len(content) < PARAMETER_HEADER.size:
            return False
        magic, count, size = PARAMETER_HEADER.unpack_from(content)
        if magic != PARAMETER_MAGIC or size != len(content):
            return False
        at, name = PARAMETER_HEADER.size, ""
        for _ in range(count):
            if at + 2 > len(content):
                return False
            layout = _LAYOUTS.get(content[at])
            shared, own = content[at + 1] & 15, (content[at + 1] >> 4) + 1
            if layout is None or shared > len(name) or shared + own > 16:
                return False
            if at + 2 + own + layout.size > len(content):
                return False
            name = name[:shared] + content[at + 2 : at + 2 + own].decode("latin-1")
            at += 2 + own
            (value,) = layout.unpack_from(content, at)
            at += layout.size
            if name in self._table:
                self._assign(name, float(value))
        return True


_SYSTEM_FILES = {"@SYS/threads.txt": b"ThreadsV1\nmain PRI=12 STACK=0/0\n"}


def _is_parameter_path(path: str) -> bool:
    return path.partition("?")[0] == "@PARAM/param.pck"


def _arguments_of(path: str) -> tuple[int, int, bool]:
    arguments = parse_qs(path.partition("?")[2])
    try:
        start, count, with_defaults = (
            int(arguments.get(name, ["0"])[0]) for name in ("start", "count", "withdefaults")
        )
    except ValueError:
        raise FileError(errno.EINVAL) from None
    if not (0 <= start < 65535 and 0 <= count < 65535 and with_defaults in (0, 1)):
        raise FileError(errno.EINVAL)
    return start, count, bool(with_defaults)


def packed_items(store: ItemStore) -> bytes:
    """Make a file of a list."""
    items = [store.item(seq) for seq in range(store.count())]
    head = MISSION_HEADER.pack(MISSION_MAGIC, store.mission_type, 0, 0, len(items))
    return head + b"".join(
        ITEM.pack(
            item.param1,
            item.param2,
            item.param3,
            item.param4,
            item.x,
            item.y,
            item.z,
            seq,
            item.command,
            1,
            1,
            item.frame,
            0,
            item.autocontinue,
            store.mission_type,
        )
        for seq, item in enumerate(items)
    )


def _items_size(beginning: bytes) -> int:
    if len(beginning) < MISSION_HEADER.size:
        return 0
    return MISSION_HEADER.size + ITEM.size * int(MISSION_HEADER.unpack_from(beginning)[4])


def take_items(store: ItemStore, content: bytes) -> bool:
    """Put a file in force; False where it is refused, of a mission then with the items before the faulty one."""
    if len(content) < MISSION_HEADER.size:
        return False
    magic, _, options, start, count = MISSION_HEADER.unpack_from(content)
    body = content[MISSION_HEADER.size :]
    if magic != MISSION_MAGIC or len(body) // ITEM.size != count:
        return False
    rows = [body[seq * ITEM.size : (seq + 1) * ITEM.size] for seq in range(count)]
    if not all(any(row) for row in rows):
        return False
    is_mission = store.mission_type == dialect.MAV_MISSION_TYPE_MISSION
    if options & KEEPS_FORMER and not is_mission:
        return False
    try:
        if store.mission_type == dialect.MAV_MISSION_TYPE_FENCE:
            store.begin(count)
        elif not (options & KEEPS_FORMER):
            _clear(store)
        for seq, row in enumerate(rows, start=start):
            item = _item_of(row, seq)
            if seq >= store.capacity or (is_mission and _jumps_nowhere(item, count)):
                return False
            store.put(seq, item)
        if store.mission_type == dialect.MAV_MISSION_TYPE_FENCE:
            store.finish()
    except ItemRefused:
        if store.mission_type == dialect.MAV_MISSION_TYPE_FENCE:
            store.begin(0)
        return False
    return True


def _clear(store: ItemStore) -> None:
    try:
        store.clear()
    except ItemRefused:
        # A mission that is flown is not cleared; its items are replaced one by one.
        return


def _jumps_nowhere(item: MissionItem, count: int) -> bool:
    return item.command == dialect.MAV_CMD_DO_JUMP and not 0 < item.param1 < count


def _item_of(row: bytes, seq: int) -> MissionItem:
    param1, param2, param3, param4, x, y, z, _, command, _, _, frame, _, autocontinue, _ = ITEM.unpack(row)
    return MissionItem(seq, frame, command, param1, param2, param3, param4, x, y, z, autocontinue)


def packed_parameters(
    table: ParameterTable, read_size: int, start: int = 0, count: int = 0, *, with_defaults: bool = False
) -> bytes:
    """Make the file of parameters; zeros keep each value within one block of `read_size`."""
    definitions = parameter_definitions()
    if start >= len(definitions):
        raise FileError(errno.EINVAL)
    chosen = definitions[start : start + count] if count else definitions[start:]
    magic = PARAMETER_MAGIC_WITH_DEFAULTS if with_defaults else PARAMETER_MAGIC
    content = bytearray(PARAMETER_HEADER.pack(magic, len(chosen), len(definitions)))
    last_name = ""
    for definition in chosen:
        number, layout = _PACKED_TYPES[definition.type]
        value = table[definition.name]
        is_changed = with_defaults and value != definition.default
        name = definition.name
        shared = 0
        while shared < min(len(name), len(last_name), 15) and name[shared] == last_name[shared]:
            shared += 1
        if shared == len(name):
            shared -= 1
        own = name[shared:].encode("ascii")
        values = [value, definition.default] if is_changed else [value]
        packed = b"".join(layout.pack(_native(each, number)) for each in values)
        row = bytes((number | is_changed << 4, shared | (len(own) - 1) << 4)) + own + packed
        beyond = (len(content) + len(row)) % read_size
        if layout.size > 1 and 0 < beyond < layout.size:
            content += bytes(layout.size - beyond)
        content += row
        last_name = name
    return bytes(content)


def _native(value: float, number: int) -> float | int:
    return value if number == 4 else int(value)


def _parameters_size(beginning: bytes) -> int:
    if len(beginning) < PARAMETER_HEADER.size:
        return 0
    magic, _, size = PARAMETER_HEADER.unpack_from(beginning)
    return int(size) if magic == PARAMETER_MAGIC else 0
