"""Where batteries are swapped, against every other way to swap them."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.fleet.draft import Draft
from missions.fleet.drone import Drone, Pad
from missions.fleet.problem import FleetProblem, Start
from missions.fleet.schedule import FleetSettings
from missions.fleet.split import new_split, split_order
from missions.fleet.task import Task
from missions.transit import Transit

PAD = Pad("pad", (-500.0, 0.0), swap_s=120.0)
TOP_M = 80.0


@st.composite
def tasks(draw: st.DrawFn) -> list[Task]:
    made = []
    for number in range(draw(st.integers(1, 6))):
        x_m, y_m = draw(st.floats(-900.0, -250.0)), draw(st.floats(-900.0, 500.0))
        early_s = draw(st.sampled_from((0.0, 0.0, 400.0, 900.0)))
        open_s = draw(st.sampled_from((math.inf, math.inf, 500.0, 150.0)))
        line = ((x_m, y_m), (x_m, y_m + draw(st.floats(50.0, 400.0))))
        made.append(Task(f"task {number}", line, window_s=(early_s, early_s + open_s)))
    return made


def landed_s(problem: FleetProblem, flights: list[list[int]]) -> float:
    """When the drone is home, flight by flight; infinite where one cannot be flown."""
    ready_s, landing_s = problem.starts[0].ready_s, 0.0
    for codes in flights:
        draft = Draft(problem, 0, codes, is_airborne=False)
        flight = draft.flown(ready_s, TOP_M, max(ready_s, draft.earliest_departure_s(TOP_M)))
        if flight is None:
            return math.inf
        landing_s = flight.landing_s
        ready_s = landing_s + PAD.swap_s
    return landing_s


@given(
    made=tasks(),
    battery_wh=st.sampled_from((35.0, 60.0, 150.0)),
    reverse=st.lists(st.booleans(), min_size=6, max_size=6),
)
@settings(max_examples=120, deadline=None)
def test_no_other_cut_is_home_sooner(
    field: Transit, made: list[Task], battery_wh: float, reverse: list[bool]
) -> None:
    drone = Drone("drone", "pad", battery_wh)
    few = FleetSettings(layers_m=(60.0, TOP_M), window_s=(0.0, 5_000.0))
    problem = FleetProblem(made, [drone], [PAD], field, few, [Start(0.0, drone.batteries)])
    count = len(made)
    problem.make_exact(itertools.product(range(len(problem.places)), repeat=2))
    order = np.array([2 * number + reverse[number] for number in range(count)], dtype=np.int64)
    found_s = split_order(problem.tables, 0, order, count, new_split(count))
    best_s = math.inf
    for cuts in itertools.product((False, True), repeat=count - 1):
        flights: list[list[int]] = [[int(order[0])]]
        for code, is_cut in zip(order[1:].tolist(), cuts, strict=True):
            if is_cut:
                flights.append([code])
            else:
                flights[-1].append(code)
        best_s = min(best_s, landed_s(problem, flights))
    assert found_s == pytest.approx(best_s, abs=1e-6)
