"""`feiying flights`: the flights that were recorded."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli import app
from server.cli.console import print_json, say

flights = typer.Typer(no_args_is_help=True, help="List, show, export and keep recorded flights.")
app.add_typer(flights, name="flights")

RecordOption = Annotated[Path, typer.Option(help="Folder of recordings.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
FlightArgument = Annotated[str, typer.Argument(help="Id of a flight, or its beginning.")]


@flights.command("list")
def list_flights(record: RecordOption = Path("records"), json: JsonOption = False) -> None:
    """List all flights, the newest last."""
    from telemetry.logbook.flight_index import FlightIndex

    index = FlightIndex(record)
    known = sorted(index.flights.values(), key=lambda flight: flight.begin_s)
    if json:
        documents = [{**flight.document(), "events": len(flight.events)} for flight in known]
        print_json({"flights": documents, "broken_lines": index.broken_lines})
        return
    if not known:
        say(f"No flight is logged in {record} yet.")
    for flight in known:
        marks = [
            *(["not complete"] if not flight.is_complete else []),
            *(["pinned"] if flight.is_pinned else []),
            *(["log deleted"] if flight.is_deleted else []),
        ]
        typer.echo(
            "  ".join(
                [
                    flight.flight_id,
                    f"drone {flight.vehicle_id}",
                    f"{flight.end_s - flight.begin_s:.0f} s",
                    f"{flight.length_m / 1000:.2f} km",
                    f"{flight.messages} messages",
                    *([flight.plan_name] if flight.plan_name else []),
                    *([f"({', '.join(marks)})"] if marks else []),
                ]
            )
        )


@flights.command()
def show(flight_id: FlightArgument, record: RecordOption = Path("records"), json: JsonOption = False) -> None:
    """Tell all that the index says of a flight."""
    from server.event_text import text_of
    from telemetry.event_schema import event_of
    from telemetry.logbook.flight_index import FlightIndex

    flight = FlightIndex(record).flight(flight_id)
    if json:
        print_json(flight.document())
        return
    rows: dict[str, Any] = {
        "flight": flight.flight_id,
        "drone": f"{flight.vehicle_id} (system {flight.system_id}) over {', '.join(flight.links)}",
        "time": f"{_moment(flight.begin_s)} to {_moment(flight.end_s)}"
        + ("" if flight.is_complete else ", not complete"),
        "plan": flight.plan_name or "-",
        "length": f"{flight.length_m / 1000:.2f} km",
        "altitude": "-" if flight.alt_max_rel_m is None else f"up to {flight.alt_max_rel_m:g} m above home",
        "extent": "-"
        if flight.extent_deg is None
        else ", ".join(f"{edge:.6f}" for edge in flight.extent_deg),
        "log": "deleted"
        if flight.is_deleted
        else f"{record / flight.log} ({flight.messages} messages, {flight.log_bytes} bytes)"
        + (", pinned" if flight.is_pinned else ""),
    }
    for name, value in rows.items():
        typer.echo(f"{name:9} {value}")
    for span in flight.journals:
        typer.echo(f"{'journal':9} {record / span.path}, bytes {span.begin} to {span.end}")
    for document in flight.events:
        event = event_of(document)
        text = document["kind"] if event is None else text_of(event)
        typer.echo(f"{'event':9} {_moment(document['time_s'])} {text}")


@flights.command()
def export(
    flight_id: FlightArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write (.tlog).")],
    record: RecordOption = Path("records"),
    json: JsonOption = False,
) -> None:
    """Copy the log of a flight; never over another file."""
    from telemetry.logbook.flight_index import FlightIndex
    from telemetry.refusal import TelemetryError

    index = FlightIndex(record)
    flight = index.flight(flight_id)
    log = index.log_of(flight)
    try:
        with log.open("rb") as source, output.open("xb") as copy:
            shutil.copyfileobj(source, copy)
    except OSError as error:
        raise TelemetryError(
            f"the flight cannot be exported ({(error.strerror or str(error)).lower()})",
            place=str(error.filename or output),
            remedy="Give a file that does not exist yet, in a folder that can be written to",
        ) from None
    if json:
        print_json({"flight_id": flight.flight_id, "file": str(output), "bytes": flight.log_bytes})
    else:
        say(f"{output}: {flight.messages} messages of flight {flight.flight_id}.")


@flights.command()
def pin(
    flight_id: FlightArgument,
    off: Annotated[bool, typer.Option("--off", help="Let it be deleted again.")] = False,
    record: RecordOption = Path("records"),
    json: JsonOption = False,
) -> None:
    """Keep the log of a flight from being deleted."""
    from telemetry.logbook.flight_index import FlightIndex

    index = FlightIndex(record)
    flight = index.flight(flight_id)
    index.log_of(flight)
    index.pin(flight.flight_id, is_pinned=not off)
    if json:
        print_json({"flight_id": flight.flight_id, "is_pinned": not off})
    else:
        say(f"Flight {flight.flight_id} {'may be deleted' if off else 'is kept'}.")


def _moment(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
