"""The fence on board; a new one is put in force only when it is whole and sound."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.item_transfer import Say
from simulator.protocol.mission_item import ItemRefused, MissionItem, check_place
from simulator.protocol.parameter_table import to_float32

CAPACITY = 70
STORAGE_BYTES = 560
VERTEX_BYTES, POLYGON_BYTES, CIRCLE_BYTES, LIST_BYTES = 8, 2, 13, 5
"""What a vertex takes of the storage, a polygon beside its vertices, a circle, and the list itself."""

_POLYGONS = (
    dialect.MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION,
    dialect.MAV_CMD_NAV_FENCE_POLYGON_VERTEX_EXCLUSION,
)
_CIRCLES = (dialect.MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION, dialect.MAV_CMD_NAV_FENCE_CIRCLE_EXCLUSION)


@dataclass(frozen=True, slots=True)
class FenceArea:
    """A polygon (three or more corners in degE7) or a circle (one corner and a radius)."""

    is_inclusion: bool
    corners_e7: tuple[tuple[int, int], ...]
    radius_m: float = 0.0


class FenceStore:
    """Keeps the items of the fence in force and those of an upload under way.

    Parameters
    ----------
    say : callable
        Sends a text.
    on_total : callable
        Told the number that FENCE_TOTAL shows.
    on_change : callable
        Told when another fence is in force.
    """

    mission_type = dialect.MAV_MISSION_TYPE_FENCE
    capacity = CAPACITY

    def __init__(self, *, say: Say, on_total: Callable[[int], None], on_change: Callable[[], None]) -> None:
        self._items: list[MissionItem] = []
        self._incoming: list[MissionItem] = []
        self._expected = 0
        self._say = say
        self._on_total = on_total
        self._on_change = on_change
        self.areas: tuple[FenceArea, ...] = ()

    def count(self) -> int:
        """How many items the fence in force has."""
        return len(self._items)

    def item(self, seq: int) -> MissionItem:
        """Return one item of the fence in force."""
        return self._items[seq]

    def is_current(self, _: MissionItem) -> bool:
        """There is no present one."""
        return False

    def begin(self, count: int) -> None:
        """Make ready for another fence."""
        self._incoming = []
        self._expected = count

    def put(self, seq: int, item: MissionItem) -> None:
        """Take one item; the fence in force stays."""
        if self._expected == 0 and seq < len(self._items):
            self._incoming = list(self._items)
            self._expected = len(self._items)
        if item.command not in (*_POLYGONS, *_CIRCLES, dialect.MAV_CMD_NAV_FENCE_RETURN_POINT):
            raise ItemRefused(dialect.MAV_MISSION_UNSUPPORTED)
        if not 0.0 <= item.param1 <= (255.0 if item.command in _POLYGONS else 1e6):
            raise ItemRefused(dialect.MAV_MISSION_INVALID_PARAM1)
        check_place(item.x, item.y, 0.0)
        param1 = float(int(item.param1)) if item.command in _POLYGONS else to_float32(item.param1)
        if item.command == dialect.MAV_CMD_NAV_FENCE_RETURN_POINT:
            param1 = 0.0
        kept = replace(
            item,
            seq=seq,
            frame=dialect.MAV_FRAME_GLOBAL,
            param1=param1,
            param2=0.0,
            param3=0.0,
            param4=0.0,
            z=0.0,
            autocontinue=0,
        )
        if seq < len(self._incoming):
            self._incoming[seq] = kept
        else:
            self._incoming.append(kept)

    def finish(self) -> None:
        """Put the new fence in force if it is sound."""
        areas = tuple(self._areas(self._incoming))
        if LIST_BYTES + sum(_bytes_of(area) for area in areas) > STORAGE_BYTES:
            self._incoming, self._expected = [], 0
            self._say(dialect.MAV_SEVERITY_WARNING, "Fence exceeds storage size")
            raise ItemRefused(dialect.MAV_MISSION_ERROR)
        self._items, self._incoming, self._expected = self._incoming, [], 0
        self.areas = areas
        polygons = sum(len(area.corners_e7) > 1 for area in areas)
        self._on_total(len(self._items) + polygons)
        if self._items:
            self._say(dialect.MAV_SEVERITY_DEBUG, "Fence Indexed OK")
        self._on_change()

    def clear(self) -> None:
        """Forget the fence."""
        self._items, self._incoming, self._expected, self.areas = [], [], 0, ()
        self._on_total(0)
        self._on_change()

    def _areas(self, items: list[MissionItem]) -> Iterator[FenceArea]:
        position = 0
        while position < len(items):
            first = items[position]
            if first.command in _POLYGONS:
                wanted = int(first.param1)
                if wanted < 3:
                    self._refuse(dialect.MAV_SEVERITY_WARNING, f"Invalid vertex count ({wanted})")
                corners = items[position : position + wanted]
                for corner in corners:
                    if corner.command != first.command:
                        self._refuse(dialect.MAV_SEVERITY_WARNING, "Received incorrect vertex type")
                    if corner.param1 != first.param1:
                        got = int(corner.param1)
                        self._refuse(
                            dialect.MAV_SEVERITY_WARNING, f"Unexpected vertex count want={wanted} got={got}"
                        )
                if len(corners) < wanted:
                    self._refuse(dialect.MAV_SEVERITY_INFO, "Incorrect item count")
                yield FenceArea(first.command == _POLYGONS[0], tuple((item.x, item.y) for item in corners))
                position += wanted
                continue
            if first.command in _CIRCLES:
                if first.param1 <= 0.0:
                    self._refuse(dialect.MAV_SEVERITY_WARNING, "Non-positive circle radius")
                yield FenceArea(first.command == _CIRCLES[0], ((first.x, first.y),), first.param1)
            position += 1

    def _refuse(self, severity: int, text: str) -> None:
        self._incoming, self._expected = [], 0
        self._say(severity, text)
        self._say(dialect.MAV_SEVERITY_WARNING, "Fence validation failed")
        raise ItemRefused(dialect.MAV_MISSION_ERROR)


def _bytes_of(area: FenceArea) -> int:
    if area.radius_m > 0.0:
        return CIRCLE_BYTES
    return POLYGON_BYTES + VERTEX_BYTES * len(area.corners_e7)
