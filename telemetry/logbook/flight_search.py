"""The flights in recordings, told by the autopilots' own heartbeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pymavlink.dialects.v20 import ardupilotmega

from telemetry.logbook.journal import first_stamp_s
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import decode, frame_at
from telemetry.wire.dialect import definition_of
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message
from telemetry.wire.tlog_index import IndexedFrames, Rows, TlogIndex

_HEARTBEAT = definition_of("HEARTBEAT").msg_id


@dataclass(frozen=True, slots=True)
class FlightSpan:
    """From arming to disarming; where that was not recorded, from the first or to the last that was heard."""

    system_id: int
    begin_s: float
    end_s: float
    is_complete: bool


def index_of(paths: Sequence[Path]) -> TlogIndex | None:
    """Index those of some recordings that hold anything; None where none does."""
    held = [path for path in paths if first_stamp_s(path) is not None]
    while held:
        try:
            return TlogIndex(held)
        except TelemetryError as error:
            held = [path for path in held if str(path) != error.place]
    return None


def messages_of(frames: IndexedFrames, rows: Rows) -> list[Message | None]:
    """Read messages; None for those that the dialect does not know."""
    messages: list[Message | None] = []
    for raw in frames.read(rows):
        found = frame_at(raw, 0, len(raw))
        known = isinstance(found, Frame) and found.definition is not None
        messages.append(decode(found) if known and isinstance(found, Frame) else None)
    return messages


def autopilots_in(index: TlogIndex, frames: IndexedFrames) -> dict[int, int]:
    """Give the system ids that an autopilot spoke under, and its component id."""
    rows = np.flatnonzero(index.msg_id == _HEARTBEAT)
    senders = index.system_id[rows].astype(np.int64) << 8 | index.component_id[rows]
    _, first = np.unique(senders, return_index=True)
    found: dict[int, int] = {}
    for row, message in zip(np.sort(rows[first]), messages_of(frames, np.sort(rows[first])), strict=True):
        if message is not None and _is_autopilot(message):
            found.setdefault(int(index.system_id[row]), int(index.component_id[row]))
    return found


def flights_in(index: TlogIndex) -> list[FlightSpan]:
    """Find all flights."""
    frames = IndexedFrames(index)
    try:
        return [
            span
            for system_id, component_id in autopilots_in(index, frames).items()
            for span in _flights_of(index, frames, system_id, component_id)
        ]
    finally:
        frames.close()


def _flights_of(
    index: TlogIndex, frames: IndexedFrames, system_id: int, component_id: int
) -> list[FlightSpan]:
    is_of_it = (index.system_id == system_id) & (index.component_id == component_id)
    rows = np.flatnonzero((index.msg_id == _HEARTBEAT) & is_of_it)
    spans: list[FlightSpan] = []
    was_armed: bool | None = None
    begin_s = 0.0
    has_begun = False
    for time_s, message in zip(index.play_s[rows].tolist(), messages_of(frames, rows), strict=True):
        if message is None:
            continue
        is_armed = bool(message.base_mode & ardupilotmega.MAV_MODE_FLAG_SAFETY_ARMED)
        if is_armed and not was_armed:
            begin_s, has_begun = time_s, was_armed is False
        elif was_armed and not is_armed:
            spans.append(FlightSpan(system_id, begin_s, time_s, has_begun))
        was_armed = is_armed
    if was_armed:
        last_s = float(index.play_s[np.flatnonzero(is_of_it)[-1]])
        spans.append(FlightSpan(system_id, begin_s, last_s, is_complete=False))
    return spans


def _is_autopilot(heartbeat: Message) -> bool:
    return bool(
        heartbeat.autopilot != ardupilotmega.MAV_AUTOPILOT_INVALID
        and heartbeat.type != ardupilotmega.MAV_TYPE_GCS
    )
