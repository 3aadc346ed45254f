"""A fleet problem as the search sees it: tables over legal distances."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from missions.fleet.drone import Drone, Pad
from missions.fleet.equipment import Equipping
from missions.fleet.flight_costs import FlightCosts, climb_energy_wh
from missions.fleet.schedule import FleetSettings
from missions.fleet.tables import Tables
from missions.fleet.task import Task
from missions.refusal import MissionError
from missions.transit import XY, Transit

_LEFT_OUT_S = 1e5
"""A task of priority 1 is left out only where that saves this."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a drone begins.

    Parameters
    ----------
    ready_s : float
        Earliest take-off, where it stands on its pad.
    batteries : int
        Flights that it may still begin.
    xy_m : (float, float) or None
        Where it is in the air; None on its pad.
    alt_m : float
    time_s, limit_wh : float
        When it is there, and what it may use from there.
    underway : Task or None
        What it flies first, from there.
    is_landing : bool
        Whether it is over its pad already and comes down.
    """

    ready_s: float
    batteries: int
    xy_m: XY | None = None
    alt_m: float = 0.0
    time_s: float = 0.0
    limit_wh: float = 0.0
    underway: Task | None = None
    is_landing: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has a task so far: index of the drone, and the place in its order."""

    drone: int
    rank: int


class FleetProblem:
    """Tasks, drones and the legal distances between all places.

    Parameters
    ----------
    tasks : sequence of Task
        All inside of the area of `transit`.
    drones : sequence of Drone
    pads : sequence of Pad
    transit : Transit
    settings : FleetSettings
    starts : sequence of Start
        One a drone.
    owners : dict
        By task id; tasks that may change hands at a cost only.
    equipping : Equipping, optional
        What flights do besides flying their tasks.

    Attributes
    ----------
    tables : Tables
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        drones: Sequence[Drone],
        pads: Sequence[Pad],
        transit: Transit,
        settings: FleetSettings,
        starts: Sequence[Start],
        owners: dict[str, Owner] | None = None,
        equipping: Equipping | None = None,
    ) -> None:
        self.equipping = equipping
        self.tasks, self.drones = tuple(tasks), tuple(drones)
        self.transit, self.settings, self.starts = transit, settings, tuple(starts)
        self.pads = [next(pad for pad in pads if pad.pad_id == drone.pad_id) for drone in drones]
        self._kinds: list[FlightCosts] = []
        for drone in drones:
            if drone.costs not in self._kinds:
                self._kinds.append(drone.costs)
        self.places: list[XY] = [point for task in tasks for point in (task.xy_m[0], task.xy_m[-1])]
        self._nodes_of_pads: dict[XY, int] = {}
        for drone, pad in zip(drones, self.pads, strict=True):
            self._nodes_of_pads.setdefault(stand_of(drone, pad), len(self.places) + len(self._nodes_of_pads))
        self.places += list(self._nodes_of_pads)
        self._air = np.full(len(drones), -1, dtype=np.int64)
        for index, start in enumerate(self.starts):
            if start.xy_m is not None:
                self._air[index] = len(self.places)
                self.places.append(start.xy_m if start.underway is None else start.underway.xy_m[-1])
        self._ways: dict[tuple[int, int], tuple[XY, ...]] = {}
        self._exact: set[tuple[int, int]] = set()
        self._efforts: dict[Task, tuple[float, float]] = {}
        self._vertical: dict[tuple[int, float, bool], tuple[float, float]] = {}
        self._lengths_m = self._estimated_lengths_m()
        self.tables = self._tables(owners or {})

    def _estimated_lengths_m(self) -> NDArray[np.float64]:
        """Between all places; pads and drones may stand a little outside of the area."""
        gates = [self.transit.nearest_point(place) for place in self.places]
        stubs_m = np.array([math.dist(a, b) for a, b in zip(self.places, gates, strict=True)])
        points = np.array(gates, dtype=np.float64).reshape(-1, 2)
        unique, back = np.unique(points, axis=0, return_inverse=True)
        between_m = self.transit.lengths_m(unique)[np.ix_(back.ravel(), back.ravel())]
        lengths_m: NDArray[np.float64] = between_m + stubs_m[:, None] + stubs_m[None, :]
        np.fill_diagonal(lengths_m, 0.0)
        return lengths_m

    def way(self, start: int, end: int) -> tuple[XY, ...]:
        """Give the legal path between two nodes, both included."""
        known = self._ways.get((start, end))
        if known is not None:
            return known
        backward = self._ways.get((end, start))
        if backward is not None:
            return backward[::-1]
        a, b = self.places[start], self.places[end]
        gates = self.transit.nearest_point(a), self.transit.nearest_point(b)
        way = [a, *self.transit.path(*gates), b]
        kept = tuple(point for point, before in zip(way, [None, *way[:-1]], strict=True) if point != before)
        self._ways[start, end] = kept if len(kept) > 1 else (a, b)
        return self._ways[start, end]

    def make_exact(self, legs: Iterable[tuple[int, int]]) -> bool:
        """Replace estimated costs of these legs by those of their paths; whether any was higher."""
        is_higher = False
        for start, end in legs:
            if (start, end) in self._exact:
                continue
            self._exact |= {(start, end), (end, start)}
            lengths_m = np.hypot(*np.diff(np.array(self.way(start, end)), axis=0).T)
            for kind, costs in enumerate(self._kinds):
                parts = costs.cost(lengths_m, 0.0, 0.0)
                for table, part in zip((self.tables.travel_s, self.tables.travel_wh), parts, strict=True):
                    exact = float(np.sum(part))
                    is_higher |= exact > table[kind, start, end] + 1e-9
                    table[kind, start, end] = table[kind, end, start] = exact
        return is_higher

    def height_over_pad_m(self, drone: int, layer_m: float) -> float:
        """How far above a drone's pad a layer is at most."""
        return self.settings.over_pad_m(layer_m, self.pads[drone].ground_m)

    def height_of_start_m(self, start: Start) -> float:
        """Altitude of a drone in the air, counted as layers are."""
        if self.equipping is None or start.xy_m is None:
            return start.alt_m
        return start.alt_m - self.equipping.ground_m(start.xy_m)

    def take_off(self, drone: int, height_m: float) -> tuple[float, float]:
        """Seconds and watt-hours that a drone takes up to a height above its pad."""
        costs = self.drones[drone].costs
        key = (self._kinds.index(costs), height_m, True)
        if key not in self._vertical:
            self._vertical[key] = costs.take_off(height_m)
        return self._vertical[key]

    def landing(self, drone: int, height_m: float) -> tuple[float, float]:
        """Seconds and watt-hours that a drone takes down from a height above its pad."""
        costs = self.drones[drone].costs
        key = (self._kinds.index(costs), height_m, False)
        if key not in self._vertical:
            self._vertical[key] = costs.landing(height_m)
        return self._vertical[key]

    def legs_of(
        self, drone: int, flights: Iterable[Sequence[int]], *, is_airborne: bool
    ) -> list[tuple[int, int]]:
        """Give the legs between nodes that flights of these codes take."""
        pad = int(self.tables.pad[drone])
        legs = []
        for number, codes in enumerate(flights):
            begin = int(self._air[drone]) if is_airborne and number == 0 else pad
            nodes = [begin, *(node for code in codes for node in (code, code ^ 1)), pad]
            legs += list(itertools.pairwise(nodes))[::2]
        return legs

    def _tables(self, owners: dict[str, Owner]) -> Tables:
        tasks, drones, starts = self.tasks, self.drones, self.starts
        kinds, top_m = self._kinds, max(self.settings.layers_m)
        travel = [costs.cost(self._lengths_m, 0.0, 0.0) for costs in kinds]
        work = [[self._work(task, costs) for task in tasks] for costs in kinds]
        heights_m = np.array([self.height_over_pad_m(index, top_m) for index in range(len(drones))])
        up = [self.take_off(index, float(height_m)) for index, height_m in enumerate(heights_m)]
        down = [self.landing(index, float(height_m)) for index, height_m in enumerate(heights_m)]
        first = [self._first(drone, start) for drone, start in zip(drones, starts, strict=True)]
        owned = [owners.get(task.task_id, Owner(-1, 0)) for task in tasks]
        return Tables(
            travel_s=np.array([time_s for time_s, _ in travel], dtype=np.float64),
            travel_wh=np.array([energy_wh for _, energy_wh in travel], dtype=np.float64),
            work_s=np.array([[time_s for time_s, _ in row] for row in work]).reshape(len(kinds), len(tasks)),
            work_wh=np.array([[energy for _, energy in row] for row in work]).reshape(len(kinds), len(tasks)),
            early_s=np.array([task.window_s[0] for task in tasks], dtype=np.float64),
            late_s=np.array([min(task.window_s[1], 1e12) for task in tasks], dtype=np.float64),
            is_reversible=np.array([task.is_reversible for task in tasks], dtype=np.bool_),
            penalty_s=np.array([_LEFT_OUT_S * task.priority for task in tasks], dtype=np.float64),
            may_fly=np.array(
                [[_suits(drone, task) for task in tasks] for drone in drones], dtype=np.bool_
            ).reshape(len(drones), len(tasks)),
            kind=np.array([kinds.index(drone.costs) for drone in drones], dtype=np.int64),
            pad=np.array(
                [self._nodes_of_pads[stand_of(d, p)] for d, p in zip(drones, self.pads, strict=True)],
                dtype=np.int64,
            ),
            ready_s=self._one_after_the_other([time_s for time_s, _ in up]),
            until_s=np.full(len(drones), min(self.settings.window_s[1], 1e12)),
            usable_wh=np.array([drone.usable_wh for drone in drones], dtype=np.float64),
            hover_w=np.array([3600.0 * float(d.costs.cost(0.0, 0.0, 1.0)[1]) for d in drones]),
            up_s=np.array([time_s for time_s, _ in up]),
            up_wh=np.array([energy_wh for _, energy_wh in up]),
            down_s=np.array([time_s for time_s, _ in down]),
            down_wh=np.array([energy_wh for _, energy_wh in down]),
            swap_s=np.array([pad.swap_s for pad in self.pads], dtype=np.float64),
            flights=np.array([start.batteries for start in starts], dtype=np.int64),
            longest_s=np.array([drone.flight_at_most_s for drone in drones], dtype=np.float64),
            air=self._air,
            air_s=np.array([start.time_s + time_s for start, (time_s, _) in zip(starts, first, strict=True)]),
            air_wh=np.array(
                [
                    -1.0 if start.is_landing else start.limit_wh - energy_wh
                    for start, (_, energy_wh) in zip(starts, first, strict=True)
                ]
            ),
            owner=np.array([owner.drone for owner in owned], dtype=np.int64),
            rank=np.array([owner.rank for owner in owned], dtype=np.int64),
            change_s=self.settings.change_weight_s,
            near=self._near(),
        )

    def _work(self, task: Task, costs: FlightCosts) -> tuple[float, float]:
        """Time and energy of a task, from and to the layer that is farthest."""
        worst = max(
            self.settings.layers_m,
            key=lambda layer_m: 0.0 if task.alt_m is None else abs(task.alt_m - layer_m),
        )
        parts = work_parts(task, costs, worst)
        seconds, wh = sum(time_s for time_s, _ in parts), sum(energy_wh for _, energy_wh in parts)
        if self.equipping is None:
            return seconds, wh
        acting_s, climbs_m = self._effort(task)
        acting_wh = float(costs.cost(0.0, 0.0, acting_s)[1])
        return seconds + acting_s, wh + acting_wh + climb_energy_wh(costs, climbs_m)

    def _effort(self, task: Task) -> tuple[float, float]:
        """Seconds of a task's actions and metres that it climbs; no time at all where it cannot be flown so."""
        if task not in self._efforts:
            assert self.equipping is not None
            self._efforts[task] = self.equipping.effort(task, min(self.settings.layers_m))
        return self._efforts[task]

    def _one_after_the_other(self, up_s: Sequence[float]) -> NDArray[np.float64]:
        """Earliest take-offs, where as many drones take off at once as their pad lets."""
        ready_s = np.array([start.ready_s for start in self.starts], dtype=np.float64)
        before_s: dict[str, list[float]] = {}
        for drone in np.argsort(ready_s, kind="stable"):
            pad = self.pads[drone]
            if self.starts[drone].xy_m is not None or self.starts[drone].batteries == 0:
                continue
            ends_s = before_s.setdefault(pad.pad_id, [])
            if len(ends_s) >= pad.at_once:
                ready_s[drone] = max(ready_s[drone], ends_s[-pad.at_once] + pad.gap_s)
            ends_s.append(float(ready_s[drone]) + up_s[drone])
        return ready_s

    def _first(self, drone: Drone, start: Start) -> tuple[float, float]:
        """Time and energy until a drone in the air is free: to any layer, and what is under way."""
        if start.xy_m is None:
            return 0.0, 0.0
        height_m = self.height_of_start_m(start)
        rises_m = np.array([layer_m - height_m for layer_m in self.settings.layers_m])
        rise_s, rise_wh = drone.costs.cost(0.0, rises_m, 0.0)
        task_s, task_wh = (0.0, 0.0) if start.underway is None else self._work(start.underway, drone.costs)
        return float(np.max(rise_s)) + task_s, float(np.max(rise_wh)) + task_wh

    def _near(self) -> NDArray[np.int64]:
        count = len(self.tasks)
        ends_m = self._lengths_m[: 2 * count, : 2 * count].reshape(count, 2, count, 2)
        near: NDArray[np.int64] = np.argsort(ends_m.min(axis=(1, 3)), axis=1, kind="stable").astype(np.int64)
        return near


def work_parts(task: Task, costs: FlightCosts, layer_m: float) -> list[tuple[float, float]]:
    """Time and energy of a task's parts: from the layer to its altitude, its legs, its dwelling, and back."""
    rise_m = 0.0 if task.alt_m is None else task.alt_m - layer_m
    lengths_m = task.leg_lengths_m
    leg_m = np.concatenate(([0.0], lengths_m, [0.0, 0.0]))
    climb_m = np.zeros(len(leg_m))
    hold_s = np.zeros(len(leg_m))
    climb_m[0], climb_m[-1], hold_s[-2] = rise_m, -rise_m, task.dwell_s
    time_s, energy_wh = costs.cost(leg_m, climb_m, hold_s)
    return list(zip(time_s.tolist(), energy_wh.tolist(), strict=True))


def stand_of(drone: Drone, pad: Pad) -> XY:
    """Where on its pad a drone stands."""
    return drone.stand_xy_m if drone.stand_xy_m is not None else pad.xy_m


def _suits(drone: Drone, task: Task) -> bool:
    is_allowed = not task.drone_ids or drone.drone_id in task.drone_ids
    return is_allowed and task.needs <= drone.capabilities


def refuse_bad_fleet(
    tasks: Sequence[Task], drones: Sequence[Drone], pads: Sequence[Pad], settings: FleetSettings
) -> None:
    """Refuse what no schedule can be made of."""
    for what, ids in (
        ("task", [task.task_id for task in tasks]),
        ("drone", [drone.drone_id for drone in drones]),
        ("pad", [pad.pad_id for pad in pads]),
    ):
        twice = sorted({known for known in ids if ids.count(known) > 1})
        if twice:
            raise MissionError(f"two {what}s have the id {twice[0]}", remedy="Give each an id of its own")
    known_pads = {pad.pad_id for pad in pads}
    for drone in drones:
        if drone.pad_id not in known_pads:
            raise MissionError(
                f"there is no pad {drone.pad_id}",
                place=f"drone {drone.drone_id}",
                remedy="Give it a known pad",
            )
    if not settings.layers_m or not all(map(math.isfinite, settings.layers_m)):
        raise MissionError("there is no altitude to fly at", remedy="Give one layer or more, in metres")
    for pad in pads:
        if settings.over_pad_m(min(settings.layers_m), pad.ground_m) <= 0.0:
            raise MissionError(
                f"the layer of {min(settings.layers_m):g} m is not above it",
                place=f"pad {pad.pad_id}",
                remedy=f"Take layers above {pad.ground_m:g} m",
            )
    if settings.window_s[0] > settings.window_s[1]:
        raise MissionError("the window of the schedule is empty", remedy="Give the earliest time first")
