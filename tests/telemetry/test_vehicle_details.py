"""What a state is made of besides plain fields: battery time, gimbal angles, health, the way left, ages."""

import math

import pytest

from geofence.latlon import LatLon
from server.drone_document import drone_document
from server.drone_safety import DroneSafety
from telemetry.bus import Bus
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.vehicle.battery_time import BatteryTime
from telemetry.vehicle.flight_mode import mode_name, mode_number
from telemetry.vehicle.gimbal_angles import gimbal_angles_deg
from telemetry.vehicle.health import unhealthy_systems
from telemetry.vehicle.mission_to_go import MissionOnBoard
from telemetry.vehicle.state_tracker import StateTracker
from telemetry.vehicle.vehicle_state import VehicleState
from telemetry.wire.message import Message


class HandClock:
    now_s = 100.0

    def monotonic_s(self):
        return self.now_s

    def utc_s(self):
        return 1_763_800_000.0 + self.now_s


def test_a_battery_that_falls_evenly_lasts_as_long_as_it_should():
    battery = BatteryTime()
    for second in range(200):
        battery.receive(90 - second // 15, 0, float(second))
    assert battery.left_s(200.0) == pytest.approx(77 * 15, rel=0.03)
    assert battery.left_s(600.0) is None
    battery.receive(100, 0, 610.0)
    assert battery.left_s(611.0) is None


def test_a_battery_that_says_its_time_is_believed():
    battery = BatteryTime()
    battery.receive(-1, 1234, 0.0)
    assert battery.left_s(1.0) == 1234


def test_a_gimbals_angles():
    half = math.radians(-30.0)
    down = (math.cos(half), 0.0, math.sin(half), 0.0)
    pitch_deg, yaw_deg = gimbal_angles_deg(down, 32, 90.0)
    assert (pitch_deg, yaw_deg) == (pytest.approx(-60.0), pytest.approx(90.0))
    east = (math.cos(math.pi / 4), 0.0, 0.0, math.sin(math.pi / 4))
    assert gimbal_angles_deg(east, 16, None) == (pytest.approx(0.0), pytest.approx(90.0))
    assert gimbal_angles_deg(east, 32, None) == (pytest.approx(0.0), None)
    assert gimbal_angles_deg((0.0, 0.0, 0.0, 0.0), 0, 0.0) is None


def test_what_is_not_well_is_named():
    gps, battery, logging = 0x20, 0x2000000, 0x1000000
    assert unhealthy_systems(gps | battery | logging, gps | logging, gps) == ("logging",)
    assert unhealthy_systems(gps | battery, gps | battery, 0) == ("gps", "battery")


def test_what_is_left_of_a_mission():
    items = [
        WireItem(0, 0, 16, x=360925000, y=1037080000),
        WireItem(1, 3, 22, z=30.0),
        WireItem(2, 3, 16, x=360925000, y=1037091104, z=30.0),
        WireItem(3, 3, 20),
    ]
    state = VehicleState(
        vehicle_id="1-1",
        system_id=1,
        component_id=1,
        link="x",
        position=LatLon(36.0925, 103.708),
        mission_seq=1,
        ground_speed_m_s=5.0,
    )
    left = MissionOnBoard(items).to_go(state)
    assert left.distance_m == pytest.approx(200, abs=1)
    assert left.time_s == pytest.approx(40, abs=0.3)
    assert MissionOnBoard(()).to_go(state) is None


def test_each_group_has_its_age():
    clock = HandClock()
    tracker = StateTracker("1-7", 7, 1, "tcp:x", Bus(), clock)
    tracker.handle_message(Message.new("ATTITUDE", yaw=-math.pi / 2))
    clock.now_s = 103.0
    tracker.handle_message(Message.new("GPS_RAW_INT", h_acc=800, v_acc=0))
    tracker.handle_message(Message.new("GLOBAL_POSITION_INT", lat=1, lon=1, vx=300, vy=-400, vz=50))
    clock.now_s = 105.0
    state = tracker.snapshot()
    assert state.yaw_deg == pytest.approx(270.0)
    assert (state.north_m_s, state.east_m_s, state.climb_m_s) == (3.0, -4.0, -0.5)
    assert (state.gps_horizontal_accuracy_m, state.gps_vertical_accuracy_m) == (0.8, None)
    now_s = clock.utc_s()
    ages_s = [
        now_s - heard_s for heard_s in (state.attitude_heard_s, state.gps_heard_s, state.position_heard_s)
    ]
    assert ages_s == pytest.approx([5.0, 2.0, 2.0])
    assert state.battery_heard_s is None


GROUPS = {
    "HEARTBEAT": ("mode",),
    "GLOBAL_POSITION_INT": ("position", "velocity"),
    "VFR_HUD": ("velocity",),
    "ATTITUDE": ("attitude",),
    "GPS_RAW_INT": ("gps",),
    "SYS_STATUS": ("battery", "health"),
    "BATTERY_STATUS": ("battery",),
    "MISSION_CURRENT": ("mission",),
    "HOME_POSITION": ("home",),
    "FENCE_STATUS": ("fence",),
    "GIMBAL_DEVICE_ATTITUDE_STATUS": ("gimbal",),
    "MOUNT_STATUS": ("gimbal",),
    "CAMERA_CAPTURE_STATUS": ("camera",),
    "CAMERA_SETTINGS": ("camera",),
    "TERRAIN_REPORT": ("terrain",),
    "OPEN_DRONE_ID_ARM_STATUS": ("remote_id",),
}


@pytest.mark.parametrize("name", GROUPS)
def test_each_message_makes_its_groups_young_and_no_other(name):
    clock = HandClock()
    tracker = StateTracker("1-7", 7, 1, "tcp:x", Bus(), clock)
    tracker.handle_message(Message.new(name))
    clock.now_s += 4.0
    state = tracker.snapshot()
    ages = drone_document(state, now_s=clock.utc_s(), plan_id=None, flight_phase=None, safety=DroneSafety())[
        "ages"
    ]
    heard = {group: age_s for group, age_s in ages.items() if age_s is not None}
    assert heard == {"link_s": 4.0, **{f"{group}_s": 4.0 for group in GROUPS[name]}}


def test_what_is_not_read_beside_better_makes_nothing_young():
    clock = HandClock()
    tracker = StateTracker("1-7", 7, 1, "tcp:x", Bus(), clock)
    tracker.handle_message(Message.new("GLOBAL_POSITION_INT", lat=1, lon=1))
    clock.now_s += 4.0
    tracker.handle_message(Message.new("VFR_HUD"))
    assert clock.utc_s() - tracker.snapshot().velocity_heard_s == pytest.approx(4.0)


def test_a_camera_that_speaks_for_itself_has_an_age():
    clock = HandClock()
    tracker = StateTracker("1-7", 7, 1, "tcp:x", Bus(), clock)
    tracker.handle_message(Message.new("HEARTBEAT"))
    status = Message.new("CAMERA_CAPTURE_STATUS")
    status.system_id, status.component_id = 7, 100
    tracker.handle_part(status)
    clock.now_s += 2.0
    assert clock.utc_s() - tracker.snapshot().camera_heard_s == pytest.approx(2.0)


def test_px4s_modes_have_words():
    for number, name in (
        (4 << 16 | 18 << 24, "EXTERNAL8"),
        (3 << 16 | 1 << 24, "ORBIT"),
        (10 << 16, "TERMINATION"),
    ):
        assert mode_name(12, 2, number) == name
        assert mode_number(12, 2, name) == number
