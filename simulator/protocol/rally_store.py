"""Rally points on board."""

from collections.abc import Callable
from dataclasses import replace

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.mission_item import PLACE_FRAMES, ItemRefused, MissionItem, check_place

CAPACITY = 50


class RallyStore:
    """Keeps rally points; `on_total` is told the number whenever it changes."""

    mission_type = dialect.MAV_MISSION_TYPE_RALLY
    capacity = CAPACITY

    def __init__(self, *, on_total: Callable[[int], None]) -> None:
        self._items: list[MissionItem] = []
        self._on_total = on_total

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def item(self, seq: int) -> MissionItem:
        """Return one of them."""
        return self._items[seq]

    def is_current(self, _: MissionItem) -> bool:
        """There is no present one."""
        return False

    def begin(self, count: int) -> None:
        """Cut the list to what was announced."""
        if count < len(self._items):
            del self._items[count:]
            self._on_total(len(self._items))

    def put(self, seq: int, item: MissionItem) -> None:
        """Replace or append one point."""
        if item.command != dialect.MAV_CMD_NAV_RALLY_POINT:
            raise ItemRefused(dialect.MAV_MISSION_UNSUPPORTED)
        frame = PLACE_FRAMES.get(item.frame)
        if frame is None:
            raise ItemRefused(dialect.MAV_MISSION_UNSUPPORTED_FRAME)
        check_place(item.x, item.y, item.z)
        kept = replace(
            item,
            seq=seq,
            frame=frame,
            param1=0.0,
            param2=0.0,
            param3=0.0,
            param4=0.0,
            z=float(int(item.z)),
            autocontinue=0,
        )
        if seq < len(self._items):
            self._items[seq] = kept
        else:
            self._items.append(kept)
            self._on_total(len(self._items))

    def finish(self) -> None:
        """Nothing is left to do."""

    def clear(self) -> None:
        """Forget all."""
        self._items.clear()
        self._on_total(0)
