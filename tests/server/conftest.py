import asyncio
import contextlib
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect

from geofence.formats.geojson import zones_from_geojson
from geofence.zone_set import ZoneSet
from server.app import create_app
from server.settings import Settings
from server.station import Station
from server.web_server import bind, serving, url_of
from telemetry.bridge import Bridge

HOME = {"lat_deg": 36.0942, "lon_deg": 103.7063}


def square(zone_id: str, south: float, west: float, size_deg: float, **properties: Any) -> dict[str, Any]:
    north, east = south + size_deg, west + size_deg
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "id": zone_id,
        "properties": {"name": zone_id, "kind": "inclusion", **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


PRECINCT = square("precinct", 36.09, 103.70, 0.01, ceiling_m=120, datum="agl")
PAD = square("hospital", 36.0985, 103.7085, 0.001, kind="exclusion", datum="agl")


@dataclass
class Service:
    """A real service on a free port."""

    station: Station
    settings: Settings
    url: str
    client: httpx.AsyncClient

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "ws/live"

    def watch(self, query: str = "?rate_hz=20", **options: Any) -> connect:
        return connect(self.ws_url + query, compression=None, proxy=None, **options)


@contextlib.asynccontextmanager
async def running(
    *,
    zones: ZoneSet | None = None,
    links: tuple[str, ...] = (),
    bridge: Bridge | None = None,
    is_replay: bool = False,
    token: str | None = None,
    max_body_bytes: int = 100_000,
    static_dir: Path = Path("/nonexistent"),
    **station_options: Any,
) -> AsyncIterator[Service]:
    settings = Settings(port=0, token=token, max_body_bytes=max_body_bytes, static_dir=static_dir)
    async with contextlib.AsyncExitStack() as stack:
        bridge = await stack.enter_async_context(bridge or Bridge())
        station = await stack.enter_async_context(
            Station(bridge, zones=zones, is_replay=is_replay, **station_options)
        )
        station.start(links)
        listener = bind(settings.host, settings.port)
        await stack.enter_async_context(serving(create_app(station, settings), listener))
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url_of(listener), timeout=30.0, trust_env=False)
        )
        yield Service(station, settings, url_of(listener), client)


async def receive_frame(viewer: ClientConnection, kind: str = "", deadline_s: float = 10.0) -> dict[str, Any]:
    """Give the next frame, or the next of one kind."""
    async with asyncio.timeout(deadline_s):
        while True:
            frame: dict[str, Any] = orjson.loads(await viewer.recv())
            if not kind or frame["type"] == kind:
                return frame


async def wait_until(condition: Callable[[], bool], deadline_s: float = 20.0) -> None:
    """Wait until a condition on the running loop holds."""
    async with asyncio.timeout(deadline_s):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def run_service() -> Callable[..., contextlib.AbstractAsyncContextManager[Service]]:
    return running


@pytest.fixture
def next_frame() -> Callable[..., Awaitable[dict[str, Any]]]:
    return receive_frame


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    return wait_until


@pytest.fixture
def feature() -> Callable[..., dict[str, Any]]:
    return square


@pytest.fixture
def precinct() -> ZoneSet:
    return zones_from_geojson(collection(PRECINCT, PAD))


@pytest.fixture
async def service(precinct: ZoneSet) -> AsyncIterator[Service]:
    async with running(zones=precinct) as running_service:
        yield running_service


@pytest.fixture
def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class CommandLine:
    """One `feiying` process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said: list[str] = []

    async def page_url(self, deadline_s: float = 30.0) -> str:
        """Read standard error until the page's address is told."""
        assert self.process.stderr is not None
        async with asyncio.timeout(deadline_s):
            while line := (await self.process.stderr.readline()).decode():
                self.said.append(line)
                if found := re.search(r"http://\S+/", line):
                    return found.group()
        raise AssertionError("".join(self.said))

    async def end(self, deadline_s: float = 60.0) -> tuple[int, str, str]:
        """Wait for the end; gives exit code, standard output and all of standard error."""
        async with asyncio.timeout(deadline_s):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, out.decode(), "".join(self.said) + err.decode()


@pytest.fixture
async def feiying(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[CommandLine]]]:
    started: list[CommandLine] = []

    async def start(*arguments: object, **environment: str) -> CommandLine:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server.cli", *map(str, arguments)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=tmp_path,  # recordings go where the command runs
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        )
        started.append(CommandLine(process))
        return started[-1]

    yield start
    for command in started:
        if command.process.returncode is None:
            command.process.kill()
            await command.process.communicate()
