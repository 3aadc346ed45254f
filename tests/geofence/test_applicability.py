from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from astral import Observer
from astral.sun import elevation
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.applicability import (
    DAY_S,
    EVERY_DAY,
    Applicability,
    DailyPeriod,
    DayTime,
    Period,
    Weekday,
)
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.sun import SunEvent

LANZHOU = LatLon(36.0611, 103.8343)
TROMSO = LatLon(69.65, 18.96)
MINUTE_S = 60.0
SUNRISE, SUNSET = DayTime(0.0, SunEvent.SUNRISE), DayTime(0.0, SunEvent.SUNSET)


def utc_s(*moment, zone="UTC"):
    return datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp()


def clock(hours, minutes=0):
    return DayTime(hours * 3600.0 + minutes * 60.0)


def daily(start, end, days=EVERY_DAY, zone="UTC", first=None, last=None):
    return Applicability((Period(first, last, (DailyPeriod(days, start, end),)),), zone)


def holds(applicability, at_s, *, place=LANZHOU, when_unknown=True):
    return applicability.holds_at(at_s, place, when_unknown=when_unknown)


def test_a_permanent_zone_always_holds():
    for applicability in (Applicability(), Applicability((Period(),)), Applicability((Period(), Period()))):
        assert applicability.is_permanent
        assert applicability.intervals_utc_s(0.0, 9.0, LANZHOU, when_unknown=False) == ((0.0, 9.0),)


def test_a_period_of_dates_includes_its_ends():
    start, end = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)
    applicability = Applicability((Period(start, end),))
    for seconds, expected in ((-1.0, False), (0.0, True), (DAY_S, True), (DAY_S + 1.0, False)):
        assert holds(applicability, start.timestamp() + seconds) is expected
    assert applicability.intervals_utc_s(0.0, 4e9, LANZHOU, when_unknown=True) == (
        (start.timestamp(), end.timestamp()),
    )


def test_half_open_periods_and_periods_that_meet_are_one_interval():
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    applicability = Applicability((Period(end=noon), Period(start=noon)))
    assert applicability.intervals_utc_s(0.0, 4e9, LANZHOU, when_unknown=True) == ((0.0, 4e9),)


def test_a_night_belongs_to_the_day_it_starts_on():
    nights = daily(clock(22), clock(6), frozenset({Weekday.FRIDAY}), "Asia/Shanghai")
    friday = (2026, 5, 1)
    assert datetime(*friday).weekday() == Weekday.FRIDAY  # noqa: DTZ001
    assert holds(nights, utc_s(*friday, 23, zone="Asia/Shanghai"))
    assert holds(nights, utc_s(2026, 5, 2, 5, 59, zone="Asia/Shanghai"))
    assert not holds(nights, utc_s(2026, 5, 2, 23, zone="Asia/Shanghai"))
    assert not holds(nights, utc_s(2026, 5, 1, 5, zone="Asia/Shanghai"))


@pytest.mark.parametrize("end", [clock(8), clock(8, 0)])
def test_an_end_at_the_start_is_a_whole_day(end):
    applicability = daily(clock(8), end, frozenset({Weekday.FRIDAY}))
    assert applicability.intervals_utc_s(
        utc_s(2026, 4, 27), utc_s(2026, 5, 3, 23), LANZHOU, when_unknown=True
    ) == ((utc_s(2026, 5, 1, 8), utc_s(2026, 5, 2, 8)),)


def test_midnight_to_24_is_a_day_and_days_join():
    weekend = frozenset({Weekday.SATURDAY, Weekday.SUNDAY})
    applicability = daily(clock(0), clock(24), weekend, "Asia/Shanghai")
    (interval,) = applicability.intervals_utc_s(
        utc_s(2026, 4, 28), utc_s(2026, 5, 5), LANZHOU, when_unknown=True
    )
    assert interval == (utc_s(2026, 5, 2, zone="Asia/Shanghai"), utc_s(2026, 5, 4, zone="Asia/Shanghai"))


@pytest.mark.parametrize("when_unknown", [True, False])
def test_a_clock_put_forward_or_back_is_taken_to_the_safe_side(when_unknown):
    # Sofia: 2026-03-29 03:00 becomes 04:00, 2026-10-25 04:00 becomes 03:00.
    applicability = daily(clock(3, 15), clock(3, 45), zone="Europe/Sofia")
    forward = applicability.intervals_utc_s(
        utc_s(2026, 3, 29), utc_s(2026, 3, 29, 12), LANZHOU, when_unknown=when_unknown
    )
    back = applicability.intervals_utc_s(
        utc_s(2026, 10, 24, 12), utc_s(2026, 10, 25, 12), LANZHOU, when_unknown=when_unknown
    )
    if when_unknown:
        assert forward == ((utc_s(2026, 3, 29, 0, 15), utc_s(2026, 3, 29, 1, 45)),)
        assert back == ((utc_s(2026, 10, 25, 0, 15), utc_s(2026, 10, 25, 1, 45)),)
    else:
        assert forward == back == ()


zones = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Sofia", "America/New_York", "Asia/Kathmandu"])
days = st.frozensets(st.sampled_from(Weekday), min_size=1)
clocks = st.integers(0, 24 * 4).map(lambda quarters: DayTime(quarters * 900.0))
days_of_clocks = st.builds(DailyPeriod, days, clocks, clocks)


def is_within(walls, period):
    """Whether a reading of the clock lies in a daily period, by the hands and the weekday alone."""
    for wall in walls:
        midnight = wall.replace(hour=0, minute=0, second=0)
        for turn in (0, 1, 2):
            day = midnight - timedelta(days=turn)
            if Weekday(day.weekday()) not in period.days:
                continue
            end_s = period.end.offset_s
            end_s += DAY_S if end_s <= period.start.offset_s else 0.0
            start, end = (day + timedelta(seconds=offset) for offset in (period.start.offset_s, end_s))
            if start <= wall <= end:
                return True
    return False


@settings(max_examples=50, deadline=None)
@given(zones, st.lists(days_of_clocks, min_size=1, max_size=3), st.integers(0, 730), st.booleans())
def test_daily_periods_agree_with_a_watch_minute_by_minute(name, periods, day, when_unknown):
    applicability = Applicability((Period(daily=tuple(periods)),), name)
    zone = ZoneInfo(name)
    first_s = utc_s(2026, 1, 1) + day * DAY_S
    minutes = [first_s + MINUTE_S * minute for minute in range(1440)]
    intervals = applicability.intervals_utc_s(minutes[0], minutes[-1], LANZHOU, when_unknown=when_unknown)
    assert all(before[1] < after[0] for before, after in pairwise(intervals))
    offsets = {datetime.fromtimestamp(at_s, zone).utcoffset() for at_s in (first_s - 4 * DAY_S, minutes[-1])}
    remaining = list(intervals)
    for at_s in minutes:
        while remaining and remaining[0][1] < at_s:
            remaining.pop(0)
        found = bool(remaining) and remaining[0][0] <= at_s
        wall = datetime.fromtimestamp(at_s, zone).replace(tzinfo=None)
        expected = any(is_within((wall,), period) for period in periods)
        if len(offsets) == 1:
            assert found is expected
        elif when_unknown:
            assert found >= expected
        else:
            assert found <= expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(days_of_clocks, min_size=1, max_size=3),
    zones,
    st.integers(0, 400 * 1440),
    st.integers(0, 4000),
    st.integers(0, 4000),
)
def test_a_part_of_a_span_is_told_as_the_whole(periods, name, start, length, cut):
    applicability = Applicability((Period(daily=tuple(periods)),), name)
    from_s = utc_s(2026, 1, 1) + start * MINUTE_S
    to_s = from_s + (length + cut) * MINUTE_S
    middle_s = from_s + cut * MINUTE_S
    whole = applicability.intervals_utc_s(from_s, to_s, LANZHOU, when_unknown=True)
    part = applicability.intervals_utc_s(middle_s, to_s, LANZHOU, when_unknown=True)
    assert part == tuple((max(a, middle_s), b) for a, b in whole if b >= middle_s)
    assert holds(applicability, middle_s) is any(a <= middle_s <= b for a, b in whole)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "Pacific/Auckland", "Pacific/Honolulu"])
@pytest.mark.parametrize("day", [1, 80, 172, 266, 355])
def test_daylight_agrees_with_the_height_of_the_sun_minute_by_minute(zone, day):
    daylight = daily(SUNRISE, SUNSET, zone=zone)
    night = daily(SUNSET, SUNRISE, zone=zone)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    observer = Observer(LANZHOU.lat_deg, LANZHOU.lon_deg)
    for minute in range(0, 1440, 5):
        moment = start + timedelta(minutes=minute)
        height_deg = elevation(observer, moment, with_refraction=False) + 50.0 / 60.0
        if abs(height_deg) > 0.2:
            assert holds(daylight, moment.timestamp()) is (height_deg > 0.0), moment
            assert holds(night, moment.timestamp()) is (height_deg < 0.0), moment


def test_no_daylight_is_missed_or_doubled_where_the_sun_rises_about_midnight():
    for lon_deg in (-180.0, -95.0, -90.0, 85.0, 90.0, 180.0):
        place = LatLon(36.0, lon_deg)
        intervals = daily(SUNRISE, SUNSET).intervals_utc_s(
            utc_s(2026, 1, 1), utc_s(2027, 1, 1), place, when_unknown=True
        )
        assert 365 <= len(intervals) <= 366
        inner = intervals[1:-1]
        assert all(9.5 * 3600.0 < end_s - start_s < 15.0 * 3600.0 for start_s, end_s in inner)


def test_offsets_reach_before_sunrise_and_after_sunset():
    applicability = daily(
        DayTime(-1800.0, SunEvent.SUNRISE), DayTime(1800.0, SunEvent.SUNSET), zone="Asia/Shanghai"
    )
    plain = daily(SUNRISE, SUNSET, zone="Asia/Shanghai")
    span = (utc_s(2026, 6, 20, 16), utc_s(2026, 6, 21, 15, 59))
    ((start_s, end_s),) = applicability.intervals_utc_s(*span, LANZHOU, when_unknown=True)
    ((rise_s, set_s),) = plain.intervals_utc_s(*span, LANZHOU, when_unknown=True)
    assert (rise_s - start_s, end_s - set_s) == (1800.0, 1800.0)


@pytest.mark.parametrize(
    ("start", "month"),
    [(SUNRISE, 6), (SUNRISE, 12), (SUNSET, 6), (SUNSET, 12), (DayTime(-3600.0, SunEvent.DAWN), 6)],
)
def test_in_polar_day_and_night_what_is_forbidden_stays_so_and_what_is_allowed_does_not(start, month):
    end = SUNSET if start is not SUNSET else SUNRISE
    applicability = daily(start, end, zone="Europe/Oslo")
    span = (utc_s(2026, month, 10), utc_s(2026, month, 20))
    assert applicability.intervals_utc_s(*span, TROMSO, when_unknown=True) == (span,)
    assert applicability.intervals_utc_s(*span, TROMSO, when_unknown=False) == ()


def test_a_start_that_happens_without_its_end_holds_on():
    applicability = daily(clock(12), DayTime(0.0, SunEvent.DUSK), frozenset({Weekday.MONDAY}), "Europe/Oslo")
    monday = (2026, 6, 15)
    assert holds(applicability, utc_s(*monday, 23, 59, zone="Europe/Oslo"), place=TROMSO)
    assert not holds(applicability, utc_s(*monday, 11, zone="Europe/Oslo"), place=TROMSO)
    assert not holds(applicability, utc_s(2026, 6, 19, 12, zone="Europe/Oslo"), place=TROMSO)


def test_thirty_years_of_daylight_are_told_and_more_is_refused():
    applicability = daily(clock(8), clock(18), zone="Asia/Shanghai")
    from_s = utc_s(2026, 1, 1)
    assert len(applicability.intervals_utc_s(from_s, utc_s(2056, 1, 1), LANZHOU, when_unknown=True)) == 10_958
    with pytest.raises(GeofenceError, match="for more than 30 years"):
        applicability.intervals_utc_s(from_s, utc_s(2060, 1, 1), LANZHOU, when_unknown=True)


def test_a_long_span_costs_no_more_than_the_period_in_it():
    end = datetime(2026, 2, 1, tzinfo=UTC)
    applicability = daily(clock(8), clock(18), first=datetime(2026, 1, 1, tzinfo=UTC), last=end)
    assert len(applicability.intervals_utc_s(-6e10, 2e11, LANZHOU, when_unknown=True)) == 31


@pytest.mark.parametrize(
    ("span", "fault"),
    [
        ((0.0, float("nan")), "not finite"),
        ((float("-inf"), 0.0), "not finite"),
        ((1e15, 1e15), "years the calendar does not have"),
        ((-6.3e10, -6.3e10), "years the calendar does not have"),
    ],
)
def test_spans_that_are_none_are_refused(span, fault):
    with pytest.raises(GeofenceError, match=fault):
        daily(clock(8), clock(18)).intervals_utc_s(*span, LANZHOU, when_unknown=True)


def test_a_span_that_ends_before_it_starts_holds_nothing():
    assert Applicability().intervals_utc_s(1.0, 0.0, LANZHOU, when_unknown=True) == ()


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: DayTime(-1.0), "-1 s is not a time of day. Give 0 to 86400"),
        (lambda: DayTime(50_000.0, SunEvent.DAWN), "Give -43200 to 43200"),
        (lambda: DayTime(float("nan")), "not a time of day"),
        (lambda: DailyPeriod(frozenset()), "has no day"),
        (lambda: Period(datetime(2026, 1, 1)), "has no time zone"),  # noqa: DTZ001
        (
            lambda: Period(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
            "ends .* before it starts",
        ),
        (lambda: Applicability(time_zone="Asia/Lanzhou"), "'Asia/Lanzhou' is not a time zone"),
        (lambda: Applicability(time_zone="../etc"), "is not a time zone"),
    ],
)
def test_times_that_are_none_are_refused(make, fault):
    with pytest.raises(GeofenceError, match=fault):
        make()
