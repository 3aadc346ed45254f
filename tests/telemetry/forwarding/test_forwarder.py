"""Other ground stations at the bridge: pymavlink, MAVProxy and MAVSDK, none of them ours."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pymavlink import mavutil

from telemetry.control.actor import Actor
from telemetry.events import StationHeard
from telemetry.forwarding.attached_stations import attached_stations
from telemetry.links.address import Address
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import TelemetryError
from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message
from tests.mavproxy_console import mavproxy, needs_mavproxy
from tests.station_script import needs_mavsdk, run_station

LISTEN = "tcp-listen:127.0.0.1:0"
PLANNED = 4
"""Home and three items."""


@asynccontextmanager
async def station(bridge, *, may_order, may_upload=False, component=230):
    readers, orderers = ([], [LISTEN]) if may_order else ([LISTEN], [])
    async with attached_stations(bridge, readers, orderers, may_upload=may_upload) as [forwarder]:
        address = f"tcp:127.0.0.1:{forwarder.link.port}"
        connection = await asyncio.to_thread(
            mavutil.mavlink_connection, address, source_system=255, source_component=component
        )
        try:
            await asyncio.to_thread(connection.wait_heartbeat)
            yield forwarder, connection
        finally:
            connection.close()


async def answer(connection, kind, **values):
    def receive():
        while True:
            message = connection.recv_match(type=kind, blocking=True, timeout=5)
            assert message is not None, kind
            if all(getattr(message, name) == value for name, value in values.items()):
                return message

    return await asyncio.to_thread(receive)


def arm(connection):
    connection.mav.command_long_send(1, 1, 400, 0, 1, 0, 0, 0, 0, 0, 0)


async def test_a_reading_station_sees_and_reads_and_is_denied_the_rest(bridge):
    with bridge.bus.subscribe() as events:
        async with station(bridge, may_order=False) as (forwarder, connection):
            assert connection.target_system == 1
            await answer(connection, "GLOBAL_POSITION_INT")
            connection.mav.param_request_read_send(1, 1, b"WPNAV_SPEED", -1)
            assert (await answer(connection, "PARAM_VALUE", param_id="WPNAV_SPEED")).param_value == 1000
            connection.mav.mission_request_list_send(1, 1)
            assert (await answer(connection, "MISSION_COUNT")).count == PLANNED
            arm(connection)
            assert (await answer(connection, "COMMAND_ACK", command=400)).result == 2
            connection.mav.mission_count_send(1, 1, 3)
            assert (await answer(connection, "MISSION_ACK")).type == mavutil.mavlink.MAV_MISSION_DENIED
            connection.mav.param_set_send(1, 1, b"WPNAV_SPEED", 300, 9)
            assert "only read" in (await answer(connection, "STATUSTEXT", severity=4)).text
            assert forwarder.denied["COMMAND_LONG"] == 1
        heard = [event for event in events.pending() if isinstance(event, StationHeard)]
    assert [(event.system_id, event.component_id) for event in heard] == [(255, 230)]
    vehicle = bridge.vehicles["1-1"]
    assert not vehicle.state.is_armed
    assert await vehicle.read_parameter("WPNAV_SPEED") == 1000
    assert len(await vehicle.download(MissionType.MISSION)) == PLANNED


async def test_an_ordering_station_needs_the_control(bridge):
    vehicle = bridge.vehicles["1-1"]
    li = Actor("li", "patrol")
    vehicle.control.take(li)
    async with station(bridge, may_order=True) as (_, connection):
        arm(connection)
        assert (await answer(connection, "COMMAND_ACK", command=400)).result == 2
        assert not vehicle.state.is_armed
        vehicle.control.release(li)
        arm(connection)
        assert (await answer(connection, "COMMAND_ACK", command=400)).result == 0
        assert await vehicle.wait_until(lambda state: state.is_armed, 5)
        assert vehicle.control.holding.actor.who.startswith("station 255/230 on tcp-listen")


async def test_what_nobody_verified_is_put_on_board_only_where_that_was_said(bridge):
    vehicle = bridge.vehicles["1-1"]
    async with station(bridge, may_order=True) as (forwarder, connection):
        connection.mav.mission_count_send(1, 1, 3)
        assert "unverified uploads" in (await answer(connection, "STATUSTEXT", severity=4)).text
        for mission_type in MissionType:
            connection.mav.mission_count_send(1, 1, 3, mission_type)
            refused = await answer(connection, "MISSION_ACK", mission_type=mission_type)
            assert refused.type == mavutil.mavlink.MAV_MISSION_DENIED
        connection.mav.mission_clear_all_send(1, 1, MissionType.FENCE)
        refused = await answer(connection, "MISSION_ACK", mission_type=MissionType.FENCE)
        assert refused.type == mavutil.mavlink.MAV_MISSION_DENIED
        create_file = [7, 0, 2, 6, *[0] * 247]
        connection.mav.file_transfer_protocol_send(0, 1, 1, create_file)
        said = (await answer(connection, "FILE_TRANSFER_PROTOCOL")).payload
        assert (said[0], said[2], said[3], said[4], said[5], said[12]) == (8, 2, 129, 1, 6, 9)
        assert forwarder.denied["MISSION_COUNT"] == 4
        # Nor does a refused upload take the control.
        assert vehicle.control.holding is None
    assert len(await vehicle.download(MissionType.MISSION)) == PLANNED
    async with station(bridge, may_order=True, may_upload=True) as (_, connection):
        connection.mav.mission_clear_all_send(1, 1, MissionType.RALLY)
        passed = await answer(connection, "MISSION_ACK", mission_type=MissionType.RALLY)
        assert passed.type == mavutil.mavlink.MAV_MISSION_ACCEPTED


async def test_coming_home_is_passed_on_without_the_control(bridge):
    vehicle = bridge.vehicles["1-1"]
    vehicle.control.take(Actor("li", "patrol"))
    async with station(bridge, may_order=True) as (_, connection):
        connection.mav.command_long_send(1, 1, 21, 0, 0, 0, 0, 0, 0, 0, 0)
        await answer(connection, "COMMAND_ACK", command=21)
        assert vehicle.control.holding.actor.who == "li"


async def test_asking_for_streams_takes_no_control(bridge):
    vehicle = bridge.vehicles["1-1"]
    async with station(bridge, may_order=True) as (forwarder, connection):
        connection.mav.request_data_stream_send(1, 1, 0, 10, 1)
        connection.mav.param_request_read_send(1, 1, b"WPNAV_SPEED", -1)
        await answer(connection, "PARAM_VALUE", param_id="WPNAV_SPEED")
        assert forwarder.denied["REQUEST_DATA_STREAM"] == 1
        assert vehicle.control.holding is None


async def test_an_order_to_everybody_takes_nobodys_control(bridge):
    vehicle = bridge.vehicles["1-1"]
    async with station(bridge, may_order=True) as (forwarder, connection):
        connection.mav.command_long_send(0, 0, 400, 0, 1, 0, 0, 0, 0, 0, 0)
        connection.mav.param_request_read_send(1, 1, b"WPNAV_SPEED", -1)
        await answer(connection, "PARAM_VALUE", param_id="WPNAV_SPEED")
        assert forwarder.denied["COMMAND_LONG"] == 1
        assert vehicle.control.holding is None
        vehicle.control.take(Actor("li", station=Address(255, 230)))
        connection.mav.command_long_send(0, 0, 400, 0, 1, 0, 0, 0, 0, 0, 0)
        assert (await answer(connection, "COMMAND_ACK", command=400)).result == 0
        assert str(vehicle.control.holding.actor) == "li"
        vehicle.control.take(Actor("wang"), is_urgent=True)
        connection.mav.command_long_send(0, 0, 21, 0, 0, 0, 0, 0, 0, 0, 0)
        assert (await answer(connection, "COMMAND_ACK", command=21)).result == 0
        assert str(vehicle.control.holding.actor) == "wang"


async def test_the_station_of_the_holder_orders_in_the_holders_name(bridge):
    vehicle = bridge.vehicles["1-1"]
    vehicle.control.take(Actor("li", "patrol", station=Address(255, 230)))
    async with station(bridge, may_order=True) as (_, connection):
        arm(connection)
        assert (await answer(connection, "COMMAND_ACK", command=400)).result == 0
        assert str(vehicle.control.holding.actor) == "li (patrol)"
        vehicle.control.take(Actor("li", station=Address(255, 231)))
        arm(connection)
        assert (await answer(connection, "COMMAND_ACK", command=400)).result == 2


async def test_answers_go_to_the_station_that_asked(bridge):
    async with attached_stations(bridge, [LISTEN]) as [forwarder]:
        address = f"tcp:127.0.0.1:{forwarder.link.port}"
        one, two = [
            await asyncio.to_thread(
                mavutil.mavlink_connection, address, source_system=255, source_component=component
            )
            for component in (230, 231)
        ]
        for connection in (one, two):
            connection.mav.heartbeat_send(6, 8, 0, 0, 0)
            await asyncio.to_thread(connection.wait_heartbeat)
        one.mav.mission_request_list_send(1, 1)
        await answer(one, "MISSION_COUNT")
        await answer(two, "GLOBAL_POSITION_INT")
        assert "MISSION_COUNT" not in two.messages
        one.close()
        two.close()


async def test_a_station_that_speaks_as_the_vehicle_is_not_believed(bridge):
    async with station(bridge, may_order=True) as (forwarder, connection):
        connection.mav.srcSystem = 1
        arm(connection)
        connection.mav.srcSystem = 255
        connection.mav.param_request_read_send(1, 1, b"WPNAV_SPEED", -1)
        await answer(connection, "PARAM_VALUE", param_id="WPNAV_SPEED")
        assert forwarder.denied["COMMAND_LONG"] == 1
    assert not bridge.vehicles["1-1"].state.is_armed


async def test_no_signing_key_is_passed_on_either_way(bridge):
    secret = bytes(range(1, 33))
    async with station(bridge, may_order=True) as (forwarder, connection):
        connection.mav.setup_signing_send(1, 1, list(secret), 1000)
        connection.mav.param_request_read_send(1, 1, b"WPNAV_SPEED", -1)
        await answer(connection, "PARAM_VALUE", param_id="WPNAV_SPEED")
        assert forwarder.denied["SETUP_SIGNING"] == 1
        # Another station on the vehicle's own link gives it a key; then it says something else.
        other = Encoder(250, 190)
        setup = Message.new("SETUP_SIGNING", target_system=1, target_component=1, secret_key=tuple(secret))
        ping = Message.new("PING", seq=7)
        heard = []
        connection.message_hooks.append(lambda _, message: heard.append(bytes(message.get_msgbuf())))
        bridge.links[0].receive([(other.encode(setup) + other.encode(ping), "")])
        await answer(connection, "PING", seq=7)
        assert forwarder.denied["SETUP_SIGNING"] == 2
        assert not any(secret in raw for raw in heard)
    # What it says is heard unsigned still.
    assert await bridge.vehicles["1-1"].read_parameter("WPNAV_SPEED") == 1000


async def test_nobody_looks_on_over_a_recording(bridge):
    with pytest.raises(TelemetryError, match="over a recording"):
        async with attached_stations(bridge, ["flight.tlog"]):
            pass


@needs_mavproxy
async def test_mavproxy_reads_all_and_commands_nothing(bridge, tmp_path):
    async with (
        attached_stations(bridge, [LISTEN]) as [forwarder],
        mavproxy(f"tcp:127.0.0.1:{forwarder.link.port}", tmp_path, "ftp,wp,param,arm") as console,
    ):
        await console.until("online system 1")
        await console.until("Received 1392 parameters")
        await console.ask("wp list", f"Saved {PLANNED} waypoints")
        await console.ask("arm throttle", "COMPONENT_ARM_DISARM: DENIED")
    assert not bridge.vehicles["1-1"].state.is_armed


@needs_mavsdk
async def test_mavsdk_reads_all_and_commands_nothing(bridge):
    async with attached_stations(bridge, [LISTEN]) as [forwarder]:
        script = Path(__file__).with_name("mavsdk_station.py")
        read = await run_station(script, f"tcpout://127.0.0.1:{forwarder.link.port}")
    assert read["speed_cm_s"] == 1000
    assert read["mission"] == [16, 22, 16, 20]
    assert "denied" in read["arming"].lower()
    assert not bridge.vehicles["1-1"].state.is_armed
