"""SET_POSITION_TARGET by mask and frame, as ArduCopter 4.6 takes it."""

import math
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as dialect

LOCAL, OFFSET, BODY = 1, 7, 9
NO_PLACE, NO_VELOCITY, NO_ACCELERATION = 0b111, 0b111_000, 0b111_000_000
FORCE, NO_YAW, NO_YAW_RATE = 512, 1024, 2048


def local(
    mask: int,
    *,
    frame: int = LOCAL,
    place: tuple[float, float, float] = (0, 0, 0),
    velocity: tuple[float, float, float] = (0, 0, 0),
    acceleration: tuple[float, float, float] = (0, 0, 0),
    yaw: float = 0.0,
    yaw_rate: float = 0.0,
) -> Any:
    return dialect.MAVLink_set_position_target_local_ned_message(
        0, 1, 1, frame, mask, *place, *velocity, *acceleration, yaw, yaw_rate
    )


@pytest.fixture
def flying(station: Any) -> Any:
    station.take_off(10)
    station.run(2)
    return station


ONLY_PLACE = NO_VELOCITY | NO_ACCELERATION | NO_YAW | NO_YAW_RATE
ONLY_VELOCITY = NO_PLACE | NO_ACCELERATION | NO_YAW | NO_YAW_RATE


def test_places_from_the_origin_the_vehicle_and_its_nose(flying: Any) -> None:
    body = flying.copter.autopilot.body
    flying.send(local(ONLY_PLACE, place=(10, 5, -12)))
    flying.run(12)
    assert (body.north_m, body.east_m, body.up_m) == pytest.approx((10, 5, 12), abs=0.5)
    flying.send(local(ONLY_PLACE, frame=OFFSET, place=(5, 0, 0)))
    flying.run(10)
    assert (body.north_m, body.east_m) == pytest.approx((15, 5), abs=0.5)
    flying.command(dialect.MAV_CMD_CONDITION_YAW, 90, 60, 1, 0)
    flying.run(4)
    flying.send(local(ONLY_PLACE, frame=BODY, place=(8, 0, 0)))
    flying.run(10)
    assert (body.north_m, body.east_m) == pytest.approx((15, 13), abs=0.7)


def test_velocities_end_when_no_more_come(flying: Any) -> None:
    body = flying.copter.autopilot.body
    flying.send(local(ONLY_VELOCITY, velocity=(3, 0, -1)))
    flying.run(2.5)
    assert (body.velocity_north_m_s, body.velocity_up_m_s) == pytest.approx((3, 1), abs=0.3)
    flying.run(4)
    assert body.ground_speed_m_s < 0.2


def test_accelerations_and_places_that_move(flying: Any) -> None:
    body = flying.copter.autopilot.body
    flying.send(local(NO_PLACE | NO_VELOCITY | NO_YAW | NO_YAW_RATE, acceleration=(1, 0, 0)))
    flying.run(2)
    assert body.velocity_north_m_s > 1.0
    flying.run(6)
    flying.send(
        local(NO_ACCELERATION | NO_YAW | NO_YAW_RATE, place=(body.north_m, 0, -10), velocity=(0, 2, 0))
    )
    flying.run(2.5)
    assert body.velocity_east_m_s == pytest.approx(2.0, abs=0.7)


def test_headings_and_turning(flying: Any) -> None:
    body = flying.copter.autopilot.body
    flying.send(local(NO_PLACE | NO_ACCELERATION | NO_YAW_RATE, yaw=math.pi / 2))
    flying.run(4)
    assert math.degrees(body.yaw_rad) == pytest.approx(90, abs=2)
    flying.send(local(NO_PLACE | NO_ACCELERATION | NO_YAW, yaw_rate=0.5))
    flying.run(1.5)
    assert body.yaw_rate_rad_s == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    "senseless",
    [
        local(NO_PLACE | NO_VELOCITY | NO_ACCELERATION | NO_YAW | NO_YAW_RATE),
        local(NO_PLACE | FORCE | NO_YAW | NO_YAW_RATE, velocity=(1, 0, 0)),
        local(NO_VELOCITY | NO_YAW | NO_YAW_RATE, place=(9, 9, -9)),
        local(ONLY_VELOCITY, velocity=(math.nan, 0, 0)),
        local(ONLY_VELOCITY, velocity=(2000, 0, 0)),
        local(ONLY_PLACE, frame=dialect.MAV_FRAME_GLOBAL, place=(9, 9, -9)),
    ],
)
def test_what_makes_no_sense_stops_the_vehicle(flying: Any, senseless: Any) -> None:
    body = flying.copter.autopilot.body
    flying.send(local(ONLY_PLACE, place=(100, 0, -10)))
    flying.run(4)
    assert body.ground_speed_m_s > 3
    flying.send(senseless)
    flying.run(8)
    assert body.ground_speed_m_s < 0.2
    assert body.north_m < 60


def test_nothing_is_heeded_outside_guided(flying: Any) -> None:
    flying.command(dialect.MAV_CMD_DO_SET_MODE, 1, 17)
    flying.send(local(ONLY_PLACE, place=(100, 0, -10)))
    flying.run(4)
    assert flying.copter.autopilot.body.ground_speed_m_s < 0.2
