"""The flights in a telemetry log, told by its heartbeats."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pymavlink.dialects.v20 import ardupilotmega

from telemetry.wire.tlog_table import TlogTable


@dataclass(frozen=True, slots=True)
class LoggedFlight:
    """From arming to disarming.

    Parameters
    ----------
    system_id : int
    armed_utc_s : float
        Of the first heartbeat that says so.
    disarmed_utc_s : float or None
        Of the first one that no longer does; None where the log ends before.
    """

    system_id: int
    armed_utc_s: float
    disarmed_utc_s: float | None


def flights_of(table: TlogTable) -> list[LoggedFlight]:
    """Find the flights of all vehicles, in the order they were armed."""
    if "HEARTBEAT" not in table:
        return []
    beats = table["HEARTBEAT"]
    beats = beats[
        (beats["autopilot"] != ardupilotmega.MAV_AUTOPILOT_INVALID)
        & (beats["type"] != ardupilotmega.MAV_TYPE_GCS)
    ]
    flights = [
        flight
        for system_id in np.unique(beats["system_id"])
        for flight in _flights(int(system_id), beats[beats["system_id"] == system_id])
    ]
    return sorted(flights, key=lambda flight: (flight.armed_utc_s, flight.system_id))


def _flights(system_id: int, beats: NDArray[np.void]) -> list[LoggedFlight]:
    is_armed = (beats["base_mode"] & ardupilotmega.MAV_MODE_FLAG_SAFETY_ARMED) != 0
    edges = np.flatnonzero(np.diff(is_armed, prepend=False))
    times_utc_s = [float(time) / 1e6 for time in beats["time_utc_us"][edges]]
    ends: list[float | None] = [*times_utc_s[1::2]]
    if len(times_utc_s) % 2:
        ends.append(None)
    return [LoggedFlight(system_id, start, end) for start, end in zip(times_utc_s[::2], ends, strict=True)]
