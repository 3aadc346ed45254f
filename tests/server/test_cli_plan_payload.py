"""`feiying plan --camera --pictures --payload`: swath, trigger distance, actions."""

import json

import pytest

from missions.camera.presets import DEFAULT_CAMERA, preset
from missions.camera.view import View
from missions.files.plan_files import read_plan
from missions.plan.item import Command
from tests.server.plan_command import FRAME, PlanCommand, write_zones_file

AREA = ("--zone", "field", "--pattern", "area")


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    return PlanCommand(monkeypatch, capsys, write_zones_file(tmp_path / "zones.geojson"))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out.plan"


def place(x_m, y_m):
    position = FRAME.position(x_m, y_m)
    return {"lat_deg": position.lat_deg, "lon_deg": position.lon_deg}


def payload_file(tmp_path, **parts):
    path = tmp_path / "payload.json"
    path.write_text(json.dumps(parts), "utf-8")
    return path


def points_of(*xy_m):
    return " ".join("{lat_deg},{lon_deg}".format(**place(*at)) for at in xy_m)


def test_the_camera_gives_the_swath(run, out):
    (made,) = run.document(*AREA, "--alt", 50, "--camera", "generic", "-o", out)["plans"]
    assert made["swath_m"] == pytest.approx(View(DEFAULT_CAMERA, 50.0).swath_m)
    assert all(item.command != Command.DO_SET_CAM_TRIGG_DIST for item in read_plan(out).items)


def test_the_ground_sample_distance_chooses_the_altitude(run, out):
    run.document(*AREA, "--gsd", 0.02, "--camera", "dji-mavic-3e-wide", "-o", out)
    plan = read_plan(out)
    camera = preset("dji-mavic-3e-wide")
    alt_m = plan.items[0].alt_m
    assert View(camera, alt_m).gsd_m <= 0.02 < View(camera, alt_m + 0.11).gsd_m


def test_pictures_may_pause_in_turns(run, out):
    asked = (*AREA, "--alt", 60, "--speed", 5, "--camera", "generic", "--pictures")
    switches = []
    for option in ("--pictures-in-turns", "--no-pictures-in-turns"):
        run.document(*asked, option, "-o", out)
        items = read_plan(out).items
        values = [item.params[0] for item in items if item.command == Command.DO_SET_CAM_TRIGG_DIST]
        assert values[-1] == 0.0
        switches.append(len(values))
    assert switches[0] < switches[1]


def test_pictures_are_taken_on_strokes_only(run, out):
    (made,) = run.document(*AREA, "--alt", 60, "--speed", 5, "--camera", "generic", "--pictures", "-o", out)[
        "plans"
    ]
    view = View(DEFAULT_CAMERA, 60.0)
    distances_m = [
        item.params[0] for item in read_plan(out).items if item.command == Command.DO_SET_CAM_TRIGG_DIST
    ]
    assert distances_m[::2] == pytest.approx([0.25 * view.length_m] * (len(distances_m) // 2), rel=1e-5)
    assert set(distances_m[1::2]) == {0.0}
    assert len(distances_m) % 2 == 0
    assert distances_m
    assert made["swath_m"] == pytest.approx(view.swath_m)


def test_overlaps_are_heeded(run, out):
    lengths_m = [
        run.document(
            *(*AREA, "--alt", 60, "--speed", 4, "--camera", "generic", "--pictures"),
            *("--side-overlap", side, "--forward-overlap", 0.6, "-o", out),
        )["plans"][0]["length_m"]
        for side in (0.2, 0.7)
    ]
    assert lengths_m[1] > 1.8 * lengths_m[0]
    triggers = [item for item in read_plan(out).items if item.command == Command.DO_SET_CAM_TRIGG_DIST]
    assert triggers[0].params[0] == pytest.approx(0.4 * View(DEFAULT_CAMERA, 60.0).length_m, rel=1e-5)


def test_a_camera_of_a_file_is_read(run, out, tmp_path):
    path = tmp_path / "camera.json"
    camera = {"name": "ours", "sensor_mm": [17.3, 13.0], "image_px": [5280, 3956], "focal_length_mm": 25.0}
    path.write_text(json.dumps(camera), "utf-8")
    (made,) = run.document(*AREA, "--alt", 100, "--camera", path, "-o", out)["plans"]
    assert made["swath_m"] == pytest.approx(100.0 * 17.3 / 25.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--alt", 50, "--camera", "brownie"), "--camera: no camera is called 'brownie'"),
        (("--alt", 50, "--camera", "gone.json"), "gone.json"),
        (("--alt", 50, "--camera", "generic", "--swath", 30), "--swath: the camera gives the swath"),
        (("--alt", 50, "--pictures"), "--pictures: does nothing without --camera"),
        (("--gsd", 0.02), "--gsd: does nothing without --camera"),
        (("--gsd", 0, "--camera", "generic"), "--gsd: 0 m is no ground sample distance"),
        (("--gsd", 0.9, "--camera", "generic"), "above the legal limit"),
        (("--alt", 50, "--camera", "generic", "--forward-overlap", 0.5), "does nothing without --pictures"),
        (
            ("--alt", 50, "--camera", "generic", "--pictures", "--forward-overlap", 1),
            "--forward-overlap: a forward overlap of 1",
        ),
        (("--alt", 20, "--camera", "generic", "--pictures", "--speed", 15), "one every"),
        (("--alt", 50, "--payload", "gone.json"), "gone.json"),
    ],
)
def test_refusals_name_the_option(run, out, arguments, words):
    assert words in run.refusal(*AREA, *arguments, "-o", out)


def test_a_camera_without_use_is_refused(run, out):
    points = ("--pattern", "points", "--points", points_of((100, 100)), "--alt", 50, "--camera", "generic")
    assert "--camera: does nothing for the pattern points" in run.refusal(*points, "-o", out)
    assert "points have no strokes" in run.refusal(*points, "--pictures", "-o", out)


def test_actions_are_done_at_their_point(run, out, tmp_path):
    payload = payload_file(
        tmp_path,
        devices={"loudspeaker": {"servo": 9, "on_us": 1800, "off_us": 1000}},
        points=[
            {
                "position": place(100, 100),
                "actions": [
                    {"pitch_deg": -60},
                    {"switch_on": "loudspeaker"},
                    {"hover_s": 20},
                    "take_picture",
                ],
            }
        ],
    )
    arguments = ("--pattern", "points", "--points", points_of((100, 100), (300, 100)), "--alt", 50)
    document = run.document(*arguments, "--payload", payload, "-o", out)
    items = read_plan(out).items
    assert document["parameters"] == {"SERVO9_FUNCTION": 0.0}
    servo = next(item for item in items if item.command == Command.DO_SET_SERVO)
    assert servo.params[:2] == (9.0, 1800.0)
    before = [item for item in items[: servo.seq] if item.command == Command.NAV_WAYPOINT][-1]
    assert before.position.lat_deg == pytest.approx(place(100, 100)["lat_deg"], abs=1e-6)
    assert before.position.lon_deg == pytest.approx(place(100, 100)["lon_deg"], abs=1e-6)
    assert Command.IMAGE_START_CAPTURE in {item.command for item in items}


def test_a_light_is_on_over_its_area_only(run, out, tmp_path):
    corners = [place(100, 0), place(200, 0), place(200, 200), place(100, 200)]
    payload = payload_file(
        tmp_path,
        devices={"light": {"relay": 1}},
        areas=[{"corners": corners, "actions": [{"switch_on": "light"}]}],
    )
    code, _, error = run(*AREA, "--swath", 40, "--alt", 50, "--payload", payload, "-o", out)
    assert code == 0
    assert "RELAY1_FUNCTION 1" in error
    switched = [item.params[1] for item in read_plan(out).items if item.command == Command.DO_SET_RELAY]
    assert switched == [1.0, 0.0] * (len(switched) // 2)
    assert switched


def test_a_point_is_for_the_drone_that_passes_it(run, tmp_path):
    payload = payload_file(tmp_path, points=[{"position": place(100, 100), "actions": ["take_picture"]}])
    arguments = ("--pattern", "points", "--points", points_of((100, 100), (300, 30)), "--alt", 50)
    run.document(*arguments, "--drones", 2, "--payload", payload, "-o", tmp_path / "out.plan")
    taken = [
        sum(
            item.command == Command.IMAGE_START_CAPTURE
            for item in read_plan(tmp_path / f"out-{n}.plan").items
        )
        for n in (1, 2)
    ]
    assert sorted(taken) == [0, 1]


def test_weight_and_power_cost_energy(run, out, tmp_path):
    usual = (*AREA, "--swath", 40, "--alt", 50, "-o", out)
    bare = run.document(*usual)["plans"][0]
    laden = run.document(*usual, "--payload", payload_file(tmp_path, mass_kg=0.3, power_w=20))["plans"][0]
    assert laden["vehicle"] == "quad-30 with payload"
    assert laden["energy_wh"] > 1.2 * bare["energy_wh"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"points": [{"position": place(150, 77), "actions": ["take_picture"]}]}, "passes it no nearer than"),
        (
            {"areas": [{"zone": "gone", "actions": ["take_picture"]}]},
            "gone",
        ),
        ({"areas": [{"zone": "wide", "actions": [{"switch_on": "light"}]}]}, "carries no light"),
    ],
)
def test_orders_that_cannot_be_obeyed_are_refused(run, out, tmp_path, parts, words):
    arguments = ("--pattern", "points", "--points", points_of((100, 100)), "--alt", 50)
    error = run.refusal(*arguments, "--payload", payload_file(tmp_path, **parts), "-o", out)
    assert words in error
    assert not out.exists()
