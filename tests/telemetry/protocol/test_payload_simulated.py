"""Gimbal and camera over TCP against the simulator: found, told, and seen to do it."""

import asyncio
import contextlib

import pytest

from simulator.fleet import SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.links.address import GROUND_STATION
from telemetry.links.link_address import open_link_for
from telemetry.operations.attitude_and_speed import turn_deg
from telemetry.operations.camera import RecordVideo, StopImages, StopVideo, TakeImages, ZoomCamera
from telemetry.operations.gimbal import PointGimbal, ReleaseGimbal
from telemetry.refusal import CommandRefused, TelemetryError


@contextlib.asynccontextmanager
async def carrying(**parameters):
    fleet = SimulatorFleet(1, port=0, speedup=10.0, quick_boot=True, parameters=parameters)
    await fleet.start()
    try:
        async with Bridge() as bridge, asyncio.timeout(60):
            await bridge.add_link(open_link_for(fleet.addresses[0]))
            yield await bridge.wait_for_vehicle(10)
    finally:
        await fleet.stop()


async def test_a_gimbal_is_found_taken_pointed_and_released():
    async with carrying(MNT1_TYPE=1.0) as vehicle:
        assert await vehicle.wait_until(lambda state: state.gimbal_controller == (0, 0), 10)
        assert vehicle.state.gimbal_component == 1
        await PointGimbal(vehicle, -60.0, 40.0).perform()
        state = vehicle.state
        assert state.gimbal_controller == GROUND_STATION
        assert state.gimbal_pitch_deg == pytest.approx(-60.0, abs=3.0)
        assert turn_deg(state.gimbal_yaw_deg, state.heading_deg + 40.0) < 6.0
        assert state.gimbal_mode == "follow"
        await PointGimbal(vehicle, 0.0, 90.0, is_from_north=True).perform()
        assert vehicle.state.gimbal_mode == "lock"
        assert turn_deg(vehicle.state.gimbal_yaw_deg, 90.0) < 6.0
        await PointGimbal(vehicle, -90.0).perform()
        await ReleaseGimbal(vehicle).perform()
        assert vehicle.state.gimbal_controller == (0, 0)


async def test_a_camera_is_found_and_does_what_it_is_told():
    async with carrying(CAM1_TYPE=1.0) as vehicle:
        assert await vehicle.wait_until(lambda state: state.is_recording is False, 10)
        state = vehicle.state
        assert (state.camera_component, state.camera_name) == (1, "Feiying SimCam")
        await TakeImages(vehicle).perform()
        assert vehicle.state.images_taken == 1
        await TakeImages(vehicle, count=0, interval_s=0.5).perform()
        assert await vehicle.wait_until(lambda state: state.images_taken >= 4, 10)
        await StopImages(vehicle).perform()
        assert vehicle.state.is_taking_images is False
        await RecordVideo(vehicle).perform()
        assert vehicle.state.camera_mode in ("image", "video")
        with pytest.raises(CommandRefused, match="VIDEO_START_CAPTURE"):
            await RecordVideo(vehicle).perform()
        await StopVideo(vehicle).perform()
        assert vehicle.state.is_recording is False
        await ZoomCamera(vehicle, 45.0).perform()
        assert vehicle.state.zoom_pct == pytest.approx(45.0, abs=2.0)


async def test_what_is_not_carried_is_refused_by_the_vehicle():
    async with carrying() as vehicle:
        with pytest.raises(CommandRefused, match="DO_MOUNT_CONTROL was refused"):
            await PointGimbal(vehicle, -45.0).perform()
        with pytest.raises(CommandRefused, match="DO_DIGICAM_CONTROL"):
            await TakeImages(vehicle).perform()
        with pytest.raises(TelemetryError, match="no gimbal manager"):
            await ReleaseGimbal(vehicle).perform()
        assert vehicle.state.gimbal_component is None
        assert vehicle.state.camera_component is None


@pytest.mark.parametrize(
    "order",
    [
        lambda vehicle: PointGimbal(vehicle, 100.0),
        lambda vehicle: TakeImages(vehicle, -1),
        lambda vehicle: TakeImages(vehicle, 2, 0.0),
        lambda vehicle: ZoomCamera(vehicle, 101.0),
    ],
)
async def test_senseless_orders_are_refused_before_anything_is_sent(vehicle, copter, order):
    copter.heard.clear()
    with pytest.raises(TelemetryError):
        order(vehicle)
    assert copter.heard == []
