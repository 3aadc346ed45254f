"""Messages in, state and events out."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.bus import Bus
from telemetry.events import (
    Armed,
    Disarmed,
    FenceBreached,
    ItemReached,
    ItemStarted,
    Landed,
    ModeChanged,
    TextReported,
    TookOff,
)
from telemetry.vehicle.prearm_reasons import PrearmReasons
from telemetry.vehicle.state_tracker import STATE_MESSAGES, StateTracker
from telemetry.wire.codec import Encoder, FrameScanner, decode
from telemetry.wire.dialect import DEFINITIONS
from telemetry.wire.message import Message
from telemetry.wire.payload import unpack_payload


class HandClock:
    def __init__(self):
        self.now_s = 100.0

    def monotonic_s(self):
        return self.now_s

    def utc_s(self):
        return 1_763_800_000.0 + self.now_s


class Tracked:
    """A tracker that is told messages by name."""

    def __init__(self):
        self.clock = HandClock()
        self.bus = Bus()
        self.events = self.bus.subscribe()
        self.tracker = StateTracker("1-7", 7, 1, "tcp:x", self.bus, self.clock)

    def tell(self, name, **fields):
        self.tracker.handle_message(Message.new(name, **fields))

    def heartbeat(self, *, mode=0, armed=False, status=3, autopilot=3):
        base_mode = 81 | (128 if armed else 0)
        self.tell(
            "HEARTBEAT",
            type=2,
            autopilot=autopilot,
            base_mode=base_mode,
            custom_mode=mode,
            system_status=status,
        )

    @property
    def state(self):
        return self.tracker.snapshot()

    def took_place(self):
        return [type(event) for event in self.events.pending()]


@pytest.fixture
def vehicle():
    return Tracked()


def test_before_anything_was_said(vehicle):
    state = vehicle.state
    assert (state.vehicle_id, state.system_id, state.component_id, state.link) == ("1-7", 7, 1, "tcp:x")
    assert not state.is_connected
    assert state.position is None
    assert state.prearm_ok is None


def test_units(vehicle):
    vehicle.heartbeat(mode=3, armed=True)
    vehicle.tell(
        "GLOBAL_POSITION_INT",
        lat=360925001,
        lon=-1037080002,
        alt=1570120,
        relative_alt=50030,
        vx=300,
        vy=-400,
        vz=-120,
        hdg=35999,
    )
    vehicle.tell("ATTITUDE", roll=math.pi / 6, pitch=-math.pi / 4)
    vehicle.tell("SYS_STATUS", voltage_battery=12345, current_battery=1520, battery_remaining=87)
    vehicle.tell("GPS_RAW_INT", fix_type=6, satellites_visible=14, eph=121)
    vehicle.tell("HOME_POSITION", latitude=360900000, longitude=1037000000, altitude=1520090)
    state = vehicle.state
    assert state.position is not None
    assert (state.position.lat_deg, state.position.lon_deg) == (36.0925001, -103.7080002)
    assert (state.alt_amsl_m, state.alt_rel_m) == (1570.12, 50.03)
    assert (state.ground_speed_m_s, state.climb_m_s, state.heading_deg) == (5.0, 1.2, 359.99)
    assert state.course_deg == pytest.approx(360 - 53.1301, abs=1e-3)
    assert (state.roll_deg, state.pitch_deg) == (pytest.approx(30.0), pytest.approx(-45.0))
    assert (state.battery_v, state.battery_a, state.battery_pct) == (12.345, 15.2, 87)
    assert (state.gps_fix, state.gps_satellites, state.gps_hdop) == (6, 14, 1.21)
    assert state.home is not None
    assert state.home_alt_amsl_m == 1520.09
    assert (state.mode, state.is_armed, state.autopilot) == ("AUTO", True, "ArduPilot")


def test_unknown_values_stay_unknown(vehicle):
    vehicle.tell("GLOBAL_POSITION_INT", lat=0, lon=0, alt=-17, hdg=65535)
    vehicle.tell("SYS_STATUS", voltage_battery=65535, current_battery=-1, battery_remaining=-1)
    vehicle.tell("BATTERY_STATUS", voltages=(65535,) * 10, current_battery=-1, battery_remaining=-1)
    vehicle.tell("GPS_RAW_INT", fix_type=1, satellites_visible=255, eph=65535)
    vehicle.tell("HOME_POSITION")
    vehicle.tell("MISSION_CURRENT", seq=2, total=65535)
    vehicle.tell("ATTITUDE", roll=math.nan)
    state = vehicle.state
    for name in (
        "position",
        "alt_amsl_m",
        "heading_deg",
        "course_deg",
        "battery_v",
        "battery_a",
        "battery_pct",
        "gps_satellites",
        "gps_hdop",
        "home",
        "home_alt_amsl_m",
        "mission_count",
        "roll_deg",
    ):
        assert getattr(state, name) is None, name


def test_positions_off_the_earth_are_unknown(vehicle):
    vehicle.tell("GLOBAL_POSITION_INT", lat=950000000, lon=1)
    assert vehicle.state.position is None


def test_battery_cells_add_up_and_only_the_first_battery_counts(vehicle):
    vehicle.tell(
        "BATTERY_STATUS",
        voltages=(4100, 4110, 4090, *(65535,) * 7),
        voltages_ext=(0, 0, 0, 0),
        current_battery=100,
        battery_remaining=50,
    )
    vehicle.tell("BATTERY_STATUS", id=1, voltages=(9999,) * 10, battery_remaining=1)
    assert (vehicle.state.battery_v, vehicle.state.battery_pct) == (12.3, 50)


def test_speed_from_the_hud_until_a_position_is_said(vehicle):
    vehicle.tell("VFR_HUD", groundspeed=3.0, climb=1.0, heading=270)
    assert (vehicle.state.ground_speed_m_s, vehicle.state.heading_deg) == (3.0, 270.0)
    vehicle.tell("GLOBAL_POSITION_INT", lat=1, lon=1, vx=600, hdg=9000)
    vehicle.tell("VFR_HUD", groundspeed=3.0, heading=270)
    assert (vehicle.state.ground_speed_m_s, vehicle.state.heading_deg) == (6.0, 90.0)


def test_the_life_of_a_flight(vehicle):
    vehicle.heartbeat()
    vehicle.tell("EXTENDED_SYS_STATE", landed_state=1)
    vehicle.tell("MISSION_CURRENT", seq=0, total=12)
    assert vehicle.took_place() == [ModeChanged]
    vehicle.heartbeat(mode=3, armed=True)
    assert vehicle.took_place() == [ModeChanged, Armed]
    for landed_state in (3, 2, 2):
        vehicle.tell("EXTENDED_SYS_STATE", landed_state=landed_state)
    vehicle.tell("MISSION_CURRENT", seq=1, total=12)
    vehicle.tell("MISSION_CURRENT", seq=1, total=12)
    vehicle.tell("MISSION_ITEM_REACHED", seq=1)
    assert vehicle.took_place() == [TookOff, ItemStarted, ItemReached]
    state = vehicle.state
    assert (state.is_flying, state.mission_seq, state.mission_count, state.reached_seq) == (True, 1, 12, 1)
    vehicle.tell("EXTENDED_SYS_STATE", landed_state=4)
    vehicle.tell("EXTENDED_SYS_STATE", landed_state=1)
    vehicle.heartbeat(mode=3)
    assert vehicle.took_place() == [Landed, Disarmed]
    vehicle.heartbeat(mode=3, armed=True)
    assert vehicle.state.reached_seq is None


def test_flying_is_told_from_the_heartbeat_where_nothing_better_is_said(vehicle):
    vehicle.heartbeat(status=3)
    vehicle.heartbeat(armed=True, status=3)
    assert vehicle.state.is_flying is False
    vehicle.heartbeat(armed=True, status=4)
    assert vehicle.state.is_flying is True
    vehicle.heartbeat(armed=True, status=5)
    assert vehicle.state.is_flying is True
    vehicle.heartbeat(armed=False, status=5)
    assert vehicle.state.is_flying is False
    assert vehicle.took_place() == [ModeChanged, Armed, TookOff, Disarmed, Landed]


def test_a_breach_is_told_once(vehicle):
    vehicle.tell("FENCE_STATUS")
    assert vehicle.state.fence_breached is False
    for _ in range(3):
        vehicle.tell("FENCE_STATUS", breach_status=1, breach_type=3)
    [event] = vehicle.events.pending()
    assert event == FenceBreached(time_s=event.time_s, vehicle_id="1-7", breach="boundary")
    assert vehicle.state.fence_breached is True


def test_prearm_reasons_are_kept_once_and_expire(vehicle):
    vehicle.tell("SYS_STATUS", onboard_control_sensors_present=1 << 28)
    vehicle.tell("STATUSTEXT", severity=2, text="PreArm: Need Position Estimate")
    vehicle.tell("STATUSTEXT", severity=2, text="Arm: Need Position Estimate")
    vehicle.tell("STATUSTEXT", severity=2, text="PreArm: Battery failsafe")
    vehicle.tell("STATUSTEXT", severity=6, text="Armory")
    state = vehicle.state
    assert (state.prearm_ok, state.prearm_reasons) == (False, ("Need Position Estimate", "Battery failsafe"))
    assert [type(event) for event in vehicle.events.pending()] == [TextReported] * 4
    vehicle.clock.now_s += 34.0
    assert vehicle.state.prearm_reasons == state.prearm_reasons
    vehicle.clock.now_s += 1.0
    assert vehicle.state.prearm_reasons == ()


def test_forged_prearm_reasons_are_bounded_and_known_ones_go_on():
    reasons = PrearmReasons()
    for number in range(1000):
        reasons.receive_text(f"PreArm: {number}", 0.0)
    reasons.receive_text("PreArm: 1", 30.0)
    assert len(reasons.reasons(1.0)) == 64
    assert reasons.reasons(36.0) == ("1",)


def test_prearm_reasons_go_when_it_could_arm(vehicle):
    vehicle.tell("STATUSTEXT", text="PreArm: Need Position Estimate")
    bit = 1 << 28
    vehicle.tell("SYS_STATUS", onboard_control_sensors_present=bit, onboard_control_sensors_health=bit)
    assert (vehicle.state.prearm_ok, vehicle.state.prearm_reasons) == (True, ())


def test_version_px4_and_others(vehicle):
    vehicle.tell("AUTOPILOT_VERSION", flight_sw_version=0x040602FF)
    vehicle.heartbeat()
    assert vehicle.state.autopilot == "ArduPilot 4.6.2"
    vehicle.heartbeat(autopilot=12, mode=4 << 16 | 4 << 24)
    assert (vehicle.state.autopilot, vehicle.state.mode) == ("PX4 4.6.2", "MISSION")
    vehicle.heartbeat(autopilot=9)
    assert vehicle.state.autopilot == "MAV_AUTOPILOT 9 4.6.2"


def test_the_snapshot_is_the_same_object_while_nothing_changes(vehicle):
    vehicle.heartbeat()
    first = vehicle.state
    vehicle.clock.now_s += 2.9
    assert vehicle.state is first
    assert first.is_connected
    vehicle.clock.now_s += 0.2
    second = vehicle.state
    assert not second.is_connected
    assert second.updated_s == first.updated_s
    vehicle.clock.now_s += 1000.0
    assert vehicle.state is second
    vehicle.heartbeat()
    assert vehicle.state.is_connected


@settings(max_examples=200)
@given(st.sampled_from(sorted(DEFINITIONS)), st.binary(max_size=255))
def test_no_message_whatever_is_in_it_makes_it_raise(msg_id, payload):
    vehicle = Tracked()
    definition = DEFINITIONS[msg_id]
    vehicle.tracker.handle_message(Message(definition, unpack_payload(definition, payload)))
    assert vehicle.state.is_connected


@settings(max_examples=50)
@given(st.data())
def test_nor_do_random_payloads_of_what_it_reads(data):
    vehicle = Tracked()
    for msg_id in sorted(STATE_MESSAGES):
        definition = DEFINITIONS[msg_id]
        payload = data.draw(st.binary(min_size=definition.layout.size, max_size=definition.layout.size))
        vehicle.tracker.handle_message(Message(definition, unpack_payload(definition, payload)))
    assert vehicle.state.vehicle_id == "1-7"


@pytest.mark.parametrize(
    "ending",
    [
        lambda vehicle: vehicle.tracker.pause(is_paused=False),
        lambda vehicle: vehicle.heartbeat(mode=5, armed=True),
        lambda vehicle: vehicle.heartbeat(mode=3),
        lambda vehicle: vehicle.tell("MISSION_CURRENT", seq=5, total=12, mission_state=3),
    ],
)
def test_a_pause_lasts_until_something_ends_it(vehicle, ending):
    vehicle.heartbeat(mode=3, armed=True)
    vehicle.tell("MISSION_CURRENT", seq=4, total=12, mission_state=3)
    vehicle.tracker.pause(is_paused=True)
    vehicle.heartbeat(mode=3, armed=True)
    vehicle.tell("MISSION_CURRENT", seq=4, total=12, mission_state=3)
    assert vehicle.state.is_paused
    ending(vehicle)
    assert not vehicle.state.is_paused


def test_a_pause_that_the_vehicle_tells(vehicle):
    vehicle.heartbeat(mode=3, armed=True)
    for mission_state, is_paused in ((3, False), (4, True), (4, True), (3, False)):
        vehicle.tell("MISSION_CURRENT", seq=4, total=12, mission_state=mission_state)
        assert vehicle.state.is_paused is is_paused


def test_received_messages_are_unpacked_when_read(vehicle):
    raw = Encoder(7, 1).encode(Message.new("MISSION_CURRENT", seq=5, total=9))
    message = decode(FrameScanner().feed(raw)[0])
    assert (message.seq, message.frame_seq) == (5, 0)
    vehicle.tracker.handle_message(message)
    assert vehicle.state.mission_seq == 5
    assert message == Message.new("MISSION_CURRENT", seq=5, total=9)
    with pytest.raises(AttributeError, match="MISSION_CURRENT has no field lat"):
        _ = message.lat


def test_a_vehicle_met_in_the_air_did_not_just_take_off(vehicle):
    vehicle.heartbeat(mode=3, armed=True, status=4)
    vehicle.tell("EXTENDED_SYS_STATE", landed_state=2)
    assert vehicle.took_place() == [ModeChanged]
    assert (vehicle.state.is_armed, vehicle.state.is_flying) == (True, True)
