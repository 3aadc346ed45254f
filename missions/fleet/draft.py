"""A flight before it has its time and its layer."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from missions.fleet.equipped_steps import equipped_steps
from missions.fleet.flight_costs import Costs, RunCosts
from missions.fleet.problem import FleetProblem, stand_of, work_parts
from missions.fleet.schedule import Flight, TrackPoint, Visit
from missions.fleet.step import Step
from missions.fleet.task import Task
from missions.plan.plan import RouteKind
from missions.refusal import MissionError
from missions.transit import XY

_ROUNDING = 1e-6


class Draft:
    """Tasks of one flight in order, to be given a departure and a layer.

    Parameters
    ----------
    problem : FleetProblem
    drone : int
        Its index.
    codes : sequence of int
        Codes of its tasks.
    is_airborne : bool
        Whether it begins where the drone is in the air.
    """

    def __init__(self, problem: FleetProblem, drone: int, codes: Sequence[int], *, is_airborne: bool) -> None:
        self.problem, self.drone, self.codes, self.is_airborne = problem, drone, tuple(codes), is_airborne
        start = problem.starts[drone]
        self.limit_wh = start.limit_wh if is_airborne else problem.drones[drone].usable_wh
        self.refusal: MissionError | None = None
        """Why it cannot be equipped at a layer."""
        self._steps = cache(self._steps_at)
        self._runs: dict[tuple[tuple[float, ...], ...], Costs] = {}

    @property
    def _home(self) -> XY:
        return stand_of(self.problem.drones[self.drone], self.problem.pads[self.drone])

    def _steps_at(self, layer_m: float) -> list[Step] | None:
        """Its steps; None where it cannot be equipped so at this layer."""
        steps = self._level_steps(layer_m)
        problem, drone = self.problem, self.problem.drones[self.drone]
        start, ground_m = problem.starts[self.drone], problem.pads[self.drone].ground_m
        if problem.equipping is not None and not self._is_landing:
            is_up = self.is_airborne and start.xy_m is not None
            try:
                steps = equipped_steps(
                    steps, problem.equipping, layer_m, drone, start_alt_m=start.alt_m if is_up else None
                )
            except MissionError as refusal:
                self.refusal = refusal
                return None
            if not is_up:
                up = problem.take_off(self.drone, steps[0].alt_m - ground_m)
                steps[0] = replace(steps[0], duration_s=up[0], energy_wh=up[1])
        return self._with_landing(steps)

    def _with_landing(self, steps: list[Step]) -> list[Step]:
        ground_m = self.problem.pads[self.drone].ground_m
        if self._is_landing:
            return steps
        return [*self._in_runs(steps), self._landing(steps[-1].alt_m - ground_m, self._home, ground_m)]

    @property
    def _is_landing(self) -> bool:
        start = self.problem.starts[self.drone]
        return self.is_airborne and start.xy_m is not None and start.is_landing

    def _level_steps(self, layer_m: float) -> list[Step]:
        """All but the landing, at one altitude; of a drone that comes down already, that."""
        problem, drone = self.problem, self.problem.drones[self.drone]
        ground_m = problem.pads[self.drone].ground_m
        start = problem.starts[self.drone]
        if self.is_airborne and start.xy_m is not None:
            if start.is_landing:
                return [self._landing(start.alt_m - ground_m, start.xy_m, ground_m)]
            time_s, energy_wh = drone.costs.cost(0.0, layer_m - start.alt_m, 0.0)
            steps = [Step(float(time_s), float(energy_wh), start.xy_m, layer_m, RouteKind.TRANSIT)]
            if start.underway is not None:
                steps += self._task_steps(start.underway, layer_m, is_reversed=False)
        else:
            up = problem.take_off(self.drone, problem.height_over_pad_m(self.drone, layer_m))
            steps = [Step(*up, self._home, layer_m, RouteKind.TRANSIT)]
        nodes = problem.legs_of(self.drone, [self.codes], is_airborne=self.is_airborne)
        for number, (from_node, to_node) in enumerate(nodes):
            way = problem.way(from_node, to_node)
            lengths_m = np.hypot(*np.diff(np.array(way), axis=0).T)
            times_s, energies_wh = drone.costs.cost(lengths_m, 0.0, 0.0)
            steps += [
                Step(float(time_s), float(energy_wh), point, layer_m, RouteKind.TRANSIT)
                for time_s, energy_wh, point in zip(times_s, energies_wh, way[1:], strict=True)
                if time_s > 0.0
            ]
            if number < len(self.codes):
                code = self.codes[number]
                steps += self._task_steps(problem.tasks[code >> 1], layer_m, is_reversed=bool(code & 1))
        return steps

    def _in_runs(self, steps: list[Step]) -> list[Step]:
        """Count legs that follow one another without a stop as what they cost together."""
        costs = self.problem.drones[self.drone].costs
        if not isinstance(costs, RunCosts):
            return steps
        counted = list(steps)
        run: list[int] = []
        for index in range(1, len(steps) + 1):
            step = steps[index] if index < len(steps) else None
            if step is not None and step.xy_m != steps[index - 1].xy_m:
                run.append(index)
            elif run and (step is None or step.duration_s > 0.0):
                ends = [steps[run[0] - 1], *(steps[number] for number in run)]
                points: list[tuple[float, ...]] = [step.xy_m for step in ends]
                if self.problem.settings.tolerance_agl_m is not None:
                    points = [(*step.xy_m, step.alt_m) for step in ends]
                for number, seconds, wh in zip(run, *self._along(costs, tuple(points)), strict=True):
                    counted[number] = replace(steps[number], duration_s=float(seconds), energy_wh=float(wh))
                run = []
        return counted

    def _along(self, costs: RunCosts, points: tuple[tuple[float, ...], ...]) -> Costs:
        """Cost of a run, which is the same at all level layers."""
        if points not in self._runs:
            self._runs[points] = costs.along(np.array(points))
        return self._runs[points]

    def _landing(self, height_m: float, xy_m: XY, ground_m: float) -> Step:
        return Step(*self.problem.landing(self.drone, height_m), xy_m, ground_m, RouteKind.TRANSIT)

    def _task_steps(self, task: Task, layer_m: float, *, is_reversed: bool) -> list[Step]:
        points = task.points(is_reversed=is_reversed)
        alt_m = layer_m if task.alt_m is None else task.alt_m
        parts = work_parts(task, self.problem.drones[self.drone].costs, layer_m)
        between = parts[1:-2][::-1] if is_reversed else parts[1:-2]
        first, dwell, last = parts[0], parts[-2], parts[-1]
        return [
            Step(*first, points[0], alt_m, RouteKind.TRANSIT, task, is_first=True),
            *(
                Step(*part, point, alt_m, task.kind, task, actions=task.actions if number == 0 else ())
                for number, (part, point) in enumerate(zip(between, points[1:], strict=True))
            ),
            Step(
                *dwell, points[-1], alt_m, task.kind, task, actions=task.actions if len(points) == 1 else ()
            ),
            Step(*last, points[-1], layer_m, RouteKind.TRANSIT, task, is_last=True, actions=task.end_actions),
        ]

    def earliest_departure_s(self, layer_m: float) -> float:
        """Who leaves sooner than this only waits longer in the air (Vidal et al., 2013)."""
        earliest_s, latest_s, duration_s = -math.inf, math.inf, 0.0
        for step in self._steps(layer_m) or ():
            window_s = step.task.window_s if step.task is not None else (0.0, math.inf)
            if step.is_first:
                wait_s = max(window_s[0] - duration_s - latest_s, 0.0)
                earliest_s = max(window_s[0] - duration_s, earliest_s) - wait_s
                duration_s += wait_s
            duration_s += step.duration_s
            if step.is_last:
                latest_s = min(latest_s, window_s[1] - duration_s)
        return earliest_s

    def flown(
        self, ready_s: float, layer_m: float, departure_s: float, *, is_forced: bool = False
    ) -> Flight | None:
        """Fly it; None where a window, the battery or the schedule's end does not allow it.

        Parameters
        ----------
        ready_s : float
            From when on the drone is where the flight begins; in the air it waits there until departure.
        layer_m, departure_s : float
        is_forced : bool
            Fly it all the same: a drone in the air has to come home.
        """
        problem = self.problem
        steps = self._steps(layer_m)
        if steps is None and is_forced:
            start_alt_m = problem.starts[self.drone].alt_m
            steps = self._with_landing(self._level_steps(start_alt_m))
        if steps is None:
            return None
        start = problem.starts[self.drone]
        hover_wh_s = float(problem.tables.hover_w[self.drone]) / 3600.0
        time_s, energy_wh = departure_s, 0.0
        track = [self._first_point(departure_s)]
        if self.is_airborne and departure_s > ready_s:
            energy_wh += (departure_s - ready_s) * hover_wh_s
            track.insert(0, self._first_point(ready_s))
        is_late = False
        visits: list[Visit] = []
        begun_s = 0.0
        turned = iter(self._directions())
        for step in steps:
            if step.task is not None and step.is_first:
                early_s = step.task.window_s[0]
                if early_s > time_s:
                    energy_wh += (early_s - time_s) * hover_wh_s
                    time_s = early_s
                    track.append(TrackPoint(time_s, track[-1].xy_m, track[-1].alt_m, RouteKind.TRANSIT))
                begun_s = time_s
            if step.actions:
                track[-1] = replace(track[-1], actions=(*track[-1].actions, *step.actions))
            time_s += step.duration_s
            energy_wh += step.energy_wh
            if step.duration_s > 0.0:
                track.append(TrackPoint(time_s, step.xy_m, step.alt_m, step.kind))
            if step.task is not None and step.is_last:
                is_late |= time_s > step.task.window_s[1] + _ROUNDING
                visits.append(Visit(step.task.task_id, next(turned), begun_s, time_s))
        is_late |= time_s > problem.settings.window_s[1] + _ROUNDING
        if (is_late or energy_wh > self.limit_wh + _ROUNDING) and not is_forced:
            return None
        drone, pad = problem.drones[self.drone], problem.pads[self.drone]
        return Flight(
            drone.drone_id,
            pad.pad_id,
            layer_m,
            tuple(visits),
            tuple(track),
            energy_wh,
            self.limit_wh,
            is_airborne=start.xy_m is not None and self.is_airborne,
        )

    def _first_point(self, time_s: float) -> TrackPoint:
        start = self.problem.starts[self.drone]
        if self.is_airborne and start.xy_m is not None:
            return TrackPoint(time_s, start.xy_m, start.alt_m, RouteKind.TRANSIT)
        return TrackPoint(time_s, self._home, self.problem.pads[self.drone].ground_m, RouteKind.TRANSIT)

    def _directions(self) -> list[bool]:
        """Whether each task is flown reversed, what is under way first."""
        underway = self.is_airborne and self.problem.starts[self.drone].underway is not None
        return [*([False] if underway else []), *(bool(code & 1) for code in self.codes)]


def take_off_and_landing(flight: Flight) -> list[tuple[float, float]]:
    """Give the times when it is between the ground and the way at its pad."""
    track = flight.track
    spans = [] if flight.is_airborne else [_vertical(track)]
    landing = _vertical(track[::-1])
    return [*spans, (landing[1], landing[0])]


def _vertical(track: Sequence[TrackPoint]) -> tuple[float, float]:
    """From the first point as long as it stays over one place."""
    end_s = track[0].time_s
    for a, b in itertools.pairwise(track):
        if a.xy_m != b.xy_m:
            break
        end_s = b.time_s
    return track[0].time_s, end_s
