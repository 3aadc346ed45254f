"""`feiying bench ingest`."""

from collections.abc import Iterator
from typing import Any

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


@bench_app.command()
def ingest(json: JsonOption = False) -> None:
    """Messages a second, beside a plain pymavlink loop."""
    from bench.ingest import run

    measure("ingest", run, _words, json=json)


def _words(result: dict[str, Any]) -> Iterator[str]:
    for subject, figures in result.items():
        if isinstance(figures, dict) and "messages_per_s" in figures:
            yield f"{subject}: {figures['messages_per_s']:,} messages/s of one core"
    yield f"ratio: {result['ratio']}"
