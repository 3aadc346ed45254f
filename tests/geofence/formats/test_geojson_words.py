"""What our GeoJSON says beyond polygons and limits."""

import json
from datetime import UTC, datetime

import pytest

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import PERMANENT, Applicability, DailyPeriod, DayTime, Period, Weekday
from geofence.circle import Circle
from geofence.formats.geojson import read_geojson, zone_to_feature, zones_from_geojson, zones_to_geojson
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_files import read_zones, write_zones
from geofence.formats.zone_format import ZoneFormat
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.sun import SunEvent
from geofence.zone import Authority, Zone, ZoneAction, ZoneKind, ZoneSeverity

RING = [[103.70, 36.09], [103.71, 36.09], [103.71, 36.10], [103.70, 36.10], [103.70, 36.09]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
POINT = {"type": "Point", "coordinates": [103.7, 36.1], "extent": {"subType": "Circle", "radius": 500}}


def _read(properties=None, geometry=POLYGON, **members):
    feature = {"type": "Feature", "id": "pad", "properties": properties, "geometry": geometry, **members}
    return zones_from_geojson(feature, source="z.json")


def _zone(properties=None, geometry=POLYGON):
    return _read(properties, geometry).zones[0]


def test_everything_that_is_said_of_a_zone_is_read():
    zone = _zone(
        {
            "name": "雁滩",
            "kind": "exclusion",
            "floor_m": 20,
            "ceiling_m": 1620.5,
            "datum": "rel",
            "ceiling_datum": "AMSL",
            "severity": "Conditional",
            "action": "return",
            "causes": ["nature", "noise"],
            "message": "鹭鸟繁殖期",
            "authorities": [{"name": "林业局", "phone": "0931-12345"}],
            "version": "3",
            "source": "2026 年公告",
            "applicability": {
                "time_zone": "Asia/Shanghai",
                "periods": [
                    {
                        "start": "2026-04-01T00:00:00+08:00",
                        "daily": [{"days": ["mon", "Tuesday"], "start": "05:30", "end": "sunset-00:30"}],
                    }
                ],
            },
            "colour": "#0a0",
        }
    )
    assert zone.volumes[0].band == AltitudeBand(20.0, 1620.5, AltitudeDatum.REL, AltitudeDatum.AMSL)
    assert (zone.severity, zone.action) == (ZoneSeverity.CONDITIONAL, ZoneAction.RETURN)
    assert (zone.causes, zone.message) == (("nature", "noise"), "鹭鸟繁殖期")
    assert zone.authorities == (Authority("林业局", phone="0931-12345"),)
    assert (zone.version, zone.source) == ("3", "2026 年公告")
    assert zone.properties == {"colour": "#0a0"}
    days = frozenset({Weekday.MONDAY, Weekday.TUESDAY})
    assert zone.applicability == Applicability(
        (
            Period(
                datetime(2026, 3, 31, 16, tzinfo=UTC),
                None,
                (DailyPeriod(days, DayTime(5.5 * 3600.0), DayTime(-1800.0, SunEvent.SUNSET)),),
            ),
        ),
        "Asia/Shanghai",
    )


def test_a_plain_zone_is_written_plainly():
    feature = zone_to_feature(_zone({"name": "a", "kind": "inclusion", "note": 1}))
    assert feature["properties"] == {
        "note": 1,
        "name": "a",
        "kind": "inclusion",
        "floor_m": None,
        "ceiling_m": None,
        "datum": "agl",
    }


def test_limits_in_feet_become_metres():
    zone = _zone({"floor_ft": 100, "ceiling_ft": 400.0})
    assert zone.volumes[0].band == AltitudeBand(30.48, 121.92)
    assert not zone.properties
    assert _zone({"ceiling_ft": 400, "ceiling_m": 122}).volumes[0].band.ceiling_m == 122.0


def test_circles_stay_circles():
    zone = _zone({"kind": "exclusion"}, POINT)
    assert zone.volumes[0].circle == Circle(LatLon(36.1, 103.7), 500.0)
    assert zone_to_feature(zone)["geometry"] == POINT
    assert zone_to_feature(zone, draw_circles=True)["geometry"]["type"] == "Polygon"


def test_layers_keep_their_bands():
    low = {**POLYGON, "band": {"ceiling_m": 60}}
    high = {**POINT, "layer": {"lower": 200, "lowerReference": "AMSL", "uom": "ft"}}
    zone = _zone({"ceiling_m": 30}, {"type": "GeometryCollection", "geometries": [low, high, POLYGON]})
    assert [volume.band for volume in zone.volumes] == [
        AltitudeBand(None, 60.0),
        AltitudeBand(60.96, None, AltitudeDatum.AMSL),
        AltitudeBand(None, 30.0),
    ]
    assert zones_from_geojson(zones_to_geojson([zone])).zones[0] == zone


def test_nested_collections_are_one_zone():
    inner = {"type": "GeometryCollection", "geometries": [POLYGON], "band": {"ceiling_m": 60}}
    zone = _zone({}, {"type": "GeometryCollection", "geometries": [inner, POINT]})
    assert [volume.band.ceiling_m for volume in zone.volumes] == [60.0, None]


def test_heights_of_vertices_are_passed_over_and_noted():
    ring = [[*position, 1520.0] for position in RING]
    repairs = _read({"kind": "inclusion"}, {"type": "Polygon", "coordinates": [ring]}).repairs
    assert [repair.code for repair in repairs] == [RepairCode.VALUE]
    assert "heights of its vertices are passed over" in repairs[0].message
    flat = [[*position, 0.0] for position in RING]
    assert not _read({"kind": "inclusion"}, {"type": "Polygon", "coordinates": [flat]}).repairs


def test_a_kind_that_is_not_said_is_told_once():
    feature = {"type": "Feature", "id": "a", "properties": {}, "geometry": POLYGON}
    collection = {"type": "FeatureCollection", "features": [feature, {**feature, "id": "b"}]}
    zones = zones_from_geojson(collection, source="z.json")
    assert {zone.kind for zone in zones} == {ZoneKind.INCLUSION}
    (repair,) = zones.repairs
    assert (repair.code, repair.place) == (RepairCode.VALUE, "z.json, feature 1 (a)")


@pytest.mark.parametrize(
    ("properties", "band"),
    [
        ({"Ceiling_M": 60, "Datum": "agl"}, AltitudeBand(None, 60.0)),
        ({"CEILING-FT": 1000, "datum": "AGL"}, AltitudeBand(None, 304.8)),
        ({"ceilingM": 60, "ceiling_m": 50, "datum": "agl"}, AltitudeBand(None, 50.0)),
    ],
)
def test_limits_are_found_under_names_that_differ_in_writing(properties, band):
    zone = _zone({"Kind": "no-fly zones", **properties})
    assert (zone.kind, zone.volumes[0].band) == (ZoneKind.EXCLUSION, band)
    written = zone_to_feature(zone)
    (back,) = zones_from_geojson(written)
    assert (back.volumes, back.properties) == (zone.volumes, zone.properties)
    assert zone_to_feature(back) == written


def test_what_an_object_says_twice_is_refused_where_it_differs():
    text = '{"type": "Feature", "id": "a", "properties": {"kind": "exclusion", "kind": %s}, "geometry": %s}'
    zones = read_geojson((text % ('"exclusion"', json.dumps(POLYGON))).encode(), source="z", log=RepairLog())
    assert zones[0].kind is ZoneKind.EXCLUSION
    with pytest.raises(GeofenceError, match="z: properties says 'kind' twice, 'exclusion' and 'inclusion'"):
        read_geojson((text % ('"inclusion"', "null")).encode(), source="z", log=RepairLog())


@pytest.mark.parametrize(
    ("crs", "is_noted"),
    [
        (None, False),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, False),
        ({"type": "EPSG", "properties": {"code": 4326}}, False),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, True),
    ],
)
def test_systems_that_are_wgs84_or_nearly(crs, is_noted):
    repairs = _read({"kind": "inclusion"}, crs=crs).repairs
    assert [repair.message for repair in repairs] == (
        ["urn:ogc:def:crs:EPSG::4490 (CGCS2000) was taken for WGS-84, to within 1 m"] if is_noted else []
    )


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "EPSG", "properties": {"code": 3857}},
        {"type": "link", "properties": {"href": "x"}},
        "EPSG:4610",
    ],
)
def test_other_systems_are_refused(crs):
    with pytest.raises(GeofenceError, match=r'^z\.json: the coordinate system ".*" is not WGS-84'):
        _read(crs=crs)


@pytest.mark.parametrize(
    "properties",
    [{"fileType": "Plan"}, {"horizontalProjection": None}, {"zoneAuthority": "CAAC"}, {"q": "<kml >"}],
)
def test_words_of_other_formats_do_not_make_it_theirs(tmp_path, properties):
    zone = Zone.of_area("a", "a", ZoneKind.EXCLUSION, _zone().area, properties=properties)
    write_zones([zone], tmp_path / "z.json")
    assert read_zones(tmp_path / "z.json").zones == (zone,)


def test_of_several_words_for_the_kind_the_strictest_holds():
    assert _zone({"类型": "适飞区", "Type": "NFZ"}).kind is ZoneKind.EXCLUSION
    with pytest.raises(GeofenceError, match='KIND "Forest" is not a kind of zone'):
        _zone({"KIND": "Forest"})
    with pytest.raises(GeofenceError, match="max_altitude does not say that it is in metres"):
        _zone({"maxAltitude": 120})


def test_words_of_ours_that_mean_something_else_are_kept():
    zone = Zone.of_area(
        "a",
        "a",
        ZoneKind.EXCLUSION,
        _zone().area,
        properties={"severity": "high", "floor": 3, "message": 7, "foreign": 1, "type": "island"},
    )
    feature = zone_to_feature(zone)
    assert feature["properties"]["foreign"] == {"severity": "high", "floor": 3, "foreign": 1}
    assert zones_from_geojson(feature).zones[0].properties == zone.properties


def test_members_of_the_collection_are_kept():
    feature = {"type": "Feature", "id": "a", "properties": {}, "geometry": POLYGON}
    document = {
        "type": "FeatureCollection",
        "name": "辖区",
        "metadata": {"issued": "2026"},
        "features": [feature, {**feature, "id": "b"}],
    }
    zones = zones_from_geojson(document)
    assert zones.zones[0].properties["dataset"] == {"name": "辖区", "metadata": {"issued": "2026"}}
    written = zones_to_geojson(zones)
    assert (written["name"], written["metadata"]) == (document["name"], document["metadata"])
    assert "dataset" not in written["features"][0]["properties"]
    mixed = zones_to_geojson([*zones, _zone()])
    assert "name" not in mixed
    assert mixed["features"][0]["properties"]["dataset"]["name"] == "辖区"


def _times(*daily, **period):
    return {"applicability": {"periods": [{**period, **({"daily": list(daily)} if daily else {})}]}}


@pytest.mark.parametrize(
    ("properties", "fault"),
    [
        ({"severity": "grave"}, "severity 'grave' is not known. Accepted are prohibited, authorisation"),
        ({"action": 3}, "action 3 is not known. Accepted are warn, hold, return, land"),
        ({"causes": [1]}, "causes .* is not a list of words"),
        ({"authorities": "police"}, "authorities 'police' is not a list"),
        ({"authorities": ["police"]}, r"authorities\[0\] 'police' is not an object"),
        ({"authorities": [{"fax": "1"}]}, r"authorities\[0\].fax is not known. Known are the texts name"),
        ({"authorities": [{"name": 1}]}, r"authorities\[0\].name is not text"),
        ({"ceiling_datum": "sea"}, 'ceiling_datum "sea" is not an altitude datum'),
        ({"ceiling_ft": [4]}, "ceiling_ft of type list is not an altitude. Write .* feet"),
        ({"applicability": "weekdays"}, "applicability 'weekdays' is not an object"),
        ({"applicability": {"permanent": True}}, "applicability has an unknown member 'permanent'"),
        ({"applicability": {"periods": {}}}, "applicability.periods {} is not a list"),
        ({"applicability": {"time_zone": "Lanzhou"}}, "applicability: 'Lanzhou' is not a time zone"),
        (_times(start="May"), r"applicability.periods\[0\].start 'May' is not a date and time"),
        (_times(start="2026-05-01T08:00"), "start '2026-05-01T08:00' has no time zone"),
        (
            _times(start="2026-05-02T08:00Z", end="2026-05-01T08:00Z"),
            r"periods\[0\]: the period ends .* before it starts",
        ),
        (_times({"days": ["Funday"]}), r"daily\[0\].days 'Funday' is not a day of the week"),
        (_times({"days": []}), r"daily\[0\].days is empty, which says neither always nor never"),
        (_times({"start": 800}), r"daily\[0\].start 800 is not a time of day. Write 08:00, 24:00, sunrise"),
        (_times({"start": "08:60"}), "start: 08:60:00 is not a time of day"),
        (_times({"end": "25:00"}), r"daily\[0\].* is not a time of day"),
        (_times({"end": "noon"}), "end 'noon' is not a time of day"),
        (_times({"end": "sunset+13:00"}), "is not a time of day"),
        (_times({"from": "08:00"}), r"daily\[0\] has an unknown member 'from'"),
        ({"UASZone": {"type": "PROHIBITED"}}, "this is a feature of ED-318"),
    ],
)
def test_words_that_cannot_be_understood_are_refused_by_name(properties, fault):
    with pytest.raises(GeofenceError, match=fault) as refusal:
        _read(properties)
    assert refusal.value.place.startswith("z.json, feature 1")
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("geometry", "fault"),
    [
        ({**POINT, "extent": {"subType": "Ellipse"}}, "extent .* is not a circle"),
        ({**POINT, "extent": {"radius": 0}}, "extent.radius 0 is not a radius"),
        ({**POINT, "coordinates": [103.7]}, "is not a position"),
        ({"type": "GeometryCollection", "geometries": [3]}, "3 in the GeometryCollection is not a geometry"),
        (
            {"type": "GeometryCollection", "geometries": [POLYGON, {"type": "LineString"}]},
            "geometry 2: a zone cannot be LineString",
        ),
        (
            {"type": "GeometryCollection", "geometries": [{**POLYGON, "band": {"floor_m": "x"}}]},
            'band: floor_m "x" is not an altitude',
        ),
        (
            {**POLYGON, "layer": {"lower": 50, "upper": 50, "uom": "m"}},
            "a band from 50 to 50 holds nothing. Give a lower that is less than upper",
        ),
    ],
)
def test_shapes_that_cannot_be_understood_are_refused_by_place(geometry, fault):
    with pytest.raises(GeofenceError, match=fault) as refusal:
        _read({}, geometry)
    assert refusal.value.place.startswith("z.json, feature 1 (pad)")


def test_collections_nested_without_end_are_refused():
    geometry = POLYGON
    for _ in range(50):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    with pytest.raises(GeofenceError, match="nested too deeply"):
        _read({}, geometry)


def test_a_type_of_the_european_formats_forbids_here_too():
    assert _zone({"type": "REQ_AUTHORIZATION"}).kind is ZoneKind.EXCLUSION
    assert _zone({"type": "USPACE"}).kind is ZoneKind.ADVISORY


def test_the_suffix_chooses_the_format_to_write(tmp_path):
    zone = Zone.of_circle("a", "a", ZoneKind.EXCLUSION, Circle(LatLon(36.1, 103.7), 500.0))
    for name, mark in (
        ("z.geojson", '"kind"'),
        ("z.JSON", '"kind"'),
        ("z.ed269.json", '"horizontalProjection"'),
        ("z.ed318.json", '"variant"'),
    ):
        path = tmp_path / name
        write_zones([zone], path)
        assert mark in path.read_text()
        assert read_zones(path).zones == (zone,)
    write_zones([zone], tmp_path / "z.txt", format=ZoneFormat.ED269)
    assert read_zones(tmp_path / "z.txt").zones == (zone,)
    with pytest.raises(GeofenceError, match=r"no known kind of zone file\. Give one of: .*GeoJSON \.geojson"):
        write_zones([zone], tmp_path / "z.docx")


def test_a_permanent_zone_says_nothing_of_time():
    assert "applicability" not in zone_to_feature(_zone())["properties"]
    assert _zone({"applicability": None}).applicability == PERMANENT
    assert _zone({"applicability": {}}).applicability == PERMANENT
    json.dumps(zone_to_feature(_zone()))
