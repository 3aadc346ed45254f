"""Every pattern planned and flown from the command line, and judged by its recording."""

import json
import sys
from pathlib import Path

import pytest

import server.cli
from tests.flown import flown_in
from tests.simulated_copters import simulated_copters

ZONES = Path(__file__).resolve().parents[2] / "examples" / "lanzhou" / "zones.geojson"
PAD = "36.094195,103.706334"
SHARE = 0.05
LINES = [
    [[103.7058, 36.0948], [103.7070, 36.0948]],
    [[103.7056, 36.0944], [103.7063, 36.0941]],
    [[103.7068, 36.0951], [103.7074, 36.0950]],
]
CENTRE = "36.0948,103.7064"
ALWAYS_FLOWN = {"area", "perimeter", "orbit", "sector_search"}
OPTIONS = {
    "area": ("--zone", "riverside-park", "--swath", 220, "--speed", 10),
    "perimeter": ("--zone", "nesting-ground", "--speed", 10),
    "corridor": (
        "--line",
        "36.0946,103.7052 36.0951,103.7066 36.0949,103.7076",
        "--width",
        50,
        "--swath",
        25,
    ),
    "lines": ("--lines", "lines.geojson"),
    "points": ("--points", "36.0946,103.7052 36.0938,103.7055 36.0950,103.7072", "--dwell", 4),
    "orbit": ("--centre", CENTRE, "--radius", 25, "--turns", 1.5, "--direction", "counter_clockwise"),
    "spiral": (
        *("--centre", CENTRE, "--start-radius", 10, "--end-radius", 40),
        *("--turns", 2, "--end-alt", 32),
    ),
    "expanding_square": ("--datum", CENTRE, "--track-spacing", 25, "--legs", 6, "--drift", "90,0.3"),
    "sector_search": ("--datum", CENTRE, "--radius", 50, "--drift", "90,0.3"),
}


@pytest.fixture(scope="module")
def copter():
    """The address of one copter on the pad."""
    usual = ("--home", f"{PAD},1520,0", "--param", "BATT_CAPACITY=100000")
    with simulated_copters("--speedup", 50, *usual) as (address,):
        yield address


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run the command line in this process; gives the document of a run that succeeds."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["feiying", *map(str, arguments), "--json"])
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = capsys.readouterr()
        assert ended.value.code in (0, None), err
        return json.loads(out)

    return call


@pytest.mark.parametrize(
    "pattern",
    [
        pattern if pattern in ALWAYS_FLOWN else pytest.param(pattern, marks=pytest.mark.soak)
        for pattern in OPTIONS
    ],
)
def test_a_pattern_is_flown_as_long_and_in_the_time_that_was_predicted(run, copter, tmp_path, pattern):
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": line}}
        for line in LINES
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (tmp_path / "lines.geojson").write_text(json.dumps(collection), encoding="utf-8")
    usual = ("--home", PAD, "--alt", 25, "--vehicle", "arducopter-sitl", "-o", "out.plan")
    options = OPTIONS[pattern] if "--speed" in OPTIONS[pattern] else (*OPTIONS[pattern], "--speed", 8)
    (predicted,) = run("plan", ZONES, "--pattern", pattern, *options, *usual)["plans"]

    result = run("fly", "out.plan", "--zones", ZONES, "--connect", copter, "--record", "records")
    assert result["completed"]
    assert result["reached"] == result["items"]
    flown = flown_in(tmp_path / "records")[1]
    assert flown.length_m == pytest.approx(predicted["length_m"], rel=SHARE)
    assert flown.duration_s == pytest.approx(predicted["duration_s"], rel=SHARE)
