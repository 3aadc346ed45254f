"""A simulated copter with a mission on board, seen by a bridge that lets other stations in."""

import pytest

from simulator.fleet import SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.control.actor import PROCESS
from telemetry.links.link_address import open_link_for
from telemetry.protocol.mission_item_wire import items_of_plan
from telemetry.protocol.mission_type import MissionType
from tests.telemetry.protocol.flown_plan import PLAN


@pytest.fixture
async def bridge():
    fleet = SimulatorFleet(1, port=0, speedup=5.0, quick_boot=True)
    await fleet.start()
    try:
        async with Bridge() as bridge:
            await bridge.add_link(open_link_for(fleet.addresses[0]))
            vehicle = await bridge.wait_for_vehicle(10)
            await vehicle.upload(MissionType.MISSION, items_of_plan(PLAN))
            vehicle.control.release(PROCESS)
            vehicle.control.share()
            yield bridge
    finally:
        await fleet.stop()
