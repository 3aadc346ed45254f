"""Zones, found by place, altitude and time."""

import math
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import MultiPolygon, Polygon, STRtree

from geofence.index.active_times import ActiveTimes
from geofence.index.altitude_limits import AltitudeLimits
from geofence.index.altitude_span import AltitudeSpan
from geofence.index.hits import Hits, united
from geofence.index.nearest_boundaries import BoundariesWithin, NearestBoundaries
from geofence.index.positions import check_positions, degrees
from geofence.index.utc_span import UtcSpan
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.zone import Volume, Zone

if TYPE_CHECKING:
    from geofence.index.boundary.boundaries import Boundaries
    from geofence.index.grid.grid import Grid


class ZoneIndex:
    """Finds the volumes that hold a point, or that a leg or a sweep touches: exactly, and many at once.

    Areas are taken as they are written, edges straight in longitude and latitude. They are closed: a point of
    the boundary, vertices included, is held (shapely's `intersects`). Legs are straight in longitude and
    latitude too, the short way round where they cross the antimeridian.

    Without altitudes (or times) all altitudes (times) are meant. With them, a volume is found only where its
    band (its zone's active times) meets theirs, ends included. What is NaN, and a datum that is left out, is
    unknown and read strictly: exclusions and advisories hold, inclusions do not. Altitudes above ground are not
    taken for altitudes above home. `UNKNOWN_ALTITUDE` and `UNKNOWN_TIME` say that nothing is known.

    Parameters
    ----------
    zones : iterable of Zone
        A `ZoneSet`, as a rule.

    Attributes
    ----------
    zones : tuple of Zone
    volumes : tuple of Volume
        Of all zones, one after the other; hits give their numbers.
    zone_of_volume : array of int32
        Number of the zone each volume is of.
    """

    def __init__(self, zones: Iterable[Zone]) -> None:
        self.zones: tuple[Zone, ...] = tuple(zones)
        self.volumes: tuple[Volume, ...] = tuple(volume for zone in self.zones for volume in zone.volumes)
        self.zone_of_volume: NDArray[np.int32] = np.repeat(
            np.arange(len(self.zones), dtype=np.int32), [len(zone.volumes) for zone in self.zones]
        )
        areas = np.empty(len(self.volumes), dtype=object)
        areas[:] = [volume.area for volume in self.volumes]
        self._limits = AltitudeLimits(self.volumes, [self.zones[zone].kind for zone in self.zone_of_volume])
        self._active_times = ActiveTimes(self.zones)
        self._areas = areas

    def __len__(self) -> int:
        return len(self.volumes)

    def build(self) -> None:
        """Lay the grid and grow the tree now; else the first question does that."""
        _ = self._grid, self._boundaries

    def zone_of(self, volume: int) -> Zone:
        """Give the zone that a volume is of."""
        return self.zones[int(self.zone_of_volume[volume])]

    def volumes_at(
        self,
        lat_deg: ArrayLike,
        lon_deg: ArrayLike,
        *,
        altitudes: AltitudeSpan | None = None,
        times: UtcSpan | None = None,
    ) -> Hits:
        """Find the volumes that hold points.

        Parameters
        ----------
        lat_deg, lon_deg : array, shape (n,)
        altitudes, times : optional
            Of n points, or of all of them.

        Raises
        ------
        GeofenceError
            For a coordinate that is no number or out of range.
        """
        lat, lon = degrees(lat_deg, lon_deg)
        return self._meeting(self._grid.areas_at(lat, lon), altitudes, times)

    def zones_at(
        self, position: LatLon, *, altitudes: AltitudeSpan | None = None, times: UtcSpan | None = None
    ) -> tuple[Zone, ...]:
        """Find the zones that hold one position."""
        hits = self.volumes_at(position.lat_deg, position.lon_deg, altitudes=altitudes, times=times)
        return self._zones_of(hits.volumes)

    def volumes_on_legs(
        self,
        from_lat_deg: ArrayLike,
        from_lon_deg: ArrayLike,
        to_lat_deg: ArrayLike,
        to_lon_deg: ArrayLike,
        *,
        altitudes: AltitudeSpan | None = None,
        times: UtcSpan | None = None,
    ) -> Hits:
        """Find the volumes that straight legs touch anywhere.

        A leg is straight in longitude and latitude, as the edges of the areas are. It leaves the geodesic by
        L^2 tan(lat) / 8 R: 2 cm for a kilometre at 45 degrees, half a metre for five.

        Parameters
        ----------
        from_lat_deg, from_lon_deg, to_lat_deg, to_lon_deg : array, shape (n,)
            Legs of more than 180 degrees of longitude go the other way, across the antimeridian.
        altitudes, times : optional
            Lowest and highest, first and last of each leg, or of all of them.

        Raises
        ------
        GeofenceError
            For a coordinate that is no number or out of range.
        """
        from_lat, from_lon = degrees(from_lat_deg, from_lon_deg)
        to_lat, to_lon = degrees(to_lat_deg, to_lon_deg)
        if len(to_lat) != len(from_lat):
            raise GeofenceError(
                f"{len(from_lat)} starts and {len(to_lat)} ends are no legs", remedy="Give as many"
            )
        check_positions(to_lat, to_lon)
        turn_deg = np.where(np.abs(to_lon - from_lon) > 180.0, np.copysign(360.0, from_lon - to_lon), 0.0)
        ends_deg = np.column_stack((from_lon, from_lat, to_lon + turn_deg, to_lat))
        hits = self._grid.areas_on_legs(ends_deg, self._grid.areas_at(from_lat, from_lon))
        across = np.flatnonzero(turn_deg)
        if len(across):
            # Beyond the antimeridian, from the other end.
            turned_deg = np.column_stack((from_lon - turn_deg, from_lat, to_lon, to_lat))[across]
            beyond = self._grid.areas_on_legs(turned_deg, self._grid.areas_at(to_lat[across], to_lon[across]))
            hits = united(hits, beyond, across)
        return self._meeting(hits, altitudes, times)

    def volumes_in_sweep(
        self,
        area: Polygon | MultiPolygon,
        *,
        altitudes: AltitudeSpan | None = None,
        times: UtcSpan | None = None,
    ) -> NDArray[np.int32]:
        """Find the volumes that one swept volume touches, in order.

        Parameters
        ----------
        area : Polygon or MultiPolygon
            Longitude, latitude; cut where it crosses the antimeridian.
        altitudes, times : optional
            One each.
        """
        volumes = self._tree.query(area, predicate="intersects")
        hits = Hits(np.array((0, len(volumes)), dtype=np.int64), np.sort(volumes).astype(np.int32))
        return self._meeting(hits, altitudes, times).volumes

    def volumes_in_box(
        self, west_deg: float, south_deg: float, east_deg: float, north_deg: float
    ) -> NDArray[np.int32]:
        """Find the volumes whose own boxes meet a box, in order; a quick first choice."""
        return np.sort(self._tree.query(shapely.box(west_deg, south_deg, east_deg, north_deg))).astype(
            np.int32
        )

    def nearest_boundaries(
        self, lat_deg: ArrayLike, lon_deg: ArrayLike, *, within_m: float = math.inf
    ) -> NearestBoundaries:
        """Find the nearest boundary of each point, whichever volume's it is, inside or outside of it.

        Parameters
        ----------
        lat_deg, lon_deg : array, shape (n,)
        within_m : float
            Boundaries farther away are left out.
        """
        lat, lon = degrees(lat_deg, lon_deg)
        check_positions(lat, lon)
        return self._boundaries.nearest(lat, lon, within_m)

    def boundaries_within(self, lat_deg: ArrayLike, lon_deg: ArrayLike, radius_m: float) -> BoundariesWithin:
        """Find the boundaries within a radius of each point, one of each volume, and the volumes that hold it."""
        lat, lon = degrees(lat_deg, lon_deg)
        return self._boundaries.within(lat, lon, radius_m, self._grid.areas_at(lat, lon))

    @cached_property
    def _grid(self) -> "Grid":
        # Here, for numba takes half a second to import.
        from geofence.index.grid.grid import Grid

        return Grid(self._areas)

    @cached_property
    def _boundaries(self) -> "Boundaries":
        from geofence.index.boundary.boundaries import Boundaries

        return Boundaries(self._areas)

    @cached_property
    def _tree(self) -> STRtree:
        return STRtree(self._areas)

    def _meeting(self, hits: Hits, altitudes: AltitudeSpan | None, times: UtcSpan | None) -> Hits:
        for name, given in (("altitudes", altitudes), ("times", times)):
            if given is not None and len(given) not in (1, len(hits)):
                raise GeofenceError(
                    f"there are {len(hits)} points and {len(given)} {name}",
                    remedy="Give one for all, or one each",
                )
        if altitudes is not None:
            hits = hits.only(self._limits.meets(hits.volumes, hits.queries, altitudes))
        if times is not None:
            zones = self.zone_of_volume[hits.volumes]
            hits = hits.only(self._active_times.meets(zones, hits.queries, times))
        return hits

    def _zones_of(self, volumes: NDArray[np.int32]) -> tuple[Zone, ...]:
        return tuple(self.zones[zone] for zone in np.unique(self.zone_of_volume[volumes]))
