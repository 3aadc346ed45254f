import math

import pytest
from shapely import MultiPolygon, Polygon, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.verification.finding import FindingCode, Severity
from geofence.verification.leg import Leg
from geofence.verification.verification import verify_legs
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

GROUND = (-500.0, -500.0, 500.0, 500.0)


@pytest.fixture
def leg(place):
    def make(start, end, alts=(50.0, 50.0), seqs=(3, 4)):
        return Leg(*seqs, place(*start), place(*end), *alts)

    return make


def _codes(verification):
    return [(finding.code.value, finding.zone_id) for finding in verification.findings]


def test_a_legal_leg_has_no_findings_and_its_true_clearance(leg, make_zone):
    zones = ZoneSet(
        [make_zone("ground", "inclusion", GROUND), make_zone("pad", "exclusion", (100, 100, 200, 200))]
    )
    verification = verify_legs([leg((0, 0), (0, 300))], zones, margin_m=5.0)
    assert verification.findings == ()
    assert verification.is_legal
    assert verification.min_clearance_m == pytest.approx(100.0, abs=0.001)


def test_entering_an_exclusion_names_leg_zone_depth_and_place(leg, make_zone, frame):
    zones = ZoneSet([make_zone("hospital", "exclusion", (100, -12.3, 200, 100))])
    verification = verify_legs([leg((0, 0), (300, 0))], zones, margin_m=5.0)
    (finding,) = verification.findings
    assert finding.code is FindingCode.INSIDE_EXCLUSION
    assert finding.message == "Leg 3 to 4 enters exclusion zone hospital by 12.3 m"
    assert finding.remedy == "Route round it with 5.0 m to spare"
    assert (finding.from_seq, finding.item_seq, finding.zone_id) == (3, 4, "hospital")
    assert finding.clearance_m == pytest.approx(-12.3, abs=0.001)
    assert verification.min_clearance_m == finding.clearance_m
    x_m, y_m = frame.point_xy_m(finding.position)
    assert 112.2 < x_m < 187.8
    assert y_m == pytest.approx(0.0, abs=0.01)
    assert not verification.is_legal


def test_passing_too_close_is_about_the_margin(leg, make_zone):
    zones = ZoneSet([make_zone("pad", "exclusion", (100, 3.0, 200, 100))])
    (finding,) = verify_legs([leg((0, 0), (300, 0), seqs=(0, 1))], zones, margin_m=5.0).findings
    assert finding.code is FindingCode.MARGIN
    assert (
        finding.message == "Leg home to 1 passes exclusion zone pad at 3.0 m, less than the margin of 5.0 m"
    )
    assert finding.clearance_m == pytest.approx(3.0, abs=0.001)
    assert verify_legs([leg((0, 0), (300, 0))], zones, margin_m=3.0).findings == ()


def test_running_along_a_boundary_is_no_entry(leg, make_zone):
    zones = ZoneSet(
        [make_zone("ground", "inclusion", GROUND), make_zone("pad", "exclusion", (100, 0, 200, 100))]
    )
    edge = [leg((0, 0), (300, 0)), leg((-500, -500), (500, -500))]
    verification = verify_legs(edge, zones, margin_m=0.0)
    assert verification.findings == ()
    assert verification.min_clearance_m == pytest.approx(0.0, abs=0.001)
    assert _codes(verify_legs(edge, zones, margin_m=1.0)) == [("margin", "pad"), ("margin", "ground")]


def test_leaving_the_inclusion_says_how_far(leg, make_zone):
    zones = ZoneSet([make_zone("ground", "inclusion", GROUND)])
    verification = verify_legs([leg((0, 0), (530, 0))], zones, margin_m=5.0)
    (finding,) = verification.findings
    assert finding.code is FindingCode.OUTSIDE_INCLUSION
    assert finding.message == "Leg 3 to 4 leaves the inclusion zones by 30.0 m, nearest inclusion zone ground"
    assert finding.clearance_m == verification.min_clearance_m == pytest.approx(-30.0, abs=0.001)


def test_between_touching_inclusions_there_is_no_boundary(leg, make_zone):
    parts = [(-500, -500, 0, 500), (0, -500, 500, 10), (0, 10, 500, 500)]
    zones = ZoneSet([make_zone(str(n), "inclusion", part) for n, part in enumerate(parts)])
    verification = verify_legs([leg((-400, 10), (400, 10)), leg((0, -400), (0, 400))], zones, margin_m=20.0)
    assert verification.findings == ()
    assert verification.min_clearance_m == pytest.approx(100.0, abs=0.01)


def test_a_gap_between_inclusions_is_found_however_narrow(leg, make_zone):
    zones = ZoneSet(
        [make_zone("west", "inclusion", (-500, -9, 0, 9)), make_zone("east", "inclusion", (0.5, -9, 500, 9))]
    )
    (finding,) = verify_legs([leg((-499, 0), (499, 0))], zones, margin_m=0.0).findings
    assert finding.code is FindingCode.OUTSIDE_INCLUSION
    assert finding.clearance_m == pytest.approx(-0.25, abs=0.002)


def test_a_hole_in_an_inclusion_is_outside(leg, make_zone):
    ground = make_zone(
        "ground", "inclusion", Polygon(box(*GROUND).exterior, [box(-10, -10, 10, 10).exterior])
    )
    (finding,) = verify_legs([leg((-100, 0), (100, 0))], ZoneSet([ground]), margin_m=5.0).findings
    assert finding.code is FindingCode.OUTSIDE_INCLUSION
    assert finding.clearance_m == pytest.approx(-10.0, abs=0.001)


@pytest.mark.parametrize(
    ("alts", "is_entered"),
    [
        ((30, 30), False),
        ((40, 40), True),
        ((50, 50), True),
        ((60, 60), True),
        ((60.01, 60.01), False),
        ((39.9, 39.9), False),
    ],
)
def test_exclusion_bands_hold_from_floor_to_ceiling(leg, make_zone, alts, is_entered):
    zones = ZoneSet([make_zone("mast", "exclusion", (-50, -50, 50, 50), AltitudeBand(40.0, 60.0))])
    verification = verify_legs([leg((-100, 0), (100, 0), alts)], zones, margin_m=5.0)
    assert _codes(verification) == ([("inside_exclusion", "mast")] if is_entered else [])
    assert (verification.min_clearance_m is None) is not is_entered


def test_a_climbing_leg_is_inside_only_within_the_band(leg, make_zone):
    # At 40 m it is at x = 0: the band 60..80 is met from x = 100 to 200 only.
    band = AltitudeBand(60.0, 80.0)
    climb = leg((-200, 0), (200, 0), (0.0, 80.0))
    before = ZoneSet([make_zone("mast", "exclusion", (0, -50, 90, 50), band)])
    verification = verify_legs([climb], before, margin_m=5.0)
    assert verification.findings == ()
    assert verification.min_clearance_m == pytest.approx(10.0, abs=0.001)
    within = ZoneSet([make_zone("mast", "exclusion", (0, -50, 110, 50), band)])
    (finding,) = verify_legs([climb], within, margin_m=5.0).findings
    assert finding.clearance_m == pytest.approx(-10.0, abs=0.001)
    assert (
        finding.remedy
        == "Route round it with 5.0 m to spare, or stay below 60 m above ground, or stay above 80 m above ground"
    )


def test_vertical_legs_are_verified_where_they_stand(leg, make_zone):
    take_off = leg((0, 0), (0, 0), (0.0, 50.0), (0, 1))
    roof = make_zone("roof", "exclusion", (-7, -20, 20, 20), AltitudeBand(40.0, None))
    (finding,) = verify_legs([take_off], ZoneSet([roof]), margin_m=2.0).findings
    assert finding.clearance_m == pytest.approx(-7.0, abs=0.001)
    low = leg((0, 0), (0, 0), (0.0, 39.0), (0, 1))
    assert verify_legs([low], ZoneSet([roof]), margin_m=2.0).findings == ()


def test_the_ceiling_of_an_inclusion_holds(leg, make_zone):
    zones = ZoneSet([make_zone("park", "inclusion", GROUND, AltitudeBand(None, 60.0))])
    assert verify_legs([leg((0, 0), (100, 0), (60.0, 60.0))], zones, margin_m=5.0).is_legal
    verification = verify_legs([leg((0, 0), (100, 0), (50.0, 72.0))], zones, margin_m=5.0)
    (finding,) = verification.findings
    assert finding.code is FindingCode.ABOVE_CEILING
    assert finding.message == "Leg 3 to 4 flies 12.0 m above the ceiling of inclusion zone park"
    assert finding.remedy == "Fly at 60 m above ground or lower there"
    assert finding.clearance_m == pytest.approx(-12.0, abs=0.001)
    assert verification.min_clearance_m == finding.clearance_m


def test_the_floor_of_an_inclusion_spares_vertical_legs_only(leg, make_zone):
    zones = ZoneSet([make_zone("lane", "inclusion", GROUND, AltitudeBand(30.0, 60.0))])
    up, down = leg((0, 0), (0, 0), (0.0, 50.0), (0, 1)), leg((100, 0), (100, 0), (50.0, 0.0))
    assert verify_legs([up, leg((0, 0), (100, 0)), down], zones, margin_m=5.0).findings == ()
    (finding,) = verify_legs([leg((0, 0), (100, 0), (20.0, 40.0))], zones, margin_m=5.0).findings
    assert finding.code is FindingCode.BELOW_FLOOR
    assert finding.clearance_m == pytest.approx(-10.0, abs=0.001)
    assert "flies 10.0 m below the floor of inclusion zone lane" in finding.message


def test_stacked_inclusions_carry_a_climb(leg, make_zone):
    zones = ZoneSet(
        [
            make_zone("low", "inclusion", (-500, -500, 100, 500), AltitudeBand(None, 50.0)),
            make_zone("high", "inclusion", (-100, -500, 500, 500), AltitudeBand(50.0, 100.0)),
        ]
    )
    assert verify_legs([leg((-200, 0), (200, 0), (20.0, 80.0))], zones, margin_m=5.0).findings == ()
    late = verify_legs([leg((-200, 0), (200, 0), (0.0, 60.0))], zones, margin_m=5.0)
    assert _codes(late) == [("below_floor", "high")]


def test_a_leg_into_a_lower_zone_names_its_ceiling(leg, make_zone):
    zones = ZoneSet(
        [
            make_zone("high", "inclusion", (-500, -500, 0, 500), AltitudeBand(None, 100.0)),
            make_zone("low", "inclusion", (0, -500, 500, 500), AltitudeBand(None, 40.0)),
        ]
    )
    assert _codes(verify_legs([leg((-100, 0), (100, 0))], zones, margin_m=5.0)) == [("above_ceiling", "low")]
    assert _codes(verify_legs([leg((-100, 0), (-3, 0))], zones, margin_m=5.0)) == [("margin", "high")]
    assert _codes(verify_legs([leg((-100, 0), (600, 0))], zones, margin_m=5.0)) == [
        ("above_ceiling", "low"),
        ("outside_inclusion", "low"),
    ]


def test_the_legal_limit_holds_without_any_zone(leg):
    verification = verify_legs([leg((0, 0), (100, 0), (100.0, 130.0))], ZoneSet(()), margin_m=5.0)
    (finding,) = verification.findings
    assert finding.code is FindingCode.ABOVE_LEGAL_LIMIT
    assert finding.message == "Leg 3 to 4 flies 10.0 m above the legal limit of 120 m above ground"
    assert verification.min_clearance_m is None
    high = [leg((0, 0), (100, 0), (120.0, 120.0))]
    assert verify_legs(high, ZoneSet(()), margin_m=5.0).is_legal
    assert verify_legs(
        [leg((0, 0), (0, 0), (0, 500))], ZoneSet(()), margin_m=5.0, legal_limit_agl_m=None
    ).is_legal


def test_advice_does_not_forbid(leg, make_zone):
    zones = ZoneSet([make_zone("school", "advisory", (-10, -10, 10, 10))])
    verification = verify_legs([leg((-100, 0), (100, 0))], zones, margin_m=5.0)
    (finding,) = verification.findings
    assert (finding.severity, finding.code) == (Severity.ADVICE, FindingCode.ADVISORY)
    assert verification.is_legal
    assert verification.min_clearance_m is None


def test_altitudes_above_the_sea_need_homes(leg, make_zone):
    band = AltitudeBand(None, 1580.0, AltitudeDatum.AMSL)
    ground = ZoneSet([make_zone("ground", "inclusion", GROUND, band)])
    route = [leg((0, 0), (100, 0))]
    assert verify_legs(route, ground, margin_m=5.0, home_alt_amsl_m=1520.0).is_legal
    assert _codes(verify_legs(route, ground, margin_m=5.0, home_alt_amsl_m=1540.0)) == [
        ("above_ceiling", "ground")
    ]
    unknown = verify_legs(route, ground, margin_m=5.0)
    assert _codes(unknown) == [("unknown_altitude", "ground")]
    assert not unknown.is_legal
    pad = ZoneSet(
        [make_zone("pad", "exclusion", (50, -9, 60, 9), AltitudeBand(1600.0, None, AltitudeDatum.AMSL))]
    )
    assert verify_legs(route, pad, margin_m=5.0, home_alt_amsl_m=1520.0).is_legal
    assert _codes(verify_legs(route, pad, margin_m=5.0)) == [("inside_exclusion", "pad")]


def test_findings_come_in_the_order_of_the_legs(leg, make_zone):
    zones = ZoneSet(
        [
            make_zone("school", "advisory", (-300, -10, 0, 10)),
            make_zone("ground", "inclusion", GROUND),
            make_zone("pad", "exclusion", (-50, -10, 50, 10)),
        ]
    )
    legs = [
        leg((-400, 0), (400, 0), seqs=(1, 2)),
        leg((400, 0), (400, 0), (50, 130), (2, 3)),
        leg((400, 0), (600, 0)),
    ]
    found = verify_legs(legs, zones, margin_m=5.0).findings
    assert [(finding.from_seq, finding.code.value) for finding in found] == [
        (1, "inside_exclusion"),
        (1, "advisory"),
        (2, "above_legal_limit"),
        (3, "outside_inclusion"),
    ]


def test_one_finding_for_a_leg_that_enters_a_zone_twice(leg, make_zone):
    comb = make_zone(
        "comb", "exclusion", [(0, -50), (10, -50), (10, 0), (50, 0), (50, -80), (80, -80), (80, 20), (0, 20)]
    )
    (finding,) = verify_legs([leg((-100, -20), (200, -20))], ZoneSet([comb]), margin_m=5.0).findings
    assert finding.clearance_m == pytest.approx(-15.0, abs=0.002)


def test_a_plan_for_another_place_is_outside(leg, make_zone):
    far = LatLon(51.0, 4.0)
    zones = ZoneSet([make_zone("ground", "inclusion", GROUND)])
    (finding,) = verify_legs([Leg(0, 1, far, far, 0.0, 50.0)], zones, margin_m=5.0).findings
    assert finding.code is FindingCode.OUTSIDE_INCLUSION
    assert finding.clearance_m < -7_000_000


def test_zones_across_the_antimeridian_and_as_large_as_a_country():
    fiji = MultiPolygon([box(179.0, -18.0, 180.0, -16.0), box(-180.0, -18.0, -179.0, -16.0)])
    zones = ZoneSet([Zone.of_area("fiji", "Fiji", ZoneKind.INCLUSION, fiji)])
    legs = [Leg(1, 2, LatLon(-17.0, 179.99), LatLon(-17.0, -179.99), 50.0, 50.0)]
    assert verify_legs(legs, zones, margin_m=100.0).findings == ()
    world = ZoneSet([Zone.of_area("world", "World", ZoneKind.INCLUSION, box(-180.0, -90.0, 180.0, 90.0))])
    assert verify_legs(legs, world, margin_m=100.0).findings == ()
    ban = ZoneSet([Zone.of_area("ban", "Ban", ZoneKind.EXCLUSION, box(-180.0, -60.0, 180.0, 60.0))])
    assert _codes(verify_legs(legs, ban, margin_m=100.0)) == [("inside_exclusion", "ban")]


def test_nothing_to_verify_and_nothing_that_could_be(leg):
    verification = verify_legs([], ZoneSet(()), margin_m=5.0)
    assert verification.findings == ()
    assert verification.min_clearance_m is None
    for margin_m in (-1.0, math.nan, math.inf):
        with pytest.raises(GeofenceError, match="margin"):
            verify_legs([leg((0, 0), (1, 1))], ZoneSet(()), margin_m=margin_m)
    with pytest.raises(GeofenceError, match="item 3 to 4 has no altitude"):
        leg((0, 0), (1, 1), (math.nan, 50.0))


def test_flying_low_over_unknown_ground_is_told(leg, place):
    climb = Leg(0, 1, place(0, 0), place(0, 0), 0.0, 50.0, meets_ground=True)
    assert verify_legs([climb, leg((0, 0), (300, 0))], ZoneSet([]), margin_m=2.0).findings == ()
    (low,) = verify_legs([climb, leg((0, 0), (300, 0), (50.0, 0.0))], ZoneSet([]), margin_m=2.0).findings
    assert (low.severity, low.code) == (Severity.ADVICE, FindingCode.LOW)
    assert low.message == "Leg 3 to 4 flies 0 m above home, less than 5.0 m, over ground that is not known"
    (low,) = verify_legs([leg((0, 0), (300, 0), (4.0, 4.0))], ZoneSet([]), margin_m=2.0).findings
    assert (low.code, low.clearance_m) == (FindingCode.LOW, 4.0)
    assert verify_legs([leg((0, 0), (300, 0), (2.0, 5.0))], ZoneSet([]), margin_m=2.0).findings == ()
