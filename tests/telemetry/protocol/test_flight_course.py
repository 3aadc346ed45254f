"""What is made of a flight's course, against a copter in memory."""

import asyncio
from dataclasses import replace

import pytest

from missions.files.item_values import numbered
from missions.plan.item import Command, Frame, MissionItem
from telemetry.clock import SystemClock
from telemetry.events import (
    GuardActed,
    ZoneViolated,
)
from telemetry.flight.flight import Flight, FlightPhase
from telemetry.protocol.mission_type import MissionType
from telemetry.wire.message import Message
from tests.telemetry.protocol.flown_plan import (
    BRAKE,
    FIELD,
    PLAN,
    QUICK,
    current,
    good_flight,
    north,
)


async def test_landing_early_is_an_aborted_flight(fly, copter):
    script = good_flight(copter)
    cut = script.index(
        next(line for line in script if getattr(line, "name", "") == "MISSION_ITEM_REACHED" and line.seq == 2)
    )
    copter.script = [
        *script[:cut],
        Message.new("STATUSTEXT", severity=4, text="Battery Failsafe"),
        copter.become(mode=6),
        copter.at(150, alt_m=0),
        copter.become(status=3, is_armed=False),
    ]
    flight = await fly()
    result = flight.outcome
    assert not result.completed
    assert result.reached < 3
    assert "Battery Failsafe; mode RTL at item 2" in result.reason
    assert flight.phase is FlightPhase.ABORTED


async def test_entering_forbidden_space_is_told_once_and_held(fly, copter):
    script = good_flight(copter)
    strayed = [copter.at(116 + step, north(250 + 20 * step).lat_deg, alt_m=30) for step in range(8)]
    waiting = [copter.at(124 + step, north(390).lat_deg, alt_m=30) for step in range(50)]
    copter.script = [
        *script[:6],
        *strayed,
        *waiting,
        copter.at(190, alt_m=0),
        copter.become(status=3, is_armed=False),
    ]
    flight = await fly()
    result = flight.outcome
    assert not result.completed
    assert result.violations == 1
    assert result.min_zone_clearance_m < -80
    assert sum(isinstance(event, ZoneViolated) for event in flight.events) == 1
    modes = [
        message.param2
        for message in copter.heard
        if message.name == "COMMAND_LONG" and message.command == 176
    ]
    assert modes.count(BRAKE) == 1
    assert modes[-1] == BRAKE
    (acted,) = [event for event in flight.events if isinstance(event, GuardActed)]
    assert (acted.zone_id, acted.action, acted.asked) == ("field", "hold", "hold")
    assert "field" in result.reason


async def test_a_return_that_is_refused_is_ordered_again(fly, copter, monkeypatch):
    monkeypatch.setattr("telemetry.flight.flight.RETURN_INTERVAL_S", 0.01)
    script = good_flight(copter)
    copter.deny[20] = (4, ("Mode change to RTL failed: requires position",))
    copter.pace_s = 0.02

    def relent():
        del copter.deny[20]
        return copter.heartbeat()

    waiting = [copter.at(120 + step, north(100).lat_deg, alt_m=30) for step in range(90)]
    copter.script = [
        *script[:6],
        *waiting,
        relent,
        *waiting[-1:] * 60,
        copter.at(290, alt_m=0),
        copter.become(status=3, is_armed=False),
    ]
    flight = await fly()
    assert any("requires position" in note for note in flight.notes)
    assert copter.mode == 6


LOUDSPEAKER_ON = MissionItem(0, Command.DO_SET_RELAY, Frame.MISSION, params=(1.0, 1.0, 0.0, 0.0))
LIGHT_ON = MissionItem(0, Command.DO_SET_SERVO, Frame.MISSION, params=(9.0, 1900.0, 0.0, 0.0))
LIGHT_OFF = replace(LIGHT_ON, params=(9.0, 1100.0, 0.0, 0.0))
OFF = [(181, 1.0, 0.0), (183, 9.0, 1100.0)]


def with_devices():
    before, after = PLAN.items[:2], PLAN.items[2:]
    return replace(PLAN, items=numbered((*before, LOUDSPEAKER_ON, LIGHT_ON, LIGHT_OFF, *after)))


def switched(copter):
    heard = [message for message in copter.heard if message.name == "COMMAND_LONG"]
    return [(m.command, m.param1, m.param2) for m in heard if m.command in (181, 183)]


def broken_off(copter):
    """An RTL that was not ordered here, in the middle of the way."""
    hanging = [copter.at(120 + step, north(20).lat_deg, alt_m=30) for step in range(40)]
    down = [copter.at(170, alt_m=0), copter.become(status=3, is_armed=False)]
    return [*good_flight(copter)[:8], copter.become(mode=6), *hanging, *down]


async def test_devices_are_off_after_a_flight_that_was_broken_off(fly, copter):
    copter.script = broken_off(copter)
    copter.pace_s = 0.02
    flight = await fly(with_devices())
    assert switched(copter) == OFF
    assert "Switched off relay 2." in flight.notes
    assert "still on" not in flight.outcome.reason


async def test_a_device_that_is_not_switched_off_is_told(fly, copter):
    copter.script = broken_off(copter)
    copter.pace_s = 0.02
    copter.deny[183] = (4, ("Channel 9 is already in use",))
    flight = await fly(with_devices())
    assert any("did not switch off output 9" in note and "in use" in note for note in flight.notes)
    assert flight.outcome.reason.endswith("perhaps still on: output 9")
    assert [each for each in switched(copter) if each[0] == 183] == OFF[1:]


async def test_a_flight_flown_whole_switches_its_devices_by_its_items(fly, copter):
    copter.script = good_flight(copter)
    await fly(with_devices())
    assert switched(copter) == []


async def test_devices_are_off_after_an_interruption(vehicle, copter):
    copter.out.append(copter.at(100))
    copter.script = good_flight(copter)[:8]
    flight = Flight(vehicle, with_devices(), FIELD, clock=SystemClock(), limits=QUICK)
    task = asyncio.create_task(flight.run())
    while flight.phase is not FlightPhase.FLYING:
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    copter.deny[181] = (4, ())
    assert "perhaps still on: relay 2" in await flight.leave()
    ordered = [message.command for message in copter.heard if message.name == "COMMAND_LONG"]
    assert ordered.index(20) < ordered.index(181)


async def test_no_progress_is_answered_with_a_return(fly, copter):
    script = good_flight(copter)
    copter.pace_s = 0.01
    hanging = [copter.at(120 + 5 * step, north(10).lat_deg, alt_m=30) for step in range(40)]
    copter.script = [*script[:6], *hanging, copter.at(400, alt_m=0), copter.become(status=3, is_armed=False)]
    flight = await fly()
    assert 20 in [message.command for message in copter.heard if message.name == "COMMAND_LONG"]
    assert "no progress" in flight.outcome.reason


async def test_a_paused_mission_is_waited_for(fly, copter):
    script = good_flight(copter)
    copter.pace_s = 0.01
    hanging = [
        line
        for step in range(40)
        for line in (current(2, state=4), copter.at(120 + 5 * step, north(10).lat_deg, alt_m=30))
    ]
    tail = script[8:]
    copter.script = [*script[:6], *hanging, current(2), *tail]
    await fly()
    assert 20 not in [message.command for message in copter.heard if message.name == "COMMAND_LONG"]


async def test_a_lost_link_is_told_and_given_up_in_the_end(fly, copter, monkeypatch):
    monkeypatch.setattr("telemetry.vehicle.state_tracker.SILENCE_S", 0.1)
    copter.script = good_flight(copter)[:8]
    flight = await fly()
    assert not flight.outcome.completed
    assert "link is lost" in flight.outcome.reason
    assert any("link is lost" in note for note in flight.notes)


async def test_interrupted_in_the_air_it_is_sent_home(vehicle, copter):
    copter.out.append(copter.at(100))
    copter.script = good_flight(copter)[:8]
    flight = Flight(vehicle, PLAN, FIELD, clock=SystemClock(), limits=QUICK)
    task = asyncio.create_task(flight.run())
    while flight.phase is not FlightPhase.FLYING:
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "return to launch" in await flight.leave()
    assert copter.mode == 6
    assert flight.phase is FlightPhase.ABORTED


async def test_interrupted_where_disarming_is_refused_it_is_sent_home(vehicle, copter):
    copter.out.append(copter.at(100))
    flight = Flight(vehicle, PLAN, None, clock=SystemClock(), limits=QUICK)
    task = asyncio.create_task(flight.run())
    while flight.phase is not FlightPhase.TAKING_OFF:
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    copter.deny[400] = (4, ())
    assert "return to launch" in await flight.leave()
    assert copter.mode == 6


async def test_interrupted_in_mid_upload_the_former_mission_stays(vehicle, copter, survey):
    copter.out.append(copter.at(100))
    former = survey(4)
    await vehicle.upload(MissionType.MISSION, former)
    plan = replace(
        PLAN,
        items=(
            PLAN.items[0],
            *(MissionItem(seq, Command.NAV_WAYPOINT, position=north(seq), alt_m=30) for seq in range(2, 80)),
        ),
    )
    steps = asyncio.Event()
    flight = Flight(
        vehicle,
        plan,
        None,
        clock=SystemClock(),
        limits=QUICK,
        on_progress=lambda what, done, total: (
            steps.set() if what == "sending mission" and done == 20 else None
        ),
    )
    task = asyncio.create_task(flight.run())
    await steps.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(copter.lists[0].items) == len(former)
    assert "disarmed; the former mission is on board again" in await flight.leave()
