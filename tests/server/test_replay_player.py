"""The replay is steered over the interface, and the page follows."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect

from server.app import create_app
from server.replay import recordings_of
from server.replay_player import ReplayPlayer
from server.settings import Settings
from server.web_server import bind, serving, url_of
from telemetry.logbook.flight_index import FlightIndex
from telemetry.refusal import TelemetryError
from telemetry.wire.tlog import pack_stamp
from telemetry.wire.tlog_index import TlogIndex
from tests.server.conftest import receive_frame
from tests.telemetry.logbook.recorded import BEGIN_S, record_flight
from tests.telemetry.logbook.test_flight_index import flight


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "run" / "1-x.tlog"
    path.parent.mkdir()
    with path.open("wb") as file:
        record_flight(
            lambda time_s, frames: file.write(b"".join(pack_stamp(time_s) + frame for frame in frames))
        )
    return path


@contextlib.asynccontextmanager
async def playing(path: Path, **options: Any) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    settings = Settings(port=0, static_dir=Path("/nonexistent"))
    listener = bind(settings.host, settings.port)
    async with contextlib.AsyncExitStack() as stack:
        player = await stack.enter_async_context(ReplayPlayer(str(path), TlogIndex([path]), **options))
        await stack.enter_async_context(
            serving(create_app(player.station, settings, player=player), listener)
        )
        await player.start()
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url_of(listener), timeout=30.0, trust_env=False)
        )
        yield client, url_of(listener)


async def steer(client: httpx.AsyncClient, **order: Any) -> dict[str, Any]:
    answer = await client.post("/api/replay", json=order)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_seek_pause_and_speed(recording: Path) -> None:
    async with playing(recording, speed=1.0) as (client, _):
        at = await steer(client, is_paused=True, speed=4.0)
        assert (at["is_paused"], at["speed"], at["first_s"]) == (True, 4.0, BEGIN_S)
        assert (at["last_s"], at["problem"], at["is_ended"]) == (BEGIN_S + 79, "", False)
        at = await steer(client, time_s=BEGIN_S + 45.0)
        assert (at["time_s"], at["is_paused"], at["speed"]) == (BEGIN_S + 45.0, True, 4.0)
        [drone] = (await client.get("/api/drones")).json()["drones"]
        assert (drone["id"], drone["mode"], drone["is_armed"], drone["alt_rel_m"]) == (
            "1-1",
            "AUTO",
            True,
            45.0,
        )
        events = (await client.get("/api/events")).json()["events"]
        kinds = [event["kind"] for event in events]
        assert kinds.count("armed") == kinds.count("took_off") == 1
        assert all(event["time_s"] <= BEGIN_S + 45.0 for event in events)
        # Back to before it was armed: nothing of the future is known.
        at = await steer(client, fraction=0.1)
        assert at["fraction"] == pytest.approx(0.1, abs=1e-6)
        [drone] = (await client.get("/api/drones")).json()["drones"]
        assert (drone["mode"], drone["is_armed"]) == ("GUIDED", False)
        assert "armed" not in {event["kind"] for event in (await client.get("/api/events")).json()["events"]}
        at = await steer(client, fraction=1.0, is_paused=False)
        assert (await client.get("/api/replay")).json()["time_s"] == BEGIN_S + 79


async def test_viewers_get_a_new_snapshot_after_a_seek(recording: Path) -> None:
    async with playing(recording) as (client, url):
        await steer(client, is_paused=True)
        address = url.replace("http", "ws") + "ws/live?rate_hz=20"
        async with connect(address, compression=None, proxy=None) as viewer:
            assert (await receive_frame(viewer))["type"] == "snapshot"
            await steer(client, fraction=0.75)
            snapshot = await receive_frame(viewer, "snapshot")
            assert snapshot["is_replay"] is True
            assert snapshot["drones"][0]["is_armed"] is True
            track = snapshot["tracks"]["1-1"]
            assert len(track) >= 25
            assert track[-1][1] == pytest.approx(snapshot["drones"][0]["position"]["lon_deg"], abs=3e-5)
            await steer(client, fraction=0.0)
            snapshot = await receive_frame(viewer, "snapshot")
            assert len(snapshot["tracks"]["1-1"]) == 1


@pytest.mark.parametrize(
    "order",
    [
        {"time_s": BEGIN_S - 1},
        {"fraction": 1.1},
        {"speed": -1},
        {"time_s": BEGIN_S, "fraction": 0.5},
        {"where": 3},
        {"time_s": "soon"},
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(recording: Path, order: dict[str, Any]) -> None:
    async with playing(recording) as (client, _):
        await steer(client, is_paused=True)
        before = (await client.get("/api/replay")).json()
        answer = await client.post("/api/replay", json=order)
        assert answer.status_code == 422
        assert (await client.get("/api/replay")).json() == before


async def test_a_live_service_replays_nothing(run_service: Any) -> None:
    async with run_service() as service:
        answer = await service.client.get("/api/replay")
        assert answer.status_code == 404
        assert "feiying replay" in answer.json()["detail"]


def test_what_is_played_is_a_file_a_folder_or_a_flight(recording: Path, tmp_path: Path) -> None:
    assert recordings_of(str(recording), tmp_path) == [recording]
    assert recordings_of(str(recording.parent), tmp_path) == [recording]
    FlightIndex(tmp_path).add(flight("2026-1", log="run/1-x.tlog"))
    assert recordings_of("2026-1", tmp_path) == [recording]
    with pytest.raises(TelemetryError, match="no flight"):
        recordings_of("2027", tmp_path)
    with pytest.raises(TelemetryError, match="no recording in this folder"):
        recordings_of(str(tmp_path), tmp_path)


async def test_a_flight_of_the_index_is_replayed(feiying: Any, recording: Path, tmp_path: Path) -> None:
    FlightIndex(tmp_path).add(flight("2026-1", log="run/1-x.tlog"))
    command = await feiying("replay", "2026", "--record", tmp_path, "--speed", "0", "--port", "0", "--json")
    code, out, said = await command.end()
    assert code == 0, said
    assert orjson.loads(out)["vehicles"] == ["1-1"]
