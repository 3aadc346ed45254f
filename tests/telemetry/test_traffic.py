"""Other aircraft: placed, aged, forgotten, and told of where they come near a drone that flies."""

import asyncio
import math
import socket
from random import Random

import pytest

from geofence.latlon import LatLon
from telemetry.bridge import Bridge
from telemetry.events import TrafficAppeared, TrafficCrowded, TrafficNear
from telemetry.links.address import Address
from telemetry.links.link_address import open_link_for
from telemetry.refusal import TelemetryError
from telemetry.traffic.own_remote_id import EPOCH_UNIX_S, Operator, OwnRemoteId, read_operator
from telemetry.traffic.remote_id_service import tell_operator
from telemetry.traffic.traffic_picture import (
    AIRCRAFT_AT_MOST,
    EXPIRY_S,
    NEAR_M,
    Appeared,
    Cleared,
    Expired,
    Near,
    OwnDrone,
    TrafficPicture,
    distance_m,
)
from telemetry.traffic.traffic_watch import MOST_TOLD, TrafficWatch
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.message import Message

HERE = LatLon(36.0925, 103.7080)
ALL_VALID = 1 | 2 | 4 | 8 | 16 | 32 | 128
MAC = (0x5A, 0x10, 0x22, 0x0F, 0x01, 0x07, *(0,) * 14)


def adsb(north_m=0.0, alt_amsl_m=1700.0, address=0x780ABC, **fields):
    values = {
        "ICAO_address": address,
        "lat": round((HERE.lat_deg + math.degrees(north_m / 6_371_000.0)) * 1e7),
        "lon": round(HERE.lon_deg * 1e7),
        "altitude": round(alt_amsl_m * 1e3),
        "heading": 9000,
        "hor_velocity": 5500,
        "ver_velocity": -200,
        "callsign": "CCA1234 ",
        "squawk": 1200,
        "flags": ALL_VALID,
        **fields,
    }
    return Message.new("ADSB_VEHICLE", **values)


def drones(*, alt_amsl_m=1600.0, is_flying=True):
    return {"1-1": OwnDrone(HERE, alt_amsl_m, is_flying)}


def happenings(picture):
    found = []
    while (event := picture.next_event()) is not None:
        found.append(event)
    return found


def test_an_aircraft_is_read_as_it_says():
    picture = TrafficPicture()
    picture.receive_message(adsb(1000.0, tslc=4), 100.0)
    (aircraft,) = picture.aircraft.values()
    assert (aircraft.traffic_id, aircraft.name, aircraft.source) == ("adsb-780ABC", "CCA1234", "adsb")
    assert (aircraft.alt_m, aircraft.alt_datum, aircraft.heading_deg) == (1700.0, "pressure", 90.0)
    assert (aircraft.speed_m_s, aircraft.climb_m_s, aircraft.squawk) == (55.0, -2.0, "1200")
    assert aircraft.heard_s == 96.0


def test_what_is_not_marked_valid_is_not_known():
    picture = TrafficPicture()
    picture.receive_message(adsb(flags=0), 0.0)
    assert picture.aircraft == {}
    picture.receive_message(adsb(flags=1), 0.0)
    (aircraft,) = picture.aircraft.values()
    assert (aircraft.name, aircraft.alt_m, aircraft.heading_deg, aircraft.squawk) == (
        "780ABC",
        None,
        None,
        "",
    )


def test_one_that_comes_near_is_told_once_and_cleared_with_some_slack():
    picture = TrafficPicture(near_m=2000.0, near_vertical_m=300.0)
    said = []
    for second, away_m in enumerate((5000, 2500, 1900, 1500, 1900, 2100, 2300, 2500, 3000)):
        picture.receive_message(adsb(away_m), float(second))
        picture.observe(drones(), float(second))
        said += [(away_m, event) for event in happenings(picture)]
    assert [(away_m, type(event)) for away_m, event in said] == [
        (5000, Appeared),
        (1900, Near),
        (2500, Cleared),
    ]
    near = said[1][1]
    assert near.distance_m == pytest.approx(1900.0, abs=1.0)
    assert near.vertical_m == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("aircraft", "drone", "is_near"),
    [
        ({"alt_amsl_m": 1850.0}, {}, True),
        ({"alt_amsl_m": 2500.0}, {}, False),
        ({"flags": 1}, {}, True),
        ({}, {"alt_amsl_m": None}, True),
        ({}, {"is_flying": False}, False),
    ],
)
def test_near_is_near_in_height_too_and_only_for_who_flies(aircraft, drone, is_near):
    picture = TrafficPicture()
    picture.receive_message(adsb(500.0, **aircraft), 0.0)
    picture.observe(drones(**drone), 0.0)
    assert any(isinstance(event, Near) for event in happenings(picture)) is is_near
    assert picture.near() == ({"adsb-780ABC": ("1-1",)} if is_near else {})


def test_what_is_heard_no_more_is_forgotten():
    picture = TrafficPicture()
    picture.receive_message(adsb(500.0), 0.0)
    picture.observe(drones(), EXPIRY_S)
    assert len(picture.aircraft) == 1
    picture.observe(drones(), EXPIRY_S + 0.1)
    assert picture.aircraft == {}
    assert isinstance(happenings(picture)[-1], Expired)
    picture.receive_message(adsb(500.0, tslc=61), 200.0)
    assert picture.aircraft == {}


def test_the_newest_of_several_receivers_counts_and_the_sky_is_bounded():
    picture = TrafficPicture()
    picture.receive_message(adsb(500.0, tslc=0), 10.0)
    picture.receive_message(adsb(900.0, tslc=8), 10.5)
    assert picture.aircraft["adsb-780ABC"].heard_s == 10.0
    for address in range(AIRCRAFT_AT_MOST + 50):
        picture.receive_message(adsb(address=address), 11.0)
    assert len(picture.aircraft) == AIRCRAFT_AT_MOST


def test_a_drone_with_remote_id_is_put_together_from_its_messages():
    picture = TrafficPicture()
    serial = tuple(b"1581F5FJD239C00D".ljust(20, b"\0"))
    picture.receive_message(Message.new("OPEN_DRONE_ID_BASIC_ID", id_or_mac=MAC, uas_id=serial), 0.0)
    assert picture.aircraft == {}
    location = {
        "latitude": 360930000,
        "longitude": 1037085000,
        "status": 2,
        "direction": 27000,
        "speed_horizontal": 850,
        "speed_vertical": 6300,
        "altitude_geodetic": 1590.0,
        "altitude_barometric": -1000.0,
    }
    picture.receive_message(Message.new("OPEN_DRONE_ID_LOCATION", id_or_mac=MAC, **location), 1.0)
    picture.receive_message(
        Message.new(
            "OPEN_DRONE_ID_SYSTEM",
            id_or_mac=MAC,
            operator_latitude=360940000,
            operator_longitude=1037090000,
        ),
        1.1,
    )
    picture.receive_message(
        Message.new("OPEN_DRONE_ID_OPERATOR_ID", id_or_mac=MAC, operator_id="CHN-XYZ"), 1.2
    )
    (aircraft,) = picture.aircraft.values()
    assert (aircraft.name, aircraft.source) == ("1581F5FJD239C00D", "remote_id")
    assert aircraft.position == LatLon(36.093, 103.7085)
    assert (aircraft.alt_m, aircraft.alt_datum) == (1590.0, "wgs84")
    assert (aircraft.heading_deg, aircraft.speed_m_s, aircraft.climb_m_s) == (270.0, 8.5, None)
    assert (aircraft.operator, aircraft.operator_id) == (LatLon(36.094, 103.709), "CHN-XYZ")
    picture.observe(drones(), 2.0)
    assert [type(event) for event in happenings(picture)] == [Appeared, Near]


def test_our_own_remote_id_is_no_traffic():
    picture = TrafficPicture()
    picture.receive_message(
        Message.new("OPEN_DRONE_ID_LOCATION", latitude=360930000, longitude=1037085000), 0.0
    )
    assert picture.aircraft == {}


def test_our_own_drone_heard_by_a_receiver_is_no_traffic():
    picture = TrafficPicture()
    serial = tuple(b"OURS-1".ljust(20, b"\0"))
    place = {"latitude": 360930000, "longitude": 1037085000}
    picture.receive_message(Message.new("OPEN_DRONE_ID_LOCATION", id_or_mac=MAC, **place), 0.0)
    picture.receive_message(Message.new("OPEN_DRONE_ID_BASIC_ID", id_or_mac=MAC, uas_id=serial), 0.1)
    assert [aircraft.name for aircraft in picture.aircraft.values()] == ["OURS-1"]
    picture.receive_message(Message.new("OPEN_DRONE_ID_BASIC_ID", uas_id=serial), 0.2)
    picture.receive_message(Message.new("OPEN_DRONE_ID_BASIC_ID", id_or_mac=MAC, uas_id=serial), 0.3)
    picture.receive_message(Message.new("OPEN_DRONE_ID_LOCATION", id_or_mac=MAC, **place), 0.4)
    picture.receive_message(Message.new("OPEN_DRONE_ID_BASIC_ID", id_or_mac=MAC, uas_id=serial), 0.5)
    assert picture.aircraft == {}


def test_the_operator_is_told_in_full_every_three_seconds_and_where_each_second():
    operator = Operator("FIN87astrdge12k8", HERE, 1560.0)
    machine = OwnRemoteId(operator, Address(7, 1), EPOCH_UNIX_S + 500.0)
    machine.start(100.0)
    said = []
    while machine.get_timer() < 107.0:
        said += [(message.name, message) for message in machine.messages_to_send()]
        machine.handle_timer(machine.get_timer())
    names = [name.removeprefix("OPEN_DRONE_ID_") for name, _ in said]
    assert names == (["SYSTEM", "OPERATOR_ID", "SYSTEM_UPDATE", "SYSTEM_UPDATE"] * 3)[: len(names)]
    system = said[0][1]
    assert (system.target_system, system.operator_latitude, system.operator_longitude) == (
        7,
        360925000,
        1037080000,
    )
    assert (system.operator_altitude_geo, system.timestamp) == (1560.0, 600)
    assert said[1][1].operator_id == "FIN87astrdge12k8"


@pytest.mark.parametrize(
    "text", ["", "X", "X,1", "X,91,0", "X,0,181", "X,nan,0", f"{'X' * 21},0,0", ",0,0", "中,0,0"]
)
def test_what_names_no_operator_is_refused(text):
    with pytest.raises(TelemetryError, match="names no operator"):
        read_operator(text)


def test_an_operator_as_written():
    assert read_operator("CHN-1, 36.0925,103.708,1560") == Operator("CHN-1", HERE, 1560.0)
    assert read_operator("CHN-1,36.0925,103.708").alt_wgs84_m is None


async def test_a_receiver_beside_the_drones_and_a_drone_in_the_air():
    heard = set()

    async def fly(reader, writer):
        encoder, scanner = Encoder(1, 1), FrameScanner()
        for message in (
            Message.new("HEARTBEAT", type=2, autopilot=3, base_mode=209, system_status=4, mavlink_version=3),
            Message.new(
                "GLOBAL_POSITION_INT", lat=360925000, lon=1037080000, alt=1600000, relative_alt=80000
            ),
        ):
            writer.write(encoder.encode(message))
        while data := await reader.read(65536):
            heard.update(decode(frame).name for frame in scanner.feed(data))
        writer.close()

    listener = await asyncio.start_server(fly, "127.0.0.1", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        async with listener, Bridge() as bridge:
            watch = TrafficWatch(bridge)
            watch.start()
            tell_operator(bridge, Operator("CHN-1", HERE))
            with bridge.bus.subscribe() as events:
                await bridge.add_link(open_link_for(f"tcp:127.0.0.1:{listener.sockets[0].getsockname()[1]}"))
                await bridge.add_link(open_link_for(f"udpout:127.0.0.1:{receiver.getsockname()[1]}"))
                vehicle = await bridge.wait_for_vehicle(5)
                assert await vehicle.wait_until(lambda state: state.position is not None, 5)
                receiver.setblocking(False)
                _, station = await asyncio.wait_for(
                    asyncio.get_running_loop().sock_recvfrom(receiver, 2048), 5
                )
                receiver.sendto(Encoder(9, 156).encode(adsb(700.0)), station)
                async with asyncio.timeout(5):
                    while not watch.picture.aircraft:
                        await asyncio.sleep(0.01)
                watch.observe()
                said = [
                    event for event in events.pending() if isinstance(event, TrafficAppeared | TrafficNear)
                ]
                async with asyncio.timeout(5):
                    while not {"OPEN_DRONE_ID_SYSTEM", "OPEN_DRONE_ID_OPERATOR_ID"} <= heard:
                        await asyncio.sleep(0.01)
            await watch.close()
    assert [(type(event), event.name, event.vehicle_id) for event in said] == [
        (TrafficAppeared, "CCA1234", ""),
        (TrafficNear, "CCA1234", "1-1"),
    ]


async def test_a_flood_of_aircraft_tells_of_the_nearest_and_counts_the_rest():
    picture = TrafficPicture()
    async with Bridge() as bridge:
        now_s = bridge.clock.monotonic_s()
        for number in range(300):
            picture.receive_message(adsb(north_m=5.0 * (299 - number), address=number + 1), now_s)
        picture.observe(drones(), now_s)
        watch = TrafficWatch(bridge, picture)
        with bridge.bus.subscribe() as events:
            watch.observe()
            said = events.pending()
    assert [type(event) for event in said] == [
        *[TrafficAppeared] * MOST_TOLD,
        *[TrafficNear] * MOST_TOLD,
        TrafficCrowded,
    ]
    told = [event.distance_m for event in said if isinstance(event, TrafficNear)]
    assert told == pytest.approx([5.0 * number for number in range(MOST_TOLD)], abs=0.1)
    assert (said[-1].near, said[-1].others) == (300 - MOST_TOLD, 300 - MOST_TOLD)


def test_forged_serial_numbers_of_our_own_are_bounded():
    picture = TrafficPicture()
    for number in range(3 * AIRCRAFT_AT_MOST):
        serial = str(number).encode().ljust(20, b"\0")
        picture.receive_message(Message.new("OPEN_DRONE_ID_BASIC_ID", id_type=1, uas_id=tuple(serial)), 0.0)
    assert len(picture._own_serials) == AIRCRAFT_AT_MOST


@pytest.mark.parametrize(
    "place", [HERE, LatLon(-17.0, 179.995), LatLon(89.99, 20.0), LatLon(-89.999, -170.0)]
)
def test_all_that_are_near_are_found_anywhere(place):
    random = Random(place.lat_deg)
    picture = TrafficPicture()
    near = set()
    for number in range(1, 400):
        lat_deg = max(-90.0, min(90.0, place.lat_deg + random.uniform(-0.03, 0.03)))
        reach_deg = min(180.0, 0.03 / max(1e-3, math.cos(math.radians(place.lat_deg))))
        lon_deg = (place.lon_deg + random.uniform(-reach_deg, reach_deg) + 180.0) % 360.0 - 180.0
        message = adsb(address=number, lat=round(lat_deg * 1e7), lon=round(lon_deg * 1e7), altitude=1600_000)
        picture.receive_message(message, 0.0)
        if distance_m(LatLon(message.lat / 1e7, message.lon / 1e7), place) <= NEAR_M:
            near.add(f"adsb-{number:06X}")
    picture.observe({"1-1": OwnDrone(place, 1600.0, is_flying=True)}, 1.0)
    assert {event.aircraft.traffic_id for event in happenings(picture) if isinstance(event, Near)} == near
    assert 10 < len(near) < 390
