"""`feiying params`: the parameters of a vehicle, and files of them."""

from importlib import import_module

import typer

from server.cli import app

params_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(params_app, name="params", help="Read, set, save, load and compare a vehicle's parameters.")

for _command in ("show", "change", "diff"):
    import_module(f"server.cli.params.{_command}")
