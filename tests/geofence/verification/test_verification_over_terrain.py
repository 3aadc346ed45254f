import numpy as np
import pytest

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.refusal import GeofenceError
from geofence.terrain import GridTerrain
from geofence.verification.finding import FindingCode
from geofence.verification.leg import Leg
from geofence.verification.verification import verify_legs
from geofence.zone_set import ZoneSet

HOME_ALT_M = 1520.0
GROUND = (-900.0, -900.0, 900.0, 900.0)


@pytest.fixture
def terrain(place):
    """Level ground of 1520 m, with heights added at nodes given in metres east and north; about 56 x 54 m apart."""

    def make(*rises, base_m=HOME_ALT_M):
        nodes = np.full((41, 41), base_m)
        north_west = place(-1080.0, 1110.0)
        terrain = GridTerrain(
            nodes,
            north_deg=north_west.lat_deg,
            west_deg=north_west.lon_deg,
            lat_step_deg=0.0005,
            lon_step_deg=0.0006,
        )
        for x_m, y_m, rise_m in rises:
            spot = place(x_m, y_m)
            row = round((north_west.lat_deg - spot.lat_deg) / 0.0005)
            column = round((spot.lon_deg - north_west.lon_deg) / 0.0006)
            nodes[row, column] += rise_m
        return (
            GridTerrain(
                nodes,
                north_deg=north_west.lat_deg,
                west_deg=north_west.lon_deg,
                lat_step_deg=0.0005,
                lon_step_deg=0.0006,
            )
            if rises
            else terrain
        )

    return make


@pytest.fixture
def leg(place):
    def make(start=(-500.0, 0.0), end=(500.0, 0.0), alts=(50.0, 50.0), **fields):
        return Leg(3, 4, place(*start), place(*end), *alts, **fields)

    return make


def verify(legs, terrain, zones=(), *, home_alt_amsl_m=HOME_ALT_M, **rules):
    return verify_legs(
        legs, ZoneSet(zones), margin_m=5.0, terrain=terrain, home_alt_amsl_m=home_alt_amsl_m, **rules
    )


def codes(verification):
    return [(finding.code.value, finding.zone_id) for finding in verification.findings]


def test_level_terrain_is_as_level_ground(leg, terrain, make_zone):
    zones = [make_zone("park", "inclusion", GROUND, AltitudeBand(None, 60.0))]
    verified = verify([leg()], terrain(), zones)
    assert verified.findings == ()
    assert verified.legs[0].ground_clearance_m == pytest.approx(50.0, abs=0.001)
    assert codes(verify([leg(alts=(61.0, 61.0))], terrain(), zones)) == [("above_ceiling", "park")]


def test_a_hill_is_too_close(leg, terrain):
    hill = terrain((0.0, 0.0, 47.0))
    (finding,) = verify([leg()], hill).findings
    assert finding.code is FindingCode.TERRAIN
    assert 0.0 < finding.clearance_m < 5.0
    assert "above the ground, less than 5.0 m" in finding.message
    assert verify([leg()], hill, ground_clearance_m=1.0).is_legal
    deep = verify([leg()], terrain((0.0, 0.0, 70.0))).findings[0]
    assert "runs into the ground" in deep.message
    assert deep.clearance_m < -10.0


def test_nothing_hides_between_samples(leg, terrain):
    """A peak on one node, beside which the leg passes anywhere."""
    peak = terrain((0.0, 0.0, 60.0))
    for y_m in np.linspace(-12.0, 12.0, 9):
        found = verify([leg(start=(-500.0, y_m), end=(500.0, y_m))], peak).findings
        assert [finding.code for finding in found] == [FindingCode.TERRAIN]


def test_a_sloping_leg_follows_the_slope(leg, terrain):
    rise = terrain(*((x_m, y_m, 40.0) for x_m in (336.0, 392.0, 448.0, 504.0) for y_m in (-54.0, 0.0, 54.0)))
    assert codes(verify([leg(alts=(20.0, 20.0))], rise)) == [("terrain", None)]
    assert verify([leg(alts=(20.0, 80.0))], rise).is_legal


def test_take_off_and_landing_meet_the_ground(leg, terrain):
    up = leg((0.0, 0.0), (0.0, 0.0), (0.0, 50.0), meets_ground=True)
    verified = verify([up], terrain())
    assert verified.findings == ()
    assert verified.legs[0].ground_clearance_m is None
    on_the_spot = leg((0.0, 0.0), (0.0, 0.0), (3.0, 50.0))
    assert codes(verify([on_the_spot], terrain())) == [("terrain", None)]


def test_the_legal_limit_counts_from_the_ground(leg, terrain):
    valley = terrain((0.0, 0.0, -80.0))
    (finding,) = verify([leg()], valley).findings
    assert finding.code is FindingCode.ABOVE_LEGAL_LIMIT
    assert finding.clearance_m == pytest.approx(-10.0, abs=4.0)
    assert verify([leg()], valley, legal_limit_agl_m=None).is_legal
    plateau = terrain(base_m=HOME_ALT_M + 60.0)
    assert verify([leg(alts=(150.0, 150.0))], plateau).is_legal


def test_bands_above_ground_rise_with_it(leg, terrain, make_zone):
    hill = terrain((0.0, 0.0, 30.0))
    agl = [make_zone("park", "exclusion", (-300, -50, 300, 50), AltitudeBand(None, 40.0))]
    rel = [make_zone("park", "exclusion", (-300, -50, 300, 50), AltitudeBand(None, 40.0, AltitudeDatum.REL))]
    assert codes(verify([leg()], hill, agl)) == [("inside_exclusion", "park")]
    assert verify([leg()], hill, rel).is_legal
    assert verify([leg()], terrain(), agl).is_legal
    lane = [make_zone("lane", "inclusion", GROUND, AltitudeBand(None, 60.0))]
    assert codes(verify([leg()], terrain((0.0, 0.0, -30.0)), lane)) == [("above_ceiling", "lane")]
    high = [make_zone("lane", "inclusion", GROUND, AltitudeBand(40.0, 90.0))]
    assert verify([leg()], terrain(), high).is_legal
    assert codes(verify([leg()], hill, high)) == [("below_floor", "lane")]


def test_mixed_datums(leg, terrain, make_zone):
    """From 30 m above ground to 1600 m above the sea."""
    band = AltitudeBand(30.0, 1600.0, AltitudeDatum.AGL, AltitudeDatum.AMSL)
    zones = [make_zone("mixed", "exclusion", (-300, -50, 300, 50), band)]
    assert codes(verify([leg()], terrain(), zones)) == [("inside_exclusion", "mixed")]
    assert verify([leg(alts=(25.0, 25.0))], terrain(), zones).is_legal
    assert verify([leg(alts=(81.0, 81.0))], terrain(), zones).is_legal
    lowered = verify([leg(alts=(25.0, 25.0))], terrain((0.0, 0.0, -20.0)), zones)
    assert codes(lowered) == [("inside_exclusion", "mixed")]


def test_unknown_ground_is_the_stricter_ground(leg, terrain, make_zone):
    void = terrain((0.0, 0.0, np.nan))
    high = [make_zone("mast", "exclusion", (-20, -50, 20, 50), AltitudeBand(100.0, None))]
    verified = verify([leg()], void, high)
    assert codes(verified) == [("unknown_terrain", None), ("inside_exclusion", "mast")]
    assert "does not know the ground" in verified.findings[0].message
    lane = [make_zone("lane", "inclusion", GROUND, AltitudeBand(None, 90.0))]
    assert ("unknown_terrain", "lane") in codes(verify([leg()], void, lane))
    without_home = verify([leg()], terrain(), home_alt_amsl_m=None)
    assert codes(without_home) == [("unknown_terrain", None)]


def test_a_clearance_that_is_none_is_refused(leg, terrain):
    with pytest.raises(GeofenceError, match="ground clearance -1 m is not a distance"):
        verify([leg()], terrain(), ground_clearance_m=-1.0)
