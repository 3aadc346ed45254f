"""The example scripts, as an operator runs them: through a service, and over a link of their own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.script_control import ControlClient
from simulator.fleet import SimulatorFleet
from telemetry.control.actor import Actor
from telemetry.control.refusal import ControlHeld
from telemetry.events import Armed, ControlReleased, ControlTaken, Disarmed
from telemetry.forwarding.attached_stations import attached_stations
from telemetry.links.address import Address
from telemetry.refusal import TelemetryError
from tests.simulated_copters import simulated_copters

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "examples" / "scripts"
SPEEDUP = 20


async def run(script: str, *arguments: object) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", str(SCRIPTS / script), *map(str, arguments)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        async with asyncio.timeout(120):
            out, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), said.decode()


@pytest.fixture
async def served(run_service: Any, until: Any) -> AsyncIterator[Any]:
    """A service that two copters are connected to, and what a script needs to reach the second."""
    with simulated_copters("--count", 2, "--speedup", SPEEDUP) as addresses:
        async with (
            run_service(links=addresses) as service,
            attached_stations(service.station.bridge, [], ["tcp-listen:127.0.0.1:0"]) as [forwarder],
        ):
            drones = service.station.fleet.drones
            await until(lambda: len(drones) == 2)
            yield service, f"tcp:127.0.0.1:{forwarder.link.port}"


async def test_a_drone_of_a_service_takes_off_and_looks(served: Any) -> None:
    service, link = served
    options = ("--service", service.url, "--link", link, "--drone", "2-2", "--alt", 15)
    with service.station.bridge.bus.subscribe() as events:
        code, out, said = await run("take_off_and_look.py", *options, "--who", "li", "--why", "training")
        story = [
            (type(event).__name__, event.vehicle_id, getattr(event, "who", ""))
            for event in events.pending()
            if isinstance(event, ControlTaken | Armed | Disarmed | ControlReleased)
        ]
    assert code == 0, said
    assert [line.split(" from ")[0] for line in out.splitlines() if line.startswith("looking")] == [
        *("looking north", "looking east", "looking south", "looking west")
    ]
    assert story == [
        ("ControlTaken", "2-2", "li"),
        ("Armed", "2-2", ""),
        ("Disarmed", "2-2", ""),
        ("ControlReleased", "2-2", "li"),
    ]


async def test_a_drone_on_a_link_of_its_own_patrols_points() -> None:
    with simulated_copters("--speedup", SPEEDUP) as [address]:
        code, out, said = await run(
            "patrol_points.py",
            *("--link", address, "--who", "li", "--alt", 15, "--rounds", 1, "--speed", 8),
            *("--point", "36.0927,103.7080", "--point", "36.0927,103.7083"),
        )
    assert code == 0, said
    assert [line for line in out.splitlines() if line.startswith("at point")] == [
        f"at point {number}, round 1" for number in (1, 2)
    ]
    assert out.splitlines()[-1] == "landed"


async def test_the_control_of_a_service_is_taken_kept_and_given_up(run_service: Any, until: Any) -> None:
    async with (
        SimulatorFleet(1, port=0, quick_boot=True) as fleet,
        run_service(links=fleet.addresses) as service,
    ):
        await until(lambda: "1-1" in service.station.fleet.drones)
        await take_keep_and_give_up(service)


async def take_keep_and_give_up(service: Any) -> None:
    vehicle = service.station.bridge.vehicles["1-1"]
    li, wang = (
        ControlClient(service.url, "1-1", Actor(name, station=Address(255, 30))) for name in ("li", "wang")
    )
    await asyncio.to_thread(li.take)
    assert vehicle.control.holding.actor.station == (255, 30)
    await asyncio.to_thread(li.renew)
    with pytest.raises(ControlHeld, match="since li has the control") as refusal:
        await asyncio.to_thread(wang.take)
    assert refusal.value.holder.who == "li"
    assert vehicle.control.request is None
    with pytest.raises(TelemetryError, match="li has the control"):
        await asyncio.to_thread(wang.renew)
    await asyncio.to_thread(li.release)
    assert vehicle.control.holding is None
    with pytest.raises(TelemetryError, match="does not have the control"):
        await asyncio.to_thread(li.renew)
    with pytest.raises(TelemetryError, match="no drone '9-9'"):
        await asyncio.to_thread(ControlClient(service.url, "9-9", Actor("li")).take)


async def test_a_station_that_is_no_address_is_refused(run_service: Any) -> None:
    async with run_service() as service:
        for station in ("255", "255/0", "256/1", "a/b", "1/2/3", ""):
            answer = await service.client.post(
                "/api/drones/1-1/control", json={"who": "li", "station": station}
            )
            assert answer.status_code == 422, station


@pytest.mark.parametrize(
    ("address", "sentence"), [("nonsense", "no address"), ("http://127.0.0.1:9", "answer")]
)
def test_no_service_is_one_sentence(address: str, sentence: str) -> None:
    with pytest.raises(TelemetryError, match=sentence):
        ControlClient(address, "1-1", Actor("li")).take()
