"""The check list before a flight."""

import pytest

from telemetry.operations.preflight import CheckName, Verdict, check_before_flight
from telemetry.protocol.mission_item_wire import items_of_plan
from telemetry.protocol.mission_type import MissionType
from telemetry.wire.message import Message
from tests.telemetry.protocol.flown_plan import PLAN


def tell(vehicle, name, **fields):
    message = Message.new(name, **fields)
    message.system_id, message.component_id = 1, 1
    vehicle.handle_message(message)


@pytest.fixture
def standing(vehicle, copter, monkeypatch):
    """A vehicle that says that all is well."""
    from telemetry.protocol.machine import Retry

    monkeypatch.setattr(Retry, "delay_s", lambda self, attempt: 0.02)
    copter.parameters["FENCE_ENABLE"] = (1.0, 2)
    copter.parameters["FS_GCS_ENABLE"] = (1.0, 2)
    copter.parameters["BATT_FS_LOW_ACT"] = (2.0, 2)
    copter.parameters["ARMING_CHECK"] = (1.0, 6)
    home = {"latitude": 360925000, "longitude": 1037080000, "altitude": 1520000}
    tell(vehicle, "GLOBAL_POSITION_INT", lat=360925000, lon=1037080000, alt=1520000)
    tell(vehicle, "GPS_RAW_INT", fix_type=3, satellites_visible=12, eph=90)
    tell(vehicle, "HOME_POSITION", **home)
    prearm = 0x10000000
    bits = {f"onboard_control_sensors_{kind}": prearm for kind in ("present", "enabled", "health")}
    tell(vehicle, "SYS_STATUS", **bits, battery_remaining=80, voltage_battery=12000)
    return vehicle


async def listed(vehicle, **options):
    checks = await check_before_flight(vehicle, PLAN, **options)
    assert len({check.name for check in checks}) == len(checks)
    return {check.name: check for check in checks}


async def test_all_is_well(standing, copter):
    await standing.upload(MissionType.MISSION, items_of_plan(PLAN))
    copter.heard.clear()
    checks = await listed(standing, battery_need_pct=50.0)
    assert {check.verdict for check in checks.values()} == {Verdict.OK}, checks
    assert set(checks) == set(CheckName)
    assert not {message.name for message in copter.heard} & {"PARAM_SET", "COMMAND_LONG", "MISSION_COUNT"}


async def test_each_fault_is_named(standing, copter):
    copter.parameters["FENCE_ENABLE"] = (0.0, 2)
    copter.parameters["FS_THR_ENABLE"] = (0.0, 2)
    tell(standing, "GPS_RAW_INT", fix_type=3, satellites_visible=5, eph=90)
    tell(standing, "GLOBAL_POSITION_INT", lat=360945000, lon=1037080000, alt=1520000)
    tell(standing, "STATUSTEXT", severity=2, text="PreArm: Compass not healthy")
    bits = {"present": 0x11000004, "enabled": 0x11000004, "health": 0}
    bits = {f"onboard_control_sensors_{kind}": value for kind, value in bits.items()}
    tell(standing, "SYS_STATUS", **bits, battery_remaining=40)
    checks = await listed(standing, battery_need_pct=50.0)
    blocking = {name for name, check in checks.items() if check.verdict is Verdict.BLOCKING}
    assert blocking == {CheckName.HOME, CheckName.BATTERY, CheckName.PREARM}
    assert "Compass not healthy" in checks[CheckName.PREARM].words
    assert "FS_THR_ENABLE" in checks[CheckName.PARAMETERS].words
    assert "3d mag" in checks[CheckName.HEALTH].words
    assert checks[CheckName.STORAGE].verdict is Verdict.WARNING
    assert "5 satellites" in checks[CheckName.POSITION].words
    assert checks[CheckName.MISSION].verdict is Verdict.WARNING
    assert checks[CheckName.FENCE].verdict is Verdict.WARNING


async def test_a_reserve_that_is_touched_is_a_warning(standing):
    checks = await listed(standing, battery_need_pct=70.0)
    assert checks[CheckName.BATTERY].verdict is Verdict.WARNING


async def test_an_armed_vehicle_gets_no_plan(standing):
    await standing.arm()
    assert (await listed(standing))[CheckName.PREARM].verdict is Verdict.BLOCKING
    alone = {check.name: check.verdict for check in await check_before_flight(standing)}
    assert alone[CheckName.PREARM] is Verdict.WARNING
