"""What is known of a fleet's drones, out of JSON."""

from pathlib import Path
from typing import Any

from geofence.formats.json_document import json_document
from geofence.formats.repair_log import RepairLog
from missions.files.bounded_file import read_bounded
from missions.files.document_reader import DocumentReader
from missions.fleet.fleet_replan import ReportedDrone, ReportedFleet

_STATE_FIELDS = ("time_s", "done", "drones")
_DRONE_FIELDS = ("id", "position", "alt_rel_m", "battery", "batteries", "ready_s", "task")
_BATTERIES_AT_MOST = 100


def read_fleet_state(path: Path) -> ReportedFleet:
    """Read the state of a fleet from a file.

    Raises
    ------
    MissionError, GeofenceError
        With the file and the field.
    """
    content = read_bounded(path, most_mb=4, remedy="Give the state of the drones alone")
    return fleet_state_of(json_document(content, source=str(path), log=RepairLog()), source=str(path))


def fleet_state_of(document: Any, *, source: str) -> ReportedFleet:
    """Take the state of a fleet out of a document.

    Parameters
    ----------
    document : mapping
        As docs/fleet.md tells.
    source : str
        For refusals.

    Raises
    ------
    MissionError
        With the field.
    """
    return _StateReader(source, "Write it as docs/fleet.md tells").state(document)


class _StateReader(DocumentReader):
    def state(self, document: Any) -> ReportedFleet:
        root = self.known_object(document, "the document", _STATE_FIELDS)
        done = root.get("done")
        return ReportedFleet(
            self.finite(root.get("time_s"), "time_s"),
            tuple(
                self._drone(value, f"drones[{n}]")
                for n, value in enumerate(self.sequence(root.get("drones"), "drones"))
            ),
            None
            if done is None
            else frozenset(self._text(name, "done") for name in self.sequence(done, "done")),
        )

    def _drone(self, value: Any, field: str) -> ReportedDrone:
        drone = self.known_object(value, field, _DRONE_FIELDS)
        drone_id = self._text(drone.get("id"), f"{field}.id")
        batteries, task = drone.get("batteries"), drone.get("task")
        kept = None if batteries is None else self.whole(batteries, f"{field}.batteries", _BATTERIES_AT_MOST)
        if drone.get("position") is None:
            for name in ("alt_rel_m", "battery", "task"):
                if drone.get(name) is not None:
                    raise self.refuse(
                        f"{field}.{name}",
                        "is of a drone in the air, and no position is given",
                        "Give the position too, or leave it out for a drone on its pad",
                    )
            ready_s = drone.get("ready_s")
            return ReportedDrone(
                drone_id,
                batteries=kept,
                ready_s=None if ready_s is None else self.finite(ready_s, f"{field}.ready_s"),
            )
        return ReportedDrone(
            drone_id,
            self.place(drone["position"], f"{field}.position"),
            self.finite(drone.get("alt_rel_m"), f"{field}.alt_rel_m"),
            self.finite(drone.get("battery"), f"{field}.battery"),
            kept,
            task_id=None if task is None else self._text(task, f"{field}.task"),
        )

    def _text(self, value: Any, field: str) -> str:
        if not isinstance(value, str):
            raise self.refuse(field, "is missing" if value is None else f"is {value!r}", "Give a text")
        return value
