"""May this plan be flown: asked before anything is sent."""

from geofence.verification.finding import Finding, Severity
from geofence.zone_set import ZoneSet
from missions.plan.check import check_plan, margin_of, motion_of
from missions.plan.plan import Plan
from missions.ways.copter_motion import CopterMotion
from missions.ways.leg_wind import wind_within_m_s
from telemetry.refusal import TelemetryError

DEPARTURE_S = 600.0
"""From the check to the take-off it takes no longer: upload, waiting to arm, trying again."""


class FlightRefused(TelemetryError):  # noqa: N818
    """A flight that was not begun; `findings` says what the verification found."""

    def __init__(
        self, what: str, *, place: str = "", remedy: str = "", findings: tuple[Finding, ...] = ()
    ) -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.findings = findings


def departure_span_utc_s(now_utc_s: float) -> tuple[float, float]:
    """Give the earliest and the latest take-off of a flight that is begun now."""
    return (now_utc_s, now_utc_s + DEPARTURE_S)


def demand_flyable(
    plan: Plan,
    zones: ZoneSet | None,
    *,
    allow_above_120: bool = False,
    departure_utc_s: tuple[float, float] | None = None,
    max_wind_m_s: float | None = None,
) -> None:
    """Verify a plan; without zones only its altitudes.

    Parameters
    ----------
    departure_utc_s : (earliest, latest), optional
        Without it zones that are limited in time are read the stricter way.
    max_wind_m_s : float, optional
        The strongest gust that it will be flown in; by default the plan's own.

    Raises
    ------
    FlightRefused
        With the findings.
    """
    if not any(item.is_navigation for item in plan.items):
        raise FlightRefused("the plan has no item to fly to", place=plan.name, remedy="Plan a patrol first")
    verification = check_plan(
        plan,
        zones if zones is not None else ZoneSet(()),
        allow_above_120=allow_above_120,
        departure_utc_s=departure_utc_s,
        motion=CopterMotion(wind_m_s=max_wind_m_s),
    )
    findings = tuple(finding for finding in verification.findings if finding.severity is Severity.VIOLATION)
    if findings:
        others = f" (and {len(findings) - 1} more findings)" if len(findings) > 1 else ""
        raise FlightRefused(
            f"the plan may not be flown: {findings[0].message.rstrip('.')}{others}",
            place=plan.name,
            remedy=findings[0].remedy.rstrip("."),
            findings=findings,
        )


def wind_words(plan: Plan, max_wind_m_s: float | None = None) -> str:
    """Say which wind a plan was verified for; where nobody states any, what its margin holds."""
    stated_m_s = motion_of(plan, CopterMotion(wind_m_s=max_wind_m_s)).wind_m_s
    if stated_m_s is not None:
        return f"Verified for gusts of at most {stated_m_s:g} m/s; do not fly in more."
    motion, margin_m = CopterMotion(), margin_of(plan)
    speed_m_s = max(motion.speed_m_s, plan.speed_m_s or 0.0)
    return (
        f"No wind is stated: the margin of {margin_m:g} m holds gusts of at most "
        f"{wind_within_m_s(motion, speed_m_s, margin_m):g} m/s; do not fly in more."
    )
