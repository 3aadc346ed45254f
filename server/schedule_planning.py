"""Schedules planned, and planned anew, over the zones in force and for the drones as they are."""

import asyncio

from missions.fleet.fleet_patrol import FleetPatrol, plan_fleet_patrol
from missions.fleet.fleet_replan import replan_fleet_patrol
from server.live_fleet_state import with_live_drones
from server.plan_store import StoredPlan, refuse_illegal
from server.schedule_body import ReplanBody, ScheduleRequestBody
from server.schedule_store import StoredSchedule
from server.station import Station


async def planned_schedule(body: ScheduleRequestBody, station: Station) -> FleetPatrol:
    """Plan who flies what and when; nothing is kept."""
    question = body.question()
    return await asyncio.get_running_loop().run_in_executor(
        station.planners,
        plan_fleet_patrol,
        station.zones.copy(),
        question.station,
        question.wanted,
        question.request,
    )


async def add_schedule(
    body: ScheduleRequestBody, station: Station
) -> tuple[StoredSchedule, list[StoredPlan]]:
    """Plan a schedule and keep it, and its flights among the plans.

    Raises
    ------
    PlanRefusedError
        If a finding forbids a flight.
    """
    patrol = await planned_schedule(body, station)
    plans = _kept(patrol, station)
    return station.schedules.add(patrol, tuple(plan.plan_id for plan in plans)), plans


async def replan_schedule(
    schedule_id: str, body: ReplanBody, station: Station
) -> tuple[StoredSchedule, list[StoredPlan]]:
    """Plan a schedule anew from now on, moving as little as it must; the former stays.

    Raises
    ------
    PlanRefusedError
        If a finding forbids a flight.
    """
    stored = station.schedules.get(schedule_id)
    reported = with_live_drones(body.told, stored, station, body.lost)
    made = await asyncio.get_running_loop().run_in_executor(
        station.planners,
        replan_fleet_patrol,
        stored.patrol.standing,
        station.zones.copy(),
        reported,
        body.changes,
    )
    plans = _kept(made.patrol, station)
    plan_ids = tuple(plan.plan_id for plan in plans)
    return station.schedules.add(made.patrol, plan_ids, made.replanned, schedule_id), plans


def _kept(patrol: FleetPatrol, station: Station) -> list[StoredPlan]:
    refuse_illegal([made.plan for made in patrol.flights])
    return station.plans.add([made.plan for made in patrol.flights], patrol.predictions)
