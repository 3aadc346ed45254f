"""The zones that can matter to a route."""

import math
from collections.abc import Iterable

from geofence.latlon import LatLon
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet

_LEAST_DEGREE_M = 110_500.0
"""No degree of latitude is shorter."""


def zones_near(zones: ZoneSet, places: Iterable[LatLon], reach_m: float) -> ZoneSet:
    """Leave out exclusion and advisory zones farther from the box round some places than a reach.

    Inclusion zones stay: where one lies far off, that is what is to be said.
    """
    first, *others = places
    lats_deg = [place.lat_deg for place in (first, *others)]
    # Counted from the first place, longitudes of neighbours do not jump at the antimeridian.
    turns_deg = [_turned(place.lon_deg - first.lon_deg) for place in (first, *others)]
    reach_deg = reach_m / _LEAST_DEGREE_M
    south_deg, north_deg = min(lats_deg) - reach_deg, max(lats_deg) + reach_deg
    cosine = math.cos(math.radians(min(89.9, max(abs(south_deg), abs(north_deg)))))
    west_deg, east_deg = min(turns_deg) - reach_deg / cosine, max(turns_deg) + reach_deg / cosine
    if east_deg - west_deg >= 180.0:
        return zones

    def is_near(bounds: tuple[float, float, float, float]) -> bool:
        zone_west, zone_south, zone_east, zone_north = bounds
        if zone_north < south_deg or north_deg < zone_south:
            return False
        # The zone's box, as wide as it is, brought within half a turn of the first place.
        middle = _turned(0.5 * (zone_west + zone_east) - first.lon_deg)
        half = 0.5 * (zone_east - zone_west)
        return any(
            west_deg <= middle + half + turn and middle - half + turn <= east_deg
            for turn in (-360.0, 0.0, 360.0)
        )

    return ZoneSet(
        (zone for zone in zones if zone.kind is ZoneKind.INCLUSION or is_near(zone.area.bounds)),
        source=zones.source,
    )


def _turned(lon_deg: float) -> float:
    return (lon_deg + 180.0) % 360.0 - 180.0
