"""Verification of any plan, also of one made elsewhere."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from geofence.terrain import Terrain
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.verification.leg import Leg
from geofence.verification.route_rules import RouteRules
from geofence.verification.verification import RouteVerifier, Verification
from geofence.zone_set import ZoneSet
from missions.plan.legs import ways_of
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand, check_returns
from missions.ways.copter_motion import CopterMotion
from missions.ways.leg_wind import leg_drift_m, strongest_held_m_s
from missions.ways.plan_ground import PlanGround
from missions.ways.turns import cut_corners, strayed_areas

DEFAULT_MARGIN_M = 2.0
LEGAL_LIMIT_AGL_M = 120.0

_ITEMS_AT_MOST = 650  # what ArduCopter stores on boards of 16 KB
_ELSEWHERE_M = 10_000.0
_TOLD_ONCE = (FindingCode.TRACKING, FindingCode.LOW)
_OF_MARGIN = {FindingCode.MARGIN, FindingCode.RETURN_MARGIN}
_ENTERS = {FindingCode.INSIDE_EXCLUSION, FindingCode.OUTSIDE_INCLUSION}


def check_plan(
    plan: Plan,
    zones: ZoneSet,
    *,
    margin_m: float | None = None,
    allow_above_120: bool = False,
    departure_utc_s: tuple[float, float] | None = None,
    terrain: Terrain | None = None,
    returns: ReturnDemand = ReturnDemand.REQUIRE,
    motion: CopterMotion | None = None,
) -> Verification:
    """Verify what a copter would fly for the plan's items.

    Parameters
    ----------
    margin_m : float, optional
        By default the plan's own, else 2 m.
    allow_above_120 : bool
        Lift the limit of 120 m above ground.
    departure_utc_s : (float, float), optional
        Earliest and latest take-off, seconds since 1970.
    terrain : Terrain, optional
    returns : ReturnDemand
        What is asked of the way back from every place of the route.
    motion : CopterMotion, optional
        How the copter turns, how fast it is and the wind it flies in; by default ArduCopter's settings as shipped, and the
        plan's own wind. What wind carries it off its legs is kept on top of the margin.

    Returns
    -------
    Verification
        An item whose way is not known is a violation too.
    """
    motion = motion_of(plan, motion)
    ways = ways_of(plan, motion=motion, terrain=terrain)
    drift_m = leg_drift_m(motion, max((turn.speed_m_s for turn in ways.turns), default=motion.speed_m_s))
    of_wind = (_carried_away(motion),) if math.isinf(drift_m) else ()
    drift_m = 0.0 if of_wind else drift_m
    margin_m = margin_of(plan, margin_m) + drift_m
    legal_limit_agl_m = None if allow_above_120 else LEGAL_LIMIT_AGL_M
    rules = RouteRules(
        margin_m,
        legal_limit_agl_m,
        PlanGround(plan, terrain).home_alt_amsl_m,
        departure_utc_s,
        terrain,
    )
    if not ways.legs:
        return Verification((*ways.findings, *of_wind, *_of_file(plan), *_too_many_items(plan)), None)
    verifier = RouteVerifier(ways.legs, zones, rules)
    verified = verifier.verify_legs()
    elsewhere = _elsewhere(ways.legs, verified.findings)
    if elsewhere:
        found = (*ways.findings, *of_wind, *elsewhere, *_of_file(plan), *_too_many_items(plan))
        return Verification(found, verified.min_clearance_m, verified.legs)
    found = _worst_of_each_leg(verified.findings)
    flyable = _flyable(ways.legs, found)
    broken = {finding.item_seq for finding in found if finding.severity is Severity.VIOLATION}
    broken |= {finding.from_seq for finding in found if finding.severity is Severity.VIOLATION}
    sound_turns = [turn for turn in ways.turns if turn.seq not in broken]
    strayed = strayed_areas(sound_turns, motion, margin_m=margin_m)
    beside = verifier.verify_swept((*ways.areas, *strayed))
    found = _advice_once(_worst_of_each_leg((*found, *beside)))
    ways_back = check_returns(
        plan,
        flyable,
        zones,
        demand=returns,
        margin_m=margin_m,
        legal_limit_agl_m=legal_limit_agl_m,
        departure_utc_s=departure_utc_s,
        terrain=terrain,
    )
    least_m = verified.min_clearance_m
    if least_m is not None and least_m > 0.0:
        least_m = verifier.swept_clearance_m((*ways.areas, *cut_corners(ways.turns, motion)), least_m)
    with_wind = _with_wind((*found, *ways_back), drift_m, motion)
    return Verification(
        (*ways.findings, *of_wind, *with_wind, *_of_file(plan), *_too_many_items(plan)),
        least_m,
        verified.legs,
    )


def motion_of(plan: Plan, motion: CopterMotion | None = None) -> CopterMotion:
    """Give the motion that a plan is verified with: where it states no wind, the plan's own."""
    motion = motion if motion is not None else CopterMotion()
    return replace(motion, wind_m_s=plan.max_wind_m_s) if motion.wind_m_s is None else motion


def margin_of(plan: Plan, margin_m: float | None = None) -> float:
    """Give the margin that is asked for, else the plan's own, else the usual one."""
    if margin_m is not None:
        return margin_m
    return plan.margin_m if plan.margin_m is not None else DEFAULT_MARGIN_M


def _carried_away(motion: CopterMotion) -> Finding:
    return Finding(
        Severity.VIOLATION,
        FindingCode.TRACKING,
        f"Gusts of {motion.wind_m_s:g} m/s carry the copter off any leg",
        f"Fly in gusts of at most {strongest_held_m_s(motion):g} m/s",
    )


def _with_wind(findings: Sequence[Finding], drift_m: float, motion: CopterMotion) -> tuple[Finding, ...]:
    """Say where a margin is asked for that wind has widened."""
    if drift_m == 0.0:
        return tuple(findings)
    words = f", {drift_m:.1f} m of it for gusts of {motion.wind_m_s:g} m/s"
    return tuple(
        replace(finding, message=f"{finding.message.rstrip('.')}{words}")
        if finding.code in _OF_MARGIN
        else finding
        for finding in findings
    )


def _elsewhere(legs: Sequence[Leg], findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Say once that a plan is for another place, instead of leg by leg."""
    far = {
        (finding.from_seq, finding.item_seq): finding
        for finding in findings
        if finding.code is FindingCode.OUTSIDE_INCLUSION and (finding.clearance_m or 0.0) < -_ELSEWHERE_M
    }
    if not far or any((leg.from_seq, leg.item_seq) not in far for leg in legs):
        return ()
    nearest = max(far.values(), key=lambda finding: finding.clearance_m or 0.0)
    return (
        replace(
            nearest,
            message=f"The plan is for another place, {-(nearest.clearance_m or 0.0) / 1000.0:.0f} km from the nearest "
            f"inclusion zone, {nearest.zone_id}",
            remedy="Give the zones of the place it is for, or plan it anew",
        ),
    )


def _flyable(legs: Sequence[Leg], findings: Sequence[Finding]) -> list[Leg]:
    """Leave out the legs that break a zone themselves: they have to be moved first."""
    broken = {
        (finding.from_seq, finding.item_seq) for finding in findings if finding.severity is Severity.VIOLATION
    }
    return [leg for leg in legs if (leg.from_seq, leg.item_seq) not in broken]


def _worst_of_each_leg(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Curves are verified in pieces, and told of once."""
    worst: dict[tuple[int | None, int | None, str | None, FindingCode], Finding] = {}
    for finding in findings:
        key = (finding.from_seq, finding.item_seq, finding.zone_id, finding.code)
        known = worst.get(key)
        if known is None or (finding.clearance_m or 0.0) < (known.clearance_m or 0.0):
            worst[key] = finding
    # A zone that one piece enters gets no finding about the margin of another, or about what wind may add.
    entered = {key[:3] for key in worst if key[3] in _ENTERS}
    return tuple(
        finding
        for key, finding in worst.items()
        if finding.code not in (FindingCode.MARGIN, FindingCode.CIRCLE) or key[:3] not in entered
    )


def _advice_once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Name the worst of what is the same at many items: where the margin does not hold what wind does, and low flight."""
    told: dict[FindingCode, list[Finding]] = {code: [] for code in _TOLD_ONCE}
    others = [finding for finding in findings if finding.code not in _TOLD_ONCE]
    for finding in findings:
        if finding.code in told:
            told[finding.code].append(finding)
    for of_code in told.values():
        if not of_code:
            continue
        worst = min(of_code, key=lambda finding: finding.clearance_m or 0.0)
        items = len({finding.item_seq for finding in of_code})
        more = f", and so at {items - 1} more item{'s' if items > 2 else ''}" if items > 1 else ""
        others.append(replace(worst, message=f"{worst.message}{more}"))
    return tuple(others)


def _of_file(plan: Plan) -> tuple[Finding, ...]:
    """Repeat what reading the plan found."""
    return tuple(finding for finding in plan.findings if finding.code is FindingCode.VEHICLE)


def _too_many_items(plan: Plan) -> Iterator[Finding]:
    if len(plan.items) > _ITEMS_AT_MOST:
        yield Finding(
            Severity.ADVICE,
            FindingCode.MANY_ITEMS,
            f"The plan has {len(plan.items)} items, and an ArduCopter may refuse more than {_ITEMS_AT_MOST}",
            "Share the patrol among more drones, or take a wider swath",
        )
