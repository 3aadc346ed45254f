"""What a verification found, as JSON: the same in answers of the service, on the command line and in proofs."""

from typing import Any

from geofence.latlon import LatLon
from geofence.verification.finding import Finding
from geofence.verification.return_policy import ReturnPolicy
from geofence.verification.verification import LegMargin, Verification


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


def leg_document(leg: LegMargin) -> dict[str, Any]:
    """Give the margin of a leg as JSON."""
    return {
        "from_seq": leg.from_seq,
        "item_seq": leg.item_seq,
        "clearance_m": None if leg.clearance_m is None else round(leg.clearance_m, 2),
        "zone_id": leg.zone_id,
        "position": position_document(leg.position),
        "low_alt_rel_m": round(leg.low_alt_rel_m, 2),
        "high_alt_rel_m": round(leg.high_alt_rel_m, 2),
        "ground_clearance_m": None if leg.ground_clearance_m is None else round(leg.ground_clearance_m, 2),
    }


def returns_document(returns: ReturnPolicy | None) -> dict[str, Any] | None:
    """Give a return policy as JSON, rally points included."""
    if returns is None:
        return None
    return {
        "mode": returns.mode.value,
        "alt_rel_m": returns.alt_rel_m,
        "rally_points": [
            {**(position_document(point.position) or {}), "alt_rel_m": point.alt_rel_m}
            for point in returns.rally_points
        ],
    }


def verification_document(verified: Verification) -> dict[str, Any]:
    """Give a verification as JSON."""
    clearance_m = verified.min_clearance_m
    return {
        "is_legal": verified.is_legal,
        "min_clearance_m": None if clearance_m is None else round(clearance_m, 2),
        "legs": [leg_document(leg) for leg in verified.legs],
        "findings": [finding_document(finding) for finding in verified.findings],
    }
