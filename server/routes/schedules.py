"""Schedules: a station's drones share lines, points and areas, with battery swaps."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response
from typing_extensions import TypedDict

from server.errors import ConflictError
from server.plan_store import PlanDocument, StoredPlan
from server.routes.json_response import json_response
from server.routes.station_of import TheStation
from server.schedule_body import ReplanBody, ScheduleRequestBody
from server.schedule_planning import add_schedule, planned_schedule, replan_schedule
from server.schedule_store import StoredSchedule

router = APIRouter(prefix="/api/schedules", tags=["schedules"])


class SchedulesDocument(TypedDict):
    """All schedules."""

    schedules: list[dict[str, Any]]


class PlannedScheduleDocument(TypedDict):
    """A schedule and the plans of its flights."""

    schedule: dict[str, Any]
    plans: list[PlanDocument]


@router.get("", response_model=SchedulesDocument)
async def get_schedules(station: TheStation) -> Response:
    """Give all schedules."""
    return json_response({"schedules": [stored.document for stored in station.schedules.all()]})


@router.post("", status_code=HTTPStatus.CREATED, response_model=PlannedScheduleDocument)
async def post_schedule(body: ScheduleRequestBody, station: TheStation) -> Response:
    """Plan who flies what and when; it is kept, and its flights among the plans, where no finding forbids one."""
    return json_response(_document(*await add_schedule(body, station)), HTTPStatus.CREATED)


@router.post("/preview", response_model=PlannedScheduleDocument)
async def post_schedule_preview(body: ScheduleRequestBody, station: TheStation) -> Response:
    """Plan it to look at: nothing is kept, all ids are empty."""
    patrol = await planned_schedule(body, station)
    plans = [
        StoredPlan("", made.plan, prediction)
        for made, prediction in zip(patrol.flights, patrol.predictions, strict=True)
    ]
    return json_response(_document(StoredSchedule("", patrol, ("",) * len(plans)), plans))


@router.get("/{schedule_id}", response_model=dict[str, Any])
async def get_schedule(schedule_id: str, station: TheStation) -> Response:
    """Give one schedule."""
    return json_response(station.schedules.get(schedule_id).document)


@router.post("/{schedule_id}/replan", status_code=HTTPStatus.CREATED, response_model=PlannedScheduleDocument)
async def post_schedule_replan(schedule_id: str, body: ReplanBody, station: TheStation) -> Response:
    """Plan anew from now on over the zones in force, moving as little as it must; the former schedule stays."""
    return json_response(_document(*await replan_schedule(schedule_id, body, station)), HTTPStatus.CREATED)


@router.delete("/{schedule_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_schedule(schedule_id: str, station: TheStation) -> None:
    """Forget one schedule and the plans of its flights."""
    stored = station.schedules.get(schedule_id)
    kept = {plan.plan_id for plan in station.plans.all()}
    for plan_id in stored.plan_ids:
        if station.flights.is_flown(plan_id):
            raise ConflictError(f"plan {plan_id} of it is being flown", remedy="Wait for the landing")
    for plan_id in stored.plan_ids:
        if plan_id in kept:
            station.plans.remove(plan_id)
    station.schedules.remove(schedule_id)


def _document(stored: StoredSchedule, plans: list[StoredPlan]) -> PlannedScheduleDocument:
    return {"schedule": stored.document, "plans": [plan.document for plan in plans]}
