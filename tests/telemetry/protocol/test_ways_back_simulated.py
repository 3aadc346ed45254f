"""Ways back on board: set, read back, and flown by the simulator when the link or the fence goes."""

import asyncio
import contextlib
import math

import pytest
from shapely import LineString, Point, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.verification.return_policy import RallyPoint, ReturnMode, ReturnPolicy
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.plan.item import Command, MissionItem
from missions.plan.plan import Plan
from simulator.fleet import Home, SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.events import ParametersChanged
from telemetry.flight.flight import Flight, FlightRefused
from telemetry.flight.return_settings import rally_items, read_return_policy
from telemetry.links.link_address import open_link_for
from telemetry.protocol.mission_type import MissionType

HOME = LatLon(36.0925, 103.708)
REL_FROM_40 = AltitudeBand(40.0, None, AltitudeDatum.REL)
FRAME = LocalFrame(HOME)
BLOCK_XY_M = box(30, 60, 150, 150)
"""Between home and the far end of the route."""
CORNERS = [(200, 0), (200, 200), (100, 200), (200, 200), (200, 0), (0, 0)]
FAR = 4
"""The item at (100, 200)."""


def area(shape):
    return FRAME.unproject(shape)


FIELD = Zone.of_area("field", "field", ZoneKind.INCLUSION, area(box(-100, -100, 400, 400)))
BLOCK = Zone.of_area("block", "block", ZoneKind.EXCLUSION, area(BLOCK_XY_M))


def plan_round_the_block(policy, alt_m=20.0):
    items = [MissionItem(1, Command.NAV_TAKEOFF, alt_m=alt_m)]
    for seq, corner in enumerate(CORNERS, start=2):
        is_far = seq == FAR
        command = Command.NAV_LOITER_TIME if is_far else Command.NAV_WAYPOINT
        params = (600.0 if is_far else 0.0, 0.0, 0.0, 0.0)
        items.append(MissionItem(seq, command, position=FRAME.position(*corner), alt_m=alt_m, params=params))
    items.append(MissionItem(len(items) + 1, Command.NAV_RETURN_TO_LAUNCH))
    return Plan("round", HOME, tuple(items), home_alt_amsl_m=1520.0, returns=policy)


@contextlib.asynccontextmanager
async def simulated(speedup=50.0, **parameters):
    fleet = SimulatorFleet(
        1, home=Home(HOME.lat_deg, HOME.lon_deg, 1520.0, 0.0), port=0, speedup=speedup, quick_boot=True
    )
    for name, value in parameters.items():
        fleet.copters[0].parameters[name] = value
    await fleet.start()
    try:
        async with Bridge() as bridge:
            await bridge.add_link(open_link_for(fleet.addresses[0]))
            yield bridge, await bridge.wait_for_vehicle(10), fleet.copters[0]
    finally:
        await fleet.stop()


async def track_until_down(copter):
    """Follow a copter by itself; gives its places east and north, and the modes it went through."""
    autopilot = copter.autopilot
    track, modes = [], []
    async with asyncio.timeout(60):
        while autopilot.is_armed:
            lat_e7, lon_e7 = autopilot.frame.to_e7(autopilot.body.north_m, autopilot.body.east_m)
            track.append(FRAME.point_xy_m(LatLon(lat_e7 / 1e7, lon_e7 / 1e7)))
            if not modes or modes[-1] != autopilot.mode.name:
                modes.append(autopilot.mode.name)
            await asyncio.sleep(0.002)
    return LineString(track), modes


async def test_a_lost_link_brings_it_back_round_the_zone_in_the_way():
    policy = ReturnPolicy(ReturnMode.SMART_RTL)
    async with contextlib.AsyncExitStack() as stack:
        bridge, vehicle, copter = await stack.enter_async_context(simulated(FS_GCS_TIMEOUT=2.5))
        zones = ZoneSet([FIELD, BLOCK])
        flight = Flight(vehicle, plan_round_the_block(policy), zones, clock=bridge.clock)
        task = asyncio.create_task(flight.run())
        await vehicle.wait_until(lambda state: state.mission_seq == FAR, 30)
        body = copter.autopilot.body
        while math.dist((body.north_m, body.east_m), (200, 100)) > 3:
            await asyncio.sleep(0.01)
        assert LineString([(body.east_m, body.north_m), (0, 0)]).intersects(BLOCK_XY_M)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bridge.close()
        track, modes = await track_until_down(copter)
        assert modes == ["AUTO", "SMARTRTL"]
        assert track.distance(BLOCK_XY_M) > 40
        assert track.length > 450
        assert math.hypot(*track.coords[-1]) < 2


async def test_a_plan_whose_straight_return_is_barred_is_refused_with_that_policy():
    async with simulated() as (bridge, vehicle, _):
        plan = plan_round_the_block(ReturnPolicy(ReturnMode.RTL, 20.0))
        with pytest.raises(FlightRefused, match="block"):
            await Flight(vehicle, plan, ZoneSet([FIELD, BLOCK]), clock=bridge.clock).run()


@pytest.mark.parametrize(
    ("policy", "parameters"),
    [
        (
            ReturnPolicy(ReturnMode.RTL, 25.5),
            {
                "FS_GCS_ENABLE": 1,
                "FS_THR_ENABLE": 1,
                "BATT_FS_LOW_ACT": 2,
                "RTL_ALT": 2550,
                "FENCE_ACTION": 1,
            },
        ),
        (
            ReturnPolicy(ReturnMode.SMART_RTL),
            {"FS_GCS_ENABLE": 4, "FS_THR_ENABLE": 5, "BATT_FS_LOW_ACT": 4, "FENCE_ACTION": 5},
        ),
        (
            ReturnPolicy(ReturnMode.LAND),
            {"FS_GCS_ENABLE": 5, "FS_THR_ENABLE": 3, "BATT_FS_LOW_ACT": 1, "FENCE_ACTION": 2},
        ),
    ],
)
async def test_a_policy_becomes_the_vehicles_settings(policy, parameters):
    async with simulated(FS_OPTIONS=23, BATT_FS_CRT_ACT=3) as (bridge, vehicle, copter):
        flight = Flight(vehicle, short_plan(policy), ZoneSet([FIELD]), clock=bridge.clock)
        with vehicle.bus.subscribe() as events:
            result = await asyncio.wait_for(flight.run(), 40)
        assert result.completed, result.reason
        assert {name: copter.parameters[name] for name in parameters} == parameters
        assert copter.parameters["FS_OPTIONS"] == 16
        assert copter.parameters["BATT_FS_CRT_ACT"] == parameters["BATT_FS_LOW_ACT"]
        changed = {
            event.purpose: event.changes for event in events.pending() if isinstance(event, ParametersChanged)
        }
        assert changed["the way back"]["FS_GCS_ENABLE"] == (0.0, parameters["FS_GCS_ENABLE"])


def short_plan(policy, alt_m=20.0):
    items = [
        MissionItem(1, Command.NAV_TAKEOFF, alt_m=alt_m),
        MissionItem(2, Command.NAV_WAYPOINT, position=FRAME.position(0, 60), alt_m=alt_m),
        MissionItem(3, Command.NAV_RETURN_TO_LAUNCH),
    ]
    return Plan("short", HOME, tuple(items), home_alt_amsl_m=1520.0, returns=policy)


async def test_rally_points_are_put_on_board_and_returned_to():
    rally = FRAME.position(100, 230)
    policy = ReturnPolicy(ReturnMode.RTL, 20.0, (RallyPoint(rally, 22.0),))
    async with simulated(FS_GCS_TIMEOUT=2.5) as (bridge, vehicle, copter):
        flight = Flight(vehicle, plan_round_the_block(policy), ZoneSet([FIELD]), clock=bridge.clock)
        task = asyncio.create_task(flight.run())
        await vehicle.wait_until(lambda state: state.mission_seq == FAR, 30)
        assert await read_return_policy(vehicle) == ReturnPolicy(
            ReturnMode.RTL,
            20.0,
            (RallyPoint(LatLon(round(rally.lat_deg, 7), round(rally.lon_deg, 7)), 22.0),),
        )
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        said = await flight.leave()
        assert "return to launch" in said
        track, modes = await track_until_down(copter)
        assert modes[-1] == "RTL"
        assert math.dist(track.coords[-1], (100, 230)) < 3


async def test_rally_points_of_before_give_way():
    async with simulated() as (bridge, vehicle, copter):
        await vehicle.upload(
            MissionType.RALLY,
            rally_items(ReturnPolicy(rally_points=(RallyPoint(FRAME.position(50, 50), 30.0),))),
        )
        notes = []
        flight = Flight(
            vehicle, short_plan(ReturnPolicy()), ZoneSet([FIELD]), clock=bridge.clock, on_note=notes.append
        )
        assert (await asyncio.wait_for(flight.run(), 40)).completed
        assert any("1 rally points" in note and "give way to the plan's 0" in note for note in notes)
        assert copter.rally.count() == 0


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"SRTL_POINTS": 0}, "SRTL_POINTS 0"),
        ({"SRTL_ACCURACY": 0}, "SRTL_ACCURACY 0"),
        ({"SYSID_MYGCS": 254}, "listens to ground station 254"),
    ],
)
async def test_a_vehicle_that_would_not_fly_its_path_back_is_refused(parameters, words):
    async with simulated(**parameters) as (bridge, vehicle, copter):
        flight = Flight(
            vehicle, short_plan(ReturnPolicy(ReturnMode.SMART_RTL)), ZoneSet([FIELD]), clock=bridge.clock
        )
        with pytest.raises(FlightRefused, match=words):
            await flight.run()
        assert copter.mission.count() <= 1


async def test_a_vehicles_own_return_altitude_is_verified():
    lid = Zone.of_area("lid", "lid", ZoneKind.EXCLUSION, area(box(-50, 20, 50, 80)), REL_FROM_40)
    async with simulated() as (bridge, vehicle, copter):
        flight = Flight(vehicle, short_plan(None), ZoneSet([FIELD, lid]), clock=bridge.clock)
        copter.parameters["RTL_ALT"] = 6000
        with pytest.raises(FlightRefused, match="lid"):
            await flight.run()
        copter.parameters["RTL_ALT"] = 3000
        again = Flight(vehicle, short_plan(None), ZoneSet([FIELD, lid]), clock=bridge.clock)
        assert (await asyncio.wait_for(again.run(), 40)).completed


async def test_a_breach_of_a_circle_is_flown_back_out_of():
    mast = Circle(FRAME.position(60, 60), 20.0)
    zones = ZoneSet([FIELD, Zone.of_circle("mast", "mast", ZoneKind.EXCLUSION, mast)])
    notes = []
    async with simulated(speedup=30.0, WPNAV_SPEED=500) as (bridge, vehicle, copter):
        plan = plan_round_the_block(ReturnPolicy(ReturnMode.SMART_RTL))
        flight = Flight(vehicle, plan, zones, clock=bridge.clock, on_note=notes.append)
        task = asyncio.create_task(flight.run())
        await vehicle.wait_until(lambda state: state.mission_seq == 3, 30)
        assert [item.command for item in await vehicle.download(MissionType.FENCE)][-1] == 5004
        # Taken over, and sent across the circle while our own watch is away.
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await vehicle.set_mode("GUIDED")
        body = copter.autopilot.body
        copter.autopilot.guided.fly_to((120.0 - body.north_m, 120.0 - body.east_m, 20.0))
        track, modes = await track_until_down(copter)
        assert modes == ["GUIDED", "SMARTRTL"]
        depth_m = 20.0 - track.distance(Point(60, 60))
        assert 0.0 < depth_m < 10.0
        assert math.hypot(*track.coords[-1]) < 2


async def test_the_account_is_told_before_anything_is_sent():
    park = Zone.of_area("park", "park", ZoneKind.ADVISORY, area(box(50, 0, 90, 40)))
    notes = []
    async with simulated(SRTL_POINTS=0) as (bridge, vehicle, copter):
        flight = Flight(
            vehicle,
            short_plan(ReturnPolicy()),
            ZoneSet([FIELD, park]),
            clock=bridge.clock,
            on_note=notes.append,
        )
        assert (await asyncio.wait_for(flight.run(), 40)).completed
        assert [entry.zone_id for entry in flight.account] == ["park"]
        told = next(number for number, note in enumerate(notes) if note.startswith("Fence: park"))
        assert told < next(
            number for number, note in enumerate(notes) if note.startswith("Set on the vehicle")
        )
        assert copter.parameters["FENCE_ENABLE"] == 1
