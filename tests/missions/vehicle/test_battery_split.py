"""Long flights are cut into flights that keep their reserve."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import LineString

from missions.plan.item import Command
from missions.plan.plan import RouteKind
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.transit import Transit
from missions.vehicle.battery import Battery
from missions.vehicle.battery_split import split_by_battery
from missions.vehicle.prediction import predict_waypoints
from missions.vehicle.stock_profiles import QUAD_30
from missions.vehicle.wind import Wind

PAD = (0.0, 0.0)
SMALL = replace(QUAD_30, battery=Battery(24.0, usable_share=1.0, reserve_share=0.25))
AREA = shapely.box(-20.0, -20.0, 620.0, 520.0).difference(shapely.box(200.0, -10.0, 260.0, 380.0))


@pytest.fixture(scope="module")
def transit():
    return Transit(AREA, PAD, 0.5)


def at(x_m, y_m, kind=RouteKind.COVERAGE, hold_s=0.0, actions=()):
    return Waypoint((x_m, y_m), kind, 40.0, hold_s, actions)


def pad_to_pad(*waypoints):
    pad = at(*PAD, RouteKind.TRANSIT)
    return [pad, *waypoints, pad]


def strokes(count, left_m=300.0, right_m=600.0, spacing_m=25.0, actions=()):
    """Lines to and fro, beyond the wall."""
    lines = []
    for number in range(count):
        ends = (left_m, right_m) if number % 2 == 0 else (right_m, left_m)
        lines += [at(x_m, 10.0 + spacing_m * number) for x_m in ends]
    lines[0] = replace(lines[0], kind=RouteKind.TRANSIT, actions=actions)
    return lines


def reach(transit, lines):
    """With the bends of the ways there and back."""
    out = transit.path(PAD, lines[0].xy_m)[1:-1]
    home = transit.path(lines[-1].xy_m, PAD)[1:-1]
    passages = [[at(*xy_m, RouteKind.TRANSIT) for xy_m in bends] for bends in (out, home)]
    return pad_to_pad(*passages[0], *lines, *passages[1])


def work_of(waypoints):
    """Legs that are flown for their own sake, as pairs of places."""
    return [(a.xy_m, b.xy_m) for a, b in itertools.pairwise(waypoints) if b.kind is not RouteKind.TRANSIT]


def assert_whole_and_legal(flights, waypoints, way_area=AREA):
    assert [leg for flight in flights for leg in work_of(flight.waypoints)] == work_of(waypoints)
    for flight in flights:
        assert flight.prediction.keeps_reserve
        assert flight.waypoints[0].xy_m == flight.waypoints[-1].xy_m == PAD
        assert way_area.covers(LineString([waypoint.xy_m for waypoint in flight.waypoints]))


def test_a_flight_that_fits_is_left_as_it_is(transit):
    waypoints = reach(transit, strokes(2))
    (flight,) = split_by_battery(waypoints, QUAD_30, transit.path)
    assert flight.waypoints == tuple(waypoints)


def test_a_long_flight_is_cut_at_ends_of_strokes(transit):
    ends = strokes(16)
    lines = [ends[0]]
    for before, after in itertools.pairwise(ends):
        if before.xy_m[0] != after.xy_m[0]:
            lines += [at(x_m, after.xy_m[1]) for x_m in np.linspace(before.xy_m[0], after.xy_m[0], 7)[1:-1]]
        lines.append(after)
    waypoints = reach(transit, lines)
    flights = split_by_battery(waypoints, SMALL, transit.path)
    assert len(flights) > 2
    assert_whole_and_legal(flights, waypoints)
    for flight in flights[1:]:
        assert work_of(flight.waypoints)[0][0][0] in (300.0, 600.0)


def test_no_fewer_flights_would_do(transit):
    """Against all ways to cut, for some random flights."""
    dice = random.Random(7)
    for _ in range(6):
        stops = [
            at(
                dice.uniform(270.0, 600.0),
                dice.uniform(0.0, 500.0),
                RouteKind.TRANSIT,
                dice.uniform(5.0, 40.0),
            )
            for _ in range(6)
        ]
        waypoints = reach(transit, stops)
        flights = split_by_battery(waypoints, SMALL, transit.path)

        def fits(part, stops=stops):
            legs = [PAD, *(stop.xy_m for stop in part), PAD]
            flight = [at(*PAD, RouteKind.TRANSIT)]
            for goal, (a, b) in zip([*part, None], itertools.pairwise(legs), strict=True):
                flight += [at(*xy_m, RouteKind.TRANSIT) for xy_m in transit.path(a, b)[1:-1]]
                flight.append(goal or at(*PAD, RouteKind.TRANSIT))
            return predict_waypoints(flight, SMALL).keeps_reserve

        fewest = next(
            count + 1
            for count in range(6)
            if any(
                all(fits(stops[a:b]) for a, b in itertools.pairwise((0, *cuts, 6)))
                for cuts in itertools.combinations(range(1, 6), count)
            )
        )
        assert len(flights) == fewest
        held_s = [w.hold_s for flight in flights for w in flight.waypoints if w.hold_s]
        assert held_s == [stop.hold_s for stop in stops]


def test_a_line_too_long_for_one_battery_is_cut_in_its_middle():
    waypoints = pad_to_pad(at(-900.0, 0.0, RouteKind.TRANSIT), at(900.0, 0.0, RouteKind.PERIMETER))
    tight = replace(QUAD_30, battery=Battery(20.0, usable_share=1.0, reserve_share=0.25))
    flights = split_by_battery(waypoints, tight, lambda a, b: [a, b])
    assert len(flights) == 2
    assert all(flight.prediction.keeps_reserve for flight in flights)
    assert [leg for flight in flights for leg in work_of(flight.waypoints)] == [
        ((-900.0, 0.0), (0.0, 0.0)),
        ((0.0, 0.0), (900.0, 0.0)),
    ]


def test_what_is_out_of_reach_is_named():
    near, far = at(300.0, 0.0, RouteKind.TRANSIT, 5.0), at(5000.0, 0.0, RouteKind.TRANSIT, 5.0)
    with pytest.raises(
        MissionError, match=r"waypoint 2 at \(5000\.0, 0\.0\) m: cannot be reached"
    ) as refused:
        split_by_battery(pad_to_pad(near, far), SMALL, lambda a, b: [a, b])
    assert "Wh" in str(refused.value)
    waiting = at(300.0, 0.0, RouteKind.TRANSIT, 3600.0)
    with pytest.raises(MissionError, match="stayed at for 3600 s"):
        split_by_battery(pad_to_pad(near, waiting), SMALL, lambda a, b: [a, b])


def test_wind_and_payload_make_more_flights(transit):
    waypoints = reach(transit, strokes(16))
    usual = len(split_by_battery(waypoints, SMALL, transit.path))
    assert len(split_by_battery(waypoints, SMALL, transit.path, wind=Wind(9.0, 0.0))) >= usual
    laden = SMALL.with_payload("a loudspeaker", 0.4, 30.0)
    assert len(split_by_battery(waypoints, laden, transit.path)) > usual


def test_orders_stand_again_after_a_cut(transit, order_of):
    trigger = order_of(206, 15.0)
    slowly = order_of(Command.DO_CHANGE_SPEED, 1.0, 7.0, -1.0)
    look = order_of(Command.DO_SET_ROI_NONE)
    waypoints = reach(transit, strokes(16, actions=(trigger, slowly, look)))
    flights = split_by_battery(waypoints, SMALL, transit.path, speed_m_s=9.0)
    for flight in flights[1:]:
        first = next(n for n, w in enumerate(flight.waypoints[1:]) if w.kind is not RouteKind.TRANSIT)
        assert flight.waypoints[first].actions == (trigger, slowly)
    for flight in flights[:-1]:
        last = max(n for n, w in enumerate(flight.waypoints) if w.kind is not RouteKind.TRANSIT)
        (stop,) = flight.waypoints[last].actions
        assert (stop.command, stop.params[0]) == (206, 0.0)
