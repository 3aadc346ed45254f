"""Where the command line writes: one JSON document to standard output, all else to standard error."""

import sys
from typing import Any

import orjson
from rich.console import Console

from geofence.refusal import Refusal

errors = Console(stderr=True, emoji=False)

_CONTROLS = {
    code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"
}


def without_controls(sentence: str) -> str:
    """Replace what could steer a terminal: a sentence may hold words of a file, or of a vehicle."""
    return sentence.translate(_CONTROLS)


def say(sentence: str, style: str | None = None) -> None:
    """Write a line for people to standard error."""
    errors.print(without_controls(sentence), style=style, highlight=False, markup=False, soft_wrap=True)


def print_refusal(refusal: Refusal, document: Any = None) -> None:
    """Say a refusal in one sentence, and as a JSON document where one was asked for."""
    say(str(refusal), "red")
    if document is not None:
        print_json(document)


def print_json(document: Any) -> None:
    """Write one JSON document to standard output."""
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")
    sys.stdout.flush()
