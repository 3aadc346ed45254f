"""`feiying zones` as a user runs it: exit codes, one JSON document, one sentence a refusal."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from shapely import box

import server.cli
from geofence.altitude_band import AltitudeBand
from geofence.applicability import Applicability, Period
from geofence.circle import Circle
from geofence.crs import Crs, position_from_wgs84
from geofence.formats.zone_files import read_zones, write_zones
from geofence.latlon import LatLon
from geofence.zone import Zone, ZoneKind

FIELD = Zone.of_area(
    "field", "草地 Field", ZoneKind.INCLUSION, box(103.70, 36.05, 103.71, 36.06), AltitudeBand(None, 120.0)
)
TOWER = Zone.of_circle("tower", "Tower", ZoneKind.EXCLUSION, Circle(LatLon(36.055, 103.72), 200.0))
FAIR = Zone.of_area(
    "fair",
    "Fair",
    ZoneKind.EXCLUSION,
    box(103.72, 36.06, 103.73, 36.07),
    applicability=Applicability(
        (Period(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC)),)
    ),
)
BOW_TIE = {
    "type": "Feature",
    "id": "bow",
    "properties": {"kind": "exclusion"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[103.7, 36.0], [103.71, 36.01], [103.71, 36.0], [103.7, 36.01], [103.7, 36.0]]],
    },
}


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `feiying zones`; returns exit code, standard output, standard error."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["feiying", "zones", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return call


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "zones.geojson"
    write_zones([FIELD, TOWER, FAIR], path)
    return path


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [')
    return path


@pytest.fixture
def crossed(tmp_path):
    path = tmp_path / "crossed.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [BOW_TIE]}))
    return path


def test_info_counts(run, file):
    code, stdout, stderr = run("info", file, "--at", "2026-05-02T08:00+08:00", "--json")
    document = json.loads(stdout)
    assert code == 0
    assert document["kinds"] == {"exclusion": 2, "inclusion": 1}
    assert document["severities"] == {"prohibited": 3}
    assert document["shapes"] == {"polygon": 2, "circle": 1}
    assert document["limits"] == {"agl": 1}
    assert (document["limited_in_time"], document["active"], document["not_active"]) == (1, 3, [])
    assert document["extent_deg"][:2] == [103.7, 36.05]
    assert document["largest_ring"] == {"zone_id": "field", "vertices": 4}
    assert document["repairs"] == []
    assert "3 zones" in stderr


def test_info_tells_what_is_not_active(run, file):
    code, stdout, stderr = run("info", file, "--at", "2026-05-04T00:00Z")
    assert (code, stdout) == (0, "")
    assert "active at 2026-05-04T00:00:00+00:00: 2 of 3, 1 of them limited in time" in stderr
    assert "not active then: fair" in stderr


def test_info_of_circles_alone(run, tmp_path):
    write_zones([TOWER], tmp_path / "a.geojson")
    code, _, stderr = run("info", tmp_path / "a.geojson")
    assert code == 0
    assert "largest ring" not in stderr


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("soon", "'soon' is no time"),
        ("2026-02-29T00:00Z", "is no time"),
        ("2026-05-01T08:00", "has no time zone"),
        ("0001-01-01T00:00:00+14:00", "is not between 1970 and 9999"),
    ],
)
def test_info_refuses_times_that_are_none(run, file, at, said):
    code, stdout, stderr = run("info", file, "--at", at, "--json")
    assert code == 1
    assert said in json.loads(stdout)["error"]
    assert "2026-05-01T08:00+08:00" in stderr


def test_info_lists_repairs(run, crossed):
    code, stdout, stderr = run("info", crossed, "--json")
    (repair,) = json.loads(stdout)["repairs"]
    assert code == 0
    assert (repair["code"], repair["zone_id"]) == ("self_intersection", "bow")
    assert "crosses itself" in stderr


def test_convert_writes_and_tells_losses(run, file, tmp_path):
    out = tmp_path / "zones.plan"
    code, stdout, stderr = run("convert", file, out, "--json")
    document = json.loads(stdout)
    assert code == 0
    assert document["zones"] == 3
    assert {loss["zone_id"] for loss in document["losses"]} == {"field", "tower", "fair"}
    assert "zone fair: a fence cannot say its times, name" in stderr
    assert "3 zones, 0 repairs, 3 losses" in stderr
    assert {zone.zone_id for zone in read_zones(out)} == {"field", "tower", "fair"}


def test_convert_by_format_and_from_a_shifted_map(run, tmp_path):
    shifted = position_from_wgs84(LatLon(36.055, 103.72), Crs.BD09)
    write_zones(
        [Zone.of_circle("a", "A", ZoneKind.EXCLUSION, Circle(shifted, 100.0))], tmp_path / "a.geojson"
    )
    code, _, _ = run(
        "convert", tmp_path / "a.geojson", tmp_path / "b.txt", "--crs", "bd09", "--format", "geojson"
    )
    assert code == 0
    (zone,) = read_zones(tmp_path / "b.txt")
    centre = zone.volumes[0].circle.centre
    assert (centre.lat_deg, centre.lon_deg) == (
        pytest.approx(36.055, abs=1e-9),
        pytest.approx(103.72, abs=1e-9),
    )


@pytest.mark.parametrize(
    ("out", "options", "said"),
    [
        ("zones.geojson", (), "it is the file to convert. Name another file"),
        ("zones.doc", (), "this is no known kind of zone file"),
        ("zones.gpkg", ("--format", "geopackage"), "GeoPackage is only read"),
        ("missing/zones.plan", (), "cannot be written"),
    ],
)
def test_convert_refuses_what_it_cannot_write(run, file, tmp_path, out, options, said):
    before = file.read_bytes()
    code, stdout, stderr = run("convert", file, tmp_path / out, *options)
    assert (code, stdout) == (1, "")
    assert said in stderr
    assert file.read_bytes() == before
    assert out == "zones.geojson" or not (tmp_path / out).exists()


def test_convert_leaves_the_side_files_of_its_input_alone(run, tmp_path):
    side = tmp_path / "zones.dbf"
    side.write_bytes(b"attributes")
    code, _, stderr = run("convert", tmp_path / "zones.shp", side, "--format", "geojson")
    assert (code, side.read_bytes()) == (1, b"attributes")
    assert "it belongs to the Shapefile to convert. Name another file" in stderr


def test_convert_writes_what_a_link_leads_to(run, file, tmp_path):
    (tmp_path / "link.kml").symlink_to(tmp_path / "target.kml")
    assert run("convert", file, tmp_path / "link.kml")[0] == 0
    assert (tmp_path / "link.kml").is_symlink()
    assert len(read_zones(tmp_path / "target.kml")) == 3
    assert {path.name for path in tmp_path.iterdir()} == {"zones.geojson", "link.kml", "target.kml"}


def test_zones_that_do_not_say_their_kind_are_what_the_user_says(run, tmp_path):
    path = tmp_path / "zones.kml"
    path.write_text(
        "<kml><Placemark><name>a</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        "103.7,36 103.71,36 103.71,36.01 103.7,36</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>"
    )
    code, stdout, stderr = run("info", path, "--json")
    assert (code, json.loads(stdout)["kinds"]) == (0, {"exclusion": 1})
    assert "such zones are taken for exclusion zones; write it as kind, or give --kind" in stderr
    code, stdout, stderr = run("info", path, "--json", "--kind", "inclusion")
    assert (code, json.loads(stdout)["kinds"]) == (0, {"inclusion": 1})
    assert "--kind" not in stderr
    assert run("check", path)[0] == 1
    assert run("check", path, "--kind", "inclusion")[0] == 0
    assert run("diff", path, path, "--kind", "advisory")[0] == 0


def test_names_from_a_file_do_not_steer_the_terminal(run, tmp_path):
    write_zones([replace(FIELD, zone_id="a\x1b[31m[/red]\x07")], tmp_path / "a.geojson")
    code, _, stderr = run("info", tmp_path / "a.geojson")
    assert code == 0
    assert "zone a\ufffd[31m[/red]\ufffd" in stderr


def test_check_of_sound_zones_exits_0(run, tmp_path):
    write_zones([FIELD, TOWER], tmp_path / "sound.geojson")
    code, stdout, stderr = run("check", tmp_path / "sound.geojson", "--json")
    assert code == 0
    assert json.loads(stdout) == {"is_sound": True, "zones": 2, "remarks": []}
    assert "0 warnings" in stderr


def test_check_warns_and_exits_1(run, crossed):
    code, stdout, stderr = run("check", crossed, "--json")
    document = json.loads(stdout)
    assert code == 1
    assert not document["is_sound"]
    assert [(remark["severity"], remark["code"]) for remark in document["remarks"]] == [
        ("warning", "repaired"),
        ("note", "no_inclusion"),
    ]
    assert "Add an inclusion zone" in stderr


def test_check_of_an_expired_zone(run, tmp_path):
    past = Applicability((Period(None, datetime(2020, 1, 1, tzinfo=UTC)),))
    over = Zone.of_area("over", "Over", ZoneKind.INCLUSION, FIELD.area, applicability=past)
    write_zones([over], tmp_path / "over.geojson")
    code, _, stderr = run("check", tmp_path / "over.geojson")
    assert code == 1
    assert "zone over ended 2020-01-01" in stderr


def test_diff(run, file, tmp_path):
    moved = Zone.of_circle("tower", "Mast", ZoneKind.EXCLUSION, Circle(LatLon(36.056, 103.72), 200.0))
    new = Zone.of_area("new", "New", ZoneKind.ADVISORY, box(103.8, 36.0, 103.81, 36.01))
    write_zones([FIELD, moved, new], tmp_path / "b.geojson")
    code, stdout, stderr = run("diff", file, tmp_path / "b.geojson", "--json")
    document = json.loads(stdout)
    assert code == 1
    assert [zone["zone_id"] for zone in document["added"]] == ["new"]
    assert [zone["zone_id"] for zone in document["removed"]] == ["fair"]
    (change,) = document["changed"]
    assert [field["name"] for field in change["fields"]] == ["name", "circle"]
    assert change["area"]["added_m2"] > 10_000
    assert 'changed tower: name "Tower" -> "Mast"' in stderr
    assert "1 added, 1 removed, 1 changed" in stderr


def test_diff_of_the_same_zones_in_two_formats_exits_0(run, file, tmp_path):
    write_zones(read_zones(file), tmp_path / "zones.plan")
    code, stdout, stderr = run("diff", file, tmp_path / "zones.plan", "--json")
    assert code == 0
    assert json.loads(stdout)["is_same"]
    assert "the same" in stderr


@pytest.mark.parametrize(("command", "code"), [("info", 1), ("convert", 1), ("check", 2), ("diff", 2)])
def test_files_that_cannot_be_read_are_refused_in_a_sentence(run, broken, tmp_path, command, code):
    other = {"convert": [tmp_path / "out.geojson"], "diff": [broken]}.get(command, [])
    ended, stdout, stderr = run(command, broken, *other, "--json")
    assert ended == code
    assert "the JSON is broken at line 1" in json.loads(stdout)["error"]
    assert stderr.count("\n") == 1
    assert run(command, tmp_path / "none.geojson", *other)[0] == code


def test_a_shifted_map_is_one_of_those_known(run, file):
    code, _, stderr = run("info", file, "--crs", "mercator")
    assert code == 2
    assert "gcj02" in stderr


def test_zones_at_a_place_with_the_way_to_their_boundaries(run, tmp_path):
    write_zones([FIELD, TOWER, FAIR], tmp_path / "z.geojson")
    code, out, err = run("at", tmp_path / "z.geojson", "36.051,103.705", "--json")
    document = json.loads(out)
    assert code == 0
    (held,) = document["zones"]
    assert (held["zone_id"], held["kind"]) == ("field", "inclusion")
    assert held["distance_m"] == pytest.approx(111.0, abs=0.5)
    assert held["bearing_deg"] == 180.0
    assert document["nearest"] == {key: held[key] for key in ("boundary_of", "distance_m", "bearing_deg")}
    assert "1 zone holds it" in err
    assert "at 180 degrees to its boundary" in err


def test_zones_at_a_place_depend_on_altitude_and_time(run, tmp_path):
    write_zones([FIELD, TOWER, FAIR], tmp_path / "z.geojson")

    def held(*arguments):
        out = run("at", tmp_path / "z.geojson", *arguments, "--json")[1]
        return [zone["zone_id"] for zone in json.loads(out)["zones"]]

    assert held("36.051,103.705", "--alt-rel", 120) == ["field"]
    assert held("36.051,103.705", "--alt-rel", 121) == []
    assert held("36.065,103.725") == ["fair"]
    assert held("36.065,103.725", "--time", "2026-05-02T00:00Z") == ["fair"]
    assert held("36.065,103.725", "--time", "2026-05-04T00:00Z") == []


@pytest.mark.parametrize("wrong", [("91,103",), ("36.05",), ("36.05,103.7", "--time", "noon")])
def test_a_place_that_is_none_is_refused(run, tmp_path, wrong):
    write_zones([FIELD], tmp_path / "z.geojson")
    code, out, _ = run("at", tmp_path / "z.geojson", *wrong, "--json")
    assert code == 1
    assert "error" in json.loads(out)
