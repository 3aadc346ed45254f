"""What findings on the way back say in plain English."""

from geofence.altitude_band import AltitudeBand
from geofence.verification.finding import FindingCode
from geofence.verification.leg import Leg
from geofence.verification.return_policy import ReturnMode, ReturnPolicy
from geofence.verification.return_ways import WayKind
from geofence.zone import Zone


def word_return(
    code: FindingCode,
    policy: ReturnPolicy,
    leg: Leg,
    zone: Zone | None,
    band: AltitudeBand | None,
    *,
    kind: WayKind,
    alt_rel_m: float,
    clearance_m: float | None,
    margin_m: float,
    more_legs: int,
) -> tuple[str, str]:
    """Word a finding: message and remedy, each one sentence without its full stop.

    Parameters
    ----------
    kind : WayKind
        The part of the return that fails first.
    alt_rel_m : float
        Its highest altitude.
    more_legs : int
        How many further legs it fails from.
    """
    way = _way(kind, policy, alt_rel_m)
    name = f"{zone.kind} zone {zone.zone_id}" if zone is not None else "the zones"
    by_m = abs(clearance_m) if clearance_m is not None else None
    by = f" by {_metres(by_m)}" if by_m else ""
    remedy = _remedy(policy)
    match code:
        case FindingCode.RETURN_CROSSES:
            said = f"{way} enters {name}{by}"
        case FindingCode.RETURN_OUTSIDE:
            said = f"{way} leaves the inclusion zones{by}, nearest {name}"
        case FindingCode.RETURN_MARGIN:
            said = f"{way} comes within {_metres(by_m or 0.0)} of {name}, less than the margin of {_metres(margin_m)}"
        case FindingCode.RETURN_ABOVE:
            limit = f"the ceiling of {name}" if zone is not None else "the legal limit"
            verb = "passes" if kind in (WayKind.DESCENT, WayKind.LANDING) else "rises"
            said = f"{way} {verb}{by} above {limit}"
        case FindingCode.RETURN_BELOW_FLOOR:
            said = f"{way} passes{by} below the floor of {name}"
            if band is not None and band.floor_m is not None:
                remedy = f"Return at {band.floor_m:g} m or higher, or along the flown path (SMART_RTL)"
        case FindingCode.RETURN_TERRAIN:
            said = f"{way} comes within {_metres(by_m or 0.0)} of the ground"
            remedy = "Return at a higher altitude, or along the flown path (SMART_RTL)"
        case FindingCode.RETURN_UNKNOWN_ALTITUDE:
            said = f"{way} needs {name}, whose limits count from mean sea level, and home's altitude is not known"
            remedy = "Give the altitude of home above mean sea level, or the zone's limits above ground"
        case FindingCode.RETURN_ADVISORY:
            said = f"{way} may end in {name}"
            remedy = "Heed what the zone asks for, or return another way"
        case _:
            raise ValueError(f"{code} is not about a way back")
    more = f" (and so from {more_legs} more leg{'s' if more_legs > 1 else ''})" if more_legs else ""
    return f"From {_leg(leg)}, {said}{more}", remedy


def word_overflow(leg: Leg) -> tuple[str, str]:
    """Word the advice that the flown path grows too long to be remembered."""
    message = (
        f"From {_leg(leg)} on the flown path has more corners than ArduCopter remembers (SRTL_POINTS), and the "
        "vehicle would land on the spot instead of flying back"
    )
    return message, "Share the patrol among more drones, or take a wider swath"


def _way(kind: WayKind, policy: ReturnPolicy, alt_rel_m: float) -> str:
    where = "home" if not policy.rally_points else "home or to a rally point"
    match kind:
        case WayKind.CLIMB:
            return f"the climb to the return altitude of {alt_rel_m:.0f} m"
        case WayKind.ACROSS:
            return f"the straight way {where} at {alt_rel_m:.0f} m"
        case WayKind.DESCENT:
            return f"the descent at {where}"
        case WayKind.LANDING:
            return "a landing on the spot"
        case WayKind.RETRACED:
            return "the way back along the flown path"


def _leg(leg: Leg) -> str:
    if leg.name:
        return leg.name[0].lower() + leg.name[1:]
    return f"leg {'home' if leg.from_seq == 0 else leg.from_seq} to {leg.item_seq}"


def _remedy(policy: ReturnPolicy) -> str:
    match policy.mode:
        case ReturnMode.RTL:
            return "Return at another altitude, to a rally point, or along the flown path (SMART_RTL)"
        case ReturnMode.SMART_RTL:
            return "Keep the route farther from what is forbidden, or return by RTL or LAND"
        case ReturnMode.LAND:
            return "Return by RTL to a rally point, or move the route"


def _metres(distance_m: float) -> str:
    if distance_m >= 1000.0:
        return f"{distance_m / 1000.0:.1f} km"
    return f"{distance_m:.1f} m" if distance_m >= 0.095 else f"{distance_m:.3f} m"
