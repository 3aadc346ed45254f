"""One command and its acknowledgement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.links.address import Address
from telemetry.protocol.command_call import (
    COMMAND,
    POSTPONEMENTS,
    CommandCall,
    CommandEnded,
    CommandPostponed,
    CommandProgressed,
    CommandState,
)
from telemetry.protocol.command_result import command_name, command_result_words
from telemetry.refusal import TelemetryError
from telemetry.wire.message import Message

VEHICLE = Address(1, 1)


def ack(command=400, result=0, **fields):
    fields = {"target_system": 255, "target_component": 190, "progress": 255} | fields
    return Message.new("COMMAND_ACK", command=command, result=result, **fields)


def started(**options):
    call = CommandCall(400, (1,), VEHICLE, **options)
    call.start(0.0)
    return call


def test_accepted_at_once():
    call = started()
    (message,) = call.messages_to_send()
    assert (message.name, message.command, message.param1, message.confirmation) == (
        "COMMAND_LONG",
        400,
        1,
        0,
    )
    call.receive_message(ack(), 0.01)
    assert call.next_event() == CommandEnded(0, 1)
    assert call.get_timer() is None


def test_repeated_with_a_rising_confirmation_until_given_up():
    call, now_s, confirmations = started(), 0.0, []
    while not call.is_done:
        confirmations += [message.confirmation for message in call.messages_to_send()]
        now_s = call.get_timer() or now_s
        call.handle_timer(now_s)
    assert confirmations == list(range(COMMAND.attempts))
    assert call.next_event() == CommandEnded(None, COMMAND.attempts)
    assert now_s < 13.0


@pytest.mark.parametrize(
    "other", [ack(command=176), ack(target_system=254), ack(target_component=191), Message.new("HEARTBEAT")]
)
def test_answers_to_others_are_left_alone(other):
    call = started()
    call.receive_message(other, 0.1)
    assert not call.is_done


def test_an_answer_to_nobody_in_particular_counts():
    call = started()
    call.receive_message(ack(target_system=0, target_component=0), 0.1)
    assert call.is_done


def test_in_progress_buys_time_and_stops_repetition():
    call = started()
    call.messages_to_send()
    call.receive_message(ack(result=5, progress=30), 0.5)
    assert call.next_event() == CommandProgressed(30)
    call.handle_timer(5.0)
    assert call.messages_to_send() == []
    call.receive_message(ack(result=5), 8.0)
    assert call.next_event() == CommandProgressed(None)
    call.receive_message(ack(result=4), 17.0)
    assert call.next_event() == CommandEnded(4, 1)


def test_in_progress_for_ever_is_no_answer():
    call = started()
    call.receive_message(ack(result=5), 0.5)
    call.handle_timer(call.get_timer())
    assert list(iter(call.next_event, None))[-1] == CommandEnded(None, 1)


def test_command_int_carries_degrees_as_whole_numbers():
    call = CommandCall(192, (-1, 1, 0, 0, 360932186, 1037080000, 20), VEHICLE, frame=3)
    call.start(0.0)
    (message,) = call.messages_to_send()
    assert (message.name, message.frame, message.x, message.y, message.z) == (
        "COMMAND_INT",
        3,
        360932186,
        1037080000,
        20,
    )


@given(
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, 65535), st.booleans()), max_size=20), st.booleans()
)
def test_no_message_in_any_state_raises(script, begin):
    call = CommandCall(400, (1,), VEHICLE)
    if begin:
        call.start(0.0)
    for number, (result, command, is_timer) in enumerate(script):
        if is_timer:
            call.handle_timer(number * 3.0)
        else:
            call.receive_message(ack(command=command or 400, result=result), number * 3.0)


def test_words():
    assert command_name(400) == "COMPONENT_ARM_DISARM"
    assert command_name(65000) == "command 65000"
    assert command_result_words(3) == "not supported by the vehicle"
    assert "77" in command_result_words(77)


def asked(call):
    return [(message.name, message.fields.get("confirmation")) for message in call.messages_to_send()]


@pytest.mark.parametrize("result", [3, 8])
def test_what_is_not_known_as_long_is_tried_as_int_once(result):
    call = started()
    assert asked(call) == [("COMMAND_LONG", 0)]
    call.receive_message(ack(result=result), 0.1)
    (message,) = call.messages_to_send()
    assert (message.name, message.param1, message.frame) == ("COMMAND_INT", 1, 3)
    call.receive_message(ack(result=3), 0.2)
    assert call.next_event() == CommandEnded(result, 2)


def test_what_is_accepted_as_long_only_is_sent_so():
    call = started(frame=3)
    assert asked(call) == [("COMMAND_INT", None)]
    call.receive_message(ack(result=7), 0.1)
    assert asked(call) == [("COMMAND_LONG", 0)]
    call.receive_message(ack(), 0.2)
    assert call.next_event() == CommandEnded(0, 2)


def test_a_late_copy_of_the_first_refusal_is_not_taken_for_the_second():
    call = started()
    call.handle_timer(1.0)
    call.messages_to_send()
    call.receive_message(ack(result=3), 1.1)
    call.receive_message(ack(result=3), 1.2)
    assert not call.is_done
    call.receive_message(ack(result=0), 1.3)
    assert call.next_event() == CommandEnded(0, 3)


def test_a_command_with_a_place_keeps_its_form():
    call = CommandCall(192, (-1, 1, 0, 0, 360932186, 1037080000, 20), VEHICLE, frame=3)
    call.start(0.0)
    call.receive_message(ack(command=192, result=7), 0.1)
    assert call.next_event() == CommandEnded(7, 1)


def test_a_refusal_for_the_moment_is_waited_out_a_few_times():
    call, now_s = started(), 0.0
    for _ in range(POSTPONEMENTS):
        assert asked(call) == [("COMMAND_LONG", 0)]
        call.receive_message(ack(result=1), now_s + 0.1)
        assert call.next_event() == CommandPostponed()
        call.receive_message(ack(result=1), now_s + 0.2)
        now_s = call.get_timer()
        call.handle_timer(now_s)
    call.receive_message(ack(result=1), now_s + 0.1)
    assert call.next_event() == CommandEnded(1, POSTPONEMENTS + 1)
    assert now_s < 5.0


def test_taken_back():
    call = CommandCall(400, (1,), VEHICLE)
    with pytest.raises(TelemetryError, match="was not sent"):
        call.cancel(0.0)
    call.start(0.0)
    call.messages_to_send()
    call.receive_message(ack(result=5, progress=10), 0.5)
    call.cancel(1.0)
    call.cancel(1.1)
    assert [(message.name, message.command) for message in call.messages_to_send()] == [
        ("COMMAND_CANCEL", 400)
    ]
    call.receive_message(ack(result=5, progress=20), 1.2)
    call.handle_timer(call.get_timer())
    assert asked(call) == [("COMMAND_CANCEL", None)]
    call.receive_message(ack(result=6), 2.5)
    assert [*iter(call.next_event, None)][-1] == CommandEnded(6, 1)
    call.cancel(3.0)
    assert call.messages_to_send() == []


def test_taking_back_that_is_never_answered_ends():
    call = started()
    call.cancel(0.1)
    while not call.is_done:
        call.handle_timer(call.get_timer())
    assert call.next_event() == CommandEnded(None, 1)


STEPS = st.one_of(
    st.just("start"),
    st.just("cancel"),
    st.just("timer"),
    st.tuples(st.integers(0, 12), st.integers(0, 255)),
)


@given(st.lists(STEPS, max_size=40))
def test_every_step_in_every_state_is_legal_or_a_typed_error(script):
    """One end at most, nothing sent after it, and never more messages than the bounds allow."""
    call, ends, sent = CommandCall(400, (1,), VEHICLE), 0, 0
    for number, step in enumerate(script):
        now_s, was_done = number * 0.4, call.is_done
        match step:
            case "start":
                call.start(now_s)
            case "cancel":
                is_idle = call.state is CommandState.IDLE
                try:
                    call.cancel(now_s)
                except TelemetryError:
                    assert is_idle
            case "timer":
                call.handle_timer(call.get_timer() or now_s)
            case (result, progress):
                call.receive_message(ack(result=result, progress=progress), now_s)
        out = call.messages_to_send()
        assert not (was_done and out)
        sent += len(out)
        ends += sum(isinstance(event, CommandEnded) for event in iter(call.next_event, None))
        assert call.is_done == (ends == 1) == (call.state is CommandState.DONE)
        if not call.is_done and call.state is not CommandState.IDLE:
            assert call.get_timer() is not None
    assert sent <= (COMMAND.attempts + 1) * (POSTPONEMENTS + 2) + 4
