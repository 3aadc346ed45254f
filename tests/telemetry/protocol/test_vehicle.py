"""What a vehicle is asked, and what reaches the user when it will not."""

import asyncio

import pytest

from telemetry.events import CommandAnswered, TransferProgressed
from telemetry.protocol.command_call import COMMAND
from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_transaction import UploadRefused
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import CommandRefused, TelemetryError, VehicleSilent
from telemetry.wire.message import Message


@pytest.fixture
def quick(monkeypatch):
    """Retries a hundred times faster, for vehicles that are meant to stay silent."""
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.004)


async def test_arm_and_disarm(vehicle, copter):
    await vehicle.arm()
    assert vehicle.state.is_armed
    await vehicle.disarm()
    assert not vehicle.state.is_armed


@pytest.mark.parametrize("texts_after", [True, False])
async def test_the_reasons_of_a_denial_reach_the_user(vehicle, copter, texts_after):
    copter.texts_after = texts_after
    copter.deny[400] = (4, ("Arm: Need Position Estimate", "Arm: AHRS: waiting for home"))
    with pytest.raises(CommandRefused) as caught:
        await vehicle.arm()
    assert caught.value.reasons == ("Arm: Need Position Estimate", "Arm: AHRS: waiting for home")
    assert caught.value.result == 4
    assert "Arm: Need Position Estimate" in str(caught.value)
    assert "COMPONENT_ARM_DISARM" in str(caught.value)


async def test_a_silent_vehicle(vehicle, copter, quick):
    copter.silent.add(400)
    with pytest.raises(VehicleSilent, match="never acknowledged"):
        await vehicle.arm()
    assert sum(message.fields.get("command") == 400 for message in copter.heard) == COMMAND.attempts


async def test_every_answer_is_an_event(vehicle, copter):
    copter.deny[400] = (4, ("Arm: Battery failsafe",))
    with vehicle.bus.subscribe() as events:
        with pytest.raises(CommandRefused):
            await vehicle.arm()
        await vehicle.set_mode("GUIDED")
        answers = [event for event in events.pending() if isinstance(event, CommandAnswered)]
    assert [(answer.command, answer.accepted, answer.reason) for answer in answers] == [
        ("COMPONENT_ARM_DISARM", False, "Arm: Battery failsafe"),
        ("DO_SET_MODE", True, ""),
    ]


async def test_modes_by_name(vehicle):
    await vehicle.set_mode("GUIDED")
    assert vehicle.state.mode == "GUIDED"
    await vehicle.set_mode("auto")
    assert vehicle.state.mode == "AUTO"
    with pytest.raises(TelemetryError, match="no flight mode WARP"):
        await vehicle.set_mode("WARP")


async def test_a_mode_that_is_accepted_and_never_seen(vehicle, copter, monkeypatch):
    monkeypatch.setattr("telemetry.vehicle.flight_orders.EFFECT_TIMEOUT_S", 0.05)
    monkeypatch.setattr(
        type(copter), "heartbeat", lambda self: Message.new("HEARTBEAT", type=2, autopilot=3, base_mode=81)
    )
    with pytest.raises(TelemetryError, match="stays in another"):
        await vehicle.set_mode("GUIDED")


async def test_take_off_arms_in_guided(vehicle, copter):
    await vehicle.takeoff(30)
    assert [message.command for message in copter.heard] == [176, 400, 22]
    assert copter.heard[-1].param7 == 30


async def test_a_vehicle_in_the_air_is_left_in_its_mode(vehicle, copter):
    copter.mode, copter.is_armed, copter.status = 3, True, 4
    copter.out.append(copter.heartbeat())
    assert await vehicle.wait_until(lambda state: state.is_flying is True, 2)
    with pytest.raises(TelemetryError, match="flies already"):
        await vehicle.takeoff(30)
    assert copter.heard == []


async def test_a_refused_take_off_disarms(vehicle, copter):
    copter.deny[22] = (4, ("Takeoff: not ready",))
    with pytest.raises(CommandRefused, match="not ready"):
        await vehicle.takeoff(30)
    assert not copter.is_armed


async def test_who_disarms_in_the_air_is_told_to_land(vehicle, copter):
    await vehicle.takeoff(30)
    copter.deny[400] = (4, ())
    with pytest.raises(CommandRefused, match="Land first"):
        await vehicle.disarm()


async def test_pause_in_auto_pauses_the_mission(vehicle, copter):
    await vehicle.set_mode("AUTO")
    await vehicle.pause()
    await vehicle.resume()
    assert [(message.command, message.param1) for message in copter.heard[1:]] == [(193, 0), (193, 1)]
    assert vehicle.state.mode == "AUTO"


async def test_pause_elsewhere_brakes_and_resume_goes_back(vehicle, copter):
    await vehicle.return_to_launch()
    await vehicle.pause()
    assert vehicle.state.mode == "BRAKE"
    await vehicle.resume()
    assert vehicle.state.mode == "RTL"


async def test_nothing_is_resumed_that_was_not_paused(vehicle, copter):
    with pytest.raises(TelemetryError, match="nothing was paused"):
        await vehicle.resume()
    assert copter.heard == []


async def test_a_refused_pause_brakes(vehicle, copter):
    await vehicle.set_mode("AUTO")
    copter.deny[193] = (2, ())
    await vehicle.pause()
    assert vehicle.state.mode == "BRAKE"
    await vehicle.resume()
    assert vehicle.state.mode == "AUTO"


async def test_return_and_land(vehicle):
    await vehicle.return_to_launch()
    assert vehicle.state.mode == "RTL"
    await vehicle.land()
    assert vehicle.state.mode == "LAND"


async def test_a_return_does_not_wait_behind_another_command(vehicle, copter):
    copter.silent.add(400)
    arming = asyncio.create_task(vehicle.arm())
    await asyncio.sleep(0)
    await vehicle.return_to_launch()
    assert not arming.done()
    arming.cancel()


async def test_parameters(vehicle, copter):
    assert await vehicle.read_parameter("FENCE_RADIUS") == 150
    await vehicle.set_parameter("FENCE_RADIUS", 300)
    assert copter.parameters["FENCE_RADIUS"] == (300, 9)
    copter.heard.clear()
    await vehicle.set_parameter("FENCE_ENABLE", 0)
    assert [message.name for message in copter.heard] == ["PARAM_REQUEST_READ"]
    await vehicle.set_parameter("FENCE_ENABLE", 1)
    assert copter.heard[-1].param_type == 2


async def test_an_unknown_parameter(vehicle, quick):
    with pytest.raises(TelemetryError, match="has no parameter NOPE_X, or takes nothing"):
        await vehicle.read_parameter("NOPE_X")


async def test_a_parameter_that_stays(vehicle, copter, quick):
    copter.clamp["FENCE_TYPE"] = 5.0
    with pytest.raises(TelemetryError, match="FENCE_TYPE stays 5 and does not become 9"):
        await vehicle.set_parameter("FENCE_TYPE", 9)


async def test_upload_and_download(vehicle, copter, survey):
    items, steps = survey(30), []
    with vehicle.bus.subscribe() as events:
        await vehicle.upload(
            MissionType.MISSION, items, lambda what, done, total: steps.append((what, done, total))
        )
        moved = [event for event in events.pending() if isinstance(event, TransferProgressed)]
    assert ("sending mission", 33, 33) in steps
    assert ("reading mission", 33, 33) in steps
    assert len(moved) == len(steps)
    assert not differences(items, await vehicle.download(MissionType.MISSION), MissionType.MISSION)


async def test_a_refused_item_leaves_the_former_mission(vehicle, copter, survey):
    former = survey(6)
    await vehicle.upload(MissionType.MISSION, former)
    copter.lists[0].refuse = lambda item: 10 if item.z == 60 and item.seq == 4 else 0
    with pytest.raises(UploadRefused) as caught:
        await vehicle.upload(MissionType.MISSION, survey(9, alt_m=60.0))
    assert caught.value.result == 10
    assert caught.value.seq == 4
    assert "item 4 of the mission was refused: the latitude of the item is invalid" in str(caught.value)
    assert "The former mission is on board again" in str(caught.value)
    assert not differences(former, copter.lists[0].items, MissionType.MISSION)


async def test_where_the_former_mission_cannot_come_back_there_is_none(vehicle, copter, survey):
    await vehicle.upload(MissionType.MISSION, survey(6))
    copter.lists[0].refuse = lambda item: 5 if item.seq == 2 else 0
    with pytest.raises(UploadRefused, match="there is none on board now"):
        await vehicle.upload(MissionType.MISSION, survey(1, alt_m=60.0))
    assert copter.lists[0].items == []


async def test_too_many_items(vehicle, copter, survey):
    former = survey(3)
    await vehicle.upload(MissionType.MISSION, former)
    copter.lists[0].capacity = 20
    with pytest.raises(UploadRefused, match="the mission of 43 items does not fit") as caught:
        await vehicle.upload(MissionType.MISSION, survey(40))
    assert "The former mission is still on board" in str(caught.value)
    assert "Only 20 items are supported" in str(caught.value)
    assert caught.value.reasons == ("Only 20 items are supported",)


async def test_an_item_that_comes_back_wrong_is_sent_again(vehicle, copter, survey):
    from dataclasses import replace

    spoilt = []

    def spoil(item):
        if item.seq == 5 and not spoilt:
            spoilt.append(item)
            return replace(item, x=item.x + 1)
        return item

    copter.lists[0].corrupt = spoil
    await vehicle.upload(MissionType.MISSION, survey(8))
    assert spoilt
    assert not differences(survey(8), copter.lists[0].items, MissionType.MISSION)


async def test_a_list_that_never_comes_back_right_is_refused(vehicle, copter, survey):
    from dataclasses import replace

    former = survey(2)
    await vehicle.upload(MissionType.MISSION, former)
    copter.lists[0].corrupt = lambda item: replace(item, z=item.z + 1) if item.z == 60 else item
    with pytest.raises(UploadRefused, match="differs from the one sent after 3 tries: item 1: altitude 61 m"):
        await vehicle.upload(MissionType.MISSION, survey(3, alt_m=60.0))
    assert not differences(former, copter.lists[0].items, MissionType.MISSION)


async def test_a_refused_fence_leaves_the_former_one(vehicle, copter):
    def ring(count, shift):
        return [
            WireItem(seq, 0, 5001, (count, 0, 0, 0), 360916017 + shift + seq * 10000, 1037068883 + seq * seq)
            for seq in range(count)
        ]

    await vehicle.upload(MissionType.FENCE, ring(4, 0))
    copter.lists[1].refuse = lambda item: int(item.params[0] == 5)
    with pytest.raises(UploadRefused, match="the fence was refused") as caught:
        await vehicle.upload(MissionType.FENCE, ring(5, 7))
    assert "The former fence is still on board" in str(caught.value)
    assert len(copter.lists[1].items) == 4


async def test_a_cancelled_upload_leaves_no_mixture(vehicle, copter, survey):
    former = survey(6)
    await vehicle.upload(MissionType.MISSION, former)
    begun = asyncio.Event()

    def step(what, done, total):
        if what == "sending mission" and done == 5:
            begun.set()

    task = asyncio.create_task(vehicle.upload(MissionType.MISSION, survey(30, alt_m=60.0), step))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not differences(former, copter.lists[0].items, MissionType.MISSION)


async def test_nothing_is_uploaded_while_a_mission_is_flown(vehicle, copter, survey):
    await vehicle.set_mode("AUTO")
    await vehicle.arm()
    copter.heard.clear()
    for kind in MissionType:
        with pytest.raises(TelemetryError, match="while the vehicle flies a mission"):
            await vehicle.upload(kind, survey(3))
    assert copter.heard == []


async def test_closing_ends_what_waits(vehicle, copter):
    copter.silent.add(400)
    arming = asyncio.create_task(vehicle.arm())
    await asyncio.sleep(0.01)
    await vehicle.close()
    with pytest.raises(TelemetryError, match="link was closed"):
        await arming
