"""Reading and setting parameters."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.links.address import Address
from telemetry.protocol.parameter_exchange import (
    PARAMETER,
    ParameterRead,
    ParameterReading,
    ParameterSetting,
    ParameterUnanswered,
    ParameterUnchanged,
)
from telemetry.protocol.parameter_value import decode_parameter, encode_parameter
from telemetry.refusal import TelemetryError
from telemetry.wire.message import Message

VEHICLE = Address(1, 1)


def value(name, number, kind=9):
    return Message.new("PARAM_VALUE", param_id=name, param_value=number, param_type=kind)


def run_out(machine):
    while not machine.is_done:
        machine.handle_timer(machine.get_timer())
    return list(iter(machine.next_event, None))[-1]


def test_read():
    machine = ParameterReading("WPNAV_SPEED", VEHICLE)
    machine.start(0.0)
    (question,) = machine.messages_to_send()
    assert (question.param_id, question.param_index) == ("WPNAV_SPEED", -1)
    machine.receive_message(value("WPNAV_RADIUS", 2), 0.1)
    assert not machine.is_done
    machine.receive_message(value("WPNAV_SPEED", 700), 0.1)
    assert machine.next_event() == ParameterRead("WPNAV_SPEED", 700, 9)


def test_an_unknown_name_is_answered_by_silence():
    machine = ParameterReading("NOPE_X", VEHICLE)
    machine.start(0.0)
    assert run_out(machine) == ParameterUnanswered("NOPE_X")
    assert len(machine.messages_to_send()) == PARAMETER.attempts


def test_set_is_proved_by_the_new_value():
    machine = ParameterSetting("FENCE_MARGIN", 0.1, VEHICLE)
    machine.start(0.0)
    machine.receive_message(value("FENCE_MARGIN", 2.0), 0.01)
    assert not machine.is_done
    machine.handle_timer(machine.get_timer())
    machine.receive_message(value("FENCE_MARGIN", struct.unpack("<f", struct.pack("<f", 0.1))[0]), 1.0)
    assert isinstance(machine.next_event(), ParameterRead)


def test_a_value_that_is_not_taken_is_told():
    machine = ParameterSetting("FENCE_TYPE", 500, VEHICLE)
    machine.start(0.0)
    machine.receive_message(value("FENCE_TYPE", 127, 2), 0.01)
    assert run_out(machine) == ParameterUnchanged("FENCE_TYPE", 127)


def test_a_name_has_to_fit():
    with pytest.raises(TelemetryError, match=r"no name of a parameter.*16"):
        ParameterReading("A_NAME_OF_SEVENTEEN", VEHICLE)


@pytest.mark.parametrize(
    ("kind", "number"), [(1, 200), (2, -5), (3, 60000), (4, -300), (5, 4), (6, -70000), (9, 0.5)]
)
def test_bytewise_there_and_back(kind, number):
    field = encode_parameter(number, kind, is_bytewise=True)
    assert decode_parameter(field, kind, is_bytewise=True) == number
    assert encode_parameter(number, kind, is_bytewise=False) == number


@given(
    st.lists(
        st.one_of(
            st.builds(value, st.sampled_from(["A", "B"]), st.floats(width=32), st.integers(0, 12)),
            st.just(Message.new("HEARTBEAT")),
            st.none(),
        ),
        max_size=15,
    ),
    st.booleans(),
    st.booleans(),
)
def test_no_message_in_any_state_raises(script, is_setting, is_bytewise):
    machine = (
        ParameterSetting("A", 3, VEHICLE, param_type=6, is_bytewise=is_bytewise)
        if is_setting
        else ParameterReading("A", VEHICLE, is_bytewise=is_bytewise)
    )
    for number, message in enumerate(script):
        if number == 2:
            machine.start(number)
        if message is None:
            machine.handle_timer(number)
        else:
            machine.receive_message(message, number)
