"""Looks through the runs that ended, however they ended: mends their recordings and logs the flights that are not logged yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telemetry.links.link_address import network_of
from telemetry.logbook.flight_index import FLIGHTS_FOLDER, FlightIndex
from telemetry.logbook.flight_log import FlightOrder, log_flight
from telemetry.logbook.flight_record import FlightRecord
from telemetry.logbook.flight_search import flights_in, index_of
from telemetry.logbook.journal import Journal, journals_in, link_word, repair_end, run_lock
from telemetry.logbook.station_events import events_of_flight, plan_of_flight, station_events
from telemetry.refusal import TelemetryError


@dataclass(slots=True)
class Examination:
    """What was found in a run.

    Parameters
    ----------
    repaired : list
        Recordings that ended inside a record, and how many bytes were taken off.
    flights : list of FlightRecord
        Those logged now.
    failures : list
        What went wrong, in words.
    """

    run: str
    repaired: list[tuple[str, int]] = field(default_factory=list)
    flights: list[FlightRecord] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def runs_to_examine(root: Path) -> list[str]:
    """Give the runs, oldest first, that nobody looked through since they ended."""
    examined = FlightIndex(root).examined
    return [
        folder.name
        for folder in sorted(root.iterdir())
        if folder.is_dir() and folder.name not in (*examined, FLIGHTS_FOLDER) and journals_in(folder)
    ]


def examine_run(root: Path, run: str) -> Examination | None:
    """Look through a run; None where the process that records into it still lives."""
    with run_lock(root / run) as is_ours:
        if not is_ours:
            return None
        found = Examination(run)
        events = station_events(root / run)
        for journal in journals_in(root / run):
            for path in journal.segments:
                try:
                    cut_bytes = repair_end(path)
                except OSError as error:
                    found.failures.append(f"{path}: {error.strerror or error}")
                    continue
                if cut_bytes:
                    found.repaired.append((str(path), cut_bytes))
        for order in _orders(root, run, events):
            try:
                found.flights.append(log_flight(order))
            except (TelemetryError, OSError) as error:
                found.failures.append(str(error))
        if not found.failures:
            FlightIndex(root).mark_examined(run)
        return found


def _orders(root: Path, run: str, events: list[Mapping[str, Any]]) -> list[FlightOrder]:
    """Give the flights of a run that are not in the index, each once, whatever links it was heard on."""
    names = {
        (link_word(event["link"]), event["system_id"]): event["vehicle_id"]
        for event in events
        if event["kind"] == "vehicle_discovered"
    }
    networks = {
        link_word(event["link"]): network_of(event["link"])
        for event in events
        if event["kind"] in ("link_opened", "vehicle_discovered")
    }
    logged: list[FlightOrder | FlightRecord] = [
        flight for flight in FlightIndex(root).flights.values() if flight.run == run
    ]
    orders: list[FlightOrder] = []
    for journal in journals_in(root / run):
        index = index_of(journal.segments)
        for span in flights_in(index) if index is not None else []:
            vehicle_id = names.get(
                (journal.link, span.system_id),
                f"{networks.get(journal.link) or journal.number}-{span.system_id}",
            )
            order = FlightOrder(
                root=root,
                run=run,
                vehicle_id=vehicle_id,
                system_id=span.system_id,
                links=_links_of(journal, vehicle_id, names, networks),
                begin_s=span.begin_s,
                end_s=span.end_s,
                is_complete=span.is_complete,
                plan_name=plan_of_flight(events, vehicle_id, span.end_s),
                events=events_of_flight(events, vehicle_id, span.begin_s, span.end_s),
            )
            if not any(_is_same(order, other) for other in (*logged, *orders)):
                orders.append(order)
    return orders


def _links_of(
    journal: Journal, vehicle_id: str, names: Mapping[tuple[str, int], str], networks: Mapping[str, str]
) -> tuple[str, ...]:
    network = networks.get(journal.link)
    beside = [link for link, other in networks.items() if network and other == network]
    return tuple(
        dict.fromkeys(
            (journal.link, *beside, *(link for (link, _), name in names.items() if name == vehicle_id))
        )
    )


def _is_same(order: FlightOrder, other: FlightOrder | FlightRecord) -> bool:
    return (
        order.vehicle_id == other.vehicle_id and order.begin_s <= other.end_s and other.begin_s <= order.end_s
    )
