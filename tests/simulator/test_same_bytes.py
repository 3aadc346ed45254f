"""What a fleet says depends on its options and on what it is told when, and on nothing else."""

import asyncio
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.copter import Copter
from simulator.copters import Copters
from simulator.fleet import SimulatorFleet
from simulator.home import DEFAULT_HOME
from simulator.lock_step import LockStep
from simulator.network.world_clock import STEP_S
from simulator.protocol.channel import Channel, MessageReader

GUSTY = {"SIM_WIND_T": 1, "SIM_WIND_SPD": 6.0, "SIM_WIND_DIR": 40.0, "SIM_WIND_TURB": 3.0}
_station = dialect.MAVLink(None, 255, 190)


def packed(message: Any) -> bytes:
    return bytes(message.pack(_station))


def order(number: int, *params: float) -> bytes:
    filled = [*params, *[0.0] * (7 - len(params))]
    return packed(dialect.MAVLink_command_long_message(0, 1, number, 0, *filled))


def fly(seed: int, count: int = 3) -> bytes:
    """Take off, lose an upload half way, fly out and home; return all that is said, and when."""
    world = LockStep(Copters(count, seed=seed, quick_boot=True, parameters=GUSTY))
    said: list[bytes] = []
    link = world.connect(lambda time_s, data: said.append(f"{time_s:.2f} ".encode() + data))
    for at_s, data in (
        (1.5, packed(dialect.MAVLink_request_data_stream_message(0, 0, 0, 4, 1))),
        (2.0, order(dialect.MAV_CMD_DO_SET_MODE, 1, 4) + order(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1)),
        (2.1, order(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 12)),
        (9.0, packed(dialect.MAVLink_mission_count_message(1, 1, 5))),
        (12.0, packed(dialect.MAVLink_set_position_target_local_ned_message(
            0, 0, 0, 1, 0xDF8, 40.0, 30.0, -12.0, 0, 0, 0, 0, 0, 0, 0, 0))),
        (18.0, order(dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH)),
    ):  # fmt: skip
        link.send(data, at_s)
    world.run_until(25.0)
    return b"".join(said)


def test_a_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first = fly(7)
    assert first == fly(7)
    assert first != fly(8)
    heard = list(MessageReader().feed(first))
    assert {message.get_srcSystem() for message in heard} == {1, 2, 3}
    requests = [m for m in heard if m.get_type() == "MISSION_REQUEST"]
    acks = [m.type for m in heard if m.get_type() == "MISSION_ACK"]
    # Retries count simulated time: asked at once and then every second, given up after eight.
    assert len(requests) == 8
    assert acks == [dialect.MAV_MISSION_OPERATION_CANCELLED]


def test_a_copter_in_a_fleet_says_what_it_says_alone() -> None:
    def listen(copter: Copter) -> list[bytes]:
        said: list[bytes] = []
        channel = Channel(said.append)
        copter.attach(channel)
        for message in MessageReader().feed(
            packed(dialect.MAVLink_request_data_stream_message(0, 0, 0, 10, 1))
            + order(dialect.MAV_CMD_DO_SET_MODE, 1, 4)
        ):
            copter.handle_message(message, channel)
        return said

    fleet = Copters(4, seed=5, quick_boot=True, parameters=GUSTY)
    third = fleet.all[2]
    alone = Copter(
        3, DEFAULT_HOME.moved(0.0, 8.0), seed=5, is_quick_boot=True, parameters=GUSTY
    )  # fmt: skip
    in_fleet, by_itself = listen(third), listen(alone)
    take_off = order(dialect.MAV_CMD_COMPONENT_ARM_DISARM, 1)
    take_off += order(dialect.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 12)
    for step in range(600):
        fleet.step(STEP_S, STEP_S)
        fleet.flush()
        alone.step(STEP_S)
        alone.flush()
        if step == 100:
            for copter in (third, alone):
                for message in MessageReader().feed(take_off):
                    copter.handle_message(message, copter.channels[0])
    assert third.autopilot.alt_rel_m > 8.0
    assert b"".join(in_fleet) == b"".join(by_itself)


async def test_a_fleet_on_a_socket_says_the_same_at_any_speed_up() -> None:
    heard = [await listen_to_a_seeded_fleet(speedup) for speedup in (20.0, 300.0)]
    for system_id in (1, 2):
        slow, fast = (each[system_id] for each in heard)
        shared = min(len(slow), len(fast))
        assert shared > 20
        assert slow[:shared] == fast[:shared]
    beats = [m for m in MessageReader().feed(b"".join(heard[0][1])) if m.get_type() == "HEARTBEAT"]
    assert len(beats) > 8


async def listen_to_a_seeded_fleet(speedup: float) -> dict[int, list[bytes]]:
    """Hear ten simulated seconds of two copters, frame by frame."""
    frames: dict[int, list[bytes]] = {1: [], 2: []}
    is_enough = asyncio.Event()

    class Ground(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, _: Any) -> None:
            for message in MessageReader().feed(data):
                frames[message.get_srcSystem()].append(bytes(message.get_msgbuf()))
                if message.get_type() == "SYSTEM_TIME" and message.time_boot_ms > 10_000:
                    is_enough.set()

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Ground, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    options = {"SR0_EXTRA3": 2.0, "SR0_POSITION": 2.0, **GUSTY}
    async with SimulatorFleet(
        2, udp=f"127.0.0.1:{port}", seed=3, speedup=speedup, quick_boot=True, parameters=options
    ):
        await asyncio.wait_for(is_enough.wait(), 20)
    transport.close()
    return frames


def test_what_is_due_at_once_is_done_in_the_order_given() -> None:
    world = LockStep(Copters(1))
    done: list[tuple[str, float]] = []
    for name, at_s in (("late", 0.5), ("first", 0.1), ("second", 0.1), ("past", -1.0)):
        world.call_at(at_s, lambda name=name: done.append((name, world.now_s)))  # type: ignore[misc]
    assert not world.run_until(1.0, lambda: False)
    assert done == [("past", 0.0), ("first", 0.1), ("second", 0.1), ("late", 0.5)]
    assert world.run_until(9.0, lambda: world.now_s >= 1.5)
    assert world.now_s == 1.5
