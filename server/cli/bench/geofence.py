"""`feiying bench geofence`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


@bench_app.command()
def geofence(
    zones: Annotated[Path | None, typer.Argument(help="Zones; 1,000 synthetic ones without.")] = None,
    points: Annotated[int, typer.Option("--points", min=1_000, help="How many points.")] = 1_000_000,
    json: JsonOption = False,
) -> None:
    """Points and legs a second against zones, and live checks, beside shapely and compared with it."""
    from bench.geofence import run

    measure("geofence", lambda: run(zones, points=points), _words, json=json)


def _words(result: dict[str, Any]) -> Iterable[str]:
    lines = [
        f"{result['zones']['source']}: {result['zones']['volumes']} volumes, built in {result['build_s']} s"
    ]
    for subject in ("random_points", "track_points", "legs"):
        figures = result[subject]
        same = "the same hits" if figures["hits_are_identical"] else "DIFFERENT HITS"
        lines.append(
            f"{subject.replace('_', ' ')}: {figures['per_s']:,}/s of one core, {figures['ratio']} times shapely, {same}"
        )
    lines.append(f"nearest boundaries: {result['nearest_boundaries']['per_s']:,}/s")
    monitor = result["monitor"]
    lines.append(
        f"monitor: one check {monitor['one_check']['p99_us']} us (p99), "
        f"{monitor['all_drones']['drones']:,} drones at {monitor['all_drones']['rate_hz']:g} Hz take "
        f"{monitor['all_drones']['share_of_core']:.1%} of a core"
    )
    return lines
