"""`feiying bench`: how fast parts of it are, beside what others use."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from geofence.refusal import Refusal
from server.cli import app
from server.cli.console import errors, print_json


def _ingest() -> dict[str, Any]:
    from bench.ingest import run

    return run()


def _geofence(zones: Path | None, points: int) -> dict[str, Any]:
    from bench.geofence import run

    return run(zones, points=points)


def _transit() -> dict[str, Any]:
    from bench.transit import run

    return run()


def _replan() -> dict[str, Any]:
    from bench.replan import run

    return run()


_BENCHMARKS: dict[str, Callable[[], dict[str, Any]]] = {
    "ingest": _ingest,
    "transit": _transit,
    "replan": _replan,
}


_NAMES = (*_BENCHMARKS, "geofence")


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(_NAMES)}.")],
    zones: Annotated[
        Path | None, typer.Argument(help="Zones for geofence; 1,000 synthetic ones without.")
    ] = None,
    points: Annotated[int, typer.Option("--points", min=1_000, help="Points for geofence.")] = 1_000_000,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure a part and its peer in one run."""
    if name not in _NAMES:
        raise Refusal(f"there is no benchmark {name}", remedy=f"Choose one of: {', '.join(_NAMES)}")
    if zones is not None and name != "geofence":
        raise Refusal(f"the benchmark {name} takes no zones", remedy="Leave the file out")
    with errors.status(f"Measuring {name}"):
        result = _geofence(zones, points) if name == "geofence" else _BENCHMARKS[name]()
    if json:
        print_json(result)
    elif name == "geofence":
        _print_geofence(result)
    elif name == "transit":
        _print_transit(result)
    elif name == "replan":
        _print_replan(result)
    else:
        _print_messages(result)


def _print_messages(result: dict[str, Any]) -> None:
    for subject, figures in result.items():
        if isinstance(figures, dict) and "messages_per_s" in figures:
            errors.print(f"{subject}: {figures['messages_per_s']:,} messages/s of one core", highlight=False)
    errors.print(f"ratio: {result['ratio']}", highlight=False)


def _print_geofence(result: dict[str, Any]) -> None:
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
    for line in lines:
        errors.print(line, highlight=False, markup=False, soft_wrap=True)


def _print_transit(result: dict[str, Any]) -> None:
    lines = [
        f"{area['area']}: {area['vertices']:,} vertices, built in {area['build_s']} s, {area['per_s']:,} paths/s of one "
        f"core, {area['ratio']} times a plain visibility graph, {area['paths_out_of_the_area']} of them out of the area, "
        f"lengths within {max(area['plain']['worst_difference_m'], area['lengths']['worst_difference_m']):.1g} m"
        for area in result["areas"]
    ]
    layers = result["layers"]
    lines.append(
        f"several altitudes: {layers['per_s']:,} paths/s, {layers['over_or_under_zones']} of {layers['queries']} over or "
        f"under zones, up to {layers['most_s_saved']} s faster"
    )
    for line in lines:
        errors.print(line, highlight=False, markup=False, soft_wrap=True)


def _print_replan(result: dict[str, Any]) -> None:
    plan = result["plan"]
    planned = (
        f"{plan['lines']} lines, {plan['drones']} drones, {plan['pads']} pads: planned in {plan['wall_s']} s, "
        f"home after {plan['home_s']} s, {plan['flown_once']} lines flown once, {plan['conflicts']} conflicts"
    )
    errors.print(planned, highlight=False, markup=False, soft_wrap=True)
    for figures in result["replan"]:
        replanned = (
            f"{figures['change']} at {figures['at_s']:g} s: {figures['wall_s']} s, {figures['moved']} tasks moved, "
            f"{figures['unserved']} not flown, {figures['conflicts']} conflicts"
        )
        errors.print(replanned, highlight=False, markup=False, soft_wrap=True)
