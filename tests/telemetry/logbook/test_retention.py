"""What is kept, and what goes first."""

import os

import pytest

from telemetry.logbook.flight_index import FlightIndex
from telemetry.logbook.retention import Retention, apply_retention
from telemetry.refusal import TelemetryError
from tests.telemetry.logbook.test_flight_index import flight

NOW_S = 1_795_339_860.0
DAY_S = 86_400.0


@pytest.fixture
def root(tmp_path):
    """Five runs and five flights, one a day, of 100 bytes each; the newest run is still written to."""
    index = FlightIndex(tmp_path)
    for days in range(5):
        ended_s = NOW_S - days * DAY_S
        run = tmp_path / f"run{days}"
        run.mkdir()
        (run / "1-x.tlog").write_bytes(b"x" * 100)
        (run / "events.jsonl").write_text("{}\n")
        os.utime(run / "1-x.tlog", (ended_s, ended_s))
        index.mark_examined(run.name)
        log = tmp_path / "flights" / f"f{days}.tlog"
        log.write_bytes(b"x" * 100)
        index.add(flight(f"f{days}", log_bytes=100, end_s=ended_s))
    index.pin("f4", is_pinned=True)
    return tmp_path


def left(root):
    return sorted(
        path.stem if path.parent.name == "flights" else path.parent.name for path in root.rglob("*.tlog")
    )


def apply(root, **limits):
    return apply_retention(
        root, Retention(**limits), now_s=NOW_S, is_done=lambda path: path.parent.name != "run0"
    )


def test_without_limits_all_is_kept(root):
    assert apply(root) == []
    assert len(left(root)) == 10


def test_old_ones_go_and_pinned_ones_stay(root):
    [event] = apply(root, age_max_s=2.5 * DAY_S)
    assert (event.reason, event.freed_bytes, len(event.paths)) == ("age", 300, 3)
    assert left(root) == ["f0", "f1", "f2", "f4", "run0", "run1", "run2"]
    assert not (root / "run3").exists()
    assert FlightIndex(root).flights["f3"].is_deleted
    assert apply(root, age_max_s=2.5 * DAY_S) == []


def test_for_room_journals_go_first_then_the_oldest_flights(root):
    [event] = apply(root, bytes_max=750)
    assert (event.reason, event.freed_bytes) == ("size", 300)
    assert left(root) == ["f0", "f1", "f2", "f3", "f4", "run0", "run1"]
    apply(root, bytes_max=450)
    assert left(root) == ["f0", "f1", "f4", "run0"]
    apply(root, bytes_max=1)
    assert left(root) == ["f4", "run0"]


@pytest.mark.parametrize("limits", [{"age_max_s": 0.0}, {"bytes_max": -1}, {"age_max_s": float("nan")}])
def test_a_limit_that_is_none_is_refused(limits):
    with pytest.raises(TelemetryError, match="above 0"):
        Retention(**limits)
