from dataclasses import replace
from functools import cache
from types import ModuleType

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.patrol_lines import Evening, patrol_evening
from missions.fleet.change import (
    Change,
    CostsChanged,
    DroneLost,
    Replanned,
    SpaceChanged,
    TaskAdded,
    TaskWithdrawn,
)
from missions.fleet.flight_costs import SteadyFlight
from missions.fleet.planner import plan_fleet
from missions.fleet.replan import replan
from missions.fleet.schedule import Schedule
from missions.fleet.state import FleetState, state_at
from missions.fleet.task import Task
from missions.refusal import MissionError
from missions.transit import Transit


@cache
def case() -> tuple[Evening, Schedule]:
    evening = patrol_evening(lines=60, drones=6, seed=4)
    few = replace(evening.settings, iterations=300)
    return evening, plan_fleet(evening.tasks, evening.drones, evening.pads, evening.transit, few)


@pytest.fixture
def evening() -> Evening:
    return case()[0]


@pytest.fixture
def schedule() -> Schedule:
    return case()[1]


def left_of(schedule: Schedule, state: FleetState) -> dict[str, list[str]]:
    """Tasks that each drone has still to fly."""
    return {
        drone.drone_id: [
            visit.task_id
            for flight in schedule.of_drone(drone.drone_id)
            for visit in flight.visits
            if visit.task_id not in state.done_ids
        ]
        for drone in schedule.drones
    }


def flown_by(replanned: Replanned) -> dict[str, list[str]]:
    return left_of(replanned.schedule, FleetState(0.0, (), frozenset()))


@pytest.mark.parametrize("now_s", [0.0, 20.0, *range(60, 1_400, 120)])
def test_without_a_change_everything_stays(
    evening: Evening, schedule: Schedule, samples: ModuleType, now_s: float
) -> None:
    state = state_at(schedule, now_s)
    replanned = replan(schedule, state, [], evening.transit)
    samples.assert_sound(replanned.schedule, evening.transit.area)
    assert flown_by(replanned) == left_of(schedule, state)
    assert replanned.moves == replanned.reordered_ids == replanned.notes == replanned.conflicts == ()
    assert replanned.schedule.home_s <= schedule.home_s + 60.0


@pytest.mark.parametrize("now_s", [0.0, 333.0, 800.0])
def test_a_lost_drones_tasks_are_flown_by_others(
    evening: Evening, schedule: Schedule, samples: ModuleType, now_s: float
) -> None:
    state = state_at(schedule, now_s)
    before = left_of(schedule, state)
    replanned = replan(schedule, state, [DroneLost("drone 2")], evening.transit)
    after = flown_by(replanned)
    samples.assert_sound(replanned.schedule, evening.transit.area)
    assert after["drone 2"] == []
    assert not replanned.schedule.unserved
    orphans = set(before["drone 2"])
    moved = {move.task_id for move in replanned.moves}
    assert orphans <= moved
    # What others had stays with them, up to what the way home gains by it.
    assert len(moved - orphans) + len(replanned.reordered_ids) <= 4


def test_a_new_point_goes_where_it_fits(evening: Evening, schedule: Schedule, samples: ModuleType) -> None:
    state = state_at(schedule, 400.0)
    call = Task("call", ((200.0, 100.0),), dwell_s=60.0, priority=10.0, window_s=(400.0, 900.0))
    replanned = replan(schedule, state, [TaskAdded(call)], evening.transit)
    samples.assert_sound(replanned.schedule, evening.transit.area)
    (visit,) = [v for f in replanned.schedule.flights for v in f.visits if v.task_id == "call"]
    assert visit.end_s <= 900.0
    assert "call" in {move.task_id for move in replanned.moves}
    assert len(replanned.moves) <= 5


def test_a_zone_cuts_lines_and_nobody_enters(
    evening: Evening, schedule: Schedule, samples: ModuleType
) -> None:
    state = state_at(schedule, 250.0)
    closed = shapely.box(-300.0, -250.0, 250.0, 400.0)
    smaller = Transit(shapely.difference(evening.transit.area, closed), evening.pads[0].xy_m, 0.5)
    replanned = replan(schedule, state, [SpaceChanged(smaller)], evening.transit)
    new = replanned.schedule
    cut = {
        task.task_id
        for task in schedule.tasks
        if task.task_id not in state.done_ids and shapely.linestrings(task.xy_m).intersects(closed)
    }
    assert cut
    named = {left.task_id for left in new.unserved}
    assert all(name in named or f"{name}/1" in {t.task_id for t in new.tasks} for name in cut)
    inside = [
        drone.drone_id for drone in state.drones if closed.buffer(2.0).contains(shapely.points(drone.xy_m))
    ]
    for flight in new.flights:
        if flight.is_airborne and flight.drone_id in inside:
            assert flight.drone_id in {note.subject for note in replanned.notes}
            continue
        line = shapely.linestrings([point.xy_m for point in flight.track])
        assert line.intersection(closed.buffer(-0.1)).is_empty
    assert samples.too_near(new) == []


def test_more_wind_leaves_out_rather_than_uses_the_reserve(
    evening: Evening, schedule: Schedule, samples: ModuleType
) -> None:
    state = state_at(schedule, 300.0)
    hard = SteadyFlight(speed_m_s=6.0, cruise_w=420.0, hover_w=380.0)
    change = CostsChanged({drone.drone_id: hard for drone in schedule.drones})
    replanned = replan(schedule, state, [change], evening.transit)
    samples.assert_sound(
        replace(replanned.schedule, flights=tuple(_without_noted(replanned))), evening.transit.area
    ) if replanned.notes else samples.assert_sound(replanned.schedule, evening.transit.area)
    assert replanned.schedule.home_s > schedule.home_s


def _without_noted(replanned: Replanned) -> list[object]:
    noted = {note.subject for note in replanned.notes if "reserve" in note.text}
    return [flight for flight in replanned.schedule.flights if flight.drone_id not in noted]


def test_a_low_battery_comes_home_and_says_so(evening: Evening, schedule: Schedule) -> None:
    state = state_at(schedule, 300.0)
    flying = next(drone for drone in state.drones if drone.is_airborne)
    reserve_wh = next(d.reserve_wh for d in schedule.drones if d.drone_id == flying.drone_id)
    low = replace(flying, left_wh=reserve_wh)
    drones = tuple(low if drone.drone_id == low.drone_id else drone for drone in state.drones)
    replanned = replan(schedule, replace(state, drones=drones), [], evening.transit)
    first = replanned.schedule.of_drone(low.drone_id)[0]
    assert first.is_airborne
    assert first.visits == ()
    assert any(note.subject == low.drone_id and "reserve" in note.text for note in replanned.notes)


def test_a_withdrawn_task_is_not_flown(evening: Evening, schedule: Schedule) -> None:
    state = state_at(schedule, 100.0)
    gone = left_of(schedule, state)["drone 1"][-1]
    replanned = replan(schedule, state, [TaskWithdrawn(gone)], evening.transit, iterations=0)
    assert all(gone not in names for names in flown_by(replanned).values())


def test_can_be_replanned_again_and_again(evening: Evening, schedule: Schedule, samples: ModuleType) -> None:
    now = schedule
    for now_s, change in ((200.0, DroneLost("drone 1")), (500.0, DroneLost("drone 4")), (900.0, None)):
        state = state_at(now, now_s)
        now = replan(now, state, [change] if change else [], evening.transit).schedule
        samples.assert_sound(now, evening.transit.area)


def test_the_same_input_gives_the_same_answer(evening: Evening, schedule: Schedule) -> None:
    state = state_at(schedule, 300.0)
    one, two = (replan(schedule, state, [DroneLost("drone 3")], evening.transit) for _ in range(2))
    assert one == two


@pytest.mark.parametrize(
    "change", [DroneLost("nobody"), TaskWithdrawn("nothing"), CostsChanged({"nobody": SteadyFlight()})]
)
def test_what_is_not_known_is_refused(evening: Evening, schedule: Schedule, change: Change) -> None:
    with pytest.raises(MissionError):
        replan(schedule, state_at(schedule, 10.0), [change], evening.transit)


@given(
    now_s=st.floats(0.0, 1_500.0), lost=st.sampled_from(("", "drone 1", "drone 6")), left=st.floats(0.3, 1.0)
)
@settings(max_examples=25, deadline=None)
def test_sound_at_any_time(samples: ModuleType, now_s: float, lost: str, left: float) -> None:
    evening, schedule = case()
    state = state_at(schedule, now_s)
    drones = tuple(replace(d, left_wh=left * d.left_wh) if d.is_airborne else d for d in state.drones)
    changes = [DroneLost(lost)] if lost else []
    replanned = replan(schedule, replace(state, drones=drones), changes, evening.transit, iterations=20)
    noted = {note.subject for note in replanned.notes if "reserve" in note.text}
    new = replanned.schedule
    for flight in new.flights:
        if flight.energy_wh > flight.limit_wh + 1e-6:
            assert flight.drone_id in noted
            assert len(flight.visits) <= 1  # what it was on
    if not noted and not replanned.conflicts:
        samples.assert_sound(new, evening.transit.area)
    elif not replanned.conflicts:
        assert samples.too_near(new) == []


def test_a_lost_drones_lines_go_to_the_nineteen_others() -> None:
    many = patrol_evening(drones=20, pads=3)
    few = replace(many.settings, iterations=20)
    schedule = plan_fleet(many.tasks, many.drones, many.pads, many.transit, few)
    state = state_at(schedule, 300.0)
    replanned = replan(schedule, state, [DroneLost("drone 3")], many.transit)
    assert not replanned.schedule.unserved
