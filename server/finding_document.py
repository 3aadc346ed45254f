"""A finding as JSON, the same in answers of the service and on the command line."""

from typing import Any

from geofence.latlon import LatLon
from geofence.verification.finding import Finding


def position_document(position: LatLon | None) -> dict[str, float] | None:
    """Give a position as JSON, to the centimetre."""
    if position is None:
        return None
    return {"lat_deg": round(position.lat_deg, 7), "lon_deg": round(position.lon_deg, 7)}


def finding_document(finding: Finding) -> dict[str, Any]:
    """Give a finding as JSON."""
    return {
        "severity": finding.severity.value,
        "code": finding.code.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "from_seq": finding.from_seq,
        "item_seq": finding.item_seq,
        "zone_id": finding.zone_id,
        "clearance_m": None if finding.clearance_m is None else round(finding.clearance_m, 2),
        "position": position_document(finding.position),
    }
