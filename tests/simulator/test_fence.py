"""The fence on board: transfer, refusal of targets, breach; the expectations are ArduCopter's own answers."""

import math
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

FENCE = dialect.MAV_MISSION_TYPE_FENCE
INCLUSION = dialect.MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION
EXCLUSION = dialect.MAV_CMD_NAV_FENCE_POLYGON_VERTEX_EXCLUSION
CIRCLE = dialect.MAV_CMD_NAV_FENCE_CIRCLE_EXCLUSION
REPOSITION = dialect.MAV_CMD_DO_REPOSITION
HERE = {"x": 360925000, "y": 1037080000}


def corners(command: int, places: list[tuple[int, int]], count: float | None = None) -> list[dict[str, Any]]:
    return [{"command": command, "params": (count or len(places),), "x": x, "y": y} for x, y in places]


RECORDED = [
    *corners(
        INCLUSION,
        [(360916017, 1037068883), (360916017, 1037091117), (360933983, 1037091117), (360933983, 1037068883)],
    ),
    *corners(
        EXCLUSION,
        [(360928593, 1037078888), (360928593, 1037081112), (360930390, 1037081112), (360930390, 1037078888)],
    ),
    {"command": CIRCLE, "params": (15.0,), "x": 360919610, "y": 1037073330},
]


def enable(station: Any) -> None:
    assert station.upload(RECORDED, FENCE) == 0
    for name, value in (
        ("FENCE_TYPE", 7),
        ("FENCE_ALT_MAX", 60),
        ("FENCE_ACTION", 1),
        ("FENCE_MARGIN", 3),
        ("FENCE_ENABLE", 1),
    ):
        station.parameter(name, value)
    station.run(1)


def test_fence_comes_back_in_frame_0(station: Any) -> None:
    station.heard.clear()
    assert station.upload(RECORDED, FENCE) == 0
    assert station.texts == [(7, "Fence Indexed OK")]
    assert [(m.param_id, m.param_value) for m in station.messages("PARAM_VALUE")] == [("FENCE_TOTAL", 11.0)]
    back = station.download(FENCE)
    assert len(back) == 9
    first, last = back[0], back[8]
    assert (first.frame, first.command, first.param1, first.x, first.y, first.autocontinue) == (
        0,
        5001,
        4.0,
        360916017,
        1037068883,
        0,
    )
    assert (last.frame, last.command, last.param1, last.x) == (0, 5004, 15.0, 360919610)


@pytest.mark.parametrize(
    ("vertices", "circles", "text"),
    [
        (69, 0, ""),
        (70, 0, "Fence exceeds storage size"),
        (71, 0, "Only 70 items are supported"),
        (0, 42, ""),
        (0, 43, "Fence exceeds storage size"),
        (50, 11, ""),
        (50, 12, "Fence exceeds storage size"),
    ],
)
def test_a_fence_has_to_fit_by_items_and_by_bytes(
    station: Any, vertices: int, circles: int, text: str
) -> None:
    ring = [
        (HERE["x"] + round(9e4 * math.cos(turn)), HERE["y"] + round(9e4 * math.sin(turn)))
        for turn in (2.0 * math.pi * number / max(vertices, 1) for number in range(vertices))
    ]
    items = corners(INCLUSION, ring)
    items += [{"command": CIRCLE, "params": (5.0 + number,), **HERE} for number in range(circles)]
    station.heard.clear()
    results = {"": dialect.MAV_MISSION_ACCEPTED, "Only 70 items are supported": dialect.MAV_MISSION_NO_SPACE}
    assert station.upload(items, FENCE) == results.get(text, dialect.MAV_MISSION_ERROR)
    assert station.texts[-1][1] == (text or "Fence Indexed OK")


@pytest.mark.parametrize(
    ("items", "result", "texts"),
    [
        (
            corners(INCLUSION, [(360916017, 1037068883), (360916017, 1037091117)]),
            dialect.MAV_MISSION_ERROR,
            [(4, "Invalid vertex count (2)"), (4, "Fence validation failed")],
        ),
        (
            corners(INCLUSION, [(360916017, 1), (360916017, 2), (360933983, 3)], 5),
            dialect.MAV_MISSION_ERROR,
            [(6, "Incorrect item count"), (4, "Fence validation failed")],
        ),
        ([{"command": 16, **HERE}], dialect.MAV_MISSION_UNSUPPORTED, []),
        (
            corners(INCLUSION, [(960916017, 1), (360916017, 2), (360933983, 3)]),
            dialect.MAV_MISSION_INVALID_PARAM5_X,
            [],
        ),
    ],
)
def test_refused_fence_leaves_the_old_one(
    station: Any, items: list[dict[str, Any]], result: int, texts: list[tuple[int, str]]
) -> None:
    assert station.upload(RECORDED, FENCE) == 0
    station.heard.clear()
    assert station.upload(items, FENCE) == result
    assert station.texts == texts
    assert len(station.download(FENCE)) == 9
    assert len(station.copter.fence_store.areas) == 3


def test_breach_sends_the_vehicle_home(station: Any) -> None:
    enable(station)
    station.take_off(20)
    station.run(3)
    station.heard.clear()
    assert station.command_int(REPOSITION, -1, 1, x=360932186, y=1037080000, z=20.0) == 0
    station.run_until(lambda: not station.copter.autopilot.is_armed, 90)
    texts = [text for _, text in station.texts]
    assert texts[:3] == ["Polygon fence breached", "Manual recovery started", "Fence breach cleared"]
    assert texts.count("Polygon fence breached") == 1
    assert texts[-1] == "Disarming motors"
    status = next(m for m in station.messages("FENCE_STATUS"))
    assert (status.breach_status, status.breach_count, status.breach_type) == (1, 1, 3)
    assert station.messages("HEARTBEAT")[-1].custom_mode == 6


def test_targets_outside_are_refused(station: Any) -> None:
    enable(station)
    station.take_off(20)
    # Beyond the inclusion, inside the exclusion, above the ceiling.
    for x, z in ((360951949, 20.0), (360929500, 20.0), (360925000, 70.0)):
        assert station.command_int(REPOSITION, -1, 1, x=x, y=1037080000, z=z) == dialect.MAV_RESULT_FAILED
    north_m = station.copter.autopilot.body.north_m
    station.send(
        dialect.MAVLink_set_position_target_global_int_message(
            0, 1, 1, 6, 3576, 360951949, 1037080000, 20.0, 0, 0, 0, 0, 0, 0, 0, 0
        )
    )
    station.run(5)
    assert abs(station.copter.autopilot.body.north_m - north_m) < 1
    assert station.command(dialect.MAV_CMD_DO_FENCE_ENABLE, 0) == 0
    assert station.copter.parameters["FENCE_ENABLE"] == 0
    assert station.command(dialect.MAV_CMD_DO_FENCE_ENABLE, 1) == 0


def test_target_above_the_ceiling_is_refused_before_takeoff(station: Any) -> None:
    enable(station)
    station.arm_guided()
    assert station.command(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 80) == dialect.MAV_RESULT_FAILED


def test_circle_round_home_counts_by_default(station: Any) -> None:
    station.parameter("FENCE_ENABLE", 1)
    station.take_off(20)
    # FENCE_TYPE 7 holds the circle of 150 m although no fence was ever uploaded.
    assert station.command_int(REPOSITION, -1, 1, x=360925000 + 14000, y=1037080000, z=20.0) == 4
    assert station.command_int(REPOSITION, -1, 1, x=360925000 + 13000, y=1037080000, z=20.0) == 0


def test_arming_outside_the_fence_is_refused(station: Any) -> None:
    far = corners(INCLUSION, [(361000000, 1037000000), (361000000, 1037010000), (361010000, 1037010000)])
    assert station.upload(far, FENCE) == 0
    station.parameter("FENCE_ENABLE", 1)
    station.run(1)
    station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 4)
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == dialect.MAV_RESULT_FAILED
    assert station.texts[-1] == (2, "Arm: Vehicle breaching Polygon fence")


def test_several_inclusions_must_all_hold_the_vehicle(station: Any) -> None:
    here = corners(INCLUSION, [(360920000, 1037070000), (360920000, 1037090000), (360930000, 1037090000)])
    far = corners(INCLUSION, [(361000000, 1037000000), (361000000, 1037010000), (361010000, 1037010000)])
    assert station.upload([*here, *far], FENCE) == 0
    station.parameter("FENCE_ENABLE", 1)
    fence = station.copter.autopilot.fence
    assert not fence.allows(0.0, 30.0, 10.0)
    station.parameter("FENCE_OPTIONS", 2)
    assert fence.allows(0.0, 30.0, 10.0)


@pytest.mark.parametrize(
    ("action", "points", "mode"),
    [(0, 300, 4), (1, 300, 6), (2, 300, 9), (3, 300, 21), (3, 0, 6), (4, 300, 17), (5, 300, 21), (5, 0, 9)],
)
def test_a_breach_is_answered_as_set(make_station: Any, action: int, points: int, mode: int) -> None:
    station = make_station(parameters={"SRTL_POINTS": points})
    circle = {"command": CIRCLE, "params": (15.0,), "x": 360930000, "y": 1037080000}
    assert station.upload([circle], FENCE) == 0
    for name, value in (("FENCE_TYPE", 4), ("FENCE_ACTION", action), ("FENCE_ENABLE", 1)):
        station.parameter(name, value)
    station.take_off(20)
    assert station.command_int(REPOSITION, -1, 1, x=360936000, y=1037080000, z=20.0) == 0
    station.run_until(lambda: (5, "Polygon fence breached") in station.texts, 30)
    body = station.copter.autopilot.body
    # 55.7 m to the centre.
    assert body.north_m == pytest.approx(55.7 - 15.0, abs=0.6)
    assert station.copter.autopilot.mode.number == mode


def test_an_inclusion_circle_holds_the_vehicle(station: Any) -> None:
    circle = {"command": dialect.MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION, "params": (40.0,), **HERE}
    assert station.upload([circle], FENCE) == 0
    station.parameter("FENCE_ENABLE", 1)
    fence = station.copter.autopilot.fence
    assert fence.allows(39.0, 0.0, 10.0)
    assert not fence.allows(29.0, 29.0, 10.0)


def test_the_floor_holds_from_passing_it_until_landing(station: Any) -> None:
    for name, value in (("FENCE_TYPE", 9), ("FENCE_ALT_MIN", 10), ("FENCE_ACTION", 1), ("FENCE_ENABLE", 1)):
        station.parameter(name, value)
    station.take_off(30)
    assert (5, "Min Alt fence enabled (auto enable)") in station.texts
    # Targets below it are refused; a velocity is not.
    assert station.command_int(REPOSITION, -1, 1, x=360926000, y=1037080000, z=5.0) == 4
    station.copter.autopilot.guided.fly_at((0.0, 0.0, -1.0))
    for _ in range(25):
        station.copter.autopilot.guided.fly_at((0.0, 0.0, -1.0))
        station.run(1)
    assert (5, "Min Alt fence breached") in station.texts
    assert station.copter.autopilot.mode.number == 6
    station.run_until(lambda: not station.copter.autopilot.is_armed, 90)
    assert [text for _, text in station.texts].count("Min Alt fence breached") == 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"FENCE_ALT_MIN": 20, "FENCE_ALT_MAX": 15}, "FENCE_ALT_MAX < FENCE_ALT_MIN"),
        ({"FENCE_ALT_MIN": 12, "FENCE_ALT_MAX": 15}, "FENCE_MARGIN too big"),
    ],
)
def test_limits_that_leave_no_room_forbid_arming(station: Any, values: dict[str, int], reason: str) -> None:
    for name, value in {"FENCE_TYPE": 9, "FENCE_ENABLE": 1, **values}.items():
        station.parameter(name, value)
    station.command(dialect.MAV_CMD_DO_SET_MODE, 1, 4)
    assert station.command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1) == dialect.MAV_RESULT_FAILED
    assert station.texts[-1] == (2, f"Arm: {reason}")
