"""One vehicle over several links."""

import pytest

from telemetry.events import (
    ItemReached,
    LinkFaded,
    LinkLost,
    LinkRecovered,
    LinkSwitched,
    TextReported,
    VehicleDiscovered,
    VehicleReturned,
)
from telemetry.wire.message import Message
from tests.telemetry.network.conftest import heartbeat, position


@pytest.fixture
def both(station):
    """A vehicle heard over a radio and over a modem, the radio first."""
    station.add("radio")
    station.add("modem")
    station.hear("radio", heartbeat(custom_mode=3))
    station.hear("modem", heartbeat(custom_mode=3))
    return station


def say_on(station, *names):
    def say():
        for name in names:
            station.hear(name, heartbeat(custom_mode=3), position(station.clock.now_s))

    return say


def test_a_vehicle_on_two_links_is_one_and_streams_are_asked_for_on_both(both):
    assert [vehicle.vehicle_id for vehicle in both.vehicles] == ["north-1"]
    assert len(both.told(VehicleDiscovered)) == 1
    for name in ("radio", "modem"):
        asked = {message.param1 for message in both.wires[name].said if message.name == "COMMAND_LONG"}
        assert {33.0, 30.0} <= asked


def test_commands_go_over_the_first_link_alone_while_it_is_heard(both):
    both.pass_time(4, say_on(both, "radio", "modem"))
    both.vehicles[0]._conversation._send(Message.new("COMMAND_LONG", command=21, target_system=1))
    assert [len(both.commands(name)) for name in ("radio", "modem")] == [1, 0]
    assert both.vehicles[0].state.link == "radio"


def test_a_silent_link_gives_way_within_two_seconds_and_positions_have_no_gap(both):
    both.pass_time(4, say_on(both, "radio", "modem"))
    ages = []

    def say_on_the_modem():
        say_on(both, "modem")()
        ages.append(both.clock.now_s - both.vehicles[0].state.boot_time_s)

    both.pass_time(2, say_on_the_modem)
    assert max(ages) < 0.01
    [switched] = both.told(LinkSwitched)
    assert (switched.link, switched.reason) == ("modem", "the other is silent")
    assert both.vehicles[0].state.link == "modem"
    both.vehicles[0]._conversation._send(Message.new("COMMAND_LONG", command=21, target_system=1))
    assert [len(both.commands(name)) for name in ("radio", "modem")] == [0, 1]
    both.pass_time(4, say_on(both, "modem"))
    assert [event.link for event in both.told(LinkFaded)] == ["radio"]
    assert both.vehicles[0].state.is_connected


def test_a_link_that_comes_back_is_told_asked_for_streams_and_not_preferred(both):
    both.pass_time(6, say_on(both, "modem"))
    both.wires["radio"].said.clear()
    both.pass_time(2, say_on(both, "radio", "modem"))
    assert [event.link for event in both.told(LinkRecovered)] == ["radio"]
    assert any(message.name == "COMMAND_LONG" for message in both.wires["radio"].said)
    assert both.vehicles[0].state.link == "modem"


def test_only_silence_on_all_links_is_the_loss_of_a_vehicle(both):
    both.pass_time(4, say_on(both, "modem"))
    assert not both.told(LinkLost)
    both.pass_time(4)
    [lost] = both.told(LinkLost)
    assert (lost.vehicle_id, lost.reason) == ("north-1", "not heard for 3 s")
    both.pass_time(1, say_on(both, "radio"))
    assert len(both.told(VehicleReturned)) == 1


def test_a_closed_link_is_left_at_the_next_word(both):
    both.links["radio"].is_open = False
    both.vehicles[0]._conversation._send(Message.new("COMMAND_LONG", command=21, target_system=1))
    assert [len(both.commands(name)) for name in ("radio", "modem")] == [0, 1]


def test_texts_and_reached_items_are_told_once(both):
    both.events.pending()
    text = Message.new("STATUSTEXT", severity=4, text="Battery low")
    reached = Message.new("MISSION_ITEM_REACHED", seq=4)
    both.hear("modem", text, reached)
    both.hear("radio", text, reached)
    assert [event.text for event in both.told(TextReported)] == ["Battery low"]
    both.clock.now_s += 6
    both.hear("radio", text, reached)
    assert len(both.told(TextReported, ItemReached)) == 2


def test_a_frame_relayed_over_two_links_is_taken_once(both):
    raw = both.encode("radio", Message.new("STATUSTEXT", severity=4, text="once"))
    for name in ("radio", "modem", "radio"):
        both.hear_bytes(name, raw)
    # Said twice on one link, it was said twice.
    assert len(both.told(TextReported)) == 2


def test_old_positions_of_a_slow_link_do_not_overtake(both):
    both.hear("radio", position(50.0))
    both.hear("modem", position(49.0))
    assert both.vehicles[0].state.boot_time_s == 50.0
    both.hear("modem", position(51.0))
    assert both.vehicles[0].state.boot_time_s == 51.0


def test_a_vehicle_that_was_restarted_is_followed_again(both):
    both.hear("radio", position(500.0))
    both.clock.now_s += 6
    both.hear("radio", position(3.0))
    assert both.vehicles[0].state.boot_time_s == 3.0


def test_the_mode_on_the_slower_link_does_not_flicker(both):
    both.hear("radio", heartbeat(custom_mode=6))
    both.hear("modem", heartbeat(custom_mode=3))
    assert both.vehicles[0].state.mode == "RTL"


def test_answers_are_taken_from_any_link(both):
    heard = []
    both.vehicles[0].add_listener(heard.append)
    both.hear("modem", Message.new("COMMAND_ACK", command=400, result=0, target_system=255))
    assert [message.name for message in heard] == ["COMMAND_ACK"]


def test_a_camera_of_the_vehicle_is_heard_as_part_of_it(both):
    from telemetry.wire.codec import Encoder

    heard = []
    both.vehicles[0].add_listener(heard.append)
    camera = Encoder(1, 100).encode(Message.new("HEARTBEAT", type=30, autopilot=8))
    both.hear_bytes("radio", camera)
    assert [(message.name, message.component_id) for message in heard] == [("HEARTBEAT", 100)]
    assert len(both.vehicles) == 1


def test_a_link_that_loses_much_is_left_after_a_while(both):
    sent = 0

    def say():
        nonlocal sent
        for _ in range(4):
            sent += 1
            message = position(both.clock.now_s + sent / 1e3)
            raw = both.encode("radio", message)
            if sent % 2:
                both.hear_bytes("radio", raw)
            both.hear("modem", message)

    both.pass_time(3, say)
    assert not both.told(LinkSwitched)
    both.pass_time(10, say)
    assert [(event.link, event.reason) for event in both.told(LinkSwitched)] == [
        ("modem", "it is the better one")
    ]
    radio = both.links["radio"].vehicle_sources[0].quality
    assert radio.loss_share == pytest.approx(0.5, abs=0.02)
    assert radio.messages_per_s == pytest.approx(8.0, rel=0.1)
    assert both.links["modem"].vehicle_sources[0].quality.loss_share == 0.0


def test_the_round_trip_is_measured_on_each_link(both):
    def answer(name, after_s):
        for question in [message for message in both.wires[name].said if message.name == "TIMESYNC"]:
            both.wires[name].said.remove(question)
            assert question.tc1 == 0
            asked_s = both.clock.now_s
            both.clock.now_s += after_s
            both.hear(name, Message.new("TIMESYNC", tc1=123, ts1=question.ts1))
            both.clock.now_s = asked_s

    def say():
        say_on(both, "radio", "modem")()
        answer("radio", 0.05)
        answer("modem", 0.25)

    both.network.handle_timer(both.clock.now_s)
    both.pass_time(6, say)
    qualities = [both.links[name].vehicle_sources[0].quality for name in ("radio", "modem")]
    assert qualities[0].round_trip_s == pytest.approx(0.30, abs=0.01)
    assert qualities[1].round_trip_s == pytest.approx(0.50, abs=0.01)
