"""The course of a simulation depends on nothing but what was said when."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.copter import Copter
from simulator.home import DEFAULT_HOME
from simulator.network.world_clock import STEP_S, WorldClock
from simulator.protocol.channel import MAX_BACKLOG_BYTES, STREAM_BACKLOG_BYTES, Channel, MessageReader


def fly(speedup: float) -> list[tuple[float, ...]]:
    """Fly a gusty mission with a fleet's link times; return the track at every step."""
    copter = Copter(
        1,
        DEFAULT_HOME,
        is_quick_boot=True,
        seed=7,
        parameters={"SIM_WIND_TURB": 2, "SIM_WIND_T": 1, "SIM_WIND_SPD": 5},
    )
    channel = Channel(lambda _: None)
    copter.attach(channel)
    packer = dialect.MAVLink(None, 255, 190)
    reader = MessageReader()

    def send(message: Any) -> None:
        for received in reader.feed(message.pack(packer)):
            copter.handle_message(received, channel)

    def command(number: int, *params: float) -> None:
        send(dialect.MAVLink_command_long_message(1, 1, number, 0, *params, *[0] * (7 - len(params))))

    track = []
    for step in range(5000):
        copter.step(STEP_S, STEP_S / speedup)
        if step == 100:
            command(dialect.MAV_CMD_DO_SET_MODE, 1, 4)
            command(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1)
            command(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 15)
        if step == 1000:
            send(
                dialect.MAVLink_command_int_message(
                    1, 1, 3, dialect.MAV_CMD_DO_REPOSITION, 0, 0, -1, 1, 0, 0, 360930000, 1037090000, 15
                )
            )
        if step == 2000:
            command(dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH)
        body = copter.autopilot.body
        track.append(
            (body.north_m, body.east_m, body.up_m, body.yaw_rad, body.roll_rad, copter.autopilot.now_s)
        )
    return track


def test_speed_up_does_not_change_the_flight() -> None:
    slow, fast = fly(5), fly(50)
    assert slow == fast
    assert max(up for _, _, up, *_ in slow) > 14


async def test_clock_steps_as_much_as_time_and_speed_up_ask() -> None:
    now_s = 100.0
    steps = 0
    enough = asyncio.Event()

    def step() -> None:
        nonlocal steps
        steps += 1

    ticks = 0

    def after_tick() -> None:
        nonlocal ticks, now_s
        ticks += 1
        now_s += 0.01
        if ticks == 20:
            enough.set()

    clock = WorldClock(step, after_tick, lambda: 10.0, lambda: now_s)
    task = asyncio.create_task(clock.run())
    await asyncio.wait_for(enough.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    # 19 ticks of 10 ms at ten times are 1.9 s, 95 steps of 20 ms.
    assert steps == pytest.approx(95, abs=1)


async def test_overloaded_clock_gets_slower_and_lets_others_run() -> None:
    now_s = 0.0
    ticks = asyncio.Event()

    def step() -> None:
        nonlocal now_s
        now_s += 0.02

    def after_tick() -> None:
        nonlocal now_s
        now_s += 0.01
        if clock.steps > 30:
            ticks.set()

    clock = WorldClock(step, after_tick, lambda: 50.0, lambda: now_s)
    task = asyncio.create_task(clock.run())
    await asyncio.wait_for(ticks.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_a_station_that_reads_nothing_costs_bounded_memory(station: Any) -> None:
    backlog = 0

    def write(data: bytes) -> None:
        nonlocal backlog
        backlog += len(data)

    deaf = type(station)(station.copter, 254, Channel(write, lambda: backlog))
    station.copter.attach(deaf.channel)
    for message_id in (30, 33, 32, 74, 1, 24):
        packed = dialect.MAVLink_command_long_message(1, 1, 511, 0, message_id, 20_000, 0, 0, 0, 0, 0)
        deaf.send_bytes(packed.pack(deaf._packer))
    station.run(60)
    assert STREAM_BACKLOG_BYTES < backlog < 2 * STREAM_BACKLOG_BYTES
    for _ in range(60):
        deaf.send_bytes(dialect.MAVLink_param_request_list_message(1, 1).pack(deaf._packer))
        station.run(0.5)
    for _ in range(20_000):
        deaf.send_bytes(dialect.MAVLink_timesync_message(0, 1).pack(deaf._packer))
    assert backlog < MAX_BACKLOG_BYTES + 1000
    assert deaf.channel.dropped > 0
    # The other station still hears.
    assert len(station.messages("HEARTBEAT")) >= 60


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=400))
def test_garbage_is_survived(station: Any, data: bytes) -> None:
    station.send_bytes(data)
    station.send_bytes(b"\x00" * 600)
    station.send(dialect.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3))
    station.heard.clear()
    station.send(dialect.MAVLink_timesync_message(0, 5))
    assert station.messages("TIMESYNC")


FLOATS = st.floats(width=32, allow_nan=True, allow_infinity=True)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.sampled_from(
        [
            16,
            17,
            20,
            21,
            22,
            115,
            176,
            178,
            179,
            189,
            192,
            193,
            195,
            197,
            201,
            207,
            224,
            246,
            300,
            400,
            410,
            510,
            511,
            512,
        ]
    ),
    params=st.lists(FLOATS, min_size=7, max_size=7),
    x=st.integers(-(2**31), 2**31 - 1),
    y=st.integers(-(2**31), 2**31 - 1),
    frame=st.integers(0, 255),
)
def test_any_command_is_answered(
    station: Any, number: int, params: list[float], x: int, y: int, frame: int
) -> None:
    station.command(number, *params)
    station.command_int(number, *params[:4], x=x, y=y, z=params[6], frame=frame)
    station.copter.wants_reboot = False
    station.run(0.1)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seq=st.integers(0, 4),
    command=st.sampled_from(
        [16, 17, 18, 19, 20, 21, 22, 31, 82, 93, 112, 115, 177, 178, 195, 203, 206, 5001, 5004, 5100]
    ),
    params=st.lists(FLOATS, min_size=4, max_size=4),
    x=st.integers(-(2**31), 2**31 - 1),
    y=st.integers(-(2**31), 2**31 - 1),
    z=FLOATS,
    frame=st.integers(0, 20),
    kind=st.integers(0, 2),
)
def test_any_item_is_answered_and_what_is_stored_can_be_read(
    station: Any,
    seq: int,
    command: int,
    params: list[float],
    x: int,
    y: int,
    z: float,
    frame: int,
    kind: int,
) -> None:
    station.count(3, kind)
    answers = station.item(seq, command, *params, x=x, y=y, z=z, frame=frame, kind=kind)
    assert any(m.get_type() in ("MISSION_ACK", "MISSION_REQUEST") for m in answers)
    station.run(9)
    station.download(kind)
