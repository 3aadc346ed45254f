"""A flight's log holds what its drone said and heard, and the index says what it was."""

import errno
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyproj import Geod

from telemetry.bus import Bus
from telemetry.events import (
    Armed,
    Disarmed,
    FlightLogFailed,
    FlightLogged,
    LinkLost,
    MissionUploaded,
    RecordingRepaired,
    VehicleDiscovered,
    ZoneViolated,
)
from telemetry.logbook import flight_logger
from telemetry.logbook.examination import examine_run, runs_to_examine
from telemetry.logbook.flight_index import FlightIndex
from telemetry.logbook.flight_log import FlightOrder, log_flight
from telemetry.logbook.flight_logger import FlightLogger
from telemetry.recorder import Recorder
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import decode
from telemetry.wire.tlog import TlogReader
from tests.telemetry.logbook.recorded import BEGIN_S, Speaker, record_flight


@pytest.fixture
def recorder(tmp_path):
    recorder = Recorder(tmp_path)
    yield recorder
    recorder.close()


@pytest.fixture
def executor():
    with ThreadPoolExecutor(1) as executor:
        yield executor


def order(recorder, **changes):
    values = {
        "root": recorder.root,
        "run": recorder.folder.name,
        "vehicle_id": "1-1",
        "system_id": 1,
        "links": ("udp:x",),
        "begin_s": BEGIN_S + 20,
        "end_s": BEGIN_S + 60,
        "is_complete": True,
    }
    return FlightOrder(**{**values, **changes})


def test_a_log_holds_both_directions_of_one_drone(recorder):
    recording = recorder.record(1, "udp:x")
    other = Speaker(2)

    def write(time_s, frames):
        recording.write(time_s, [*frames, other.heartbeat(is_armed=False)])

    record_flight(write)
    recording.close()
    flight = log_flight(order(recorder))
    entries = list(TlogReader(recorder.root / flight.log))
    assert {(frame.system_id, decode(frame).fields.get("target_system")) for _, frame in entries} == {
        (1, None),
        (255, None),
        (255, 1),
    }
    assert entries[0][0] == BEGIN_S + 10
    assert entries[-1][0] == BEGIN_S + 65
    assert len(entries) == flight.messages == 56 * 4 + 2
    assert flight.log_bytes == (recorder.root / flight.log).stat().st_size
    assert flight.flight_id == "2026-11-22T093120Z-1-1"
    assert flight.extent_deg == pytest.approx((0.000001, 0.10018, 0.000001, 0.10054))
    assert flight.length_m == pytest.approx(Geod(ellps="WGS84").inv(0.10018, 0.0, 0.10054, 0.0)[2], abs=0.2)
    assert flight.alt_max_rel_m == 60.0
    assert [(event["kind"], event.get("mode", event.get("text"))) for event in flight.events] == [
        ("mode_changed", "GUIDED"),
        ("armed", None),
        ("took_off", None),
        ("mode_changed", "AUTO"),
        ("text_reported", "EKF variance"),
        ("mode_changed", "GUIDED"),
        ("disarmed", None),
        ("landed", None),
    ]
    [span] = flight.journals
    journal = recorder.root / span.path
    data = journal.read_bytes()[span.begin : span.end]
    assert all(frame.raw in data for _, frame in entries)
    assert int.from_bytes(data[:8], "big") == round((BEGIN_S + 10) * 1e6)


def test_a_flight_over_several_segments_and_links_is_one_log_without_repetition(tmp_path):
    recorder = Recorder(tmp_path, segment_bytes=2000)
    near, far = recorder.record(1, "udp:x"), recorder.record(2, "/dev/ttyUSB0,57600")

    def write(time_s, frames):
        near.write(time_s, frames)
        far.write(time_s + 0.2, [frame for frame in frames if frame[5] == 1][:1])

    record_flight(write)
    near.close()
    far.close()
    flight = log_flight(order(recorder, links=("udp:x", "/dev/ttyUSB0,57600")))
    assert flight.messages == 56 * 4 + 2
    assert len(flight.journals) > 5
    recorder.close()


def test_nothing_recorded_is_refused(recorder):
    with pytest.raises(TelemetryError, match="hold nothing"):
        log_flight(order(recorder))
    recording = recorder.record(1, "udp:x")
    record_flight(recording.write, system_id=7)
    recording.close()
    flight = log_flight(order(recorder, system_id=7))
    again = log_flight(order(recorder, system_id=7))
    assert again.flight_id == f"{flight.flight_id}-2"
    with pytest.raises(TelemetryError, match="hold nothing"):
        log_flight(order(recorder, begin_s=5.0, end_s=6.0))


async def test_flights_are_logged_when_they_end(recorder, executor):
    bus = Bus()
    told = bus.subscribe("drone.*.event.flight_logged")
    recording = recorder.record(1, "udp:x")
    record_flight(recording.write)
    async with FlightLogger(recorder, bus, executor=executor, after_s=0.0):
        bus.publish(VehicleDiscovered(time_s=BEGIN_S, vehicle_id="1-1", system_id=1, link="udp:x"))
        bus.publish(MissionUploaded(time_s=BEGIN_S + 5, vehicle_id="1-1", plan_name="island", count=3))
        bus.publish(Armed(time_s=BEGIN_S + 20, vehicle_id="1-1"))
        bus.publish(ZoneViolated(time_s=BEGIN_S + 33, vehicle_id="1-1", zone_id="hospital", clearance_m=-1.0))
        bus.publish(ZoneViolated(time_s=BEGIN_S + 34, vehicle_id="1-2", zone_id="hospital", clearance_m=-1.0))
        bus.publish(Disarmed(time_s=BEGIN_S + 60, vehicle_id="1-1"))
        logged = await anext(told)
        assert (logged.flight_id, logged.is_complete) == ("2026-11-22T093120Z-1-1", True)
        # A second one, which the end of the service cuts off.
        bus.publish(Armed(time_s=BEGIN_S + 70, vehicle_id="1-1"))
    cut_off = told.pending()[0]
    assert not cut_off.is_complete
    recording.close()
    flights = FlightIndex(recorder.root).flights
    assert list(flights) == [logged.flight_id, cut_off.flight_id]
    assert flights[logged.flight_id].plan_name == "island"
    alerts = [event for event in flights[logged.flight_id].events if event["kind"] == "zone_violated"]
    assert [event["zone_id"] for event in alerts] == ["hospital"]


async def test_a_flight_first_heard_in_the_air_and_a_failure_are_told(recorder, executor):
    bus = Bus()
    told = bus.subscribe("drone.>")
    recording = recorder.record(1, "udp:x")
    record_flight(recording.write, armed_s=0)
    recording.close()
    async with FlightLogger(recorder, bus, executor=executor):
        bus.publish(VehicleDiscovered(time_s=BEGIN_S, vehicle_id="1-1", system_id=1, link="udp:x"))
        bus.publish(LinkLost(time_s=BEGIN_S, vehicle_id="1-1", link="tcp:y", reason="silent"))
        bus.publish(Disarmed(time_s=BEGIN_S + 60, vehicle_id="1-1"))
        bus.publish(VehicleDiscovered(time_s=BEGIN_S, vehicle_id="1-9", system_id=9, link="udp:x"))
        bus.publish(Disarmed(time_s=BEGIN_S + 60, vehicle_id="1-9"))
    events = told.pending()
    [logged] = [event for event in events if isinstance(event, FlightLogged)]
    assert not logged.is_complete
    [failed] = [event for event in events if isinstance(event, FlightLogFailed)]
    assert (failed.vehicle_id, "hold nothing of it" in failed.reason) == ("1-9", True)


async def test_a_disk_that_is_full_is_told_with_what_becomes_of_the_flight(
    recorder, executor, monkeypatch, caplog
):
    def is_full(order):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(flight_logger, "log_flight_of_run", is_full)
    bus = Bus()
    told = bus.subscribe("drone.*.event.flight_log_failed")
    async with FlightLogger(recorder, bus, executor=executor):
        bus.publish(VehicleDiscovered(time_s=BEGIN_S, vehicle_id="1-1", system_id=1, link="udp:x"))
        bus.publish(Disarmed(time_s=BEGIN_S + 60, vehicle_id="1-1"))
    [failed] = told.pending()
    assert failed.reason.startswith(f"{recorder.root}: no space left on device. Make room")
    assert "Traceback" not in caplog.text


async def test_what_a_crash_cut_off_is_mended_and_logged_at_the_next_start(tmp_path, executor):
    crashed = Recorder(tmp_path)
    recording = crashed.record(1, "udp:x")
    record_flight(recording.write, end_s=75)
    record_flight(recording.write, begin_s=BEGIN_S + 100, end_s=50)
    with recording.path.open("ab") as file:
        file.write(recording.path.read_bytes()[:20])
    recording.close()
    crashed.close()
    (crashed.folder / "events.jsonl").write_text(
        json.dumps(
            {
                "kind": "vehicle_discovered",
                "time_s": 1.0,
                "vehicle_id": "north",
                "system_id": 1,
                "link": "udp:x",
            }
        )
        + '\n{"kind": "zone_vi'
    )
    recorder = Recorder(tmp_path)
    bus = Bus()
    told = bus.subscribe()
    async with FlightLogger(recorder, bus, executor=executor):
        repaired = await anext(told)
        assert repaired == RecordingRepaired(time_s=repaired.time_s, path=str(recording.path), cut_bytes=20)
        flights = [await anext(told) for _ in range(2)]
        assert [(flight.vehicle_id, flight.is_complete) for flight in flights] == [
            ("north", True),
            ("north", False),
        ]
    whole, cut = FlightIndex(tmp_path).flights.values()
    assert (whole.begin_s, whole.end_s) == (BEGIN_S + 20, BEGIN_S + 60)
    assert (cut.begin_s, cut.end_s) == (BEGIN_S + 120, BEGIN_S + 149)
    recorder.close()
    assert runs_to_examine(tmp_path) == []
    # Looked through again, nothing is logged twice.
    found = examine_run(tmp_path, crashed.folder.name)
    assert found is not None
    assert found.flights == []


def test_a_run_that_is_recorded_into_is_left_alone(recorder):
    recording = recorder.record(1, "udp:x")
    recording.write(1.0, [Speaker().position(1)])
    assert examine_run(recorder.root, recorder.folder.name) is None
    recording.close()
