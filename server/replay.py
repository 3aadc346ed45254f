"""What is played, and what it held, told after it was played."""

from collections import Counter
from pathlib import Path

from typing_extensions import TypedDict

from telemetry.bridge import Bridge
from telemetry.logbook.flight_index import FlightIndex
from telemetry.logbook.journal import first_stamp_s
from telemetry.refusal import TelemetryError


class ReplaySummary(TypedDict):
    """What was in a recording; `problem` is empty where it was whole."""

    file: str
    messages: dict[str, int]
    decode_errors: dict[str, int]
    vehicles: list[str]
    duration_s: float
    problem: str


def recordings_of(what: str, records: Path) -> list[Path]:
    """Give the recordings that a path or the id of a flight stands for.

    Parameters
    ----------
    what : str
        A .tlog, a folder with some, or a flight of the index.
    records : Path
        The folder whose index is asked.

    Raises
    ------
    TelemetryError
        If a folder holds no recording or a flight's log was deleted.
    """
    path = Path(what)
    if path.is_dir():
        found = [file for file in sorted(path.glob("*.tlog")) if first_stamp_s(file) is not None]
        if not found:
            raise TelemetryError(
                "there is no recording in this folder",
                place=what,
                remedy="Give the folder of one run, such as records/2026-11-22T093100Z",
            )
        return found
    if not path.exists() and path.suffix != ".tlog":
        index = FlightIndex(records)
        return [index.log_of(index.flight(what))]
    return [path]


def summary_of(what: str, bridge: Bridge, *, first_s: float, problem: str) -> ReplaySummary:
    """Sum up what a bridge has heard from a recording that began at `first_s`."""
    messages: Counter[str] = Counter()
    decode_errors: Counter[str] = Counter()
    for link in bridge.links:
        messages.update(link.messages_in)
        decode_errors.update(link.decode_errors)
    return {
        "file": what,
        "messages": dict(sorted(messages.items())),
        "decode_errors": dict(decode_errors),
        "vehicles": list(bridge.vehicles),
        "duration_s": round(max(0.0, bridge.clock.utc_s() - first_s), 3),
        "problem": problem,
    }
