"""`feiying flights` on a real index."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from server import cli
from server.cli import flights as flights_command
from telemetry.logbook.flight_index import FlightIndex
from telemetry.logbook.flight_log import FlightOrder, log_flight
from telemetry.recorder import Recorder
from telemetry.refusal import TelemetryError
from tests.telemetry.logbook.recorded import BEGIN_S, record_flight

FLIGHT_ID = "2026-11-22T093120Z-1-1"
assert flights_command


@pytest.fixture
def root(tmp_path: Path) -> Path:
    recorder = Recorder(tmp_path)
    recording = recorder.record(1, "udp:x")
    record_flight(recording.write)
    recording.close()
    recorder.close()
    log_flight(
        FlightOrder(
            root=tmp_path,
            run=recorder.folder.name,
            vehicle_id="1-1",
            system_id=1,
            links=("udp:x",),
            begin_s=BEGIN_S + 20,
            end_s=BEGIN_S + 60,
            is_complete=False,
            plan_name="island",
        )
    )
    return tmp_path


def run(*arguments: Any) -> str:
    result = CliRunner().invoke(cli.app, ["flights", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_flights_are_listed_and_shown(root: Path) -> None:
    listed = run("list", "--record", root)
    assert FLIGHT_ID in listed
    assert "island" in listed
    assert "(not complete)" in listed
    [document] = orjson.loads(run("list", "--record", root, "--json"))["flights"]
    assert (document["flight_id"], document["messages"]) == (FLIGHT_ID, 226)
    shown = run("show", "2026", "--record", root)
    assert "2026-11-22 09:31:20Z Armed" in shown
    assert "EKF variance" in shown
    assert orjson.loads(run("show", "2026", "--record", root, "--json"))["plan_name"] == "island"


def test_a_flight_is_exported_never_over_another_file(root: Path, tmp_path: Path) -> None:
    output = tmp_path / "mine.tlog"
    run("export", FLIGHT_ID, "-o", output, "--record", root)
    assert output.read_bytes() == (root / "flights" / f"{FLIGHT_ID}.tlog").read_bytes()
    output.write_bytes(b"other")
    with pytest.raises(TelemetryError, match="file exists"):
        run("export", FLIGHT_ID, "-o", output, "--record", root)
    assert output.read_bytes() == b"other"


def test_a_flight_is_pinned_and_let_go(root: Path) -> None:
    run("pin", FLIGHT_ID, "--record", root)
    assert FlightIndex(root).flights[FLIGHT_ID].is_pinned
    assert orjson.loads(run("pin", FLIGHT_ID, "--off", "--record", root, "--json"))["is_pinned"] is False
    assert not FlightIndex(root).flights[FLIGHT_ID].is_pinned
    with pytest.raises(TelemetryError, match="no flight"):
        run("pin", "1999", "--record", root)
