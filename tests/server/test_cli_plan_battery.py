"""`feiying plan --vehicle --wind`: what is predicted, and flights split by battery."""

import math
from pathlib import Path

import pytest

from missions.files.plan_files import read_plan
from missions.vehicle.prediction import predict_flight
from missions.vehicle.profile_file import read_profile
from missions.vehicle.stock_profiles import QUAD_30, QUAD_50
from missions.vehicle.wind import Wind
from tests.server.plan_command import PlanCommand, write_zones_file

FIELD = ("--zone", "field", "--pattern", "area", "--swath", 40, "--alt", 50)
WIDE = ("--zone", "wide", "--pattern", "area", "--swath", 30, "--alt", 50)


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    return PlanCommand(monkeypatch, capsys, write_zones_file(tmp_path / "zones.geojson"))


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text('base = "quad-30"\nname = "small"\n[battery]\ncapacity_wh = 60\n', "utf-8")
    return path


def test_what_is_told_is_what_is_predicted_of_the_file(run, tmp_path):
    out = tmp_path / "out.plan"
    arguments = ("--vehicle", "quad-50", "--wind", "6,270,1", "-o", out)
    (made,) = run.document(*FIELD, *arguments)["plans"]
    prediction = predict_flight(read_plan(out), QUAD_50, Wind(6.0, 270.0, 1.0))
    assert made["vehicle"] == "quad-50"
    assert made["duration_s"] == pytest.approx(prediction.duration_s, abs=0.5)
    assert made["energy_wh"] == pytest.approx(prediction.energy_wh, rel=1e-3)
    assert made["battery_share"] == pytest.approx(1.0 - prediction.state_of_charge, abs=1e-3)
    assert made["keeps_reserve"]


def test_a_page_shows_the_battery(run, tmp_path):
    out = tmp_path / "out.html"
    run.document(*FIELD, "--vehicle", "quad-50", "--wind", "6,270,1", "-o", out)
    assert 'class="line left"' in out.read_text("utf-8")


def test_wind_costs_energy(run, tmp_path):
    calm, windy = (
        run.document(*FIELD, *wind, "-o", tmp_path / "out.plan")["plans"][0]["energy_wh"]
        for wind in ((), ("--wind", "9,270"))
    )
    assert windy > 1.1 * calm


def test_what_fits_into_one_battery_is_left_alone(run, tmp_path):
    files = []
    for option in ("--battery-split", "--no-battery-split"):
        out = tmp_path / f"{option}.plan"
        assert len(run.document(*FIELD, option, "-o", out)["plans"]) == 1
        files.append(out.read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("wind", [None, "8,45"])
def test_every_flight_of_a_split_keeps_the_reserve(run, tmp_path, small, wind):
    out = tmp_path / "out.plan"
    arguments = ("--vehicle", small, *(() if wind is None else ("--wind", wind)), "-o", out)
    document = run.document(*WIDE, *arguments)
    plans = document["plans"]
    assert document["is_legal"]
    assert [made["battery"] for made in plans] == list(range(1, len(plans) + 1))
    assert [made["file"] for made in plans] == [
        str(tmp_path / f"out-{n + 1}.plan") for n in range(len(plans))
    ]
    air = Wind() if wind is None else Wind(8.0, 45.0)
    profile = read_profile(small)
    for made in plans:
        prediction = predict_flight(read_plan(Path(made["file"])), profile, air)
        assert prediction.keeps_reserve
        assert prediction.energy_wh <= profile.battery.flight_wh
    whole = sum(made["energy_wh"] for made in plans)
    assert len(plans) >= math.ceil(whole / profile.battery.flight_wh)
    assert len(plans) > 1


def test_a_split_is_told_in_words(run, tmp_path, small):
    code, _, error = run(*WIDE, "--vehicle", small, "-o", tmp_path / "out.plan")
    assert code == 0
    assert "One battery of small is not enough for the patrol: it is split into" in error
    assert "keeps the reserve of 20 %" in error
    assert not (tmp_path / "out.plan").exists()


def test_drones_and_batteries_number_the_files(run, tmp_path, small):
    small.write_text(small.read_text("utf-8").replace("60", "35"), "utf-8")
    out = tmp_path / "out.plan"
    plans = run.document(*WIDE, "--drones", 2, "--vehicle", small, "-o", out)["plans"]
    assert {made["drone"] for made in plans} == {1, 2}
    assert all(
        made["file"] == str(tmp_path / f"out-{made['drone']}-{made['battery']}.plan") for made in plans
    )
    assert len({made["file"] for made in plans}) == len(plans) > 2
    assert all(made["keeps_reserve"] for made in plans)


def test_a_broken_reserve_of_a_named_vehicle_is_not_written(run, tmp_path, small):
    error = run.refusal(*WIDE, "--vehicle", small, "--no-battery-split", "-o", tmp_path / "out.plan")
    assert "touches the reserve of 20 % of small" in error
    assert "Nothing was written: the plan breaks the reserve of its battery" in error
    assert list(tmp_path.glob("*.plan")) == []


def test_a_broken_reserve_of_an_assumed_vehicle_is_told(run, tmp_path):
    arguments = ("--zone", "wide", "--pattern", "area", "--swath", 12, "--alt", 50)
    code, _, error = run(*arguments, "--no-battery-split", "-o", tmp_path / "out.plan")
    assert code == 0
    assert "which is assumed as no vehicle is named" in error
    assert "BREAKS the reserve" in error
    assert not predict_flight(read_plan(tmp_path / "out.plan"), QUAD_30).keeps_reserve


def test_a_place_beyond_one_battery_is_refused(run, tmp_path, small):
    small.write_text(small.read_text("utf-8").replace("60", "3"), "utf-8")
    error = run.refusal(*WIDE, "--vehicle", small, "-o", tmp_path / "out.plan")
    assert "cannot be reached" in error
    assert list(tmp_path.glob("*.plan")) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--vehicle", "airliner"), "--vehicle: no drone is called 'airliner'"),
        (("--vehicle", "gone.toml"), "gone.toml"),
        (("--wind", "12,270"), "--wind: gusts of 12 m/s carry a copter off any leg"),
        (("--wind", "8,270,4"), "--wind: gusts of 12 m/s carry a copter off any leg"),
        (("--wind", "5"), "--wind: '5' is no wind"),
        (("--wind", "a,b"), "--wind: 'a,b' is no wind"),
        (("--wind", "-3,270"), "--wind: -3 m/s cannot be"),
        (("--wind", "3,nan"), "--wind: nan is no direction"),
    ],
)
def test_refusals_name_the_option(run, tmp_path, arguments, words):
    assert words in run.refusal(*FIELD, *arguments, "-o", tmp_path / "out.plan")
