"""Checks a plan once more against the zones in force before it is flown."""

import asyncio
from concurrent.futures import Executor
from functools import partial

from geofence.verification.finding import Severity
from geofence.zone_set import ZoneSet
from missions.plan.check import check_plan
from missions.ways.copter_motion import CopterMotion
from server.errors import PlanConflictError
from server.plan_store import StoredPlan


async def refuse_plan_against(
    zones: ZoneSet,
    stored: StoredPlan,
    executor: Executor,
    *,
    departure_utc_s: tuple[float, float],
    max_wind_m_s: float | None = None,
) -> None:
    """Raise `PlanConflictError` with the findings where the zones in force forbid the plan at that time, in that wind.

    Zones change after a plan was made; nothing has been sent to the vehicle yet.
    """
    motion = CopterMotion(wind_m_s=max_wind_m_s)
    check = partial(check_plan, stored.plan, zones, departure_utc_s=departure_utc_s, motion=motion)
    verification = await asyncio.get_running_loop().run_in_executor(executor, check)
    if verification.is_legal:
        return
    worst = next(finding for finding in verification.findings if finding.severity is Severity.VIOLATION)
    raise PlanConflictError(
        worst.message.rstrip("."),
        findings=verification.findings,
        place=f"plan {stored.plan_id}",
        remedy=worst.remedy.rstrip(".") or "Plan anew over the zones in force",
    )
