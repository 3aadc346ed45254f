"""GeoPackages and Shapefiles, as real programs write them and as they get broken."""

import contextlib
import io
import sqlite3
import struct
import zipfile

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.circle import Circle
from geofence.crs import Crs, position_from_wgs84
from geofence.formats.repair_log import RepairLog
from geofence.formats.vector.reader import read_shapefile
from geofence.formats.zone_files import read_zones
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind

FIELD = box(103.70, 36.05, 103.75, 36.10)
TOWER = box(103.72, 36.07, 103.73, 36.08)
USUAL = {"name": ["Field", "Tower"], "kind": ["inclusion", "exclusion"]}

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning:pyogrio")


def write(
    path,
    shapes,
    *,
    crs="EPSG:4326",
    geometry_type="Polygon",
    encoding=None,
    layer=None,
    append=False,
    **columns,
):
    from pyogrio.raw import write as write_vector

    write_vector(
        path,
        geometry=np.array(
            [None if shape is None else shapely.to_wkb(shape) for shape in shapes], dtype=object
        ),
        field_data=[
            np.array(values, dtype=object if isinstance(values[0], str) else None)
            for values in columns.values()
        ],
        fields=list(columns),
        geometry_type=geometry_type,
        crs=crs,
        encoding=encoding,
        layer=layer,
        append=append,
    )
    return path


def zipped(folder, *, inside=""):
    path = folder / "zones.shp.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.glob("zones.*")):
            if part != path:
                archive.write(part, inside + part.name)
    return path


def messages(zones):
    return [f"{repair.code}: {repair.message}" for repair in zones.repairs]


@pytest.mark.parametrize("suffix", ["shp", "shp.zip", "gpkg"])
def test_areas_with_their_words_are_read(tmp_path, suffix):
    path = write(
        tmp_path / ("zones.gpkg" if suffix == "gpkg" else "zones.shp"),
        [FIELD, TOWER],
        id=["a", "b"],
        NAME=["Field", "Tower"],
        Kind=["inclusion", "no_fly"],
        floor_m=[np.nan, 10.0],
        ceiling_m=[120.0, 1700.0],
        datum=["agl", "agl"],
        ceiling_datum=["agl", "amsl"],
        causes=["", '["air_traffic", "privacy"]'],
        inspector=[4, 5],
    )
    zones = read_zones(zipped(tmp_path) if suffix == "shp.zip" else path)
    field, tower = zones
    assert (field.zone_id, field.name, field.kind) == ("a", "Field", ZoneKind.INCLUSION)
    assert shapely.equals(field.area, FIELD)
    assert field.volumes[0].band == AltitudeBand(None, 120.0)
    assert (tower.zone_id, tower.kind, tower.causes) == ("b", ZoneKind.EXCLUSION, ("air_traffic", "privacy"))
    assert tower.volumes[0].band == AltitudeBand(10.0, 1700.0, AltitudeDatum.AGL, AltitudeDatum.AMSL)
    assert tower.properties["inspector"] == 5
    assert messages(zones) == []


@pytest.mark.parametrize(
    ("crs", "is_noted"),
    [
        ("EPSG:32648", True),
        ("EPSG:3857", True),
        ("EPSG:4490", True),
        ("EPSG:4549", True),
        ("EPSG:4326", False),
    ],
)
def test_other_coordinate_systems_are_brought_to_wgs84(tmp_path, crs, is_noted):
    there = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    drawn = shapely.transform(
        FIELD, lambda lonlat: np.column_stack(there.transform(lonlat[:, 0], lonlat[:, 1]))
    )
    zones = read_zones(write(tmp_path / "zones.shp", [drawn], crs=crs, name=["a"], kind=["exclusion"]))
    (zone,) = zones
    assert (
        shapely.hausdorff_distance(zone.area.exterior, FIELD.exterior) < 2e-5
    )  # straight lines bend a little
    corners = shapely.points(shapely.get_coordinates(FIELD))
    assert shapely.distance(corners, zone.area.exterior).max() < 1e-8
    assert [message.startswith("value: reprojected from") for message in messages(zones)] == [True] * is_noted


def test_long_straight_edges_stay_where_they_were_drawn(tmp_path):
    there = Transformer.from_crs("EPSG:4326", "EPSG:32648", always_xy=True)
    drawn = shapely.transform(
        box(103.0, 36.0, 104.0, 36.5),
        lambda lonlat: np.column_stack(there.transform(lonlat[:, 0], lonlat[:, 1])),
    )
    (zone,) = read_zones(write(tmp_path / "zones.shp", [drawn], crs="EPSG:32648", kind=["exclusion"]))
    back = shapely.transform(
        shapely.segmentize(zone.area, 0.001),
        lambda lonlat: np.column_stack(there.transform(lonlat[:, 0], lonlat[:, 1])),
    )
    assert shapely.hausdorff_distance(back.exterior, drawn.exterior) < 0.05


def test_shifted_positions_are_moved_whatever_the_prj_file_says(tmp_path):
    shifted = [
        position_from_wgs84(LatLon(lat_deg, lon_deg), Crs.GCJ02) for lon_deg, lat_deg in FIELD.exterior.coords
    ]
    drawn = Polygon([(place.lon_deg, place.lat_deg) for place in shifted])
    path = write(tmp_path / "zones.shp", [drawn], kind=["exclusion"])
    for _ in range(2):
        (zone,) = read_zones(path, crs=Crs.GCJ02)
        corners = shapely.points(shapely.get_coordinates(FIELD))
        assert shapely.distance(corners, zone.area.exterior).max() < 1e-8
        path.with_suffix(".prj").unlink(missing_ok=True)


def test_an_unknown_coordinate_system_wants_to_be_named(tmp_path):
    path = write(tmp_path / "zones.shp", [FIELD], kind=["exclusion"])
    path.with_suffix(".prj").unlink()
    with pytest.raises(
        GeofenceError, match=r"zones\.shp: it does not say its coordinate system\. .*--crs wgs84"
    ):
        read_zones(path)
    (zone,) = read_zones(path, crs=Crs.WGS84)
    assert shapely.equals(zone.area, FIELD)


@pytest.mark.parametrize("crs", ["EPSG:4610", 'LOCAL_CS["site",UNIT["metre",1]]'])
def test_a_system_that_nobody_can_place_is_refused(tmp_path, crs):
    path = write(tmp_path / "zones.shp", [FIELD], kind=["exclusion"], crs=crs)
    with pytest.raises(GeofenceError, match=r"is not published|is no map of the earth"):
        read_zones(path)


@pytest.mark.parametrize(
    ("written", "cpg", "noted"),
    [
        ("GBK", "GBK", None),
        ("GBK", "936", None),
        ("GBK", None, "it is not UTF-8"),
        ("GBK", "UTF-8", "it is not UTF-8"),
        ("UTF-8", "UTF-8", None),
        ("UTF-8", None, "no encoding is stated: they were read as utf-8"),
        ("UTF-8", "nonsense", "no encoding is stated: they were read as utf-8"),
    ],
)
def test_chinese_texts_are_read_whatever_the_cpg_file_says(tmp_path, written, cpg, noted):
    path = write(
        tmp_path / "zones.shp",
        [FIELD, TOWER],
        encoding=written,
        name=["青石岛", "b"],
        kind=["禁飞区", "适飞"],
        备注=["雨", ""],
    )
    path.with_suffix(".cpg").unlink()
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    zones = read_zones(path)
    assert zones.zones[0].name == "青石岛"
    assert [zone.kind for zone in zones] == [ZoneKind.EXCLUSION, ZoneKind.INCLUSION]
    assert zones.zones[0].properties["备注"] == "雨"
    assert len(messages(zones)) == (noted is not None)
    assert all(message.startswith("encoding: ") and noted in message for message in messages(zones))


def test_texts_in_no_certain_encoding_are_refused(tmp_path):
    path = write(tmp_path / "zones.shp", [FIELD], encoding="BIG5", name=["禁航區"], kind=["exclusion"])
    path.with_suffix(".cpg").unlink()
    with pytest.raises(GeofenceError, match=r"zones\.shp, \.dbf file: .*Save it as UTF-8"):
        read_zones(path)


def test_every_layer_is_read_and_ids_count_in_each(tmp_path):
    path = write(tmp_path / "zones.gpkg", [FIELD], layer="allowed", kind=["inclusion"])
    write(path, [TOWER, FIELD], layer="forbidden", append=True, kind=["exclusion", "exclusion"])
    write(
        path,
        [LineString([(103.0, 36.0), (103.1, 36.0)])],
        layer="roads",
        append=True,
        geometry_type="LineString",
        kind=["a"],
    )
    zones = read_zones(path)
    assert [zone.zone_id for zone in zones] == ["allowed/zone-1", "forbidden/zone-1", "forbidden/zone-2"]
    (said,) = messages(zones)
    assert said.startswith("lost: a LineString is no area")
    assert zones.repairs[0].place.endswith("layer roads, feature 1")


def test_several_shapefiles_in_folders_of_one_zip(tmp_path):
    write(tmp_path / "zones.shp", [FIELD], kind=["inclusion"])
    first = zipped(tmp_path, inside="市区/")
    with zipfile.ZipFile(first) as archive, zipfile.ZipFile(tmp_path / "two.zip", "w") as both:
        for name in archive.namelist():
            both.writestr(name, archive.read(name))
            both.writestr(f"B/{name.rpartition('/')[2].upper()}", archive.read(name))
        both.writestr("__MACOSX/._zones.shp", b"junk")
    assert [zone.zone_id for zone in read_zones(tmp_path / "two.zip")] == [
        "B/ZONES/zone-1",
        "市区/zones/zone-1",
    ]


def test_points_with_a_radius_are_circles_and_features_without_shape_are_told(tmp_path):
    path = write(
        tmp_path / "zones.gpkg",
        [Point(103.7, 36.05), None, Point(103.8, 36.05)],
        geometry_type="Point",
        kind=["exclusion", "inclusion", "exclusion"],
        radius_m=[250.0, 250.0, np.nan],
    )
    zones = read_zones(path)
    (zone,) = zones
    assert zone.volumes[0].circle == Circle(LatLon(36.05, 103.7), 250.0)
    assert [repair.code for repair in zones.repairs] == [RepairCode.LOST, RepairCode.LOST]
    assert messages(zones)[0] == "lost: the inclusion zone has no shape: it is passed over"
    assert zones.repairs[0].place.endswith("zones.gpkg, feature 2")


@pytest.mark.parametrize("suffix", ["shp", "gpkg"])
@pytest.mark.parametrize("kind", ["exclusion", "advisory", ""])
def test_a_zone_without_a_shape_is_refused_where_it_may_forbid(tmp_path, suffix, kind):
    path = write(tmp_path / f"zones.{suffix}", [FIELD, None], name=["a", "b"], kind=["exclusion", kind])
    with pytest.raises(GeofenceError, match=rf"feature 2: the {kind or 'exclusion'} zone b has no shape"):
        read_zones(path)
    if not kind:
        assert len(read_zones(path, unsaid_kind=ZoneKind.INCLUSION)) == 1


@pytest.mark.parametrize(
    ("suffix", "size", "said"),
    [
        ("shp", 300, "the .shp file ends after 300 of its 372 bytes"),
        ("shp", 60, "the .shp file ends after 60 of its 100 bytes"),
        ("shx", 108, "the .shx file ends after 108 of its 116 bytes"),
        ("dbf", 100, "the .dbf file ends after 100 of its"),
        ("dbf", 20, "the .dbf file ends after 20 of its"),
    ],
)
def test_a_shapefile_that_is_cut_off_is_damaged(tmp_path, suffix, size, said):
    write(tmp_path / "zones.shp", [FIELD, TOWER], **USUAL)
    part = tmp_path / f"zones.{suffix}"
    part.write_bytes(part.read_bytes()[:size])
    for path in (tmp_path / "zones.shp", zipped(tmp_path)):
        with pytest.raises(GeofenceError, match=f"it is damaged: {said}"):
            read_zones(path)


def test_parts_of_two_shapefiles_are_damaged(tmp_path):
    write(tmp_path / "zones.shp", [FIELD, TOWER], **USUAL)
    write(tmp_path / "one.shp", [FIELD], name=["Field"], kind=["inclusion"])
    shp = tmp_path / "zones.shp"
    whole = shp.read_bytes()
    # A cut whose length was corrected in the head.
    shp.write_bytes(whole[:24] + (236 // 2).to_bytes(4, "big") + whole[28:236])
    with pytest.raises(GeofenceError, match="names shapes beyond the end"):
        read_zones(shp)
    shp.write_bytes(whole)
    (tmp_path / "zones.shx").write_bytes((tmp_path / "one.shx").read_bytes())
    with pytest.raises(GeofenceError, match=r"counts 1 shapes and the \.dbf file 2"):
        read_zones(shp)


def test_a_geopackage_that_is_cut_off_is_damaged(tmp_path):
    path = write(tmp_path / "zones.gpkg", [FIELD, TOWER], **USUAL)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(GeofenceError, match=f"it is damaged: the file ends after {len(content) // 2} of its"):
        read_zones(path)


def test_what_a_reprojection_costs_is_told_and_nothing_where_it_is_exact(tmp_path):
    drawn = box(380_000.0, 3_990_000.0, 385_000.0, 3_995_000.0)
    path = write(tmp_path / "zones.shp", [drawn], crs="EPSG:32648", name=["a"], kind=["exclusion"])
    assert messages(read_zones(path))[0].endswith("to WGS-84, exactly")


def test_heights_and_parts_and_faulty_rings_are_taken_care_of(tmp_path):
    high = shapely.force_3d(TOWER, 50.0)
    parts = MultiPolygon([FIELD, box(103.8, 36.05, 103.85, 36.1)])
    bow_tie = Polygon([(103.9, 36.0), (103.95, 36.05), (103.95, 36.0), (103.9, 36.05)])
    write(tmp_path / "high.shp", [high], geometry_type="Polygon Z", kind=["exclusion"])
    zones = read_zones(tmp_path / "high.shp")
    assert shapely.equals(zones.zones[0].area, TOWER)
    assert "heights" in messages(zones)[0]
    zones = read_zones(
        write(tmp_path / "zones.gpkg", [parts, bow_tie], geometry_type="Unknown", kind=["exclusion"] * 2)
    )
    assert shapely.equals(zones.zones[0].area, parts)
    assert {repair.code for repair in zones.repairs} == {RepairCode.SELF_INTERSECTION}


def test_zones_that_do_not_say_their_kind_are_told(tmp_path):
    zones = read_zones(write(tmp_path / "zones.shp", [FIELD], name=["a"]))
    assert zones.zones[0].kind is ZoneKind.EXCLUSION
    assert "the kind is not said" in messages(zones)[0]
    allowed = read_zones(tmp_path / "zones.shp", unsaid_kind=ZoneKind.INCLUSION)
    assert (allowed.zones[0].kind, messages(allowed)) == (ZoneKind.INCLUSION, [])


def test_chinese_attributes_say_name_id_and_kind(tmp_path):
    columns = {"编号": ["b7"], "名称": ["体育场"], "类型": ["适飞空域"], "用途": ["足球"]}
    (zone,) = zones = read_zones(write(tmp_path / "zones.shp", [FIELD], encoding="GBK", **columns))
    assert (zone.zone_id, zone.name, zone.kind) == ("b7", "体育场", ZoneKind.INCLUSION)
    assert dict(zone.properties) == {"id": "b7", "类型": "适飞空域", "用途": "足球"}
    assert messages(zones) == []
    with pytest.raises(GeofenceError, match="限高 does not say that it is in metres"):
        read_zones(write(tmp_path / "limit.gpkg", [FIELD], 类型=["适飞区"], 限高=[120.0]))


def test_names_that_repeat_are_numbered_and_ids_refused(tmp_path):
    path = write(tmp_path / "zones.gpkg", [FIELD, TOWER], name=["a", "a"], kind=["exclusion"] * 2)
    assert [(zone.zone_id, zone.name) for zone in read_zones(path)] == [("a", "a"), ("a (2)", "a")]
    with pytest.raises(GeofenceError, match="features 1 and 2 have the same id a"):
        read_zones(write(tmp_path / "ids.gpkg", [FIELD, TOWER], id=["a", "a"], kind=["exclusion"] * 2))


def test_features_are_called_by_their_number_in_the_layer(tmp_path):
    shapes = [FIELD, Point(103.7, 36.0), TOWER]
    columns = {"name": ["a", "b", "c"], "kind": ["no_fly", "no_fly", "forest"]}
    with pytest.raises(GeofenceError, match=r"zones\.gpkg, feature 3 \(c\): kind .*forest"):
        read_zones(write(tmp_path / "zones.gpkg", shapes, geometry_type="Unknown", **columns))


def test_a_geopackage_with_changes_in_hand_is_refused(tmp_path):
    path = write(tmp_path / "zones.gpkg", [FIELD], kind=["exclusion"])
    with contextlib.closing(sqlite3.connect(path)) as program:
        program.execute("PRAGMA journal_mode = WAL")
        program.execute("UPDATE gpkg_contents SET description = 'new'")
        program.commit()
        with pytest.raises(
            GeofenceError, match=r"open in another program, and its last changes are in zones\.gpkg-wal"
        ):
            read_zones(path)
    assert len(read_zones(path)) == 1


def test_limits_may_be_texts(tmp_path):
    (zone,) = read_zones(
        write(tmp_path / "zones.gpkg", [FIELD], kind=["exclusion"], ceiling_m=["120.5"], datum=["agl"])
    )
    assert zone.volumes[0].band == AltitudeBand(None, 120.5)


def test_rings_that_do_not_end_where_they_start_are_closed(tmp_path):
    path = write(tmp_path / "zones.shp", [FIELD, TOWER], kind=["exclusion", "exclusion"])
    content = bytearray(path.read_bytes())
    last_point = slice(100 + 8 + 44 + 4 + 4 * 16, 100 + 8 + 44 + 4 + 5 * 16)
    x, y = struct.unpack("<2d", content[last_point])
    content[last_point] = struct.pack(
        "<2d", x + 0.2 * (x - FIELD.centroid.x), y + 0.2 * (y - FIELD.centroid.y)
    )
    path.write_bytes(content)
    first, second = zones = read_zones(path)
    assert len(first.area.exterior.coords) == 6
    assert first.area.covers(FIELD)
    assert second.area.equals(TOWER)
    assert f"{zones.source}, feature 1" == zones.repairs[0].place
    assert zones.repairs[0].code is RepairCode.UNCLOSED_RING


def test_side_files_that_make_no_sense_are_refused_or_passed_over(tmp_path):
    path = write(tmp_path / "zones.shp", [FIELD], kind=["禁飞区"], encoding="GBK")
    path.with_suffix(".cpg").write_bytes(b"GB\x0018030")
    assert read_zones(path).zones[0].kind is ZoneKind.EXCLUSION
    path.with_suffix(".prj").write_bytes(path.with_suffix(".prj").read_bytes()[:-40])
    with pytest.raises(GeofenceError, match=r"zones\.shp: "):
        read_zones(path)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"kind": ["forest"]}, r"zones\.shp, feature 1 .*kind .*forest.* is not a kind of zone"),
        ({"lower_limit": [30.0], "kind": ["exclusion"]}, "lower_limit does not say that it is in metres"),
        ({"kind": ["exclusion"], "datum": ["moon"]}, "datum .*moon.* is not an altitude datum"),
    ],
)
def test_attributes_that_cannot_be_understood_are_named(tmp_path, columns, said):
    with pytest.raises(GeofenceError, match=said):
        read_zones(write(tmp_path / "zones.shp", [FIELD], **columns))


def test_a_shapefile_without_its_side_files_is_refused(tmp_path):
    path = write(tmp_path / "zones.shp", [FIELD], kind=["exclusion"])
    with pytest.raises(GeofenceError, match=r"the \.shx file is missing"):
        read_shapefile(path.read_bytes(), source="upload", log=RepairLog())
    path.with_suffix(".dbf").unlink()
    with pytest.raises(GeofenceError, match=r"zones\.shp: the \.dbf file is missing: its attributes"):
        read_zones(path)


def test_broken_files_are_refused_in_a_sentence(tmp_path):
    path = write(tmp_path / "zones.shp", [FIELD], kind=["exclusion"])
    whole = path.read_bytes()
    path.write_bytes(whole[:60])
    with pytest.raises(GeofenceError, match=r"zones\.shp"):
        read_zones(path)
    path.write_bytes(whole)
    archive = zipped(tmp_path)
    content = bytearray(archive.read_bytes())
    content[40:60] = b"\xff" * 20
    archive.write_bytes(content)
    with pytest.raises(GeofenceError, match=r"zones\.shp\.zip: the zip file is broken or locked"):
        read_zones(archive)
    database = tmp_path / "zones.gpkg"
    database.write_bytes(b"SQLite format 3\x00" + bytes(52) + b"GPKG" + bytes(400))
    with pytest.raises(GeofenceError, match=r"zones\.gpkg: cannot be read \(.*\)\. Export the file again"):
        read_zones(database)


def test_a_file_without_areas_is_refused(tmp_path):
    path = write(tmp_path / "zones.gpkg", [Point(103.7, 36.0)], geometry_type="Point", kind=["exclusion"])
    with pytest.raises(GeofenceError, match=r"there is no zone in it\. Give at least one polygon"):
        read_zones(path)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.shp", b"")
    (tmp_path / "bomb.zip").write_bytes(packed.getvalue())
    with pytest.raises(GeofenceError, match=r"bomb\.zip: larger than"):
        read_zones(tmp_path / "bomb.zip")
