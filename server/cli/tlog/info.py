"""`feiying tlog info`: what a recording holds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.console import print_json, say
from server.cli.tlog import tlog_app


@tlog_app.command()
def info(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Recording (.tlog).", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Count messages by type and rate, tell time and flights. Exits 1 where the recording is not whole."""
    from server.recording_document import recording_document
    from telemetry.wire.tlog_table import TlogTable

    table = TlogTable(file)
    document = recording_document(table)
    _say(document)
    if as_json:
        print_json(document)
    if table.problem:
        raise typer.Exit(1)


def _say(document: dict[str, Any]) -> None:
    say(
        f"{document['file']}: {document['bytes']:,} bytes, {document['messages']:,} messages, "
        f"{_moment(document['first_utc_s'])} to {_moment(document['last_utc_s'])}"
    )
    for flight in document["flights"]:
        end = "the end" if flight["disarmed_utc_s"] is None else _moment(flight["disarmed_utc_s"])
        say(f"vehicle {flight['system_id']}: armed from {_moment(flight['armed_utc_s'])} to {end}")
    for name, figures in document["types"].items():
        rate = "" if figures["rate_hz"] is None else f", {figures['rate_hz']:g} Hz"
        say(f"{name}: {figures['count']:,}{rate}")
    for msg_id, count in document["unknown_ids"].items():
        say(f"message {msg_id}, which is not known: {count:,}")
    if document["problem"]:
        say(f"The recording is not whole: {document['problem']}.", "red")


def _moment(utc_s: float | None) -> str:
    if utc_s is None:
        return "no time"
    return datetime.fromtimestamp(utc_s, UTC).isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")
