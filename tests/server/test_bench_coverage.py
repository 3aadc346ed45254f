"""The measurement of area coverage, small, judged by points of its own."""

import json

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

import server.cli.bench.coverage
from bench.coverage import run
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


def test_several_drones_share_evenly(areas):
    (row,) = run(areas, drones=3)["areas"]
    assert row["longest_over_mean"] <= 1.08


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{}", "is not a file of areas"),
        ("nonsense", "is not a file of areas"),
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
