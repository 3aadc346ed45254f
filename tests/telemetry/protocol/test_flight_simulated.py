"""Whole flights over TCP against the simulator, which shares no code with the bridge."""

import asyncio
import contextlib
import math

import pytest
from shapely import Polygon

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.plan.item import Command, MissionItem
from missions.plan.plan import Plan
from simulator.fleet import Home, SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.clock import SystemClock
from telemetry.events import LinkLost, LinkSwitched
from telemetry.flight.flight import Flight, FlightPhase, FlightRefused
from telemetry.links.link_address import open_link_for
from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_item_wire import WireItem, items_of_plan
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import CommandRefused, TelemetryError

HOME = LatLon(36.0925, 103.708)
M_PER_DEG_LAT = 110_950.0
M_PER_DEG_LON = 111_320.0 * math.cos(math.radians(HOME.lat_deg))


def place(east_m, north_m):
    return LatLon(HOME.lat_deg + north_m / M_PER_DEG_LAT, HOME.lon_deg + east_m / M_PER_DEG_LON)


def lawn(rows, columns, spacing_m=10.0, alt_m=20.0):
    """Make a plan that goes up and down over a field north of home."""
    points = [
        place((column if row % 2 == 0 else columns - 1 - column) * spacing_m, 20 + row * spacing_m)
        for row in range(rows)
        for column in range(columns)
    ]
    items = [
        MissionItem(1, Command.NAV_TAKEOFF, alt_m=alt_m),
        *(
            MissionItem(seq, Command.NAV_WAYPOINT, position=point, alt_m=alt_m)
            for seq, point in enumerate(points, start=2)
        ),
        MissionItem(len(points) + 2, Command.NAV_RETURN_TO_LAUNCH),
    ]
    return Plan("lawn", HOME, tuple(items), home_alt_amsl_m=1520.0)


def box(zone_id, kind, west_m, south_m, east_m, north_m, ceiling_m=None):
    corners = [
        place(x, y) for x, y in ((west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m))
    ]
    area = Polygon([(corner.lon_deg, corner.lat_deg) for corner in corners])
    return Zone.of_area(zone_id, zone_id, kind, area, AltitudeBand(ceiling_m=ceiling_m))


FIELD = ZoneSet(
    [
        box("field", ZoneKind.INCLUSION, -50, -50, 400, 400, ceiling_m=100),
        box("mast", ZoneKind.EXCLUSION, 200, 20, 220, 40),
    ]
)


@contextlib.asynccontextmanager
async def flying(speedup=50.0, **options):
    fleet = SimulatorFleet(
        1, home=Home(HOME.lat_deg, HOME.lon_deg, 1520.0, 0.0), port=0, speedup=speedup, **options
    )
    await fleet.start()
    try:
        async with Bridge() as bridge:
            await bridge.add_link(open_link_for(fleet.addresses[0]))
            yield bridge, await bridge.wait_for_vehicle(10), fleet
    finally:
        await fleet.stop()


async def test_a_plan_of_over_a_hundred_items_and_home():
    plan = lawn(10, 11)
    async with flying(quick_boot=True) as (bridge, vehicle, _):
        flight = Flight(vehicle, plan, FIELD, clock=bridge.clock)
        result = await asyncio.wait_for(flight.run(), 120)
        assert result.completed, result.reason
        assert result.items == result.reached == 112
        assert result.violations == 0
        assert result.min_zone_clearance_m > 10
        assert 1000 < result.length_m < 1600
        assert 0 < result.takeoff_s < 10 < result.landed_s
        assert not vehicle.state.is_armed
        assert not differences(
            items_of_plan(plan), await vehicle.download(MissionType.MISSION), MissionType.MISSION
        )
        assert len(await vehicle.download(MissionType.FENCE)) == 8
        assert await vehicle.read_parameter("FENCE_ENABLE") == 1
        assert await vehicle.read_parameter("FENCE_TYPE") == 5


async def test_from_a_cold_boot_and_a_second_time():
    notes = []
    async with flying() as (bridge, vehicle, _):
        for _ in range(2):
            flight = Flight(vehicle, lawn(1, 3), FIELD, clock=bridge.clock, on_note=notes.append)
            result = await asyncio.wait_for(flight.run(), 60)
            assert result.completed, result.reason
            assert result.reached == 5
    assert any("Need Position Estimate" in note for note in notes)


async def test_the_vehicle_says_why_it_will_not_arm():
    async with flying(speedup=1.0) as (_, vehicle, _):
        with pytest.raises(CommandRefused) as caught:
            await vehicle.arm()
        assert any(reason.startswith("Arm: ") for reason in caught.value.reasons)


async def test_upload_is_refused_while_the_mission_runs():
    async with flying(quick_boot=True, speedup=20.0) as (bridge, vehicle, _):
        flight = Flight(vehicle, lawn(2, 3), None, clock=bridge.clock)
        task = asyncio.create_task(flight.run())
        while flight.phase is not FlightPhase.FLYING:
            await asyncio.sleep(0.02)
        with pytest.raises(TelemetryError, match="while the vehicle flies a mission"):
            await vehicle.upload(MissionType.MISSION, items_of_plan(lawn(1, 2)))
        with pytest.raises(FlightRefused, match="armed already"):
            await Flight(vehicle, lawn(1, 2), None, clock=bridge.clock).run()
        assert (await task).completed


async def test_interrupted_it_comes_home():
    async with flying(quick_boot=True, speedup=20.0) as (bridge, vehicle, _):
        flight = Flight(vehicle, lawn(4, 10), FIELD, clock=bridge.clock)
        task = asyncio.create_task(flight.run())
        while flight.reached < 3:
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert "return to launch" in await flight.leave()
        assert vehicle.state.mode == "RTL"


async def test_an_operator_who_takes_over_is_not_fought():
    async with flying(quick_boot=True, speedup=40.0) as (bridge, vehicle, _):
        flight = Flight(vehicle, lawn(4, 10), FIELD, clock=bridge.clock)
        task = asyncio.create_task(flight.run())
        while flight.reached < 4:
            await asyncio.sleep(0.01)
        await vehicle.land()
        result = await asyncio.wait_for(task, 30)
        assert not result.completed
        assert "mode LAND" in result.reason
        assert 4 <= result.reached < result.items


async def test_pause_and_resume():
    async with flying(quick_boot=True, speedup=40.0) as (bridge, vehicle, _):
        flight = Flight(vehicle, lawn(3, 6), FIELD, clock=bridge.clock)
        task = asyncio.create_task(flight.run())
        while flight.reached < 3:
            await asyncio.sleep(0.01)
        await vehicle.pause()
        assert await vehicle.wait_until(lambda state: (state.ground_speed_m_s or 0) < 0.3, 5)
        reached = flight.reached
        await asyncio.sleep(0.3)
        assert flight.reached - reached <= 1
        await vehicle.resume()
        assert (await asyncio.wait_for(task, 30)).completed


class Cut:
    """A TCP wire between bridge and vehicle that can be cut and mended."""

    def __init__(self, address):
        self.host, self.port = address.removeprefix("tcp:").split(":")
        self.writers = set()
        self.is_cut = False

    async def start(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"tcp:127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader, writer):
        if self.is_cut:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(self.host, int(self.port))
        self.writers |= {writer, far_writer}
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))

    async def _copy(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()

    def cut(self):
        self.is_cut = True
        for writer in self.writers:
            writer.close()
        self.writers.clear()

    async def stop(self):
        self.cut()
        self.server.close()
        await self.server.wait_closed()


@pytest.fixture
async def cuttable():
    fleet = SimulatorFleet(
        1, home=Home(HOME.lat_deg, HOME.lon_deg, 1520.0, 0.0), port=0, speedup=20.0, quick_boot=True
    )
    await fleet.start()
    wire = Cut(fleet.addresses[0])
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(await wire.start()))
        yield bridge, await bridge.wait_for_vehicle(10), wire
    await wire.stop()
    await fleet.stop()


async def test_a_link_cut_in_mid_upload_and_mended_carries_on(cuttable):
    _, vehicle, wire = cuttable
    plan = lawn(10, 20)
    at_half = asyncio.Event()
    upload = asyncio.create_task(
        vehicle.upload(
            MissionType.MISSION,
            items_of_plan(plan),
            lambda what, done, total: at_half.set() if what == "sending mission" and done == 100 else None,
        )
    )
    await at_half.wait()
    wire.cut()
    await asyncio.sleep(0.3)
    wire.is_cut = False
    await asyncio.wait_for(upload, 60)
    on_board = await vehicle.download(MissionType.MISSION)
    assert not differences(items_of_plan(plan), on_board, MissionType.MISSION)


async def test_a_link_cut_in_mid_upload_for_good_is_said(cuttable, monkeypatch):
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.05)
    monkeypatch.setattr("telemetry.protocol.mission_upload.SILENCE_S", 0.5)
    monkeypatch.setattr("telemetry.protocol.mission_upload.REPEAT_ITEM_S", 0.1)
    _, vehicle, wire = cuttable
    flight = Flight(
        vehicle,
        lawn(10, 20),
        None,
        clock=SystemClock(),
        on_progress=lambda what, done, total: (
            wire.cut() if what == "sending mission" and done == 100 else None
        ),
    )
    with pytest.raises(TelemetryError, match=r"stopped answering.*unknown: upload again before flying"):
        await asyncio.wait_for(flight.run(), 60)
    assert flight.phase is FlightPhase.ABORTED


async def test_a_link_cut_in_flight_is_waited_for(cuttable):
    bridge, vehicle, wire = cuttable
    notes = []
    flight = Flight(vehicle, lawn(3, 8), FIELD, clock=bridge.clock, on_note=notes.append)
    task = asyncio.create_task(flight.run())
    while flight.reached < 4:
        await asyncio.sleep(0.02)
    wire.cut()
    await vehicle.wait_until(lambda state: not state.is_connected, 4)
    await asyncio.sleep(0.5)
    wire.is_cut = False
    result = await asyncio.wait_for(task, 60)
    assert result.completed, result.reason
    assert any("link is lost" in note for note in notes)
    assert any("heard again" in note for note in notes)


async def test_one_of_two_links_cut_in_flight_leaves_no_gap(cuttable):
    bridge, vehicle, wire = cuttable
    spare = Cut(f"tcp:{wire.host}:{wire.port}")
    await bridge.add_link(open_link_for(await spare.start()), network="1")
    gaps_s = []

    async def watch():
        while True:
            gaps_s.append(bridge.clock.utc_s() - vehicle.state.updated_s)
            await asyncio.sleep(0.02)

    notes = []
    with bridge.bus.subscribe() as events:
        flight = Flight(vehicle, lawn(3, 8), FIELD, clock=bridge.clock, on_note=notes.append)
        task = asyncio.create_task(flight.run())
        while flight.reached < 4:
            await asyncio.sleep(0.02)
        watching = asyncio.create_task(watch())
        wire.cut()
        assert (await asyncio.wait_for(task, 60)).completed
        watching.cancel()
        told = events.pending()
    await spare.stop()
    assert list(bridge.vehicles) == ["1-1"]
    assert max(gaps_s) < 1.0
    assert not any("link is lost" in note for note in notes)
    assert [event.link for event in told if isinstance(event, LinkSwitched)] == [bridge.links[1].name]
    assert not any(isinstance(event, LinkLost) and event.vehicle_id for event in told)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"FENCE_TYPE": 2, "FENCE_RADIUS": 60}, "circle of 60 m"),
        ({"FENCE_TYPE": 1, "FENCE_ALT_MAX": 15}, "ceiling of 15 m"),
    ],
)
async def test_a_fence_on_board_that_would_stop_the_plan_refuses_it(parameters, words):
    async with flying(quick_boot=True) as (bridge, vehicle, _):
        for name, value in parameters.items():
            await vehicle.set_parameter(name, value)
        await vehicle.set_parameter("FENCE_ENABLE", 1)
        with pytest.raises(FlightRefused, match=words):
            await Flight(vehicle, lawn(10, 2), None, clock=bridge.clock).run()
        assert not vehicle.state.is_armed


async def test_a_polygon_on_board_that_would_stop_the_plan_refuses_it():
    async with flying(quick_boot=True) as (bridge, vehicle, _):
        corners = [place(-20, 50), place(200, 50), place(200, 60), place(-20, 60)]
        ring = [
            WireItem(
                seq, 0, 5002, (4.0, 0.0, 0.0, 0.0), round(corner.lat_deg * 1e7), round(corner.lon_deg * 1e7)
            )
            for seq, corner in enumerate(corners)
        ]
        await vehicle.upload(MissionType.FENCE, ring)
        await vehicle.set_parameter("FENCE_TYPE", 4)
        await vehicle.set_parameter("FENCE_ENABLE", 1)
        with pytest.raises(FlightRefused, match="fence exclusion 1"):
            await Flight(vehicle, lawn(10, 2), None, clock=bridge.clock).run()
