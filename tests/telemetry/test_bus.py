"""Events reach everyone, in order."""

import asyncio

from telemetry import bus as bus_file
from telemetry.bus import Bus
from telemetry.events import Armed, Disarmed


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
