"""The command line `feiying`."""

import sys
from importlib import import_module

import typer

from geofence.refusal import Refusal
from server.cli.console import errors

app = typer.Typer(
    name="feiying",
    help="Plan drone patrols over geofenced zones, fly them, watch them live.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

COMMANDS = ("demo", "plan", "check", "sim", "fly", "serve", "replay", "bench")
"""Each is a module of this package that registers itself, in the order of the help."""


def main() -> None:
    """Run the command line; a refusal is one sentence on standard error and exit code 1."""
    for command in COMMANDS:
        import_module(f"server.cli.{command}")
    try:
        app()
    except Refusal as refusal:
        errors.print(str(refusal), style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(1)
