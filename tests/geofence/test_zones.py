import math

import pytest
from shapely import MultiPolygon, Point, Polygon, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.refusal import GeofenceError
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

BOX = box(103.70, 36.09, 103.71, 36.10)


def _zone(zone_id, area=BOX):
    return Zone.of_area(zone_id, zone_id, ZoneKind.INCLUSION, area)


def test_a_zone_is_found_by_its_id():
    zones = ZoneSet([_zone("a"), _zone("b")])
    assert zones.get("b").zone_id == "b"
    assert len(zones) == 2
    assert [zone.zone_id for zone in zones] == ["a", "b"]
    assert "a" in zones
    assert "c" not in zones


def test_an_unknown_id_is_refused_with_the_ids_there_are():
    with pytest.raises(GeofenceError, match=r"no zone .islnd..*island, park"):
        ZoneSet([_zone("island"), _zone("park")]).get("islnd")
    with pytest.raises(GeofenceError, match="empty"):
        ZoneSet(()).get("a")
    with pytest.raises(GeofenceError, match="and 5 more"):
        ZoneSet([_zone(str(n)) for n in range(25)]).get("x")


def test_two_zones_of_one_id_are_refused():
    with pytest.raises(GeofenceError, match="two zones have the id a"):
        ZoneSet([_zone("a"), _zone("a")])


def test_the_frame_lies_in_the_middle():
    origin = ZoneSet([_zone("a"), _zone("b", box(103.72, 36.09, 103.73, 36.14))]).frame.origin
    assert (origin.lat_deg, origin.lon_deg) == pytest.approx((36.115, 103.715))
    assert ZoneSet(()).frame.origin.lat_deg == 0.0


def test_the_frame_of_a_zone_cut_at_the_antimeridian_lies_on_it():
    fiji = MultiPolygon([box(179.9, -17.1, 180.0, -17.0), box(-180.0, -17.1, -179.9, -17.0)])
    origin = ZoneSet([_zone("fiji", fiji)]).frame.origin
    assert abs(origin.lon_deg) == pytest.approx(180.0)
    assert origin.lat_deg == pytest.approx(-17.05)


@pytest.mark.parametrize("area", [Polygon(), Point(1, 1), Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])])
def test_what_is_no_area_is_refused(area):
    with pytest.raises(GeofenceError, match="zone a"):
        _zone("a", area)
    with pytest.raises(GeofenceError, match="no id"):
        _zone("")


@pytest.mark.parametrize(
    ("band", "home_alt_amsl_m", "expected"),
    [
        (AltitudeBand(), None, (-math.inf, math.inf)),
        (AltitudeBand(10.0, 60.0), None, (10.0, 60.0)),
        (AltitudeBand(0.0, 60.0), None, (-math.inf, 60.0)),
        (AltitudeBand(0.0, 60.0, AltitudeDatum.REL), None, (0.0, 60.0)),
        (AltitudeBand(1530.0, 1600.0, AltitudeDatum.AMSL), 1520.0, (10.0, 80.0)),
        (AltitudeBand(None, 1600.0, AltitudeDatum.AMSL), 1520.0, (-math.inf, 80.0)),
        (AltitudeBand(None, None, AltitudeDatum.AMSL), None, (-math.inf, math.inf)),
    ],
)
def test_limits_count_from_home(band, home_alt_amsl_m, expected):
    assert band.limits_rel_m(home_alt_amsl_m) == expected


def test_limits_above_sea_level_are_unknown_without_homes_altitude():
    floor_m, ceiling_m = AltitudeBand(None, 1600.0, AltitudeDatum.AMSL).limits_rel_m(None)
    assert floor_m == -math.inf
    assert math.isnan(ceiling_m)


@pytest.mark.parametrize("limits", [(60.0, 60.0), (60.0, 10.0), (math.nan, 1.0), (None, math.inf)])
def test_a_band_that_is_none_is_refused(limits):
    with pytest.raises(GeofenceError):
        AltitudeBand(*limits)
