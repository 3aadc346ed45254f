import asyncio
import signal
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as mavlink
from websockets.asyncio.client import connect

RECORDINGS = Path(__file__).parents[3] / "shared" / "ardupilot"
BEGIN_S = 1_763_800_000.0
DURATION_S = 40.0
STEPS = 400


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Forty seconds of a copter that flies north at 10 m/s."""
    speaker = mavlink.MAVLink(None, srcSystem=7, srcComponent=1)
    path = tmp_path / "north.tlog"
    with path.open("wb") as file:
        for step in range(STEPS + 1):
            seconds = DURATION_S * step / STEPS
            messages = [
                speaker.global_position_int_encode(
                    round(1e3 * seconds),
                    360900000 + round(900 * seconds),
                    1037050000,
                    1550000,
                    30000,
                    1000,
                    0,
                    0,
                    0,
                )
            ]
            if step % 10 == 0:
                messages.append(speaker.heartbeat_encode(2, 3, 209, 3, 4))
            for message in messages:
                file.write(struct.pack(">Q", round((BEGIN_S + seconds) * 1e6)) + message.pack(speaker))
    return path


async def test_a_recording_is_played_and_summed_up(feiying: Any, recording: Path) -> None:
    command = await feiying("replay", recording, "--speed", "0", "--port", "0", "--json")
    code, out, said = await command.end()
    assert code == 0, said
    summary = orjson.loads(out)
    assert summary["file"] == str(recording)
    assert summary["messages"] == {"GLOBAL_POSITION_INT": STEPS + 1, "HEARTBEAT": STEPS // 10 + 1}
    assert summary["decode_errors"] == {}
    assert summary["vehicles"] == ["1-7"]
    assert summary["duration_s"] == pytest.approx(DURATION_S, abs=0.2)


async def test_a_replay_is_watched_but_not_commanded(feiying: Any, recording: Path) -> None:
    command = await feiying("replay", recording, "--speed", "4", "--port", "0")
    url = await command.page_url()
    async with connect(
        url.replace("http", "ws") + "ws/live?rate_hz=20", compression=None, proxy=None
    ) as viewer:
        snapshot = orjson.loads(await viewer.recv())
        assert snapshot["is_replay"] is True
        latitudes: list[float] = []
        async with asyncio.timeout(20):
            while len(set(latitudes)) < 5:
                frame = orjson.loads(await viewer.recv())
                places = [drone["position"] for drone in frame.get("drones", ()) if drone["position"]]
                latitudes += [place["lat_deg"] for place in places]
                assert not places or 0.0 <= frame["time_s"] - BEGIN_S < DURATION_S + 1.0
    assert latitudes == sorted(latitudes)
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        for path, body in (
            ("/api/drones/1-7/commands", {"command": "rtl"}),
            ("/api/drones/1-7/commands", {"command": "takeoff", "alt_rel_m": 30}),
        ):
            answer = await client.post(path, json=body)
            assert answer.status_code == 409
            assert "this is a replay" in answer.json()["detail"]
        links = (await client.get("/api/links")).json()["links"]
        assert links[0]["bytes_out"] == 0
        assert links[0]["messages_in"]["GLOBAL_POSITION_INT"] >= 5
    command.process.send_signal(signal.SIGINT)
    code, out, said = await command.end()
    assert (code, out) == (0, ""), said
    assert "Traceback" not in said


async def test_a_truncated_recording_is_played_as_far_as_it_is_whole(feiying: Any, recording: Path) -> None:
    recording.write_bytes(recording.read_bytes()[:-5])
    command = await feiying("replay", recording, "--speed", "0", "--port", "0", "--json")
    code, out, said = await command.end()
    assert code == 1
    assert "not whole" in said
    assert "Traceback" not in said
    messages = orjson.loads(out)["messages"]
    assert messages["GLOBAL_POSITION_INT"] + messages["HEARTBEAT"] == STEPS + STEPS // 10 + 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read"),
        (b"", "no MAVLink frame"),
        (b"no recording at all\n" * 50, "no MAVLink frame"),
    ],
)
async def test_what_is_no_recording_is_refused(
    feiying: Any, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "broken.tlog"
    if content is not None:
        path.write_bytes(content)
    command = await feiying("replay", path, "--port", "0", "--json")
    code, out, said = await command.end()
    assert code == 1
    assert sentence in orjson.loads(out)["error"]
    assert sentence in said
    assert str(path) in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.recorded
@pytest.mark.parametrize(
    "name", ["01", "03", *(pytest.param(name, marks=pytest.mark.soak) for name in ("02", "04", "05", "07"))]
)
async def test_counts_equal_those_of_pymavlink(feiying: Any, name: str) -> None:
    paths = sorted(RECORDINGS.glob(f"{name}-*.tlog"))
    if not paths:
        pytest.skip(f"no recordings of a real ArduCopter in {RECORDINGS}")
    expected: Counter[str] = Counter()
    reader = mavutil.mavlink_connection(str(paths[0]), dialect="ardupilotmega")
    while (message := reader.recv_match()) is not None:
        expected[message.get_type()] += 1
    reader.close()
    command = await feiying("replay", paths[0], "--speed", "0", "--port", "0", "--json")
    code, out, said = await command.end()
    assert code == 0, said
    summary = orjson.loads(out)
    assert summary["messages"] == dict(expected)
    assert summary["decode_errors"] == {}
