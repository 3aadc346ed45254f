"""The mission on board; item 0 is the home position."""

from collections.abc import Callable

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.item_transfer import Say
from simulator.protocol.mission_item import ItemRefused, MissionItem, stored_item
from simulator.protocol.parameter_table import to_float32

CAPACITY = 650


class MissionStore:
    """Keeps items as they come: a refused upload leaves new items before the refused one and old ones after it.

    Parameters
    ----------
    home : callable
        Latitude and longitude in degE7 and altitude above sea level in metres.
    say : callable
        Sends a text.
    on_total : callable
        Told the number of items whenever it changes.
    on_change : callable
        Told after each item stored and at the end of an upload.
    may_clear : callable
        Whether the mission may be cleared now.
    flown : callable
        The number of the item being flown, or 0.
    """

    mission_type = dialect.MAV_MISSION_TYPE_MISSION
    capacity = CAPACITY

    def __init__(
        self,
        *,
        home: Callable[[], tuple[int, int, float]],
        say: Say,
        on_total: Callable[[int], None],
        on_change: Callable[[], None],
        may_clear: Callable[[], bool],
        flown: Callable[[], int],
    ) -> None:
        self._items: list[MissionItem] = []
        self._home = home
        self._say = say
        self._on_total = on_total
        self._on_change = on_change
        self._may_clear = may_clear
        self._flown = flown

    def count(self) -> int:
        """How many items there are, home included."""
        return len(self._items)

    def item(self, seq: int) -> MissionItem:
        """Return one item; item 0 is always home."""
        if seq == 0:
            lat_e7, lon_e7, alt_m = self._home()
            return MissionItem(
                0,
                dialect.MAV_FRAME_GLOBAL,
                dialect.MAV_CMD_NAV_WAYPOINT,
                0.0,
                0.0,
                0.0,
                0.0,
                lat_e7,
                lon_e7,
                to_float32(alt_m),
            )
        return self._items[seq]

    def is_current(self, item: MissionItem) -> bool:
        """ArduCopter compares the number of the command, not of the item, with that of the item being flown."""
        return item.command == self._flown()

    def begin(self, count: int) -> None:
        """Cut the list to what was announced."""
        if count == 0 and not self._items:
            return
        if count < len(self._items):
            del self._items[count:]
            if count == 0:
                self._on_total(0)

    def put(self, seq: int, item: MissionItem) -> None:
        """Replace or append one item."""
        stored = stored_item(item)
        if seq < len(self._items):
            self._items[seq] = stored
        elif seq == len(self._items):
            self._items.append(stored)
            self._on_total(len(self._items))
        else:
            raise ItemRefused(dialect.MAV_MISSION_INVALID_SEQUENCE)
        self._on_change()

    def finish(self) -> None:
        """Say that the plan was received."""
        self._say(dialect.MAV_SEVERITY_INFO, "Flight plan received")
        self._on_change()

    def clear(self) -> None:
        """Forget the mission, except while it is being flown."""
        if not self._may_clear():
            raise ItemRefused(dialect.MAV_MISSION_ERROR)
        if self._items:
            self._items.clear()
            self._on_total(0)
