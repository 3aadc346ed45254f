"""What is written, against the rules that KML 2.2 and GPX 1.1 publish."""

from importlib.util import find_spec
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import xmlschema
from hypothesis import given, settings

from missions.files.plan_files import export_plan
from tests.missions.files.plans import plans

GPX = "{http://www.topografix.com/GPX/1/1}"
KML = "{http://www.opengis.net/kml/2.2}"

GPX_ORDERS = {
    "gpx": ("metadata", "wpt", "rte", "trk"),
    "metadata": ("name", "extensions"),
    "wpt": ("ele", "name", "type"),
    "rtept": ("ele", "name", "extensions"),
    "rte": ("name", "extensions", "rtept"),
    "trk": ("name", "type", "extensions", "trkseg"),
    "trkseg": ("trkpt",),
    "trkpt": ("ele",),
}
"""The children that are used, in the order of the schema's sequences."""

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
