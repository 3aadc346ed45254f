"""`feiying zones`: what zone files hold, and what is different between them."""

from importlib import import_module

import typer

from server.cli import app

zones_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(zones_app, name="zones", help="Look into zone files, convert, check and compare them.")

for _command in ("info", "at", "convert", "check", "diff"):
    import_module(f"server.cli.zones.{_command}")
