"""How long recordings are kept: the links' recordings go first, then the flights' logs, and never one that is pinned."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from telemetry.events import RecordingsDeleted
from telemetry.logbook.flight_index import FLIGHTS_FOLDER, FlightIndex
from telemetry.logbook.journal import journals_in
from telemetry.refusal import TelemetryError


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept; None is without limit.

    Parameters
    ----------
    age_max_s : float or None
    bytes_max : int or None
        Of all recordings and logs together.

    Raises
    ------
    TelemetryError
        If a limit is not above 0.
    """

    age_max_s: float | None = None
    bytes_max: int | None = None

    def __post_init__(self) -> None:
        for limit in (self.age_max_s, self.bytes_max):
            if limit is not None and not limit > 0:
                raise TelemetryError(
                    f"recordings cannot be kept to a limit of {limit:g}", remedy="Give a number above 0"
                )


@dataclass(frozen=True, slots=True)
class _Kept:
    path: Path
    ended_s: float
    size: int
    flight_id: str = ""


def apply_retention(
    root: Path, retention: Retention, *, now_s: float, is_done: Callable[[Path], bool]
) -> list[RecordingsDeleted]:
    """Delete what is kept no longer.

    Parameters
    ----------
    root : Path
        The folder of all runs.
    retention : Retention
    now_s : float
        UTC.
    is_done : callable
        Whether a link's recording is written to no more, and all its flights are logged.

    Returns
    -------
    list of RecordingsDeleted
        At most one for age and one for size.
    """
    index = FlightIndex(root)
    journals = sorted(_journals(root), key=lambda kept: kept.ended_s)
    logs = sorted(_logs(index), key=lambda kept: kept.ended_s)
    total = sum(kept.size for kept in (*journals, *logs))
    free = [kept for kept in journals if is_done(kept.path)]
    free += [kept for kept in logs if not index.flights[kept.flight_id].is_pinned]
    too_old, too_much = [], []
    for kept in free:
        if retention.age_max_s is not None and now_s - kept.ended_s > retention.age_max_s:
            too_old.append(kept)
            total -= kept.size
    for kept in free:
        if kept not in too_old and retention.bytes_max is not None and total > retention.bytes_max:
            too_much.append(kept)
            total -= kept.size
    deleted = [("age", _delete(too_old, index)), ("size", _delete(too_much, index))]
    _remove_empty_runs(root)
    return [
        RecordingsDeleted(
            time_s=now_s,
            paths=tuple(str(kept.path) for kept in gone),
            freed_bytes=sum(kept.size for kept in gone),
            reason=reason,
        )
        for reason, gone in deleted
        if gone
    ]


def _journals(root: Path) -> Iterable[_Kept]:
    for run in root.iterdir():
        if run.is_dir() and run.name != FLIGHTS_FOLDER:
            for journal in journals_in(run):
                for path in journal.segments:
                    with contextlib.suppress(OSError):
                        status = path.stat()
                        yield _Kept(path, status.st_mtime, status.st_size)


def _logs(index: FlightIndex) -> Iterable[_Kept]:
    for flight in index.flights.values():
        if not flight.is_deleted:
            yield _Kept(index.log_of(flight), flight.end_s, flight.log_bytes, flight.flight_id)


def _delete(doomed: list[_Kept], index: FlightIndex) -> list[_Kept]:
    gone = []
    for kept in doomed:
        try:
            kept.path.unlink(missing_ok=True)
        except OSError:
            continue
        if kept.flight_id:
            index.mark_deleted(kept.flight_id)
        gone.append(kept)
    return gone


def _remove_empty_runs(root: Path) -> None:
    """Remove the folders of runs of which nothing is left but what the station saw."""
    examined = FlightIndex(root).examined
    for name in examined:
        run = root / name
        with contextlib.suppress(OSError):
            if not journals_in(run):
                for path in run.glob("events.jsonl"):
                    path.unlink()
                run.rmdir()
