"""Zones, found by place, altitude and time."""

import math
from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import MultiPolygon, Polygon, STRtree

from geofence.index.active_times import ActiveTimes
from geofence.index.altitude_limits import AltitudeLimits
from geofence.index.altitude_span import AltitudeSpan
from geofence.index.boundary_pieces import BoundaryPieces
from geofence.index.hits import Hits
from geofence.index.nearest_boundaries import BoundariesWithin, NearestBoundaries
from geofence.index.utc_span import UtcSpan
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.zone import Volume, Zone


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
        self._tree = STRtree(areas)
        self._limits = AltitudeLimits(self.volumes, [self.zones[zone].kind for zone in self.zone_of_volume])
        self._active_times = ActiveTimes(self.zones)
        self._pieces = BoundaryPieces(areas)

    def __len__(self) -> int:
        return len(self.volumes)

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
        lat, lon = _degrees(lat_deg, lon_deg)
        queries, volumes = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        return self._meeting(_hits(queries, volumes, len(lat)), altitudes, times)

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
        from_lat, from_lon = _degrees(from_lat_deg, from_lon_deg)
        to_lat, to_lon = _degrees(to_lat_deg, to_lon_deg)
        turn_deg = np.where(
            np.abs(to_lon - from_lon) > 180.0, np.where(to_lon > from_lon, -360.0, 360.0), 0.0
        )
        ends = np.stack(
            [np.column_stack((from_lon, from_lat)), np.column_stack((to_lon + turn_deg, to_lat))], 1
        )
        queries, volumes = self._tree.query(shapely.linestrings(ends), predicate="intersects")
        across = np.flatnonzero(turn_deg)
        back = ends[across] - np.stack([turn_deg[across], np.zeros(len(across))], -1)[:, None, :]
        queries_back, volumes_back = self._tree.query(shapely.linestrings(back), predicate="intersects")
        hits = _hits(
            np.concatenate((queries, across[queries_back])),
            np.concatenate((volumes, volumes_back)),
            len(from_lat),
        )
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
        return self._meeting(_hits(np.zeros_like(volumes), volumes, 1), altitudes, times).volumes

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
        lat, lon = _degrees(lat_deg, lon_deg)
        found = [self._pieces.nearest_of_volumes(*place) for place in zip(lat, lon, strict=True)]
        volumes = np.full(len(lat), -1, dtype=np.int32)
        distances_m, bearings_deg = np.full(len(lat), np.inf), np.full(len(lat), np.nan)
        for row, (volume_distances_m, volume_bearings_deg) in enumerate(found):
            nearest = int(np.argmin(volume_distances_m)) if len(self) else -1
            if nearest >= 0 and volume_distances_m[nearest] <= within_m:
                volumes[row] = nearest
                distances_m[row], bearings_deg[row] = (
                    volume_distances_m[nearest],
                    volume_bearings_deg[nearest],
                )
        return NearestBoundaries(volumes, distances_m, bearings_deg)

    def boundaries_within(self, lat_deg: ArrayLike, lon_deg: ArrayLike, radius_m: float) -> BoundariesWithin:
        """Find the boundaries within a radius of each point, one of each volume, and the volumes that hold it."""
        lat, lon = _degrees(lat_deg, lon_deg)
        hits = self.volumes_at(lat, lon)
        starts, volumes, distances_m, bearings_deg, is_inside = [0], [], [], [], []
        for row in range(len(lat)):
            of_volumes_m, of_volumes_deg = self._pieces.nearest_of_volumes(lat[row], lon[row])
            is_near = of_volumes_m <= radius_m
            is_holding = np.zeros(len(self), dtype=np.bool_)
            is_holding[hits.of_query(row)] = True
            chosen = np.flatnonzero(is_near | is_holding)
            starts.append(starts[-1] + len(chosen))
            volumes.append(chosen)
            distances_m.append(np.where(is_near, of_volumes_m, np.inf)[chosen])
            bearings_deg.append(np.where(is_near, of_volumes_deg, np.nan)[chosen])
            is_inside.append(is_holding[chosen])
        return BoundariesWithin(
            np.array(starts, dtype=np.int64),
            np.concatenate([np.empty(0, dtype=np.int32), *volumes]).astype(np.int32),
            np.concatenate([np.empty(0), *distances_m]),
            np.concatenate([np.empty(0), *bearings_deg]),
            np.concatenate([np.empty(0, dtype=np.bool_), *is_inside]),
        )

    def _meeting(self, hits: Hits, altitudes: AltitudeSpan | None, times: UtcSpan | None) -> Hits:
        if altitudes is not None:
            hits = hits.only(self._limits.meets(hits.volumes, hits.queries, altitudes))
        if times is not None:
            zones = self.zone_of_volume[hits.volumes]
            hits = hits.only(self._active_times.meets(zones, hits.queries, times))
        return hits

    def _zones_of(self, volumes: NDArray[np.int32]) -> tuple[Zone, ...]:
        return tuple(self.zones[zone] for zone in np.unique(self.zone_of_volume[volumes]))


def _degrees(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lat = np.atleast_1d(np.asarray(lat_deg, dtype=np.float64))
    lon = np.atleast_1d(np.asarray(lon_deg, dtype=np.float64))
    if lat.shape != lon.shape or lat.ndim != 1:
        raise GeofenceError(f"there are {lat.shape} latitudes and {lon.shape} longitudes")
    # Written so that NaN is refused too.
    if not ((np.abs(lat) <= 90.0).all() and (np.abs(lon) <= 180.0).all()):
        row = int(np.flatnonzero(~((np.abs(lat) <= 90.0) & (np.abs(lon) <= 180.0)))[0])
        raise GeofenceError(
            f"{lat[row]},{lon[row]} is no position",
            place=f"point {row}",
            remedy="Give latitudes within -90..90 and longitudes within -180..180 degrees",
        )
    return lat, lon


def _hits(queries: NDArray[np.intp], volumes: NDArray[np.intp], count: int) -> Hits:
    pairs = np.unique(np.column_stack((queries, volumes)), axis=0)
    starts = np.searchsorted(pairs[:, 0], np.arange(count + 1))
    return Hits(starts.astype(np.int64), pairs[:, 1].astype(np.int32))
