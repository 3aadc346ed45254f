"""Whether a file writes longitude first, as it should, or latitude."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from geofence.repair import RepairCode

if TYPE_CHECKING:
    from geofence.formats.repair_log import RepairLog


class AxisOrder(StrEnum):
    """What comes first in the positions of a file."""

    LON_LAT = "lon_lat"
    LAT_LON = "lat_lon"


def settle_axis_order(coordinates: Any, log: "RepairLog") -> None:
    """Find out the order of a whole file before its zones are read, and keep it in the log.

    The axes are taken as swapped only where it is certain: a latitude is out of range, and swapped every
    position of the file lies on the earth. Otherwise longitude comes first, and reading the position that is
    out of range refuses it.

    Parameters
    ----------
    coordinates : Any
        The positions of all zones in lists of any depth. Not trusted: what is no position is passed over.
    log : RepairLog
        Its `axis_order` is set.
    """
    is_out_of_range = False
    count = 0
    for first_deg, second_deg in _positions(coordinates):
        if not (abs(first_deg) <= 90.0 and abs(second_deg) <= 180.0):
            return
        is_out_of_range |= abs(second_deg) > 90.0
        count += 1
    if not is_out_of_range:
        return
    log.axis_order = AxisOrder.LAT_LON
    log.note(
        RepairCode.SWAPPED_AXES,
        f"the axes of all {count} positions are swapped, latitude before longitude: they were swapped back",
    )


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    pending: list[Iterable[Any]] = [(coordinates,)]
    while pending:
        for value in pending.pop():
            if not isinstance(value, list | tuple):
                continue
            if len(value) >= 2 and _is_number(value[0]) and _is_number(value[1]):
                yield value[0], value[1]
            else:
                pending.append(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
