"""Power in flight is monotone where physics is."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.refusal import MissionError
from missions.vehicle.lift import Lift, _induced_m_s, air_density_kg_m3
from missions.vehicle.stock_profiles import ARDUCOPTER_SITL, QUAD_30, QUAD_50, STOCK_PROFILES, stock_profile

PROFILES = st.sampled_from(list(STOCK_PROFILES.values()))
SPEEDS = st.floats(0.0, 16.0)
MORE = st.floats(0.01, 2.0)


@given(PROFILES, SPEEDS, st.floats(-3.0, 5.0), MORE)
def test_what_weighs_more_takes_more(profile, air_m_s, climb_m_s, more_kg):
    heavier = replace(profile, empty_mass_kg=profile.empty_mass_kg + more_kg)
    assert heavier.power_w(air_m_s, climb_m_s) > profile.power_w(air_m_s, climb_m_s)


@given(PROFILES, SPEEDS, st.floats(0.0, 4.0), MORE)
def test_a_faster_climb_takes_more(profile, air_m_s, climb_m_s, faster_m_s):
    assert profile.power_w(air_m_s, climb_m_s + faster_m_s) > profile.power_w(air_m_s, climb_m_s)


@given(PROFILES, SPEEDS, st.floats(0.0, 5.0))
def test_a_descent_is_counted_as_level_flight(profile, air_m_s, sink_m_s):
    assert profile.power_w(air_m_s, -sink_m_s) == profile.power_w(air_m_s)


@given(PROFILES, SPEEDS, MORE)
def test_speeding_up_takes_more(profile, air_m_s, acceleration_m_s2):
    assert profile.power_w(air_m_s, 0.0, acceleration_m_s2) > profile.power_w(air_m_s)


@given(PROFILES, SPEEDS, st.floats(1.0, 1.5))
def test_more_drag_takes_more(profile, air_m_s, share):
    draggier = replace(profile, lift=replace(profile.lift, drag_area_m2=share * profile.lift.drag_area_m2))
    assert draggier.power_w(air_m_s) >= profile.power_w(air_m_s)


@given(PROFILES, st.floats(0.0, 4000.0), st.floats(50.0, 500.0))
def test_thin_air_takes_more_in_the_hover(profile, alt_m, higher_m):
    assert profile.power_w(alt_amsl_m=alt_m + higher_m) > profile.power_w(alt_amsl_m=alt_m)
    assert profile.hover_endurance_s(alt_amsl_m=alt_m + higher_m) < profile.hover_endurance_s(
        alt_amsl_m=alt_m
    )


@given(st.floats(1.0, 100.0), st.floats(0.0, 25.0), st.floats(0.0, 6.0))
def test_induced_velocity_solves_glauerts_equation(square_m2_s2, air_m_s, rising_m_s):
    induced_m_s = _induced_m_s(square_m2_s2, air_m_s, rising_m_s)
    assert induced_m_s * math.hypot(air_m_s, rising_m_s + induced_m_s) == pytest.approx(
        square_m2_s2, rel=1e-6
    )


@given(st.floats(1.0, 100.0), st.floats(0.0, 25.0))
def test_in_level_flight_induced_velocity_is_the_published_closed_form(square_m2_s2, air_m_s):
    # Zeng, Xu and Zhang 2019, equation 6.
    ratio = air_m_s**2 / (2.0 * square_m2_s2)
    closed_m_s = math.sqrt(square_m2_s2 * (math.sqrt(1.0 + ratio**2) - ratio))
    assert _induced_m_s(square_m2_s2, air_m_s, 0.0) == pytest.approx(closed_m_s, rel=1e-5)


@pytest.mark.parametrize("profile", STOCK_PROFILES.values(), ids=STOCK_PROFILES)
def test_a_cruise_takes_less_than_the_hover_and_a_dash_more(profile):
    farthest_m_s = profile.farthest_speed_m_s()
    powers_w = [profile.power_w(0.25 * number) for number in range(64)]
    quietest_m_s = 0.25 * powers_w.index(min(powers_w))
    assert 1.0 < quietest_m_s < farthest_m_s
    assert min(powers_w) < 0.99 * powers_w[0]
    assert profile.power_w(1.8 * farthest_m_s) > powers_w[0]
    # Against the wind one flies faster, with it slower.
    assert profile.farthest_speed_m_s(-3.0) + -3.0 < farthest_m_s < profile.farthest_speed_m_s(3.0) + 3.0


def test_stock_drones_hover_as_long_as_their_names_say():
    assert QUAD_30.hover_endurance_s() == pytest.approx(30.0 * 60.0, rel=0.03)
    assert QUAD_50.hover_endurance_s() == pytest.approx(50.0 * 60.0, rel=0.03)
    # Recorded: 27.2 A at 12.6 V in the hover at 1520 m; air speed held at most 10.4 m/s.
    assert ARDUCOPTER_SITL.power_w(alt_amsl_m=1520.0) == pytest.approx(27.2 * 12.6, rel=0.07)
    assert ARDUCOPTER_SITL.fastest_air_speed_m_s(alt_amsl_m=1520.0) == pytest.approx(10.4, abs=0.1)


def test_a_payload_costs_endurance_by_its_weight_and_by_its_power():
    heavy = QUAD_30.with_payload("a loudspeaker", 0.3)
    loud = QUAD_30.with_payload("a loudspeaker", 0.3, 25.0)
    assert heavy.mass_kg == pytest.approx(1.69)
    # Power in the hover grows as mass to the 1.5, but for the avionics.
    share = (heavy.power_w() - 12.0) / (QUAD_30.power_w() - 12.0)
    assert share == pytest.approx((1.69 / 1.39) ** 1.5, rel=1e-6)
    assert loud.power_w() == pytest.approx(heavy.power_w() + 25.0)
    assert loud.hover_endurance_s() < heavy.hover_endurance_s() < QUAD_30.hover_endurance_s()
    assert "loudspeaker" in loud.name


def test_a_measured_hover_sets_the_efficiency():
    assert QUAD_30.with_hover_w(200.0).power_w() == pytest.approx(200.0)
    with pytest.raises(MissionError, match="do not lift"):
        QUAD_30.with_hover_w(60.0)


def test_air_is_the_standard_atmosphere():
    assert air_density_kg_m3(0.0) == pytest.approx(1.225)
    assert air_density_kg_m3(1520.0) == pytest.approx(1.0559, rel=2e-3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rotors", 0),
        ("rotor_diameter_m", 0.0),
        ("drag_area_m2", math.inf),
        ("figure_of_merit", 0.95),
        ("drive_efficiency", 1.1),
        ("avionics_w", -1.0),
    ],
)
def test_rotors_that_cannot_be_are_refused_by_field(field, value):
    with pytest.raises(MissionError, match=field):
        replace(Lift(4, 0.24, 0.05), **{field: value})


def test_an_unknown_drone_is_refused_with_the_known_ones():
    with pytest.raises(MissionError, match="quad-30"):
        stock_profile("zeppelin")
