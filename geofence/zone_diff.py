"""What is different between two sets of zones."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from geofence.ellipsoid_area import area_m2
from geofence.formats.layered_geometry import common_band
from geofence.formats.own_properties import band_words, own_properties
from geofence.latlon import LatLon
from geofence.zone import Volume, Zone
from geofence.zone_set import ZoneSet

LEAST_AREA_M2 = 0.1
"""Less is what rounding leaves."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that says something else now.

    Parameters
    ----------
    name : str
        As our own GeoJSON calls it; `volumes` for bands and circles of zones with several.
    old, new : Any
        As JSON has it; None where it says nothing.
    """

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class AreaChange:
    """How an area changed.

    Parameters
    ----------
    added_m2, removed_m2 : float
        Ground that was not in it before, and that no longer is.
    position : LatLon
        Within the largest piece of either.
    """

    added_m2: float
    removed_m2: float
    position: LatLon


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """One zone that is in both sets and not the same."""

    zone_id: str
    fields: tuple[FieldChange, ...]
    area: AreaChange | None = None


@dataclass(frozen=True, slots=True)
class ZoneDiff:
    """What became of a set of zones; zones are told apart by their ids, their order does not matter."""

    added: tuple[Zone, ...]
    removed: tuple[Zone, ...]
    changed: tuple[ZoneChange, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing is different."""
        return not (self.added or self.removed or self.changed)


def diff_zones(old: ZoneSet, new: ZoneSet) -> ZoneDiff:
    """Compare two sets of zones.

    Areas are compared as sets of points: it does not matter where a ring begins, or whether its vertices are
    the same as long as less than `LEAST_AREA_M2` changed hands.
    """
    return ZoneDiff(
        added=tuple(zone for zone in new if zone.zone_id not in old),
        removed=tuple(zone for zone in old if zone.zone_id not in new),
        changed=tuple(
            change
            for zone in old
            if zone.zone_id in new and (change := _change(zone, new.get(zone.zone_id))) is not None
        ),
    )


def _change(old: Zone, new: Zone) -> ZoneChange | None:
    before, after = _words(old), _words(new)
    fields = tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    )
    area = _area_change(list(_pairs(old, new)))
    return ZoneChange(old.zone_id, fields, area) if fields or area is not None else None


def _words(zone: Zone) -> dict[str, Any]:
    band = common_band(zone.volumes)
    words = own_properties(zone, band)
    circles = [_circle_words(volume) for volume in zone.volumes]
    if len(zone.volumes) == 1:
        return {**words, "circle": circles[0]}
    bands = [band_words(volume.band) for volume in zone.volumes]
    return {
        **words,
        "volumes": [{**said, "circle": circle} for said, circle in zip(bands, circles, strict=True)],
    }


def _circle_words(volume: Volume) -> dict[str, float] | None:
    if volume.circle is None:
        return None
    centre = volume.circle.centre
    return {"lat_deg": centre.lat_deg, "lon_deg": centre.lon_deg, "radius_m": volume.circle.radius_m}


def _pairs(old: Zone, new: Zone) -> Iterator[tuple[Polygon | MultiPolygon, Polygon | MultiPolygon]]:
    """Set volume against volume, so that two that changed places are seen; all of them where they are not as many."""
    if len(old.volumes) == len(new.volumes):
        yield from ((a.area, b.area) for a, b in zip(old.volumes, new.volumes, strict=True))
    else:
        yield old.area, new.area


def _area_change(pairs: list[tuple[Polygon | MultiPolygon, Polygon | MultiPolygon]]) -> AreaChange | None:
    pairs = [(old, new) for old, new in pairs if not shapely.equals_exact(old, new)]
    added = [shapely.difference(new, old) for old, new in pairs]
    removed = [shapely.difference(old, new) for old, new in pairs]
    added_m2, removed_m2 = (sum(map(area_m2, areas)) for areas in (added, removed))
    if added_m2 + removed_m2 < LEAST_AREA_M2:
        return None
    point = max(shapely.get_parts([*added, *removed]), key=area_m2).representative_point()
    return AreaChange(added_m2, removed_m2, LatLon(point.y, point.x))
