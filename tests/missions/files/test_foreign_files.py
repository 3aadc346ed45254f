"""Files of other programs: what they say is flown, what they do not say is asked for."""

import io
import json
import zipfile

import pytest

from geofence.latlon import LatLon
from missions.files.account import Account
from missions.files.foreign_flight import Unsaid
from missions.files.plan_files import read_plan
from missions.plan.item import Command, Frame
from missions.refusal import MissionError

HOME = LatLon(36.09, 103.7)
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Dyke</name><Placemark><name>way</name>{}'
    "</Placemark></Document></kml>"
)
LINE = "<LineString><altitudeMode>{}</altitudeMode><coordinates>103.7,36.09,60 103.71,36.09,70 </coordinates></LineString>"
GPX = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'
POINTS = '<{0} lat="36.09" lon="103.7"><ele>1580</ele></{0}><{0} lat="36.09" lon="103.71">{1}</{0}>'


@pytest.fixture
def read(tmp_path):
    def call(name, content, *, home=HOME, alt_rel_m=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        account = Account()
        return read_plan(path, unsaid=Unsaid(home, alt_rel_m), account=account), account.sentences

    return call


def flown(plan):
    return [(i.command, i.frame, i.alt_m) for i in plan.items]


@pytest.mark.parametrize(
    ("mode", "frame"), [("absolute", Frame.GLOBAL), ("relativeToGround", Frame.GLOBAL_TERRAIN_ALT)]
)
def test_a_line_of_kml_is_flown_at_its_altitudes(read, mode, frame):
    plan, sentences = read("a.kml", KML.format(LINE.format(mode)))
    assert flown(plan) == [(22, frame, 60.0), (16, frame, 60.0), (16, frame, 70.0), (20, Frame.MISSION, 0.0)]
    assert (plan.name, plan.home, plan.items[2].position) == ("Dyke", HOME, LatLon(36.09, 103.71))
    assert sentences == ("take-off and return to launch were put round the places of the file",)


@pytest.mark.parametrize("kind", ["rtept", "wpt", "trkpt"])
def test_gpx_is_flown_above_the_sea(read, kind):
    points = POINTS.format(kind, "<ele>1590</ele>")
    body = {
        "rtept": f"<rte>{points}</rte>",
        "trkpt": f"<trk><trkseg>{points}</trkseg></trk>",
        "wpt": points,
    }[kind]
    plan, _ = read("a.gpx", GPX.format(body))
    assert [item.alt_m for item in plan.items[:3]] == [1580.0, 1580.0, 1590.0]
    assert {item.frame for item in plan.items[:3]} == {Frame.GLOBAL}


def test_a_line_of_geojson_is_flown_at_the_altitude_that_is_given(read):
    line = {"type": "LineString", "coordinates": [[103.7, 36.09, 9.0], [103.71, 36.09, 9.0]]}
    document = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": line, "properties": None}],
    }
    plan, sentences = read("a.geojson", json.dumps(document), alt_rel_m=45.0)
    assert flown(plan)[1:3] == [(16, Frame.GLOBAL_RELATIVE_ALT, 45.0)] * 2
    assert any("ellipsoid" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "a.kml",
            KML.format(LINE.format("clampToGround")),
            "Placemark 1 'way', position 1: says no altitude",
        ),
        ("a.kml", KML.format(LINE.format("absolute") * 2), "one of 2 lines"),
        ("a.kml", KML.format(LINE.format("absolute").replace("36.09,60", "nan,60")), "103.7,nan,60"),
        ("a.kml", KML.format(LINE.format("absolute").replace("36.09,60", "96,60")), "latitude 96"),
        ("a.kml", KML.format("<LineString/>"), "no coordinates"),
        ("a.kml", KML.format("<Polygon/>"), "no line and no point"),
        ("a.kml", "<gpx/>", "not KML"),
        ("a.kml", '<!DOCTYPE kml [<!ENTITY a "b">]><kml/>', "entities"),
        ("a.gpx", GPX.format(f"<rte>{POINTS.format('rtept', '')}</rte>"), "rtept 2: says no altitude"),
        ("a.gpx", GPX.format(f"<rte>{POINTS.format('rtept', '<ele>inf</ele>')}</rte>"), "ele is 'inf'"),
        (
            "a.gpx",
            GPX.format('<wpt lat="95" lon="1"><ele>1</ele></wpt>'),
            "wpt 1 is no position: latitude 95",
        ),
        ("a.gpx", GPX.format('<wpt lat="x" lon="1"/>'), "lat of wpt is 'x'"),
        ("a.gpx", GPX.format(f"<rte>{POINTS.format('rtept', '')}</rte>" * 2), "rte is there 2 times"),
        ("a.gpx", GPX.format(""), "no route, no track and no waypoint"),
        ("a.gpx", "<kml/>", "not GPX 1.1"),
        ("a.gpx", '<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>', "entities"),
        ("a.geojson", '{"type": "Feature"}', "type is 'Feature'"),
        (
            "a.geojson",
            '{"type": "FeatureCollection", "features": [7]}',
            r"features\[0\] is missing or not an object",
        ),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}', "no line and no point"),
        ("a.geojson", "{", "JSON is broken"),
    ],
)
def test_what_cannot_be_flown_is_refused_with_its_place(read, name, content, words):
    with pytest.raises(MissionError, match=words) as refused:
        read(name, content)
    assert name in refused.value.place
    assert refused.value.remedy


@pytest.mark.parametrize("name", ["a.kml", "a.gpx"])
def test_home_is_asked_for_where_nobody_says_it(read, name):
    content = (
        KML.format(LINE.format("absolute"))
        if name == "a.kml"
        else GPX.format(POINTS.format("wpt", "<ele>1</ele>"))
    )
    with pytest.raises(MissionError, match="no place of take-off") as refused:
        read(name, content, home=None)
    assert "--home" in refused.value.remedy


def test_home_is_not_given_twice(read, tmp_path):
    wpl = "QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t36.1\t103.7\t1520\t1\n1\t0\t3\t22\t0\t0\t0\t0\t0\t0\t30\t1\n"
    with pytest.raises(MissionError, match="its own place of take-off"):
        read("a.waypoints", wpl)


def test_an_archive_that_swells_is_refused(read):
    for name in ("doc.kml", "wpmz/waylines.wpml"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, b" " * (65 * 2**20))
        with pytest.raises(MissionError, match="64 MB when unpacked"):
            read("a.kmz", packed.getvalue())


def test_an_added_and_a_moved_place_are_flown(read):
    """Another program has moved one place of ours and put one beside it."""
    from missions.files.plan_files import export_plan
    from missions.plan.item import MissionItem
    from missions.plan.plan import Plan

    items = (MissionItem(1, Command.NAV_TAKEOFF, alt_m=50.0), MissionItem(2, 16, position=HOME, alt_m=50.0))
    text = export_plan(Plan("x", HOME, items, home_alt_amsl_m=1500.0), "kml").decode()
    moved = text.replace("103.7,36.09,1550.0", "103.701,36.09,1560.0")
    added = "<Placemark><Point><altitudeMode>absolute</altitudeMode><coordinates>103.71,36.09,1570</coordinates></Point></Placemark>"
    at = moved.rindex("</Folder>")
    plan, sentences = read("a.kml", moved[:at] + added + moved[at:])
    assert [(i.command, i.alt_m) for i in plan.items] == [(22, 50.0), (16, 60.0), (16, 1570.0)]
    assert plan.items[1].position == LatLon(36.09, 103.701)
    assert any("added" in sentence for sentence in sentences)
