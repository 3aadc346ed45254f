"""`feiying bench sim`."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


@bench_app.command()
def sim(
    copters: Annotated[int, typer.Option(min=1, max=2_000, help="Copters of the fleet.")] = 500,
    seconds: Annotated[float, typer.Option(min=1.0, help="How long the fleet flies.")] = 30.0,
    json: JsonOption = False,
) -> None:
    """Copters of the simulator in real time, beside ArduPilot's own, and one as fast as it can."""
    from bench.simulator import run

    measure("the simulator", lambda: run(copters, seconds=seconds), _words, json=json)


def _words(result: dict[str, Any]) -> Iterator[str]:
    fleet, alone = result["fleet"], result["alone"]
    yield (
        f"{fleet['copters']:,} copters, {fleet['messages_per_copter_s']:g} messages/s each: "
        f"{fleet['real_time_factor']:.2f} times real time on {100 * fleet['core_share']:.0f} % of a core, "
        f"{fleet['sequence_gaps']:,} sequence gaps, {fleet['memory_mb_per_copter']:g} MB a copter"
    )
    yield f"{fleet['copters_per_core']:,} copters a core, {fleet['times_ardupilot']:g} times ArduPilot's"
    yield f"one copter alone: {alone['times_real_time']:,} times real time, streams read and checked"
