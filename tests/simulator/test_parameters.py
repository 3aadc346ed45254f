from pathlib import Path
from typing import Any

import pytest
from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.parameter_service import UNINDEXED
from simulator.protocol.parameter_table import ParameterTable, parameter_definitions


def read(station: Any, name: str = "", index: int = -1) -> list[Any]:
    return station.send(dialect.MAVLink_param_request_read_message(1, 1, name.encode(), index))


def test_list_is_complete_and_in_order(station: Any) -> None:
    station.send(dialect.MAVLink_param_request_list_message(1, 1))

    def listed() -> list[Any]:
        return [m for m in station.messages("PARAM_VALUE") if m.param_index != UNINDEXED]

    took_s = station.run_until(lambda: len(listed()) >= 1392, 5)
    assert took_s < 1.0
    values = listed()
    assert [m.param_index for m in values] == list(range(1392))
    assert {m.param_count for m in values} == {1392}
    assert [m.param_id for m in values[:3]] == ["FORMAT_VERSION", "SYSID_THISMAV", "SYSID_MYGCS"]
    assert (6, "ArduCopter V4.6.2 (1ebd4d99)") in station.texts


def test_read_by_name_and_by_place(station: Any) -> None:
    (named,) = read(station, "WPNAV_SPEED")
    assert (named.param_id, named.param_value, named.param_type, named.param_index) == (
        "WPNAV_SPEED",
        1000.0,
        9,
        65535,
    )
    (placed,) = read(station, index=8)
    assert (placed.param_id, placed.param_value, placed.param_type, placed.param_index) == (
        "RTL_ALT",
        1500.0,
        6,
        8,
    )


def test_unknown_names_and_places_get_no_answer(station: Any) -> None:
    assert read(station, "NOPE_X") == []
    assert read(station, index=1392) == []
    message = dialect.MAVLink_param_set_message(1, 1, b"NOPE_X", 1.0, 9)
    assert station.send(message) == []


def test_set_is_rounded_as_the_type_is_and_told_to_everybody(station: Any) -> None:
    other = type(station)(station.copter, 254)
    answers = station.send(dialect.MAVLink_param_set_message(1, 1, b"FENCE_ENABLE", 1.0, 9))
    assert [(m.param_value, m.param_type, m.param_index) for m in answers] == [(1.0, 2, 65535)]
    assert other.messages("PARAM_VALUE")[-1].param_id == "FENCE_ENABLE"
    station.parameter("SIM_BATT_VOLTAGE", 12.6)
    assert station.copter.parameters["SIM_BATT_VOLTAGE"] == 12.600000381469727
    station.parameter("SR0_POSITION", 3.4)
    assert station.copter.parameters["SR0_POSITION"] == 3.0
    station.send(dialect.MAVLink_param_set_message(1, 1, b"WPNAV_SPEED", float("nan"), 9))
    assert station.copter.parameters["WPNAV_SPEED"] == 1000.0


def test_values_outlive_a_reboot(station: Any) -> None:
    station.parameter("RTL_ALT", 3000)
    station.copter.power_on()
    assert station.copter.parameters["RTL_ALT"] == 3000


def test_system_id_can_be_changed(station: Any) -> None:
    station.parameter("SYSID_THISMAV", 42)
    station.run(2)
    assert station.heard[-1][1].get_srcSystem() == 42
    station.heard.clear()
    assert station.send(dialect.MAVLink_param_request_read_message(1, 1, b"WPNAV_SPEED", -1)) == []
    assert len(station.send(dialect.MAVLink_param_request_read_message(42, 1, b"WPNAV_SPEED", -1))) == 1


def test_table_has_every_type() -> None:
    assert {definition.type for definition in parameter_definitions()} == {2, 4, 6, 9}
    table = ParameterTable()
    table["SR0_POSITION"] = 1e9
    assert table["SR0_POSITION"] == 32767


@pytest.mark.recorded
def test_table_is_that_of_the_recording(recordings: Path) -> None:
    log = mavutil.mavlink_connection(str(recordings / "01-auto-survey-rtl.tlog"))
    recorded = {}
    while (message := log.recv_match(type="PARAM_VALUE")) is not None:
        if message.param_index != 65535:
            recorded[message.param_index] = (message.param_id, message.param_value, message.param_type)
    log.close()
    ours = {each.index: (each.name, each.default, each.type) for each in parameter_definitions()}
    assert ours == recorded


def test_a_default_set_to_itself_is_confirmed_with_the_type_of_a_group(station: Any) -> None:
    def confirmed(name: str, value: float) -> int:
        answers = station.send(dialect.MAVLink_param_set_message(1, 1, name.encode(), value, 9))
        return next(m.param_type for m in answers if m.get_type() == "PARAM_VALUE")

    assert confirmed("FENCE_TYPE", 7.0) == dialect.MAV_PARAM_TYPE_REAL32
    assert confirmed("FENCE_TYPE", 3.0) == dialect.MAV_PARAM_TYPE_INT8
    assert confirmed("FENCE_TYPE", 7.0) == dialect.MAV_PARAM_TYPE_INT8
    assert confirmed("FS_EKF_ACTION", 1.0) == dialect.MAV_PARAM_TYPE_INT8
