from datetime import UTC, datetime

import pytest

from geofence.altitude_band import AltitudeBand
from geofence.applicability import Applicability, DailyPeriod, DayTime, Period, Weekday
from geofence.refusal import GeofenceError
from geofence.verification.finding import FindingCode, Severity
from geofence.verification.leg import Leg
from geofence.verification.verification import verify_legs
from geofence.zone import Zone
from geofence.zone_set import ZoneSet

NOON_UTC_S = datetime(2026, 5, 4, 12, tzinfo=UTC).timestamp()  # a Monday
GROUND = (-500.0, -500.0, 500.0, 500.0)


def at(hour, minute=0, day=4):
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


def between(*spans):
    return Applicability(tuple(Period(start, end) for start, end in spans))


@pytest.fixture
def timed(make_zone):
    def make(zone_id, kind, shape, applicability, band=None):
        zone = make_zone(zone_id, kind, shape, band)
        return Zone(zone_id, zone_id, zone.kind, zone.volumes, applicability)

    return make


@pytest.fixture
def leg(place):
    """From x = 0 to x = 600 m, in one to two minutes."""

    def make(start_s=(0.0, 0.0), end_s=(60.0, 120.0), start=(0.0, 0.0), end=(600.0, 0.0)):
        return Leg(3, 4, place(*start), place(*end), 50.0, 50.0, start_s, end_s)

    return make


def codes(verification):
    return [(finding.code.value, finding.zone_id) for finding in verification.findings]


def departing(earliest_s=0.0, latest_s=None):
    return NOON_UTC_S + earliest_s, NOON_UTC_S + (earliest_s if latest_s is None else latest_s)


@pytest.mark.parametrize(
    ("departure_s", "is_met"),
    [
        (-3700.0, False),
        (-3600.0 - 41.0, False),
        (-3600.0 - 39.0, True),
        (0.0, True),
        (3585.0, True),
        (3600.0, False),
    ],
)
def test_an_exclusion_holds_in_its_interval_only(leg, timed, departure_s, is_met):
    """The zone from x = 100 to 200 m is flown 10 to 40 s after departure."""
    zone = timed("show", "exclusion", (100, -50, 200, 50), between((at(11), at(13))))
    verified = verify_legs([leg()], ZoneSet([zone]), margin_m=5.0, departure_utc_s=departing(departure_s))
    assert codes(verified) == ([("inside_exclusion", "show")] if is_met else [])


def test_only_the_stretch_flown_in_the_interval_counts(leg, timed):
    """After 30 s it is 150 m on at least, after 60 s 600 m at most."""
    early = timed("early", "exclusion", (0, -50, 100, 50), between((at(12, 1), at(13))))
    late = timed(
        "late",
        "exclusion",
        (450, -50, 550, 50),
        between((at(11), datetime(2026, 5, 4, 12, 0, 30, tzinfo=UTC))),
    )
    verified = verify_legs([leg()], ZoneSet([early, late]), margin_m=0.0, departure_utc_s=departing())
    assert codes(verified) == []
    both = timed("both", "exclusion", (0, -50, 400, 50), between((at(12, 1), at(13))))
    (finding,) = verify_legs([leg()], ZoneSet([both]), margin_m=0.0, departure_utc_s=departing()).findings
    assert finding.clearance_m == pytest.approx(-50.0, abs=0.01)


def test_the_remedy_names_when_it_would_be_legal(leg, timed):
    zone = timed("show", "exclusion", (100, -50, 200, 50), between((at(11), at(13))))
    (finding,) = verify_legs([leg()], ZoneSet([zone]), margin_m=5.0, departure_utc_s=departing()).findings
    assert finding.remedy == (
        "Route round it with 5.0 m to spare, or fly there before 2026-05-04 11:00 UTC or after 2026-05-04 13:00 UTC"
    )


def test_an_uncertain_departure_widens_the_span(leg, timed):
    zone = timed("show", "exclusion", (100, -50, 200, 50), between((at(12, 30), at(13))))
    zones = ZoneSet([zone])
    assert verify_legs([leg()], zones, margin_m=5.0, departure_utc_s=departing(0.0, 1700.0)).is_legal
    assert not verify_legs([leg()], zones, margin_m=5.0, departure_utc_s=departing(0.0, 1790.0)).is_legal


def test_an_inclusion_allows_only_where_it_holds_all_the_while(leg, timed):
    zones = ZoneSet(
        [timed("park", "inclusion", (-500, -500, 1000, 500), between((at(12), at(12, 2)), (at(14), at(15))))]
    )
    assert verify_legs([leg()], zones, margin_m=5.0, departure_utc_s=departing()).is_legal
    verified = verify_legs([leg()], zones, margin_m=5.0, departure_utc_s=departing(0.0, 1.0))
    (finding,) = verified.findings
    assert finding.code is FindingCode.OUTSIDE_HOURS
    assert finding.message == "Leg 3 to 4 flies in inclusion zone park while it may not be in force"
    assert finding.remedy == "Fly there between 2026-05-04 14:00 UTC and 2026-05-04 15:00 UTC"
    assert not verified.is_legal


def test_an_inclusion_that_closes_is_left_where_the_leg_may_be_late(leg, timed):
    """It closes after a minute, when the leg may be half done: only the western half allows it."""
    west = timed("west", "inclusion", (-500, -500, 290, 500), between((at(11), at(12, 1))))
    always = timed("east", "inclusion", (280, -500, 1000, 500), Applicability())
    assert verify_legs([leg()], ZoneSet([west, always]), margin_m=0.0, departure_utc_s=departing()).is_legal
    later = verify_legs([leg()], ZoneSet([west, always]), margin_m=0.0, departure_utc_s=departing(5.0))
    assert codes(later) == [("outside_hours", "west")]


def test_without_a_departure_the_stricter_reading_holds_and_is_told(leg, timed):
    hours = between((at(11), at(13)))
    exclusion = timed("show", "exclusion", (100, -50, 200, 50), hours)
    verified = verify_legs([leg()], ZoneSet([exclusion]), margin_m=5.0)
    assert codes(verified) == [("inside_exclusion", "show"), ("unknown_time", "show")]
    advice = verified.findings[1]
    assert advice.severity is Severity.ADVICE
    assert advice.message == (
        "Leg 3 to 4 meets exclusion zone show, which holds at certain times only, and when the drone is there is not known"
    )
    assert advice.remedy == "Give the time of departure to have its hours judged"
    inclusion = timed("park", "inclusion", (-500, -500, 1000, 500), hours)
    verified = verify_legs([leg()], ZoneSet([inclusion]), margin_m=5.0)
    assert codes(verified) == [("outside_hours", "park"), ("unknown_time", "park")]
    far = timed("far", "exclusion", (100, 300, 200, 400), hours)
    assert verify_legs([leg()], ZoneSet([far]), margin_m=5.0).findings == ()


def test_a_leg_without_times_may_be_flown_all_day(place, timed):
    leg = Leg(3, 4, place(0, 0), place(600, 0), 50.0, 50.0)
    evening = timed("show", "exclusion", (100, -50, 200, 50), between((at(20), at(21))))
    tomorrow = timed("fair", "exclusion", (100, -50, 200, 50), between((at(20, day=5), at(21, day=5))))
    verified = verify_legs([leg], ZoneSet([evening, tomorrow]), margin_m=5.0, departure_utc_s=departing())
    assert codes(verified) == [("inside_exclusion", "show")]


def test_daily_periods_count_in_their_time_zone(leg, timed):
    daily = DailyPeriod(frozenset({Weekday.MONDAY}), DayTime(20 * 3600.0), DayTime(22 * 3600.0))
    hours = Applicability((Period(daily=(daily,)),), "Asia/Shanghai")
    zones = ZoneSet([timed("fair", "exclusion", (100, -50, 200, 50), hours)])
    assert codes(verify_legs([leg()], zones, margin_m=5.0, departure_utc_s=departing())) == [
        ("inside_exclusion", "fair")
    ]
    assert verify_legs([leg()], zones, margin_m=5.0, departure_utc_s=departing(86_400.0)).is_legal
    assert verify_legs([leg()], zones, margin_m=5.0, departure_utc_s=departing(-3600.0)).is_legal


def test_margins_and_advisories_have_hours_too(leg, timed):
    hours = between((at(11), at(13)))
    zones = ZoneSet(
        [
            timed("near", "exclusion", (100, 3, 200, 50), hours),
            timed("school", "advisory", (300, -50, 400, 50), hours),
        ]
    )
    assert codes(verify_legs([leg()], zones, margin_m=5.0, departure_utc_s=departing())) == [
        ("margin", "near"),
        ("advisory", "school"),
    ]
    off = verify_legs([leg()], zones, margin_m=5.0, departure_utc_s=departing(7200.0))
    assert off.findings == ()
    assert off.min_clearance_m is None


def test_time_and_altitude_must_meet(leg, timed):
    """It climbs into the band only after the zone has ended."""
    zone = timed("mast", "exclusion", (0, -50, 600, 50), between((at(11), at(12))), AltitudeBand(60.0, 80.0))
    flown = leg(start_s=(0.0, 0.0), end_s=(60.0, 60.0))
    climbing = Leg(3, 4, flown.start, flown.end, 40.0, 80.0, flown.start_s, flown.end_s)
    zones = ZoneSet([zone])
    assert verify_legs([climbing], zones, margin_m=0.0, departure_utc_s=departing(-29.0)).is_legal
    assert not verify_legs([climbing], zones, margin_m=0.0, departure_utc_s=departing(-31.0)).is_legal


def test_backward_times_and_departures_are_refused(place):
    with pytest.raises(GeofenceError, match="run backwards"):
        Leg(1, 2, place(0, 0), place(1, 0), 0.0, 0.0, (5.0, 6.0), (4.0, 7.0))
    leg = Leg(1, 2, place(0, 0), place(1, 0), 0.0, 0.0)
    with pytest.raises(GeofenceError, match="no span of time"):
        verify_legs([leg], ZoneSet(()), margin_m=1.0, departure_utc_s=(2.0, 1.0))
