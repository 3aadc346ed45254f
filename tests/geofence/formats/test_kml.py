import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, box

from geofence.altitude_band import UNBOUNDED, AltitudeBand, AltitudeDatum
from geofence.formats.kml.document import is_kml, is_kmz
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind
from tests.geofence.formats.kml_documents import SQUARE, kml, placemark, polygon, read, read_one


def test_a_polygon_with_a_hole_from_any_namespace():
    hole = "103.74,36.04 103.74,36.06 103.76,36.06 103.76,36.04 103.74,36.04"
    text = kml(placemark(polygon(holes=[hole])))
    for document in (
        text,
        text.replace("opengis.net/kml/2.2", "earth.google.com/kml/2.0"),
        text.replace(' xmlns="http://www.opengis.net/kml/2.2"', ""),
        text.replace("<", "<k:").replace("<k:/", "</k:").replace("xmlns=", "xmlns:k="),
        "<?xml version='1.0' encoding='gb2312'?>" + text,
        ("<?xml version='1.0' encoding='utf-8'?>" + text).encode("utf-16"),
        placemark(polygon(holes=[hole])),
    ):
        zone, _ = read_one(document)
        assert (zone.zone_id, zone.kind) == ("a", ZoneKind.INCLUSION)
        assert zone.area.equals(box(103.7, 36.0, 103.8, 36.1) - box(103.74, 36.04, 103.76, 36.06))
        assert zone.volumes[0].band == UNBOUNDED


def test_several_polygons_are_one_zone():
    east = "103.9,36.0 104.0,36.0 104.0,36.1 103.9,36.1 103.9,36.0"
    zone, _ = read_one(
        kml(
            placemark(
                f"<MultiGeometry>{polygon()}<MultiGeometry>{polygon(east)}</MultiGeometry></MultiGeometry>"
            )
        )
    )
    assert zone.area.equals(MultiPolygon([box(103.7, 36.0, 103.8, 36.1), box(103.9, 36.0, 104.0, 36.1)]))


@pytest.mark.parametrize("separator", [" ", "\n\t", ",0 ", ", 0\n", ", 12.5 "])
def test_coordinates_are_read_with_the_blanks_that_programs_leave(separator):
    positions = [pair.replace(",", ", ") if separator.startswith(", ") else pair for pair in SQUARE.split()]
    zone, _ = read_one(kml(placemark(polygon(separator.join(positions)))))
    assert zone.area.equals(box(103.7, 36.0, 103.8, 36.1))


def test_extended_data_is_read_as_the_words_of_our_geojson():
    data = {"kind": "no_fly", "floor_m": "10.00", "ceiling_ft": "393.70", "datum": "AMSL", "severity": "conditional",
            "causes": '["nature"]', "owner": " 007 ", "count": "5", "dims": "[1,2]"}  # fmt: skip
    zone, repairs = read_one(kml(placemark(data=data, extra="<description>two\nlines</description>")))
    assert (zone.kind, zone.severity, zone.causes) == ("exclusion", "conditional", ("nature",))
    assert zone.volumes[0].band.floor_m == 10.0
    assert zone.volumes[0].band.ceiling_m == pytest.approx(120.0, abs=0.01)
    assert {name: zone.properties[name] for name in ("owner", "count", "dims", "description")} == {
        "owner": "007", "count": 5, "dims": "[1,2]", "description": "two\nlines",
    }  # fmt: skip
    assert repairs == []


def test_schema_data_is_read_with_its_types():
    schema = '<Schema name="S" id="s1"><SimpleField name="code" type="string"/><SimpleField name="ceiling_m" type="double"/></Schema>'
    data = '<SchemaData schemaUrl="#s1"><SimpleData name="code">12</SimpleData><SimpleData name="ceiling_m">60.0</SimpleData></SchemaData>'
    zone, _ = read_one(kml(schema, placemark(extra=f"<ExtendedData>{data}</ExtendedData>")))
    assert zone.properties["code"] == "12"
    assert zone.volumes[0].band.ceiling_m == 60.0


def test_other_children_and_data_are_kept_or_reported():
    extra = (
        "<address>Lanzhou</address><styleUrl>#x</styleUrl><ExtendedData><n:code xmlns:n='urn:n'>7</n:code>"
        "<n:deep xmlns:n='urn:n'><n:er/></n:deep></ExtendedData>"
    )
    zone, (repair,) = read_one(kml(placemark(extra=extra)))
    assert dict(zone.properties) == {"address": "Lanzhou", "code": "7"}
    assert (repair.code, repair.message) == (
        RepairCode.LOST,
        "ExtendedData of the form 'deep' was passed over",
    )


def test_folders_are_kept_and_tell_the_kind_where_nothing_else_does():
    inner = f"<Folder><name>禁飞区</name><Folder><name>机场</name>{placemark()}{placemark(name='b', data={'kind': 'advisory'})}</Folder></Folder>"
    (a, b, c), _ = read(kml(inner, placemark(name="c")))
    assert (c.kind, dict(c.properties)) == ("inclusion", {})
    assert (a.kind, a.properties["folder"]) == ("exclusion", ["禁飞区", "机场"])
    assert b.kind == "advisory"
    plural, _ = read_one(kml(f"<Folder><name>No-fly zones</name>{placemark()}</Folder>"))
    assert plural.kind == "exclusion"


@pytest.mark.parametrize(
    "data", [{"Kind": "no_fly"}, {"KIND": "Exclusions"}, {"Zone Type": "NFZ"}, {"类型": "禁飞区"}, {"type": "restricted area"}]
)  # fmt: skip
def test_the_kind_is_found_under_names_that_differ_in_writing(data):
    zone, repairs = read_one(kml(placemark(data=data)))
    assert (zone.kind, repairs) == ("exclusion", [])
    assert dict(zone.properties) == data


def test_what_does_not_say_its_kind_is_forbidden_and_told_once():
    zones, (repair,) = read(kml(placemark(), placemark(data={"type": "park"})), unsaid_kind=None)
    assert {zone.kind for zone in zones} == {ZoneKind.EXCLUSION}
    assert repair.place == "z.kml, Placemark 1 (a)"
    assert "such zones are taken for exclusion zones; write it as kind, or give --kind" in repair.message
    advised = kml(placemark(), placemark(data={"kind": "no_fly"}))
    zones, repairs = read(advised, unsaid_kind=ZoneKind.ADVISORY)
    assert ([zone.kind for zone in zones], repairs) == ([ZoneKind.ADVISORY, ZoneKind.EXCLUSION], [])


@pytest.mark.parametrize(
    ("kind", "mode", "heights", "extrude", "band", "words"),
    [
        ("exclusion", "", (0, 0), True, UNBOUNDED, None),
        ("exclusion", "clampToGround", (50, 50), True, UNBOUNDED, None),
        ("exclusion", "relativeToGround", (60, 60), True, AltitudeBand(None, 60.0), None),
        ("exclusion", "relativeToGround", (0, 0), True, UNBOUNDED, None),
        ("exclusion", "absolute", (1600, 1620), True, AltitudeBand(None, 1620.0, AltitudeDatum.AMSL), "highest"),
        ("inclusion", "absolute", (1600, 1620), True, AltitudeBand(None, 1600.0, AltitudeDatum.AMSL), "lowest"),
        ("inclusion", "relativeToGround", (60, 60), False, AltitudeBand(None, 60.0), "lowest"),
        ("advisory", "relativeToGround", (60, 60), False, UNBOUNDED, "floats"),
        ("exclusion", "relativeToSeaFloor", (60, 60), True, UNBOUNDED, "floats"),
    ],
)  # fmt: skip
def test_heights_state_a_ceiling_on_the_strict_side(kind, mode, heights, extrude, band, words):
    pairs = SQUARE.split()
    text = (
        " ".join(f"{pair},{heights[number % 2]}" for number, pair in enumerate(pairs[:-1]))
        + f" {pairs[0]},{heights[0]}"
    )
    extra = "<extrude>1</extrude>" if extrude else ""
    zone, repairs = read_one(kml(placemark(polygon(text, mode=mode, extra=extra), data={"kind": kind})))
    assert zone.volumes[0].band == band
    assert [repair.code for repair in repairs] == ([] if words is None else [RepairCode.VALUE])
    assert words is None or words in repairs[0].message


def test_stated_limits_go_before_heights():
    text = " ".join(f"{pair},60" for pair in SQUARE.split())
    zone, repairs = read_one(
        kml(
            placemark(
                polygon(text, mode="absolute", extra="<extrude>1</extrude>"),
                data={"ceiling_m": "50", "datum": "agl"},
            )
        )
    )
    assert (zone.volumes[0].band, repairs) == (AltitudeBand(None, 50.0), [])


def test_points_and_lines_beside_zones_are_reported_and_alone_refused():
    point = "<Point><coordinates>103,36</coordinates></Point>"
    line = "<LineString><coordinates>103,36 104,36</coordinates></LineString>"
    overlay = "<GroundOverlay><name>map</name></GroundOverlay>"
    labelled = placemark(f"<MultiGeometry>{polygon()}{point}</MultiGeometry>")
    _, repairs = read(kml(labelled, placemark(line, name="road"), placemark("", name="empty"), overlay))
    assert [(repair.code, repair.place, repair.message.split(" is no zone")[0]) for repair in repairs] == [
        (RepairCode.LOST, "z.kml", "the GroundOverlay 'map'"),
        (RepairCode.LOST, "z.kml, Placemark 1 (a)", "Point"),
        (RepairCode.LOST, "z.kml, Placemark 2 (road)", "LineString"),
        (RepairCode.LOST, "z.kml, Placemark 3 (empty)", "a Placemark without geometry"),
    ]
    with pytest.raises(GeofenceError, match=r"Placemark 1 \(road\): a zone cannot be LineString"):
        read(kml(placemark(line, name="road"), placemark(point)))


def test_swapped_axes_of_a_whole_file_are_swapped_back():
    swapped = " ".join(",".join(pair.split(",")[::-1]) for pair in SQUARE.split())
    zone, repairs = read_one(kml(placemark(polygon(swapped))))
    assert zone.area.equals(box(103.7, 36.0, 103.8, 36.1))
    assert [repair.code for repair in repairs] == [RepairCode.SWAPPED_AXES]
    with pytest.raises(GeofenceError, match="The axes look swapped"):
        read(kml(placemark(polygon(swapped)), placemark(name="b")))


def test_repeated_names_are_numbered():
    zones, _ = read(kml(placemark(), placemark(), placemark(name="")))
    assert [zone.zone_id for zone in zones] == ["a", "a (2)", "zone-3"]
    assert [zone.name for zone in zones] == ["a", "a", "zone-3"]


def test_when_a_thing_is_shown_does_not_lift_a_prohibition():
    span = "<TimeSpan><begin>2026-01-01</begin></TimeSpan>"
    zone, (repair,) = read_one(kml(placemark(data={"kind": "exclusion"}, extra=span)))
    assert zone.applicability.is_permanent
    assert repair.message == "its TimeSpan or TimeStamp was passed over: it holds at all times"
    with pytest.raises(GeofenceError, match="when to show it, not when flight is allowed"):
        read(kml(span, placemark()))


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (b"", "z.kml: the file is empty"),
        (b"<kml><Document>", r"the XML is broken at line 1, column 16 \(no element found\)"),
        (b"<kml><x:y/></kml>", r"broken at line 1, column 6 \(unbound prefix\)"),
        (b'<!DOCTYPE kml [<!ENTITY a "aa">]><kml>&a;</kml>', "has a document type or entities of its own"),
        (b'<!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml/>', "has a document type or entities of its own"),
        (b"<gpx/>", "this is not KML but 'gpx'"),
        (kml(), "z.kml: there is no zone in it"),
        (
            kml("<NetworkLink><name>all</name><Link><href>http://x/y.kml</href></Link></NetworkLink>", placemark()),
            "the NetworkLink 'all' leads to zones that are not in the file. Give the file it leads to",
        ),
        (kml(placemark("")), "a zone cannot be a Placemark without geometry"),
        (kml(placemark("<Polygon/>")), r"z.kml, Placemark 1 \(a\): a Polygon has no outline"),
        (kml(placemark(polygon("103.7,36.0 x,y"))), r"Placemark 1 \(a\), position 2: 'x,y' is not a position"),
        (kml(placemark(polygon("103.7;36.0"))), "position 1: '103.7;36.0' is not a position"),
        (kml(placemark(polygon("nan,36.0"))), "is not a position"),
        (kml(placemark(polygon("1_0,36.0"))), "is not a position"),
        (kml(placemark(polygon("103,36 104,36"))), r"Placemark 1 \(a\): the ring has 2 distinct points"),
        (kml(placemark(polygon("103,36 104,36 105,36 103,36"))), "encloses nothing"),
        (kml(placemark(data={"kind": "heliport"})), 'kind "heliport" is not a kind of zone'),
        (kml(placemark(data={"ceiling": "100.50"})), "ceiling does not say that it is in metres"),
        (kml(placemark(data={"ceiling_m": "low"})), 'ceiling_m "low" is not an altitude'),
        (kml(placemark(data={"id": "a"}), placemark(data={"id": "a"})), "the id a is another zone's already"),
        (kml(placemark(data={"feiying_volumes": '[{"polygons": 2}]'})), "does not fit the 1 polygons"),
        (kml(placemark(data={"feiying_volumes": "7"})), "does not fit the 1 polygons"),
        (kml(placemark(data={"feiying_volumes": '[{"polygons": 1, "circle": 5}]'})), "circle 5 is not a circle"),
        (
            kml(placemark(polygon(SQUARE.replace(" ", ",9 ") + ",9", mode="relativeToSeaFloor"))),
            "altitudeMode 'relativeToSeaFloor' is not known",
        ),
        ("<kml>" + "<Folder>" * 200 + "</Folder>" * 200 + "</kml>", "nested too deeply"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_by_name(document, fault):
    with pytest.raises(GeofenceError, match=fault) as refusal:
        read(document)
    assert refusal.value.place.startswith("z.kml")
    assert refusal.value.remedy


def packed(files, **options):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def test_a_kmz_is_read_wherever_its_kml_lies():
    for name in ("doc.kml", "files/Zones.KML", "../../doc.kml", "/etc/doc.kml"):
        content = packed({"icon.png": "x", name: kml(placemark())})
        assert is_kmz(content)
        assert read_one(content)[0].zone_id == "a"


def test_all_kml_files_of_an_archive_are_read():
    layer = "<NetworkLink><name>layer</name><Link><href>layers/b.kml</href></Link></NetworkLink>"
    files = {"doc.kml": kml(layer, placemark()), "layers/b.kml": kml(placemark("<Point/>"), placemark())}
    zones, (repair,) = read(packed({**files, "__MACOSX/._doc.kml": "\0"}))
    assert [zone.zone_id for zone in zones] == ["a", "a (2)"]
    assert repair.place == "z.kml, layers/b.kml, Placemark 1 (a)"
    with pytest.raises(
        GeofenceError, match=r"z\.kml, doc\.kml: the NetworkLink 'layer' leads to zones that are not"
    ):
        read(packed({"doc.kml": kml(layer, placemark()), "b.kml": kml(placemark())}))
    twice = packed({"doc.kml": kml(), "dod.kml": kml(placemark())}).replace(b"dod.kml", b"doc.kml")
    with pytest.raises(GeofenceError, match=r"'doc\.kml' is there twice in the archive"):
        read(twice)


def test_archives_that_lead_astray_are_refused():
    bomb = packed({"doc.kml": b"<kml>" + b" " * (65 * 2**20)})
    assert len(bomb) < 100_000
    broken = bytearray(packed({"doc.kml": kml(placemark())}))
    broken[45:60] = bytes(15)
    for content, fault in (
        (bomb, "larger than 64 MB when unpacked"),
        (packed({"a.txt": "x"}), "there is no KML file in the archive"),
        (packed({"a.kml": kml(), "b.kml": "<gpx/>"}), "z.kml, b.kml: this is not KML but 'gpx'"),
        (
            packed({**{f"{n}.png": "" for n in range(10_001)}, "doc.kml": kml()}),
            "the archive has 10,002 files",
        ),
        (bytes(broken), "the archive cannot be unpacked"),
        (b"PK\x03\x04 and no more", "the archive cannot be unpacked"),
    ):
        with pytest.raises(GeofenceError, match=fault):
            read(content)


def test_files_are_told_by_their_beginning():
    text = kml(placemark())
    assert is_kml(text.encode())
    assert is_kml(("<?xml version='1.0'?>\n<!-- <gpx> -->" + text).encode("utf-16"))
    for content in (b"", b"{}", b"<gpx></gpx>", b"PK\x03\x04", packed({"a.txt": "x"})):
        assert not is_kml(content)
        assert not is_kmz(content)


pieces = st.lists(
    st.sampled_from(
        ["<Folder>", "</Folder>", "<name>x</name>", "<Placemark>", "</Placemark>", "<Polygon>", "</Polygon>",
         "<outerBoundaryIs><LinearRing><coordinates>", "</coordinates></LinearRing></outerBoundaryIs>", "103,36 104,36 104,37",
         polygon(), placemark(), "<ExtendedData>", "</ExtendedData>", '<Data name="kind"><value>exclusion</value></Data>',
         '<Data name="ceiling_m"><value>1e9</value></Data>', '<Data name="feiying_volumes"><value>[{"polygons": 1, "band": 3}]</value></Data>',
         '<Data name="feiying_volumes"><value>[{"polygons": 1, "circle": {"centre": [1, 2], "radius_m": 5}}]</value></Data>',
         "<extrude>1</extrude>", "<altitudeMode>absolute</altitudeMode>", "&", "<!--", "-->", "180,90 -180,90 0,0"]
    )
    | st.text(max_size=5),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(pieces | st.builds(kml, pieces))
def test_any_document_is_read_or_refused(document):
    try:
        zones, _ = read(document.encode("utf-8", "surrogatepass"))
    except GeofenceError as refusal:
        str(refusal).encode()
        return
    assert zones


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255))
def test_any_damaged_archive_is_read_or_refused(position, byte):
    content = bytearray(packed({"doc.kml": kml(placemark())}))
    content[position % len(content)] = byte
    is_kmz(bytes(content))
    try:
        read(bytes(content))
    except GeofenceError:
        return
