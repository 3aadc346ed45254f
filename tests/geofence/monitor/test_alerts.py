"""Straight and bent tracks past zones: announced in time, once, and cleared once."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import Applicability, Period
from geofence.latlon import LatLon
from geofence.monitor.alert import Alert, AlertColour, AlertLevel, AlertLimit, Announcement
from geofence.monitor.observation import Observation
from geofence.monitor.stopping import RESPONSE_S, WARNING_S, braking_distance_m, braking_height_m
from geofence.monitor.zone_monitor import ZoneMonitor
from geofence.zone import Volume, Zone, ZoneAction, ZoneKind
from geofence.zone_set import ZoneSet

STEP_S = 0.2
NOON_S = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def wall(make_zone):
    """Forbidden from 200 m east on."""
    return make_zone("wall", "exclusion", (200, -2000, 1200, 2000))


@pytest.fixture
def field(make_zone):
    return make_zone("field", "inclusion", (-500, -500, 500, 500), AltitudeBand(ceiling_m=100.0))


class Track:
    """A drone that is moved step by step over zones."""

    def __init__(self, place, *zones, utc_s=None):
        self.monitor = ZoneMonitor(ZoneSet(zones))
        self._place, self._utc_s = place, utc_s
        self.time_s = 0.0
        self.x_m = self.y_m = 0.0
        self.alt_m = 50.0
        self.said: list[tuple[float, Announcement]] = []

    def fly(self, seconds, east_m_s=0.0, north_m_s=0.0, climb_m_s=0.0, **known):
        for _ in range(round(seconds / STEP_S)):
            self.time_s += STEP_S
            self.x_m += east_m_s * STEP_S
            self.y_m += north_m_s * STEP_S
            self.alt_m += climb_m_s * STEP_S
            observation = Observation(
                **{
                    "position": self._place(self.x_m, self.y_m),
                    "time_s": self.time_s,
                    "alt_rel_m": self.alt_m,
                    "alt_amsl_m": self.alt_m + 1520.0,
                    "east_m_s": east_m_s,
                    "north_m_s": north_m_s,
                    "climb_m_s": climb_m_s,
                    **known,
                }
            )
            utc_s = None if self._utc_s is None else self._utc_s + self.time_s
            self.said += [
                (self.time_s, said) for said in self.monitor.observe_one("drone", observation, utc_s)
            ]
        return self

    @property
    def alerts(self) -> tuple[Alert, ...]:
        return self.monitor.alerts_of("drone")

    @property
    def levels(self) -> list[AlertLevel]:
        return [said.alert.level for _, said in self.said]


def test_an_approach_is_yellow_then_red_then_broken_then_cleared(place, wall):
    track = Track(place, wall).fly(25.0, east_m_s=10.0).fly(30.0, east_m_s=-10.0)
    assert track.levels == [
        AlertLevel.PREDICTED,
        AlertLevel.CERTAIN,
        AlertLevel.BREACHED,
        *track.levels[3:-1],
        AlertLevel.NONE,
    ]
    (yellow_s, yellow), (_, red), (broken_s, broken) = track.said[:3]
    assert broken_s == pytest.approx(20.0, abs=0.3)
    assert WARNING_S <= broken_s - yellow_s <= 1.3 * WARNING_S
    assert yellow.alert.colour is AlertColour.YELLOW
    assert yellow.alert.time_to_breach_s == pytest.approx(broken_s - yellow_s, abs=0.5)
    assert yellow.alert.distance_m == pytest.approx(200.0 - 10.0 * yellow_s, abs=0.5)
    assert (yellow.alert.limit, yellow.alert.action) == (AlertLimit.SIDE, ZoneAction.HOLD)
    stopping_m = 10.0 * RESPONSE_S + braking_distance_m(10.0)
    assert stopping_m <= red.alert.distance_m <= stopping_m + 5.0
    assert red.was is AlertLevel.PREDICTED
    assert broken.alert.is_breached
    assert broken.alert.distance_m < 0.0
    assert track.alerts == ()


@settings(max_examples=60, deadline=None)
@given(
    speed=st.floats(1.0, 20.0),
    oblique=st.floats(-75.0, 75.0),
    start=st.floats(-2500.0, 180.0),
)
def test_every_straight_approach_is_announced_in_time_and_once(speed, oblique, start):
    from tests.geofence.conftest import FRAME

    wall = Zone.of_area("wall", "wall", ZoneKind.EXCLUSION, _box(FRAME, 200, -20000, 1200, 20000))
    east, north = speed * math.cos(math.radians(oblique)), speed * math.sin(math.radians(oblique))
    track = Track(FRAME.position, wall)
    track.x_m = max(start, 200.0 - 60.0 * east)
    breach_s = (200.0 - track.x_m) / east
    track.fly(breach_s + 2.0, east_m_s=east, north_m_s=north)
    announced_s = track.said[0][0]
    assert breach_s - announced_s >= WARNING_S - 1e-6 or announced_s == pytest.approx(STEP_S)
    levels = track.levels
    assert levels == sorted(set(levels))
    assert levels[-1] is AlertLevel.BREACHED


@settings(max_examples=40, deadline=None)
@given(radius=st.floats(30.0, 300.0), speed=st.floats(3.0, 12.0))
def test_a_bend_into_a_zone_is_announced(radius, speed):
    from tests.geofence.conftest import FRAME

    wall = Zone.of_area("wall", "wall", ZoneKind.EXCLUSION, _box(FRAME, 200, -20000, 1200, 20000))
    track = Track(FRAME.position, wall)
    # North along the wall, then round to the right into it.
    track.x_m = 200.0 - 0.5 * radius
    track.fly(3.0, north_m_s=speed)
    turned, began_s = 0.0, track.time_s
    while track.x_m < 200.0:
        turned += speed / radius * STEP_S
        track.fly(STEP_S, east_m_s=speed * math.sin(turned), north_m_s=speed * math.cos(turned))
    announced_s = track.said[0][0]
    assert track.time_s - announced_s >= WARNING_S or announced_s - began_s <= 3.0


def test_wobbling_beside_a_boundary_does_not_chatter(place, wall):
    track = Track(place, wall)
    track.x_m = 194.0
    for turn in range(120):
        track.fly(0.6, east_m_s=0.8 if turn % 2 else -0.8, north_m_s=6.0)
    assert len(track.said) <= 2


def test_flying_along_a_boundary_five_metres_off_is_no_alert(place, wall):
    track = Track(place, wall)
    track.x_m = 195.0
    track.fly(60.0, north_m_s=10.0)
    assert track.said == []


def test_a_corner_of_the_route_before_a_boundary_is_trusted(place, wall):
    track = Track(place, wall)
    speed = 10.0
    while speed > 0.5:
        left_m = 195.0 - track.x_m - speed * STEP_S
        track.fly(STEP_S, east_m_s=speed, straight_on_m=left_m)
        speed = min(10.0, math.sqrt(max(0.0, 2.0 * 2.5 * left_m)))
    track.fly(20.0, north_m_s=8.0, straight_on_m=300.0)
    assert track.said == []
    # The same without a route asks for action.
    free = Track(place, wall).fly(17.0, east_m_s=10.0)
    assert AlertLevel.CERTAIN in free.levels


def test_a_ceiling_is_seen_coming(place, field):
    track = Track(place, field)
    track.fly(40.0, climb_m_s=2.0)
    limits = {said.alert.limit for _, said in track.said}
    assert limits == {AlertLimit.CEILING}
    assert track.levels == [AlertLevel.PREDICTED, AlertLevel.CERTAIN, AlertLevel.BREACHED]
    (yellow_s, _), (_, red), (broken_s, broken) = track.said
    assert broken_s == pytest.approx(25.0, abs=0.3)
    assert broken_s - yellow_s >= WARNING_S
    stopping_m = 2.0 * RESPONSE_S + braking_height_m(2.0)
    assert stopping_m <= red.alert.distance_m <= stopping_m + 1.5
    assert broken.alert.distance_m < 0.0
    assert broken.alert.zone.zone_id == "field"


def test_the_floor_of_an_exclusion_above_is_seen_coming(place, make_zone):
    roof = make_zone("roof", "exclusion", (-500, -500, 500, 500), AltitudeBand(floor_m=80.0))
    track = Track(place, roof).fly(10.0, east_m_s=5.0)
    assert track.said == []
    track.fly(20.0, climb_m_s=2.0)
    assert {said.alert.limit for _, said in track.said[:2]} == {AlertLimit.FLOOR}
    assert track.levels == [AlertLevel.PREDICTED, AlertLevel.CERTAIN, AlertLevel.BREACHED]


def test_layers_of_one_zone_make_one_alert(place, wall, make_zone):
    upper = make_zone("upper", "exclusion", (100, -500, 900, 500), AltitudeBand(floor_m=60.0))
    zone = Zone(
        "both",
        "both",
        ZoneKind.EXCLUSION,
        (
            Volume(wall.area, AltitudeBand(ceiling_m=60.0)),
            Volume(upper.area, AltitudeBand(floor_m=60.0)),
        ),
    )
    track = Track(place, zone).fly(15.0, east_m_s=10.0)
    assert [alert.zone.zone_id for alert in track.alerts] == ["both"]
    assert not track.alerts[0].is_breached


def test_advisories_are_announced_and_never_red(place, make_zone):
    track = Track(place, make_zone("school", "advisory", (200, -100, 400, 100))).fly(70.0, east_m_s=10.0)
    assert track.levels == [AlertLevel.PREDICTED, AlertLevel.NONE]
    assert track.said[0][1].alert.action is ZoneAction.WARN


def test_on_the_ground_or_disarmed_nothing_is_said(place, wall):
    track = Track(place, wall).fly(25.0, east_m_s=10.0, is_watched=False)
    assert track.said == []
    track.fly(1.0, east_m_s=10.0)
    assert track.levels == [AlertLevel.BREACHED]
    track.fly(STEP_S, is_watched=False)
    assert track.levels[-1] is AlertLevel.NONE
    assert track.alerts == ()


def test_without_a_velocity_the_nearest_boundary_counts(place, wall):
    unknown = {"east_m_s": math.nan, "north_m_s": math.nan, "climb_m_s": math.nan}
    track = Track(place, wall).fly(1.0, **unknown) if False else Track(place, wall)
    track.x_m = 100.0
    for _ in range(3):
        track.fly(STEP_S)
    assert track.said == []
    track.monitor.observe_one("other", Observation(position=place(100, 0), time_s=0.0, alt_rel_m=50.0), None)
    (alert,) = track.monitor.alerts_of("other")
    assert alert.level is AlertLevel.PREDICTED
    assert alert.time_to_breach_s == pytest.approx(10.0, abs=0.5)


def test_without_an_altitude_exclusions_hold(place, make_zone):
    high = make_zone("high", "exclusion", (-100, -100, 100, 100), AltitudeBand(floor_m=500.0))
    monitor = ZoneMonitor(ZoneSet([high]))
    still = {"east_m_s": 0.0, "north_m_s": 0.0, "climb_m_s": 0.0}
    monitor.observe_one("a", Observation(position=place(0, 0), time_s=0.0, **still), None)
    monitor.observe_one("b", Observation(position=place(0, 0), time_s=0.0, alt_rel_m=50.0, **still), None)
    assert [alert.is_breached for alert in monitor.alerts_of("a")] == [True]
    assert monitor.alerts_of("b") == ()


def test_an_ellipsoidal_ceiling_allows_nothing_and_forbids_always(place, make_zone):
    band = AltitudeBand(ceiling_m=100.0, datum=AltitudeDatum.ELLIPSOID)
    for kind in ("inclusion", "exclusion"):
        track = Track(place, make_zone("odd", kind, (-100, -100, 100, 100), band)).fly(STEP_S)
        assert track.levels == [AlertLevel.BREACHED]


def _timed(zone, start_s, end_s):
    period = Period(
        datetime.fromtimestamp(NOON_S + start_s, UTC), datetime.fromtimestamp(NOON_S + end_s, UTC)
    )
    return Zone(zone.zone_id, zone.name, zone.kind, zone.volumes, applicability=Applicability((period,)))


def test_a_zone_that_begins_to_hold_round_a_drone_is_announced(place, make_zone):
    zone = _timed(make_zone("event", "exclusion", (-100, -100, 100, 100)), 30.0, 60.0)
    track = Track(place, zone, utc_s=NOON_S).fly(70.0)
    assert track.levels[:2] == [AlertLevel.PREDICTED, AlertLevel.BREACHED]
    (announced_s, announced), (broken_s, _) = track.said[:2]
    assert announced.alert.limit is AlertLimit.SCHEDULE
    assert broken_s == pytest.approx(30.0, abs=0.3)
    assert broken_s - announced_s >= WARNING_S
    assert track.levels[-1] is AlertLevel.NONE
    assert track.said[-1][0] == pytest.approx(63.0, abs=1.0)


def test_a_zone_ahead_that_holds_soon_is_red_and_one_that_ends_before_is_not(place, wall):
    soon = Track(place, _timed(wall, 18.0, 600.0), utc_s=NOON_S).fly(19.0, east_m_s=10.0)
    assert soon.levels == [AlertLevel.PREDICTED, AlertLevel.CERTAIN]
    over = Track(place, _timed(wall, -600.0, 5.0), utc_s=NOON_S).fly(25.0, east_m_s=10.0)
    assert over.said == []


def test_an_inclusion_that_ends_is_announced(place, field):
    track = Track(place, _timed(field, -60.0, 30.0), utc_s=NOON_S).fly(32.0)
    assert track.levels == [AlertLevel.PREDICTED, AlertLevel.BREACHED]
    assert track.said[0][1].alert.limit is AlertLimit.SCHEDULE
    assert track.said[1][0] - track.said[0][0] >= WARNING_S


def test_at_an_unknown_time_limited_exclusions_hold_and_inclusions_do_not(place, field, make_zone):
    inside = make_zone("event", "exclusion", (-100, -100, 100, 100))
    for zone in (_timed(inside, 1e6, 2e6), _timed(field, -60.0, 1e6)):
        assert Track(place, zone).fly(STEP_S).levels == [AlertLevel.BREACHED]


def test_a_drone_that_is_forgotten_begins_anew(place, wall):
    track = Track(place, wall).fly(25.0, east_m_s=10.0)
    track.monitor.forget("drone")
    assert track.alerts == ()
    count = len(track.said)
    track.fly(STEP_S)
    assert len(track.said) == count + 1


def test_more_alerts_than_are_kept_keep_the_most_urgent(place, make_zone):
    zones = [make_zone(f"z{n}", "exclusion", (100 + n, -50, 300, 50)) for n in range(40)]
    track = Track(place, *zones).fly(11.0, east_m_s=10.0)
    assert track.alerts[0].is_breached
    track.fly(9.0, east_m_s=10.0)
    assert [alert.is_breached for alert in track.alerts] == [True] * len(track.alerts)
    assert len(track.alerts) >= 10


def _box(frame, west, south, east, north):
    from shapely import box

    return frame.unproject(box(west, south, east, north))


def test_places_are_exact_far_from_home():
    monitor = ZoneMonitor(
        ZoneSet([Zone.of_area("a", "a", ZoneKind.EXCLUSION, _far_box(-70.0), AltitudeBand())])
    )
    assert monitor.clearance_m(LatLon(-70.0, 20.0), alt_rel_m=5.0)[0] < -50.0


def _far_box(lat_deg):
    from shapely import box

    return box(19.99, lat_deg - 0.001, 20.01, lat_deg + 0.001)
