"""Schedules of a fleet as JSON, and out of it again for the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geofence.formats.json_document import json_document, sniffed_json
from geofence.formats.repair_log import RepairLog
from geofence.verification.verification_document import finding_document
from missions.files.bounded_file import read_bounded
from missions.files.document_reader import DocumentReader
from missions.files.plan_files import read_plan
from missions.files.standing_document import StandingReader, standing_document
from missions.fleet.change import Replanned
from missions.fleet.fleet_patrol import FleetPatrol
from missions.fleet.flight_plan import FlightPlan
from missions.fleet.gantt import BarKind as FleetBarKind
from missions.fleet.gantt import gantt_bars
from missions.fleet.patrol_window import PatrolWindow, clock_text
from missions.fleet.schedule import Unserved
from missions.fleet.standing_schedule import StandingSchedule
from missions.refusal import MissionError
from missions.report.flight_profile import FlightProfile
from missions.report.gantt import Bar, BarKind, Gantt
from missions.report.report import Flight
from missions.vehicle.prediction import FlightPrediction

_MARK = "feiying_schedule"
_VERSION = 1
_SNIFFED = 4096


@dataclass(frozen=True, slots=True)
class ReportedSchedule:
    """What a report shows of a schedule.

    Parameters
    ----------
    flights : tuple of Flight
    gantt : Gantt
    unserved : tuple of Unserved
    """

    flights: tuple[Flight, ...]
    gantt: Gantt
    unserved: tuple[Unserved, ...]


def schedule_document(patrol: FleetPatrol, files: Sequence[Path | None]) -> dict[str, Any]:
    """Give a schedule as JSON: drone by drone its flights with their tasks, and what it does when.

    Parameters
    ----------
    patrol : FleetPatrol
    files : sequence of Path or None
        Of the plans, one a flight.
    """
    schedule = patrol.schedule
    window = patrol.window
    bars = gantt_bars(schedule)
    flights: dict[str, list[dict[str, Any]]] = {drone.drone_id: [] for drone in schedule.drones}
    for made, prediction, file in zip(patrol.flights, patrol.predictions, files, strict=True):
        flight, profile = made.flight, _profile_of(made, prediction)
        flights[flight.drone_id].append(
            {
                "name": made.plan.name,
                "file": None if file is None else file.name,
                "departure_s": round(flight.departure_s, 1),
                "departure": clock_text(window.begins_clock_s + flight.departure_s),
                "landing_s": round(flight.landing_s, 1),
                "landing": clock_text(window.begins_clock_s + flight.landing_s),
                "alt_rel_m": max(route.alts_rel_m[0] for route in made.plan.routes),
                "alt_agl_m": flight.layer_m if patrol.equipment.follows_ground else None,
                "length_m": round(made.plan.length_m, 1),
                "energy_wh": round(flight.energy_wh if flight.is_airborne else prediction.energy_wh, 2),
                "limit_wh": round(
                    flight.limit_wh if flight.is_airborne else prediction.profile.battery.flight_wh, 2
                ),
                "is_airborne": flight.is_airborne,
                "first_seq": made.first_seq,
                "is_legal": made.plan.is_legal,
                "findings": [finding_document(finding) for finding in made.plan.findings],
                "tasks": [
                    {
                        "name": visit.task_id,
                        "start_s": round(visit.start_s, 1),
                        "end_s": round(visit.end_s, 1),
                        "is_reversed": visit.is_reversed,
                    }
                    for visit in flight.visits
                ],
                "profile": _profile_document(profile),
            }
        )
    return {
        _MARK: _VERSION,
        "window": {
            "begins": clock_text(window.begins_clock_s),
            "begins_clock_s": window.begins_clock_s,
            "begins_utc_s": window.begins_utc_s,
            "length_s": window.length_s,
        },
        "home_s": round(schedule.home_s, 1),
        "home": clock_text(window.begins_clock_s + schedule.home_s),
        "is_legal": patrol.is_legal,
        "parameters": dict(patrol.equipment.parameters),
        "drones": [
            {
                "id": drone.drone_id,
                "pad": drone.pad_id,
                "vehicle": drone.profile.name,
                "flights": flights[drone.drone_id],
                "swaps": [
                    {"start_s": round(bar.start_s, 1), "end_s": round(bar.end_s, 1)}
                    for bar in bars
                    if bar.drone_id == drone.drone_id and bar.kind is FleetBarKind.SWAP
                ],
                "timeline": [
                    {
                        "kind": bar.kind.value,
                        "start_s": round(bar.start_s, 1),
                        "end_s": round(bar.end_s, 1),
                        "label": bar.label,
                    }
                    for bar in bars
                    if bar.drone_id == drone.drone_id
                ],
            }
            for drone in patrol.station.drones
        ],
        "unserved": [
            {"name": left.task_id, "reason": left.reason, "remedy": left.remedy} for left in schedule.unserved
        ],
        "areas": [
            {
                "name": area.name,
                "zone_id": area.zone_id,
                "swath_m": area.swath_m,
                "coverage": round(area.coverage, 5),
            }
            for area in patrol.areas
        ],
        "findings": [finding_document(finding) for finding in patrol.findings],
        "standing": standing_document(patrol.standing),
    }


def changes_document(replanned: Replanned) -> dict[str, Any]:
    """Give how a replanned schedule differs, as JSON."""
    return {
        "moves": [
            {"task": move.task_id, "from": move.from_drone_id or None, "to": move.to_drone_id or None}
            for move in replanned.moves
        ],
        "reordered": list(replanned.reordered_ids),
        "notes": [{"subject": note.subject, "text": note.text} for note in replanned.notes],
        "conflicts": [
            {
                "drones": list(conflict.drone_ids),
                "time_s": conflict.time_s,
                "distance_m": conflict.distance_m,
            }
            for conflict in replanned.conflicts
        ],
    }


def _profile_of(made: FlightPlan, prediction: FlightPrediction) -> FlightProfile:
    """Give what is predicted of a flight; of one in the air, from where it is on."""
    whole = FlightProfile.of(prediction)
    if not made.flight.is_airborne or whole.reserve_wh is None:
        return whole
    done = sum(seq < made.first_seq for seq in whole.item_seqs)
    if done == 0:
        return whole
    begun_s, begun_wh = whole.ends_s[done - 1], whole.used_wh[done - 1]
    return FlightProfile(
        whole.item_seqs,
        tuple(max(0.0, end_s - begun_s) for end_s in whole.ends_s),
        tuple(max(0.0, used_wh - begun_wh) for used_wh in whole.used_wh),
        made.flight.limit_wh + whole.reserve_wh,
        whole.reserve_wh,
    )


def reported(patrol: FleetPatrol) -> ReportedSchedule:
    """Give what a report shows of a patrol just planned."""
    return ReportedSchedule(
        tuple(
            Flight(
                made.plan,
                _profile_of(made, prediction),
                is_verified=True,
                departs_s=made.flight.departure_s,
                drone=made.flight.drone_id,
            )
            for made, prediction in zip(patrol.flights, patrol.predictions, strict=True)
        ),
        Gantt(
            tuple(
                Bar(bar.drone_id, BarKind(bar.kind.value), bar.start_s, bar.end_s, bar.label)
                for bar in gantt_bars(patrol.schedule)
            ),
            begins_clock_s=patrol.window.begins_clock_s,
        ),
        patrol.schedule.unserved,
    )


def is_schedule(path: Path) -> bool:
    """Whether a file says that it is a schedule."""
    try:
        with path.open("rb") as file:
            return f'"{_MARK}"'.encode() in sniffed_json(file.read(_SNIFFED))
    except (OSError, ValueError):
        return False  # whoever reads it says why


def read_schedule(path: Path) -> ReportedSchedule:
    """Read a schedule and the plans that it names, which lie beside it.

    Raises
    ------
    MissionError, GeofenceError
        With the file and the field.
    """
    return _ScheduleReader(path).schedule(_document(path))


def read_standing(path: Path) -> StandingSchedule:
    """Read what it takes to replan a schedule.

    Raises
    ------
    MissionError, GeofenceError
        With the file and the field.
    """
    return standing_of(_document(path), source=str(path))


def standing_of(document: Any, *, source: str) -> StandingSchedule:
    """Take what it takes to replan a schedule out of its document.

    Parameters
    ----------
    document : mapping
        As `schedule_document` gives it.
    source : str
        For refusals.

    Raises
    ------
    MissionError
        With the field.
    """
    reader = StandingReader(source)
    root = reader.mapping(document, "the document")
    if root.get(_MARK) != _VERSION:
        raise reader.refuse(_MARK, f"is {root.get(_MARK)!r}", f"Plan the fleet again; {_VERSION} is read")
    window = reader.mapping(root.get("window"), "window")
    begins_utc_s = window.get("begins_utc_s")
    return reader.standing(
        root.get("standing"),
        PatrolWindow(
            reader.finite(window.get("begins_clock_s"), "window.begins_clock_s"),
            reader.finite(window.get("length_s"), "window.length_s"),
            None if begins_utc_s is None else reader.finite(begins_utc_s, "window.begins_utc_s"),
        ),
    )


def _document(path: Path) -> Any:
    content = read_bounded(path, most_mb=64, remedy="Give a schedule")
    return json_document(content, source=str(path), log=RepairLog())


class _ScheduleReader(DocumentReader):
    def __init__(self, path: Path) -> None:
        super().__init__(str(path), "Plan the fleet again")
        self._folder = path.parent

    def schedule(self, document: Any) -> ReportedSchedule:
        root = self.mapping(document, "the document")
        if root.get(_MARK) != _VERSION:
            raise self.refuse(_MARK, f"is {root.get(_MARK)!r}", f"Plan the fleet again; {_VERSION} is read")
        window = self.mapping(root.get("window"), "window")
        clock_s = self.finite(window.get("begins_clock_s"), "window.begins_clock_s")
        flights: list[Flight] = []
        bars: list[Bar] = []
        for number, value in enumerate(self.sequence(root.get("drones"), "drones")):
            field = f"drones[{number}]"
            drone = self.mapping(value, field)
            drone_id = self._word(drone, "id", field)
            flights += [
                self._flight(self.mapping(flight, place), place, drone_id)
                for n, flight in enumerate(self.sequence(drone.get("flights"), f"{field}.flights"))
                for place in (f"{field}.flights[{n}]",)
            ]
            bars += [
                self._bar(self.mapping(bar, place), place, drone_id)
                for n, bar in enumerate(self.sequence(drone.get("timeline"), f"{field}.timeline"))
                for place in (f"{field}.timeline[{n}]",)
            ]
        unserved = [
            Unserved(
                *(self._word(self.mapping(left, f"unserved[{n}]"), key, f"unserved[{n}]") for key in _LEFT)
            )
            for n, left in enumerate(self.sequence(root.get("unserved"), "unserved"))
        ]
        flights.sort(key=lambda flight: flight.departs_s)
        return ReportedSchedule(tuple(flights), Gantt(tuple(bars), begins_clock_s=clock_s), tuple(unserved))

    def _flight(self, flight: Mapping[str, Any], field: str, drone_id: str) -> Flight:
        name = self._word(flight, "file", field)
        if Path(name).name != name:
            raise self.refuse(f"{field}.file", f"is {name!r}", "Name a file beside the schedule")
        return Flight(
            read_plan(self._folder / name),
            self._profile(self.mapping(flight.get("profile"), f"{field}.profile"), f"{field}.profile"),
            departs_s=self.finite(flight.get("departure_s"), f"{field}.departure_s"),
            drone=drone_id,
        )

    def _profile(self, profile: Mapping[str, Any], field: str) -> FlightProfile:
        seqs = self.sequence(profile.get("item_seqs"), f"{field}.item_seqs")
        counts = (len(seqs),)
        try:
            return FlightProfile(
                tuple(self.whole(seq, f"{field}.item_seqs", 100_000) for seq in seqs),
                tuple(self.numbers(profile.get("ends_s"), f"{field}.ends_s", counts)),
                tuple(self.numbers(profile.get("used_wh"), f"{field}.used_wh", counts)),
                battery_wh=self.finite(profile.get("battery_wh"), f"{field}.battery_wh"),
                reserve_wh=self.finite(profile.get("reserve_wh"), f"{field}.reserve_wh"),
            )
        except MissionError as error:
            if error.place:
                raise
            raise self.refuse(field, f"cannot be: {error.what}", "Plan the fleet again") from None

    def _bar(self, bar: Mapping[str, Any], field: str, drone_id: str) -> Bar:
        kind = bar.get("kind")
        if kind not in set(BarKind):
            raise self.refuse(f"{field}.kind", f"is {kind!r}", f"Give one of {', '.join(BarKind)}")
        begins_s, ends_s = (self.finite(bar.get(key), f"{field}.{key}") for key in ("start_s", "end_s"))
        return Bar(drone_id, BarKind(kind), begins_s, ends_s, self._word(bar, "label", field))

    def _word(self, values: Mapping[str, Any], key: str, field: str) -> str:
        value = values.get(key)
        if not isinstance(value, str):
            raise self.refuse(f"{field}.{key}", "is missing or not a text", "Plan the fleet again")
        return value


_LEFT = ("name", "reason", "remedy")


def _profile_document(profile: FlightProfile) -> dict[str, Any]:
    return {
        "item_seqs": list(profile.item_seqs),
        "ends_s": [round(value, 2) for value in profile.ends_s],
        "used_wh": [round(value, 3) for value in profile.used_wh],
        "battery_wh": profile.battery_wh,
        "reserve_wh": profile.reserve_wh,
    }
