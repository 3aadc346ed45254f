"""`feiying bench`: how fast parts of it are, beside what others use."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from geofence.refusal import Refusal
from server.cli import app
from server.cli.console import errors, print_json


def _ingest() -> dict[str, Any]:
    from bench.ingest import run

    return run()


_BENCHMARKS: dict[str, Callable[[], dict[str, Any]]] = {"ingest": _ingest}


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(_BENCHMARKS)}.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure a part and its peer in one run."""
    if name not in _BENCHMARKS:
        raise Refusal(f"there is no benchmark {name}", remedy=f"Choose one of: {', '.join(_BENCHMARKS)}")
    with errors.status(f"Measuring {name}"):
        result = _BENCHMARKS[name]()
    if json:
        print_json(result)
        return
    for subject, figures in result.items():
        if isinstance(figures, dict) and "messages_per_s" in figures:
            errors.print(f"{subject}: {figures['messages_per_s']:,} messages/s of one core", highlight=False)
    errors.print(f"ratio: {result['ratio']}", highlight=False)
