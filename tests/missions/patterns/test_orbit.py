import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from missions.patterns.orbit import plan_orbit, spiral_line
from missions.patterns.pattern import Direction, OrbitPattern, SpiralPattern
from missions.plan.item import Command
from missions.plan.plan import RouteKind


def polar(line, centre):
    """Radii and unwrapped azimuths, clockwise from north."""
    away = np.array([waypoint.xy_m for waypoint in line]) - centre
    return np.hypot(*away.T), np.unwrap(np.arctan2(away[:, 0], away[:, 1]))


@given(
    radius_m=st.floats(3, 500),
    turns=st.floats(0.1, 5),
    direction=st.sampled_from(Direction),
    start=st.floats(-3, 3),
)
def test_an_orbit_keeps_its_radius_and_turns_as_often_as_asked(fields, radius_m, turns, direction, start):
    orbit = OrbitPattern(fields.ORIGIN, radius_m, turns, direction)
    line = spiral_line(orbit, (30.0, 40.0), start, 50.0)
    radii_m, azimuths = polar(line, (30.0, 40.0))
    assert radii_m == pytest.approx(radius_m)
    assert azimuths[-1] - azimuths[0] == pytest.approx(direction.turn * 2 * math.pi * turns)
    sag_m = radius_m - radii_m[0] * math.cos(0.5 * abs(azimuths[1] - azimuths[0]))
    assert sag_m <= max(0.035 * radius_m, 1.1)


def test_a_spiral_leads_out_and_in_evenly(fields):
    out = spiral_line(SpiralPattern(fields.ORIGIN, 10.0, 100.0, 3.0), (0.0, 0.0), 0.0, 50.0)
    radii_m, azimuths = polar(out, (0.0, 0.0))
    assert radii_m[[0, -1]] == pytest.approx([10, 100])
    assert np.diff(radii_m) == pytest.approx(90 / (len(out) - 1))
    assert azimuths[-1] - azimuths[0] == pytest.approx(6 * math.pi)
    inward = spiral_line(SpiralPattern(fields.ORIGIN, 100.0, 10.0, 3.0), (0.0, 0.0), 0.0, 50.0)
    assert polar(inward, (0.0, 0.0))[0] == pytest.approx(radii_m[::-1])


def test_a_helix_climbs_evenly_and_the_flight_keeps_it(fields, open_space):
    helix = SpiralPattern(fields.ORIGIN, 40.0, 40.0, 4.0, end_alt_rel_m=20.0)
    (flight,) = plan_orbit(helix, open_space).flights
    flown = [waypoint for waypoint in flight if waypoint.kind is RouteKind.ORBIT]
    assert np.diff([waypoint.alt_rel_m for waypoint in flown]) == pytest.approx(-30 / len(flown))
    assert flight[0].alt_rel_m == 50.0
    assert flight[-1].alt_rel_m == 20.0


def test_it_begins_on_the_pads_side_and_looks_at_the_centre(fields, open_space):
    orbit = OrbitPattern(fields.at(300, 20), 50.0, look_alt_rel_m=12.0)
    (flight,) = plan_orbit(orbit, open_space).flights
    commands = [(k, action) for k, waypoint in enumerate(flight) for action in waypoint.actions]
    (first, look), (last, ahead) = commands
    assert flight[first].xy_m == pytest.approx((250, 20), abs=0.01)
    assert flight[last].xy_m == pytest.approx((250, 20), abs=0.01)
    assert (look.command, look.alt_m) == (Command.DO_SET_ROI_LOCATION, 12.0)
    assert fields.FRAME.point_xy_m(look.position) == pytest.approx((300, 20), abs=0.02)
    assert ahead.command == Command.DO_SET_ROI_NONE
    assert first < last


def test_what_is_in_the_way_of_an_orbit_is_flown_round(fields, space_in):
    wall = shapely.box(295, 60, 305, 140)
    area = shapely.box(0, 0, 600, 400) - wall
    flown = plan_orbit(OrbitPattern(fields.at(300, 200), 100.0, 1.0), space_in(area))
    (flight,) = flown.flights
    line = shapely.LineString([waypoint.xy_m for waypoint in flight])
    assert line.difference(area).length == 0.0
    assert shapely.Polygon(line.coords).contains(shapely.Point(300, 200))
    assert {action.command for waypoint in flight for action in waypoint.actions} == {195, 197}
    (finding,) = flown.findings
    assert "of the orbit around" in finding.message
