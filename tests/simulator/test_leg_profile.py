import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.autopilot.leg_profile import LegProfile

POSITIVE = st.floats(0.5, 20.0)


@given(
    distance_m=st.floats(0.0, 3000.0),
    speed_m_s=POSITIVE,
    accel_m_s2=st.floats(0.5, 5.0),
    jerk_m_s3=st.floats(0.5, 10.0),
    start_m_s=st.floats(0.0, 15.0),
)
def test_profile_is_smooth_monotonous_and_ends_at_rest(
    distance_m: float, speed_m_s: float, accel_m_s2: float, jerk_m_s3: float, start_m_s: float
) -> None:
    profile = LegProfile(distance_m, speed_m_s, accel_m_s2, jerk_m_s3, start_m_s)
    last_m, _, _ = profile.at(0.0)
    assert last_m == 0.0
    top_m_s = max(speed_m_s, start_m_s)
    steps = 100
    dt = profile.total_s / steps
    for step in range(1, steps + 1):
        now_m, now_m_s, _ = profile.at(step * dt)
        assert now_m >= last_m - 1e-6
        assert -1e-6 <= now_m_s <= top_m_s + 1e-6
        if 0 < step < steps and dt > 1e-3:
            # The speed given is that of the distance given.
            ahead_m, behind_m = (profile.at((step + side * 1e-4) * dt)[0] for side in (1, -1))
            assert (ahead_m - behind_m) / (2e-4 * dt) == pytest.approx(now_m_s, abs=0.01 * top_m_s)
        last_m = now_m
    assert profile.at(profile.total_s + 1.0) == (pytest.approx(distance_m, abs=1e-6), 0.0, 0.0)
    assert last_m == pytest.approx(distance_m, abs=1e-3)


@given(distance_m=st.floats(0.1, 3000.0), speed_m_s=POSITIVE, accel_m_s2=st.floats(0.5, 5.0))
def test_acceleration_stays_in_bounds_from_rest(
    distance_m: float, speed_m_s: float, accel_m_s2: float
) -> None:
    profile = LegProfile(distance_m, speed_m_s, accel_m_s2, 1.0)
    for step in range(200):
        _, speed, accel = profile.at(profile.total_s * step / 200)
        assert abs(accel) <= accel_m_s2 + 1e-6
        assert -1e-9 <= speed <= speed_m_s + 1e-6
