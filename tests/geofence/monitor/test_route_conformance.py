"""A drone on its route, and off it."""

import math

import pytest

from geofence.monitor.observation import Observation
from geofence.monitor.route_conformance import RouteAspect, RouteConformance
from geofence.verification.leg import Leg


@pytest.fixture
def legs(place):
    """Up, 200 m east in two legs, 100 m north, with times at 10 m/s."""
    corners = [(0, 0), (100, 0), (200, 0), (200, 100)]
    places = [place(*corner) for corner in corners]
    up = Leg(0, 1, places[0], places[0], 0.0, 50.0, start_s=(0.0, 0.0), end_s=(10.0, 20.0), meets_ground=True)
    along = [
        Leg(
            seq,
            seq + 1,
            places[seq - 1],
            places[seq],
            50.0,
            50.0,
            start_s=(10.0 * seq, 20.0 * seq),
            end_s=(10.0 * (seq + 1), 20.0 * (seq + 1)),
        )
        for seq in (1, 2, 3)
    ]
    return [up, *along]


class Drone:
    def __init__(self, place, conformance):
        self._place, self.conformance = place, conformance
        self.time_s = 0.0
        self.said = []

    def at(self, x_m, y_m, alt_m=50.0, *, seq=2, east_m_s=0.0, north_m_s=0.0, elapsed_s=None, times=1):
        for _ in range(times):
            self.time_s += 0.5
            observation = Observation(
                position=self._place(x_m, y_m),
                time_s=self.time_s,
                alt_rel_m=alt_m,
                east_m_s=east_m_s,
                north_m_s=north_m_s,
                climb_m_s=0.0,
            )
            self.said += self.conformance.observe(observation, seq, elapsed_s)
        return self


@pytest.fixture
def drone(place, legs):
    return Drone(place, RouteConformance(legs, margin_m=5.0))


def test_on_the_route_nothing_is_said_and_the_next_turn_is_known(drone):
    drone.at(50, 0, east_m_s=8.0, times=10)
    assert drone.said == []
    assert drone.conformance.cross_track_m == pytest.approx(0.0, abs=0.01)
    # Two legs in one line count as one.
    assert drone.conformance.straight_on_m == pytest.approx(150.0, abs=0.1)
    drone.at(198, 4, seq=4, east_m_s=2.0, north_m_s=2.0)
    assert drone.conformance.straight_on_m < 100.0


def test_off_the_route_is_said_once_and_so_is_the_way_back(drone):
    drone.at(50, 3, times=4).at(50, 12, times=10).at(50, 9, times=10).at(50, 3, times=10)
    assert [(said.aspect, said.is_deviating) for said in drone.said] == [
        (RouteAspect.CROSS_TRACK, True),
        (RouteAspect.CROSS_TRACK, False),
    ]
    assert drone.said[0].deviation == pytest.approx(12.0, abs=0.05)
    assert drone.conformance.deviating == ()


def test_wobbling_about_the_threshold_does_not_chatter(drone):
    for turn in range(60):
        drone.at(50, 10.5 if turn % 2 else 9.5)
    assert len(drone.said) <= 1


def test_altitude_is_that_of_the_leg(drone):
    drone.at(0, 0, alt_m=20.0, seq=1, times=8)
    assert drone.said == []
    drone.at(50, 0, alt_m=43.0, times=8)
    (said,) = drone.said
    assert (said.aspect, said.deviation) == (RouteAspect.ALTITUDE, pytest.approx(-7.0))


def test_schedule_counts_from_the_earliest_to_the_latest(drone):
    drone.at(50, 0, elapsed_s=15.0, times=6).at(50, 0, elapsed_s=30.0, times=6)
    assert drone.said == []
    drone.at(50, 0, elapsed_s=95.0, times=6)
    (said,) = drone.said
    assert (said.aspect, said.deviation) == (RouteAspect.SCHEDULE, pytest.approx(65.0, abs=0.5))


def test_who_strays_or_is_too_fast_for_the_corner_is_not_trusted(drone):
    drone.at(50, 6, east_m_s=8.0)
    assert drone.conformance.straight_on_m == math.inf
    drone.at(195, 0, seq=3, east_m_s=4.0)
    assert drone.conformance.straight_on_m == pytest.approx(5.0, abs=0.1)
    drone.at(195, 0, seq=3, east_m_s=9.0)
    assert drone.conformance.straight_on_m == math.inf


def test_what_is_no_mission_is_not_judged(drone):
    drone.at(50, 0, east_m_s=5.0)
    drone.conformance.suspend()
    assert drone.conformance.straight_on_m == math.inf
    assert drone.conformance.cross_track_m is None
