"""What findings say in plain English."""

import math
from typing import assert_never

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.verification.finding import FindingCode
from geofence.zone import Zone, ZoneKind

_DATUM_WORDS = {
    AltitudeDatum.AGL: "above ground",
    AltitudeDatum.REL: "above home",
    AltitudeDatum.AMSL: "above mean sea level",
    AltitudeDatum.ELLIPSOID: "above the ellipsoid",
}


def word_finding(
    code: FindingCode,
    zone: Zone | None,
    band: AltitudeBand,
    *,
    from_seq: int,
    item_seq: int,
    clearance_m: float | None,
    margin_m: float,
    legal_limit_agl_m: float | None,
) -> tuple[str, str]:
    """Word a finding about a leg and a zone: message and remedy, each one sentence without its full stop."""
    leg = f"Leg {'home' if from_seq == 0 else from_seq} to {item_seq}"
    name = f"{zone.kind} zone {zone.zone_id}" if zone is not None else "the zones"
    by = f"by {_metres(abs(clearance_m))}" if clearance_m is not None else ""
    match code:
        case FindingCode.INSIDE_EXCLUSION:
            return f"{leg} enters {name} {by}", _round_it(band, margin_m)
        case FindingCode.OUTSIDE_INCLUSION:
            return (
                f"{leg} leaves the inclusion zones {by}, nearest {name}",
                "Keep it inside an inclusion zone, or draw one there",
            )
        case FindingCode.MARGIN:
            at = _metres(clearance_m or 0.0)
            if zone is not None and zone.kind is ZoneKind.INCLUSION:
                message = f"{leg} comes within {at} of the edge of {name}, less than the margin of {_metres(margin_m)}"
                return message, f"Move it inward, to at least {_metres(margin_m)} from the edge"
            message = f"{leg} passes {name} at {at}, less than the margin of {_metres(margin_m)}"
            return message, _round_it(band, margin_m)
        case FindingCode.ABOVE_CEILING:
            return (
                f"{leg} flies {_metres(abs(clearance_m or 0.0))} above the ceiling of {name}",
                f"Fly at {_altitude(band.ceiling_m, band.datums[1])} or lower there",
            )
        case FindingCode.BELOW_FLOOR:
            return (
                f"{leg} flies {_metres(abs(clearance_m or 0.0))} below the floor of {name}",
                f"Fly at {_altitude(band.floor_m, band.datums[0])} or higher there",
            )
        case FindingCode.ABOVE_LEGAL_LIMIT:
            limit = f"{legal_limit_agl_m:g} m above ground" if legal_limit_agl_m is not None else "its limit"
            return (
                f"{leg} flies {_metres(abs(clearance_m or 0.0))} above the legal limit of {limit}",
                f"Fly at {limit} or lower, or allow more (allow_above_120) where you hold a permit",
            )
        case FindingCode.UNKNOWN_ALTITUDE:
            return (
                f"{leg} needs {name}, whose limits count from mean sea level, and home's altitude is not known",
                "Give the altitude of home above mean sea level, or the zone's limits above ground",
            )
        case FindingCode.ADVISORY:
            return f"{leg} crosses {name}", "Heed what the zone asks for, or route round it"
        case (
            FindingCode.UNSUPPORTED_ITEM
            | FindingCode.MANY_ITEMS
            | FindingCode.NOT_COVERED
            | FindingCode.RETURN_CROSSES
            | FindingCode.RETURN_OUTSIDE
            | FindingCode.RETURN_MARGIN
            | FindingCode.RETURN_ABOVE
            | FindingCode.RETURN_BELOW_FLOOR
            | FindingCode.RETURN_TERRAIN
            | FindingCode.RETURN_UNKNOWN_ALTITUDE
            | FindingCode.RETURN_ADVISORY
            | FindingCode.RETURN_OVERFLOW
        ):
            raise ValueError(f"{code} is not about a leg and a zone")
        case _:
            assert_never(code)


def _round_it(band: AltitudeBand, margin_m: float) -> str:
    remedies = [f"route round it with {_metres(margin_m)} to spare" if margin_m > 0.0 else "route round it"]
    if band.floor_m is not None and band.floor_m > 0.0:
        remedies.append(f"stay below {_altitude(band.floor_m, band.datums[0])}")
    if band.ceiling_m is not None:
        remedies.append(f"stay above {_altitude(band.ceiling_m, band.datums[1])}")
    sentence = ", or ".join(remedies)
    return sentence[0].upper() + sentence[1:]


def _altitude(altitude_m: float | None, datum: AltitudeDatum) -> str:
    return f"{altitude_m:g} m {_DATUM_WORDS[datum]}" if altitude_m is not None else "any altitude"


def _metres(distance_m: float) -> str:
    """Round to what is worth saying; a short way is never called none."""
    if not math.isfinite(distance_m):
        return "an unknown distance"
    if distance_m >= 1000.0:
        return f"{distance_m / 1000.0:.1f} km"
    return f"{distance_m:.1f} m" if distance_m >= 0.095 else f"{distance_m:.3f} m"
