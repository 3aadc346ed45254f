"""`feiying bench`: how fast parts of it are, beside what others use."""

from importlib import import_module

import typer

from server.cli import app

bench_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(bench_app, name="bench", help="Measure a part and its peer in one run.")

for _command in ("ingest", "upload", "params", "tlog", "geofence", "coverage", "transit", "replan", "sim"):
    import_module(f"server.cli.bench.{_command}")
