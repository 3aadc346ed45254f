import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import server.cli
from server.web_server import bind, url_of


@contextlib.asynccontextmanager
async def listening(port: int = 0) -> AsyncIterator[int]:
    """Something that takes bytes and says nothing."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while await reader.read(4096):
                pass
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", port)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_it_serves_until_interrupted(feiying: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        command = await feiying("serve", "--port", "0")
        url = await command.page_url()
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            assert (await client.get("/healthz")).json()["status"] == "ok"
        command.process.send_signal(number)
        code, out, said = await command.end()
        assert (code, out) == (0, ""), said
        assert "Traceback" not in said


async def test_a_port_in_use_is_one_sentence(feiying: Any) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        command = await feiying("serve", "--port", port)
        code, out, said = await command.end()
    assert (code, out) == (1, "")
    assert (
        said.strip()
        == f"port {port} on 127.0.0.1 is in use. Give another --port, or --port 0 for any free one."
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--host", "0.0.0.0"), "--token-file"),
        (("--host", "0.0.0.0", "--token-file", "/nonexistent"), "/nonexistent"),
        (("--zones", "/nonexistent.geojson"), "/nonexistent.geojson"),
        (("--connect", "nonsense"), "nonsense"),
        (("--connect", "a=udp:127.0.0.1:1", "--forward", "b=udp:127.0.0.1:2"), "no network 'b'"),
        (("--rtk", "nonsense"), "source of RTK corrections"),
        (("--operator", "X,91,0"), "names no operator"),
        (("--terrain", "/nonexistent.tif"), "/nonexistent.tif"),
        (("--port", "70000"), "70000"),
        (("--host", "192.0.2.1", "--token-file", __file__), "192.0.2.1"),
    ],
)
def test_bad_arguments_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["feiying", "serve", "--port", "0", *arguments])
    with pytest.raises(SystemExit) as ended:
        server.cli.main()
    out, said = capsys.readouterr()
    assert ended.value.code not in (0, None)
    assert out == ""
    assert sentence in said


async def test_on_the_network_the_token_opens(feiying: Any) -> None:
    command = await feiying("serve", "--port", "0", "--host", "0.0.0.0", FEIYING_TOKEN="t" * 16)
    url = await command.page_url()
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        assert (await client.get("/healthz")).status_code == 401
        answer = await client.get("/healthz", headers={"Authorization": "Bearer " + "t" * 16})
        assert answer.status_code == 200


async def test_a_link_that_is_not_there_is_told_and_tried_again(feiying: Any, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp:127.0.0.1:{port}"
    command = await feiying("serve", "--port", "0", "--connect", address, "--record", str(tmp_path))
    url = await command.page_url()
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:

        async def link() -> dict[str, Any]:
            links: list[dict[str, Any]] = (await client.get("/api/links")).json()["links"]
            return links[0] if links else {}

        async def until_link_is(is_open: bool) -> None:
            async with asyncio.timeout(15):
                while (await link()).get("is_open") is not is_open:
                    await asyncio.sleep(0.05)

        await until_link_is(False)
        events = (await client.get("/api/events")).json()["events"]
        assert [event["kind"] for event in events] == ["link_lost"]
        assert "Trying again" in events[0]["text"]
        async with listening(port):
            await until_link_is(True)
            command.process.terminate()
            code, _, said = await command.end()
    assert code == 0
    assert "Trying again" in said
    assert f"Link {address} is up" in said


async def test_recordings_are_made(feiying: Any, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    async with listening() as port:
        command = await feiying(
            "serve", "--port", "0", "--connect", f"tcp:127.0.0.1:{port}", "--record", folder
        )
        await command.page_url()
        async with asyncio.timeout(15):
            # The first heartbeat is recorded before it is sent.
            while not any(path.stat().st_size for path in folder.glob("*/*.tlog")):
                await asyncio.sleep(0.05)
        command.process.terminate()
        assert (await command.end())[0] == 0


def test_any_free_port_is_told() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with bind("::1", 0) as listener:
        assert url_of(listener) == f"http://[::1]:{listener.getsockname()[1]}/"
