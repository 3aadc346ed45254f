"""Gimbals and cameras that are components of their own, and vehicles that only have the older commands."""

import asyncio

import pytest

from telemetry.links.address import Address
from telemetry.operations import gimbal as gimbal_file
from telemetry.operations.camera import TakeImages
from telemetry.operations.gimbal import PointGimbal
from telemetry.operations.operation import OperationUnproven
from telemetry.vehicle.payload_discovery import ASK, PayloadDiscovery
from telemetry.wire.message import Message

CAMERA, GIMBAL = 100, 154


def said_by(component_id, name, **fields):
    message = Message.new(name, **fields)
    message.system_id, message.component_id = 1, component_id
    return message


def asked_by(machine):
    return [
        (message.target_component, message.command, round(message.param1))
        for message in machine.messages_to_send()
    ]


def test_a_vehicle_that_carries_nothing_is_left_alone_after_a_while():
    machine = PayloadDiscovery(Address(1, 1))
    machine.start(0.0)
    assert asked_by(machine) == [(1, 512, 280), (1, 512, 259)]
    asked = 0
    while (timer_s := machine.get_timer()) is not None:
        machine.handle_timer(timer_s)
        asked += len(asked_by(machine))
    assert asked == 2 * (ASK.attempts - 1)


def test_a_camera_beside_the_autopilot_is_asked_and_its_streams_wanted():
    machine = PayloadDiscovery(Address(1, 1))
    machine.start(0.0)
    asked_by(machine)
    for _ in range(3):
        machine.receive_message(said_by(CAMERA, "HEARTBEAT", type=30, autopilot=8), 1.0)
    machine.receive_message(said_by(2, "HEARTBEAT", type=2, autopilot=3), 1.0)
    assert asked_by(machine) == [(CAMERA, 512, 259)]
    machine.receive_message(said_by(CAMERA, "CAMERA_INFORMATION"), 2.0)
    machine.receive_message(said_by(CAMERA, "CAMERA_INFORMATION"), 3.0)
    assert asked_by(machine) == [(CAMERA, 511, 262), (CAMERA, 511, 260)]


async def test_a_camera_component_answers_for_itself(vehicle, copter):
    name = tuple(b"Sony".ljust(32, b"\0")), tuple(b"A7R".ljust(32, b"\0"))
    vehicle.handle_message(said_by(CAMERA, "CAMERA_INFORMATION", vendor_name=name[0], model_name=name[1]))
    vehicle.handle_message(said_by(1, "CAMERA_INFORMATION"))
    assert (vehicle.state.camera_component, vehicle.state.camera_name) == (CAMERA, "Sony A7R")
    copter.silent.add(2000)
    copter.heard.clear()
    taking = asyncio.create_task(TakeImages(vehicle).perform())
    async with asyncio.timeout(5):
        while not copter.heard:
            await asyncio.sleep(0.005)
    assert (copter.heard[0].target_component, copter.heard[0].command) == (CAMERA, 2000)
    ack = {"command": 2000, "result": 0, "target_system": 255, "target_component": 190}
    # The autopilot's own answer to such a command is not the camera's.
    vehicle.handle_message(said_by(1, "COMMAND_ACK", **{**ack, "result": 3}))
    await asyncio.sleep(0.01)
    assert not taking.done()
    vehicle.handle_message(said_by(CAMERA, "COMMAND_ACK", **ack))
    vehicle.handle_message(said_by(CAMERA, "CAMERA_IMAGE_CAPTURED", capture_result=1))
    await asyncio.wait_for(taking, 5)
    vehicle.handle_message(said_by(1, "CAMERA_FEEDBACK"))
    assert vehicle.state.images_taken == 1


async def test_an_older_mount_is_pointed_with_the_older_command(vehicle, copter):
    copter.out.append(Message.new("GLOBAL_POSITION_INT", lat=360925000, lon=1037080000, hdg=9000))
    assert await vehicle.wait_until(lambda state: state.heading_deg == 90.0, 5)
    copter.heard.clear()
    pointing = asyncio.create_task(PointGimbal(vehicle, -30.0, 120.0, is_from_north=True).perform())
    async with asyncio.timeout(5):
        while not copter.heard:
            await asyncio.sleep(0.005)
    sent = copter.heard[0]
    assert (sent.command, sent.param1, sent.param3, sent.param7) == (205, -30.0, 30.0, 2.0)
    copter.out.append(Message.new("MOUNT_STATUS", pointing_a=-3000, pointing_c=3000))
    await asyncio.wait_for(pointing, 5)
    assert vehicle.state.gimbal_yaw_deg == 120.0


async def test_a_gimbal_that_does_not_move_is_told(vehicle, copter, monkeypatch):
    monkeypatch.setattr(gimbal_file, "POINTING_LIMIT_S", 0.3)
    copter.out.append(Message.new("MOUNT_STATUS", pointing_a=0))
    with pytest.raises(OperationUnproven, match="looking 0 degrees up"):
        await PointGimbal(vehicle, -30.0).perform()


async def test_remote_id_that_forbids_arming_is_in_the_state(vehicle):
    vehicle.handle_message(
        said_by(1, "OPEN_DRONE_ID_ARM_STATUS", status=1, error="operator location missing")
    )
    assert (vehicle.state.remote_id_ok, vehicle.state.remote_id_problem) == (
        False,
        "operator location missing",
    )
    vehicle.handle_message(said_by(1, "OPEN_DRONE_ID_ARM_STATUS"))
    assert (vehicle.state.remote_id_ok, vehicle.state.remote_id_problem) == (True, "")
