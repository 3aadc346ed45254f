"""The list of all flights: lines of JSON, only ever added to, so that no crash can cost more than the line it struck."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telemetry.logbook.flight_record import FlightRecord
from telemetry.refusal import TelemetryError

VERSION = 1
FLIGHTS_FOLDER = "flights"

_KIND, _FLIGHT, _PIN, _DELETED, _EXAMINED = "kind", "flight", "pin", "deleted", "examined"


class FlightIndex:
    """The index of a folder of recordings.

    Parameters
    ----------
    root : Path
        The folder of all runs; the index is `flights/index.jsonl` in it.

    Attributes
    ----------
    flights : dict of str to FlightRecord
        By id, in the order they were logged; as `read` found them, and as added since.
    examined : set of str
        Runs of which all flights are in the index.
    broken_lines : int
        How many lines could not be understood.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / FLIGHTS_FOLDER / "index.jsonl"
        self.flights: dict[str, FlightRecord] = {}
        self.examined: set[str] = set()
        self.broken_lines = 0
        self.read()

    def read(self) -> None:
        """Read the file anew, stepping over lines that a crash left half written.

        Raises
        ------
        TelemetryError
            If it is there and cannot be read.
        """
        self.flights.clear()
        self.examined.clear()
        self.broken_lines = 0
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise TelemetryError(
                f"the index of flights cannot be read ({(error.strerror or str(error)).lower()})",
                place=str(self.path),
            ) from None
        for line in lines:
            if line.strip():
                try:
                    self._take_in(json.loads(line))
                except (ValueError, KeyError, TypeError):
                    self.broken_lines += 1

    def flight(self, flight_id: str) -> FlightRecord:
        """Give one flight; the beginning of its id suffices where only one begins so.

        Raises
        ------
        TelemetryError
            If there is none, or there are several.
        """
        if flight_id in self.flights:
            return self.flights[flight_id]
        found = [known for known in self.flights if flight_id and known.startswith(flight_id)]
        if len(found) == 1:
            return self.flights[found[0]]
        raise TelemetryError(
            f"{len(found)} flights begin with {flight_id!r}"
            if found
            else f"there is no flight {flight_id!r}",
            place=str(self.path),
            remedy="feiying flights list tells the ids",
        )

    def log_of(self, flight: FlightRecord) -> Path:
        """Give where a flight's log is.

        Raises
        ------
        TelemetryError
            If it was deleted.
        """
        if flight.is_deleted:
            raise TelemetryError(
                "the log of this flight was deleted",
                place=flight.flight_id,
                remedy="Pin the flights that are to be kept: feiying flights pin",
            )
        return self.root / flight.log

    def add(self, flight: FlightRecord) -> None:
        """Add a flight."""
        self._append({_KIND: _FLIGHT, **flight.document()})

    def pin(self, flight_id: str, *, is_pinned: bool) -> None:
        """Keep a flight's log from being deleted, or no longer."""
        self._append({_KIND: _PIN, "flight_id": flight_id, "is_pinned": is_pinned})

    def mark_deleted(self, flight_id: str) -> None:
        """Note that a flight's log is gone."""
        self._append({_KIND: _DELETED, "flight_id": flight_id})

    def mark_examined(self, run: str) -> None:
        """Note that all flights of a run are in the index."""
        self._append({_KIND: _EXAMINED, "run": run})

    def _append(self, document: dict[str, Any]) -> None:
        line = json.dumps({"v": VERSION, **document}, ensure_ascii=False).encode() + b"\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self._take_in(document)

    def _take_in(self, document: Mapping[str, Any]) -> None:
        match document[_KIND]:
            case "flight":
                flight = FlightRecord.from_document(document)
                self.flights[flight.flight_id] = flight
            case "pin":
                flight_id = document["flight_id"]
                self.flights[flight_id] = self.flights[flight_id].pinned(is_pinned=document["is_pinned"])
            case "deleted":
                self.flights[document["flight_id"]] = self.flights[document["flight_id"]].deleted()
            case "examined":
                self.examined.add(document["run"])
            case kind:
                raise KeyError(kind)
