import asyncio
import socket

import pytest

from simulator.fleet import Home, SimulatorFleet
from telemetry.dronekit_adapter import connect
from telemetry.refusal import TelemetryError

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
]


async def test_a_script_meets_a_vehicle():
    async with SimulatorFleet(
        1, home=Home(36.0925, 103.708, 1520.0, 0.0), port=0, speedup=20.0, quick_boot=True
    ) as fleet:
        vehicle = await asyncio.to_thread(connect, fleet.addresses[0])
        try:
            assert vehicle.location.global_frame.lat == pytest.approx(36.0925, abs=1e-4)
            assert vehicle.mode.name == "STABILIZE"
        finally:
            await asyncio.to_thread(vehicle.close)


def test_nobody_there_is_a_refusal():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(TelemetryError, match=f"tcp:127.0.0.1:{port}: dronekit reaches no vehicle"):
        connect(f"tcp:127.0.0.1:{port}", timeout_s=1.0)
