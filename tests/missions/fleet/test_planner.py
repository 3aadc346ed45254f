import itertools
import math
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from bench.patrol_lines import Evening, patrol_evening
from missions.fleet.drone import Drone, Pad
from missions.fleet.flight_costs import Costs, SteadyFlight
from missions.fleet.gantt import BarKind, gantt_bars
from missions.fleet.planner import plan_fleet
from missions.fleet.schedule import FleetSettings, Schedule
from missions.fleet.separation import conflicts_of
from missions.fleet.task import Task
from missions.refusal import MissionError
from missions.transit import Transit

PAD = Pad("pad", (-500.0, 0.0))
QUICK = FleetSettings(iterations=150)


def line(name: str, x_m: float, y_m: float, length_m: float = 300.0, **more: object) -> Task:
    return Task(name, ((x_m, y_m), (x_m, y_m + length_m)), **more)  # type: ignore[arg-type]


def lines(count: int, **more: object) -> list[Task]:
    return [
        line(f"line {n}", -950.0 + 60.0 * (n % 12), -900.0 + 400.0 * (n // 12), **more) for n in range(count)
    ]


def drone(number: int, **more: object) -> Drone:
    return replace(Drone(f"drone {number}", "pad", 150.0), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def evening() -> Evening:
    return patrol_evening()


@pytest.fixture(scope="module")
def evening_schedule(evening: Evening) -> Schedule:
    few = replace(evening.settings, iterations=1_000)
    return plan_fleet(evening.tasks, evening.drones, evening.pads, evening.transit, few)


def test_a_stations_evening_is_sound(
    evening: Evening, evening_schedule: Schedule, samples: ModuleType
) -> None:
    assert len(evening_schedule.tasks) == 165
    assert not evening_schedule.unserved
    samples.assert_sound(evening_schedule, evening.transit.area)
    assert not conflicts_of(evening_schedule.flights, evening_schedule.settings.separation)


def test_a_stations_evening_is_shared_evenly(evening: Evening, evening_schedule: Schedule) -> None:
    homes_s = [evening_schedule.of_drone(drone.drone_id)[-1].landing_s for drone in evening.drones]
    assert max(homes_s) <= 1.12 * np.mean(homes_s)
    # Beside the lines alone, shared ideally: ways between them, two take-offs and landings, a swap.
    line_m = sum(float(task.leg_lengths_m.sum()) for task in evening.tasks)
    speeds_m_s = sum(drone.speed_m_s or 0.0 for drone in evening.drones)
    assert evening_schedule.home_s <= 1.9 * line_m / speeds_m_s


def test_the_same_input_gives_the_same_schedule(evening: Evening) -> None:
    few = replace(evening.settings, iterations=60)
    tasks = evening.tasks[:40]
    one, two = (plan_fleet(tasks, evening.drones, evening.pads, evening.transit, few) for _ in range(2))
    assert one == two


def test_gantt_bars_of_a_drone_follow_one_another(evening_schedule: Schedule) -> None:
    bars = gantt_bars(evening_schedule)
    assert sorted(bar.label for bar in bars if bar.kind is BarKind.TASK) == sorted(
        task.task_id for task in evening_schedule.tasks
    )
    for before, after in itertools.pairwise(bars):
        assert before.end_s > before.start_s
        if before.drone_id == after.drone_id:
            assert after.start_s >= before.end_s - 1e-9


@pytest.mark.parametrize("count", [1, 2, 5])
def test_any_number_of_drones(field: Transit, samples: ModuleType, count: int) -> None:
    schedule = plan_fleet(lines(3), [drone(n) for n in range(count)], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    assert not schedule.unserved


def test_no_tasks_and_no_drones(field: Transit) -> None:
    assert plan_fleet([], [drone(1)], [PAD], field, QUICK).flights == ()
    left = plan_fleet(lines(2), [], [PAD], field, QUICK)
    assert left.flights == ()
    assert [u.reason for u in left.unserved] == ["there is no drone"] * 2


def test_more_than_one_battery_is_swapped(field: Transit, samples: ModuleType) -> None:
    schedule = plan_fleet(lines(24), [drone(1, battery_wh=60.0)], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    assert not schedule.unserved
    assert len(schedule.flights) > 2


def test_no_flight_is_longer_than_allowed(field: Transit, samples: ModuleType) -> None:
    brief = drone(1, flight_at_most_s=400.0)
    schedule = plan_fleet(lines(12), [brief], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    assert not schedule.unserved
    assert max(flight.landing_s - flight.departure_s for flight in schedule.flights) <= 400.0


def test_what_no_battery_reaches_is_named(field: Transit, samples: ModuleType) -> None:
    far = line("far", 900.0, 500.0)
    schedule = plan_fleet([*lines(2), far], [drone(1, battery_wh=40.0)], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    (left,) = schedule.unserved
    assert left.task_id == "far"
    assert "Wh" in left.reason


@pytest.mark.parametrize("empty", [{"battery_wh": 0.0}, {"batteries": 0}])
def test_empty_batteries_are_named(field: Transit, empty: dict[str, float]) -> None:
    schedule = plan_fleet(lines(2), [drone(1, **empty)], [PAD], field, QUICK)
    assert schedule.flights == ()
    assert len(schedule.unserved) == 2
    assert all("batter" in left.reason or "Wh" in left.reason for left in schedule.unserved)


def test_what_leaves_legal_space_is_named(field: Transit, samples: ModuleType) -> None:
    across = Task("across", ((-300.0, 0.0), (300.0, 0.0)))
    outside = Task("outside", ((5_000.0, 0.0),))
    schedule = plan_fleet([*lines(2), across, outside], [drone(1)], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    assert {left.task_id for left in schedule.unserved} == {"across", "outside"}
    assert all("legal space" in left.reason for left in schedule.unserved)


def test_windows_are_kept_or_named(field: Transit, samples: ModuleType) -> None:
    late = line("late", -900.0, 300.0, window_s=(1_500.0, 1_700.0))
    early = line("early", -900.0, 500.0, window_s=(0.0, 20.0))
    short = line("short", -800.0, 500.0, window_s=(500.0, 510.0))
    schedule = plan_fleet([*lines(4), late, early, short], [drone(1)], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    assert {left.task_id for left in schedule.unserved} == {"early", "short"}
    assert all("window" in left.reason for left in schedule.unserved)
    # It waits on the pad, not in the air.
    last = schedule.flights[-1]
    assert last.visits[-1].task_id == "late"
    assert last.landing_s - last.departure_s < 1_200.0


def test_what_is_more_than_the_time_allows_leaves_out_the_lowest_priority(
    field: Transit, samples: ModuleType
) -> None:
    tasks = [replace(task, priority=5.0 if n % 2 else 1.0) for n, task in enumerate(lines(24))]
    schedule = plan_fleet(tasks, [drone(1)], [PAD], field, replace(QUICK, window_s=(0.0, 900.0)))
    samples.assert_sound(schedule, field.area)
    left = {unserved.task_id for unserved in schedule.unserved}
    assert left
    flown_low = [t for t in tasks if t.priority == 1.0 and t.task_id not in left]
    left_high = [t for t in tasks if t.priority == 5.0 and t.task_id in left]
    assert not left_high or not flown_low


def test_capabilities_and_restrictions(field: Transit, samples: ModuleType) -> None:
    loud = line("loud", -900.0, 0.0, needs=frozenset({"loudspeaker"}))
    mine = line("mine", -800.0, 0.0, drone_ids=frozenset({"drone 2"}))
    nobody = line("nobody", -700.0, 0.0, needs=frozenset({"winch"}))
    drones = [drone(1, capabilities=frozenset({"loudspeaker"})), drone(2)]
    schedule = plan_fleet([*lines(4), loud, mine, nobody], drones, [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    (left,) = schedule.unserved
    assert left.task_id == "nobody"
    assert "winch" in left.reason


def test_a_fast_drone_flies_more(field: Transit, samples: ModuleType) -> None:
    fast = drone(1, costs=SteadyFlight(speed_m_s=18.0))
    schedule = plan_fleet(lines(24), [fast, drone(2, costs=SteadyFlight(speed_m_s=6.0))], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    flown = {d: sum(len(f.visits) for f in schedule.of_drone(d)) for d in ("drone 1", "drone 2")}
    assert flown["drone 1"] > 1.5 * flown["drone 2"]


class Rolling:
    """Stops cost 4 s, and nobody stops at a waypoint that is passed."""

    def __init__(self) -> None:
        self._steady = SteadyFlight()

    def cost(self, leg_m: ArrayLike, climb_m: ArrayLike, hold_s: ArrayLike) -> Costs:
        seconds, energy_wh = self._steady.cost(leg_m, climb_m, hold_s)
        stops = np.asarray(leg_m, dtype=np.float64) > 0.0
        return seconds + 4.0 * stops, energy_wh + 0.3 * stops

    def take_off(self, height_m: float) -> tuple[float, float]:
        return self._steady.take_off(height_m)

    def landing(self, height_m: float) -> tuple[float, float]:
        return self._steady.landing(height_m)

    def along(self, points_m: NDArray[np.float64]) -> Costs:
        seconds, energy_wh = self._steady.cost(np.hypot(*np.diff(points_m, axis=0).T), 0.0, 0.0)
        return seconds + 4.0 / len(seconds), energy_wh + 0.3 / len(seconds)


def test_times_are_those_of_runs_where_these_are_known(field: Transit, samples: ModuleType) -> None:
    dwell = Task("dwell", ((-900.0, 900.0),), dwell_s=45.0)
    drones = [drone(1, costs=Rolling()), drone(2, costs=Rolling())]
    schedule = plan_fleet([*lines(8), dwell], drones, [PAD], field, QUICK)
    assert not schedule.unserved
    assert samples.too_near(schedule) == []
    for flight in schedule.flights:
        length_m = sum(math.dist(a.xy_m, b.xy_m) for a, b in itertools.pairwise(flight.track))
        stops = 1 + sum(visit.task_id == "dwell" for visit in flight.visits)
        up_s, down_s = drones[0].costs.take_off(flight.layer_m)[0], drones[0].costs.landing(flight.layer_m)[0]
        dwelt_s = 45.0 * (stops - 1)
        expected_s = up_s + down_s + dwelt_s + length_m / 10.0 + 4.0 * stops
        assert flight.landing_s - flight.departure_s == pytest.approx(expected_s)


def test_one_layer_is_shared_in_time(field: Transit, samples: ModuleType) -> None:
    one_layer = replace(QUICK, layers_m=(60.0,))
    schedule = plan_fleet(lines(12), [drone(n) for n in range(4)], [PAD], field, one_layer)
    samples.assert_sound(schedule, field.area)


def test_tasks_with_an_altitude_of_their_own(field: Transit, samples: ModuleType) -> None:
    low = [replace(task, alt_m=30.0) for task in lines(6)]
    schedule = plan_fleet(low, [drone(1), drone(2)], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    for flight in schedule.flights:
        for visit in flight.visits:
            heights = {p.alt_m for p in flight.track if visit.start_s < p.time_s < visit.end_s}
            assert 30.0 in heights


def test_dwelling_and_lines_of_one_way(field: Transit, samples: ModuleType) -> None:
    dwell = Task("dwell", ((-900.0, 900.0),), dwell_s=45.0)
    one_way = [replace(task, is_reversible=False) for task in lines(5)]
    schedule = plan_fleet([dwell, *one_way], [drone(1)], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    (visit,) = [v for f in schedule.flights for v in f.visits if v.task_id == "dwell"]
    assert visit.end_s - visit.start_s == pytest.approx(45.0)


def test_pads_at_two_heights(field: Transit, samples: ModuleType) -> None:
    high = Pad("roof", (600.0, 0.0), ground_m=25.0)
    drones = [drone(1), replace(drone(2), pad_id="roof")]
    schedule = plan_fleet(lines(6), drones, [PAD, high], field, QUICK)
    samples.assert_sound(schedule, field.area)


def test_nonsense_is_refused(field: Transit) -> None:
    with pytest.raises(MissionError, match="there is no pad"):
        plan_fleet(lines(1), [replace(drone(1), pad_id="nowhere")], [PAD], field, QUICK)
    with pytest.raises(MissionError, match="have the id"):
        plan_fleet([*lines(1), *lines(1)], [drone(1)], [PAD], field, QUICK)
    with pytest.raises(MissionError, match="altitude"):
        plan_fleet(lines(1), [drone(1)], [PAD], field, replace(QUICK, layers_m=()))
    with pytest.raises(MissionError, match="window"):
        line("x", 0.0, 0.0, window_s=(5.0, 1.0))
    with pytest.raises(MissionError, match="priority"):
        line("x", 0.0, 0.0, priority=math.nan)
    with pytest.raises(MissionError, match="points"):
        Task("x", ())


west = st.tuples(st.floats(-950.0, -250.0), st.floats(-950.0, 950.0))
anywhere = st.tuples(st.floats(-1_050.0, 1_050.0), st.floats(-1_050.0, 1_050.0))


@st.composite
def any_task(draw: st.DrawFn, name: str) -> Task:
    begin_s = draw(st.sampled_from((0.0, 0.0, 0.0, 600.0, 2_000.0)))
    length_s = draw(st.sampled_from((math.inf, math.inf, 900.0, 60.0)))
    return Task(
        name,
        tuple(draw(st.lists(draw(st.sampled_from((west, west, west, anywhere))), min_size=1, max_size=4))),
        is_reversible=draw(st.booleans()),
        dwell_s=draw(st.sampled_from((0.0, 20.0))),
        alt_m=draw(st.sampled_from((None, None, 40.0))),
        window_s=(begin_s, begin_s + length_s),
        needs=draw(st.sampled_from((frozenset(), frozenset(), frozenset({"light"})))),
    )


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_anything_is_sound_or_named(field: Transit, samples: ModuleType, data: st.DataObject) -> None:
    tasks = [data.draw(any_task(f"task {n}")) for n in range(data.draw(st.integers(0, 9)))]
    pads = [PAD, Pad("east", (600.0, 300.0), gap_s=5.0, swap_s=60.0)]
    drones = [
        Drone(
            f"drone {n}",
            data.draw(st.sampled_from(("pad", "east"))),
            data.draw(st.sampled_from((10.0, 60.0, 200.0))),
            costs=data.draw(st.sampled_from((SteadyFlight(), SteadyFlight(speed_m_s=15.0, hover_w=150.0)))),
            batteries=data.draw(st.integers(0, 3)),
            capabilities=data.draw(st.sampled_from((frozenset(), frozenset({"light"})))),
        )
        for n in range(data.draw(st.integers(1, 4)))
    ]
    layers_m = data.draw(st.sampled_from(((60.0,), (60.0, 70.0), (50.0, 60.0, 70.0, 80.0))))
    few = FleetSettings(layers_m=layers_m, window_s=(0.0, 3_600.0), iterations=30)
    samples.assert_sound(plan_fleet(tasks, drones, pads, field, few), field.area)


def test_more_drones_than_a_pad_lets_go_are_no_slower_than_fewer(field: Transit, samples: ModuleType) -> None:
    slow = replace(PAD, gap_s=120.0)
    homes_s = []
    for count in (3, 10):
        schedule = plan_fleet(lines(12), [drone(n) for n in range(count)], [slow], field, QUICK)
        samples.assert_sound(schedule, field.area)
        assert not schedule.unserved
        homes_s.append(schedule.home_s)
    assert max(homes_s) <= 1.05 * min(homes_s)


def test_a_drone_that_a_task_needs_stays_in_use_at_a_crowded_pad(field: Transit) -> None:
    drones = [drone(n, capabilities=frozenset({"horn"} if n == 9 else ())) for n in range(10)]
    tasks = [*lines(12), line("call", -300.0, 0.0, 50.0, needs=frozenset({"horn"}))]
    assert not plan_fleet(tasks, drones, [PAD], field, QUICK).unserved


def test_of_far_too_many_lines_those_of_high_priority_are_flown(field: Transit, samples: ModuleType) -> None:
    tasks = [
        line(f"line {n}", -950.0 + 5.0 * n, -900.0, priority=5.0 if n % 20 == 0 else 1.0) for n in range(200)
    ]
    schedule = plan_fleet(tasks, [drone(0, batteries=2)], [PAD], field, QUICK)
    samples.assert_sound(schedule, field.area)
    assert len(schedule.unserved) > 100
    assert not {f"line {n}" for n in range(0, 200, 20)} & {left.task_id for left in schedule.unserved}


def test_far_more_tasks_than_can_be_flown_are_planned_by_priority(
    field: Transit, samples: ModuleType
) -> None:
    generator = np.random.default_rng(5)
    starts = generator.uniform((-900.0, 320.0), (800.0, 950.0), (320, 2))
    tasks = [
        Task(
            f"t{n}",
            ((float(x), float(y)), (float(x) + 60.0, float(y))),
            priority=10.0 if n % 40 == 0 else 1.0,
        )
        for n, (x, y) in enumerate(starts)
    ]
    pad = Pad("p", (-500.0, 0.0))
    drones = [Drone(name, "p", battery_wh=60.0, batteries=1) for name in ("a", "b")]
    schedule = plan_fleet(tasks, drones, [pad], field, FleetSettings(window_s=(0.0, 1_500.0), iterations=60))
    samples.assert_sound(schedule, field.area)
    assert len(schedule.unserved) > 200
    left = {one.task_id for one in schedule.unserved}
    assert not left & {task.task_id for task in tasks if task.priority > 1.0}
