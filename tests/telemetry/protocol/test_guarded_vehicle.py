"""A guard's orders to a copter in memory: repeated until answered, believed when seen."""

import asyncio

import pytest
from shapely import box

from geofence.monitor.alert import Alert, AlertLevel, AlertLimit
from geofence.zone import Zone, ZoneAction, ZoneKind
from telemetry.events import GuardActed, GuardOverruled, GuardRefused, GuardSwitched
from telemetry.flight.guarded_vehicle import GuardedVehicle
from telemetry.flight.zone_guard import GuardSwitch

BRAKE, RTL, LAND = 17, 6, 9


def red(action=ZoneAction.HOLD):
    zone = Zone.of_area("dam", "dam", ZoneKind.EXCLUSION, box(0, 0, 1, 1), stated_action=action)
    return Alert(zone, AlertLevel.CERTAIN, AlertLimit.SIDE, 10.0, 3.0)


@pytest.fixture
async def flying(vehicle, copter):
    """Give the vehicle in AUTO."""
    copter.is_armed, copter.mode, copter.status = True, 3, 4
    copter.out.append(copter.heartbeat())
    assert await vehicle.wait_until(lambda state: state.mode == "AUTO", 5.0)
    return vehicle


async def settle(guard, vehicle, alerts, mode):
    """Watch as the fleet does until the vehicle is in a mode."""
    async with asyncio.timeout(15):
        while vehicle.state.mode != mode:
            guard.observe(alerts)
            await asyncio.sleep(0.01)
        for _ in range(20):
            guard.observe(alerts)
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("action", "mode"),
    [(ZoneAction.HOLD, "BRAKE"), (ZoneAction.RETURN, "RTL"), (ZoneAction.LAND, "LAND")],
)
async def test_an_order_is_carried_out_and_seen(flying, copter, action, mode):
    guard = GuardedVehicle(flying)
    with flying.bus.subscribe() as events:
        await settle(guard, flying, [red(action)], mode)
        said = [event for event in events.pending() if isinstance(event, GuardActed | GuardRefused)]
    assert [(type(event), event.action, event.zone_id) for event in said] == [
        (GuardActed, action.value, "dam")
    ]
    orders = [message for message in copter.heard if message.name == "COMMAND_LONG"]
    # A landing is begun with BRAKE.
    assert len(orders) == (2 if action is ZoneAction.LAND else 1)
    await guard.close()


async def test_a_refused_hold_becomes_a_return(flying, copter):
    copter.deny[176] = (4, ("Mode change to BRAKE failed: requires position",))
    guard = GuardedVehicle(flying)
    with flying.bus.subscribe() as events:
        await settle(guard, flying, [red()], "RTL")
        said = [event for event in events.pending() if isinstance(event, GuardActed | GuardRefused)]
    assert [(type(event), event.action) for event in said] == [(GuardRefused, "hold"), (GuardActed, "return")]
    assert "requires position" in said[0].reason
    await guard.close()


async def test_a_return_that_is_not_clear_becomes_a_hold(flying):
    guard = GuardedVehicle(flying, lambda: False)
    await settle(guard, flying, [red(ZoneAction.RETURN)], "BRAKE")
    await guard.close()


async def test_switching_is_told_and_a_guard_that_is_off_is_silent(flying, copter):
    guard = GuardedVehicle(flying)
    with flying.bus.subscribe() as events:
        guard.set_switch(GuardSwitch(is_on=False, who="Li", why="rescue"))
        guard.set_switch(GuardSwitch(is_on=False, who="Li", why="rescue"))
        for _ in range(10):
            guard.observe([red()])
            await asyncio.sleep(0.005)
        (switched,) = [event for event in events.pending() if isinstance(event, GuardSwitched)]
    assert (switched.is_on, switched.who, switched.why) == (False, "Li", "rescue")
    assert [message for message in copter.heard if message.name == "COMMAND_LONG"] == []
    await guard.close()


async def test_an_operators_command_takes_over(flying):
    guard = GuardedVehicle(flying)
    await settle(guard, flying, [red()], "BRAKE")
    with flying.bus.subscribe() as events:
        guard.note_command("resume")
        assert guard.is_overruled
        (overruled,) = [event for event in events.pending() if isinstance(event, GuardOverruled)]
    assert "resume" in overruled.reason
    await guard.close()
