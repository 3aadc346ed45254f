"""Faults act on a copter as the real thing does, and end when their time is over."""

import math
import random
from types import SimpleNamespace

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.mode import ModeNumber
from simulator.faults.fault import (
    BatteryJump,
    BatterySag,
    ClockJump,
    CompassFault,
    GpsGlitch,
    GpsLoss,
    LinkFault,
    MotorLoss,
    Reboot,
    StuckGimbal,
    WindGust,
)
from simulator.faults.injector import FaultInjector, PlannedFault
from simulator.faults.trigger import Area, AtTime, ByChance, InPlace, Place
from simulator.network.carrier import GOOD, LinkCondition

STEP_S = 0.02


class Ill:
    """A station whose copter has faults."""

    def __init__(self, station, *planned, on_link=lambda _: None):
        self.station = station
        self.changes = []
        self.injector = FaultInjector(
            station.copter, planned, on_link, lambda name, on: self.changes.append((name, on))
        )

    def run(self, seconds):
        for _ in range(round(seconds / STEP_S)):
            self.injector.step(self.station.now_s, STEP_S)
            self.station.run(STEP_S)

    def until(self, holds, limit_s):
        began_s = self.station.now_s
        while not holds():
            assert self.station.now_s - began_s < limit_s, self.station.texts[-6:]
            self.run(STEP_S)
        return self.station.now_s - began_s

    def said(self, text):
        return any(said.startswith(text) for _, said in self.station.texts)


@pytest.fixture
def ill(station):
    """Give a copter in the air, in GUIDED, with faults that begin at once unless they have a trigger."""

    def make(*faults, for_s=math.inf, alt_rel_m=20, on_link=lambda _: None):
        if alt_rel_m:
            station.take_off(alt_rel_m)
        planned = [
            fault if isinstance(fault, PlannedFault) else PlannedFault(fault, AtTime(station.now_s), for_s)
            for fault in faults
        ]
        return Ill(station, *planned, on_link=on_link)

    return make


def autopilot_of(ill):
    return ill.station.copter.autopilot


def newest(ill, name):
    number = getattr(dialect, f"MAVLINK_MSG_ID_{name}")
    kind = dialect.mavlink_map[number]
    payload = ill.station.copter.streams.messages.build(number).data.ljust(kind.unpacker.size, b"\0")
    return SimpleNamespace(**dict(zip(kind.ordered_fieldnames, kind.unpacker.unpack(payload), strict=True)))


def test_without_satellites_the_copter_lands_where_it_is(ill):
    lost = ill(GpsLoss())
    lost.run(5)
    assert newest(lost, "GPS_RAW_INT").fix_type == dialect.GPS_FIX_TYPE_NO_FIX
    assert newest(lost, "EKF_STATUS_REPORT").flags == 831  # the filter goes on by itself for a while
    took_s = lost.until(lambda: lost.said("EKF Failsafe: changed to LAND Mode"), 20)
    assert 8 < took_s < 12
    assert lost.said("EKF variance: position lost")
    assert newest(lost, "EKF_STATUS_REPORT").flags == 167
    assert newest(lost, "HEARTBEAT").system_status == dialect.MAV_STATE_CRITICAL
    lost.until(lambda: not autopilot_of(lost).is_armed, 60)


@pytest.mark.parametrize(
    ("action", "mode"), [(1, ModeNumber.LAND), (2, ModeNumber.ALT_HOLD), (3, ModeNumber.LAND)]
)
def test_what_is_done_without_a_position_is_set_by_fs_ekf_action(ill, action, mode):
    lost = ill(GpsLoss())
    lost.station.parameter("FS_EKF_ACTION", action)
    lost.run(17)
    assert autopilot_of(lost).mode.number is mode


def test_satellites_that_come_back_clear_the_failsafe_but_not_the_mode(ill):
    lost = ill(GpsLoss(), for_s=16)
    lost.run(22)
    assert lost.changes == [("gps_loss", True), ("gps_loss", False)]
    assert lost.said("EKF3 IMU0 is using GPS")
    assert lost.said("EKF Failsafe Cleared")
    assert autopilot_of(lost).mode.number is ModeNumber.LAND


def test_a_short_gap_in_reception_changes_nothing(ill):
    lost = ill(GpsLoss(), for_s=10)
    lost.run(15)
    assert autopilot_of(lost).mode.number is ModeNumber.GUIDED
    assert not lost.said("EKF Failsafe")


def test_a_pilot_who_flies_without_position_is_left_alone(ill):
    lost = ill(GpsLoss())
    lost.station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 2)
    lost.run(17)
    assert autopilot_of(lost).mode.number is ModeNumber.ALT_HOLD
    assert not lost.said("EKF Failsafe:")


def test_without_position_it_drifts_with_the_wind(ill):
    lost = ill(GpsLoss())
    lost.station.parameter("SIM_WIND_SPD", 4)
    lost.station.parameter("SIM_WIND_DIR", 180)
    lost.run(25)
    assert autopilot_of(lost).body.north_m > 5.0


def test_a_glitch_is_rejected_then_believed_and_the_truth_goes_on(ill):
    glitch = ill(GpsGlitch(east_m=50))
    before = glitch.station.copter.true_place
    glitch.run(2)
    assert glitch.said("GPS Glitch or Compass error")
    assert newest(glitch, "EKF_STATUS_REPORT").flags & 0x8000
    assert glitch.station.copter.true_place.lon_deg == pytest.approx(before.lon_deg, abs=1e-6)
    raw = newest(glitch, "GPS_RAW_INT")
    told = newest(glitch, "GLOBAL_POSITION_INT")
    assert (raw.lon - told.lon) * 1e-7 * 111_319 * math.cos(math.radians(36.09)) == pytest.approx(50, abs=1)
    glitch.run(9)
    assert glitch.said("Glitch cleared")
    # It takes itself to be 50 m too far east now, and tells so.
    told = newest(glitch, "GLOBAL_POSITION_INT")
    east_m = (
        (told.lon * 1e-7 - glitch.station.copter.true_place.lon_deg) * 111_319 * math.cos(math.radians(36.09))
    )
    assert east_m == pytest.approx(50, abs=1)


def test_a_small_glitch_is_followed_at_once(ill):
    glitch = ill(GpsGlitch(north_m=3))
    glitch.run(10)
    assert not glitch.said("GPS Glitch")
    assert autopilot_of(glitch).estimate.off_north_m == pytest.approx(-3, abs=0.1)


def test_a_lost_motor_makes_it_sink_spin_crash_and_disarm(ill):
    lost = ill(MotorLoss(2))
    turned = 0.0
    before = autopilot_of(lost).body.yaw_rad
    for _ in range(50):
        lost.run(STEP_S)
        turned += abs(math.remainder(autopilot_of(lost).body.yaw_rad - before, math.tau))
        before = autopilot_of(lost).body.yaw_rad
    assert turned > math.radians(200)
    took_s = lost.until(lambda: not autopilot_of(lost).is_armed, 15)
    assert took_s < 8
    said = [text for _, text in lost.station.texts]
    order = ["Potential Thrust Loss (2)", "SIM Hit ground", "Crash: Disarming", "Disarming motors"]
    at = [next(number for number, text in enumerate(said) if text.startswith(start)) for start in order]
    assert at == sorted(at)


def test_a_sagging_battery_trips_its_failsafe_and_recovers(ill):
    sag = ill(BatterySag(1.4), for_s=5)
    sag.run(2)
    assert autopilot_of(sag).battery.voltage_v == pytest.approx(11.2)
    sag.run(5)
    assert autopilot_of(sag).battery.voltage_v == pytest.approx(12.6)


def test_charge_that_is_gone_does_not_come_back(ill):
    jump = ill(BatteryJump(1000), for_s=1)
    before_mah = autopilot_of(jump).battery.consumed_mah
    jump.run(2)
    assert autopilot_of(jump).battery.consumed_mah > before_mah + 1000


def test_a_silent_compass_keeps_it_on_the_ground(ill):
    silent = ill(CompassFault(), alt_rel_m=0)
    silent.run(1)
    assert silent.station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == dialect.MAV_RESULT_FAILED
    assert silent.said("Arm: Compass not healthy")
    assert not newest(silent, "SYS_STATUS").onboard_control_sensors_health & 4


def test_a_wrong_compass_bends_the_way(ill):
    wrong = ill(CompassFault(error_deg=40))
    wrong.run(0.1)
    wrong.station.command_int(192, -1, 1, x=360934000, y=1037080000, z=20.0)
    off_m = []
    for _ in range(60):
        wrong.run(0.5)
        off_m.append(abs(autopilot_of(wrong).body.east_m))
    assert max(off_m) > 1.0


def test_the_clock_jumps(ill):
    before = ill(ClockJump(-3600), for_s=2, alt_rel_m=0)
    right_us = newest(before, "SYSTEM_TIME").time_unix_usec
    before.run(1)
    assert (newest(before, "SYSTEM_TIME").time_unix_usec - right_us) / 1e6 == pytest.approx(-3599, abs=0.1)
    before.run(2)
    assert (newest(before, "SYSTEM_TIME").time_unix_usec - right_us) / 1e6 == pytest.approx(3, abs=0.1)


def test_a_stuck_gimbal_does_not_turn(make_station):
    station = make_station(parameters={"MNT1_TYPE": 1})
    stuck = Ill(station, PlannedFault(StuckGimbal(), AtTime(0.0), 5.0))
    stuck.run(0.1)
    station.command(dialect.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW, -60)
    stuck.run(3)
    assert station.copter.payload.gimbal.pitch_deg == 0.0
    stuck.run(5)
    assert station.copter.payload.gimbal.pitch_deg == pytest.approx(-60)


def test_gusts_add_up(ill):
    gusts = ill(WindGust(5, 180), WindGust(3, 180), for_s=2)
    gusts.run(0.1)
    assert autopilot_of(gusts).body.wind_north_m_s == pytest.approx(8)
    gusts.run(3)
    assert autopilot_of(gusts).body.wind_north_m_s == pytest.approx(0)


def test_a_reboot_in_flight_is_a_fall(ill):
    rebooted = ill(Reboot())
    height_m = autopilot_of(rebooted).body.up_m
    rebooted.run(0.1)
    assert autopilot_of(rebooted).now_s < 1
    assert autopilot_of(rebooted).body.up_m == pytest.approx(height_m, abs=0.5)
    assert not autopilot_of(rebooted).is_armed
    rebooted.run(4)
    assert rebooted.said("SIM Hit ground")
    assert autopilot_of(rebooted).body.up_m == 0.0


def test_link_faults_are_handed_to_the_link_together(ill):
    heard = []
    bad = ill(
        LinkFault(LinkCondition(loss=0.5, latency_s=0.1)),
        LinkFault(LinkCondition(loss=0.5, latency_s=0.2)),
        for_s=1,
        alt_rel_m=0,
        on_link=heard.append,
    )
    bad.run(2)
    assert heard[0].loss == pytest.approx(0.75)
    assert heard[0].latency_s == pytest.approx(0.3)
    assert heard[-1] == GOOD


def test_a_place_triggers_whenever_it_is_entered():
    trigger = InPlace(Area(circle=(36.0, 103.0, 100.0), above_alt_rel_m=10))
    inside, low, away = Place(36.0005, 103.0, 20), Place(36.0005, 103.0, 5), Place(36.002, 103.0, 20)
    places = [low, inside, inside, away, inside]
    assert [trigger.is_pulled(0.0, STEP_S, place) for place in places] == [False, True, False, False, True]


def test_a_polygon_triggers_inside_only():
    trigger = InPlace(Area(polygon=[(36.0, 103.0), (36.1, 103.0), (36.1, 103.1), (36.0, 103.1)]))
    places = [Place(35.99, 103.05, 0), Place(36.05, 103.05, 0)]
    assert [trigger.is_pulled(0.0, STEP_S, place) for place in places] == [False, True]


def test_chance_is_seeded_and_as_frequent_as_it_is_said():
    def pulls(seed):
        trigger = ByChance(360.0, random.Random(seed))
        return [trigger.is_pulled(0.0, STEP_S, Place(0, 0, 0)) for _ in range(30_000)]

    assert pulls(1) == pulls(1)
    assert pulls(1) != pulls(2)
    assert 40 < sum(pulls(1)) < 80  # in ten minutes
