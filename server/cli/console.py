"""Where the command line writes: one JSON document to standard output, all else to standard error."""

import sys
from typing import Any

import orjson
from rich.console import Console

errors = Console(stderr=True)


def print_json(document: Any) -> None:
    """Write one JSON document to standard output."""
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")
    sys.stdout.flush()
