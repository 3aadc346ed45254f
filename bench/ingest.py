"""How many messages a second go through socket, codec, state and recorder on one core, and what a fleet costs."""

import asyncio
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

from pymavlink import mavutil

from bench.fleet_ingest import measure_fleet
from bench.stream_source import StreamSource
from telemetry.bridge import Bridge
from telemetry.events import LinkLost
from telemetry.links.link_address import open_link_for
from telemetry.recorder import Recorder

_VEHICLES = 10
_SNAPSHOT_S = 0.1
_FEIYING_DOES = (
    "frames, CRC of each, record of each, dispatch by vehicle, state of every vehicle and its snapshot at 10 Hz; "
    "fields are unpacked where the state wants them"
)
_PYMAVLINK_DOES = (
    "frames, CRC of each, all fields of each unpacked, its own bookkeeping of states; nothing is recorded"
)


def run(
    messages: int = 80_000, *, rounds: int = 3, drones: int = 1_000, seconds: float = 60.0
) -> dict[str, Any]:
    """Measure the bridge, and beside it a plain pymavlink loop on the same stream.

    Both read the same bytes from the same process over TCP, and `does` says what each makes of them: the work is
    not the same. The ratio is that of messages per second of processor time, which the sending process has no part
    in; of several rounds taken in turn the best of each side counts, for others use the machine too. Then a whole fleet
    speaks over UDP, in time.
    """
    with StreamSource(_VEHICLES, messages) as source:
        bridge_rounds, pymavlink_rounds = [], []
        for _ in range(rounds):
            bridge_rounds.append(asyncio.run(_measure_bridge(source.address, messages)))
            pymavlink_rounds.append(_measure_pymavlink(source.address, messages))
    feiying, pymavlink = (
        max(measured, key=lambda figures: float(figures["messages_per_s"]))
        for measured in (bridge_rounds, pymavlink_rounds)
    )
    return {
        "name": "ingest",
        "messages": messages,
        "vehicles": _VEHICLES,
        "transport": "tcp",
        "rounds": rounds,
        "feiying": {"does": _FEIYING_DOES, **feiying},
        "pymavlink": {"does": _PYMAVLINK_DOES, **pymavlink},
        "ratio": round(feiying["messages_per_s"] / pymavlink["messages_per_s"], 2),
        "fleet": measure_fleet(drones, seconds),
        "machine": {
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
        },
    }


def _rates(messages: int, cpu_s: float, wall_s: float) -> dict[str, Any]:
    return {
        "messages": messages,
        "messages_per_s": round(messages / cpu_s),
        "messages_per_wall_s": round(messages / wall_s),
        "cpu_s": round(cpu_s, 3),
        "wall_s": round(wall_s, 3),
    }


async def _measure_bridge(address: str, messages: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        async with Bridge(recorder=Recorder(Path(folder))) as bridge:
            with bridge.bus.subscribe() as events:
                cpu_s, wall_s = time.process_time(), time.perf_counter()
                await bridge.add_link(open_link_for(address))
                snapshots = asyncio.create_task(_take_snapshots(bridge))
                async for event in events:
                    if isinstance(event, LinkLost) and not event.vehicle_id:
                        break
                cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
                snapshots.cancel()
            link = bridge.links[0]
            received = sum(link.messages_in.values())
            recorded = _size_of(folder)
        if received != messages or link.decode_errors:
            raise RuntimeError(f"{received} of {messages} messages arrived, errors {link.decode_errors}")
    return {**_rates(received, cpu_s, wall_s), "recorded_bytes": recorded}


async def _take_snapshots(bridge: Bridge) -> None:
    while True:
        for vehicle in bridge.vehicles.values():
            _ = vehicle.state
        await asyncio.sleep(_SNAPSHOT_S)


def _measure_pymavlink(address: str, messages: int) -> dict[str, Any]:
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    connection = mavutil.mavlink_connection(address, source_system=255)
    received = 0
    while received < messages:
        message = connection.recv_match(blocking=True, timeout=5.0)
        if message is None:
            break
        received += 1
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    connection.close()
    if received != messages:
        raise RuntimeError(f"{received} of {messages} messages arrived at pymavlink")
    return _rates(received, cpu_s, wall_s)


def _size_of(folder: str) -> int:
    return sum(file.stat().st_size for file in Path(folder).rglob("*.tlog"))
