"""What a recording holds, as a document."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry.logged_flight import flights_of
from telemetry.wire.stray_stamps import without_strays
from telemetry.wire.tlog_table import TlogTable

_LATEST_UTC_US = 253_402_300_799_000_000
"""The end of year 9999; stamps beyond it are no times."""


def recording_document(table: TlogTable) -> dict[str, Any]:
    """Tell size, time, flights, and number and rate of each message."""
    times = _credible(table.times_utc_us)
    return {
        "file": str(table.path),
        "bytes": table.size,
        "messages": len(table.times_utc_us),
        "first_utc_s": float(times.min()) / 1e6 if len(times) else None,
        "last_utc_s": float(times.max()) / 1e6 if len(times) else None,
        "flights": [
            {
                "system_id": flight.system_id,
                "armed_utc_s": flight.armed_utc_s,
                "disarmed_utc_s": flight.disarmed_utc_s,
            }
            for flight in flights_of(table)
        ],
        "types": {
            name: {"count": count, "rate_hz": _rate_hz(table[name]["time_utc_us"])}
            for name, count in table.counts.items()
        },
        "unknown_ids": {str(msg_id): count for msg_id, count in table.unknown_ids.items()},
        "anomalies": table.anomalies,
        "problem": table.problem,
    }


def _credible(times_utc_us: NDArray[np.int64]) -> NDArray[np.int64]:
    times = without_strays(times_utc_us, per_s=1e6)
    return times[(times >= 0) & (times <= _LATEST_UTC_US)]


def _rate_hz(times_utc_us: NDArray[np.int64]) -> float | None:
    times = _credible(times_utc_us)
    span_us = int(times.max() - times.min()) if len(times) else 0
    return round((len(times) - 1) * 1e6 / span_us, 2) if span_us else None
