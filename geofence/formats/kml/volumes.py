"""The volumes of a zone behind the polygons of a Placemark: circles, and a band for each.

A Placemark whose zone has circles or several bands says so beside its polygons, in the value `VOLUMES`: a list with, for
each volume, how many of the polygons are its own, its band, and its circle. The polygons remain what counts: a circle
is believed as long as its polygon is the one drawn.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from geofence.altitude_band import AltitudeBand
from geofence.circle import SAGITTA_M, Circle
from geofence.formats.kml.geometry import KmlPolygon
from geofence.formats.layered_geometry import circle_from, common_band
from geofence.formats.own_properties import band_words
from geofence.formats.repair_log import RepairLog
from geofence.formats.ring import area_from_polygons
from geofence.formats.shown import show
from geofence.formats.zone_properties import band_from_words
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Volume, ZoneKind, circle_volume

VOLUMES = "feiying_volumes"

_DRAWN_APART_M = 2.0 * SAGITTA_M[1]
_DEGREE_M = 111_195.0


def words_of_volumes(volumes: tuple[Volume, ...]) -> list[dict[str, Any]]:
    """Say what the polygons of some volumes do not; nothing where they say all."""
    if len(volumes) == 1 and volumes[0].circle is None:
        return []
    is_common = common_band(volumes) is not None
    return [
        {
            "polygons": len(shapely.get_parts(volume.area)),
            **({} if is_common else {"band": band_words(volume.band)}),
            **({} if volume.circle is None else {"circle": _words_of_circle(volume.circle)}),
        }
        for volume in volumes
    ]


def volumes_from_polygons(
    polygons: Sequence[KmlPolygon],
    words: Any,
    *,
    band: AltitudeBand | None,
    kind: ZoneKind,
    zone_id: str,
    place: str,
    log: RepairLog,
) -> tuple[Volume, ...]:
    """Make volumes of polygons.

    Parameters
    ----------
    polygons : sequence of KmlPolygon
        At least one.
    words : Any
        The value `VOLUMES`, or None. Not trusted.
    band : AltitudeBand or None
        Of all; None where the heights of the polygons tell.
    kind : ZoneKind
    zone_id, place : str
        For refusals and repairs.
    log : RepairLog

    Raises
    ------
    GeofenceError
        Where the words do not fit the polygons, or these make no area.
    """
    about: dict[str, Any] = {"kind": kind, "zone_id": zone_id, "place": place, "log": log}
    if words is not None:
        return _volumes_from_words(polygons, words, band or AltitudeBand(), about)
    rings: dict[AltitudeBand, list[Any]] = {}
    for polygon in polygons:
        rings.setdefault(
            polygon.band(kind, zone_id=zone_id, place=place, log=log) if band is None else band, []
        ).append(polygon.rings)
    return tuple(Volume(area_from_polygons(each, **about), its_band) for its_band, each in rings.items())


def _volumes_from_words(
    polygons: Sequence[KmlPolygon], words: Any, band: AltitudeBand, about: dict[str, Any]
) -> tuple[Volume, ...]:
    entries = words if isinstance(words, list) else []
    counts = [_count(entry) for entry in entries]
    if not all(counts) or sum(counts) != len(polygons):
        raise GeofenceError(
            f"{VOLUMES} does not fit the {len(polygons)} polygons of the Placemark",
            place=about["place"],
            remedy=f"Delete {VOLUMES} from its ExtendedData, and give floor_m, ceiling_m and datum",
        )
    volumes = []
    remaining = list(polygons)
    for entry, count in zip(entries, counts, strict=True):
        rings = [polygon.rings for polygon in remaining[:count]]
        del remaining[:count]
        its_band = band
        if "band" in entry:
            its_band = band_from_words(entry["band"], place=f"{about['place']}, {VOLUMES}")
        area = area_from_polygons(rings, **about)
        circle = entry.get("circle")
        volumes.append(
            Volume(area, its_band) if circle is None else _circle_volume(circle, area, its_band, about)
        )
    return tuple(volumes)


def _count(entry: Any) -> int:
    count = entry.get("polygons") if isinstance(entry, Mapping) else None
    return count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else 0


def _circle_volume(
    words: Any, area: Polygon | MultiPolygon, band: AltitudeBand, about: dict[str, Any]
) -> Volume:
    if not isinstance(words, Mapping):
        raise GeofenceError(
            f"circle {show(words)} is not a circle", place=about["place"], remedy=f"Delete {VOLUMES}"
        )
    circle = circle_from(
        words.get("centre"), words.get("radius_m"), "radius_m", place=about["place"], log=about["log"]
    )
    volume = circle_volume(circle, about["kind"], band)
    apart_deg = _DRAWN_APART_M / _DEGREE_M / max(0.01, math.cos(math.radians(circle.centre.lat_deg)))
    is_as_written = shapely.equals_exact(volume.area, area, tolerance=apart_deg)
    if is_as_written or shapely.hausdorff_distance(volume.area, area) <= apart_deg:
        return volume
    about["log"].note(
        RepairCode.VALUE,
        "the polygon is not the one of its circle any more: it was taken as it is drawn",
        zone_id=about["zone_id"],
        place=about["place"],
    )
    return Volume(area, band)


def _words_of_circle(circle: Circle) -> dict[str, Any]:
    return {"centre": [circle.centre.lon_deg, circle.centre.lat_deg], "radius_m": circle.radius_m}
