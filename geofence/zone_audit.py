"""What is odd about zones themselves, before anybody flies by them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.altitude_band import UNBOUNDED, AltitudeBand, AltitudeDatum
from geofence.ellipsoid_area import area_m2
from geofence.latlon import LatLon
from geofence.repair import Repair, RepairCode
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

LONE_M = 500_000.0
"""A zone this far from every other is suspect, where there are at least `_LEAST_ZONES`."""
NEAR_M = 100_000.0
"""A lone zone that would be this close to others with its axes swapped has them swapped."""

_LEAST_ZONES = 3
_NULL_DEG = 0.5
_EARTH_RADIUS_M = 6_371_008.8
_ROWS_AT_ONCE = 512
_HARMLESS = frozenset(
    (
        RepairCode.REPEATED_POINT,
        RepairCode.UNCLOSED_RING,
        RepairCode.WINDING,
        RepairCode.OVERLAP,
        RepairCode.ENCODING,
    )
)
_LEAST_CHANGE_M2 = 1.0


class AuditSeverity(StrEnum):
    """Whether somebody has to look at it."""

    WARNING = "warning"
    NOTE = "note"


class AuditCode(StrEnum):
    """The kinds of remark."""

    REPAIRED = "repaired"
    NO_INCLUSION = "no_inclusion"
    NOTHING_LEFT = "nothing_left"
    """An inclusion zone lies whole in what is always forbidden."""
    EXPIRED = "expired"
    NULL_ISLAND = "null_island"
    """It lies where longitude and latitude are both about 0."""
    SWAPPED_AXES = "swapped_axes"
    LONE = "lone"
    DUPLICATE = "duplicate"
    UNKNOWN_HEIGHT = "unknown_height"
    """Its band is counted from the ellipsoid, which nobody can compare with a flight."""


@dataclass(frozen=True, slots=True)
class AuditRemark:
    """One remark, as data.

    Parameters
    ----------
    severity, code
    zone_id : str
        Empty where it is about all zones.
    message : str
        One sentence for people.
    remedy : str
    position : LatLon or None
    """

    severity: AuditSeverity
    code: AuditCode
    zone_id: str
    message: str
    remedy: str = ""
    position: LatLon | None = None


def audit_zones(zones: ZoneSet, *, now_utc_s: float) -> tuple[AuditRemark, ...]:
    """Look for what is probably not meant.

    Parameters
    ----------
    zones : ZoneSet
        With the repairs of its file.
    now_utc_s : float
        Zones that ended before are expired.

    Returns
    -------
    tuple of AuditRemark
        Warnings first.
    """
    remarks = [
        *map(_of_repair, zones.repairs),
        *_of_inclusions(zones),
        *_of_times(zones, now_utc_s),
        *_of_places(zones),
        *_of_duplicates(zones),
        *_of_bands(zones),
    ]
    return tuple(sorted(remarks, key=lambda remark: remark.severity is not AuditSeverity.WARNING))


def _of_repair(repair: Repair) -> AuditRemark:
    is_harmless = repair.code in _HARMLESS and abs(repair.area_m2) < _LEAST_CHANGE_M2
    changed = f" ({repair.area_m2:+,.0f} m2)" if abs(repair.area_m2) >= _LEAST_CHANGE_M2 else ""
    return AuditRemark(
        AuditSeverity.NOTE if is_harmless else AuditSeverity.WARNING,
        AuditCode.REPAIRED,
        repair.zone_id,
        f"{repair.place}: {repair.message}{changed}",
        position=repair.position,
    )


def _of_inclusions(zones: ZoneSet) -> Iterator[AuditRemark]:
    inclusions = zones.of_kind(ZoneKind.INCLUSION)
    if not inclusions:
        yield AuditRemark(
            AuditSeverity.NOTE,
            AuditCode.NO_INCLUSION,
            "",
            "no zone says where flight is allowed",
            "Add an inclusion zone to plan a patrol in",
        )
    always = [zone for zone in zones.of_kind(ZoneKind.EXCLUSION) if zone.applicability.is_permanent]
    volumes = [volume for zone in always for volume in zone.volumes]
    tree = shapely.STRtree([volume.area for volume in volumes])
    for zone in inclusions:
        is_left = False
        for volume in zone.volumes:
            near = [volumes[row] for row in tree.query(volume.area, predicate="intersects")]
            covering = [other.area for other in near if _holds(other.band, volume.band)]
            is_left = is_left or not shapely.union_all(covering).covers(volume.area)
        if not is_left:
            yield AuditRemark(
                AuditSeverity.WARNING,
                AuditCode.NOTHING_LEFT,
                zone.zone_id,
                f"exclusion zones leave nothing of the inclusion zone {zone.zone_id}",
                "Check which of them is meant",
                _place(zone),
            )


def _holds(outer: AltitudeBand, inner: AltitudeBand) -> bool:
    """Whether all of a band certainly lies in another."""
    if outer == UNBOUNDED:
        return True
    (outer_floor_m, outer_ceiling_m), (floor_m, ceiling_m) = outer.limits_rel_m(), inner.limits_rel_m()
    is_floor_held = outer_floor_m == -math.inf or outer_floor_m <= floor_m
    return is_floor_held and (outer_ceiling_m == math.inf or outer_ceiling_m >= ceiling_m)


def _of_times(zones: ZoneSet, now_utc_s: float) -> Iterator[AuditRemark]:
    for zone in zones:
        ends = [period.end for period in zone.applicability.periods]
        known = [end for end in ends if end is not None]
        if known and len(known) == len(ends) and max(known).timestamp() < now_utc_s:
            yield AuditRemark(
                AuditSeverity.WARNING,
                AuditCode.EXPIRED,
                zone.zone_id,
                f"zone {zone.zone_id} ended {max(known).isoformat()}",
                "Get the publication in force, or leave the zone out",
                _place(zone),
            )


def _of_places(zones: ZoneSet) -> Iterator[AuditRemark]:
    null_island = shapely.box(-_NULL_DEG, -_NULL_DEG, _NULL_DEG, _NULL_DEG)
    rest = []
    for zone in zones:
        if shapely.intersects(zone.area, null_island):
            yield AuditRemark(
                AuditSeverity.WARNING,
                AuditCode.NULL_ISLAND,
                zone.zone_id,
                f"zone {zone.zone_id} lies at latitude 0, longitude 0",
                "Give it its true position",
                _place(zone),
            )
        else:
            rest.append(zone)
    if len(rest) < _LEAST_ZONES:
        return
    centres = [_place(zone) for zone in rest]
    lat_deg, lon_deg = np.array([(centre.lat_deg, centre.lon_deg) for centre in centres]).T
    on_sphere = _on_sphere(lat_deg, lon_deg)
    nearest_m = _nearest_m(on_sphere, on_sphere, is_self=True)
    lone = np.flatnonzero(nearest_m > LONE_M)
    swapped_m = np.full(len(rest), np.inf)
    others = np.setdiff1d(np.arange(len(rest)), lone)
    if len(others):
        swapped = lone[np.abs(lon_deg[lone]) <= 90.0]
        swapped_m[swapped] = _nearest_m(_on_sphere(lon_deg[swapped], lat_deg[swapped]), on_sphere[others])
    for row in lone:
        is_swapped = swapped_m[row] < NEAR_M
        far = f"zone {rest[row].zone_id} lies {nearest_m[row] / 1000.0:,.0f} km from every other"
        yield AuditRemark(
            AuditSeverity.WARNING,
            AuditCode.SWAPPED_AXES if is_swapped else AuditCode.LONE,
            rest[row].zone_id,
            f"{far}, and among them with its axes swapped" if is_swapped else far,
            "Write longitude first, then latitude" if is_swapped else "Check its position",
            centres[row],
        )


def _on_sphere(lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def _nearest_m(
    places: NDArray[np.float64], others: NDArray[np.float64], *, is_self: bool = False
) -> NDArray[np.float64]:
    """Give the distance of each place to the nearest other, along the sphere."""
    found = np.empty(len(places))
    for start in range(0, len(places), _ROWS_AT_ONCE):
        cosines = places[start : start + _ROWS_AT_ONCE] @ others.T
        if is_self:
            rows = np.arange(len(cosines))
            cosines[rows, rows + start] = -1.0
        found[start : start + _ROWS_AT_ONCE] = cosines.max(axis=1)
    return _EARTH_RADIUS_M * np.arccos(np.clip(found, -1.0, 1.0))


def _of_duplicates(zones: ZoneSet) -> Iterator[AuditRemark]:
    first: dict[object, str] = {}
    for zone in zones:
        shapes = tuple((shapely.normalize(volume.area).wkb, volume.band) for volume in zone.volumes)
        known = first.setdefault((zone.kind, shapes, zone.applicability), zone.zone_id)
        if known != zone.zone_id:
            yield AuditRemark(
                AuditSeverity.NOTE,
                AuditCode.DUPLICATE,
                zone.zone_id,
                f"zone {zone.zone_id} is the same as zone {known}: kind, shape, altitudes and times",
                "Leave one of them out",
                _place(zone),
            )


def _of_bands(zones: ZoneSet) -> Iterator[AuditRemark]:
    for zone in zones:
        bands = [volume.band for volume in zone.volumes]
        if any(
            limit_m is not None and datum is AltitudeDatum.ELLIPSOID
            for band in bands
            for limit_m, datum in zip((band.floor_m, band.ceiling_m), band.datums, strict=True)
        ):
            yield AuditRemark(
                AuditSeverity.WARNING,
                AuditCode.UNKNOWN_HEIGHT,
                zone.zone_id,
                f"the altitudes of zone {zone.zone_id} are above the ellipsoid, which no flight can be compared with",
                "Give them above ground (agl) or mean sea level (amsl)",
            )


def _place(zone: Zone) -> LatLon:
    point = max(shapely.get_parts(zone.area), key=area_m2).representative_point()
    return LatLon(point.y, point.x)
