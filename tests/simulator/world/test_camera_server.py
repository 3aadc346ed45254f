import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from simulator.fleet import SimulatorError, SimulatorFleet
from simulator.home import DEFAULT_HOME
from simulator.world.ground.terrain import TerrainSettings
from simulator.world.people.people import GroupSettings, PeopleSettings
from simulator.world.sight.detector import DetectorSettings
from simulator.world.sight.eye import CameraSettings
from simulator.world.world_settings import WorldSettings

ORIGIN = (DEFAULT_HOME.lat_deg, DEFAULT_HOME.lon_deg)
WORLD = WorldSettings(
    ORIGIN,
    starts_unix_s=1_784_350_800.0,
    terrain=TerrainSettings(flat_amsl_m=1_520.0, extent_m=200.0),
    people=PeopleSettings(groups=(GroupSettings("pad crew", (ORIGIN[0] + 3e-5, ORIGIN[1]), 4, 1.0),)),
    camera=CameraSettings(160, 90, pitch_deg=0.0),
    detectors=DetectorSettings(period_s=0.1),
)


@contextlib.asynccontextmanager
async def cameras(count: int = 1) -> AsyncIterator[tuple[SimulatorFleet, int]]:
    fleet = SimulatorFleet(count, port=0, quick_boot=True, world=WORLD, cameras_port=0)
    async with fleet:
        yield fleet, int(fleet.cameras_address.rsplit(":", 1)[1])


async def ask(
    port: int, path: str, head: str = "Host: 127.0.0.1:1"
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n\r\n".encode())
    return reader, writer


async def get(port: int, path: str, head: str = "Host: localhost:1") -> tuple[str, bytes]:
    reader, writer = await ask(port, path, head)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    first, _, body = answer.partition(b"\r\n\r\n")
    return first.decode(), body


async def test_pictures_and_an_index_are_served() -> None:
    async with cameras(2) as (fleet, port):
        _, index = await get(port, "/")
        shown: dict[str, Any] = json.loads(index)
        assert [camera["system_id"] for camera in shown["cameras"]] == [1, 2]
        assert shown["cameras"][1]["picture"] == f"{fleet.cameras_address}/2.jpg"
        head, body = await get(port, "/2.jpg")
        assert "200 OK" in head
        picture = np.asarray(Image.open(io.BytesIO(body)))
        assert picture.shape == (90, 160, 3)
        assert picture.std() > 5.0
        camera = fleet.copters[1].payload.camera
        assert camera is not None
        assert camera.video is not None
        assert camera.video.uri == shown["cameras"][1]["video"]


async def test_video_is_one_picture_after_another() -> None:
    async with cameras() as (_, port):
        reader, writer = await ask(port, "/1.mjpeg?rate=30")
        assert b"multipart/x-mixed-replace; boundary=frame" in await reader.readuntil(b"\r\n\r\n")
        for _ in range(3):
            part = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode()
            assert part.startswith("--frame\r\nContent-Type: image/jpeg")
            size = int(part.rpartition("Content-Length: ")[2])
            image = Image.open(io.BytesIO(await reader.readexactly(size)))
            assert image.size == (160, 90)
            assert await reader.readexactly(2) == b"\r\n"
        writer.close()


async def test_detections_are_lines_of_json() -> None:
    async with cameras() as (_, port):
        reader, writer = await ask(port, "/1/detections")
        await reader.readuntil(b"\r\n\r\n")
        event = json.loads(await asyncio.wait_for(reader.readline(), 10))
        assert event["type"] == "DetectionReported"
        assert (event["system_id"], event["label"]) == (1, "person")
        assert (event["lat_deg"], event["lon_deg"]) == pytest.approx(ORIGIN, abs=1e-4)
        writer.close()


@pytest.mark.parametrize(
    ("path", "head", "status"),
    [
        ("/9.jpg", "", "404"),
        ("/x.mjpeg", "", "404"),
        ("/../etc/passwd", "", "404"),
        ("/1.mjpeg?rate=0", "", "400"),
        ("/1.mjpeg?rate=x", "", "400"),
        ("/", "Host: example.org", "403"),
    ],
)
async def test_other_questions_are_refused(path: str, head: str, status: str) -> None:
    async with cameras() as (_, port):
        assert (await get(port, path, head or "Host: localhost:1"))[0].startswith(f"HTTP/1.1 {status} ")


async def test_what_is_no_request_is_survived() -> None:
    async with cameras() as (_, port):
        for sent in (b"POST / HTTP/1.1\r\n\r\n", b"\r\n\r\n", b"x" * 20_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            with contextlib.suppress(ConnectionError):
                assert b"200 OK" not in await asyncio.wait_for(reader.read(), 10)
            writer.close()
        assert "200 OK" in (await get(port, "/"))[0]


async def test_a_port_in_use_is_refused_and_nothing_is_left_open() -> None:
    async with cameras() as (_, port):
        fleet = SimulatorFleet(1, port=0, cameras_port=port)
        with pytest.raises(SimulatorError, match="--cameras 0 for a free one"):
            await fleet.start()
        assert fleet.cameras_address == ""
