"""A service started anew in the middle of flights: each drone's plan is called as it was."""

import asyncio

from geofence.zone_set import ZoneSet
from server.plan_store import PlanStore
from server.revision import Revision
from server.station import Station
from simulator.fleet import SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.links.link_address import open_link_for
from telemetry.logbook.running_flights import RunningFlight, RunningFlights
from telemetry.protocol.mission_item_wire import items_of_plan
from telemetry.protocol.mission_type import MissionType
from tests.telemetry.protocol.flown_plan import PLAN


def test_ids_of_former_plans_are_given_to_no_other() -> None:
    plans = PlanStore(Revision())
    plans.keep_ids(["p4", "", "p", "x9", "p²"])
    [fifth] = plans.add([PLAN])
    assert fifth.plan_id == "p5"
    assert plans.restore("p2", PLAN).plan_id == "p2"
    assert plans.restore("p8", PLAN).plan_id == "p8"
    # What is taken, or was never said, is called anew.
    assert plans.restore("p8", PLAN).plan_id == "p9"
    assert plans.restore("", PLAN).plan_id == "p10"
    assert {plan.plan_id for plan in plans.all()} == {"p2", "p5", "p8", "p9", "p10"}


async def test_a_flight_that_is_taken_up_keeps_the_id_of_its_plan(tmp_path) -> None:
    fleet = SimulatorFleet(1, port=0, speedup=10.0, quick_boot=True)
    await fleet.start()
    try:
        async with Bridge() as bridge:
            await bridge.add_link(open_link_for(fleet.addresses[0]))
            vehicle = await bridge.wait_for_vehicle(10)
            await vehicle.upload(MissionType.MISSION, items_of_plan(PLAN))
            assert await vehicle.wait_until(lambda state: state.prearm_ok is True, 20)
            await vehicle.arm()
        RunningFlights(tmp_path).keep(
            RunningFlight(vehicle_id="1-1", plan=PLAN, who="li", why="patrol", started_s=1.7e9, plan_id="p3")
        )
        async with Bridge() as bridge, Station(bridge, zones=ZoneSet(()), records=tmp_path) as station:
            station.start(fleet.addresses)
            async with asyncio.timeout(10):
                while station.flights.newest_of("1-1") is None:
                    await asyncio.sleep(0.01)
            assert station.flights.newest_of("1-1").plan_id == "p3"
            assert [plan.plan_id for plan in station.plans.all()] == ["p3"]
            assert station.plans.add([PLAN])[0].plan_id == "p4"
    finally:
        await fleet.stop()
