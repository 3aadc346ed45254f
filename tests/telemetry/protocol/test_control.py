"""Nothing but reading reaches a vehicle without its control."""

import asyncio
import contextlib
import inspect

import pytest

from telemetry.control.actor import Actor, Right, acting_as
from telemetry.control.refusal import ControlDenied, ControlHeld
from telemetry.events import (
    CommandAnswered,
    CommandProgressed,
    ControlTaken,
    EmergencyCommanded,
    MissionUploaded,
)
from telemetry.protocol.machine import Retry
from telemetry.protocol.mission_clear import MissionClear
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import CommandRefused, TelemetryError, VehicleSilent
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.message import Message
from tests.telemetry.protocol.flown_plan import good_flight, north

USER = frozenset({Right.CONTROL, Right.EMERGENCY})
LI, WANG = Actor("Li", "patrol", USER), Actor("Wang", "fire", USER)
VIEWER = Actor("viewer", "", frozenset())

READS = {
    "add_listener": lambda vehicle: vehicle.add_listener(lambda _: None),
    "boot_time_s": lambda vehicle: vehicle.boot_time_s,
    "demand_idle": lambda vehicle: vehicle.demand_idle("x"),
    "download": lambda vehicle: vehicle.download(MissionType.MISSION),
    "handle_message": lambda vehicle: vehicle.handle_message(Message.new("HEARTBEAT")),
    "note_heard": lambda vehicle: vehicle.note_heard(0.0),
    "speak_over": lambda vehicle: vehicle.speak_over("tcp:x"),
    "kind": lambda vehicle: vehicle.kind,
    "has_mode": lambda vehicle: vehicle.has_mode("AUTO"),
    "read_parameters": lambda vehicle: vehicle.read_parameters(),
    "place": lambda vehicle: vehicle.place,
    "read_parameter": lambda vehicle: vehicle.read_parameter("FENCE_RADIUS"),
    "state": lambda vehicle: vehicle.state,
    "to_go": lambda vehicle: vehicle.to_go,
    "wait_until": lambda vehicle: vehicle.wait_until(lambda _: True, 1.0),
}
ORDERS = {
    "arm": lambda vehicle: vehicle.arm(),
    "clear": lambda vehicle: vehicle.clear(MissionType.MISSION),
    "command": lambda vehicle: vehicle.command(400, 1),
    "command_component": lambda vehicle: vehicle.command_component(154, 1000, -30),
    "disarm": lambda vehicle: vehicle.disarm(),
    "land": lambda vehicle: vehicle.land(),
    "pause": lambda vehicle: vehicle.pause(),
    "request_mode": lambda vehicle: vehicle.request_mode("AUTO"),
    "return_to_launch": lambda vehicle: vehicle.return_to_launch(),
    "set_mode": lambda vehicle: vehicle.set_mode("GUIDED"),
    "set_parameter": lambda vehicle: vehicle.set_parameter("FENCE_RADIUS", 300),
    "start_mission": lambda vehicle: vehicle.start_mission(),
    "takeoff": lambda vehicle: vehicle.takeoff(30),
    "update_mission": lambda vehicle: vehicle.update_mission(1, [WireItem(1, 3, 16)]),
    "upload": lambda vehicle: vehicle.upload(MissionType.MISSION, ()),
}
OWN_TESTS = {
    "attend",
    "cancel_command",
    "close",
    "demand_control",
    "demand_landed",
    "demand_paused",
    "resume",
}
READING = {
    "PARAM_REQUEST_READ",
    "PARAM_REQUEST_LIST",
    "MISSION_REQUEST_LIST",
    "MISSION_REQUEST_INT",
    "MISSION_ACK",
}


def test_every_public_method_is_asked_about():
    names = {name for name, _ in inspect.getmembers(Vehicle) if not name.startswith("_")}
    assert names == READS.keys() | ORDERS.keys() | OWN_TESTS


@pytest.mark.parametrize("name", sorted(ORDERS))
@pytest.mark.parametrize("actor", [WANG, VIEWER, None])
async def test_no_order_without_the_control(vehicle, copter, name, actor):
    vehicle.control.share()
    vehicle.control.take(LI)
    is_emergency = name in ("land", "pause", "return_to_launch") and actor is WANG
    if actor is None:
        with pytest.raises(ControlDenied):
            await ORDERS[name](vehicle)
    elif is_emergency:
        with acting_as(actor), vehicle.bus.subscribe() as events:
            await ORDERS[name](vehicle)
            (said,) = [event for event in events.pending() if isinstance(event, EmergencyCommanded)]
        assert (said.who, said.why, said.holder) == ("Wang", "fire", "Li")
    else:
        with acting_as(actor), pytest.raises(ControlHeld) as caught:
            await ORDERS[name](vehicle)
        assert caught.value.holder == LI
    if not is_emergency:
        assert {message.name for message in copter.heard} <= READING
    assert vehicle.control.is_held_by(LI)


@pytest.mark.parametrize("name", sorted(READS))
async def test_reading_wants_no_control(vehicle, copter, name, monkeypatch):
    monkeypatch.setattr("telemetry.vehicle.vehicle.VERSION_TIMEOUT_S", 0.01)
    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.004)
    vehicle.control.share()
    vehicle.control.take(LI)
    outcome = READS[name](vehicle)
    if inspect.isawaitable(outcome):
        # This copter has no list of parameters.
        with contextlib.suppress(VehicleSilent):
            await outcome
    assert {message.name for message in copter.heard} <= READING


async def test_who_has_the_control_says_so_in_what_is_done(vehicle, copter):
    vehicle.control.share()
    with acting_as(LI), vehicle.bus.subscribe() as events:
        await vehicle.arm()
        said = events.pending()
    assert next(event for event in said if isinstance(event, ControlTaken)).who == "Li"
    answered = next(event for event in said if isinstance(event, CommandAnswered))
    assert (answered.who, answered.why) == ("Li", "patrol")


async def test_a_task_acts_as_who_started_it(vehicle):
    vehicle.control.share()
    with acting_as(LI):
        arming = asyncio.create_task(vehicle.arm())
    await arming
    assert vehicle.control.is_held_by(LI)


async def test_a_progress_is_told_and_a_command_taken_back(vehicle, copter, monkeypatch):
    def answer(result, progress=255):
        fields = {"target_system": 255, "target_component": 190, "command": 241}
        message = Message.new("COMMAND_ACK", result=result, progress=progress, **fields)
        message.system_id, message.component_id = 1, 1
        vehicle.handle_message(message)

    copter.silent.add(241)
    with pytest.raises(TelemetryError, match="not under way"):
        vehicle.cancel_command(241)
    with vehicle.bus.subscribe() as events:
        calibrating = asyncio.create_task(vehicle.command(241, 1))
        await asyncio.sleep(0.01)
        answer(5, 40)
        await asyncio.sleep(0.01)
        with acting_as(VIEWER), pytest.raises(ControlHeld):
            vehicle.cancel_command(241)
        vehicle.cancel_command(241)
        assert copter.heard[-1].name == "COMMAND_CANCEL"
        answer(6)
        with pytest.raises(CommandRefused, match="cancelled"):
            await calibrating
        progressed = [event for event in events.pending() if isinstance(event, CommandProgressed)]
    assert [event.percent for event in progressed] == [40]


async def test_a_command_at_work_is_taken_back_by_whoever_ceases_to_wait_for_it(vehicle, copter):
    def answer(result):
        fields = {"target_system": 255, "target_component": 190, "command": 241}
        message = Message.new("COMMAND_ACK", result=result, progress=40, **fields)
        message.system_id, message.component_id = 1, 1
        vehicle.handle_message(message)

    copter.silent.add(241)
    calibrating = asyncio.create_task(vehicle.command(241, 1))
    await asyncio.sleep(0)
    answer(5)
    await asyncio.sleep(0)
    calibrating.cancel()
    while copter.heard[-1].name != "COMMAND_CANCEL":
        await asyncio.sleep(0)
    assert copter.heard[-1].command == 241
    answer(6)
    with pytest.raises(asyncio.CancelledError):
        await calibrating
    # What the vehicle has not said it is at, there is nothing to take back of.
    sending = asyncio.create_task(vehicle.command(241, 1))
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert copter.heard[-1].name == "COMMAND_LONG"


async def test_a_flight_taken_over_is_followed_and_not_fought(vehicle, copter, fly):
    """It hangs for so long that the flight would call it home, if it were its own."""
    script = good_flight(copter)
    copter.pace_s = 0.01

    def seize():
        vehicle.control.take(Actor("chief"), is_urgent=True)
        return copter.at(119, north(10).lat_deg, alt_m=30)

    hanging = [copter.at(120 + 5 * step, north(10).lat_deg, alt_m=30) for step in range(40)]
    copter.script = [
        *(*script[:6], seize, *hanging),
        *(copter.at(400, alt_m=0), copter.become(status=3, is_armed=False)),
    ]
    with acting_as(LI):
        flight = await fly()
    assert 20 not in [message.command for message in copter.heard if message.name == "COMMAND_LONG"]
    assert any("chief has the control now" in note for note in flight.notes)
    assert "chief took the control over" in flight.outcome.reason
    uploaded = next(event for event in flight.events if isinstance(event, MissionUploaded))
    assert (uploaded.who, uploaded.why) == ("Li", "patrol")


async def test_a_flight_is_not_begun_under_another_hand(vehicle, copter, fly):
    vehicle.control.take(WANG)
    with acting_as(LI), pytest.raises(ControlHeld, match="Wang"):
        await fly()
    assert copter.heard == []


async def test_what_answers_a_vehicle_by_itself_must_only_read(vehicle):
    vehicle.control.share()
    vehicle.control.take(LI)
    with acting_as(VIEWER), pytest.raises(ControlHeld):
        vehicle.attend(MissionClear(vehicle.address), frozenset())
