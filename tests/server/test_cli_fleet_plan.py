import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from shapely import box

import server.cli
from geofence.altitude_band import AltitudeBand
from geofence.formats.zone_files import read_zones, write_zones
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone import Zone, ZoneKind
from missions.files.plan_files import read_plan
from missions.plan.check import check_plan
from missions.report import route_map

FRAME = LocalFrame(LatLon(36.0925, 103.7080))


def lonlat(x_m, y_m):
    place = FRAME.position(x_m, y_m)
    return [place.lon_deg, place.lat_deg]


def at(x_m, y_m):
    place = FRAME.position(x_m, y_m)
    return {"lat_deg": place.lat_deg, "lon_deg": place.lon_deg}


def feature(kind, coordinates, **properties):
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.fixture
def zones(tmp_path):
    area = FRAME.unproject(box(-300, -300, 900, 500))
    field = Zone.of_area("field", "Field", ZoneKind.INCLUSION, area, AltitudeBand(None, 120.0))
    lake = Zone.of_area("lake", "Lake", ZoneKind.EXCLUSION, FRAME.unproject(box(300, 100, 400, 200)))
    path = tmp_path / "zones.geojson"
    write_zones([field, lake], path)
    return path


@pytest.fixture
def lines(tmp_path):
    def write(*more, name="lines.geojson"):
        rows = [
            feature("LineString", [lonlat(0, y_m), lonlat(250, y_m)], name=f"row {number}")
            for number, y_m in enumerate(range(-200, 100, 50), start=1)
        ]
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [*rows, *more]}), "utf-8")
        return path

    return write


@pytest.fixture
def pads(tmp_path):
    def write(change=lambda document: None):
        document = {
            "pads": [
                {"id": "west", "position": at(-100, 0)},
                {"id": "east", "position": at(700, 0), "turn_around_s": 20, "swap_s": 60},
            ],
            "drones": [
                {"id": "red", "pad": "west"},
                {"id": "blue", "pad": "east", "vehicle": "quad-50", "capabilities": ["lamp"], "batteries": 3},
            ],
        }
        change(document)
        path = tmp_path / "pads.json"
        path.write_text(json.dumps(document), "utf-8")
        return path

    return write


@pytest.fixture
def run(monkeypatch, capsys, tmp_path, zones):
    (tmp_path / "leaflet.js").write_text("/* map */", "utf-8")
    (tmp_path / "leaflet.css").write_text("", "utf-8")
    monkeypatch.setattr(route_map, "_ASSETS", tmp_path)

    def call(command, *arguments):
        where = (zones,) if command == "plan" else ()
        monkeypatch.setattr(sys, "argv", ["feiying", command, *map(str, (*where, *arguments))])
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = capsys.readouterr()
        return ended.value.code, out, " ".join(err.split())

    return call


def usual(lines_path, pads_path, out):
    return (
        *("--pattern", "lines", "--lines", lines_path, "--pads", pads_path),
        *("--alt", 50, "--window", "21:00-22:00", "-o", out),
    )


def test_one_plan_a_flight_and_a_schedule_are_written(run, lines, pads, tmp_path):
    place = feature("Point", lonlat(600, 300), name="gate", dwell_s=12.5, needs=["lamp"])
    code, stdout, stderr = run("plan", *usual(lines(place), pads(), tmp_path / "night.json"), "--json")
    assert code in (0, None), stderr
    schedule = json.loads((tmp_path / "night.json").read_text("utf-8"))
    assert json.loads(stdout) == schedule
    assert schedule["is_legal"] is True
    assert schedule["unserved"] == []
    flown = Counter(
        (task["name"], drone["id"])
        for drone in schedule["drones"]
        for flight in drone["flights"]
        for task in flight["tasks"]
    )
    assert sorted(name for name, _ in flown) == ["gate", *(f"row {number}" for number in range(1, 7))]
    assert set(flown.values()) == {1}
    assert ("gate", "blue") in flown
    for drone in schedule["drones"]:
        for number, flight in enumerate(drone["flights"], start=1):
            assert flight["file"] == f"night-{drone['id']}-{number}.plan"
            plan = read_plan(tmp_path / flight["file"])
            assert plan.name == f"{drone['id']} flight {number}"
            assert flight["energy_wh"] <= flight["limit_wh"]
            assert flight["departure_s"] < flight["landing_s"] <= 3600.0
    assert "all home at 21:" in stderr


def test_every_plan_states_the_wind_it_was_planned_for(run, lines, pads, tmp_path):
    out = tmp_path / "evening.json"
    code, _, err = run("plan", *usual(lines(), pads(), out), "--wind", "6,270,2")
    assert code == 0, err
    plans = list(tmp_path.glob("evening-*.plan"))
    assert plans
    for path in plans:
        plan = read_plan(path)
        assert plan.max_wind_m_s == 8.0
        # Kept by planning: what the wind may add is on top of the margin.
        assert check_plan(plan, read_zones(tmp_path / "zones.geojson")).is_legal
    calm = tmp_path / "calm.json"
    assert run("plan", *usual(lines(), pads(), calm))[0] == 0
    assert {read_plan(path).max_wind_m_s for path in tmp_path.glob("calm-*.plan")} == {None}


def test_swaps_and_a_window_of_a_task_are_kept(run, lines, pads, tmp_path):
    late = feature("Point", lonlat(600, 300), name="late", window="21:40-21:45", needs=["lamp"])
    code, stdout, _ = run("plan", *usual(lines(late), pads(), tmp_path / "night.json"), "--json")
    assert code in (0, None)
    blue = json.loads(stdout)["drones"][1]
    tasks = [task for flight in blue["flights"] for task in flight["tasks"] if task["name"] == "late"]
    assert 2400.0 <= tasks[0]["start_s"] <= tasks[0]["end_s"] <= 2700.0
    kinds = [bar["kind"] for bar in blue["timeline"]]
    assert kinds.count("swap") == len(blue["swaps"]) == len(blue["flights"]) - 1
    times = [time_s for bar in blue["timeline"] for time_s in (bar["start_s"], bar["end_s"])]
    assert times == sorted(times)


def test_what_cannot_be_flown_is_named(run, lines, pads, tmp_path):
    far = feature("LineString", [lonlat(2000, 0), lonlat(2100, 0)], name="far")
    across = feature("LineString", [lonlat(250, 150), lonlat(450, 150)], name="across")
    siren = feature("Point", lonlat(100, 300), name="siren", needs=["siren"])
    path = lines(far, across, siren)
    code, stdout, stderr = run("plan", *usual(path, pads(), tmp_path / "night.json"), "--json")
    assert code in (0, None)
    document = json.loads(stdout)
    assert {left["name"] for left in document["unserved"]} == {"far", "siren"}
    assert "siren is not flown: no drone has what it needs: siren. Add a drone that has." in stderr
    flown = {t["name"] for drone in document["drones"] for f in drone["flights"] for t in f["tasks"]}
    assert {"across (1/2)", "across (2/2)"} <= flown
    assert any("across" in finding["message"] for finding in document["findings"])


def test_the_report_shows_the_schedule(run, lines, pads, tmp_path):
    far = feature("LineString", [lonlat(2000, 0), lonlat(2100, 0)], name="far <line>")
    night, page = tmp_path / "night.json", tmp_path / "night.html"
    assert run("plan", *usual(lines(far), pads(), night))[0] in (0, None)
    code, _, stderr = run("report", night, "--zones", tmp_path / "zones.geojson", "-o", page)
    assert code in (0, None), stderr
    html = page.read_text("utf-8")
    flights = sum(len(drone["flights"]) for drone in json.loads(night.read_text("utf-8"))["drones"])
    assert html.count('<section id="flight-') == flights
    assert html.count('class="bar task"') == 6
    assert "21:00" in html
    assert "far &lt;line&gt;" in html
    assert run("plan", *usual(lines(far), pads(), tmp_path / "other.html"))[0] in (0, None)
    assert 'class="bar task"' in (tmp_path / "other.html").read_text("utf-8")


def test_points_may_be_written_on_the_command_line(run, pads, tmp_path):
    places = " ".join(f"{p['lat_deg']},{p['lon_deg']}" for p in (at(0, 200), at(600, 300)))
    out = tmp_path / "visits.plan"
    arguments = (
        "--pattern",
        "points",
        "--points",
        places,
        "--dwell",
        7,
        "--pads",
        pads(),
        "--alt",
        50,
        "-o",
        out,
    )
    code, stdout, stderr = run("plan", *arguments, "--json")
    assert code in (0, None), stderr
    names = [t["name"] for d in json.loads(stdout)["drones"] for f in d["flights"] for t in f["tasks"]]
    assert sorted(names) == ["point 1", "point 2"]
    assert (tmp_path / "visits.json").exists()


def test_areas_are_shared_beside_lines_and_replanned(run, lines, pads, tmp_path):
    out, new, state = tmp_path / "night.json", tmp_path / "new.json", tmp_path / "state.json"
    code, stdout, stderr = run(
        "plan",
        *usual(lines(), pads(), out),
        *("--pattern", "area", "--zone", "field", "--swath", 200, "--json"),
    )
    assert code in (0, None), stderr
    schedule = json.loads(stdout)
    assert [area["name"] for area in schedule["areas"]] == ["field"]
    assert schedule["areas"][0]["coverage"] > 0.98
    assert "field: 9" in stderr
    names = {t["name"] for drone in schedule["drones"] for f in drone["flights"] for t in f["tasks"]}
    assert {f"row {number}" for number in range(1, 7)} <= names
    first = min(
        (flight["tasks"][0] for drone in schedule["drones"] for flight in drone["flights"]),
        key=lambda task: task["start_s"],
    )
    assert first["start_s"] > 12.0
    above = {"alt_rel_m": 30.0, "battery": 0.97}
    drones = [
        {"id": "red", "position": at(-100, 0), **above},
        {"id": "blue", "position": at(700, 0), **above},
    ]
    state.write_text(json.dumps({"time_s": 12.0, "drones": drones}), "utf-8")
    place = tmp_path / "call.geojson"
    place.write_text(json.dumps(feature("Point", lonlat(600, 300), name="call", priority=9)), "utf-8")
    asked = (out, "--zones", tmp_path / "zones.geojson", "--state", state, "-o", new)
    more = ("--lost", "red", "--add", place, "--withdraw", "row 1", "--wind", "2,90")
    code, stdout, stderr = run("replan", *asked, *more, "--json")
    assert code in (0, None), stderr
    document = json.loads(stdout)
    assert [drone["id"] for drone in document["drones"]] == ["blue"]
    begun, *others = document["drones"][0]["flights"]
    assert begun["is_airborne"]
    assert begun["first_seq"] > 1
    assert not any(flight["is_airborne"] for flight in others)
    flown = {task["name"] for flight in (begun, *others) for task in flight["tasks"]}
    assert "call" in flown
    assert "row 1" not in flown
    assert {move["task"] for move in document["changes"]["moves"]} >= {"call"}
    assert "call: blue" in stderr
    for flight in (begun, *others):
        assert read_plan(tmp_path / flight["file"]).name == flight["name"]
    assert run("report", new, "-o", tmp_path / "new.html")[0] in (0, None)
    for asked_too, words in (
        (("--lost", "nobody"), "there is no drone nobody"),
        (("--withdraw", "row 9"), "row 9: there is no task row 9"),
        (("-o", out), "would be overwritten"),
    ):
        code, _, stderr = run("replan", *asked, *asked_too)
        assert code == 1
        assert words in stderr
    drones[0]["battery_v"] = 11
    state.write_text(json.dumps({"time_s": 12.0, "drones": drones}), "utf-8")
    code, _, stderr = run("replan", *asked)
    assert "drones[0].battery_v is not known. Did you mean battery?" in stderr


def put(*path, value):
    def change(document):
        *way, last = path
        for step in way:
            document = document[step]
        document[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("pads", value=[]), "pads is empty. Give one or more"),
        (put("pads", 0, "id", value="../west"), "pads[0].id is '../west'. Give up to 40 letters"),
        (put("pads", 1, "id", value="WEST"), "pads[1].id is 'WEST' again. Give each an id of its own"),
        (put("pads", 0, "position", value={"lat_deg": 96, "lon_deg": 0}), "pads[0].position is no position"),
        (put("pads", 0, "swap_s", value=-1), "pads[0].swap_s is -1. Give 0 to 86400"),
        (put("pads", 0, "at_once", value=0), "pads[0].at_once is 0. Give 1 or more"),
        (put("pads", 0, "swaps_s", value=9), "pads[0].swaps_s is not known. Did you mean swap_s?"),
        (
            put("drones", 1, "pad", value="north"),
            "drones[1].pad is 'north', and there is no such pad. Name one of west, east",
        ),
        (
            put("drones", 0, "vehicle", value="quad-31"),
            "drones[0].vehicle cannot be: no drone is called 'quad-31'. Take quad-30",
        ),
        (put("drones", 0, "vehicle", value="mine.toml"), "mine.toml"),
        (
            put("drones", 0, "vehicle", value={"base": "quad-30", "payload_w": -1}),
            "drones[0].vehicle cannot be: payload_w",
        ),
        (
            put("drones", 0, "payload", value={"mass_kg": "2"}),
            "drones[0].payload.mass_kg is '2'. Give a number",
        ),
        (put("drones", 0, "speed_m_s", value=90), "drones[0].speed_m_s is 90. Give 0.5 to 50"),
        (
            put("drones", 0, "capabilities", value="lamp"),
            "drones[0].capabilities is 'lamp'. Give a list of texts",
        ),
    ],
)
def test_bad_stations_are_refused_by_file_field_and_remedy(run, lines, pads, tmp_path, change, words):
    path = pads(change)
    code, _, stderr = run("plan", *usual(lines(), path, tmp_path / "night.json"))
    assert code == 1
    assert str(path) in stderr
    assert words in stderr
    assert not (tmp_path / "night.json").exists()


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"name": 5}, "features[6].properties[1].name is 5. Give a text"),
        ({"dwell_s": "x"}, "dwell_s is 'x'. Give a number"),
        ({"dwell_s": -4}, "dwell -4 s is out of range"),
        ({"priority": 0}, "priority 0 is out of range"),
        ({"needs": "lamp"}, "needs is 'lamp'. Give a list of texts"),
        ({"window": "late"}, "'late' is no window. Write 21:00-23:00"),
        ({"window": "20:00-20:30"}, "lies outside of the patrol's window"),
        ({"one_way": 1}, "one_way is 1. Give true or false"),
    ],
)
def test_bad_lines_are_refused(run, lines, pads, tmp_path, properties, words):
    path = lines(feature("Point", lonlat(0, 200), **properties))
    code, _, stderr = run("plan", *usual(path, pads(), tmp_path / "night.json"))
    assert code == 1
    assert words in stderr


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--home", "36.09,103.7"), "--home: does not go with --pads"),
        (("--drones", 2), "--drones: does not go with --pads"),
        (("--alt", 130), "altitude 130 m is out of range"),
        (
            ("--agl", 50, "--terrain", "hill.tif"),
            "--agl: --alt and --agl each say the altitude",
        ),
        (("--payload", "lamp.json"), "lamp.json: it cannot be read as JSON"),
        (("--wind", "40,270"), "--wind: "),
        (("--vehicle", "quad-31"), "--vehicle: no drone is called 'quad-31'"),
        (("--alt-step", 3), "layers 3 m apart do not separate drones"),
        (("--window", "21-23"), "'21-23' is no window"),
        (("--window", "2026-05-01T21:00/2026-05-01T23:00"), "has no time zone"),
        (
            ("--pattern", "sector_search", "--datum", "36.09,103.7"),
            "--pads: the pattern sector_search is not shared among pads: its datum drifts",
        ),
        (("--pattern", "perimeter"), "--zone: the pattern perimeter needs it"),
        (("--pattern", "area", "--zone", "lake"), "zone lake: an area patrol flies inside"),
        (("--pattern", "area", "--dwell", 5, "--inset", 9), "--inset: does not go with the pattern area"),
    ],
)
def test_options_that_do_not_go_together_are_refused(run, lines, pads, tmp_path, more, words):
    code, _, stderr = run("plan", *usual(lines(), pads(), tmp_path / "night.json"), *more)
    assert code == 1
    assert words in stderr


def test_inputs_are_not_overwritten(run, lines, pads):
    path = pads()
    before = path.read_bytes()
    code, _, stderr = run("plan", *usual(lines(), path, path))
    assert code == 1
    assert "would be overwritten" in stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("feiying_schedule", value=9), "feiying_schedule is 9"),
        (
            put("drones", 0, "flights", 0, "file", value="../../secret.plan"),
            "drones[0].flights[0].file is '../../secret.plan'",
        ),
        (put("drones", 0, "timeline", 0, "kind", value="nap"), "drones[0].timeline[0].kind is 'nap'"),
        (put("drones", 0, "flights", 0, "profile", "ends_s", value=[]), "profile.ends_s holds 0 values"),
        (put("window", value=None), "window is missing"),
    ],
)
def test_bad_schedules_are_refused(run, lines, pads, tmp_path, change, words):
    night = tmp_path / "night.json"
    assert run("plan", *usual(lines(), pads(), night))[0] in (0, None)
    document = json.loads(night.read_text("utf-8"))
    change(document)
    night.write_text(json.dumps(document), "utf-8")
    code, _, stderr = run("report", night, "-o", tmp_path / "night.html")
    assert code == 1
    assert words in stderr


def test_a_plan_without_pads_wants_a_home(run, lines, tmp_path):
    arguments = ("--pattern", "lines", "--lines", lines(), "--alt", 50, "-o", tmp_path / "a.plan")
    assert "--home: nobody says where it flies from" in run("plan", *arguments)[2]
    assert "--window: goes with --pads only" in run("plan", *arguments, "--window", "21:00-22:00")[2]


def test_the_example_is_flown_whole(monkeypatch, capsys, tmp_path):
    place = Path(__file__).parents[2] / "examples" / "lanzhou"
    arguments = (
        "--lines",
        place / "night-lines.geojson",
        "--pads",
        place / "pads.json",
        "-o",
        tmp_path / "night.json",
    )
    called = (
        "feiying",
        "plan",
        place / "zones.geojson",
        "--pattern",
        "lines",
        "--alt",
        "60",
        *arguments,
        "--json",
    )
    monkeypatch.setattr(sys, "argv", [str(word) for word in called])
    with pytest.raises(SystemExit) as ended:
        server.cli.main()
    assert ended.value.code in (0, None)
    schedule = json.loads(capsys.readouterr().out)
    assert schedule["unserved"] == []
    assert any(drone["swaps"] for drone in schedule["drones"])


def test_a_payload_is_ordered_for_all_drones_and_terrain_on_board_is_refused(run, lines, pads, tmp_path):
    payload = tmp_path / "lamp.json"
    order = {
        "position": at(125, -150),
        "actions": [{"switch_on": "lamp"}, {"hover_s": 20}, {"switch_off": "lamp"}],
    }
    payload.write_text(json.dumps({"devices": {"lamp": {"relay": 1}}, "points": [order]}), "utf-8")
    out = tmp_path / "night.json"
    code, _, stderr = run("plan", *usual(lines(), pads(), out), "--payload", payload)
    assert code == 0, stderr
    assert "The vehicle needs these parameters: RELAY1" in stderr
    document = json.loads(out.read_text("utf-8"))
    plans = [read_plan(tmp_path / f["file"]) for drone in document["drones"] for f in drone["flights"]]
    assert 93 in {item.command for plan in plans for item in plan.items}
    code, _, stderr = run("plan", *usual(lines(), pads(), out), "--terrain-frame")
    assert code == 1
    assert "--terrain-frame: does not go with --pads" in stderr


def test_a_line_of_one_place_and_a_priority_that_is_none_are_refused_by_their_fields(
    run, lines, pads, tmp_path
):
    for feature_, words in (
        (feature("LineString", [lonlat(0, 0)]), "features[6].geometry leads nowhere: a line has two places"),
        (feature("Point", lonlat(0, 200), priority=-1), "features[6].properties[1] priority -1"),
    ):
        code, _, stderr = run("plan", *usual(lines(feature_), pads(), tmp_path / "night.json"))
        assert code == 1
        assert words in stderr
