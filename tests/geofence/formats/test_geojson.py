import json

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.formats.geojson import zone_to_feature, zones_from_geojson, zones_to_geojson
from geofence.formats.zone_files import read_zones, write_zones
from geofence.refusal import GeofenceError
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

RING = [[103.70, 36.09], [103.71, 36.09], [103.71, 36.10], [103.70, 36.10], [103.70, 36.09]]
HOLE = [[103.704, 36.094], [103.706, 36.094], [103.706, 36.096], [103.704, 36.094]]


def _feature(properties=None, *, geometry=None, **members):
    geometry = geometry or {"type": "Polygon", "coordinates": [RING]}
    return {"type": "Feature", "properties": properties, "geometry": geometry, **members}


def _collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def test_a_collection_a_feature_and_a_bare_geometry_are_read():
    geometry = {"type": "Polygon", "coordinates": [RING, HOLE]}
    for document in (geometry, _feature(geometry=geometry), _collection(_feature(geometry=geometry))):
        (zone,) = zones_from_geojson(document)
        assert zone.zone_id == "zone-1"
        assert zone.kind is ZoneKind.INCLUSION
        assert len(zone.area.interiors) == 1


@pytest.mark.parametrize(
    ("feature", "zone_id"),
    [
        (_feature({"id": "b", "name": "c"}, id="a"), "a"),
        (_feature({"id": "b", "zone_id": "d", "name": "c"}), "b"),
        (_feature({"zone_id": "d", "name": "c"}), "d"),
        (_feature({"name": "青石岛"}), "青石岛"),
        (_feature({"name": ""}), "zone-1"),
        (_feature(None), "zone-1"),
        (_feature({}, id=7), "7"),
        (_feature({}, id=7.0), "7"),
        (_feature({}, id="two\nlines "), "two lines"),
    ],
)
def test_the_id_is_taken_from_the_first_that_gives_one(feature, zone_id):
    assert zones_from_geojson(feature).zones[0].zone_id == zone_id


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("inclusion", "inclusion"),
        ("Keep-In", "inclusion"),
        ("include", "inclusion"),
        ("EXCLUDE", "exclusion"),
        ("no fly", "exclusion"),
        ("NoFly", "exclusion"),
        ("no_fly-zone", "exclusion"),
        ("keep out", "exclusion"),
        ("禁飞区", "exclusion"),
        ("Advisory", "advisory"),
        ("warning", "advisory"),
    ],
)
@pytest.mark.parametrize("name", ["kind", "type", "zone_type"])
def test_kinds_are_read_in_many_words(word, kind, name):
    assert zones_from_geojson(_feature({name: word})).zones[0].kind == kind


def test_an_unknown_kind_is_refused_with_the_accepted_words():
    with pytest.raises(GeofenceError) as refusal:
        zones_from_geojson(
            _collection(_feature({"id": "a"}), _feature({"id": "pad", "kind": "heliport"})), source="z.json"
        )
    assert str(refusal.value).startswith(
        'z.json, feature 2 (pad): kind "heliport" is not a kind of zone. Accepted are inclusion,'
    )
    assert "no_fly" in str(refusal.value)


def test_a_type_that_is_something_elses_is_left_alone():
    zone = zones_from_geojson(_feature({"type": "island"})).zones[0]
    assert (zone.kind, zone.properties["type"]) == ("inclusion", "island")


def test_the_band_is_read():
    zone = zones_from_geojson(_feature({"floor_m": 10, "ceiling_m": 60.5, "datum": "AMSL"})).zones[0]
    assert zone.volumes[0].band == AltitudeBand(10.0, 60.5, AltitudeDatum.AMSL)
    assert zones_from_geojson(_feature({"floor_m": None})).zones[0].volumes[0].band == AltitudeBand()


@pytest.mark.parametrize(
    ("properties", "fault"),
    [
        ({"floor_m": "10"}, 'floor_m "10" is not an altitude'),
        ({"ceiling_m": True}, "ceiling_m true is not an altitude"),
        ({"ceiling_m": [60]}, "ceiling_m of type list"),
        ({"ceiling_m": 10**400}, "not an altitude"),
        ({"floor_m": 60, "ceiling_m": 60}, "floor 60 m is not below the ceiling 60 m"),
        ({"ceiling": 60}, "ceiling does not say that it is in metres. Write ceiling_m"),
        ({"floor_ft": "FL100"}, "floor_ft .* is not an altitude. Write floor_ft as a plain number of feet"),
        ({"floor_ft": 100.0, "floor_m": 10}, "floor_m 10 and floor_ft 100 disagree"),
        ({"datum": "standard"}, 'datum "standard".*agl'),
        ({"datum": 3}, "datum 3"),
        ({"kind": ["exclusion"]}, "kind of type list"),
        ({"note": float("nan")}, "not finite"),
        ({"note": "\ud800"}, "not text"),
        ({"id": {}}, "id is neither text nor a number"),
    ],
)
def test_bad_properties_are_refused_by_name(properties, fault):
    with pytest.raises(GeofenceError, match=fault) as refusal:
        zones_from_geojson(_feature(properties))
    assert "feature 1" in refusal.value.place


def test_duplicate_ids_are_refused_naming_both_features():
    features = [_feature({"id": "a"}), _feature({"id": "b"}), _feature({"name": "a"})]
    with pytest.raises(GeofenceError, match="features 1 and 3 have the same id a"):
        zones_from_geojson(_collection(*features))


def _polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    ("geometry", "fault"),
    [
        (_polygon([[103.7, 36.09], [103.71, 36.09], [103.7, 36.09]]), "2 distinct points"),
        (_polygon([[103.7, 36.09]]), "1 distinct point. "),
        (_polygon([]), "0 distinct points"),
        (_polygon([[103.7, 36.09], [103.71, 36.10], [103.72, 36.11]]), "encloses nothing"),
        (
            _polygon([[36.09, 103.7], [36.09, 103.71], [36.1, 103.71]]),
            "latitude 103.7 .*The axes look swapped",
        ),
        (_polygon([[103.7, 95.0], [103.71, 95.0], [103.7, 96.0]]), "latitude 95 .*degrees, WGS-84"),
        (_polygon([[203.7, 35.0], [203.71, 35.0], [203.7, 36.0]]), "longitude 203.7 is not within -180..180"),
        (
            _polygon([[float("nan"), 35.0], [103.71, 35.0], [103.7, 36.0]]),
            "position 1: coordinate nan is not a finite",
        ),
        (_polygon([[103.7, "35"], [103.71, 35.0], [103.7, 36.0]]), "coordinate '35' is not a number"),
        (
            _polygon([[103.7, 35.0], [True, 35.0], [103.7, 36.0]]),
            "position 2: coordinate True is not a number",
        ),
        (_polygon([[103.7, 10**5000], [103.71, 35.0], [103.7, 36.0]]), "not a finite number"),
        (_polygon([[103.7], [103.71, 35.0], [103.7, 36.0]]), "is not a position"),
        ({"type": "Polygon", "coordinates": []}, "not a list of rings"),
        ({"type": "Polygon"}, "no coordinates"),
        ({"type": "Polygon", "coordinates": {"a": 1}}, "no coordinates"),
        ({"type": "MultiPolygon", "coordinates": []}, "no coordinates"),
        (
            {"type": "Point", "coordinates": [103.7, 36.1]},
            "a zone cannot be Point.*Polygon, a MultiPolygon, a Point with an extent",
        ),
        ({"type": "GeometryCollection", "geometries": []}, "the GeometryCollection is empty"),
        ({"type": "Circle"}, "unknown geometry"),
    ],
)
def test_bad_geometry_is_refused_by_feature_and_fault(geometry, fault):
    features = _collection(_feature({"id": "good"}), _feature({"id": "岛"}, geometry=geometry))
    with pytest.raises(GeofenceError, match=fault) as refusal:
        zones_from_geojson(features, source="zones.json")
    assert refusal.value.place.startswith("zones.json, feature 2 (岛)")
    assert refusal.value.remedy


def test_a_feature_without_geometry_is_refused():
    with pytest.raises(GeofenceError, match=r"feature 1 \(a\): the feature has no geometry"):
        zones_from_geojson({"type": "Feature", "id": "a", "properties": None, "geometry": None})


def test_three_dimensions_an_open_ring_and_doubled_vertices_are_read():
    ring = [[103.70, 36.09, 5.0], [103.71, 36.09, 5.0], [103.71, 36.09, 5.0], [103.71, 36.10, 5.0]]
    area = zones_from_geojson({"type": "Polygon", "coordinates": [ring]}).zones[0].area
    assert not area.has_z
    assert len(area.exterior.coords) == 4


def test_overlapping_and_touching_parts_are_united():
    boxes = [
        [[x, 36.09], [x + 0.01, 36.09], [x + 0.01, 36.10], [x, 36.10]] for x in (103.70, 103.71, 103.715)
    ]
    area = (
        zones_from_geojson({"type": "MultiPolygon", "coordinates": [[ring] for ring in boxes]}).zones[0].area
    )
    assert area.is_valid
    assert area.area == pytest.approx(0.025 * 0.01)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \n", "the file is empty"),
        (b'{"type": "FeatureCollection",\n "features": [}', r"broken at line 2, column 15"),
        (b"[" * 200_000, "nested too deeply|broken"),
        (b"1" * 5000, "thousands of digits|not GeoJSON"),
        (b"\xff\xfe{\x00}\x00", "not GeoJSON"),
        (b"\x89PNG\r\n", "not text in UTF-8"),
        (b"[]", "not GeoJSON"),
        (b"null", "not GeoJSON"),
        (b'{"type": ["Polygon"]}', "not GeoJSON"),
        (b'{"type": "Topology"}', "not GeoJSON"),
        (b'{"type": "FeatureCollection"}', '"features" is not a list'),
        (b'{"type": "FeatureCollection", "features": []}', "there is no zone in it"),
        (b'{"type": "FeatureCollection", "features": [3]}', "feature 1: this is not a GeoJSON Feature"),
        (b'{"type": "Feature", "properties": 3}', '"properties" is not an object'),
        (
            b'{"type":"FeatureCollection","features":[],"crs":{"properties":{"name":"EPSG:3857"}}}',
            "not WGS-84",
        ),
    ],
)
def test_files_that_are_no_geojson_are_refused(tmp_path, content, fault):
    path = tmp_path / "zones.geojson"
    path.write_bytes(content)
    with pytest.raises(GeofenceError, match=fault) as refusal:
        read_zones(path)
    assert str(refusal.value).startswith(str(path))


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(GeofenceError, match=r"cannot be read \(no such file"):
        read_zones(tmp_path / "none.geojson")
    with pytest.raises(GeofenceError, match=r"cannot be read \(is a directory"):
        read_zones(tmp_path)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "zones.geojson"
    text = json.dumps(_feature({"name": "青石岛"}), ensure_ascii=False)
    path.write_text(text, encoding="utf-8-sig")
    assert read_zones(path).zones[0].name == "青石岛"


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(str.strip)
values = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6), st.text(max_size=9)
)
own_keys = {"name", "kind", "floor_m", "ceiling_m", "datum", "type", "zone_type"}
refused_keys = {
    *("floor", "floor_ft", "lower_limit", "min_alt", "min_altitude"),
    *("ceiling", "ceiling_ft", "upper_limit", "max_alt", "max_altitude"),
}
properties = st.dictionaries(
    names.filter(lambda key: key not in own_keys | refused_keys),
    values,
    max_size=4,
)
bands = st.tuples(
    st.none() | st.floats(-50.0, 50.0), st.none() | st.floats(51.0, 500.0), st.sampled_from(AltitudeDatum)
).map(lambda limits: AltitudeBand(*limits))
areas = st.sampled_from(
    [
        box(103.70, 36.09, 103.71, 36.10),
        Polygon(RING, [HOLE]),
        MultiPolygon([box(103.70, 36.09, 103.71, 36.10), box(104.0, 36.0, 104.1, 36.1)]),
        MultiPolygon([box(179.9, -17.1, 180.0, -17.0), box(-180.0, -17.1, -179.9, -17.0)]),
    ]
)
zones = st.builds(
    Zone.of_area,
    zone_id=names.map(lambda text: " ".join(text.split())).filter(bool),
    name=names,
    kind=st.sampled_from(ZoneKind),
    area=areas,
    band=bands,
    properties=properties,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(zones, min_size=1, max_size=4, unique_by=lambda zone: zone.zone_id))
def test_zones_come_back_as_they_were(tmp_path_factory, written):
    path = tmp_path_factory.getbasetemp() / "round-trip.geojson"
    write_zones(ZoneSet(written), path)
    read = read_zones(path)
    for before, after in zip(written, read, strict=True):
        assert (after.zone_id, after.name, after.kind) == (before.zone_id, before.name, before.kind)
        assert [volume.band for volume in after.volumes] == [volume.band for volume in before.volumes]
        assert dict(after.properties) == dict(before.properties)
        assert after.area.equals(before.area)
    assert zones_to_geojson(read) == zones_to_geojson(written)


def test_outlines_are_written_counter_clockwise():
    feature = zone_to_feature(Zone.of_area("a", "a", ZoneKind.INCLUSION, Polygon(RING[::-1], [HOLE])))
    exterior, hole = (shapely.LinearRing(ring) for ring in feature["geometry"]["coordinates"])
    assert exterior.is_ccw
    assert not hole.is_ccw


def test_a_refused_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "zones.geojson"
    path.write_text("before")
    bad = Zone.of_area("a", "a", ZoneKind.INCLUSION, Polygon(RING), properties={"x": float("nan")})
    with pytest.raises(GeofenceError, match="cannot be written"):
        write_zones([bad], path)
    with pytest.raises(GeofenceError, match="cannot be written"):
        write_zones([], tmp_path / "nowhere" / "zones.geojson")
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["zones.geojson"]


words = st.sampled_from(
    [
        "type",
        "features",
        "Feature",
        "FeatureCollection",
        "Polygon",
        "MultiPolygon",
        "geometry",
        "coordinates",
        "properties",
        "id",
        "kind",
        "exclusion",
        "floor_m",
        "ceiling_m",
        "datum",
        "agl",
        "crs",
        "name",
        "Point",
    ]
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), words)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(words | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=20,
)
numbers = st.one_of(
    st.floats(-200.0, 200.0),
    st.integers(-200, 200),
    st.sampled_from([0.0, 1.0, 180.0, -180.0, 90.0]),
    scalars,
)
rings = st.lists(
    st.lists(numbers, max_size=3) | st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(list), max_size=8
)
geometries = st.one_of(
    anything,
    st.builds(lambda c: {"type": "Polygon", "coordinates": c}, st.lists(rings, max_size=3)),
    st.builds(
        lambda c: {"type": "MultiPolygon", "coordinates": c},
        st.lists(st.lists(rings, max_size=3), max_size=3),
    ),
)
features = st.one_of(
    anything,
    st.builds(
        lambda g, p, i: {"type": "Feature", "geometry": g, "properties": p, "id": i},
        geometries,
        anything | st.dictionaries(words, scalars, max_size=4),
        scalars,
    ),
)
documents = st.one_of(
    anything,
    geometries,
    features,
    st.builds(lambda f: {"type": "FeatureCollection", "features": f}, st.lists(features, max_size=3)),
)


@settings(max_examples=600, deadline=None)
@given(documents)
def test_any_document_is_read_or_refused(document):
    try:
        read = zones_from_geojson(document)
    except GeofenceError as refusal:
        str(refusal).encode()
        return
    assert len(read) > 0
    json.dumps(zones_to_geojson(read), allow_nan=False, ensure_ascii=False).encode()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "fuzz.geojson"
    path.write_bytes(content)
    with pytest.raises(GeofenceError):
        read_zones(path)
