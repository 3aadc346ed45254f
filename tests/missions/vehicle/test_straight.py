"""Legs with limited speed, acceleration and jerk."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.vehicle.straight import Straight, corner_saving_s

LENGTHS = st.floats(0.1, 2000.0)
LIMITS = (st.floats(0.5, 20.0), st.floats(0.5, 5.0), st.floats(0.5, 5.0))


@given(LENGTHS, *LIMITS)
def test_half_of_the_time_covers_half_of_the_way(length_m, speed_m_s, acceleration_m_s2, jerk_m_s3):
    leg = Straight.of(length_m, speed_m_s, acceleration_m_s2, jerk_m_s3)
    way_m, reached_m_s = leg.begun(0.5 * leg.duration_s)
    assert way_m == pytest.approx(0.5 * length_m, rel=1e-6)
    assert reached_m_s == pytest.approx(leg.peak_m_s, rel=1e-6)


@given(LENGTHS, *LIMITS)
def test_its_limits_are_kept(length_m, speed_m_s, acceleration_m_s2, jerk_m_s3):
    leg = Straight.of(length_m, speed_m_s, acceleration_m_s2, jerk_m_s3)
    step_s = leg.duration_s / 400.0
    speeds = [leg.begun(step_s * number)[1] for number in range(201)]
    ways = [leg.begun(step_s * number)[0] for number in range(201)]
    assert max(speeds) <= speed_m_s + 1e-9
    slopes = [(b - a) / step_s for a, b in itertools.pairwise(speeds)]
    assert max(slopes) <= acceleration_m_s2 * (1.0 + 1e-6)
    assert min(slopes) >= -1e-9
    # The way is the integral of the speed.
    summed_m = step_s * (sum(speeds) - 0.5 * (speeds[0] + speeds[-1]))
    assert summed_m == pytest.approx(ways[-1], abs=step_s * leg.peak_m_s)


@given(LENGTHS, st.floats(0.01, 100.0), *LIMITS)
def test_longer_takes_longer_and_faster_no_longer(length_m, more_m, speed_m_s, acceleration_m_s2, jerk_m_s3):
    limits = acceleration_m_s2, jerk_m_s3
    once_s = Straight.of(length_m, speed_m_s, *limits).duration_s
    assert Straight.of(length_m + more_m, speed_m_s, *limits).duration_s > once_s
    assert Straight.of(length_m, 1.1 * speed_m_s, *limits).duration_s <= once_s + 1e-9
    assert once_s >= length_m / speed_m_s


@given(LENGTHS, LENGTHS, st.floats(0.0, math.pi), st.floats(1.0, 15.0), st.floats(0.2, 5.0))
def test_a_corner_saves_the_less_the_sharper_it_is(one_m, other_m, turn_rad, speed_m_s, radius_m):
    one, other = (Straight.of(length_m, speed_m_s, 2.5, 1.0) for length_m in (one_m, other_m))

    def saving_s(angle_rad, radius_m):
        leave = (math.cos(angle_rad), math.sin(angle_rad), 0.0)
        return corner_saving_s(one, other, (1.0, 0.0, 0.0), leave, radius_m=radius_m, speed_m_s=speed_m_s)

    saved_s = saving_s(turn_rad, radius_m)
    assert 0.0 <= saved_s <= min(one.duration_s, other.duration_s)
    assert saving_s(turn_rad, 1.5 * radius_m) >= saved_s - 1e-6
    sharp_rad = (2.0 * math.pi + turn_rad) / 3.0  # where only the radius limits it
    assert saving_s(math.pi, radius_m) <= saving_s(sharp_rad, radius_m) + 1e-6


def test_a_straight_line_in_two_legs_takes_as_long_as_in_one():
    half = Straight.of(300.0, 10.0, 2.5, 1.0)
    east = (1.0, 0.0, 0.0)
    saved_s = corner_saving_s(half, half, east, east, radius_m=2.0, speed_m_s=10.0)
    assert 2.0 * half.duration_s - saved_s == pytest.approx(
        Straight.of(600.0, 10.0, 2.5, 1.0).duration_s, abs=0.1
    )


@given(LENGTHS, st.floats(0.0, 0.5))
def test_the_last_metres(length_m, share):
    leg = Straight.of(length_m, 10.0, 2.5, 1.0)
    last_m = share * length_m
    assert leg.begun(leg.last_s(last_m))[0] == pytest.approx(last_m, abs=1e-2)
