"""What a flight has come to, from messages: real ones, and real ones with holes."""

import random
from pathlib import Path

import pytest

from geofence.latlon import LatLon
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from telemetry.flight.flight_watch import FlightWatch, ItemCounted, ZoneEntered
from telemetry.wire.message import Message

RECORDINGS = Path(__file__).parents[4] / "shared" / "ardupilot"
HOME = LatLon(36.0925, 103.708)


def plan_of(*items):
    return Plan("test", HOME, tuple(items))


@pytest.fixture(scope="module")
def survey_flight():
    """The plan of recording 01 and all the vehicle said."""
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings are not beside this repository")
    from telemetry.wire.codec import FrameScanner, decode

    data = (RECORDINGS / "01-auto-survey-rtl.tlog").read_bytes()
    items, messages, start = {}, [], None
    offset = 0
    while offset < len(data):
        length = data[offset + 9] + 12 + (13 if data[offset + 10] & 1 else 0)
        message = decode(FrameScanner().feed(data[offset + 8 : offset + 8 + length])[0])
        offset += 8 + length
        if message.name == "MISSION_ITEM_INT" and message.system_id == 255 and message.seq:
            place = LatLon(message.x / 1e7, message.y / 1e7) if message.x else None
            items[message.seq] = MissionItem(
                message.seq, message.command, Frame(message.frame), place, message.z
            )
        if message.name == "COMMAND_LONG" and message.command == 300:
            start = len(messages)
        if message.system_id == 1:
            messages.append(message)
    return Plan("recorded", HOME, tuple(items[seq] for seq in sorted(items))), messages, start


def watch(plan, messages, start, keep=lambda message: True, clearance=None):
    flight = FlightWatch(plan, clearance)
    for number, message in enumerate(messages):
        if number == start:
            flight.begin()
        if keep(message):
            flight.receive_message(message)
        if number > start and flight.landed_s is not None and not flight.is_armed:
            break
    flight.finish()
    return flight


@pytest.mark.recorded
def test_a_recorded_flight(survey_flight):
    flight = watch(*survey_flight)
    assert flight.items == flight.reached == 12
    assert [event.seq for event in iter(flight.next_event, None)] == list(range(1, 13))
    assert 3 < flight.takeoff_s < 10
    assert 158 < flight.landed_s < 163
    assert 570 < flight.length_m < 600


@pytest.mark.recorded
def test_no_report_of_a_reached_item_is_needed(survey_flight):
    flight = watch(*survey_flight, keep=lambda message: message.name != "MISSION_ITEM_REACHED")
    assert flight.reached == 12


@pytest.mark.recorded
@pytest.mark.parametrize("seed", range(5))
def test_losing_two_messages_in_three_changes_nothing_counted(survey_flight, seed):
    dice = random.Random(seed)
    flight = watch(*survey_flight, keep=lambda message: dice.random() < 0.33)
    assert flight.reached == 12
    assert 570 < flight.length_m < 600


@pytest.mark.recorded
def test_a_silence_of_a_minute_over_five_items(survey_flight):
    plan, messages, start = survey_flight
    silent = range(start + 800, start + 2600)
    kept = {id(message) for number, message in enumerate(messages) if number not in silent}
    flight = watch(plan, messages, start, keep=lambda message: id(message) in kept)
    assert flight.reached == 12


@pytest.mark.recorded
def test_items_that_were_jumped_over_are_not_counted(survey_flight):
    plan, messages, _ = survey_flight
    jumped = [
        message for message in messages if message.name not in ("MISSION_ITEM_REACHED", "MISSION_CURRENT")
    ]
    flight = FlightWatch(plan, None)
    for number, message in enumerate(jumped):
        if number == 1500:
            flight.begin()
            flight.receive_message(Message.new("MISSION_CURRENT", seq=1, mission_state=3))
            flight.receive_message(Message.new("MISSION_CURRENT", seq=11, mission_state=3))
        flight.receive_message(message)
        if number == 1600:
            break
    assert flight.reached < 6


def position(time_s, north_m, alt_m=30.0):
    return Message.new(
        "GLOBAL_POSITION_INT",
        time_boot_ms=round(time_s * 1e3),
        lat=round((HOME.lat_deg + north_m / 110_950) * 1e7),
        lon=round(HOME.lon_deg * 1e7),
        relative_alt=round(alt_m * 1e3),
    )


def heartbeat(is_armed=True, is_active=True):
    return Message.new("HEARTBEAT", base_mode=81 | 128 * is_armed, system_status=4 if is_active else 3)


def clearance_of_wall(position, alt_rel_m, alt_amsl_m):
    """Forbidden north of 100 m."""
    return 100.0 - (position.lat_deg - HOME.lat_deg) * 110_950, "wall"


def test_a_violation_counts_once_an_entering():
    flight = FlightWatch(plan_of(MissionItem(1, Command.NAV_WAYPOINT, position=HOME)), clearance_of_wall)
    flight.begin()
    flight.receive_message(heartbeat())
    for time_s, north_m in enumerate([0, 50, 99, 105, 110, 95, 120, 80]):
        flight.receive_message(position(time_s, north_m))
    entered = [event for event in iter(flight.next_event, None) if isinstance(event, ZoneEntered)]
    assert flight.violations == len(entered) == 2
    assert entered[0].zone_id == "wall"
    assert flight.min_clearance_m == pytest.approx(-20, abs=0.5)


def test_standing_on_the_pad_is_no_flight():
    flight = FlightWatch(plan_of(MissionItem(1, Command.NAV_WAYPOINT, position=HOME)), clearance_of_wall)
    flight.receive_message(position(0, 150, alt_m=0))
    flight.begin()
    flight.receive_message(heartbeat(is_active=False))
    flight.receive_message(position(1, 150, alt_m=0.1))
    assert (flight.violations, flight.length_m, flight.takeoff_s) == (0, 0.0, None)


def test_the_return_counts_at_home_only():
    items = [MissionItem(1, Command.NAV_TAKEOFF, alt_m=30), MissionItem(2, Command.NAV_RETURN_TO_LAUNCH)]
    for north_m, reached in ((3, 2), (300, 1)):
        flight = FlightWatch(plan_of(*items), None)
        flight.begin()
        flight.receive_message(heartbeat())
        for seq in (1, 2):
            flight.receive_message(Message.new("MISSION_CURRENT", seq=seq))
            flight.receive_message(position(seq, 0))
        flight.receive_message(position(3.5, north_m, alt_m=0))
        flight.receive_message(heartbeat(is_armed=False, is_active=False))
        flight.finish()
        assert flight.reached == reached


def test_reports_before_the_start_are_of_another_flight():
    flight = FlightWatch(plan_of(MissionItem(1, Command.NAV_WAYPOINT, position=HOME)), None)
    flight.receive_message(Message.new("MISSION_ITEM_REACHED", seq=1))
    flight.receive_message(Message.new("MISSION_CURRENT", seq=9))
    flight.begin()
    assert flight.reached == 0
    flight.receive_message(Message.new("MISSION_ITEM_REACHED", seq=1))
    assert flight.next_event() == ItemCounted(1)
