"""What it takes to replan a fleet in flight, as JSON: a part of its schedule's document."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.refusal import GeofenceError
from missions.files.document_reader import DocumentReader
from missions.files.own_items import item_document, item_from_document
from missions.fleet.drone import Drone
from missions.fleet.equipment import FleetEquipment
from missions.fleet.fleet_ground import FleetGround
from missions.fleet.fleet_patrol import drones_over
from missions.fleet.patrol_window import PatrolWindow
from missions.fleet.schedule import FleetSettings, Flight, Schedule, TrackPoint, Visit
from missions.fleet.separation import Separation
from missions.fleet.standing_schedule import StandingSchedule
from missions.fleet.station import Station, StationDrone, StationPad
from missions.fleet.task import Task
from missions.payload.payload_document import payload_document
from missions.payload.payload_file import payload_from_document
from missions.plan.item import MissionItem
from missions.plan.plan import RouteKind
from missions.refusal import MissionError
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.profile_file import profile_of
from missions.vehicle.wind import Wind

_WHOLE_AT_MOST = 10**9


def standing_document(standing: StandingSchedule) -> dict[str, Any]:
    """Give all of it; places of tasks and tracks in metres east and north of the origin."""
    schedule, ground = standing.schedule, standing.ground
    settings, separation = schedule.settings, schedule.settings.separation
    of_schedule = {drone.drone_id: drone for drone in schedule.drones}
    return {
        "origin": _place(ground.frame.origin),
        "layers_m": list(ground.layers_m),
        "margin_m": ground.margin_m,
        "clearance_m": ground.clearance_m,
        "home_alt_amsl_m": ground.home_alt_amsl_m,
        "allow_above_120": ground.allow_above_120,
        "wind": _told(standing.wind),
        "separation": dataclasses.asdict(separation),
        "iterations": settings.iterations,
        "seed": settings.seed,
        "change_weight_s": settings.change_weight_s,
        "equipment": _equipment_document(standing.equipment),
        "pads": [{**_told(pad), "position": _place(pad.position)} for pad in standing.station.pads],
        "drones": [
            {
                "id": drone.drone_id,
                "pad": drone.pad_id,
                "profile": _told(drone.profile),
                "stand": None if drone.stand is None else _place(drone.stand),
                "speed_m_s": drone.speed_m_s,
                "batteries": of_schedule[drone.drone_id].batteries,
                "ready_s": of_schedule[drone.drone_id].ready_s,
                "capabilities": sorted(drone.capabilities),
            }
            for drone in standing.station.drones
        ],
        "tasks": [_task_document(task) for task in schedule.tasks],
        "flights": [_flight_document(flight) for flight in schedule.flights],
    }


def _equipment_document(equipment: FleetEquipment) -> dict[str, Any]:
    return {
        "payload": None if equipment.orders is None else payload_document(equipment.orders),
        "pictures_m": equipment.pictures_m,
        "unpictured_turns_m": equipment.unpictured_turns_m,
        "tolerance_agl_m": equipment.tolerance_agl_m,
    }


def _place(position: LatLon) -> dict[str, float]:
    return {"lat_deg": position.lat_deg, "lon_deg": position.lon_deg}


def _told(value: Any) -> dict[str, Any]:
    """Fields of a dataclass of numbers and texts, without those that say nothing."""
    return {name: _told_part(part) for name, part in dataclasses.asdict(value).items() if part is not None}


def _told_part(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: value for name, value in part.items() if value is not None}
    return part


def _task_document(task: Task) -> dict[str, Any]:
    early_s, late_s = task.window_s
    return {
        "id": task.task_id,
        "xy_m": [list(point) for point in task.xy_m],
        "kind": task.kind.value,
        "is_reversible": task.is_reversible,
        "dwell_s": task.dwell_s,
        "window_s": [early_s, None if math.isinf(late_s) else late_s],
        "priority": task.priority,
        "needs": sorted(task.needs),
        "actions": _items(task.actions),
        "end_actions": _items(task.end_actions),
    }


def _items(items: Sequence[MissionItem]) -> list[dict[str, Any]]:
    return [
        {**item_document(item), "position": None if item.position is None else _place(item.position)}
        for item in items
    ]


def _flight_document(flight: Flight) -> dict[str, Any]:
    return {
        "drone": flight.drone_id,
        "pad": flight.pad_id,
        "layer_m": flight.layer_m,
        "energy_wh": flight.energy_wh,
        "limit_wh": flight.limit_wh,
        "is_airborne": flight.is_airborne,
        "visits": [[visit.task_id, visit.is_reversed, visit.start_s, visit.end_s] for visit in flight.visits],
        "track": [[point.time_s, *point.xy_m, point.alt_m, point.kind.value] for point in flight.track],
    }


class StandingReader(DocumentReader):
    """Reads what `standing_document` wrote.

    Parameters
    ----------
    source : str
        Where it came from, for refusals.
    """

    def __init__(self, source: str) -> None:
        super().__init__(source, "Plan the fleet again")

    def standing(self, value: Any, window: PatrolWindow) -> StandingSchedule:
        """Read it.

        Raises
        ------
        MissionError
            Names the field at fault.
        """
        root = self.mapping(value, "standing")
        try:
            return self._standing(root, window)
        except GeofenceError as error:
            raise self.refuse("standing", f"cannot be: {error.what}", "Plan the fleet again") from None
        except MissionError as error:
            if error.place == self.source:
                raise
            raise self.refuse("standing", f"cannot be: {error}", "Plan the fleet again") from None

    def _standing(self, root: Mapping[str, Any], window: PatrolWindow) -> StandingSchedule:
        ground = FleetGround(
            LocalFrame(self.place(root.get("origin"), "origin")),
            tuple(self._finites(root.get("layers_m"), "layers_m")),
            self.finite(root.get("margin_m"), "margin_m"),
            self.finite(root.get("clearance_m"), "clearance_m"),
            self._optional(root, "home_alt_amsl_m"),
            self._flag(root, "allow_above_120"),
        )
        wind = Wind(**self._numbers_of(root.get("wind"), "wind"))
        separation = Separation(**self._numbers_of(root.get("separation"), "separation"))
        equipment = self._equipment(root.get("equipment", {}))
        settings = FleetSettings(
            ground.layers_m,
            (0.0, window.length_s),
            separation,
            self.whole(root.get("iterations"), "iterations", _WHOLE_AT_MOST),
            self.whole(root.get("seed"), "seed", _WHOLE_AT_MOST),
            self.finite(root.get("change_weight_s"), "change_weight_s"),
            equipment.tolerance_agl_m,
        )
        pads = tuple(self._pad(pad, f"pads[{n}]") for n, pad in self._each(root, "pads"))
        drones = tuple(self._drone(drone, f"drones[{n}]") for n, drone in self._each(root, "drones"))
        station = Station(pads, drones)
        ready_s = [self.finite(drone.get("ready_s"), "ready_s") for _, drone in self._each(root, "drones")]
        schedule = Schedule(
            tuple(self._flight(flight, f"flights[{n}]") for n, flight in self._each(root, "flights")),
            (),
            tuple(self._task(task, f"tasks[{n}]") for n, task in self._each(root, "tasks")),
            self._ready(drones_over(station, ground, wind), ready_s),
            station.pads_in(ground.frame, slack_s=separation.slack_s),
            settings,
        )
        return StandingSchedule(schedule, station, window, ground, wind, equipment)

    def _equipment(self, value: Any) -> FleetEquipment:
        values = self.mapping(value, "equipment")
        payload = values.get("payload")
        return FleetEquipment(
            None if payload is None else payload_from_document(payload, source=self.source),
            self._optional(values, "pictures_m"),
            self._optional(values, "unpictured_turns_m") or 0.0,
            self._optional(values, "tolerance_agl_m"),
        )

    def _ready(self, drones: Sequence[Drone], ready_s: Sequence[float]) -> tuple[Drone, ...]:
        return tuple(dataclasses.replace(d, ready_s=at_s) for d, at_s in zip(drones, ready_s, strict=True))

    def _pad(self, pad: Mapping[str, Any], field: str) -> StationPad:
        return StationPad(
            self._word(pad, "pad_id", field),
            self.place(pad.get("position"), f"{field}.position"),
            self._optional(pad, "ground_m"),
            self.whole(pad.get("at_once"), f"{field}.at_once", _WHOLE_AT_MOST),
            self.finite(pad.get("turn_around_s"), f"{field}.turn_around_s"),
            self.finite(pad.get("swap_s"), f"{field}.swap_s"),
        )

    def _drone(self, drone: Mapping[str, Any], field: str) -> StationDrone:
        stand = drone.get("stand")
        return StationDrone(
            self._word(drone, "id", field),
            self._word(drone, "pad", field),
            self._profile(drone.get("profile"), f"{field}.profile"),
            None if stand is None else self.place(stand, f"{field}.stand"),
            self._optional(drone, "speed_m_s"),
            self.whole(drone.get("batteries"), f"{field}.batteries", _WHOLE_AT_MOST),
            self._words(drone.get("capabilities"), f"{field}.capabilities"),
        )

    def _profile(self, value: Any, field: str) -> VehicleProfile:
        return profile_of(self.mapping(value, field))

    def _task(self, task: Mapping[str, Any], field: str) -> Task:
        window = self.sequence(task.get("window_s"), f"{field}.window_s")
        early_s, late_s = (*window, None, None)[:2]
        return Task(
            self._word(task, "id", field),
            tuple(
                (x_m, y_m)
                for n, point in enumerate(self.sequence(task.get("xy_m"), f"{field}.xy_m"))
                for x_m, y_m in (self.numbers(point, f"{field}.xy_m[{n}]", (2,)),)
            ),
            self._kind(task.get("kind"), field),
            is_reversible=self._flag(task, "is_reversible"),
            dwell_s=self.finite(task.get("dwell_s"), f"{field}.dwell_s"),
            window_s=(
                self.finite(early_s, f"{field}.window_s"),
                math.inf if late_s is None else self.finite(late_s, f"{field}.window_s"),
            ),
            priority=self.finite(task.get("priority"), f"{field}.priority"),
            needs=self._words(task.get("needs"), f"{field}.needs"),
            actions=self._actions(task, "actions", field),
            end_actions=self._actions(task, "end_actions", field),
        )

    def _actions(self, task: Mapping[str, Any], key: str, field: str) -> tuple[MissionItem, ...]:
        items = []
        for n, value in enumerate(self.sequence(task.get(key), f"{field}.{key}")):
            place = f"{field}.{key}[{n}]"
            item = self.mapping(value, place)
            position = item.get("position")
            items.append(
                item_from_document(
                    self, item, place, None if position is None else self.place(position, place)
                )
            )
        return tuple(items)

    def _flight(self, flight: Mapping[str, Any], field: str) -> Flight:
        visits = []
        for n, value in enumerate(self.sequence(flight.get("visits"), f"{field}.visits")):
            name, is_reversed, *times = (*self.sequence(value, f"{field}.visits[{n}]"), None, None)[:4]
            start_s, end_s = self.numbers(times, f"{field}.visits[{n}]", (2,))
            visits.append(Visit(str(name), bool(is_reversed), start_s, end_s))
        track = []
        for n, value in enumerate(self.sequence(flight.get("track"), f"{field}.track")):
            *numbers, kind = self.sequence(value, f"{field}.track[{n}]") or [None]
            time_s, x_m, y_m, alt_m = self.numbers(numbers, f"{field}.track[{n}]", (4,))
            track.append(TrackPoint(time_s, (x_m, y_m), alt_m, self._kind(kind, f"{field}.track[{n}]")))
        if len(track) < 2:
            raise self.refuse(f"{field}.track", "leads nowhere", "Plan the fleet again")
        return Flight(
            self._word(flight, "drone", field),
            self._word(flight, "pad", field),
            self.finite(flight.get("layer_m"), f"{field}.layer_m"),
            tuple(visits),
            tuple(track),
            self.finite(flight.get("energy_wh"), f"{field}.energy_wh"),
            self.finite(flight.get("limit_wh"), f"{field}.limit_wh"),
            self._flag(flight, "is_airborne"),
        )

    def _each(self, root: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
        return [
            (n, self.mapping(value, f"{key}[{n}]"))
            for n, value in enumerate(self.sequence(root.get(key), key))
        ]

    def _finites(self, value: Any, field: str) -> list[float]:
        return [self.finite(one, field) for one in self.sequence(value, field)]

    def _numbers_of(self, value: Any, field: str) -> dict[str, float]:
        return {name: self.finite(one, f"{field}.{name}") for name, one in self.mapping(value, field).items()}

    def _optional(self, values: Mapping[str, Any], key: str) -> float | None:
        return None if values.get(key) is None else self.finite(values[key], key)

    def _flag(self, values: Mapping[str, Any], key: str) -> bool:
        value = values.get(key)
        if not isinstance(value, bool):
            raise self.refuse(key, f"is {value!r}", "Give true or false")
        return value

    def _word(self, values: Mapping[str, Any], key: str, field: str) -> str:
        value = values.get(key)
        if not isinstance(value, str):
            raise self.refuse(f"{field}.{key}", "is missing or not a text", "Plan the fleet again")
        return value

    def _words(self, value: Any, field: str) -> frozenset[str]:
        words = self.sequence(value, field)
        if not all(isinstance(word, str) for word in words):
            raise self.refuse(field, f"is {value!r}", "Give a list of texts")
        return frozenset(words)

    def _kind(self, value: Any, field: str) -> RouteKind:
        if value not in set(RouteKind):
            raise self.refuse(f"{field}.kind", f"is {value!r}", f"Give one of {', '.join(RouteKind)}")
        return RouteKind(value)
