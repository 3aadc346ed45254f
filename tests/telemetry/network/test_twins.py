"""Two vehicles with one system id."""

from telemetry.events import SystemIdDuplicated
from telemetry.wire.message import Message
from tests.telemetry.network.conftest import heartbeat, position


def version(number):
    return Message.new("AUTOPILOT_VERSION", uid2=(number,) * 18)


def test_two_that_speak_through_one_radio_are_said(station):
    station.add("radio")
    station.hear("radio", heartbeat())
    for second in range(4):
        station.hear("radio", position(1000.0 + second), position(20.0 + second, lat_deg=36.2))
        station.clock.now_s += 1
    [twin] = station.told(SystemIdDuplicated)
    assert (twin.system_id, twin.link, twin.is_ignored) == (1, "radio", False)


def test_a_restart_and_a_leap_of_the_gps_are_no_twin(station):
    station.add("radio")
    station.hear("radio", heartbeat())
    for boot_s, lat_deg in ((1000, 36.0), (1001, 36.0), (1, 36.0), (2, 36.3), (3, 36.0), (4, 36.0)):
        station.hear("radio", position(boot_s, lat_deg))
        station.clock.now_s += 1
    assert not station.told(SystemIdDuplicated)


def test_another_board_on_a_second_link_is_said_and_ignored(station):
    station.add("radio")
    station.add("modem")
    station.hear("radio", heartbeat(custom_mode=3), version(1))
    station.hear("modem", heartbeat(custom_mode=6), version(2))
    [twin] = station.told(SystemIdDuplicated)
    assert (twin.link, twin.is_ignored) == ("modem", True)
    station.hear("modem", position(9.0))
    assert station.vehicles[0].state.position is None
    station.clock.now_s += 2
    station.hear("modem", position(11.0))
    station.network.handle_timer(station.clock.now_s)
    assert station.vehicles[0].state.link == "radio"


def test_the_same_board_on_two_links_is_one_vehicle(station):
    station.add("radio")
    station.add("modem")
    for name in ("radio", "modem"):
        station.hear(name, heartbeat(), version(7))
    station.hear("modem", position(9.0))
    assert station.vehicles[0].state.boot_time_s == 9.0
    assert not station.told(SystemIdDuplicated)


def test_a_drone_changed_for_another_is_no_twin_once_both_links_bring_it(station):
    station.add("radio")
    station.add("modem")
    for name in ("radio", "modem"):
        station.hear(name, heartbeat(), version(7))
    station.hear("radio", version(8))
    station.hear("modem", version(8))
    station.hear("radio", position(9.0))
    assert station.vehicles[0].state.boot_time_s == 9.0
