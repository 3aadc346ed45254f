"""The exact conflict check against dense samples of both times."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.fleet.schedule import Flight, TrackPoint
from missions.fleet.separation import Separation, conflicts_of, nearest_approach
from missions.plan.plan import RouteKind
from missions.refusal import MissionError

places = st.floats(-100.0, 100.0).map(lambda value: round(value, 2))
heights = st.sampled_from((0.0, 50.0, 55.0, 60.0, 70.0))


@st.composite
def tracks(draw: st.DrawFn) -> np.ndarray:
    count = draw(st.integers(2, 5))
    time_s = draw(st.floats(0.0, 30.0))
    rows = []
    for _ in range(count):
        rows.append((time_s, draw(places), draw(places), draw(heights)))
        time_s += draw(st.floats(0.5, 20.0))
    return np.array(rows)


def sampled(track: np.ndarray, step_s: float) -> np.ndarray:
    times = np.arange(track[0, 0], track[-1, 0], step_s)
    return np.column_stack([times, *(np.interp(times, track[:, 0], track[:, axis]) for axis in (1, 2, 3))])


def sampled_approach_m(one: np.ndarray, other: np.ndarray, vertical_m: float, slack_s: float) -> float:
    a, b = sampled(one, 0.1), sampled(other, 0.1)
    near_time = np.abs(a[:, None, 0] - b[None, :, 0]) <= slack_s + 0.05
    near_height = np.abs(a[:, None, 3] - b[None, :, 3]) < vertical_m
    apart_m = np.hypot(a[:, None, 1] - b[None, :, 1], a[:, None, 2] - b[None, :, 2])
    return float(np.where(near_time & near_height, apart_m, np.inf).min(initial=np.inf))


@given(one=tracks(), other=tracks(), slack_s=st.sampled_from((0.0, 3.0, 15.0)))
@settings(max_examples=400, deadline=None)
def test_never_farther_than_any_sample(one: np.ndarray, other: np.ndarray, slack_s: float) -> None:
    exact_m, _ = nearest_approach(one, other, 8.0, slack_s, math.inf)
    # Samples that count as of one time are up to 0.05 s beyond the slack apart, by which places and heights differ.
    fastest = [
        np.max(np.hypot(*np.diff(track[:, 1:3], axis=0).T) / np.diff(track[:, 0])) for track in (one, other)
    ]
    steepest = max(np.max(np.abs(np.diff(t[:, 3])) / np.diff(t[:, 0])) for t in (one, other))
    sampled_m = sampled_approach_m(one, other, 8.0 - 0.1 * steepest - 1e-6, slack_s)
    assert exact_m <= sampled_m + 0.05 * sum(fastest) + 1e-6


@given(one=tracks(), other=tracks())
@settings(max_examples=100, deadline=None)
def test_is_reached_by_some_sample(one: np.ndarray, other: np.ndarray) -> None:
    # With more height and more time than asked for, samples come as near as the exact distance.
    exact_m, _ = nearest_approach(one, other, 8.0, 3.0, math.inf)
    fastest = [
        np.max(np.hypot(*np.diff(track[:, 1:3], axis=0).T) / np.diff(track[:, 0])) for track in (one, other)
    ]
    if not math.isfinite(exact_m):
        return
    steepest = max(np.max(np.abs(np.diff(t[:, 3])) / np.diff(t[:, 0])) for t in (one, other))
    assert (
        sampled_approach_m(one, other, 8.0 + 0.2 * steepest + 1e-6, 3.2)
        <= exact_m + 0.1 * sum(fastest) + 1e-6
    )


@given(one=tracks(), other=tracks())
@settings(max_examples=50, deadline=None)
def test_is_symmetric(one: np.ndarray, other: np.ndarray) -> None:
    there, _ = nearest_approach(one, other, 8.0, 5.0, math.inf)
    back, _ = nearest_approach(other, one, 8.0, 5.0, math.inf)
    assert there == pytest.approx(back, abs=1e-6)


def flight(drone_id: str, *points: tuple[float, float, float, float]) -> Flight:
    track = tuple(TrackPoint(t, (x, y), z, RouteKind.TRANSIT) for t, x, y, z in points)
    return Flight(drone_id, "pad", track[0].alt_m, (), track, 1.0, 2.0)


def test_head_on_meet_in_the_middle() -> None:
    east = flight("a", (0, 0, 0, 60), (100, 1000, 0, 60))
    west = flight("b", (0, 1000, 0, 60), (100, 0, 0, 60))
    (conflict,) = conflicts_of([east, west], Separation())
    assert conflict.distance_m == pytest.approx(0.0, abs=1e-6)
    assert conflict.drone_ids == ("a", "b")


def test_layers_that_just_suffice_do_not_conflict() -> None:
    east = flight("a", (0, 0, 0, 60), (100, 1000, 0, 60))
    above = flight("b", (0, 1000, 0, 68), (100, 0, 0, 68))
    near = flight("b", (0, 1000, 0, 67.9), (100, 0, 0, 67.9))
    assert not conflicts_of([east, above], Separation(vertical_m=8.0))
    assert conflicts_of([east, near], Separation(vertical_m=8.0))


def test_slack_counts_for_both_sides() -> None:
    first = flight("a", (0, 0, 0, 60), (100, 1000, 0, 60))
    crossing = flight("b", (70, 500, -200, 60), (110, 500, 200, 60))  # there at 90 s, the other at 50 s
    assert not conflicts_of([first, crossing], Separation(slack_s=30.0))
    assert conflicts_of([first, crossing], Separation(slack_s=40.0))
    assert conflicts_of([crossing, first], Separation(slack_s=40.0))


def test_climb_through_a_layer_conflicts_only_while_it_is_there() -> None:
    climbing = flight("a", (0, 0, 0, 0), (40, 0, 0, 100))
    through = [flight("b", (at - 50, -500, 0, 60), (at + 50, 500, 0, 60)) for at in (24.0, 40.0)]
    assert conflicts_of([climbing, through[0]], Separation(slack_s=0.0))
    assert not conflicts_of([climbing, through[1]], Separation(slack_s=0.0))


def test_flights_of_one_drone_do_not_conflict() -> None:
    hover = flight("a", (0, 0, 0, 60), (100, 0, 0, 60))
    assert not conflicts_of([hover, hover], Separation())


@pytest.mark.parametrize("wrong", [{"horizontal_m": 0.0}, {"vertical_m": math.nan}, {"slack_s": -1.0}])
def test_no_separation_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(MissionError):
        Separation(**wrong)
