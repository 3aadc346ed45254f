"""What ArduCopter 4.6.2 answered to wrong and odd mission traffic; the expectations are its own answers."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.channel import Channel

WP = dialect.MAV_CMD_NAV_WAYPOINT
TAKEOFF = dialect.MAV_CMD_NAV_TAKEOFF
RALLY = dialect.MAV_MISSION_TYPE_RALLY
HOME_ITEM = {"command": WP, "x": 360925000, "y": 1037080000, "z": 1520.0, "frame": 0}
TAKEOFF_ITEM = {"command": TAKEOFF, "z": 30.0}
PLACE_ITEM = {"command": WP, "x": 361000000, "y": 1037000000, "z": 30.0}


def said(messages: list[Any]) -> list[tuple[Any, ...]]:
    """Shorten what was heard to what matters."""
    out: list[tuple[Any, ...]] = []
    for message in messages:
        match message.get_type():
            case "MISSION_REQUEST":
                out.append(("ask", message.seq))
            case "MISSION_ACK":
                out.append(("ack", message.type))
            case "MISSION_COUNT":
                out.append(("count", message.count))
            case "STATUSTEXT":
                out.append(("text", message.severity, message.text))
            case "COMMAND_ACK":
                out.append(("result", message.command, message.result))
            case "PARAM_VALUE":
                out.append(("param", message.param_id, message.param_value))
    return out


def test_whole_upload_is_asked_for_with_the_old_request_and_read_back(station: Any) -> None:
    assert said(station.count(3)) == [("ask", 0)]
    assert said(station.item(0, WP, x=1, y=2, z=3.0, frame=0)) == [("ask", 1), ("param", "MIS_TOTAL", 1.0)]
    assert said(station.item(1, TAKEOFF, z=30.0)) == [("ask", 2), ("param", "MIS_TOTAL", 2.0)]
    assert said(station.item(2, WP, x=361000000, y=1037000000, z=30.0)) == [
        ("ack", 0),
        ("text", 6, "Flight plan received"),
        ("param", "MIS_TOTAL", 3.0),
    ]
    home, takeoff, place = station.download()
    # Item 0 is home whatever was sent.
    assert (home.frame, home.command, home.x, home.y) == (0, WP, 360925000, 1037080000)
    assert home.z == pytest.approx(1520.0)
    assert (takeoff.frame, takeoff.command, takeoff.z, takeoff.autocontinue) == (3, TAKEOFF, 30.0, 1)
    assert (place.x, place.y, place.z) == (361000000, 1037000000, 30.0)


def test_item_out_of_sequence_is_answered_and_the_transfer_times_out(station: Any) -> None:
    station.count(4)
    station.run(2.5)
    assert [m.seq for m in station.messages("MISSION_REQUEST")] == [0, 0, 0]
    assert said(station.item(3, **PLACE_ITEM)) == [("ack", dialect.MAV_MISSION_INVALID_SEQUENCE)]
    # A new count begins anew; then nothing more comes.
    station.heard.clear()
    assert said(station.count(4)) == [("ask", 0)]
    start_s = station.now_s
    station.run(9)
    asked_s = [t - start_s for t, m in station.heard if m.get_type() == "MISSION_REQUEST"]
    assert asked_s == pytest.approx([0, 1, 2, 3, 4, 5, 6, 7], abs=0.15)
    acks = [(t - start_s, m.type) for t, m in station.heard if m.get_type() == "MISSION_ACK"]
    assert acks == [(pytest.approx(8.0, abs=0.05), dialect.MAV_MISSION_OPERATION_CANCELLED)]
    assert station.texts[-1] == (4, "Mission upload timeout")


@pytest.mark.parametrize(
    ("item", "result"),
    [
        ({**PLACE_ITEM, "frame": 99}, dialect.MAV_MISSION_UNSUPPORTED_FRAME),
        ({**PLACE_ITEM, "command": 9999}, dialect.MAV_MISSION_UNSUPPORTED),
        ({**PLACE_ITEM, "x": 950000000}, dialect.MAV_MISSION_INVALID_PARAM5_X),
        ({**PLACE_ITEM, "y": 1810000000}, dialect.MAV_MISSION_INVALID_PARAM6_Y),
        ({**PLACE_ITEM, "z": math.nan}, dialect.MAV_MISSION_INVALID_PARAM7),
        ({**PLACE_ITEM, "params": (math.nan, math.nan, 0, math.nan)}, dialect.MAV_MISSION_INVALID_PARAM1),
        ({**PLACE_ITEM, "params": (0, math.nan, 0, 0)}, dialect.MAV_MISSION_INVALID_PARAM2),
        ({**PLACE_ITEM, "params": (0, 0, math.nan, 0)}, dialect.MAV_MISSION_INVALID_PARAM3),
    ],
)
def test_refused_item_leaves_a_mixture(station: Any, item: dict[str, Any], result: int) -> None:
    other = {**PLACE_ITEM, "z": 99.0}
    assert station.upload([HOME_ITEM, other, other, other, other]) == 0
    assert station.upload([HOME_ITEM, TAKEOFF_ITEM, item]) == result
    # Cut to the announced three; the new item before the refused one, the old one in its place.
    assert [(m.command, m.z) for m in station.download()[1:]] == [(TAKEOFF, 30.0), (WP, 99.0)]


def test_missing_yaw_is_accepted_and_lost(station: Any) -> None:
    assert station.upload([HOME_ITEM, {**TAKEOFF_ITEM, "params": (0, 0, 0, math.nan)}]) == 0
    assert [(m.command, m.param4) for m in station.download()] == [(WP, 0.0), (TAKEOFF, 0.0)]


def test_too_many_items(station: Any) -> None:
    assert said(station.count(5000)) == [
        ("ack", dialect.MAV_MISSION_NO_SPACE),
        ("text", 4, "Only 650 items are supported"),
    ]
    assert station.upload([HOME_ITEM] + [PLACE_ITEM] * 649) == 0
    assert len(station.download()) == 650


def test_clear(station: Any) -> None:
    station.upload([HOME_ITEM, PLACE_ITEM])
    answers = station.send(dialect.MAVLink_mission_clear_all_message(1, 1, 0))
    assert ("ack", 0) in said(answers)
    assert station.download() == []


def test_old_float_items_are_taken_with_a_warning(station: Any) -> None:
    station.count(2)
    heard = []
    for seq in range(2):
        heard += said(
            station.send(
                dialect.MAVLink_mission_item_message(1, 1, seq, 3, WP, 0, 1, 0, 0, 0, 0, 36.1, 103.7, 30.0, 0)
            )
        )
    assert heard == [
        ("ask", 1),
        ("text", 4, "got MISSION_ITEM; GCS should send MISSION_ITEM_INT"),
        ("param", "MIS_TOTAL", 1.0),
        ("ack", 0),
        ("text", 6, "Flight plan received"),
        ("param", "MIS_TOTAL", 2.0),
    ]
    stored = station.download()[1]
    assert (stored.x, stored.y) == (pytest.approx(361000000, abs=20), pytest.approx(1037000000, abs=40))


def test_item_asked_for_beyond_the_end_tells_the_count(station: Any) -> None:
    station.upload([HOME_ITEM, PLACE_ITEM])
    answers = station.send(dialect.MAVLink_mission_request_int_message(1, 1, 77, 0))
    assert said(answers) == [("count", 2), ("ack", dialect.MAV_MISSION_ERROR)]


def test_set_current(station: Any) -> None:
    station.upload([HOME_ITEM, PLACE_ITEM])
    assert station.send(dialect.MAVLink_mission_set_current_message(1, 1, 9)) == []
    assert station.command(dialect.MAV_CMD_DO_SET_MISSION_CURRENT, 9) == dialect.MAV_RESULT_DENIED
    assert station.command(dialect.MAV_CMD_DO_SET_MISSION_CURRENT, 1) == dialect.MAV_RESULT_ACCEPTED
    assert station.messages("MISSION_CURRENT")[-1].seq == 1


def test_partial_write_replaces_one_item(station: Any) -> None:
    station.upload([HOME_ITEM, PLACE_ITEM])
    answers = station.send(dialect.MAVLink_mission_write_partial_list_message(1, 1, 1, 1, 0))
    assert said(answers) == [("ask", 1)]
    answers = station.item(1, WP, x=361010000, y=1037010000, z=40.0)
    assert said(answers) == [("ack", 0), ("text", 6, "Flight plan received")]
    assert station.download()[1].z == 40.0


def test_repeated_items_are_refused_without_harm(station: Any) -> None:
    station.count(3)
    answers = [said(station.item(seq, **PLACE_ITEM)) for seq in (0, 0, 1, 1, 2, 2)]
    acks = [[entry for entry in heard if entry[0] in ("ask", "ack")] for heard in answers]
    assert acks == [
        [("ask", 1)],
        [("ack", dialect.MAV_MISSION_INVALID_SEQUENCE)],
        [("ask", 2)],
        [("ack", dialect.MAV_MISSION_INVALID_SEQUENCE)],
        [("ack", dialect.MAV_MISSION_ACCEPTED)],
        [("ack", dialect.MAV_MISSION_ERROR)],
    ]
    assert len(station.download()) == 3


def test_second_station_is_denied_in_mid_transfer(station: Any) -> None:
    station.count(3)
    other = type(station)(station.copter, 254)
    assert said(other.count(2)) == [("ack", dialect.MAV_MISSION_DENIED)]
    assert other.messages("MISSION_ACK")[0].target_system == 254
    station.run(9)
    assert station.messages("MISSION_ACK")[-1].type == dialect.MAV_MISSION_OPERATION_CANCELLED
    assert said(other.count(2))[0] == ("ask", 0)


def test_commands_unknown_and_denied(station: Any) -> None:
    station.upload([HOME_ITEM, PLACE_ITEM])
    station.heard.clear()
    assert station.command(31000) == dialect.MAV_RESULT_UNSUPPORTED
    assert station.command(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10) == dialect.MAV_RESULT_FAILED
    assert station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 99) == dialect.MAV_RESULT_FAILED
    assert station.command(dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH) == dialect.MAV_RESULT_ACCEPTED
    # Starting is accepted although nothing is armed, and said twice.
    assert station.command(dialect.MAV_CMD_MISSION_START) == dialect.MAV_RESULT_ACCEPTED
    station.run(0.1)
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == dialect.MAV_RESULT_FAILED
    assert station.texts == [
        (4, "No such mode 99"),
        (6, "Mission: 1 WP"),
        (6, "Mission: 1 WP"),
        (2, "Arm: AUTO mode not armable"),
    ]
    assert said(station.count(0)) == [
        ("ack", 0),
        ("text", 6, "Flight plan received"),
        ("param", "MIS_TOTAL", 0.0),
        ("text", 2, "Auto mission changed but failed to restart command"),
    ]


def test_rally_points(station: Any) -> None:
    points = [
        {"command": dialect.MAV_CMD_NAV_RALLY_POINT, "x": x, "y": 1037083335, "z": 40.0}
        for x in (360927695, 360922305)
    ]
    assert station.upload(points, kind=RALLY) == 0
    assert [(m.x, m.y, m.z, m.frame, m.autocontinue) for m in station.download(RALLY)] == [
        (360927695, 1037083335, 40.0, 3, 0),
        (360922305, 1037083335, 40.0, 3, 0),
    ]
    assert station.upload([PLACE_ITEM], kind=RALLY) == dialect.MAV_MISSION_UNSUPPORTED


@pytest.mark.parametrize(
    ("command", "params", "kept"),
    [
        (WP, (3.7, 5.0, 6.0, 90.0), (3.0, 0.0, 0.0, 0.0)),
        (TAKEOFF, (15.0, 0.0, 0.0, 90.0), (15.0, 0.0, 0.0, 0.0)),
        (dialect.MAV_CMD_NAV_LAND, (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)),
        (dialect.MAV_CMD_NAV_LOITER_TIME, (5.5, 0.0, 0.0, 0.0), (5.0, 0.0, 1.0, 0.0)),
        (dialect.MAV_CMD_NAV_LOITER_TURNS, (2.0, 0.0, -20.5, 1.0), (2.0, 0.0, -20.0, 1.0)),
        (dialect.MAV_CMD_NAV_LOITER_TURNS, (2.0, 0.0, 1234.0, 0.0), (2.0, 0.0, 1230.0, 0.0)),
        (dialect.MAV_CMD_NAV_DELAY, (5.5, -1.0, -1.0, -1.0), (5.5, -1.0, -1.0, -1.0)),
        (dialect.MAV_CMD_DO_CHANGE_SPEED, (1.0, 6.5, -1.0, 0.0), (1.0, 6.5, -1.0, 0.0)),
        (dialect.MAV_CMD_DO_JUMP, (1.0, 2.0, 0.0, 0.0), (1.0, 2.0, 0.0, 0.0)),
        (dialect.MAV_CMD_CONDITION_YAW, (90.5, 20.5, 1.0, 0.0), (90.5, 20.5, 1.0, 0.0)),
    ],
)
def test_storage_keeps_what_fits(
    station: Any, command: int, params: tuple[float, ...], kept: tuple[float, ...]
) -> None:
    item = {"command": command, "params": params, "x": 360930000, "y": 1037090000, "z": 35.128}
    assert station.upload([HOME_ITEM, item]) == 0
    stored = station.download()[1]
    assert (stored.param1, stored.param2, stored.param3, stored.param4) == kept
    if stored.x:
        assert stored.z == pytest.approx(35.12, abs=1e-5)
        assert stored.frame == 3
    else:
        # What has no place comes back in frame 0 whatever was sent.
        assert (stored.frame, stored.y, stored.z) == (0, 0, 0.0)


def test_a_station_that_hangs_up_in_mid_transfer_frees_the_vehicle_later(station: Any) -> None:
    station.count(3)
    station.copter.detach(station.channel)
    again = type(station)(station.copter, 254)
    assert said(again.count(1)) == [("ack", dialect.MAV_MISSION_DENIED)]
    again.run(9)
    assert said(again.count(1)) == [("ask", 0)]


def test_retries_follow_the_link_not_the_simulation(make_station: Callable[..., Any]) -> None:
    station = make_station()
    station.count(3)
    for _ in range(500):
        station.copter.step(0.02, 0.02 / 50)
    station.copter.flush()
    assert len(station.messages("MISSION_REQUEST")) == 1
    assert isinstance(station.channel, Channel)
