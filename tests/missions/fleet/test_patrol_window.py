import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.fleet.patrol_window import clock_text, parse_window
from missions.refusal import MissionError

MINUTES = st.integers(0, 1439)


def written(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@given(MINUTES, st.integers(1, 1439))
def test_windows_are_read_across_midnight_too(begin, length):
    window = parse_window(f"{written(begin)}-{written((begin + length) % 1440)}", place="--window")
    assert (window.begins_clock_s, window.length_s) == (60.0 * begin, 60.0 * length)
    assert clock_text(window.begins_clock_s) == written(begin)


@given(MINUTES, st.integers(2, 1200), st.data())
def test_hours_inside_of_a_window_are_seconds_after_its_beginning(begin, length, data):
    window = parse_window(f"{written(begin)}-{written((begin + length) % 1440)}", place="--window")
    first = data.draw(st.integers(0, length - 1))
    last = data.draw(st.integers(first + 1, length))
    clocks = f"{written((begin + first) % 1440)}-{written((begin + last) % 1440)}"
    assert window.seconds(clocks, place="task") == (60.0 * first, 60.0 * last)


def test_what_began_before_the_window_is_cut_to_it():
    window = parse_window("21:00-23:00", place="--window")
    assert window.seconds("20:30-21:30", place="task") == (0.0, 1800.0)
    with pytest.raises(MissionError, match="outside"):
        window.seconds("20:00-20:30", place="task")


def test_moments_tell_the_day():
    window = parse_window("2026-05-01T21:00+08:00/2026-05-01T23:30+08:00", place="--window")
    assert window.begins_utc_s == 1_777_640_400.0
    assert (clock_text(window.begins_clock_s), window.length_s) == ("21:00", 9000.0)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(MissionError):
        assert 0.0 < parse_window(text, place="--window").length_s <= 86_400.0


@pytest.mark.parametrize(
    "text", ["21:00", "21:00-21:00", "25:00-26:00", "21:60-22:00", "a/b", "21:00-22:00-23:00"]
)
def test_no_windows_are_refused(text):
    with pytest.raises(MissionError, match=r"window|empty"):
        parse_window(text, place="--window")
