"""The index survives what strikes it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.logbook.flight_index import FlightIndex
from telemetry.logbook.flight_record import FlightRecord, JournalSpan
from telemetry.refusal import TelemetryError


def flight(flight_id, **changes):
    values = {
        "flight_id": flight_id,
        "run": "2026-11-22T093100Z",
        "vehicle_id": "1-1",
        "system_id": 1,
        "links": ("udp:x",),
        "journals": (JournalSpan(path="run/1-x.tlog", begin=3, end=99),),
        "begin_s": 1.0,
        "end_s": 2.0,
        "is_complete": True,
        "log": f"flights/{flight_id}.tlog",
        "log_bytes": 10,
        "messages": 5,
        "extent_deg": (36.0, 103.0, 36.1, 103.1),
        "length_m": 12.5,
        "alt_max_rel_m": None,
        "plan_name": "青石岛",
        "events": ({"kind": "armed", "time_s": 1.0},),
    }
    return FlightRecord(**{**values, **changes})


def test_what_was_added_is_read_again(tmp_path):
    index = FlightIndex(tmp_path)
    for flight_id in ("a1", "a2", "b"):
        index.add(flight(flight_id))
    index.pin("a1", is_pinned=True)
    index.mark_deleted("a2")
    index.mark_examined("run")
    again = FlightIndex(tmp_path)
    assert again.flights == index.flights
    assert again.flights["b"] == flight("b")
    assert again.flights["a1"].is_pinned
    assert again.examined == {"run"}
    assert again.flight("b").flight_id == "b"
    assert again.log_of(again.flight("b")) == tmp_path / "flights" / "b.tlog"
    for wanted, said in (("a", "2 flights"), ("x", "no flight"), ("", "no flight")):
        with pytest.raises(TelemetryError, match=said):
            again.flight(wanted)
    with pytest.raises(TelemetryError, match="was deleted"):
        again.log_of(again.flight("a2"))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_line_cut_anywhere_costs_that_line_only(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("index")
    index = FlightIndex(root)
    for flight_id in ("a", "b", "c"):
        index.add(flight(flight_id))
    content = index.path.read_bytes()
    size = data.draw(st.integers(0, len(content)))
    index.path.write_bytes(content[:size])
    after = FlightIndex(root)
    ends = [place for place, byte in enumerate(content) if byte == ord("\n")]
    assert list(after.flights) == ["a", "b", "c"][: sum(end <= size for end in ends)]
    after.add(flight("d"))
    again = FlightIndex(root)
    assert list(again.flights) == list(after.flights)
    assert again.broken_lines <= 1
