import pytest
import shapely
from shapely import Polygon

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.verification.exclusion_check import CLEARANCE_REACH_M
from geofence.verification.finding import FindingCode, Severity
from geofence.verification.leg import Leg, SweptArea
from geofence.verification.route_rules import RouteRules
from geofence.verification.verification import RouteVerifier, verify_legs
from geofence.verification.zones_near import zones_near
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

GROUND = (-5_000.0, -5_000.0, 5_000.0, 5_000.0)


@pytest.fixture
def leg(place):
    def make(start, end, seqs=(3, 4), alts=(50.0, 50.0)):
        return Leg(*seqs, place(*start), place(*end), *alts)

    return make


def test_every_leg_has_its_margin(leg, make_zone, frame):
    zones = ZoneSet(
        [
            make_zone("ground", "inclusion", GROUND),
            make_zone("tower", "exclusion", (0, 40, 10, 60)),
            make_zone("far", "exclusion", (900, 600, 950, 650)),
        ]
    )
    legs = [
        leg((-200, 0), (200, 0), (1, 2)),
        leg((200, 0), (1000, 0), (2, 3)),
        leg((1000, 0), (1000, 0), (3, 4), (50.0, 80.0)),
    ]
    margins = verify_legs(legs, zones, margin_m=5.0).legs
    assert [(margin.from_seq, margin.item_seq, margin.zone_id) for margin in margins] == [
        (1, 2, "tower"),
        (2, 3, "tower"),
        (3, 4, "far"),
    ]
    assert [margin.clearance_m for margin in margins] == pytest.approx([40.0, 194.16, 602.08], abs=0.05)
    assert (margins[2].low_alt_rel_m, margins[2].high_alt_rel_m) == (50.0, 80.0)
    x_m, y_m = frame.point_xy_m(margins[0].position)
    assert -0.1 <= x_m <= 10.1
    assert y_m == pytest.approx(0.0, abs=0.01)


def test_the_pieces_of_one_leg_have_one_margin(leg, make_zone):
    zones = ZoneSet([make_zone("tower", "exclusion", (0, 40, 10, 60))])
    curve = [leg((-100, 0), (-50, 0), alts=(20.0, 30.0)), leg((-50, 0), (0, 20), alts=(30.0, 40.0))]
    (margin,) = verify_legs(curve, zones, margin_m=5.0).legs
    assert margin.clearance_m == pytest.approx(20.0, abs=0.01)
    assert (margin.low_alt_rel_m, margin.high_alt_rel_m) == (20.0, 40.0)


def test_a_leg_inside_has_a_negative_margin(leg, make_zone):
    zones = ZoneSet([make_zone("ground", "inclusion", (0, -100, 1000, 100))])
    (margin,) = verify_legs([leg((-30, 0), (300, 0))], zones, margin_m=5.0).legs
    assert margin.clearance_m == pytest.approx(-30.0, abs=0.01)
    assert margin.zone_id == "ground"


def test_beyond_reach_nothing_is_near(leg, make_zone):
    near = make_zone("near", "exclusion", (0, 9_900, 10, 9_950))
    far = make_zone("far", "exclusion", (0, CLEARANCE_REACH_M + 500, 10, CLEARANCE_REACH_M + 600))
    verified = verify_legs([leg((0, 0), (10, 0))], ZoneSet([near]), margin_m=5.0)
    assert verified.min_clearance_m == pytest.approx(9_900.0, abs=1.0)
    verified = verify_legs([leg((0, 0), (10, 0))], ZoneSet([far]), margin_m=5.0)
    assert verified.min_clearance_m is None
    assert verified.legs[0].clearance_m is None
    assert verified.legs[0].position is None


def test_zones_far_off_are_left_out_and_inclusions_stay():
    def box(zone_id, kind, west, south, east, north):
        return Zone.of_area(zone_id, zone_id, ZoneKind(kind), shapely.box(west, south, east, north))

    zones = ZoneSet(
        [
            box("here", "exclusion", 179.9, -0.1, 180.0, 0.1),
            box("across", "exclusion", -180.0, -0.1, -179.9, 0.1),
            box("wide", "exclusion", -179.0, -10.0, 179.0, 10.0),
            box("away", "exclusion", 170.0, -0.1, 171.0, 0.1),
            box("north", "advisory", 179.9, 1.0, 180.0, 2.0),
            box("home", "inclusion", 10.0, 10.0, 11.0, 11.0),
        ]
    )
    near = zones_near(zones, [LatLon(0.0, 179.95), LatLon(0.0, -179.95)], 5_000.0)
    assert [zone.zone_id for zone in near] == ["here", "across", "home"]
    assert len(zones_near(zones, [LatLon(0.0, -100.0), LatLon(0.0, 79.95)], 5_000.0)) == 6


@pytest.fixture
def swept(frame, make_zone):
    def verify(zones, outline, *, low_m=40.0, high_m=60.0, code=None, **rules):
        area = SweptArea(
            3, 3, frame.unproject(Polygon(outline)), low_m, high_m, name="The turn at item 3", code=code
        )
        leg = Leg(3, 4, frame.position(0.0, 0.0), frame.position(100.0, 0.0), 50.0, 50.0)
        verifier = RouteVerifier([leg], ZoneSet(zones), RouteRules(5.0, **rules))
        return verifier.verify_swept([area])

    return verify


TRIANGLE = [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)]


def test_an_area_that_meets_an_exclusion(swept, make_zone):
    tower = make_zone("tower", "exclusion", (20, 20, 24, 24))
    (finding,) = swept([tower], TRIANGLE)
    assert finding.code is FindingCode.INSIDE_EXCLUSION
    assert finding.severity is Severity.VIOLATION
    assert finding.message.startswith("The turn at item 3 enters exclusion zone tower")
    assert swept([make_zone("tower", "exclusion", (80, 80, 84, 84))], TRIANGLE) == ()
    assert swept([make_zone("tower", "exclusion", (-10, -10, 0, 0))], TRIANGLE) == ()
    high = make_zone("tower", "exclusion", (20, 20, 24, 24), AltitudeBand(61.0, None))
    assert swept([high], TRIANGLE) == ()
    assert len(swept([high], TRIANGLE, high_m=61.0)) == 1


def test_an_area_that_leaves_the_inclusions(swept, make_zone):
    assert swept([make_zone("ground", "inclusion", (-9, -9, 101, 101))], TRIANGLE) == ()
    (finding,) = swept(
        [make_zone("ground", "inclusion", (-9, -9, 70, 101))], TRIANGLE, code=FindingCode.CORNER
    )
    assert finding.code is FindingCode.CORNER
    assert finding.clearance_m == pytest.approx(-30.0, abs=0.1)
    low = make_zone("ground", "inclusion", (-9, -9, 101, 101), AltitudeBand(None, 55.0))
    assert len(swept([low], TRIANGLE)) == 1
    halves = [make_zone("a", "inclusion", (-9, -9, 50, 101)), make_zone("b", "inclusion", (50, -9, 101, 101))]
    assert swept(halves, TRIANGLE) == ()
