"""`feiying tlog export`: the messages of a recording as tables."""

from pathlib import Path
from typing import Annotated

import typer

from server.cli.console import print_json, say
from server.cli.tlog import tlog_app


@tlog_app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Recording (.tlog).", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the tables go.", show_default=False)
    ],
    message: Annotated[
        list[str] | None,
        typer.Option(
            "--message",
            metavar="NAME",
            help="Such as ATTITUDE, may be repeated; all if left out.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the files as one JSON document.")] = False,
) -> None:
    """Write a CSV file a message type, in wire units. Signing keys are left out."""
    from telemetry.refusal import TelemetryError
    from telemetry.wire.tlog_csv import write_csv
    from telemetry.wire.tlog_table import TlogTable

    table = TlogTable(file)
    names = [name for name in message or table if name != "SETUP_SIGNING"]
    for name in names:
        if name not in table:
            raise TelemetryError(
                f"there is no {name} in this recording",
                place=str(file),
                remedy=f"Give --message one of {', '.join(sorted(table))}",
            )
    written: list[Path] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in names:
            written.append(out / f"{name}.csv")
            with written[-1].open("w", encoding="utf-8", newline="") as sheet:
                write_csv(table[name], sheet)
    except OSError as error:
        raise TelemetryError(
            f"the tables cannot be written ({(error.strerror or str(error)).lower()})",
            place=str(out),
            remedy="Choose a folder that can be written to",
        ) from None
    if as_json:
        print_json({"files": [str(path) for path in written]})
    else:
        for path, name in zip(written, names, strict=True):
            say(f"{path}: {table.counts[name]:,} lines")
