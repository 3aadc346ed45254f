"""Operations over TCP against the simulator: begun by the order, over when they are seen."""

import asyncio
import contextlib
import math

import pytest
from shapely import Polygon

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from simulator.fleet import Home, SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.control.actor import Actor, acting_as
from telemetry.control.refusal import ControlHeld
from telemetry.events import OperationAdvanced, OperationEnded
from telemetry.links.link_address import open_link_for
from telemetry.operations.attitude_and_speed import ChangeSpeed, LookAt, Turn, turn_deg
from telemetry.operations.flown_path import PathForbidden
from telemetry.operations.group import perform_all
from telemetry.operations.guided_flight import ChangeAltitude, GoTo, Orbit, TakeOff, bearing_deg, distance_m
from telemetry.operations.home import SetHome, read_home
from telemetry.operations.operation import OperationUnproven
from telemetry.operations.stopping import Abort, Continue, Land, Pause, Return
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle import Vehicle

HOME = LatLon(36.0925, 103.708)
M_PER_DEG_LAT = 110_950.0
M_PER_DEG_LON = 111_320.0 * math.cos(math.radians(HOME.lat_deg))


def place(east_m, north_m):
    return LatLon(HOME.lat_deg + north_m / M_PER_DEG_LAT, HOME.lon_deg + east_m / M_PER_DEG_LON)


def box(zone_id, kind, west_m, south_m, east_m, north_m, **band):
    corners = [
        place(x, y) for x, y in ((west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m))
    ]
    area = Polygon([(corner.lon_deg, corner.lat_deg) for corner in corners])
    return Zone.of_area(zone_id, zone_id, kind, area, AltitudeBand(**band))


ZONES = ZoneSet(
    [
        box("field", ZoneKind.INCLUSION, -150, -150, 300, 300, ceiling_m=100),
        box("mast", ZoneKind.EXCLUSION, 100, -10, 120, 10),
    ]
)


@contextlib.asynccontextmanager
async def flying(count=1, speedup=50.0):
    home = Home(HOME.lat_deg, HOME.lon_deg, 1520.0, 0.0)
    fleet = SimulatorFleet(count, home=home, port=0, speedup=speedup, quick_boot=True)
    await fleet.start()
    try:
        async with Bridge() as bridge, asyncio.timeout(120):
            for address in fleet.addresses:
                await bridge.add_link(open_link_for(address))
            while len(bridge.vehicles) < count:
                await asyncio.sleep(0.01)
            vehicles: list[Vehicle] = list(bridge.vehicles.values())
            for vehicle in vehicles:
                assert await vehicle.wait_until(lambda state: state.prearm_ok is True, 20)
            yield vehicles
    finally:
        await fleet.stop()


async def test_a_flight_by_hand():
    async with flying() as (vehicle,):
        with pytest.raises(TelemetryError, match="wants a vehicle in the air"):
            await GoTo(vehicle, place(50, 0), 20).perform(ZONES)
        with vehicle.bus.subscribe() as events:
            await TakeOff(vehicle, 20).perform(ZONES)
            assert vehicle.state.alt_rel_m >= 18.5

            await GoTo(vehicle, place(50, 0), 25, 8).perform(ZONES)
            assert distance_m(vehicle.state.position, place(50, 0)) < 3
            assert vehicle.state.alt_rel_m == pytest.approx(25, abs=1.5)

            with pytest.raises(PathForbidden, match="mast") as caught:
                await GoTo(vehicle, place(180, 0), 25).perform(ZONES)
            assert caught.value.findings
            with pytest.raises(PathForbidden):
                await GoTo(vehicle, place(50, 400), 25).perform(ZONES)
            with pytest.raises(PathForbidden):
                await ChangeAltitude(vehicle, 110).perform(ZONES)

            await ChangeAltitude(vehicle, 15).perform(ZONES)
            assert vehicle.state.alt_rel_m == pytest.approx(15, abs=1.5)
            await Turn(vehicle, 200).perform(ZONES)
            assert turn_deg(vehicle.state.heading_deg, 200) < 10
            await LookAt(vehicle, place(0, 80)).perform(ZONES)
            assert turn_deg(vehicle.state.heading_deg, bearing_deg(vehicle.state.position, place(0, 80))) < 15
            await LookAt(vehicle, None).perform(ZONES)
            await ChangeSpeed(vehicle, 4).perform(ZONES)
            await Land(vehicle).perform(ZONES)
            assert not vehicle.state.is_armed
            said = events.pending()
    ended = [event for event in said if isinstance(event, OperationEnded)]
    assert [event.operation for event in ended if not event.completed] == [
        "go_to",
        "go_to",
        "change_altitude",
    ]
    assert [event.operation for event in ended if event.completed][:2] == ["take_off", "go_to"]
    assert all(event.who == "this program" for event in ended)
    assert any(isinstance(event, OperationAdvanced) and "climbing to 20 m" in event.step for event in said)


async def test_round_a_place():
    async with flying() as (vehicle,):
        centre = place(60, 60)
        await TakeOff(vehicle, 20).perform(ZONES)
        with pytest.raises(PathForbidden, match="mast"):
            await Orbit(vehicle, place(60, 0), 45, 20).perform(ZONES)
        orbit = Orbit(vehicle, centre, 25, 20, speed_m_s=6, turns=1)
        seen = set()
        radii_m = []

        def look(message):
            position = vehicle.state.position
            if message.name == "GLOBAL_POSITION_INT" and vehicle.state.mode == "GUIDED":
                away_m = distance_m(centre, position)
                if away_m < 26.5:
                    radii_m.append(away_m)
                    seen.add(int(bearing_deg(centre, position) // 45))

        vehicle.add_listener(look)
        await orbit.perform(ZONES)
        assert seen == set(range(8))
        assert min(radii_m) > 20
        await Return(vehicle).perform(ZONES)
        assert not vehicle.state.is_armed
        assert distance_m(vehicle.state.position, HOME) < 2


async def test_interrupted_continued_and_given_up():
    async with flying(speedup=20.0) as (vehicle,):
        await TakeOff(vehicle, 15).perform(ZONES)
        going = asyncio.create_task(GoTo(vehicle, place(0, 250), 15, 5).perform(ZONES))
        assert await vehicle.wait_until(lambda state: (state.ground_speed_m_s or 0) > 3, 20)
        await Pause(vehicle).perform(ZONES)
        with pytest.raises(OperationUnproven, match="the mode became BRAKE"):
            await going
        await Continue(vehicle).perform(ZONES)
        assert vehicle.state.mode == "GUIDED"
        going = asyncio.create_task(GoTo(vehicle, place(0, 250), 15, 5).perform(ZONES))
        assert await vehicle.wait_until(lambda state: (state.ground_speed_m_s or 0) > 3, 20)
        vehicle.control.take(Actor("chief"), is_urgent=True)
        with pytest.raises(OperationUnproven, match="chief took the control over"):
            await going
        await Abort(vehicle).perform(ZONES)
        assert vehicle.state.ground_speed_m_s < 0.7


async def test_several_at_once_each_with_its_own_end():
    async with flying(3) as vehicles:
        results = await perform_all(
            [TakeOff(vehicle, alt_m) for vehicle, alt_m in zip(vehicles, (10, 101, 12), strict=True)], ZONES
        )
        assert [result.completed for result in results] == [True, False, True]
        assert isinstance(results[1].refusal, PathForbidden)
        assert not vehicles[1].state.is_armed


async def test_home_is_set_seen_and_kept():
    async with flying() as (vehicle,):
        first = await read_home(vehicle)
        assert distance_m(first.position, HOME) < 1.0
        with pytest.raises(PathForbidden, match=r"field|inside"):
            await SetHome(vehicle, place(400, 0)).perform(ZONES)
        with pytest.raises(PathForbidden, match="mast"):
            await SetHome(vehicle, place(110, 0)).perform(ZONES)
        assert (await read_home(vehicle)).position == first.position

        await SetHome(vehicle, place(30, 0), 1523.0).perform(ZONES)
        moved = await read_home(vehicle)
        assert distance_m(moved.position, place(30, 0)) < 0.1
        assert moved.alt_amsl_m == pytest.approx(1523.0, abs=0.01)
        await SetHome(vehicle, None).perform(ZONES)
        assert distance_m((await read_home(vehicle)).position, HOME) < 1.0

        await TakeOff(vehicle, 20).perform(ZONES)
        with pytest.raises(PathForbidden, match="mast"):
            # The way there would lead through it.
            await SetHome(vehicle, place(200, 0)).perform(ZONES)
        with pytest.raises(TelemetryError, match=r"change by \+10\.0 m in flight"):
            await SetHome(vehicle, place(0, 20), first.alt_amsl_m + 10.0).perform(ZONES)
        await GoTo(vehicle, place(0, 40), 20).perform(ZONES)
        await SetHome(vehicle, None).perform(ZONES)
        at_home = await read_home(vehicle)
        assert distance_m(at_home.position, place(0, 40)) < 5.0
        # Not where it is in height: altitudes go on being counted from the same one.
        assert at_home.alt_amsl_m == pytest.approx(first.alt_amsl_m, abs=0.5)
        assert vehicle.state.alt_rel_m == pytest.approx(20.0, abs=1.5)

        await vehicle.return_to_launch()
        with pytest.raises(TelemetryError, match="not moved in RTL: it returns"):
            await SetHome(vehicle, place(0, 0)).perform(ZONES)
        assert (await read_home(vehicle)).position == at_home.position


async def test_a_home_wants_the_control():
    async with flying() as (vehicle,):
        vehicle.control.share()
        vehicle.control.take(Actor("Li", "patrol"))
        with acting_as(Actor("Wang")), pytest.raises(ControlHeld, match="Li"):
            await SetHome(vehicle, place(10, 0)).perform(ZONES)
        assert distance_m((await read_home(vehicle)).position, HOME) < 1.0
