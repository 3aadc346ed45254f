"""What there is to say about zone files, as JSON."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import shapely

from geofence.repair import Repair
from geofence.verification.verification_document import position_document
from geofence.zone import Zone
from geofence.zone_audit import AuditRemark
from geofence.zone_diff import AreaChange, ZoneDiff
from geofence.zone_set import ZoneSet


def repair_document(repair: Repair) -> dict[str, Any]:
    """Give a repair as JSON."""
    return {
        "code": repair.code.value,
        "zone_id": repair.zone_id or None,
        "place": repair.place,
        "message": repair.message,
        "position": position_document(repair.position),
        "area_m2": round(repair.area_m2, 2),
    }


def remark_document(remark: AuditRemark) -> dict[str, Any]:
    """Give a remark about zones as JSON."""
    return {
        "severity": remark.severity.value,
        "code": remark.code.value,
        "zone_id": remark.zone_id or None,
        "message": remark.message,
        "remedy": remark.remedy,
        "position": position_document(remark.position),
    }


def diff_document(diff: ZoneDiff) -> dict[str, Any]:
    """Give the differences of two sets of zones as JSON."""
    return {
        "is_same": diff.is_same,
        "added": [_named(zone) for zone in diff.added],
        "removed": [_named(zone) for zone in diff.removed],
        "changed": [
            {
                "zone_id": change.zone_id,
                "fields": [
                    {"name": field.name, "old": field.old, "new": field.new} for field in change.fields
                ],
                "area": _area_document(change.area),
            }
            for change in diff.changed
        ],
    }


def summary_document(zones: ZoneSet, *, at_utc_s: float) -> dict[str, Any]:
    """Count what a set of zones holds."""
    volumes = [volume for zone in zones for volume in zone.volumes]
    limits = [
        datum.value
        for volume in volumes
        for limit_m, datum in zip(
            (volume.band.floor_m, volume.band.ceiling_m), volume.band.datums, strict=True
        )
        if limit_m is not None
    ]
    limited = [zone for zone in zones if not zone.applicability.is_permanent]
    largest = max(zones, key=_largest_ring, default=None)
    return {
        "zones": len(zones),
        "volumes": len(volumes),
        "vertices": int(
            sum(shapely.get_num_coordinates(volume.area) for volume in volumes if volume.circle is None)
        ),
        "kinds": _counted(zone.kind.value for zone in zones),
        "severities": _counted(zone.severity.value for zone in zones),
        "shapes": _counted(map(_shape, zones)),
        "limits": _counted(limits),
        "limited_in_time": len(limited),
        "active": sum(zone.is_active_at(at_utc_s) for zone in zones),
        "not_active": [zone.zone_id for zone in limited if not zone.is_active_at(at_utc_s)],
        "extent_deg": [round(edge, 7) for edge in zones.box_deg] if len(zones) else None,
        "largest_ring": None
        if largest is None
        else {"zone_id": largest.zone_id, "vertices": _largest_ring(largest)},
        "repairs": [repair_document(repair) for repair in zones.repairs],
    }


def _named(zone: Zone) -> dict[str, str]:
    return {"zone_id": zone.zone_id, "name": zone.name, "kind": zone.kind.value}


def _area_document(area: AreaChange | None) -> dict[str, Any] | None:
    if area is None:
        return None
    return {
        "added_m2": round(area.added_m2, 2),
        "removed_m2": round(area.removed_m2, 2),
        "position": position_document(area.position),
    }


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())


def _shape(zone: Zone) -> str:
    if len(zone.volumes) > 1:
        return "several volumes"
    if zone.volumes[0].circle is not None:
        return "circle"
    return "polygon" if zone.volumes[0].area.geom_type == "Polygon" else "several polygons"


def _largest_ring(zone: Zone) -> int:
    """Count the vertices of the largest ring that is no circle."""
    parts = [
        part for volume in zone.volumes if volume.circle is None for part in shapely.get_parts(volume.area)
    ]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return max((len(ring.coords) - 1 for ring in rings), default=0)
