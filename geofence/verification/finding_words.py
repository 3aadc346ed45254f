"""What findings say in plain English."""

import math
from typing import assert_never

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.verification.finding import FindingCode
from geofence.verification.route_rules import RouteRules
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
    part: str,
    clearance_m: float | None,
    rules: RouteRules,
    hours: str,
) -> tuple[str, str]:
    """Word a finding about a part of a route and a zone: message and remedy, each one sentence without its full stop.

    Parameters
    ----------
    code : FindingCode
    zone : Zone or None
    band : AltitudeBand
        Of the volume of the zone that it is about.
    part : str
        What of the route: "Leg 3 to 4".
    clearance_m : float or None
    rules : RouteRules
    hours : str
        When the zone would let a drone pass; empty for a zone that always holds.
    """
    margin_m = rules.margin_m
    name = f"{zone.kind} zone {zone.zone_id}" if zone is not None else "the zones"
    by = f"by {_metres(abs(clearance_m))}" if clearance_m is not None else ""
    match code:
        case FindingCode.INSIDE_EXCLUSION:
            return f"{part} enters {name} {by}", _round_it(band, rules, hours)
        case FindingCode.OUTSIDE_INCLUSION:
            return (
                f"{part} leaves the inclusion zones {by}, nearest {name}",
                "Keep it inside an inclusion zone, or draw one there",
            )
        case FindingCode.MARGIN:
            at = _metres(clearance_m or 0.0)
            if zone is not None and zone.kind is ZoneKind.INCLUSION:
                message = f"{part} comes within {at} of the edge of {name}, less than the margin of {_metres(margin_m)}"
                return message, f"Move it inward, to at least {_metres(margin_m)} from the edge"
            message = f"{part} passes {name} at {at}, less than the margin of {_metres(margin_m)}"
            return message, _round_it(band, rules, hours)
        case FindingCode.ABOVE_CEILING:
            return (
                f"{part} flies {_metres(abs(clearance_m or 0.0))} above the ceiling of {name}",
                f"Fly at {_altitude(band.ceiling_m, band.datums[1])} or lower there",
            )
        case FindingCode.BELOW_FLOOR:
            return (
                f"{part} flies {_metres(abs(clearance_m or 0.0))} below the floor of {name}",
                f"Fly at {_altitude(band.floor_m, band.datums[0])} or higher there",
            )
        case FindingCode.ABOVE_LEGAL_LIMIT:
            limit = (
                f"{rules.legal_limit_agl_m:g} m above ground"
                if rules.legal_limit_agl_m is not None
                else "its limit"
            )
            return (
                f"{part} flies {_metres(abs(clearance_m or 0.0))} above the legal limit of {limit}",
                f"Fly at {limit} or lower, or allow more (allow_above_120) where you hold a permit",
            )
        case FindingCode.UNKNOWN_ALTITUDE:
            return (
                f"{part} needs {name}, whose limits count from mean sea level, and home's altitude is not known",
                "Give the altitude of home above mean sea level, or the zone's limits above ground",
            )
        case FindingCode.OUTSIDE_HOURS:
            return (
                f"{part} flies in {name} while it may not be in force",
                f"Fly there {hours}"
                if hours
                else "Fly while the zone is in force, and give the time of departure",
            )
        case FindingCode.UNKNOWN_TIME:
            return (
                f"{part} meets {name}, which holds at certain times only, and when the drone is there is not known",
                "Give the time of departure to have its hours judged",
            )
        case FindingCode.TERRAIN:
            least = f"less than {_metres(rules.ground_clearance_m)}"
            if rules.terrain is None:
                return (
                    f"{part} flies {_metres(abs(clearance_m or 0.0))} below home, and so into the ground as far as is known",
                    "Fly no lower than home, or give a terrain model that shows lower ground there",
                )
            if clearance_m is not None and clearance_m > 0.0:
                message = f"{part} passes {_metres(clearance_m)} above the ground, {least}"
            else:
                message = f"{part} runs into the ground, {_metres(abs(clearance_m or 0.0))} deep"
            return message, "Fly higher there, or route round the rise"
        case FindingCode.LOW:
            height, least = _height(clearance_m or 0.0), _metres(rules.ground_clearance_m)
            return (
                f"{part} flies {height} above home, less than {least}, over ground that is not known",
                "Fly higher, or give a terrain model",
            )
        case FindingCode.UNKNOWN_TERRAIN:
            return (
                f"{part} flies where the terrain model does not know the ground",
                "Give a terrain model that covers the route and the altitude of home above mean sea level",
            )
        case FindingCode.CORNER:
            return (
                f"{part} is cut, and {_enters(zone)} {by}",
                "Let the copter stop there (a delay of 1 s at the waypoint), or move the waypoint away",
            )
        case FindingCode.CIRCLE:
            return (
                f"{part} is not kept to as wind may blow, and what is flown in its place {_enters(zone)} {by}",
                "Fly it as waypoints in place of a circle",
            )
        case FindingCode.TRACKING:
            return (
                f"{part} may stray in wind, and {_enters(zone)} {by}",
                "Keep more margin there, or fly slower",
            )
        case FindingCode.ADVISORY:
            return f"{part} crosses {name}", "Heed what the zone asks for, or route round it"
        case (
            FindingCode.UNSUPPORTED_ITEM
            | FindingCode.MANY_ITEMS
            | FindingCode.NOT_COVERED
            | FindingCode.VEHICLE
            | FindingCode.NOT_FLOWN
            | FindingCode.RESERVE
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


def _enters(zone: Zone | None) -> str:
    if zone is not None and zone.kind is ZoneKind.INCLUSION:
        return f"leaves {zone.kind} zone {zone.zone_id}"
    return f"enters {zone.kind} zone {zone.zone_id}" if zone is not None else "enters forbidden space"


def _round_it(band: AltitudeBand, rules: RouteRules, hours: str) -> str:
    margin_m, (floor_datum, ceiling_datum) = rules.margin_m, band.datums
    remedies = [f"route round it with {_metres(margin_m)} to spare" if margin_m > 0.0 else "route round it"]
    if band.floor_m is not None and band.floor_m > 0.0 and _is_known(floor_datum, rules):
        remedies.append(f"stay below {_altitude(band.floor_m, floor_datum)}")
    limit_m = math.inf if rules.legal_limit_agl_m is None else rules.legal_limit_agl_m
    is_over_limit = ceiling_datum is AltitudeDatum.AGL and (band.ceiling_m or 0.0) >= limit_m
    if band.ceiling_m is not None and not is_over_limit and _is_known(ceiling_datum, rules):
        remedies.append(f"stay above {_altitude(band.ceiling_m, ceiling_datum)}")
    if hours:
        remedies.append(f"fly there {hours}")
    sentence = ", or ".join(remedies)
    return sentence[0].upper() + sentence[1:]


def _is_known(datum: AltitudeDatum, rules: RouteRules) -> bool:
    """Whether an altitude that counts from there can be compared with the route's."""
    match datum:
        case AltitudeDatum.AGL | AltitudeDatum.REL:
            return True
        case AltitudeDatum.AMSL:
            return rules.home_alt_amsl_m is not None
        case AltitudeDatum.ELLIPSOID:
            return False
        case _:
            assert_never(datum)


def _altitude(altitude_m: float | None, datum: AltitudeDatum) -> str:
    return f"{altitude_m:g} m {_DATUM_WORDS[datum]}" if altitude_m is not None else "any altitude"


def _height(height_m: float) -> str:
    return "0 m" if height_m < 0.0005 else _metres(height_m)


def _metres(distance_m: float) -> str:
    """Round to what is worth saying; a short way is never called none."""
    if not math.isfinite(distance_m):
        return "an unknown distance"
    if distance_m >= 1000.0:
        return f"{distance_m / 1000.0:.1f} km"
    return f"{distance_m:.1f} m" if distance_m >= 0.095 else f"{distance_m:.3f} m"
