"""What is written, against the rules that KML 2.2, GPX 1.1 and QGroundControl's loader publish."""

import json
from importlib.util import find_spec
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import shapely
import xmlschema
from hypothesis import given, settings

from geofence.zone import ZoneKind
from missions.files.plan_files import export_plan
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern
from tests.missions.files.plans import plans

GPX = "{http://www.topografix.com/GPX/1/1}"
KML = "{http://www.opengis.net/kml/2.2}"

_POINT = "ele time magvar geoidheight name cmt desc src link sym type fix sat hdop vdop pdop ageofdgpsdata dgpsid extensions"
_WAY = "name cmt desc src link number type extensions"
GPX_ORDERS = {
    "gpx": ["metadata", "wpt", "rte", "trk", "extensions"],
    "metadata": ["name", "desc", "author", "copyright", "link", "time", "keywords", "bounds", "extensions"],
    **dict.fromkeys(("wpt", "rtept", "trkpt"), _POINT.split()),
    "rte": f"{_WAY} rtept".split(),
    "trk": f"{_WAY} trkseg".split(),
    "trkseg": ["trkpt", "extensions"],
}
"""All children, in the order of the schema's sequences."""

GPX_ATTRIBUTES = {"gpx": {"version", "creator"}, **{key: {"lat", "lon"} for key in ("wpt", "rtept", "trkpt")}}
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
GPX_MANY = {"wpt", "rte", "trk", "rtept", "trkpt", "trkseg", "link"}

KML_ORDERS = {
    "kml": ("Document",),
    "Document": ("name", "Style", "ExtendedData", "Placemark", "Folder"),
    "Folder": ("name", "ExtendedData", "Placemark"),
    "Placemark": ("name", "styleUrl", "ExtendedData", "Point", "LineString"),
    "Style": ("LineStyle",),
    "LineStyle": ("color", "width"),
    "ExtendedData": ("Data",),
    "Data": ("value",),
    "Point": ("altitudeMode", "coordinates"),
    "LineString": ("altitudeMode", "coordinates"),
}


def demand_order(root, namespace, orders):
    for element in root.iter():
        if not element.tag.startswith(namespace):
            continue
        name = element.tag.removeprefix(namespace)
        found = [child.tag.removeprefix(namespace) for child in element if child.tag.startswith(namespace)]
        places = [orders[name].index(each) for each in found] if name in orders else []
        assert places == sorted(places)
        if name in orders:
            assert len(places) == len(found)


@settings(max_examples=20, deadline=None)
@given(plan=plans())
def test_gpx_keeps_the_order_and_the_ranges_of_its_schema(plan):
    root = fromstring(export_plan(plan, "gpx"))
    assert (root.tag, root.get("version")) == (f"{GPX}gpx", "1.1")
    assert root.get("creator")
    demand_order(root, GPX, GPX_ORDERS)
    for element in root.iter():
        name = element.tag.removeprefix(GPX)
        if element.tag.startswith(GPX):
            assert set(element.attrib) - {SCHEMA_LOCATION} == GPX_ATTRIBUTES.get(name, set())
            once = [child.tag for child in element if child.tag.removeprefix(GPX) not in GPX_MANY]
            assert name == "extensions" or len(once) == len(set(once))
        if name == "extensions":
            assert not any(child.tag.startswith(GPX) or child.tag[0] != "{" for child in element)
    for point in (*root.iter(f"{GPX}wpt"), *root.iter(f"{GPX}rtept"), *root.iter(f"{GPX}trkpt")):
        assert -90.0 <= float(point.get("lat")) <= 90.0
        assert -180.0 <= float(point.get("lon")) < 180.0
    assert not any(
        "e" in (ele.text or "").lower() for ele in root.iter(f"{GPX}ele")
    )  # xsd:decimal has no exponent


@settings(max_examples=20, deadline=None)
@given(plan=plans())
def test_kml_keeps_the_order_and_the_words_of_its_schema(plan):
    root = fromstring(export_plan(plan, "kml"))
    assert root.tag == f"{KML}kml"
    demand_order(root, KML, KML_ORDERS)
    assert {mode.text for mode in root.iter(f"{KML}altitudeMode")} <= {"absolute", "relativeToGround"}
    assert all(len(colour.text) == 8 for colour in root.iter(f"{KML}color"))


@pytest.fixture(scope="module")
def kml_schema():
    found = find_spec("pykml")
    if found is None or not found.submodule_search_locations:
        pytest.skip("pykml, which carries the schema of KML 2.2, is not installed")
    folder = Path(found.submodule_search_locations[0]) / "schemas"
    return xmlschema.XMLSchema(str(folder / "ogckml22.xsd"), allow="local", locations={})


def test_kml_is_valid_by_the_published_schema(kml_schema):
    @settings(max_examples=20, deadline=None)
    @given(plan=plans())
    def demand(plan):
        kml_schema.validate(export_plan(plan, "kml").decode())

    demand()


NUMBER, TEXT, TRUTH, LIST, OBJECT = (int, float), str, bool, list, dict

PLAN_KEYS = {
    "fileType": TEXT, "groundStation": TEXT, "version": NUMBER, "mission": OBJECT, "geoFence": OBJECT,
    "rallyPoints": OBJECT,
}  # fmt: skip
MISSION_KEYS = {
    "version": NUMBER, "plannedHomePosition": LIST, "items": LIST, "firmwareType": NUMBER, "vehicleType": NUMBER,
    "cruiseSpeed": NUMBER, "hoverSpeed": NUMBER, "globalPlanAltitudeMode": NUMBER,
}  # fmt: skip
ITEM_KEYS = {
    "type": TEXT, "frame": NUMBER, "command": NUMBER, "params": LIST, "autoContinue": TRUTH, "doJumpId": NUMBER,
}  # fmt: skip
ALTITUDE_KEYS = {"Altitude": NUMBER, "AltitudeMode": NUMBER}
TRANSECT_KEYS = {
    "version": NUMBER, "TurnAroundDistance": NUMBER, "CameraTriggerInTurnAround": TRUTH, "HoverAndCapture": TRUTH,
    "Refly90Degrees": TRUTH, "CameraCalc": OBJECT, "VisualTransectPoints": LIST, "Items": LIST, "CameraShots": NUMBER,
}  # fmt: skip
CAMERA_KEYS = {
    "version": NUMBER, "CameraName": TEXT, "AdjustedFootprintSide": NUMBER, "AdjustedFootprintFrontal": NUMBER,
    "DistanceToSurface": NUMBER, "DistanceToSurfaceRelative": TRUTH,
}  # fmt: skip
COMPLEX_KEYS = {
    "survey": {
        "version": NUMBER, "entryLocation": NUMBER, "angle": NUMBER, "flyAlternateTransects": TRUTH,
        "splitConcavePolygons": TRUTH, "polygon": LIST,
    },
    "CorridorScan": {"version": NUMBER, "CorridorWidth": NUMBER, "EntryPoint": NUMBER, "polyline": LIST},
}  # fmt: skip
"""Keys that QGroundControl validates as it loads, and the type that each must have."""


def demand_keys(document, keys):
    for key, type_ in keys.items():
        assert isinstance(document[key], type_), key
        assert type_ is TRUTH or not isinstance(document[key], bool), key


def demand_loads(content):
    """What QGroundControl asks of a plan file before it takes it."""
    plan = json.loads(content)
    demand_keys(plan, PLAN_KEYS)
    assert (plan["fileType"], plan["version"]) == ("Plan", 1)
    mission, fence, rally = plan["mission"], plan["geoFence"], plan["rallyPoints"]
    demand_keys(mission, MISSION_KEYS)
    assert (mission["version"], fence["version"], rally["version"]) == (2, 2, 2)
    assert len(mission["plannedHomePosition"]) == 3
    flat = []
    for item in mission["items"]:
        if item["type"] == "SimpleItem":
            flat.append(item)
            continue
        demand_keys(item, COMPLEX_KEYS[item["complexItemType"]])
        transects = item["TransectStyleComplexItem"]
        demand_keys(transects, TRANSECT_KEYS)
        demand_keys(transects["CameraCalc"], CAMERA_KEYS)
        flat += transects["Items"]
    for item in flat:
        demand_keys(item, ITEM_KEYS)
        assert item["type"] == "SimpleItem"
        assert len(item["params"]) == 7
        assert "coordinate" not in item
        if "AltitudeMode" in item:
            demand_keys(item, ALTITUDE_KEYS)
    jumps = [item["doJumpId"] for item in flat]
    assert len(set(jumps)) == len(jumps)
    for polygon in fence["polygons"]:
        demand_keys(polygon, {"version": NUMBER, "inclusion": TRUTH, "polygon": LIST})
        assert all(len(corner) == 2 for corner in polygon["polygon"])
    for circle in fence["circles"]:
        demand_keys(circle, {"version": NUMBER, "inclusion": TRUTH, "circle": OBJECT})
        demand_keys(circle["circle"], {"center": LIST, "radius": NUMBER})
    assert all(len(point) == 3 for point in rally["points"])
    return {item.get("complexItemType", "SimpleItem") for item in mission["items"]}


@settings(max_examples=20, deadline=None)
@given(plan=plans())
def test_any_plan_loads_by_what_qgroundcontrol_demands(plan):
    assert demand_loads(export_plan(plan, "plan"))


def test_a_survey_with_its_fence_loads_by_what_qgroundcontrol_demands(fields):
    zones = fields.zones(
        fields.zone(fields.RECTANGLE),
        fields.zone(shapely.Point(460, 60).buffer(15), "mast", ZoneKind.EXCLUSION, ceiling_m=None),
    )
    (plan,) = plan_patrol(zones, PatrolRequest(AreaPattern("field", 25.0), 50.0, fields.at(20, 20)))
    assert "survey" in demand_loads(export_plan(plan, "plan", zones=zones))
