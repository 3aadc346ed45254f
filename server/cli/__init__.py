"""The command line `feiying`."""

import sys
from importlib import import_module
from typing import Annotated

import typer

from geofence.refusal import Refusal
from server.cli.console import print_refusal
from server.version import __version__

app = typer.Typer(
    name="feiying",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

COMMANDS = (
    "demo",
    "plan",
    "replan",
    "resume",
    "check",
    "convert",
    "report",
    "zones",
    "sim",
    "scenario",
    "fly",
    "params",
    "signing",
    "serve",
    "flights",
    "replay",
    "tlog",
    "bench",
)
"""Each is a module of this package that registers itself, in the order of the help."""


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"feiying {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Plan drone patrols over geofenced zones, fly them, watch them live."""


def main() -> None:
    """Run the command line; a refusal is one sentence on standard error and exit code 1."""
    asked = sys.argv[1:2]
    # The others would be read for nothing, which takes seconds; only the help wants them all.
    for command in asked if asked and asked[0] in COMMANDS else COMMANDS:
        import_module(f"server.cli.{command}")
    try:
        app()
    except Refusal as refusal:
        print_refusal(refusal, {"error": str(refusal)} if "--json" in sys.argv else None)
        sys.exit(1)
