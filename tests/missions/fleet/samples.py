"""What a schedule does, judged by dense samples and by sums of its own; shares no code with the planner."""

import itertools
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely

from missions.fleet.flight_costs import SteadyFlight
from missions.fleet.schedule import Flight, Schedule, TrackPoint

_STEP_S = 0.5


def sampled(flight: Flight, times_s: np.ndarray) -> np.ndarray:
    """East, north, altitude at times; nan outside of the flight."""
    track = np.array([(p.time_s, *p.xy_m, p.alt_m) for p in flight.track])
    inside = (times_s >= track[0, 0]) & (times_s <= track[-1, 0])
    places = np.column_stack([np.interp(times_s, track[:, 0], track[:, axis]) for axis in (1, 2, 3)])
    places[~inside] = np.nan
    return places


def too_near(schedule: Schedule) -> list[tuple[str, str, float]]:
    """Pairs that come nearer than the separation at one sampled time, on time and with one late by the slack."""
    separation = schedule.settings.separation
    if not schedule.flights:
        return []
    first_s = min(flight.departure_s for flight in schedule.flights)
    times_s = np.arange(first_s - separation.slack_s, schedule.home_s + separation.slack_s, _STEP_S)
    lates_s = (
        0.0,
        0.5 * separation.slack_s,
        -0.5 * separation.slack_s,
        separation.slack_s,
        -separation.slack_s,
    )
    found = []
    for one, other in itertools.combinations(schedule.flights, 2):
        if one.drone_id == other.drone_id:
            continue
        here = sampled(one, times_s)
        for late_s in lates_s:
            there = sampled(other, times_s + late_s)
            apart_m = np.hypot(*(here - there)[:, :2].T)
            is_near = (apart_m < separation.horizontal_m - 1e-6) & (
                np.abs(here - there)[:, 2] < separation.vertical_m - 1e-3
            )
            if is_near.any():
                found.append((one.drone_id, other.drone_id, float(times_s[np.argmax(is_near)])))
                break
    return found


def energy_wh(flight: Flight, costs: SteadyFlight) -> float:
    """Sum over the track: level legs, climbs, descents, stays."""
    total_j = 0.0
    for a, b in itertools.pairwise(flight.track):
        length_m, climb_m, seconds = math.dist(a.xy_m, b.xy_m), b.alt_m - a.alt_m, b.time_s - a.time_s
        assert length_m == 0.0 or climb_m == 0.0, "a leg that climbs on its way"
        if length_m > 0.0:
            assert math.isclose(seconds, length_m / costs.speed_m_s, abs_tol=1e-6)
            total_j += seconds * costs.cruise_w
        elif climb_m < 0.0 and b is flight.track[-1]:
            slowly_m = min(10.0, -climb_m)
            expected_s = (-climb_m - slowly_m) / costs.descent_m_s + slowly_m / costs.landing_m_s
            assert math.isclose(seconds, expected_s, abs_tol=1e-6)
            total_j += seconds * costs.descent_w
        elif climb_m != 0.0:
            speed_m_s = costs.climb_m_s if climb_m > 0.0 else costs.descent_m_s
            assert math.isclose(seconds, abs(climb_m) / speed_m_s, abs_tol=1e-6)
            total_j += seconds * (costs.climb_w if climb_m > 0.0 else costs.descent_w)
        else:
            total_j += seconds * costs.hover_w
    return total_j / 3600.0


def assert_sound(schedule: Schedule, area: shapely.geometry.base.BaseGeometry) -> None:
    """Every task once or named, all rules kept."""
    flown = Counter(visit.task_id for flight in schedule.flights for visit in flight.visits)
    unserved = {left.task_id for left in schedule.unserved}
    assert all(count == 1 for count in flown.values())
    assert flown.keys() | unserved == {task.task_id for task in schedule.tasks}
    assert all(left.reason and left.remedy for left in schedule.unserved)
    drones = {drone.drone_id: drone for drone in schedule.drones}
    pads = {pad.pad_id: pad for pad in schedule.pads}
    around = shapely.buffer(area, 0.02)
    shapely.prepare(around)
    for flight in schedule.flights:
        drone = drones[flight.drone_id]
        assert isinstance(drone.costs, SteadyFlight)
        used_wh = energy_wh(flight, drone.costs)
        assert math.isclose(used_wh, flight.energy_wh, abs_tol=1e-6)
        assert used_wh <= flight.limit_wh + 1e-6
        assert flight.departure_s >= schedule.settings.window_s[0]
        assert flight.landing_s <= schedule.settings.window_s[1] + 1e-6
        line = shapely.linestrings(np.array([point.xy_m for point in flight.track]))
        assert shapely.covers(around, line)
        assert flight.track[-1].alt_m == pads[flight.pad_id].ground_m
        _assert_visits(schedule, flight)
    for drone in schedule.drones:
        flights = schedule.of_drone(drone.drone_id)
        assert sum(not flight.is_airborne for flight in flights) <= drone.batteries
        for before, after in itertools.pairwise(flights):
            assert after.departure_s >= before.landing_s + pads[drone.pad_id].swap_s - 1e-6
    _assert_pads(schedule)
    assert too_near(schedule) == []


def _assert_visits(schedule: Schedule, flight: Flight) -> None:
    """The track passes all points of each task in order within the times of its visit, inside of its window."""
    tasks = {task.task_id: task for task in schedule.tasks}
    drone = next(known for known in schedule.drones if known.drone_id == flight.drone_id)
    for visit in flight.visits:
        task = tasks[visit.task_id]
        assert task.window_s[0] - 1e-6 <= visit.start_s
        assert visit.end_s <= task.window_s[1] + 1e-6
        assert task.needs <= drone.capabilities
        assert not task.drone_ids or drone.drone_id in task.drone_ids
        assert task.is_reversible or not visit.is_reversed
        wanted = [
            place for place, _ in itertools.groupby(task.xy_m[::-1] if visit.is_reversed else task.xy_m)
        ]
        passed = [p.xy_m for p in flight.track if visit.start_s - 1e-6 <= p.time_s <= visit.end_s + 1e-6]
        rest = iter(passed)
        assert all(any(math.dist(point, place) < 1e-6 for place in rest) for point in wanted), task.task_id


def _assert_pads(schedule: Schedule) -> None:
    for pad in schedule.pads:
        spans = []
        for flight in schedule.flights:
            if flight.pad_id != pad.pad_id:
                continue
            spans.append((flight, *_over_one_place(flight.track[::-1])))
            if not flight.is_airborne:
                spans.append((flight, *_over_one_place(flight.track)))
        for one, begin_s, _ in spans:
            # A drone is not in its own way, however soon it is back.
            others = {
                id(other)
                for other, start_s, end_s in spans
                if other is not one and start_s <= begin_s < end_s + pad.gap_s - 1e-6
            }
            assert len(others) < pad.at_once


def _over_one_place(track: Sequence[TrackPoint]) -> tuple[float, float]:
    """Times from the first point as long as the drone stays over it, the earlier first."""
    times_s = []
    for point in track:
        if point.xy_m != track[0].xy_m:
            break
        times_s.append(point.time_s)
    return min(times_s), max(times_s)
