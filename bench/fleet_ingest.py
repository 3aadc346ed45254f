"""What a thousand drones cost: messages in time over UDP, none lost, on how much of a core."""

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.fleet_source import DRONES_PER_NETWORK, MESSAGES_PER_S, FleetSource
from telemetry.bridge import Bridge
from telemetry.links.udp_link import UdpLink
from telemetry.recorder import Recorder

_SNAPSHOT_S = 0.5
_DOES = (
    "datagrams of four messages, ten a second from each drone; frames, CRC and record of each, state of every vehicle "
    "and its snapshot at 2 Hz, streams and time asked for"
)
_WARM_SHARE = 0.2
"""Memory is compared from here on: by then every drone is known."""
_STRAGGLERS_S = 0.5


def measure_fleet(drones: int, seconds: float) -> dict[str, Any]:
    """Let a fleet speak for a while; every message is recorded, checked and taken into a vehicle's state."""
    return asyncio.run(_measure(drones, seconds))


async def _measure(drones: int, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        async with Bridge(recorder=Recorder(Path(folder))) as bridge:
            links = [
                UdpLink(f"network {number}", "127.0.0.1", 0, is_calling=False)
                for number in range(-(-drones // DRONES_PER_NETWORK))
            ]
            for link in links:
                await bridge.add_link(link)
            with FleetSource([link.port for link in links], drones, seconds) as source:
                figures = await _listen(bridge, source, seconds)
            errors = [link.decode_errors for link in bridge.links if link.decode_errors]
    return {
        "does": _DOES,
        "drones": drones,
        "messages_per_drone_s": MESSAGES_PER_S,
        "transport": f"udp, {len(links)} ports",
        "vehicles_known": len(bridge.vehicles),
        "decode_errors": errors,
        **figures,
    }


async def _listen(bridge: Bridge, source: FleetSource, seconds: float) -> dict[str, Any]:
    snapshots = asyncio.create_task(_take_snapshots(bridge))
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    source.begin()
    sent_soon = asyncio.create_task(asyncio.to_thread(source.sent))
    await asyncio.sleep(seconds * _WARM_SHARE)
    memory_before = _memory_bytes()
    sent = await sent_soon
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    memory_after = _memory_bytes()
    await asyncio.sleep(_STRAGGLERS_S)
    snapshots.cancel()
    received = _received(bridge)
    return {
        "seconds": round(wall_s, 2),
        "sent": sent,
        "received": received,
        "lost": sent - received,
        "core_share": round(cpu_s / wall_s, 3),
        "messages_per_s": round(received / cpu_s),
        "memory_mb": round(memory_after / 1e6, 1),
        "memory_growth_mb": round((memory_after - memory_before) / 1e6, 1),
    }


def _received(bridge: Bridge) -> int:
    return sum(sum(link.messages_in.values()) for link in bridge.links)


async def _take_snapshots(bridge: Bridge) -> None:
    while True:
        for vehicle in bridge.vehicles.values():
            _ = vehicle.state
        await asyncio.sleep(_SNAPSHOT_S)


def _memory_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")
