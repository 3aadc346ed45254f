"""`feiying bench transit`."""

from collections.abc import Iterable
from typing import Any

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


@bench_app.command()
def transit(json: JsonOption = False) -> None:
    """Shortest legal paths a second among 100 zones, beside a plain visibility graph."""
    from bench.transit import run

    measure("transit", run, _words, json=json)


def _words(result: dict[str, Any]) -> Iterable[str]:
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
    return lines
