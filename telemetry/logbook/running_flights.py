"""The plans that are flown now, kept beside the recordings, so that a service that is started anew knows what it sees fly."""

import contextlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geofence.refusal import Refusal
from missions.files.qgc_plan import plan_from_document, plan_to_document
from missions.plan.plan import Plan

RUNNING_FOLDER = "running"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningFlight:
    """A plan in flight.

    Parameters
    ----------
    vehicle_id : str
    plan : Plan
    plan_id : str
        What the plan was called; empty in files of earlier versions.
    who, why : str
        Whoever began it.
    started_s : float
        UTC.
    begun_boot_s : float or None
        When the mission began, by the vehicle's clock; None where it has not.
    begun_utc_s : float or None
        The same by ours.
    """

    vehicle_id: str
    plan: Plan
    who: str
    why: str
    started_s: float
    begun_boot_s: float | None = None
    begun_utc_s: float | None = None
    plan_id: str = ""

    def begun_on_clock(self, boot_time_s: float | None, utc_s: float) -> float | None:
        """Give when the mission began by a vehicle's clock that shows `boot_time_s` now; None where it is another clock than then.

        A vehicle that was started anew meanwhile has lived for less time than has passed since.
        """
        if self.begun_boot_s is None or self.begun_utc_s is None or boot_time_s is None:
            return None
        passed_s = utc_s - self.begun_utc_s
        return self.begun_boot_s if boot_time_s - self.begun_boot_s >= passed_s - _slack_s(passed_s) else None


def _slack_s(passed_s: float) -> float:
    """Clocks drift, and messages take their time."""
    return 2.0 + 0.01 * abs(passed_s)


class RunningFlights:
    """One file a vehicle, whole or not there; it outlives the process and goes when the flight has ended.

    Parameters
    ----------
    root : Path
        The folder of all recordings.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / RUNNING_FOLDER

    def keep(self, flight: RunningFlight) -> None:
        """Write a flight down, in the place of the vehicle's former one.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        document = {
            "version": _VERSION,
            "vehicle_id": flight.vehicle_id,
            "plan_id": flight.plan_id,
            "who": flight.who,
            "why": flight.why,
            "started_s": flight.started_s,
            "begun_boot_s": flight.begun_boot_s,
            "begun_utc_s": flight.begun_utc_s,
            "plan": plan_to_document(flight.plan),
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path_of(flight.vehicle_id)
        draft = path.with_suffix(f".{os.getpid()}.part")
        try:
            with draft.open("wb") as file:
                file.write(json.dumps(document, ensure_ascii=False).encode())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def drop(self, vehicle_id: str) -> None:
        """Forget a vehicle's flight."""
        with contextlib.suppress(OSError):
            self._path_of(vehicle_id).unlink()

    def all(self) -> list[RunningFlight]:
        """Give those that are kept; what cannot be read is left out."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, Refusal):
                found.append(_flight_of(json.loads(path.read_bytes()), str(path)))
        return found

    def _path_of(self, vehicle_id: str) -> Path:
        return self._folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', vehicle_id)}.json"


def _flight_of(document: dict[str, Any], source: str) -> RunningFlight:
    if document["version"] != _VERSION:
        raise ValueError(document["version"])
    return RunningFlight(
        vehicle_id=str(document["vehicle_id"]),
        plan=plan_from_document(json.dumps(document["plan"]).encode(), source=source, name=""),
        who=str(document["who"]),
        why=str(document["why"]),
        started_s=float(document["started_s"]),
        begun_boot_s=_time_of(document, "begun_boot_s"),
        begun_utc_s=_time_of(document, "begun_utc_s"),
        plan_id=str(document.get("plan_id", "")),
    )


def _time_of(document: dict[str, Any], name: str) -> float | None:
    # Files of earlier versions have none.
    time_s = document.get(name)
    return None if time_s is None else float(time_s)
