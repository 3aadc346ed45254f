import asyncio
import re
from pathlib import Path
from typing import Any

from server.event_log import EventLog
from telemetry.bus import Bus
from telemetry.events import (
    Armed,
    Event,
    ItemReached,
    ModeChanged,
    OrderedEvent,
    TextReported,
    TransferProgressed,
    ZoneViolated,
)
from telemetry.subject import kind_of


def armed(number: int) -> Armed:
    return Armed(time_s=float(number), vehicle_id="1-1")


async def test_events_are_numbered_in_order_and_the_oldest_forgotten() -> None:
    log = EventLog(Bus(), capacity=3)
    for number in range(1, 6):
        log.add(armed(number))
    assert [event.seq for event in log.after(0)] == [3, 4, 5]
    assert [event.seq for event in log.after(4)] == [5]
    assert log.after(5) == []
    assert log.after(99) == []


async def test_what_matters_is_not_crowded_out() -> None:
    log = EventLog(Bus())
    log.add(armed(1))
    log.add(armed(2))
    for seq in range(50):
        log.add(ItemReached(time_s=0.0, vehicle_id="1-1", seq=seq))
    log.add(armed(3))
    log.add(ItemReached(time_s=0.0, vehicle_id="1-1", seq=50))
    assert [event.seq for event in log.digest(2, 3)] == [2, 51, 52, 53, 54]
    assert [event.seq for event in log.digest(200, 0)] == [1, 2, 53]
    assert len(log.digest(200, 100)) == 54


async def test_the_bus_is_heard(until: Any) -> None:
    bus = Bus()
    log = EventLog(bus)
    log.start()
    bus.publish(ModeChanged(time_s=1.0, vehicle_id="1-1", mode="AUTO"))
    await until(lambda: log.last_seq == 1)
    assert log.after(0)[0].document == {
        "seq": 1,
        "time_s": 1.0,
        "drone_id": "1-1",
        "kind": "mode_changed",
        "severity": "notice",
        "data": {"mode": "AUTO"},
        "text": "Mode AUTO",
    }
    await log.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "event log"]


def test_kinds_are_snake_case() -> None:
    assert kind_of(armed(1)) == "armed"
    assert kind_of(ZoneViolated(time_s=0.0, zone_id="z", clearance_m=-1.0)) == "zone_violated"


async def test_a_long_upload_fills_no_log() -> None:
    log = EventLog(Bus())
    for done in range(651):
        log.add(TransferProgressed(time_s=0.0, vehicle_id="1-1", what="mission", done=done, total=650))
    assert [event.document["data"]["done"] for event in log.after(0)] == [65 * tenth for tenth in range(11)]


def test_every_kind_has_a_word_on_the_page() -> None:
    folder = Path(__file__).parents[2] / "server/page/src/words"
    words = "".join(path.read_text("utf-8") for path in folder.glob("*en.ts"))
    kinds = [*Event.__subclasses__(), *OrderedEvent.__subclasses__()]
    for event_class in kinds:
        if event_class.__name__ == "OrderedEvent" or not event_class.__module__.startswith("telemetry."):
            continue
        kind = re.sub(r"(?<!^)(?=[A-Z])", "_", event_class.__name__).lower()
        assert kind == "text_reported" or re.search(rf'"event\.{kind}[".]', words), kind


async def test_what_keeps_a_vehicle_down_is_no_emergency() -> None:
    log = EventLog(Bus())
    for text in ("PreArm: Need Position Estimate", "Arm: Accels inconsistent", "Crash: Disarming"):
        log.add(TextReported(time_s=0.0, severity=2, text=text))
    assert [event.document["severity"] for event in log.after(0)] == ["warning", "warning", "critical"]


async def test_severities_follow_the_vehicles_words() -> None:
    log = EventLog(Bus())
    for severity in range(8):
        log.add(TextReported(time_s=0.0, severity=severity, text="x"))
    assert [event.document["severity"] for event in log.after(0)] == [
        *("critical", "critical", "critical", "warning", "warning", "notice", "info", "info")
    ]


def test_every_event_has_a_sentence() -> None:
    import dataclasses

    from server.event_text import severity_of, text_of
    from telemetry import events
    from telemetry.network.signing_mismatch import MISMATCHES

    for event_class in vars(events).values():
        if not (isinstance(event_class, type) and issubclass(event_class, events.Event)):
            continue
        if event_class in (events.Event, events.OrderedEvent):
            continue
        samples = {str: "word", int: 3, float: -1.0, bool: True, float | None: 5.0}
        values: dict[str, Any] = {
            field.name: samples.get(field.type, {"RTL_ALT": (1500.0, 4500.0)})
            for field in dataclasses.fields(event_class)
        }
        values.update({"cause": next(iter(MISMATCHES))} if event_class is events.SigningMismatched else {})
        event = event_class(**values)
        assert text_of(event)
        assert event_class in (events.Armed, events.Disarmed, events.Landed) or (
            text_of(event) != event_class.__name__
        )
        assert severity_of(event) in ("info", "notice", "warning", "critical")
