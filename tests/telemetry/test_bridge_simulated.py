"""The bridge with simulated copters at its other end, twenty times as fast as real ones."""

import asyncio
import socket
from collections import Counter

from simulator.fleet import SimulatorFleet
from telemetry.bridge import Bridge
from telemetry.links.link_address import open_link_for
from telemetry.recorder import Recorder
from telemetry.vehicle.stream_requests import STREAM_RATES_HZ
from telemetry.wire.tlog import TlogReader

# ArduCopter says nothing of a fence that is switched off.
STREAMS = STREAM_RATES_HZ.keys() - {"FENCE_STATUS"}
SAID = (
    "position",
    "alt_amsl_m",
    "alt_rel_m",
    "heading_deg",
    "ground_speed_m_s",
    "climb_m_s",
    "roll_deg",
    "pitch_deg",
    "battery_v",
    "battery_a",
    "battery_pct",
    "gps_fix",
    "gps_satellites",
    "gps_hdop",
    "home",
    "home_alt_amsl_m",
    "mission_seq",
    "mission_count",
    "prearm_ok",
)


def is_all_said(bridge, vehicle_ids):
    return (
        set(bridge.vehicles) == vehicle_ids
        and all(link.messages_in.keys() >= STREAMS for link in bridge.links)
        and all(
            getattr(vehicle.state, name) is not None for vehicle in bridge.vehicles.values() for name in SAID
        )
    )


async def until_all_is_said(bridge, vehicle_ids):
    async with asyncio.timeout(15):
        while not is_all_said(bridge, vehicle_ids):
            await asyncio.sleep(0.02)


async def test_a_fleet_on_tcp_says_all_its_state_and_is_recorded(tmp_path):
    fleet = SimulatorFleet(2, port=0, speedup=20.0, quick_boot=True)
    await fleet.start()
    try:
        async with Bridge(recorder=Recorder(tmp_path)) as bridge:
            for address in fleet.addresses:
                await bridge.add_link(open_link_for(address))
            await until_all_is_said(bridge, {"1-1", "2-2"})
            for link in bridge.links:
                assert link.decode_errors == {}
            for vehicle in bridge.vehicles.values():
                state = vehicle.state
                assert state.autopilot.startswith("ArduPilot 4.6")
                assert (state.mode, state.is_armed, state.is_flying) == ("STABILIZE", False, False)
    finally:
        await fleet.stop()
    paths = sorted(tmp_path.rglob("*.tlog"))
    assert len(paths) == 2
    for path, link in zip(paths, bridge.links, strict=True):
        reader = TlogReader(path)
        counts = Counter(frame.definition.name for _, frame in reader if frame.system_id != 255)
        assert counts == link.messages_in
        assert reader.problem == ""


async def test_a_fleet_on_one_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(f"udp:127.0.0.1:{port}"))
        fleet = SimulatorFleet(3, udp=f"127.0.0.1:{port}", speedup=20.0, quick_boot=True)
        await fleet.start()
        try:
            await until_all_is_said(bridge, {"1-1", "1-2", "1-3"})
            assert bridge.links[0].decode_errors == {}
        finally:
            await fleet.stop()
