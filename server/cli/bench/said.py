"""How measurements are told."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

import typer

from server.cli.console import errors, print_json

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def measure(
    name: str,
    run: Callable[[], dict[str, Any]],
    words: Callable[[dict[str, Any]], Iterable[str]],
    *,
    json: bool,
) -> None:
    """Measure, and tell the result in words or as JSON."""
    with errors.status(f"Measuring {name}"):
        result = run()
    if json:
        print_json(result)
        return
    for line in words(result):
        errors.print(line, highlight=False, markup=False, soft_wrap=True)
