"""Heights of the ground for vehicles that ask: at the right places, at a polite pace, and nothing invented."""

import asyncio
import math

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from geofence.formats.terrain_file import read_terrain_tiles
from telemetry.bridge import Bridge
from telemetry.events import TerrainMissing
from telemetry.links.link_address import open_link_for
from telemetry.terrain import terrain_answers
from telemetry.terrain.terrain_answers import BLOCKS_AT_MOST, PACE_S, GroundUnknown, TerrainAnswers
from telemetry.terrain.terrain_service import serve_terrain
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.message import Message

STEP_DEG = 1.0 / 1200.0
NORTH_DEG, WEST_DEG = 36.2, 103.6
CORNER = (360_900_000, 1_037_000_000)
EARTH_RADIUS_M = 6_378_100.0
ALL = (1 << 56) - 1


@pytest.fixture(scope="module")
def elevation_file(tmp_path_factory):
    """A quarter of a degree of hills, in whole metres as SRTM has them."""
    path = tmp_path_factory.mktemp("ground") / "N36E103.tif"
    rows, columns = np.mgrid[0:300, 0:300]
    heights = 1600 + 180 * np.sin(rows / 23.0) * np.cos(columns / 31.0) + 0.5 * columns
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=300,
        width=300,
        count=1,
        dtype="int16",
        crs="EPSG:4326",
        transform=Affine(STEP_DEG, 0.0, WEST_DEG, 0.0, -STEP_DEG, NORTH_DEG),
    ) as raster:
        raster.write(np.round(heights).astype("int16"), 1)
    return path


@pytest.fixture(scope="module")
def terrain(elevation_file):
    return read_terrain_tiles([elevation_file])


def request_of(mask, lat_e7=CORNER[0], lon_e7=CORNER[1], spacing=100):
    return Message.new("TERRAIN_REQUEST", lat=lat_e7, lon=lon_e7, grid_spacing=spacing, mask=mask)


def answers_to(machine, *requests, start_s=10.0, limit=1000):
    """Run the machine's timers; gives (time, message)."""
    machine.start(start_s)
    for request in requests:
        machine.receive_message(request, start_s)
    said = [(start_s, message) for message in machine.messages_to_send()]
    while (timer_s := machine.get_timer()) is not None and len(said) < limit:
        machine.handle_timer(timer_s)
        said += [(timer_s, message) for message in machine.messages_to_send()]
    return said


def height_by_rasterio(raster, lat_deg, lon_deg):
    """Bilinear between the middles of the four cells round a place."""
    column, row = ~raster.transform @ (lon_deg, lat_deg)
    column, row = column - 0.5, row - 0.5
    left, top = math.floor(column), math.floor(row)
    ((nw, ne), (sw, se)) = raster.read(1, window=((top, top + 2), (left, left + 2))).astype(float)
    east, south = column - left, row - top
    return (nw * (1 - east) + ne * east) * (1 - south) + (sw * (1 - east) + se * east) * south


def place_on_sphere(lat_deg, lon_deg, north_m, east_m):
    """Go north and east over a sphere, as ground stations in use do."""
    distance_m, bearing = math.hypot(north_m, east_m), math.atan2(east_m, north_m)
    lat, lon, arc = math.radians(lat_deg), math.radians(lon_deg), distance_m / EARTH_RADIUS_M
    to_lat = math.asin(math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(bearing))
    to_lon = lon + math.atan2(
        math.sin(bearing) * math.sin(arc) * math.cos(lat),
        math.cos(arc) - math.sin(lat) * math.sin(to_lat),
    )
    return math.degrees(to_lat), math.degrees(to_lon)


def test_a_whole_block_is_as_the_file_says(elevation_file, terrain):
    said = answers_to(TerrainAnswers(terrain), request_of(ALL))
    assert [message.gridbit for _, message in said] == list(range(56))
    off_m = []
    with rasterio.open(elevation_file) as raster:
        for _, message in said:
            assert (message.lat, message.lon, message.grid_spacing) == (*CORNER, 100)
            row, column = divmod(message.gridbit, 8)
            for place, height in enumerate(message.data):
                north, east = row * 4 + place // 4, column * 4 + place % 4
                at = place_on_sphere(CORNER[0] / 1e7, CORNER[1] / 1e7, north * 100.0, east * 100.0)
                off_m.append(abs(height - height_by_rasterio(raster, *at)))
    # Half a metre of rounding, and what sphere and plane differ by over 4 km on slopes of 1 in 10.
    assert max(off_m) < 1.0
    assert sum(off_m) / len(off_m) < 0.35


def test_only_what_the_mask_names_is_sent_and_no_faster_than_the_pace(terrain):
    said = answers_to(TerrainAnswers(terrain), request_of(1 << 3 | 1 << 17 | 1 << 55))
    assert [message.gridbit for _, message in said] == [3, 17, 55]
    times_s = [time_s for time_s, _ in said]
    assert min(np.diff(times_s)) >= PACE_S - 1e-9


def test_a_repeated_request_does_not_double_the_answers(terrain):
    machine = TerrainAnswers(terrain)
    said = answers_to(machine, request_of(ALL), limit=20)
    done = sum(1 << message.gridbit for _, message in said)
    machine.receive_message(request_of(ALL & ~done), said[-1][0])
    rest = answers_to(machine, start_s=said[-1][0])
    assert sorted(message.gridbit for _, message in said + rest) == list(range(56))
    assert rest[0][0] >= said[-1][0] + PACE_S - 1e-9


def test_what_is_not_covered_stays_unanswered_and_is_told_once(terrain):
    machine = TerrainAnswers(terrain)
    beside = (359_400_000, CORNER[1])
    said = answers_to(machine, request_of(ALL, *beside), request_of(ALL, *beside))
    assert 0 < len(said) < 56
    assert all(message.gridbit >= 8 for _, message in said)
    assert machine.next_event() == GroundUnknown(35, 103)
    assert machine.next_event() is None
    again = answers_to(machine, request_of(ALL, 100_000_000, 0), request_of(1, 100_000_000, 0), start_s=99.0)
    assert again == []
    assert machine.next_event() == GroundUnknown(10, 0)
    assert machine.next_event() is None


def test_senseless_requests_are_left_alone_and_many_are_bounded(terrain):
    machine = TerrainAnswers(terrain)
    for request in (
        request_of(ALL, spacing=0),
        request_of(ALL, lat_e7=2_000_000_000),
        request_of(0),
        request_of(1 << 60),
        Message.new("HEARTBEAT"),
    ):
        assert answers_to(machine, request) == []
    requests = [request_of(1, CORNER[0] + 1000 * number) for number in range(60)]
    assert len(answers_to(machine, *requests)) == BLOCKS_AT_MOST


async def test_a_vehicle_on_a_socket_gets_its_terrain(terrain, monkeypatch):
    monkeypatch.setattr(terrain_answers, "PACE_S", 0.001)
    got = {}
    encoder, scanner = Encoder(1, 1), FrameScanner()
    done = asyncio.Event()

    async def fly(reader, writer):
        def say(message):
            writer.write(encoder.encode(message))

        say(Message.new("HEARTBEAT", type=2, autopilot=3, system_status=3, mavlink_version=3))
        say(request_of(ALL, 100_000_000, 0))
        say(request_of(ALL))
        while len(got) < 56:
            for frame in scanner.feed(await reader.read(65536)):
                message = decode(frame)
                if message.name == "TERRAIN_DATA":
                    got[message.gridbit] = message.data
        say(Message.new("TERRAIN_REPORT", spacing=100, terrain_height=1612.0, current_height=48.0, loaded=56))
        await done.wait()
        writer.close()

    listener = await asyncio.start_server(fly, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with listener, Bridge() as bridge:
        serve_terrain(bridge, terrain)
        with bridge.bus.subscribe() as events:
            await bridge.add_link(open_link_for(f"tcp:127.0.0.1:{port}"))
            vehicle = await bridge.wait_for_vehicle(5)
            assert await vehicle.wait_until(lambda state: state.terrain_loaded == 56, 5)
            state = vehicle.state
            missing = [event for event in events.pending() if isinstance(event, TerrainMissing)]
        done.set()
    assert (state.terrain_pending, state.alt_agl_m, state.ground_alt_amsl_m) == (0, 48.0, 1612.0)
    assert [(event.vehicle_id, event.lat_deg, event.lon_deg) for event in missing] == [("1-1", 10, 0)]
    assert got[0][0] == pytest.approx(
        terrain.ground_alt_amsl_m(CORNER[0] / 1e7, CORNER[1] / 1e7)[0], abs=0.51
    )
