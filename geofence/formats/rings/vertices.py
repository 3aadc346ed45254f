"""The vertices of one ring of coordinates from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geofence.formats.axis_order import AxisOrder
from geofence.formats.position import lonlat_from
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError


@dataclass(frozen=True, slots=True)
class RingVertices:
    """What a ring says, before it is made an area.

    Parameters
    ----------
    lonlat_deg : array, shape (n, 2)
        Longitude, latitude; no vertex is repeated next to itself, nor the first at the end. Longitudes run on beyond
        180 degrees where the ring crosses the antimeridian.
    repeated : int
        How many points were left out because the one before them is the same.
    first_repeated : LatLon or None
    is_closed : bool
        Whether it ends where it starts.
    crosses_antimeridian : bool
    """

    lonlat_deg: NDArray[np.float64]
    repeated: int
    first_repeated: LatLon | None
    is_closed: bool
    crosses_antimeridian: bool

    @property
    def distinct(self) -> int:
        """How many different points it has."""
        return len(np.unique(self.lonlat_deg, axis=0))

    @property
    def is_counter_clockwise(self) -> bool:
        """Which way round it runs; of one that crosses itself, most of it."""
        x_deg, y_deg = (self.lonlat_deg - self.lonlat_deg[0]).T
        return bool(np.dot(x_deg, np.roll(y_deg, -1)) >= np.dot(y_deg, np.roll(x_deg, -1)))

    def position(self, index: int) -> LatLon:
        """Give one vertex."""
        return _latlon(self.lonlat_deg[index])


def read_ring(ring: Any, *, place: str, axis_order: AxisOrder) -> RingVertices:
    """Read the vertices of a ring.

    Raises
    ------
    GeofenceError
        For what is not a position on this earth, and a ring that runs round a pole.
    """
    if not isinstance(ring, list | tuple):
        raise GeofenceError(
            "a ring is not a list of positions", place=place, remedy="Give a list of [longitude, latitude]"
        )
    lonlat_deg = _positions(ring, place=place, axis_order=axis_order)
    jumps_deg = np.diff(lonlat_deg[:, 0], append=lonlat_deg[:1, 0])
    turns = np.where(np.abs(jumps_deg) > 180.0, -np.sign(jumps_deg), 0.0)
    crosses = bool(turns.any())
    if crosses:
        if turns.sum() != 0.0:
            raise GeofenceError(
                "the ring runs round a pole or the whole earth: its inside is not certain",
                place=place,
                remedy="Cut it into a MultiPolygon of parts that lie between -180 and 180 degrees",
            )
        lonlat_deg[1:, 0] += 360.0 * np.cumsum(turns[:-1])
    is_same = np.zeros(len(lonlat_deg), dtype=bool)
    is_same[1:] = (lonlat_deg[1:] == lonlat_deg[:-1]).all(axis=1)
    kept_deg = lonlat_deg[~is_same]
    is_closed = len(kept_deg) > 1 and bool((kept_deg[0] == kept_deg[-1]).all())
    return RingVertices(
        kept_deg[:-1] if is_closed else kept_deg,
        int(is_same.sum()),
        _latlon(lonlat_deg[is_same.argmax()]) if is_same.any() else None,
        is_closed,
        crosses_antimeridian=crosses,
    )


def _latlon(lonlat_deg: NDArray[np.float64]) -> LatLon:
    lon_deg, lat_deg = lonlat_deg
    return LatLon(float(lat_deg), float((lon_deg + 180.0) % 360.0 - 180.0))


def _positions(ring: Sequence[Any], *, place: str, axis_order: AxisOrder) -> NDArray[np.float64]:
    lonlat_deg = _plain_positions(ring, axis_order)
    if lonlat_deg is not None:
        return lonlat_deg
    return np.array(
        [
            lonlat_from(position, place=f"{place}, position {number}", axis_order=axis_order)
            for number, position in enumerate(ring, start=1)
        ]
    ).reshape(-1, 2)


def _plain_positions(ring: Sequence[Any], axis_order: AxisOrder) -> NDArray[np.float64] | None:
    """Read all positions at once, as `lonlat_from` does; None where one of them has to be looked at, to be refused."""
    if not set(map(type, ring)) <= {list, tuple} or not all(len(position) >= 2 for position in ring):
        return None
    firsts, seconds = [position[0] for position in ring], [position[1] for position in ring]
    if not {*map(type, firsts), *map(type, seconds)} <= {float, int}:
        return None
    try:
        lonlat_deg = np.array((firsts, seconds), dtype=np.float64).T.copy()
    except OverflowError:  # a whole number of hundreds of digits
        return None
    if axis_order is AxisOrder.LAT_LON:
        lonlat_deg = lonlat_deg[:, ::-1].copy()
    is_on_earth = bool((np.abs(lonlat_deg) <= (180.0, 90.0)).all())  # which NaN is not
    return lonlat_deg if is_on_earth else None
