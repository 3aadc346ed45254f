"""`feiying bench tlog`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


@bench_app.command()
def tlog(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings (.tlog); simulated copters without.")
    ] = None,
    megabytes: Annotated[
        float, typer.Option("--megabytes", min=2.0, help="How much the recordings are repeated to.")
    ] = 100.0,
    json: JsonOption = False,
) -> None:
    """Decode whole recordings into arrays, beside mavutil."""
    from bench.tlog import run

    measure("tlog", lambda: run(files or (), megabytes=megabytes), _words, json=json)


def _words(result: dict[str, Any]) -> Iterator[str]:
    ours, theirs = result["feiying"], result["mavutil"]
    yield (
        f"feiying: {ours['bytes'] / 1e6:.1f} MB in {ours['cpu_s']} s of one core, {ours['messages_per_s']:,} messages/s"
    )
    yield (
        f"mavutil: {theirs['bytes'] / 1e6:.1f} MB of them in {theirs['cpu_s']} s, {theirs['messages_per_s']:,} messages/s; "
        f"all would take {theirs['extrapolated_cpu_s']} s"
    )
    yield f"ratio: {result['ratio']}"
