"""`feiying plan --pattern` for every pattern, and the options that go with each."""

import json
import sys

import pytest
from shapely import box

import server.cli
import server.cli.plan
from geofence.altitude_band import AltitudeBand
from geofence.formats.zone_files import write_zones
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.zone import Zone, ZoneKind
from missions.files.plan_files import read_plan

FRAME = LocalFrame(LatLon(36.0925, 103.7080))


def at(x_m, y_m):
    place = FRAME.position(x_m, y_m)
    return f"{place.lat_deg:.7f},{place.lon_deg:.7f}"


def feature(kind, *places, **properties):
    lon_lat = [[FRAME.position(*place).lon_deg, FRAME.position(*place).lat_deg] for place in places]
    coordinates = lon_lat[0] if kind == "Point" else lon_lat
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def write(path, *features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run `feiying plan` over a field with a keep-out; returns exit code, document or output, standard error."""
    field = Zone.of_area(
        "field", "Field", ZoneKind.INCLUSION, FRAME.unproject(box(0, 0, 600, 400)), AltitudeBand(None, 120.0)
    )
    keep_out = Zone.of_area("no", "No", ZoneKind.EXCLUSION, FRAME.unproject(box(250, 150, 300, 200)))
    zones = tmp_path / "zones.geojson"
    write_zones([field, keep_out], zones)
    usual = ("--home", at(20, 20), "--alt", "50", "-o", str(tmp_path / "out.plan"), "--json")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["feiying", "plan", str(zones), *usual, *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, json.loads(out) if out.startswith("{") else out, err

    return call


OPTIONS = {
    "area": ("--zone", "field", "--swath", 90, "--overlap", 0.2, "--crosshatch"),
    "perimeter": ("--zone", "no", "--inset", 20, "--laps", 2, "--direction", "clockwise"),
    "corridor": ("--line", f"{at(50, 50)} {at(300, 100)} {at(500, 350)}", "--width", 60, "--swath", 30),
    "points": ("--points", f"{at(100, 100)} {at(400, 300)}", "--dwell", 3, "--look-at", at(275, 175)),
    "orbit": ("--centre", at(275, 175), "--radius", 60, "--turns", 1.5, "--look-alt", 10),
    "spiral": ("--centre", at(150, 250), "--start-radius", 5, "--end-radius", 60, "--end-alt", 80),
    "expanding_square": ("--datum", at(150, 250), "--track-spacing", 20, "--legs", 6, "--drift", "90,0.2"),
    "sector_search": ("--datum", at(150, 250), "--radius", 60, "--searches", 2, "--heading", 30),
}


@pytest.mark.parametrize("pattern", OPTIONS)
def test_every_pattern_is_planned_and_written(run, tmp_path, pattern):
    code, document, err = run("--pattern", pattern, *OPTIONS[pattern])
    assert code in (0, None), err
    (plan,) = document["plans"]
    assert plan["is_legal"]
    assert plan["pattern"] == pattern
    assert plan["items"] == len(read_plan(tmp_path / "out.plan").items)
    assert bool(plan["datum_track"]) == ("--datum" in OPTIONS[pattern])


def test_lines_and_points_come_from_files(run, tmp_path):
    lines = write(
        tmp_path / "lines.geojson",
        feature("LineString", (50, 50), (300, 50)),
        feature("Point", (9, 9)),
        {"type": "Feature", "properties": None, "geometry": None},
        feature("LineString", (400, 100), (400, 300)),
    )
    code, document, _ = run("--pattern", "lines", "--lines", lines, "--drones", 2)
    assert code in (0, None)
    assert len(document["plans"]) == 2
    points = write(
        tmp_path / "points.geojson", feature("Point", (50, 50), dwell_s=7), feature("Point", (90, 50))
    )
    code, document, _ = run("--pattern", "points", "--points", points, "--dwell", 2)
    assert code in (0, None)
    holds = [item.params[0] for item in read_plan(tmp_path / "out.plan").items if item.command == 16]
    assert sorted(hold for hold in holds if hold) == [2.0, 7.0]


def test_a_corridor_follows_a_file_or_the_border_of_a_zone(run, tmp_path):
    one = write(tmp_path / "line.geojson", feature("LineString", (50, 50), (300, 50)))
    code, document, _ = run("--pattern", "corridor", "--line", one)
    assert code in (0, None)
    assert 500 < document["plans"][0]["length_m"] < 700
    code, document, _ = run("--pattern", "corridor", "--line", "field", "--width", 100)
    assert code in (0, None)
    assert document["plans"][0]["is_legal"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--pattern", "orbit", *OPTIONS["orbit"], "--swath", 40), "--swath: does not go with the pattern orbit"),
        (("--pattern", "area", "--zone", "field", "--radius", 9), "It takes --zone, --swath, --overlap"),
        (("--pattern", "perimeter", "--zone", "field", "--crosshatch"), "--crosshatch: does not go"),
        (("--pattern", "orbit"), "--centre: the pattern orbit needs it"),
        (("--pattern", "area"), "--zone: the pattern area needs it"),
        (("--pattern", "orbit", "--centre", "x"), "--centre: 'x' is no position"),
        (("--pattern", "expanding_square", "--datum", at(99, 99), "--drift", "9"), "is no drift"),
        (("--pattern", "corridor", "--line", "nowhere.geojson"), "nowhere.geojson: cannot be read"),
        (("--pattern", "corridor", "--line", "fild"), "one of the zones field, no"),
        (("--pattern", "corridor", "--line", f"{at(9, 9)} 36"), "'36' is no position"),
        (("--pattern", "orbit", "--centre", at(100, 100), "--drones", 2), "flown by one drone"),
        (("--pattern", "orbit", "--centre", at(100, 100), "--radius", 1), "radius 1 m is out of range"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_by_name(run, tmp_path, arguments, words):
    code, document, err = run(*arguments)
    assert code == 1
    assert words in err
    assert words in document["error"]
    assert not (tmp_path / "out.plan").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the file is empty"),
        ("{", "the JSON is broken"),
        ("[]", "the document is missing or not an object"),
        ('{"type": "Point", "coordinates": [1, 2]}', "holds no line"),
        ('{"type": "LineString", "coordinates": [[1, 2], [3]]}', "holds 1 values"),
        ('{"type": "LineString", "coordinates": [[1, 200], [3, 4]]}', "is no position"),
        ('{"type": "LineString", "coordinates": [[1, 2]]}', "a line of 1 place leads nowhere"),
        ('{"type": "LineString", "coordinates": [[1, "x"], [3, 4]]}', "is 'x'"),
        ('{"type": "FeatureCollection", "features": [7]}', "features[0] is missing or not an object"),
    ],
)
def test_a_file_of_lines_that_is_none_is_refused(run, tmp_path, content, words):
    path = tmp_path / "lines.geojson"
    path.write_text(content, encoding="utf-8")
    code, _, err = run("--pattern", "lines", "--lines", path)
    assert code == 1
    assert words in err


def test_help_shows_the_options_in_groups(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["feiying", "plan", "--help"])
    with pytest.raises(SystemExit):
        server.cli.main()
    text = capsys.readouterr().out
    groups = [
        "Area and perimeter:",
        "Corridor, lines and points:",
        "Orbit and spiral:",
        "Expanding square and",
    ]
    places = [text.index(group) for group in groups]
    assert places == sorted(places)
    assert text.index("--datum") > places[3] > text.index("--centre") > places[2]


def test_of_several_plans_a_finding_on_a_leg_names_its_own(capsys):
    bent = Finding(
        Severity.ADVICE, FindingCode.CORNER, "Leg 2 to 3 is bent", "Fly slower", from_seq=2, item_seq=3
    )
    unseen = Finding(Severity.ADVICE, FindingCode.NOT_COVERED, "A corner stays unseen", "Take less swath")
    server.cli.plan.print_findings([("patrol 1/2", (unseen,)), ("patrol 2/2", (bent, unseen))])
    assert capsys.readouterr().err.splitlines() == [
        "A corner stays unseen. Take less swath.",
        "patrol 2/2: Leg 2 to 3 is bent. Fly slower.",
    ]
