"""`feiying bench upload`."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


@bench_app.command()
def upload(
    uploads: Annotated[int, typer.Option("--uploads", min=0, help="How many over a bad link.")] = 200,
    json: JsonOption = False,
) -> None:
    """Missions put on board, item by item and as files, beside a lock-step loop; and over a bad link."""
    from bench.upload import run

    measure("upload", lambda: run(uploads=uploads), _words, json=json)


def _words(result: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{result['items']} items read, sent and read back: {result['items_s']} s, {result['items_over_floor']} times the "
        f"lock-step floor ({result['item_ms']} ms an item)"
    )
    yield f"as files: {result['files_s']} s, {result['files_times_faster']} times faster"
    lossy = result["lossy"]
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(lossy["outcomes"].items()))
    yield (
        f"{lossy['uploads']} uploads with {lossy['loss']:.0%} loss and {lossy['round_trip_s']} s round trip: {outcomes}"
    )
