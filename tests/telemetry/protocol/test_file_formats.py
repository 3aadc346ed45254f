"""Files of items, of packed parameters, and of parameters as ground stations write them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.refusal import Refusal
from simulator.protocol.ftp_files import packed_parameters
from simulator.protocol.parameter_table import ParameterTable
from telemetry.links.address import Address
from telemetry.parameter_file import read_parameter_file, write_parameter_file
from telemetry.protocol.mission_file import items_in, pack_items, unpack_items
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_type import MissionType
from telemetry.protocol.parameter_pack import unpack_parameters
from telemetry.protocol.parameter_value import Parameter, as_text, is_same_value
from telemetry.refusal import TelemetryError

VEHICLE = Address(1, 1)
ITEMS = [
    WireItem(0, 0, 16, x=360925000, y=1037080000, z=1520.0),
    WireItem(1, 3, 22, (1.5, 0, 0, 0), z=30.0),
    WireItem(2, 10, 82, (3.0, 0, 0, 0), x=-360925000, y=-1037080000, z=-0.125, autocontinue=False),
]


def test_items_there_and_back():
    for kind in MissionType:
        data = pack_items(ITEMS, VEHICLE, kind)
        assert len(data) == 10 + 3 * 38
        assert struct.unpack_from("<5H", data) == (0x763D, kind, 0, 0, 3)
        assert unpack_items(data, kind) == tuple(ITEMS)
        assert items_in(len(data)) == 3
    assert unpack_items(pack_items([], VEHICLE, MissionType.RALLY), MissionType.RALLY) == ()


def test_a_garbled_file_is_none():
    data = pack_items(ITEMS, VEHICLE, MissionType.MISSION)
    assert unpack_items(data, MissionType.FENCE) is None
    for wrong in (
        data[:-1],
        data + b"\0",
        data[:9],
        b"",
        b"\0" * len(data),
        data[:10] + data[48:] + data[10:48],
    ):
        assert unpack_items(wrong, MissionType.MISSION) is None


@given(st.binary(max_size=200), st.sampled_from(MissionType))
def test_any_bytes_are_items_or_none(data, kind):
    for content in (data, struct.pack("<5H", 0x763D, kind, 0, 0, len(data) // 38) + data):
        found = unpack_items(content, kind)
        assert found is None or len(found) == items_in(len(content))


@pytest.mark.parametrize("with_defaults", [True, False])
@pytest.mark.parametrize("read_size", [239, 80, 110])
def test_parameters_of_the_simulator(with_defaults, read_size):
    table = ParameterTable()
    table["RTL_ALT"], table["SIM_BATT_VOLTAGE"] = -3, 12.6
    found = unpack_parameters(packed_parameters(table, read_size, with_defaults=with_defaults))
    assert list(found) == [definition.name for definition in map(table.at, range(len(table)))]
    assert all(found[name].value == table[name] for name in found)
    default = 1500 if with_defaults else None
    assert found["RTL_ALT"] == Parameter("RTL_ALT", -3, 6, default)
    assert found["WPNAV_SPEED"].default == (1000 if with_defaults else None)


def test_parameters_cut_off_are_none():
    data = packed_parameters(ParameterTable(), 239, with_defaults=True)
    for wrong in (data[:-1], data[:-2], data[:500], data[:5], b"\0" + data, data + b"\x07\x00A"):
        assert unpack_parameters(wrong) is None


@given(st.binary(max_size=80), st.integers(0, 4), st.sampled_from([0x671B, 0x671C]))
def test_any_bytes_are_parameters_or_none(data, count, magic):
    found = unpack_parameters(struct.pack("<3H", magic, count, count) + data)
    assert found is None or len(found) == count


@pytest.mark.parametrize("suffix", [".param", ".parm", ".params"])
def test_parameter_files_there_and_back(tmp_path, suffix):
    path = tmp_path / f"vehicle{suffix}"
    wanted = {"RTL_ALT": 1500.0, "FENCE_MARGIN": 0.1, "COMPASS_DEV_ID": 97539.0, "ACRO_Y_RATE": -202.5}
    parameters = {name: Parameter(name, value, 9) for name, value in wanted.items()}
    write_parameter_file(path, parameters, system_id=1, component_id=1)
    assert read_parameter_file(path) == wanted
    assert "FENCE_MARGIN" in path.read_text()
    assert "0.1\n" in path.read_text() or "\t0.1\t" in path.read_text()


def test_files_of_others_are_read(tmp_path):
    path = tmp_path / "other.param"
    path.write_text(
        "\ufeff#NOTE: saved\r\nRTL_ALT,1500\r\nWPNAV_SPEED 1000.000 # cm/s\r\n1\t1\tFENCE_TYPE\t7\t2\r\n\r\n",
        "utf-8",
    )
    assert read_parameter_file(path) == {"RTL_ALT": 1500, "WPNAV_SPEED": 1000, "FENCE_TYPE": 7}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RTL_ALT,high", "1: the line is no parameter"),
        ("A,1\nB,nan", "2: the line is no parameter"),
        ("A,1,2", "the line is no parameter"),
        ("A_NAME_OF_SEVENTEEN,1", "the line is no parameter"),
        ("A,1\nA,2", "A comes twice"),
        ("# nothing", "holds no parameters"),
    ],
)
def test_what_is_no_parameter_file_is_refused(tmp_path, text, words):
    path = tmp_path / "wrong.param"
    path.write_text(text)
    with pytest.raises(TelemetryError, match=words):
        read_parameter_file(path)


def test_files_that_cannot_be(tmp_path):
    with pytest.raises(Refusal, match="cannot be read"):
        read_parameter_file(tmp_path / "none.param")
    with pytest.raises(TelemetryError, match="names no form"):
        write_parameter_file(tmp_path / "x.txt", {}, system_id=1, component_id=1)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_texts_of_values_lose_nothing(value):
    assert is_same_value(float(as_text(value)), value)


def test_whole_numbers_keep_their_digits():
    assert [as_text(value) for value in (-1e9, 2147483648.0, 0.5, -0.0, 1e30)] == [
        *("-1000000000", "2147483648", "0.5", "0", "1e+30")
    ]
