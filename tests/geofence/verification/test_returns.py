"""Every finding on the way back, with a route that shows it."""

import itertools
from datetime import UTC, datetime

import numpy as np
import pytest

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import Applicability, Period
from geofence.refusal import GeofenceError
from geofence.terrain import GridTerrain
from geofence.verification.finding import FindingCode, Severity
from geofence.verification.leg import Leg
from geofence.verification.return_policy import RallyPoint, ReturnMode, ReturnPolicy
from geofence.verification.return_verification import ReturnVerification
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet

LOW = ReturnPolicy(ReturnMode.RTL, 15.0)
SMART = ReturnPolicy(ReturnMode.SMART_RTL)
LAND = ReturnPolicy(ReturnMode.LAND)
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def fly(place):
    """Take off at 0, 0 and fly through places (east, north[, altitude]), 50 m high."""

    def make(*corners, zones=(), home=(0.0, 0.0), margin_m=2.0, speed_m_s=None, **settings):
        alt_m = corners[0][2] if len(corners[0]) > 2 else 50.0
        places = [(*home, alt_m), *((*corner, 50.0)[:3] for corner in corners)]
        legs = [Leg(0, 1, place(*home), place(*home), 0.0, alt_m, (0.0, 0.0), (10.0, 20.0))]
        for number, (a, b) in enumerate(itertools.pairwise(places), start=1):
            start_s, end_s = (10.0 * number, 20.0 * number), (10.0 * number + 10.0, 20.0 * number + 20.0)
            legs.append(Leg(number, number + 1, place(*a[:2]), place(*b[:2]), a[2], b[2], start_s, end_s))
        return ReturnVerification(legs, ZoneSet(zones), place(*home), margin_m=margin_m, **settings)

    return make


def codes(findings):
    return {(finding.code, finding.zone_id) for finding in findings}


def test_rtl_across_an_exclusion_is_found_with_its_first_place(fly, make_zone, frame):
    keep_out = make_zone("no", "exclusion", (80, -10, 120, 40))
    verification = fly((0, 100), (200, 100), (200, 0), zones=[keep_out])
    (finding,) = verification.findings(LOW)
    assert (finding.code, finding.zone_id, finding.severity) == (
        FindingCode.RETURN_CROSSES,
        "no",
        Severity.VIOLATION,
    )
    # Home is seen from (200, 100) over the corner (80, 40): until then the way back only comes close.
    assert (finding.from_seq, finding.item_seq) == (3, 4)
    x_m, y_m = frame.point_xy_m(finding.position)
    assert (x_m, y_m) == (pytest.approx(200.0, abs=0.1), pytest.approx(100.0, abs=0.1))
    assert finding.clearance_m < -9.0
    assert "straight way home at 50 m enters exclusion zone no" in finding.message
    assert verification.is_legal(SMART)
    assert verification.is_legal(LAND)


def test_a_return_too_close_is_short_of_the_margin(fly, make_zone):
    verification = fly(
        (0, 100), (200, 100), zones=[make_zone("no", "exclusion", (80, -10, 120, 39))], margin_m=5.0
    )
    (finding,) = verification.findings(LOW)
    assert finding.code is FindingCode.RETURN_MARGIN
    assert 0.0 < finding.clearance_m < 5.0


def test_a_return_over_a_bay_leaves_the_inclusion(fly, make_zone):
    bay = make_zone(
        "land", "inclusion", [(-50, -50), (300, -50), (300, 50), (150, 50), (20, 10), (20, 300), (-50, 300)]
    )
    verification = fly((0, 0), (250, 0), zones=[bay], home=(0, 100))
    (finding,) = verification.findings(LOW)
    assert (finding.code, finding.zone_id) == (FindingCode.RETURN_OUTSIDE, "land")
    assert (finding.from_seq, finding.item_seq) == (2, 3)
    assert finding.clearance_m < -20.0
    assert verification.is_legal(SMART)


def test_a_climb_over_a_ceiling_is_found(fly, make_zone):
    field = make_zone(
        "field", "inclusion", (-300, -300, 300, 300), AltitudeBand(None, 60.0, AltitudeDatum.REL)
    )
    verification = fly((200, 0), zones=[field])
    assert verification.is_legal(ReturnPolicy(alt_rel_m=60.0))
    (finding,) = verification.findings(ReturnPolicy(alt_rel_m=75.0))
    assert (finding.code, finding.zone_id) == (FindingCode.RETURN_ABOVE, "field")
    assert finding.clearance_m == pytest.approx(-15.0)


def test_the_cone_keeps_a_return_low_near_home(fly, make_zone):
    field = make_zone(
        "field", "inclusion", (-300, -300, 300, 300), AltitudeBand(None, 60.0, AltitudeDatum.REL)
    )
    assert fly((19.9, 0), zones=[field]).is_legal(ReturnPolicy(alt_rel_m=75.0))
    assert not fly((20.1, 0), zones=[field]).is_legal(ReturnPolicy(alt_rel_m=75.0))


def test_a_climb_above_the_legal_limit_is_found(fly):
    (finding,) = fly((200, 0)).findings(ReturnPolicy(alt_rel_m=130.0))
    assert (finding.code, finding.zone_id) == (FindingCode.RETURN_ABOVE, None)
    assert fly((200, 0), legal_limit_agl_m=None).findings(ReturnPolicy(alt_rel_m=130.0)) == ()


def test_a_climb_on_the_spot_into_a_layer_is_found(fly, make_zone):
    layer = make_zone("layer", "exclusion", (190, -10, 210, 10), AltitudeBand(60.0, 70.0, AltitudeDatum.REL))
    verification = fly((200, 0), zones=[layer])
    assert verification.is_legal(LOW)
    (finding,) = verification.findings(ReturnPolicy(alt_rel_m=80.0))
    assert finding.code is FindingCode.RETURN_CROSSES
    assert "climb" in finding.message


def test_a_return_below_a_floor_is_found(fly, make_zone):
    field = make_zone(
        "field", "inclusion", (-300, -300, 300, 300), AltitudeBand(40.0, None, AltitudeDatum.REL)
    )
    verification = fly((200, 0, 30.0), (200, 50, 30.0), zones=[field])
    assert codes(verification.findings(LOW)) == {(FindingCode.RETURN_BELOW_FLOOR, "field")}


def test_unknown_limits_are_said(fly, make_zone):
    field = make_zone(
        "field", "inclusion", (-300, -300, 300, 300), AltitudeBand(None, 1600.0, AltitudeDatum.AMSL)
    )
    assert codes(fly((200, 0), zones=[field]).findings(LOW)) == {
        (FindingCode.RETURN_UNKNOWN_ALTITUDE, "field")
    }
    assert fly((200, 0), zones=[field], home_alt_amsl_m=1500.0).is_legal(LOW)


def test_the_closest_rally_point_is_returned_to(fly, place, make_zone):
    wall = make_zone("wall", "exclusion", (60, -20, 80, 20))
    beyond = ReturnPolicy(rally_points=(RallyPoint(place(150, 0), 20.0),))
    verification = fly((0, 60), (150, 60), (200, 0), zones=[wall])
    assert not verification.is_legal(LOW)
    assert verification.is_legal(beyond)
    # A rally point farther off than 300 m is not chosen.
    far = fly((0, 60), (150, 60), (600, 0), zones=[make_zone("wall", "exclusion", (400, -20, 420, 20))])
    assert not far.is_legal(ReturnPolicy(rally_points=(RallyPoint(place(800, 500), 20.0),)))


def test_a_rally_point_may_ask_for_more_altitude(fly, place, make_zone):
    field = make_zone(
        "field", "inclusion", (-300, -300, 300, 300), AltitudeBand(None, 60.0, AltitudeDatum.REL)
    )
    high = ReturnPolicy(rally_points=(RallyPoint(place(0, 150), 70.0),))
    assert FindingCode.RETURN_ABOVE in {
        f.code for f in fly((0, 100), (60, 100), zones=[field]).findings(high)
    }


def test_the_descent_at_a_rally_point_is_verified(fly, place, make_zone):
    below = make_zone("yard", "exclusion", (145, -5, 155, 5), AltitudeBand(None, 30.0, AltitudeDatum.REL))
    policy = ReturnPolicy(rally_points=(RallyPoint(place(150, 0), 20.0),))
    (finding,) = fly((140, 40), zones=[below]).findings(policy)
    assert (finding.code, finding.zone_id) == (FindingCode.RETURN_CROSSES, "yard")


def test_a_landing_on_a_low_exclusion_is_found(fly, make_zone):
    below = make_zone("yard", "exclusion", (100, -5, 110, 5), AltitudeBand(None, 30.0, AltitudeDatum.REL))
    verification = fly((200, 0), zones=[below])
    assert verification.is_legal(LOW)
    assert codes(verification.findings(LAND)) == {(FindingCode.RETURN_CROSSES, "yard")}


def test_a_landing_in_an_advisory_zone_is_advice(fly, make_zone):
    (finding,) = fly((200, 0), zones=[make_zone("school", "advisory", (100, -5, 110, 5))]).findings(LAND)
    assert (finding.code, finding.severity) == (FindingCode.RETURN_ADVISORY, Severity.ADVICE)


def test_the_remembered_path_needs_two_metres(fly, make_zone):
    close = make_zone("no", "exclusion", (50, 1.0, 60, 20), AltitudeBand(40.0, None, AltitudeDatum.REL))
    verification = fly((200, 0), zones=[close], margin_m=0.5)
    assert codes(verification.findings(SMART)) == {(FindingCode.RETURN_MARGIN, "no")}


def test_a_path_with_too_many_corners_is_forgotten(fly, make_zone):
    comb = [(5.0 * (n // 2), 0.0 if n % 4 in (0, 3) else 60.0) for n in range(1, 260)]
    (finding,) = fly(*comb).findings(SMART)
    assert (finding.code, finding.severity) == (FindingCode.RETURN_OVERFLOW, Severity.ADVICE)
    assert 100 < finding.item_seq < 260
    # Where it would then land is verified: a low exclusion below the last legs, and one below the first.
    last, first = (
        make_zone("low", "exclusion", (x_m, 20, x_m + 4, 40), AltitudeBand(None, 30.0, AltitudeDatum.REL))
        for x_m in (629, 29)
    )
    assert FindingCode.RETURN_CROSSES in {
        finding.code for finding in fly(*comb, zones=[last]).findings(SMART)
    }
    assert fly(*comb, zones=[first]).is_legal(SMART)


def test_a_zone_that_wakes_later_bars_the_way_back(fly, make_zone):
    wall = make_zone("wall", "exclusion", (60, -20, 80, 20))

    def asleep(until_s, from_s):
        moments = (datetime.fromtimestamp(NOON.timestamp() + s, UTC) for s in (until_s, from_s))
        return type(wall)(
            wall.zone_id, "", ZoneKind.EXCLUSION, wall.volumes, Applicability((Period(*moments),))
        )

    departure = (NOON.timestamp(), NOON.timestamp())
    for zone, is_legal in ((asleep(3600, 7200), True), (asleep(-7200, -3600), True), (asleep(60, 90), False)):
        verification = fly((0, 60), (150, 60), (150, 0), zones=[zone], departure_utc_s=departure)
        assert verification.is_legal(LOW) is is_legal
    assert not fly((0, 60), (150, 60), (150, 0), zones=[asleep(3600, 7200)]).is_legal(LOW)


def test_an_inclusion_must_hold_until_landed(fly, make_zone):
    field = make_zone("field", "inclusion", (-300, -300, 300, 300))
    departure = (NOON.timestamp(), NOON.timestamp())
    for lasts_s, is_legal in ((3600.0, True), (70.0, False)):
        end = datetime.fromtimestamp(NOON.timestamp() + lasts_s, UTC)
        limited = type(field)(
            "field", "", ZoneKind.INCLUSION, field.volumes, Applicability((Period(None, end),))
        )
        assert fly((200, 0), zones=[limited], departure_utc_s=departure).is_legal(LOW) is is_legal


def hill(height_m):
    """Level ground of 1500 m with a hill of some height 150 m to the east of home."""
    alts = np.full((41, 41), 1500.0)
    alts[18:23, 24:27] += height_m
    return GridTerrain(
        alts,
        north_deg=36.0925 + 0.005,
        west_deg=103.7080 - 0.00666,
        lat_step_deg=0.00025,
        lon_step_deg=0.000333,
    )


def test_a_hill_in_the_way_back_is_found(fly):
    around = [(0, 100), (250, 100), (250, 0)]
    ground = {"terrain": hill(60.0), "home_alt_amsl_m": 1500.0}
    assert FindingCode.RETURN_TERRAIN in {finding.code for finding in fly(*around, **ground).findings(LOW)}
    assert fly(*around, **ground).is_legal(ReturnPolicy(alt_rel_m=70.0))
    assert fly(*around, terrain=hill(20.0), home_alt_amsl_m=1500.0).is_legal(LOW)
    assert fly(*around, **ground).is_legal(SMART)


def test_ceilings_above_ground_follow_the_terrain(fly, make_zone):
    field = make_zone(
        "field", "inclusion", (-400, -400, 400, 400), AltitudeBand(None, 60.0, AltitudeDatum.AGL)
    )
    assert fly((250, 0), zones=[field], terrain=hill(0.0), home_alt_amsl_m=1500.0).is_legal(LOW)
    pit = fly((250, 0), zones=[field], terrain=hill(-30.0), home_alt_amsl_m=1500.0)
    assert not pit.is_legal(LOW)


def test_nonsense_policies_are_refused(place):
    with pytest.raises(GeofenceError, match="not above home"):
        ReturnPolicy(alt_rel_m=0.0)
    with pytest.raises(GeofenceError, match="no altitude"):
        RallyPoint(place(0, 0), float("nan"))
