"""Frames that come after newer ones: what they say of the present is past, what they answer or tell is not."""

import pytest

from telemetry.events import Armed, Disarmed, TextReported
from telemetry.wire.message import Message
from tests.telemetry.network.conftest import heartbeat, position

ARMED = 128


@pytest.fixture
def radio(station):
    station.add("radio")
    station.hear("radio", heartbeat(custom_mode=4))
    station.events.pending()
    return station


def test_a_heartbeat_from_before_arming_does_not_disarm(radio):
    before = radio.encode("radio", heartbeat(custom_mode=4))
    radio.hear("radio", heartbeat(custom_mode=3, base_mode=ARMED))
    radio.hear_bytes("radio", before)
    assert radio.vehicles[0].state.is_armed
    assert radio.vehicles[0].state.mode == "AUTO"
    assert len(radio.told(Armed)) == 1
    radio.hear("radio", heartbeat(custom_mode=3))
    assert not radio.vehicles[0].state.is_armed


def test_a_frame_that_comes_twice_changes_nothing(radio):
    armed = radio.encode("radio", heartbeat(custom_mode=3, base_mode=ARMED))
    radio.hear_bytes("radio", armed)
    radio.hear("radio", position(1.0), heartbeat(custom_mode=3))
    radio.hear_bytes("radio", armed)
    assert not radio.vehicles[0].state.is_armed
    assert len(radio.told(Armed, Disarmed)) == 2


def test_a_late_text_is_told(radio):
    late = radio.encode("radio", Message.new("STATUSTEXT", severity=2, text="PreArm: GPS 1: Bad fix"))
    radio.hear("radio", heartbeat(custom_mode=4))
    radio.hear_bytes("radio", late)
    assert [event.text for event in radio.told(TextReported)] == ["PreArm: GPS 1: Bad fix"]


def test_late_frames_count_as_heard_and_nothing_as_lost_twice(radio):
    first, second, third = (radio.encode("radio", position(at_s)) for at_s in (1.0, 2.0, 3.0))
    for raw in (third, first, second):
        radio.hear_bytes("radio", raw)
    (source,) = radio.links["radio"].vehicle_sources
    assert source.lost == 2
    radio.hear("radio", position(4.0))
    assert source.lost == 2
    assert radio.vehicles[0].state.boot_time_s == 4.0


def test_a_vehicle_that_was_restarted_is_believed_after_its_silence(radio):
    for _ in range(5):
        radio.hear("radio", heartbeat(custom_mode=3, base_mode=ARMED))
    radio._encoders["radio"] = type(radio._encoders["radio"])(1, 1)
    radio.clock.now_s += 4
    radio.hear("radio", heartbeat(custom_mode=0))
    assert not radio.vehicles[0].state.is_armed
