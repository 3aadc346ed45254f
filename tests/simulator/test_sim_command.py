import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import server.cli

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, "-m", "server.cli", "sim"]
ENVIRONMENT = {**os.environ, "COLUMNS": "200"}


def start(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*RUN, *options],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_addresses_are_printed_and_interruption_ends_it(number: signal.Signals) -> None:
    process = start("--count", "2", "--port", "0", "--json", "--quick-boot")
    assert process.stdout is not None
    text = ""
    while not text.rstrip().endswith("}") or text.count("{") != text.count("}"):
        line = process.stdout.readline()
        assert line, process.communicate()
        text += line
    vehicles = json.loads(text)["vehicles"]
    assert [vehicle["system_id"] for vehicle in vehicles] == [1, 2]
    for vehicle in vehicles:
        scheme, host, port = vehicle["address"].split(":")
        assert scheme == "tcp"
        socket.create_connection((host, int(port)), 5).close()
    process.send_signal(number)
    rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_a_world_can_be_seen_through_the_cameras() -> None:
    process = start(
        "--world", "examples/lanzhou/world.yaml", "--cameras", "0", "--port", "0", "--json", "--until-eof"
    )
    assert process.stdout is not None
    text = ""
    while text.count("{") == 0 or text.count("{") != text.count("}"):
        line = process.stdout.readline()
        assert line, process.communicate()
        text += line
    with urllib.request.urlopen(f"{json.loads(text)['cameras']}/1.jpg", timeout=20) as answer:
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.read(3) == b"\xff\xd8\xff"
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


def test_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start("--port", str(port))
        out, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == ""
    assert errors == (
        f"tcp:127.0.0.1:{port}: the port is in use. Choose another with --port, or --port 0 for any free ones.\n"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--home", "here"), "'here' is no home"),
        (("--home", "95,0,0,0"), "latitude 95 is out of range"),
        (("--speedup", "1001"), "out of range"),
        (("--count", "0"), "0 vehicles cannot be simulated"),
        (("--seed", "-1"), "-1 is no seed"),
        (("--udp", "x"), "'x' is no address"),
        (("--param", "WPNAV_SPEED"), "'WPNAV_SPEED' sets no parameter"),
        (("--param", "WPNAV_SPEED=nan"), "sets no parameter"),
        (("--param", "NOPE=1"), "no parameter NOPE"),
        (("--world", "nowhere.yaml"), "nowhere.yaml: the world cannot be read"),
    ],
)
def test_bad_values_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["feiying", "sim", *options])
    with pytest.raises(SystemExit) as ended:
        server.cli.main()
    errors = capsys.readouterr().err
    assert ended.value.code in (1, 2)
    assert words in errors
    assert errors.count("\n") == 1


def test_it_can_end_with_whoever_holds_its_standard_input() -> None:
    process = start("--port", "0", "--json", "--until-eof", "--param", "BATT_CAPACITY=16000")
    assert process.stdout is not None
    assert process.stdout.readline() == "{\n"
    assert process.poll() is None
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")
