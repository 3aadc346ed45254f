"""The measurement of zone index and monitor, small."""

from pathlib import Path

import numpy as np
import orjson
import pytest
from typer.testing import CliRunner

import server.cli.bench.geofence
from bench.geofence import run
from bench.synthetic_zones import synthetic_zones, tracks_deg
from geofence.formats.zone_files import write_zones
from geofence.zone_set import ZoneSet
from server.cli.bench import bench_app


def test_synthetic_zones_are_the_same_every_time_and_of_the_size_they_say() -> None:
    zones = synthetic_zones(200)
    assert [zone.area for zone in zones] == [zone.area for zone in synthetic_zones(200)]
    assert np.mean([len(zone.area.exterior.coords) - 1 for zone in zones]) == pytest.approx(50.0, abs=1.0)


def test_drones_on_track_take_small_steps() -> None:
    track = tracks_deg((103.0, 36.0, 104.0, 37.0), 12_000, np.random.default_rng(0))
    steps_m = 111_195.0 * np.hypot(*(np.diff(track, axis=0) * (np.cos(np.radians(36.5)), 1.0)).T)
    assert track.shape == (12_000, 2)
    assert np.sum(steps_m > 1.7) <= 2


def test_every_hit_is_compared() -> None:
    result = run(points=3_000, rounds=1)
    for subject in ("random_points", "track_points", "boundary_points", "legs"):
        assert result[subject]["hits_are_identical"] is True
    assert result["boundary_points"]["hits"] > 0
    assert result["zones"]["volumes"] == 1_000
    assert result["monitor"]["all_drones"]["drones"] == 1_000


def test_the_command_measures_the_zones_of_a_file(tmp_path: Path) -> None:
    write_zones(ZoneSet(list(synthetic_zones(20))), tmp_path / "zones.geojson")
    outcome = CliRunner().invoke(
        bench_app, ["geofence", str(tmp_path / "zones.geojson"), "--points", "1000", "--json"]
    )
    assert outcome.exit_code == 0, outcome.output
    result = orjson.loads(outcome.stdout)
    assert (result["name"], result["zones"]["zones"]) == ("geofence", 20)
    assert all(list(server.cli.bench.geofence._words(result)))
