"""One flight's log, taken from the links' recordings: what its drone said, and what was said to it or to all."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Geod

from telemetry.bus import Bus
from telemetry.event_schema import document_of
from telemetry.events import Armed, Disarmed, Event, FenceBreached, Landed, ModeChanged, TextReported, TookOff
from telemetry.logbook.flight_index import FLIGHTS_FOLDER, FlightIndex
from telemetry.logbook.flight_record import FlightRecord, JournalSpan
from telemetry.logbook.flight_search import autopilots_in, index_of, messages_of
from telemetry.logbook.journal import first_stamp_s, journals_in, link_word
from telemetry.refusal import TelemetryError
from telemetry.vehicle.state_tracker import StateTracker
from telemetry.wire.dialect import definition_of
from telemetry.wire.tlog import STAMP_SIZE, pack_stamp
from telemetry.wire.tlog_index import IndexedFrames, Rows, TlogIndex

BEFORE_S = 10.0
AFTER_S = 5.0

_GRAVEST_TOLD = 4  # MAV_SEVERITY_WARNING
_SAME_FRAME_S = 1.0
_CHUNK = 4096
_EARTH = Geod(ellps="WGS84")
_POSITION = definition_of("GLOBAL_POSITION_INT").msg_id
_TELLING = tuple(
    definition_of(name).msg_id for name in ("HEARTBEAT", "STATUSTEXT", "EXTENDED_SYS_STATE", "FENCE_STATUS")
)
_TOLD = (Armed, Disarmed, FenceBreached, Landed, ModeChanged, TookOff)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightOrder:
    """A flight to be logged.

    Parameters
    ----------
    root : Path
        The folder of all runs.
    run : str
        Folder of the run.
    links : tuple of str
        Names of the links that carried it.
    events : tuple of mapping
        What the station saw and the recordings do not hold, such as alerts.
    """

    root: Path
    run: str
    vehicle_id: str
    system_id: int
    links: tuple[str, ...]
    begin_s: float
    end_s: float
    is_complete: bool
    plan_name: str = ""
    events: tuple[Mapping[str, Any], ...] = ()


def log_flight(order: FlightOrder) -> FlightRecord:
    """Make the log of a flight and add it to the index.

    Raises
    ------
    TelemetryError
        If its recordings hold nothing of it.
    OSError
        If it cannot be written.
    """
    index = index_of(_segments_of(order))
    if index is None:
        raise TelemetryError("its recordings hold nothing", place=str(order.root / order.run))
    frames = IndexedFrames(index)
    try:
        rows = _rows_of(order, index, frames)
        if not (index.system_id[rows] == order.system_id).any():
            raise TelemetryError("its recordings hold nothing of it", place=str(order.root / order.run))
        flights = FlightIndex(order.root)
        path = _write(order, flights, index, frames, rows)
        record = _record(order, path, index, frames, rows)
    finally:
        frames.close()
    flights.add(record)
    return record


def _segments_of(order: FlightOrder) -> list[Path]:
    """Give the segments that may hold something of the flight."""
    wanted = {link_word(link) for link in order.links}
    found = []
    for journal in journals_in(order.root / order.run):
        if wanted and journal.link not in wanted:
            continue
        begins = [(path, first_stamp_s(path)) for path in journal.segments]
        held = [(path, begin_s) for path, begin_s in begins if begin_s is not None]
        for number, (path, begin_s) in enumerate(held):
            next_s = held[number + 1][1] if number + 1 < len(held) else order.end_s
            if begin_s <= order.end_s + AFTER_S and next_s >= order.begin_s - BEFORE_S:
                found.append(path)
    return found


def _rows_of(order: FlightOrder, index: TlogIndex, frames: IndexedFrames) -> Rows:
    """Choose the frames of the drone, and those to it or to all, once each."""
    first = int(np.searchsorted(index.play_s, order.begin_s - BEFORE_S, side="left"))
    stop = index.rows_until(order.end_s + AFTER_S)
    vehicles = list(autopilots_in(index, frames))
    system_id = index.system_id[first:stop]
    is_own = system_id == order.system_id
    others = first + np.flatnonzero(~is_own & ~np.isin(system_id, vehicles))
    chosen = [first + np.flatnonzero(is_own)]
    for rows in _chunks(others):
        messages = messages_of(frames, rows)
        is_for_it = [
            message is not None and message.fields.get("target_system", 0) in (0, order.system_id)
            for message in messages
        ]
        chosen.append(rows[np.array(is_for_it, dtype=bool)])
    rows = np.sort(np.concatenate(chosen))
    return rows if len(index.paths) == 1 else _once_each(index, frames, rows)


def _once_each(index: TlogIndex, frames: IndexedFrames, rows: Rows) -> Rows:
    """Leave out what came over a second link as well."""
    heard: dict[bytes, tuple[float, int]] = {}
    kept = []
    for chunk in _chunks(rows):
        for row, raw in zip(chunk.tolist(), frames.read(chunk), strict=True):
            time_s, file = float(index.play_s[row]), int(index.file[row])
            before = heard.get(raw)
            if before is not None and before[1] != file and time_s - before[0] <= _SAME_FRAME_S:
                continue
            heard[raw] = time_s, file
            kept.append(row)
    return np.array(kept, dtype=np.intp)


def _write(
    order: FlightOrder, flights: FlightIndex, index: TlogIndex, frames: IndexedFrames, rows: Rows
) -> Path:
    folder = order.root / FLIGHTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    begun = datetime.fromtimestamp(order.begin_s, UTC).strftime("%Y-%m-%dT%H%M%SZ")
    name = f"{begun}-{re.sub(r'[^A-Za-z0-9._-]+', '-', order.vehicle_id)}"
    draft = folder / f"{name}.{os.getpid()}.part"
    try:
        with draft.open("wb") as file:
            for chunk in _chunks(rows):
                stamps = index.play_s[chunk].tolist()
                for time_s, raw in zip(stamps, frames.read(chunk), strict=True):
                    file.write(pack_stamp(time_s) + raw)
            file.flush()
            os.fsync(file.fileno())
        number = 1
        while True:
            path = folder / (f"{name}.tlog" if number == 1 else f"{name}-{number}.tlog")
            number += 1
            if path.stem not in flights.flights:
                try:
                    # Unlike renaming, this never replaces what is there.
                    path.hardlink_to(draft)
                except FileExistsError:
                    continue
                return path
    finally:
        draft.unlink(missing_ok=True)


def _record(
    order: FlightOrder, path: Path, index: TlogIndex, frames: IndexedFrames, rows: Rows
) -> FlightRecord:
    own = rows[index.system_id[rows] == order.system_id]
    component_id = autopilots_in(index, frames).get(order.system_id, 1)
    own = own[index.component_id[own] == component_id]
    extent_deg, length_m, alt_max_rel_m = _way(index, frames, own, order)
    told = [document_of(event) for event in _told(index, frames, own, order)]
    return FlightRecord(
        flight_id=path.stem,
        run=order.run,
        vehicle_id=order.vehicle_id,
        system_id=order.system_id,
        links=order.links,
        journals=tuple(_spans(order.root, index, rows)),
        begin_s=order.begin_s,
        end_s=order.end_s,
        is_complete=order.is_complete,
        log=str(path.relative_to(order.root)),
        log_bytes=path.stat().st_size,
        messages=len(rows),
        extent_deg=extent_deg,
        length_m=round(length_m, 1),
        alt_max_rel_m=alt_max_rel_m,
        plan_name=order.plan_name,
        events=tuple(sorted((*told, *order.events), key=lambda event: float(event["time_s"]))),
    )


def _spans(root: Path, index: TlogIndex, rows: Rows) -> Iterator[JournalSpan]:
    for number, path in enumerate(index.paths):
        mine = rows[index.file[rows] == number]
        if len(mine):
            ends = index.offset[mine] + STAMP_SIZE + index.size[mine]
            yield JournalSpan(
                path=str(path.relative_to(root)), begin=int(index.offset[mine].min()), end=int(ends.max())
            )


def _way(
    index: TlogIndex, frames: IndexedFrames, own: Rows, order: FlightOrder
) -> tuple[tuple[float, float, float, float] | None, float, float | None]:
    """Give extent, length and greatest altitude between arming and disarming."""
    rows = own[index.msg_id[own] == _POSITION]
    rows = rows[(index.play_s[rows] >= order.begin_s) & (index.play_s[rows] <= order.end_s)]
    # Autopilots say 0, 0 before they know.
    places = [
        (message.lat / 1e7, message.lon / 1e7, message.relative_alt / 1e3)
        for chunk in _chunks(rows)
        for message in messages_of(frames, chunk)
        if message is not None and (message.lat or message.lon)
    ]
    if not places:
        return None, 0.0, None
    lat_deg, lon_deg, alt_rel_m = np.array(places).T
    extent_deg = tuple(
        round(float(edge), 7) for edge in (lat_deg.min(), lon_deg.min(), lat_deg.max(), lon_deg.max())
    )
    south, west, north, east = extent_deg
    length_m = float(_EARTH.line_length(lon_deg, lat_deg)) if len(places) > 1 else 0.0
    return (south, west, north, east), length_m, round(float(alt_rel_m.max()), 2)


def _told(index: TlogIndex, frames: IndexedFrames, own: Rows, order: FlightOrder) -> list[Event]:
    """Give the events that the drone itself tells."""
    clock = _At()
    bus = Bus()
    tracker = StateTracker(
        order.vehicle_id, order.system_id, 1, order.links[0] if order.links else "", bus, clock
    )
    told: list[Event] = []
    with bus.subscribe() as events:
        rows = own[np.isin(index.msg_id[own], _TELLING)]
        for chunk in _chunks(rows):
            for time_s, message in zip(index.play_s[chunk].tolist(), messages_of(frames, chunk), strict=True):
                clock.now_s = time_s
                if message is not None:
                    tracker.handle_message(message)
            told += events.pending()
    return [
        event
        for event in told
        if isinstance(event, _TOLD) or (isinstance(event, TextReported) and event.severity <= _GRAVEST_TOLD)
    ]


class _At:
    """The time of the frame that is read."""

    now_s = 0.0

    def monotonic_s(self) -> float:
        return self.now_s

    def utc_s(self) -> float:
        return self.now_s


def _chunks(rows: Rows) -> Iterator[Rows]:
    for at in range(0, len(rows), _CHUNK):
        yield rows[at : at + _CHUNK]
