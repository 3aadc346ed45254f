"""Events reach everyone, in order."""

import asyncio

import pytest

from telemetry import bus as bus_file
from telemetry.bus import Bus, EventBus
from telemetry.events import Armed, Disarmed, EventsDropped, LinkOpened, ModeChanged
from telemetry.refusal import TelemetryError
from telemetry.subject import SubjectPattern, subject_of


async def test_every_subscription_gets_every_event_in_order():
    bus = Bus()
    one, two = bus.subscribe(), bus.subscribe()
    events = [Armed(time_s=1.0), Disarmed(time_s=2.0)]
    for event in events:
        bus.publish(event)
    assert one.pending() == events
    assert one.pending() == []
    two.close()
    bus.publish(Armed(time_s=3.0))
    assert [event async for event in two] == events


async def test_waiting_for_an_event_ends_with_the_event_or_the_close():
    bus = Bus()
    with bus.subscribe() as subscription:
        waiting = asyncio.create_task(anext(subscription))
        await asyncio.sleep(0)
        bus.publish(Armed(time_s=1.0))
        assert await waiting == Armed(time_s=1.0)
        rest = asyncio.create_task(_all(subscription))
        await asyncio.sleep(0)
    assert await rest == []
    subscription.close()


async def _all(subscription):
    return [event async for event in subscription]


def test_one_that_never_listens_loses_the_oldest_and_knows_it(monkeypatch):
    monkeypatch.setattr(bus_file, "_MAX_WAITING", 3)
    bus = Bus()
    subscription = bus.subscribe()
    for number in range(5):
        bus.publish(Armed(time_s=number))
    assert [event.time_s for event in subscription.pending()] == [2, 3, 4]
    assert subscription.dropped == 2


def modes(*names, vehicle_id="1-1"):
    return [
        ModeChanged(time_s=float(number), vehicle_id=vehicle_id, mode=name)
        for number, name in enumerate(names)
    ]


def test_a_subject_is_made_of_vehicle_and_kind():
    assert subject_of(Armed(time_s=0.0, vehicle_id="1-1")) == "drone.1-1.event.armed"
    assert subject_of(LinkOpened(time_s=0.0, link="udp:x:1")) == "station.event.link_opened"
    assert subject_of(Armed(time_s=0.0, vehicle_id="north.a *>b")) == "drone.north_a_b.event.armed"


@pytest.mark.parametrize(
    ("pattern", "subject", "fits"),
    [
        ("drone.1-1.event.armed", "drone.1-1.event.armed", True),
        ("drone.1-1.event.armed", "drone.1-1.event.disarmed", False),
        ("drone.*.event.armed", "drone.2-9.event.armed", True),
        ("drone.*.armed", "drone.2-9.event.armed", False),
        ("drone.1-1.>", "drone.1-1.event.armed", True),
        ("drone.1-1.>", "drone.1-1", False),
        ("drone.1-1.>", "drone.1-12.event.armed", False),
        (">", "station.event.link_lost", True),
        ("*.*.*", "station.event.link_lost", True),
        ("*", "station.event.link_lost", False),
    ],
)
def test_patterns_fit_word_by_word(pattern, subject, fits):
    assert SubjectPattern(pattern).matches(subject) is fits
    assert SubjectPattern("nobody.here", pattern).matches(subject) is fits


@pytest.mark.parametrize("pattern", ["", "drone.", ".armed", "drone..armed", "drone.>.armed", "drone 1.>"])
def test_a_pattern_that_is_none_is_refused(pattern):
    with pytest.raises(TelemetryError, match="no pattern of subjects"):
        Bus().subscribe(pattern)


def test_subscribers_get_what_their_patterns_fit():
    bus = Bus()
    arming = bus.subscribe("drone.*.event.armed", "drone.*.event.disarmed")
    second = bus.subscribe("drone.1-2.>")
    armed = [Armed(time_s=0.0, vehicle_id=f"1-{number}") for number in (1, 2)]
    mode = ModeChanged(time_s=1.0, vehicle_id="1-2", mode="RTL")
    for event in (*armed, mode, LinkOpened(time_s=2.0, link="x")):
        bus.publish(event)
    assert arming.pending() == armed
    assert second.pending() == [armed[1], mode]


def test_the_latest_of_each_subject_is_kept():
    bus = Bus()
    for event in (
        *modes("AUTO", "RTL"),
        *modes("GUIDED", vehicle_id="1-2"),
        Armed(time_s=9.0, vehicle_id="1-1"),
    ):
        bus.publish(event)
    assert [(p.seq, p.subject, p.event.mode) for p in bus.latest("drone.*.event.mode_changed")] == [
        (2, "drone.1-1.event.mode_changed", "RTL"),
        (3, "drone.1-2.event.mode_changed", "GUIDED"),
    ]
    assert len(bus.latest()) == 3


def test_what_was_published_before_is_handed_out_from_a_number_on(monkeypatch):
    monkeypatch.setattr(bus_file, "_RING_SIZE", 3)
    bus = Bus()
    told = modes("A", "B", "C", "D", "E")
    for event in told:
        bus.publish(event)
    assert bus.last_seq == 5
    late = bus.subscribe(after_seq=4)
    assert (late.pending(), late.missed) == (told[4:], 0)
    later = bus.subscribe("drone.>", after_seq=1)
    assert (later.pending(), later.missed) == (told[2:], 1)
    assert bus.subscribe(after_seq=5).pending() == []
    assert bus.publish(told[0]) == 6
    assert later.pending() == told[:1]
    for number in (-1, 7):
        with pytest.raises(TelemetryError, match="its newest is 6"):
            bus.subscribe(after_seq=number)


def test_a_slow_subscriber_costs_the_others_nothing_and_is_told_of(monkeypatch, caplog):
    monkeypatch.setattr(bus_file, "_MAX_WAITING", 3)
    bus: EventBus = Bus()
    slow = bus.subscribe("drone.>", name="slow one")
    quick = bus.subscribe()
    got = []
    for event in (told := modes(*"ABCDEFG")):
        bus.publish(event)
        got += quick.pending()
    assert [event for event in got if not isinstance(event, EventsDropped)] == told
    assert [event for event in got if isinstance(event, EventsDropped)] == [
        EventsDropped(time_s=3.0, subscriber="slow one")
    ]
    assert (slow.pending(), slow.dropped, quick.dropped) == (told[4:], 4, 0)
    assert "slow one" in caplog.text
