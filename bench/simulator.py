"""What simulated copters cost: many of them in real time with a ground station's streams, and one as fast as it can."""

import asyncio
import gc
import os
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from bench.frame_counter import FrameCounter
from simulator.copter import Copter
from simulator.copters import NETWORK_SIZE
from simulator.fleet import SimulatorFleet
from simulator.home import DEFAULT_HOME
from simulator.network.world_clock import STEP_S
from simulator.protocol.channel import Channel, MessageReader

ARDUPILOT_PER_CORE = 11
"""Instances of ArduCopter 4.6.2 SITL that a core bears in real time, at 9 % each."""
_STREAM_RATE_HZ = 2
"""Of all stream groups: 39 messages a second."""
_WARM_S = 3.0
_BOOT_S = 2.0
_TAKE_OFF_S = 4.0
_LEGS = 12
_LEG_M, _SWATH_M = 120.0, 20.0
_METRE_E7 = 89.83
_DOES = (
    "every copter flies a survey in AUTO and streams all groups at 2 Hz over UDP; another process reads the frames and "
    "counts what is missing in their sequence"
)
_ALONE_DOES = (
    "one copter in lock-step, without sockets: survey from take-off to the landing by RTL, all groups streamed at 2 Hz, "
    "every frame read by pymavlink and its sequence checked afterwards"
)


def run(copters: int = 500, *, seconds: float = 30.0) -> dict[str, Any]:
    """Measure a fleet in real time, beside what ArduPilot's own simulator takes, and one copter alone."""
    return {
        "name": "sim",
        "fleet": asyncio.run(_measure_fleet(copters, seconds)),
        "alone": _measure_alone(),
        "cores": os.cpu_count(),
    }


async def _measure_fleet(count: int, seconds: float) -> dict[str, Any]:
    networks = -(-count // NETWORK_SIZE)
    packer = dialect.MAVLink(None, 255, 190)
    request = dialect.MAVLink_request_data_stream_message(0, 0, 0, _STREAM_RATE_HZ, 1).pack(packer)
    gc.collect()
    memory_before = _memory_bytes()
    with FrameCounter(networks, request) as counter:
        ports = f"{counter.ports[0]}-{counter.ports[-1]}"
        fleet = SimulatorFleet(count, udp=f"127.0.0.1:{ports}", quick_boot=True, seed=1)
        for copter in fleet.copters:
            _begin_survey(copter)
        async with fleet:
            await asyncio.sleep(_WARM_S)
            counter.counts()
            steps, cpu_s, wall_s = fleet.steps, time.process_time(), time.perf_counter()
            await asyncio.sleep(seconds)
            cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
            simulated_s = (fleet.steps - steps) * STEP_S
            counts = counter.counts()
            memory_after = _memory_bytes()
            flying = sum(not copter.autopilot.is_landed for copter in fleet.copters)
    share = cpu_s / simulated_s
    return {
        "does": _DOES,
        "copters": count,
        "flying": flying,
        "heard": counts["vehicles"],
        "seconds": round(wall_s, 2),
        "real_time_factor": round(simulated_s / wall_s, 3),
        "core_share": round(cpu_s / wall_s, 3),
        "messages_per_copter_s": round(counts["frames"] / count / simulated_s, 1),
        "sequence_gaps": counts["gaps"],
        "copters_per_core": round(count / share),
        "ardupilot_per_core": ARDUPILOT_PER_CORE,
        "times_ardupilot": round(count / share / ARDUPILOT_PER_CORE, 1),
        "memory_mb_per_copter": round((memory_after - memory_before) / 1e6 / count, 3),
    }


def _measure_alone() -> dict[str, Any]:
    heard = bytearray()
    copter = Copter(1, DEFAULT_HOME, is_quick_boot=True)
    channel = Channel(heard.extend)
    copter.attach(channel)
    cpu_s = time.process_time()
    _begin_survey(copter, channel)
    _say(
        copter,
        channel,
        dialect.MAVLink_request_data_stream_message(1, 1, dialect.MAV_DATA_STREAM_ALL, _STREAM_RATE_HZ, 1),
    )
    while copter.autopilot.is_armed:
        copter.step(STEP_S)
        copter.flush()
        if copter.autopilot.now_s > 1800.0:
            raise RuntimeError("the survey did not end within half an hour")
    cpu_s = time.process_time() - cpu_s
    messages = list(MessageReader().feed(bytes(heard)))
    gaps = sum((later.get_seq() - earlier.get_seq() - 1) & 0xFF for earlier, later in pairwise(messages))
    reached = [message.seq for message in messages if message.get_type() == "MISSION_ITEM_REACHED"]
    if gaps or reached != list(range(1, 2 * _LEGS + 3)):
        raise RuntimeError(f"{gaps} messages are missing, items reached: {reached}")
    simulated_s = copter.autopilot.now_s
    return {
        "does": _ALONE_DOES,
        "simulated_s": round(simulated_s, 2),
        "cpu_s": round(cpu_s, 3),
        "messages": len(messages),
        "times_real_time": round(simulated_s / cpu_s),
    }


def _begin_survey(copter: Copter, channel: Channel | None = None) -> None:
    """Boot, put a mission on board, take off: said in lock-step on a channel of its own, if none is given."""
    speaker = channel or Channel(lambda _: None)
    if channel is None:
        copter.attach(speaker)
    for _ in range(round(_BOOT_S / STEP_S)):
        copter.step(STEP_S)
    items = _survey(*copter.autopilot.home_e7[:2])
    _say(copter, speaker, dialect.MAVLink_mission_count_message(1, 1, len(items)))
    for seq, (command, x, y) in enumerate(items):
        _say(
            copter,
            speaker,
            dialect.MAVLink_mission_item_int_message(1, 1, seq, 3, command, 0, 1, 0, 0, 0, 0, x, y, 30.0),
        )
    for command, params in (
        (dialect.MAV_CMD_DO_SET_MODE, (1, 4)),
        (dialect.MAV_CMD_COMPONENT_ARM_DISARM, (1,)),
        (dialect.MAV_CMD_DO_SET_MODE, (1, 3)),
        (dialect.MAV_CMD_MISSION_START, ()),
    ):
        filled = (*params, *(0,) * (7 - len(params)))
        _say(copter, speaker, dialect.MAVLink_command_long_message(1, 1, command, 0, *filled))
        copter.step(STEP_S)
    for _ in range(round(_TAKE_OFF_S / STEP_S)):
        copter.step(STEP_S)
    copter.flush()
    if channel is None:
        copter.detach(speaker)
    if not copter.autopilot.is_armed:
        raise RuntimeError("the copter would not arm")


def _survey(lat_e7: int, lon_e7: int) -> list[tuple[int, int, int]]:
    items = [(dialect.MAV_CMD_NAV_WAYPOINT, lat_e7, lon_e7), (dialect.MAV_CMD_NAV_TAKEOFF, 0, 0)]
    for number in range(2 * _LEGS):
        north_m, east_m = _LEG_M * (number // 2 % 2 ^ number % 2), _SWATH_M * (number // 2)
        items.append(
            (
                dialect.MAV_CMD_NAV_WAYPOINT,
                lat_e7 + round((30.0 + north_m) * _METRE_E7),
                lon_e7 + round(east_m * 1.24 * _METRE_E7),
            )
        )
    return [*items, (dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH, 0, 0)]


def _say(copter: Copter, channel: Channel, message: Any) -> None:
    message.target_system = copter.system_id
    packer = dialect.MAVLink(None, 255, 190)
    for received in MessageReader().feed(message.pack(packer)):
        copter.handle_message(received, channel)


def _memory_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")
