"""The measurement of area coverage, small, judged by points of its own."""

import json
import sys

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

import server.cli.bench.coverage
from bench.coverage import run, run_once
from geofence.refusal import Refusal
from server.cli.bench import bench_app

HOLED = {
    "name": "holed",
    "set": "test",
    "swaths_m": [4.0],
    "polygon": {
        "outer": [[0, 0], [60, 0], [60, 40], [0, 40]],
        "holes": [[[20, 10], [30, 10], [30, 20], [20, 20]], [[40, 20], [50, 22], [44, 30]]],
    },
}


@pytest.fixture
def areas(tmp_path):
    path = tmp_path / "areas.json"
    path.write_text(json.dumps({"polygons": [HOLED]}))
    return path


@pytest.mark.parametrize("drones", [1, 3])
def test_routes_see_the_area_and_stay_in_it(areas, tmp_path, drones):
    routes_path = tmp_path / "routes.json"
    arguments = ["coverage", str(areas), "--drones", str(drones), "-o", str(routes_path), "--json"]
    outcome = CliRunner().invoke(bench_app, arguments)
    assert outcome.exit_code == 0, outcome.output
    (row,) = json.loads(outcome.stdout)["areas"]
    (entry,) = json.loads(routes_path.read_text())
    assert (entry["name"], entry["swath_m"], len(entry["routes"])) == ("holed", 4.0, drones)
    polygon = shapely.Polygon(HOLED["polygon"]["outer"], HOLED["polygon"]["holes"])
    points = np.random.default_rng(3).uniform((0, 0), (60, 40), (20_000, 2))
    points = points[shapely.contains_xy(polygon, points)]
    lines = [shapely.LineString(route) for route in entry["routes"]]
    seen = shapely.distance(shapely.MultiLineString(lines), shapely.points(points)) <= 2.0
    assert seen.mean() >= 0.988
    for line in lines:
        along = shapely.line_interpolate_point(line, np.linspace(0.0, line.length, 5_000))
        assert shapely.distance(polygon, along).max() < 1e-9
    assert row["ratio"] == pytest.approx(sum(line.length for line in lines) / (polygon.area / 4.0), abs=1e-3)
    assert row["ratio"] < (1.1 if drones == 1 else 1.5)
    assert row["plain"]["in_holes_m"] > 1.0
    assert all(list(server.cli.bench.coverage._words(json.loads(outcome.stdout))))


@pytest.mark.parametrize(("east_m", "north_m"), [(412_345.7, 4_012_345.7), (11_545_123.4, -4_312_345.6)])
def test_areas_of_a_map_s_grid_are_covered_as_any_other(areas, tmp_path, east_m, north_m):
    rings = [HOLED["polygon"]["outer"], *HOLED["polygon"]["holes"]]
    outer, *holes = [[[x + east_m, y + north_m] for x, y in ring] for ring in rings]
    far = tmp_path / "far.json"
    far.write_text(json.dumps({"polygons": [HOLED | {"polygon": {"outer": outer, "holes": holes}}]}))
    routes_path = tmp_path / "routes.json"
    (row,) = run(far, drones=2, routes_path=routes_path)["areas"]
    assert (row["outside_m"], row["in_holes_m"]) == (0.0, 0.0)
    assert row["coverage"] >= 0.99
    for route in json.loads(routes_path.read_text())[0]["routes"]:
        assert route[0] == route[-1] == pytest.approx(outer[0], abs=0.3)


def test_rings_run_either_way_and_may_be_closed(areas, tmp_path):
    outer, *holes = [HOLED["polygon"]["outer"], *HOLED["polygon"]["holes"]]
    other = {"outer": [*outer, outer[0]], "holes": [hole[::-1] for hole in holes]}
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"polygons": [HOLED | {"polygon": other}]}))
    (one,), (another,) = run(areas)["areas"], run(path)["areas"]
    assert (another["coverage"], another["outside_m"]) == (pytest.approx(one["coverage"], abs=2e-3), 0.0)
    assert another["ratio"] == pytest.approx(one["ratio"], rel=0.02)


def test_holes_may_touch_nest_and_reach_over_the_border(tmp_path):
    boxes = [(20, 10, 30, 20), (30, 10, 40, 20), (22, 12, 26, 16), (50, -5, 55, 10)]
    holes = [shapely.get_coordinates(shapely.box(*box)).tolist() for box in boxes]
    path = tmp_path / "touching.json"
    path.write_text(json.dumps({"polygons": [HOLED | {"polygon": HOLED["polygon"] | {"holes": holes}}]}))
    routes_path = tmp_path / "routes.json"
    (row,) = run(path, routes_path=routes_path)["areas"]
    (route,) = json.loads(routes_path.read_text())[0]["routes"]
    assert row["coverage"] >= 0.99
    for box in boxes:
        assert shapely.LineString(route).intersection(shapely.box(*box)).length == 0.0


def test_an_area_in_pieces_is_refused_by_its_pieces(tmp_path):
    wall = [[20, -1], [24, -1], [24, 41], [20, 41]]
    path = tmp_path / "cut.json"
    path.write_text(json.dumps({"polygons": [HOLED | {"polygon": HOLED["polygon"] | {"holes": [wall]}}]}))
    (row,) = run(path)["areas"]
    assert "1 pieces are cut off from the rest, the largest of 800 m2" in row["refused"]


def test_nothing_is_left_to_be_compiled_while_it_is_measured(areas):
    run_once()
    kernels = {
        kernel
        for name, module in sys.modules.items()
        if name.startswith(("missions.coverage.", "missions.transit."))
        for kernel in vars(module).values()
        if hasattr(kernel, "signatures")
    }
    compiled = {kernel: len(kernel.signatures) for kernel in kernels}
    run(areas)
    run(areas, drones=3)
    assert {kernel.__name__ for kernel in kernels if len(kernel.signatures) != compiled[kernel]} == set()


def test_several_drones_share_evenly(areas):
    (row,) = run(areas, drones=3)["areas"]
    assert row["longest_over_mean"] <= 1.08


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{}", "is not a file of areas"),
        ("nonsense", "is not a file of areas"),
        ('{"polygons": []}', "holds no area"),
        (
            '{"polygons": [{"name": "a", "swaths_m": [1], "polygon": {"outer": [[0,0],[9,0],[NaN,9]]}}]}',
            "area a: a coordinate is not a finite number",
        ),
        (
            '{"polygons": [{"name": "a", "swaths_m": [0], "polygon": {"outer": [[0,0],[9,0],[9,9]]}}]}',
            "not above 0",
        ),
        (
            '{"polygons": [{"name": "a", "swaths_m": [1], "polygon": {"outer": [[0,0],[9,9],[9,0],[0,9]]}}]}',
            "area a",
        ),
    ],
)
def test_other_files_are_refused(tmp_path, content, fault):
    path = tmp_path / "areas.json"
    path.write_text(content)
    with pytest.raises(Refusal, match=fault):
        run(path)
