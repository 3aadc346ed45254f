"""What does not come is asked for again."""

from collections import defaultdict

import pytest

from telemetry.vehicle.stream_requests import ONCE, STREAM_RATES_HZ, StreamRequests
from telemetry.wire.dialect import definition_of


def asked(requests):
    """Message ids by command, in the order asked."""
    messages = requests.messages_to_send()
    assert all((one.target_system, one.target_component) == (3, 1) for one in messages)
    return [(one.command, int(one.param1)) for one in messages]


@pytest.fixture
def requests():
    return StreamRequests(3, 1)


def test_all_is_asked_at_once_with_intervals_in_microseconds(requests):
    requests.start(0.0, {})
    messages = requests.messages_to_send()
    intervals = {int(one.param1): one.param2 for one in messages if one.command == 511}
    assert intervals == {definition_of(name).msg_id: round(1e6 / hz) for name, hz in STREAM_RATES_HZ.items()}
    assert [int(one.param1) for one in messages if one.command == 512] == [
        definition_of(name).msg_id for name in ONCE
    ]
    assert requests.messages_to_send() == []


def run(requests, heard, rates_hz, until_s, step_s=0.25):
    times = []
    for step in range(1, round(until_s / step_s) + 1):
        now_s = step * step_s
        for msg_id, rate_hz in rates_hz.items():
            heard[msg_id] = int(rate_hz * now_s)
        if now_s >= requests.get_timer():
            requests.handle_timer(now_s, heard)
            times += [(now_s, *one) for one in asked(requests)]
    return times


def test_what_comes_is_not_asked_again(requests):
    heard = defaultdict(int, {definition_of(name).msg_id: 1 for name in ONCE})
    requests.start(0.0, {})
    asked(requests)
    rates = {definition_of(name).msg_id: hz for name, hz in STREAM_RATES_HZ.items()}
    assert run(requests, heard, rates, 120.0) == []


@pytest.mark.parametrize("speed", [1, 20])
def test_what_is_lost_is_asked_again_at_growing_intervals(requests, speed):
    heard = defaultdict(int, {definition_of(name).msg_id: 1 for name in ONCE})
    requests.start(0.0, {})
    asked(requests)
    lost = definition_of("ATTITUDE").msg_id
    rates = {definition_of(name).msg_id: hz * speed for name, hz in STREAM_RATES_HZ.items()}
    del rates[lost]
    assert run(requests, heard, rates, 100.0) == [
        (2.0, 511, lost),
        (6.0, 511, lost),
        (14.0, 511, lost),
        (30.0, 511, lost),
        (60.0, 511, lost),
        (90.0, 511, lost),
    ]


def test_a_stream_that_is_too_slow_is_asked_again(requests):
    heard = defaultdict(int, {definition_of(name).msg_id: 1 for name in ONCE})
    requests.start(0.0, {})
    asked(requests)
    slow = definition_of("GLOBAL_POSITION_INT").msg_id
    rates = {definition_of(name).msg_id: hz for name, hz in STREAM_RATES_HZ.items()}
    rates[slow] = 1.0
    assert {(command, msg_id) for _, command, msg_id in run(requests, heard, rates, 20.0)} == {(511, slow)}


def test_one_that_was_restarted_is_asked_for_everything(requests):
    heard = defaultdict(int)
    requests.start(0.0, heard)
    first = asked(requests)
    requests.start(50.0, heard)
    assert asked(requests) == first
