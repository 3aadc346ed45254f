"""The way back of a plan, judged with its legs."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from geofence.terrain import Terrain
from geofence.verification.finding import Finding, Severity
from geofence.verification.leg import Leg
from geofence.verification.return_policy import ReturnMode, ReturnPolicy
from geofence.verification.return_verification import ReturnVerification
from geofence.zone_set import ZoneSet
from missions.plan.plan import Plan
from missions.plan.return_choice import choose_returns


class ReturnDemand(StrEnum):
    """What is asked of the ways back."""

    REQUIRE = "require"
    """A plan is legal only where they are."""
    ADVISE = "advise"
    """They are told of."""
    IGNORE = "ignore"
    """They are not verified."""


def check_returns(
    plan: Plan,
    legs: Sequence[Leg],
    zones: ZoneSet,
    *,
    demand: ReturnDemand,
    margin_m: float,
    legal_limit_agl_m: float | None,
    departure_utc_s: tuple[float, float] | None,
    terrain: Terrain | None,
) -> tuple[Finding, ...]:
    """Judge the way back from every place of some legs; the remedy names a policy that would be legal.

    A plan that says nothing of its return is judged by ArduCopter's settings as shipped: RTL at 15 m.
    """
    if demand is ReturnDemand.IGNORE or not legs:
        return ()
    verification = ReturnVerification(
        legs,
        zones,
        plan.home,
        margin_m=margin_m,
        legal_limit_agl_m=legal_limit_agl_m,
        home_alt_amsl_m=plan.home_alt_amsl_m,
        departure_utc_s=departure_utc_s,
        terrain=terrain,
    )
    policy = plan.returns if plan.returns is not None else ReturnPolicy()
    found = verification.findings(policy)
    violations = [finding for finding in found if finding.severity is Severity.VIOLATION]
    if not violations:
        return found
    better = choose_returns(verification, rally_points=policy.rally_points)
    remedy = _remedy(better) if better is not None else ""
    assumed = (
        "The plan says nothing of its return, so ArduCopter's settings as shipped are assumed. "
        if plan.returns is None
        else ""
    )
    severity = Severity.VIOLATION if demand is ReturnDemand.REQUIRE else Severity.ADVICE
    return tuple(
        replace(finding, severity=severity, remedy=assumed + (remedy or finding.remedy))
        if finding.severity is Severity.VIOLATION
        else finding
        for finding in found
    )


def _remedy(policy: ReturnPolicy) -> str:
    match policy.mode:
        case ReturnMode.RTL:
            return f"Set the return altitude (RTL_ALT) to {policy.alt_rel_m:g} m"
        case ReturnMode.SMART_RTL:
            return "Return along the flown path (SMART_RTL); no straight way back that was tried is legal"
        case ReturnMode.LAND:
            return "Land on the spot (LAND); neither a straight way back nor the flown path is legal"
