import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from server.example import example_folder, read_example
from server.web_server import bind


async def test_three_drones_patrol_and_come_home(feiying: Any) -> None:
    """Takes half a minute: three whole flights of ten minutes each."""
    command = await feiying("demo", "--headless", "--speedup", 40, "--port", 0, "--json")
    code, out, said = await command.end(150.0)
    assert code == 0, said
    outcome = orjson.loads(out)
    assert outcome["ok"] is True
    assert len(outcome["drones"]) == 3
    for drone in outcome["drones"]:
        assert drone["reached"] == drone["items"] > 10
        assert drone["violations"] == 0
        assert drone["min_zone_clearance_m"] >= drone["margin_m"] > 0
        assert 0 < drone["takeoff_s"] < drone["landed_s"]
        assert drone["length_m"] > 2000
        assert drone["reason"] == ""
    assert "Traceback" not in said


@pytest.mark.soak
async def test_an_interrupt_stops_the_simulator_too(feiying: Any) -> None:
    command = await feiying("demo", "--drones", 1, "--headless", "--port", 0)
    await _until_a_flight_begins(await command.page_url())
    children = _children_of(command.process.pid)
    assert children
    command.process.send_signal(signal.SIGINT)
    code, out, said = await command.end()
    assert code == 1
    assert out == ""
    assert "Interrupted" in said
    assert "Traceback" not in said
    assert not [pid for pid in children if _is_running(pid)]


@pytest.mark.soak
async def test_a_killed_demonstration_leaves_no_simulator(feiying: Any) -> None:
    command = await feiying("demo", "--drones", 1, "--headless", "--port", 0)
    await _until_a_flight_begins(await command.page_url())
    children = _children_of(command.process.pid)
    assert children
    command.process.kill()
    async with asyncio.timeout(20):
        while any(_is_running(pid) for pid in children):
            await asyncio.sleep(0.05)


async def _until_a_flight_begins(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client, asyncio.timeout(60):
        while not (await client.get("/api/flights")).json()["flights"]:
            await asyncio.sleep(0.1)


def _children_of(pid: int) -> set[int]:
    return {
        int(status.parent.name)
        for status in Path("/proc").glob("[0-9]*/status")
        if f"PPid:\t{pid}\n" in _text(status)
    }


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_simulator_that_dies_ends_the_demonstration(feiying: Any) -> None:
    command = await feiying("demo", "--drones", 1, "--headless", "--port", 0, "--json")
    await _until_a_flight_begins(await command.page_url())
    for pid in _children_of(command.process.pid):
        os.kill(pid, signal.SIGKILL)
    code, out, said = await command.end()
    assert code == 1
    outcome = orjson.loads(out)
    assert outcome["ok"] is False
    assert "simulator ended" in outcome["drones"][0]["reason"]
    assert "Traceback" not in said


async def test_a_port_in_use_starts_nothing(feiying: Any) -> None:
    with bind("127.0.0.1", 0) as taken:
        command = await feiying("demo", "--headless", "--port", taken.getsockname()[1], "--json")
        code, out, said = await command.end()
    assert code == 1
    assert "in use" in said
    assert list(orjson.loads(out)) == ["error"]
    assert len(said.strip().splitlines()) == 1


def test_more_drones_than_patrols_share_them_in_layers() -> None:
    example = read_example(example_folder())
    plans = example.plans_for(7)
    assert len(plans) == 7
    assert all(plan.is_legal for plan in plans)
    altitudes_m = [max(max(route.alts_rel_m) for route in plan.routes) for plan in plans]
    assert len(set(altitudes_m)) == 7
    assert max(altitudes_m) <= 120.0
    assert plans[0].name != plans[3].name
