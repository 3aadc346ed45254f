"""Zones above each other, and vertical ways through what lies between them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import Applicability, DailyPeriod, DayTime, Period
from geofence.terrain import GridTerrain
from geofence.verification.leg import Leg
from geofence.verification.return_policy import ReturnMode, ReturnPolicy
from geofence.verification.return_verification import ReturnVerification
from geofence.verification.verification import verify_legs
from geofence.zone_set import ZoneSet

WIDE = (-500.0, -500.0, 500.0, 500.0)
BESIDE = (100.0, -500.0, 500.0, 500.0)
REL = AltitudeDatum.REL


def _found(findings):
    return {(finding.code.value, finding.zone_id) for finding in findings}


@pytest.fixture
def fly(place):
    """Take off to an altitude, fly 50 m east, and land there."""

    def make(alt_m):
        start, end = place(0, 0), place(50, 0)
        return [
            Leg(0, 1, start, start, 0.0, alt_m, meets_ground=True),
            Leg(1, 2, start, end, alt_m, alt_m),
            Leg(2, 3, end, end, alt_m, 0.0, meets_ground=True),
        ]

    return make


@pytest.mark.parametrize(
    ("ceiling_m", "floor_m", "is_legal"), [(45, 45, True), (50, 45, True), (20, 45, False)]
)
def test_take_off_and_landing_pass_no_gap(fly, place, make_zone, ceiling_m, floor_m, is_legal):
    zones = ZoneSet(
        [
            make_zone("low", "inclusion", WIDE, AltitudeBand(None, ceiling_m)),
            make_zone("high", "inclusion", WIDE, AltitudeBand(floor_m, 120.0)),
        ]
    )
    legs = fly(50.0)
    verification = verify_legs(legs, zones, margin_m=2.0)
    assert verification.is_legal is is_legal
    returns = ReturnVerification(legs, zones, place(0, 0), margin_m=2.0)
    for policy in (ReturnPolicy(ReturnMode.RTL, 50.0), ReturnPolicy(ReturnMode.LAND)):
        assert returns.is_legal(policy) is is_legal
    if not is_legal:
        assert _found(verification.findings) == {("above_ceiling", "low")}
        first, last = verification.findings
        assert first.message == "Leg home to 1 flies 25.0 m above the ceiling of inclusion zone low"
        assert (first.item_seq, last.item_seq) == (1, 3)
        (back,) = returns.findings(ReturnPolicy(ReturnMode.RTL, 50.0))
        assert "30.0 m above the ceiling of inclusion zone low" in back.message


def test_the_floor_of_the_lowest_zone_is_passed(fly, make_zone):
    zones = ZoneSet([make_zone("high", "inclusion", WIDE, AltitudeBand(45.0, 120.0))])
    assert verify_legs(fly(50.0), zones, margin_m=2.0).findings == ()


def test_a_gap_beside_the_way_is_none_of_it(fly, place, make_zone):
    zones = ZoneSet(
        [
            make_zone("beside", "inclusion", BESIDE, AltitudeBand(None, 20.0)),
            make_zone("high", "inclusion", WIDE, AltitudeBand(45.0, 120.0)),
        ]
    )
    legs = fly(50.0)
    assert verify_legs(legs, zones, margin_m=2.0).findings == ()
    assert ReturnVerification(legs, zones, place(0, 0), margin_m=2.0).is_legal(ReturnPolicy(ReturnMode.LAND))


def test_a_return_may_not_climb_through_a_gap(fly, place, make_zone):
    zones = ZoneSet(
        [
            make_zone("low", "inclusion", WIDE, AltitudeBand(None, 40.0)),
            make_zone("high", "inclusion", WIDE, AltitudeBand(41.0, 120.0)),
        ]
    )
    legs = fly(30.0)
    returns = ReturnVerification(legs, zones, place(0, 0), margin_m=2.0)
    assert verify_legs(legs, zones, margin_m=2.0).is_legal
    assert not returns.is_legal(ReturnPolicy(ReturnMode.RTL, 100.0))
    assert returns.is_legal(ReturnPolicy(ReturnMode.RTL, 30.0))


def test_a_zone_that_may_be_closed_bridges_no_gap(fly, make_zone):
    zones = [
        make_zone("low", "inclusion", WIDE, AltitudeBand(None, 20.0)),
        make_zone("high", "inclusion", WIDE, AltitudeBand(45.0, 120.0)),
    ]
    between = make_zone("between", "inclusion", WIDE, AltitudeBand(20.0, 45.0))
    assert verify_legs(fly(50.0), ZoneSet([*zones, between]), margin_m=2.0).is_legal
    mornings = Applicability((Period(daily=(DailyPeriod(end=DayTime(36_000.0)),)),))
    timed = ZoneSet([*zones, replace(between, applicability=mornings)])
    assert not verify_legs(fly(50.0), timed, margin_m=2.0).is_legal


def test_zones_that_meet_above_uneven_ground_meet(place, make_zone):
    ground = GridTerrain(
        1500.0 + np.add.outer(np.arange(40.0), np.arange(40.0)),
        north_deg=36.10,
        west_deg=103.70,
        lat_step_deg=0.0004,
        lon_step_deg=0.0004,
    )
    spot = place(0, 0)
    home_m = float(ground.ground_alt_amsl_m([spot.lat_deg], [spot.lon_deg])[0])
    leg = Leg(0, 1, spot, spot, 0.0, 60.0, meets_ground=True)
    for floor_m, is_legal in ((40.0, True), (55.0, False)):
        zones = ZoneSet(
            [
                make_zone("low", "inclusion", WIDE, AltitudeBand(None, 45.0)),
                make_zone("high", "inclusion", WIDE, AltitudeBand(floor_m, 120.0)),
            ]
        )
        found = verify_legs([leg], zones, margin_m=2.0, home_alt_amsl_m=home_m, terrain=ground)
        assert found.is_legal is is_legal


BANDS = st.tuples(st.sampled_from([None, *range(0, 60, 5)]), st.integers(1, 12)).map(
    lambda band: AltitudeBand(band[0], (band[0] or 0) + 5.0 * band[1], REL)
)


@given(st.lists(st.tuples(BANDS, st.booleans()), min_size=1, max_size=5), st.integers(2, 60))
@settings(max_examples=150, deadline=None)
def test_vertical_ways_agree_with_every_height_of_theirs(place, make_zone, drawn, top_m):
    zones = [
        make_zone(f"z{number}", "inclusion", WIDE if covers else BESIDE, band)
        for number, (band, covers) in enumerate(drawn)
    ]
    bands = [band.limits_rel_m() for band, covers in drawn if covers]
    lowest_m = min((floor_m for floor_m, _ in bands), default=np.inf)
    heights_m = np.arange(0.0, top_m + 0.25, 0.5)
    is_free = bool(bands) and all(
        height_m < lowest_m or any(low <= height_m <= high for low, high in bands) for height_m in heights_m
    )
    # Above the top it must have come from some zone, which a leg below all floors has not.
    is_free &= any(top_m <= high for _, high in bands)
    spot = place(0, 0)
    for alts in ((0.0, float(top_m)), (float(top_m), 0.0)):
        leg = Leg(0, 1, spot, spot, *alts, meets_ground=True)
        assert verify_legs([leg], ZoneSet(zones), margin_m=2.0).is_legal is is_free
    hover = Leg(1, 2, spot, spot, float(top_m), float(top_m))
    returns = ReturnVerification([hover], ZoneSet(zones), spot, margin_m=2.0)
    assert returns.is_legal(ReturnPolicy(ReturnMode.LAND)) is is_free
