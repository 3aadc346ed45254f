"""`feiying tlog`: what recordings hold."""

from importlib import import_module

import typer

from server.cli import app

tlog_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(tlog_app, name="tlog", help="Look into recordings (.tlog) and write their messages as tables.")

for _command in ("info", "export"):
    import_module(f"server.cli.tlog.{_command}")
