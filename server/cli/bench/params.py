"""`feiying bench params`."""

from collections.abc import Iterator
from typing import Any

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


@bench_app.command()
def params(json: JsonOption = False) -> None:
    """All parameters, as a file and one message each, beside a plain pymavlink loop."""
    from bench.params import run

    measure("params", run, _words, json=json)


def _words(result: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{result['parameters']} parameters: file {result['file_s']} s, list {result['list_s']} s, pymavlink "
        f"{result['pymavlink_s']} s; the same values"
    )
