import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.applicability import Applicability, DailyPeriod, DayTime, Period, Weekday
from geofence.formats.eurocae.schedule import applicability_from_periods, periods_of_applicability
from geofence.latlon import LatLon
from geofence.sun import SunEvent

PLACE = LatLon(42.0, 24.0)
FRIDAY = frozenset({Weekday.FRIDAY})


def read(*schedule):
    deviations = []
    applicability = applicability_from_periods([{"schedule": list(schedule)}], "times", deviations, place="")
    return applicability.periods[0].daily, deviations


def test_times_with_an_offset_are_brought_to_utc_with_their_day():
    daily, _ = read({"day": ["FRI"], "startTime": "01:00:00+02:00", "endTime": "03:00:00+02:00"})
    thursday = frozenset({Weekday.THURSDAY})
    assert daily == (DailyPeriod(thursday, DayTime(23 * 3600.0), DayTime(1 * 3600.0)),)
    daily, _ = read({"day": ["FRI"], "startTime": "22:00-0500", "endTime": "23:00-05"})
    assert daily == (DailyPeriod(frozenset({Weekday.SATURDAY}), DayTime(3 * 3600.0), DayTime(4 * 3600.0)),)


def test_events_stand_for_times():
    daily, _ = read({"day": ["FRI"], "startEvent": "BMCT", "endEvent": "EECT"})
    assert daily == (DailyPeriod(FRIDAY, DayTime(0.0, SunEvent.DAWN), DayTime(0.0, SunEvent.DUSK)),)
    daily, _ = read({"day": ["FRI"], "startTime": "12:00Z", "endEvent": "SS"})
    assert daily == (DailyPeriod(FRIDAY, DayTime(12 * 3600.0), DayTime(0.0, SunEvent.SUNSET)),)


def test_a_time_and_an_event_at_once_are_both_taken():
    daily, deviations = read({"day": ["FRI"], "startTime": "05:00Z", "startEvent": "SR", "endTime": "20:00Z"})
    assert {period.start for period in daily} == {DayTime(5 * 3600.0), DayTime(0.0, SunEvent.SUNRISE)}
    assert "both a time and an event" in deviations[0]


def test_an_event_beside_a_time_of_another_zone_is_the_whole_day():
    daily, deviations = read({"day": ["FRI"], "startEvent": "SR", "endTime": "20:00+02:00"})
    around = frozenset({Weekday.THURSDAY, Weekday.FRIDAY, Weekday.SATURDAY})
    assert daily == (DailyPeriod(around),)
    assert "the whole day is taken" in deviations[0]


@pytest.mark.parametrize("end", ["24:00:00Z", "00:00:00Z", None])
def test_midnight_ends_a_day(end):
    daily, _ = read({"day": ["FRI"], "startTime": "00:00:00Z", **({"endTime": end} if end else {})})
    assert daily == (DailyPeriod(FRIDAY),)


clocks = st.integers(0, 96).map(lambda quarters: DayTime(quarters * 900.0))
suns = st.builds(
    lambda s, event: DayTime(float(s), event), st.integers(-7200, 7200), st.sampled_from(SunEvent)
)
daily_periods = st.builds(
    DailyPeriod, st.frozensets(st.sampled_from(Weekday), min_size=1), clocks | suns, clocks | suns
)
zones = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Sofia", "America/New_York"])


@pytest.mark.parametrize("with_events", [True, False])
@settings(max_examples=60, deadline=None)
@given(periods=st.lists(daily_periods, min_size=1, max_size=2), zone=zones, week=st.integers(0, 51))
def test_what_is_said_never_holds_for_less(with_events, periods, zone, week):
    applicability = Applicability((Period(daily=tuple(periods)),), zone)
    said = periods_of_applicability(applicability, with_events=with_events)
    found = applicability_from_periods(said, "times", [], place="")
    from_s = 1_767_225_600.0 + week * 7 * 86_400.0
    span = (from_s, from_s + 8 * 86_400.0)
    longer = found.intervals_utc_s(*span, PLACE, when_unknown=True)
    for start_s, end_s in applicability.intervals_utc_s(*span, PLACE, when_unknown=True):
        assert any(first_s <= start_s + 1e-3 and end_s - 1e-3 <= last_s for first_s, last_s in longer)
