"""Schedules of fleets, kept by the service; their flights are among the plans."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from missions.files.schedule_document import changes_document, schedule_document
from missions.fleet.change import Replanned
from missions.fleet.fleet_patrol import FleetPatrol
from server.errors import NotFoundError


@dataclass(frozen=True)
class StoredSchedule:
    """A schedule, the name the service gave it, and the plans of its flights.

    Parameters
    ----------
    schedule_id : str
        Empty for one that is not kept.
    patrol : FleetPatrol
    plan_ids : tuple of str
        One a flight, in order of departure.
    replanned : Replanned or None
        How it differs from the schedule that it was made of.
    replaces : str
        Id of that one; empty where there is none.
    """

    schedule_id: str
    patrol: FleetPatrol
    plan_ids: tuple[str, ...]
    replanned: Replanned | None = None
    replaces: str = ""

    @cached_property
    def document(self) -> dict[str, Any]:
        """The schedule as JSON shows it."""
        document = schedule_document(self.patrol, [None] * len(self.plan_ids))
        plan_id_of = {
            made.plan.name: plan_id for made, plan_id in zip(self.patrol.flights, self.plan_ids, strict=True)
        }
        for drone in document["drones"]:
            for flight in drone["flights"]:
                flight["plan_id"] = plan_id_of[flight["name"]]
                for left_out in ("file", "profile", "findings"):
                    del flight[left_out]
        del document["standing"]
        changes = None if self.replanned is None else changes_document(self.replanned)
        return {"id": self.schedule_id, "replaces": self.replaces or None, "changes": changes, **document}


class ScheduleStore:
    """Keeps schedules in memory by id."""

    def __init__(self) -> None:
        self._schedules: dict[str, StoredSchedule] = {}
        self._count = 0

    def add(
        self,
        patrol: FleetPatrol,
        plan_ids: tuple[str, ...],
        replanned: Replanned | None = None,
        replaces: str = "",
    ) -> StoredSchedule:
        """Keep a schedule under an id of its own."""
        self._count += 1
        stored = StoredSchedule(f"s{self._count}", patrol, plan_ids, replanned, replaces)
        self._schedules[stored.schedule_id] = stored
        return stored

    def all(self) -> list[StoredSchedule]:
        """Give all schedules, oldest first."""
        return list(self._schedules.values())

    def get(self, schedule_id: str) -> StoredSchedule:
        """Give one schedule or raise `NotFoundError`."""
        try:
            return self._schedules[schedule_id]
        except KeyError:
            raise NotFoundError(
                f"there is no schedule {schedule_id!r}", remedy="GET /api/schedules lists those there are"
            ) from None

    def remove(self, schedule_id: str) -> None:
        """Forget one schedule or raise `NotFoundError`."""
        self.get(schedule_id)
        del self._schedules[schedule_id]
