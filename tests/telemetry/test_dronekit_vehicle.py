"""dronekit through a bridge, against the simulator: with the control, without it, and refused."""

import argparse
import asyncio
import importlib
import threading
import time
from pathlib import Path

import pytest

from simulator.fleet import SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.control.actor import Actor
from telemetry.control.refusal import ControlHeld
from telemetry.dronekit_adapter import import_dronekit
from telemetry.dronekit_vehicle import dronekit_attached, dronekit_vehicle
from telemetry.events import ControlReleased, ControlTaken
from telemetry.forwarding.attached_stations import attached_stations
from telemetry.links.link_address import open_link_for
from telemetry.refusal import TelemetryError

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
]


def until(condition, timeout_s=40.0):
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


@pytest.fixture
async def bridge():
    """A bridge that two copters of one network are heard by."""
    fleet = SimulatorFleet(2, port=0, speedup=10.0, quick_boot=True)
    await fleet.start()
    try:
        async with Bridge() as bridge:
            for address in fleet.addresses:
                await bridge.add_link(open_link_for(address), "field")
            async with asyncio.timeout(10):
                while len(bridge.vehicles) < 2:
                    await asyncio.sleep(0.02)
            for vehicle in bridge.vehicles.values():
                vehicle.control.share()
            yield bridge
    finally:
        await fleet.stop()


async def test_a_script_that_waits_in_vain_says_the_vehicles_last_words(bridge, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "examples" / "scripts")
    asked_vehicle = importlib.import_module("asked_vehicle")

    def wait(link):
        options = argparse.Namespace(service=None, link=link, drone="1-1", who="li", why="training")
        with asked_vehicle.asked_vehicle(options) as vehicle:
            vehicle.mode = import_dronekit().VehicleMode("GUIDED")
            asked_vehicle.until(lambda: vehicle.mode.name == "GUIDED", "mode GUIDED", timeout_s=0.5)

    async with attached_stations(bridge, ["field=tcp-listen:127.0.0.1:0"]) as [forwarder]:
        with pytest.raises(
            TimeoutError, match=r"not within 0.5 s: mode GUIDED.*Not passed on: this link may only read"
        ):
            await asyncio.to_thread(wait, f"tcp:127.0.0.1:{forwarder.link.port}")


async def test_a_script_flies_the_drone_it_has_the_control_of(bridge):
    dronekit = import_dronekit()
    flown, left = bridge.vehicles["field-2"], bridge.vehicles["field-1"]

    def fly(vehicle):
        until(lambda: vehicle.is_armable)
        vehicle.mode = dronekit.VehicleMode("GUIDED")
        until(lambda: vehicle.mode.name == "GUIDED")
        vehicle.armed = True
        until(lambda: vehicle.armed)
        vehicle.simple_takeoff(10)
        until(lambda: vehicle.location.global_relative_frame.alt > 9)

    with bridge.bus.subscribe() as events:
        async with dronekit_attached(bridge, "field-2", who="li", why="training") as vehicle:
            holding = flown.control.holding
            assert str(holding.actor) == "li (training)"
            await asyncio.to_thread(fly, vehicle)
            assert flown.state.mode == "GUIDED"
            assert flown.control.holding.actor == holding.actor
        assert flown.control.holding is None
        told = [event for event in events.pending() if isinstance(event, ControlTaken | ControlReleased)]
    assert [(type(event), event.vehicle_id, event.who) for event in told] == [
        (ControlTaken, "field-2", "li"),
        (ControlReleased, "field-2", "li"),
    ]
    assert not left.state.is_armed
    assert left.state.mode == "STABILIZE"


async def test_nobody_gets_a_drone_that_another_has(bridge):
    bridge.vehicles["field-1"].control.take(Actor("wang", "patrol"))
    with pytest.raises(ControlHeld, match=r"wang \(patrol\) has the control"):
        async with dronekit_attached(bridge, "field-1", who="li"):
            pass
    assert bridge.vehicles["field-1"].control.request is None


async def test_what_is_taken_over_is_lost_and_reading_goes_on(bridge):
    dronekit = import_dronekit()
    vehicle = bridge.vehicles["field-1"]

    def try_to_arm(scripted):
        scripted.mode = dronekit.VehicleMode("GUIDED")
        until(lambda: denied)

    async with dronekit_attached(bridge, "field-1", who="li") as scripted:
        denied = []
        scripted.add_message_listener("STATUSTEXT", lambda *said: denied.append(said[2].text))
        vehicle.control.take(Actor("wang"), is_urgent=True)
        await asyncio.to_thread(try_to_arm, scripted)
        assert "Not passed on" in denied[0]
        assert vehicle.state.mode == "STABILIZE"
        assert scripted.location.global_frame.lat == pytest.approx(36.0925, abs=1e-3)
    assert vehicle.control.holding.actor.who == "wang"


async def test_reading_wants_no_control(bridge):
    vehicle = bridge.vehicles["field-1"]
    vehicle.control.take(Actor("wang"))
    async with dronekit_attached(bridge, "field-1") as looked_at:
        assert looked_at.parameters["WPNAV_SPEED"] == 1000
        assert looked_at.mode.name == "STABILIZE"
    assert vehicle.control.holding.actor.who == "wang"


async def test_a_drone_that_is_not_there_is_told(bridge):
    with pytest.raises(TelemetryError, match=r"no vehicle field-9.*field-1, field-2"):
        async with dronekit_attached(bridge, "field-9", timeout_s=0.1):
            pass


async def test_a_script_with_a_bridge_beside_it():
    threads = set(threading.enumerate())

    def look(address):
        with dronekit_vehicle(address, "1-1", who="li") as vehicle:
            vehicle.parameters["WPNAV_SPEED"] = 700
            return vehicle.parameters["WPNAV_SPEED"]

    async with SimulatorFleet(1, port=0, speedup=10.0, quick_boot=True) as fleet:
        assert await asyncio.to_thread(look, fleet.addresses[0]) == 700
        with pytest.raises(TelemetryError, match="no vehicle 1-7"):
            await asyncio.to_thread(dronekit_vehicle(fleet.addresses[0], "1-7", timeout_s=0.5).__enter__)
    assert not [thread.name for thread in set(threading.enumerate()) - threads if "bridge" in thread.name]
