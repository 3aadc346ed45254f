"""All parameters, one message each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.links.address import Address
from telemetry.protocol.parameter_listing import (
    LIST,
    ParameterListing,
    ParametersAdvanced,
    ParametersIncomplete,
    ParametersListed,
)
from telemetry.wire.message import Message
from tests.telemetry.protocol.conftest import Weather

VEHICLE = Address(1, 1)


def value(name, number, index, count, kind=9):
    return Message.new(
        "PARAM_VALUE",
        param_id=name,
        param_value=number,
        param_type=kind,
        param_index=index,
        param_count=count,
    )


def number_of(name):
    return sum(map(ord, name))


class Table:
    """Tells parameters as ArduPilot does; `grow_after` messages it has some more in the middle of the list."""

    def __init__(self, count=60, grow_after=None):
        self.names = [f"P{number:03}" for number in range(count)]
        self.grow_after = grow_after
        self.told = 0
        self.deaf_to = set()
        self.out = []

    def get_timer(self):
        return None

    def handle_timer(self, now_s):
        pass

    def receive_message(self, message, now_s):
        if message.name == "PARAM_REQUEST_LIST":
            for index in range(len(self.names)):
                self.tell(index)
        elif message.param_index not in self.deaf_to and message.param_index < len(self.names):
            self.tell(message.param_index)

    def tell(self, index):
        self.told += 1
        if self.told == self.grow_after:
            self.names[20:20] = ["NEW_1", "NEW_2"]
        self.out.append(value(self.names[index], number_of(self.names[index]), index, len(self.names)))

    @property
    def wanted(self):
        return {name: number_of(name) for name in self.names}


def values_of(event):
    assert isinstance(event, ParametersListed)
    return {name: parameter.value for name, parameter in event.parameters.items()}


def test_a_list_in_the_vehicles_order():
    table = Table()
    events = Weather().run(ParameterListing(VEHICLE), table)
    assert values_of(events[-1]) == table.wanted
    assert list(events[-1].parameters) == table.names
    assert events[-2] == ParametersAdvanced(60, 60)


@pytest.mark.parametrize("seed", range(10))
def test_what_got_lost_is_fetched_again(seed):
    table = Table(200)
    wire = Weather(seed, loss=(seed + 1) / 25, duplication=0.2, spread_s=0.2)
    assert values_of(wire.run(ParameterListing(VEHICLE), table)[-1]) == table.wanted
    assert wire.now_s - 1000.0 < 60.0


@pytest.mark.parametrize("seed", range(5))
def test_a_list_that_grows_under_way_is_begun_anew(seed):
    table = Table(60, grow_after=40)
    event = Weather(seed, loss=0.1).run(ParameterListing(VEHICLE), table)[-1]
    assert values_of(event) == table.wanted
    assert len(event.parameters) == 62


def test_values_told_out_of_the_list_are_newer():
    machine = ParameterListing(VEHICLE)
    machine.start(0.0)
    machine.receive_message(value("A", 1, 0, 2), 0.1)
    machine.receive_message(value("A", 5, 65535, 2), 0.2)
    machine.receive_message(value("STRANGER", 5, 65535, 2), 0.2)
    assert not machine.is_done
    machine.receive_message(value("B", 2, 1, 2), 0.3)
    assert values_of(list(iter(machine.next_event, None))[-1]) == {"A": 5, "B": 2}


def test_one_that_never_comes_is_told():
    table = Table(10)
    table.deaf_to = {4}
    tell = table.tell
    table.tell = lambda index: tell(index) if index != 4 else None
    wire = Weather()
    assert wire.run(ParameterListing(VEHICLE), table)[-1] == ParametersIncomplete(9, 10)
    assert wire.now_s - 1000.0 < 30.0


def test_silence():
    machine = ParameterListing(VEHICLE)
    machine.start(0.0)
    while not machine.is_done:
        machine.handle_timer(machine.get_timer())
    assert machine.next_event() == ParametersIncomplete(0, 0)
    assert len(machine.messages_to_send()) == LIST.attempts


def test_bytewise_integers():
    machine = ParameterListing(VEHICLE, is_bytewise=True)
    machine.start(0.0)
    machine.receive_message(value("I", 9.80908925027372e-45, 0, 1, kind=6), 0.1)
    assert values_of(list(iter(machine.next_event, None))[-1]) == {"I": 7}


@given(
    st.lists(
        st.one_of(
            st.builds(
                value,
                st.sampled_from("ABC"),
                st.floats(width=32),
                st.sampled_from([0, 1, 2, 3, 65535]),
                st.integers(0, 4),
                st.integers(0, 12),
            ),
            st.sampled_from(["timer", "start", "other"]),
        ),
        max_size=30,
    ),
    st.booleans(),
)
@settings(deadline=None)
def test_no_message_in_any_state_raises(script, is_bytewise):
    machine = ParameterListing(VEHICLE, is_bytewise=is_bytewise)
    now_s = 0.0
    for step in script:
        now_s += 0.1
        if step == "timer":
            now_s = max(now_s, machine.get_timer() or now_s)
            machine.handle_timer(now_s)
        elif step == "start":
            machine.start(now_s)
        else:
            machine.receive_message(Message.new("HEARTBEAT") if step == "other" else step, now_s)
        for message in machine.messages_to_send():
            assert message.target_system == 1
        if machine.is_done:
            assert machine.get_timer() is None
