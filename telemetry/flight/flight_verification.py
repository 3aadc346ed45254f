"""May this plan be flown: asked before anything is sent."""

from geofence.verification.finding import Finding, Severity
from geofence.zone_set import ZoneSet
from missions.plan.check import check_plan
from missions.plan.plan import Plan
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
) -> None:
    """Verify a plan; without zones only its altitudes.

    Parameters
    ----------
    departure_utc_s : (earliest, latest), optional
        Without it zones that are limited in time are read the stricter way.

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
