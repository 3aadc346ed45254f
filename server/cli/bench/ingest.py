"""`feiying bench ingest`."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


@bench_app.command()
def ingest(
    drones: Annotated[int, typer.Option(min=1, max=2_000, help="Drones of the fleet.")] = 1_000,
    seconds: Annotated[float, typer.Option(min=1.0, help="How long the fleet speaks.")] = 60.0,
    json: JsonOption = False,
) -> None:
    """Messages a second, beside a plain pymavlink loop, and what a whole fleet costs."""
    from bench.ingest import run

    measure("ingest", lambda: run(drones=drones, seconds=seconds), _words, json=json)


def _words(result: dict[str, Any]) -> Iterator[str]:
    for subject, figures in result.items():
        if isinstance(figures, dict) and "messages_per_s" in figures:
            yield f"{subject}: {figures['messages_per_s']:,} messages/s of one core"
    yield f"ratio: {result['ratio']}"
    fleet = result["fleet"]
    yield (
        f"{fleet['drones']:,} drones: {fleet['sent']:,} messages in {fleet['seconds']:g} s, {fleet['lost']:,} lost, "
        f"{100 * fleet['core_share']:.0f} % of a core"
    )
