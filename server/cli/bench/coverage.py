"""`feiying bench coverage`."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


class Home(StrEnum):
    """Where routes begin and end."""

    ANYWHERE = "anywhere"
    PAD = "pad"


@bench_app.command()
def coverage(
    areas: Annotated[
        Path | None, typer.Argument(help="Areas in metres, as JSON; made-up ones without.")
    ] = None,
    drones: Annotated[int, typer.Option("--drones", min=1, help="Drones that share an area.")] = 1,
    home: Annotated[
        Home,
        typer.Option(
            "--home",
            help="Where routes begin and end: anywhere, or at the pad, which is the area's first vertex; "
            "several drones always begin and end there.",
        ),
    ] = Home.ANYWHERE,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File for the routes, in the areas' own metres.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Length, completeness and time of area coverage, beside plain parallel lines."""
    from bench.coverage import run

    measure(
        "coverage",
        lambda: run(areas, drones=drones, from_pad=home is Home.PAD, routes_path=out),
        _words,
        json=json,
    )


def _words(result: dict[str, Any]) -> Iterator[str]:
    for row in result["areas"]:
        subject = f"{row['name']}, swath {row['swath_m']:g} m"
        if "refused" in row:
            yield f"{subject}: refused: {row['refused']}"
            continue
        yield (
            f"{subject}: ratio {row['ratio']:.3f} (plain {row['plain']['ratio']:.3f}), {row['coverage']:.1%} seen, "
            f"{row['outside_m']:g} m outside (plain {row['plain']['outside_m']:g} m), longest/mean "
            f"{row['longest_over_mean']:.3f}, {row['cpu_s']} s"
        )
    for name, figures in result["sets"].items():
        yield (
            f"{name or 'areas'}: ratio {figures['ratio']:.3f} on average (plain {figures['plain_ratio']:.3f}), at least "
            f"{figures['coverage']:.1%} seen, at most {figures['outside_m']:g} m outside"
        )
    if result["cpu_s"]:
        yield f"processor time an area: {result['cpu_s']['median']} s (median), {result['cpu_s']['most']} s at most"
