"""The rest of a flight that was broken off, by a legal way and verified whole."""

from dataclasses import replace

from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from geofence.verification.verification import Verification
from geofence.zone_set import ZoneSet
from missions.patrol.ground import CLEARANCE_FACTORS, legal_between
from missions.plan.check import check_plan, margin_of
from missions.plan.plan import Plan
from missions.refusal import MissionError
from missions.transit import XY, Transit
from missions.vehicle.movement import followed
from missions.vehicle.resume import BreakOff, resume_plan
from missions.ways.copter_motion import CopterMotion


def rest_of_flight(
    plan: Plan,
    broken_off: BreakOff,
    zones: ZoneSet,
    *,
    margin_m: float | None = None,
    departure_utc_s: tuple[float, float] | None = None,
    terrain: Terrain | None = None,
) -> tuple[Plan, Verification]:
    """Make the plan of the rest from the pad, and verify it.

    The way out keeps a clearance above the margin at all altitudes of the plan; a smaller one is tried where that leads
    nowhere.

    Parameters
    ----------
    plan : Plan
    broken_off : BreakOff
    zones : ZoneSet
    margin_m : float, optional
        By default the plan's own, else 2 m.
    departure_utc_s : (float, float), optional
        Earliest and latest take-off, seconds since 1970.
    terrain : Terrain, optional

    Returns
    -------
    (Plan, Verification)
        The verification's findings are the plan's, too. It may say that the plan is not legal.

    Raises
    ------
    MissionError
        Where no legal way leads there, or nothing is left but the way home.
    """
    frame = LocalFrame(plan.home)
    margin_m = margin_of(plan, margin_m)
    alts_rel_m = [place.alt_rel_m for _, place, _ in followed(plan, CopterMotion(), terrain=terrain)]
    flown_rel_m = [alt_m for alt_m in alts_rel_m if alt_m > 0.0] or [0.0]
    span_rel_m = min(flown_rel_m), max(flown_rel_m)

    def way(start: XY, end: XY) -> list[XY]:
        refusal: MissionError | None = None
        for factor in CLEARANCE_FACTORS:
            legal = legal_between(zones, frame, factor * margin_m, span_rel_m, plan.home_alt_amsl_m)
            try:
                transit = Transit(legal, start, frame=frame)
                bends = transit.path(transit.nearest_point(start), transit.nearest_point(end))
                return [start, *(at for at in bends if at not in (start, end)), end]
            except MissionError as refused:
                refusal = refused
        assert refusal is not None
        raise refusal

    rest = resume_plan(plan, broken_off, way, frame, terrain=terrain)
    verified = check_plan(rest, zones, margin_m=margin_m, departure_utc_s=departure_utc_s, terrain=terrain)
    return replace(rest, margin_m=margin_m, findings=verified.findings), verified
