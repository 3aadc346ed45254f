"""The launcher, with our own simulator in the place of an ArduCopter binary, on SITL's ports."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geofence.refusal import Refusal
from server.scenario.ardupilot_run import run_on_ardupilot
from server.scenario.scenario_file import read_scenario
from simulator.ardupilot.instance import free_instances

ROOT = Path(__file__).parents[3]

TWO = """\
name: Two of them
duration_s: 150
vehicles:
  - name: drone
    count: 2
    home: {lat_deg: 36.0925, lon_deg: 103.708, alt_amsl_m: 1520}
    parameters: {BATT_LOW_VOLT: 11.5, BATT_FS_LOW_ACT: 1}
world:
  wind: {speed_m_s: [[0, 1], [60, 3]], from_deg: 90}
  river: {level_m: 1500, axis: [[36.09, 103.7], [36.09, 103.72]]}
timeline:
  - at_s: 1
    vehicle: [drone-1, drone-2]
    operation: {operation: take_off, alt_rel_m: 10}
  - when: {event: operation_ended, vehicle: drone-2}
    vehicle: drone-2
    operation: {operation: land}
faults:
  - when: {event: took_off, vehicle: drone-1}
    vehicle: drone-1
    battery_sag: {drop_v: 1.4}
  - {at_s: 2, vehicle: drone-1, stuck_gimbal: {}}
expectations:
  - seen: {event: text_reported, where: {text: Battery Failsafe}}
    vehicle: drone-1
  - never: {event: text_reported, where: {text: Battery Failsafe}}
    vehicle: drone-2
  - lands: {within_m: 1}
"""


@pytest.fixture
def binary(tmp_path):
    path = tmp_path / "arducopter"
    fake = Path(__file__).with_name("fake_arducopter.py")
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -P "{fake}" "$@"\n')
    path.chmod(0o755)
    return path


def processes_of(binary):
    """Give the ids of processes that were started from the binary's folder of instances."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"fake_arducopter.py" in line and str(os.fspath(binary.parent)).encode() in line:
                found.append(int(entry.name))
    return found


def test_the_same_file_flies_on_instances_of_a_binary(write, binary, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = run_on_ardupilot(
        read_scenario(write(text=TWO)), binary, speedup=20.0, records=tmp_path / "records"
    )
    assert result.is_passed, [verdict.reason for verdict in result.verdicts if verdict.reason]
    assert "fault stuck_gimbal of drone-1: no parameter holds the gimbal" in result.skipped
    assert "world: river is not there" in result.skipped
    assert "world: the wind does not change; it is as it is at first" in result.skipped
    assert len(list((tmp_path / "records").rglob("*.tlog"))) == 2
    assert not processes_of(binary)
    assert not list(tmp_path.glob("feiying-ardupilot-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_instance_behind(write, binary, tmp_path, number):
    command = [
        sys.executable,
        "-P",
        "-m",
        "server.cli",
        "scenario",
        "run",
        write(text=TWO),
        "--ardupilot",
        binary,
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    running = subprocess.Popen(
        command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        until_s = time.monotonic() + 60
        while len(processes_of(binary)) < 2:
            assert time.monotonic() < until_s
            time.sleep(0.1)
        running.send_signal(number)
        running.communicate(timeout=60)
        assert running.returncode != 0
        assert not processes_of(binary)
        assert not list(tmp_path.glob("feiying-ardupilot-*"))
    finally:
        running.kill()
        for left in processes_of(binary):
            os.kill(left, signal.SIGKILL)


def test_a_binary_that_ends_is_refused_with_what_it_said(write, tmp_path):
    binary = tmp_path / "arducopter"
    binary.write_text("#!/bin/sh\necho 'no such frame'\nexit 3\n")
    binary.chmod(0o755)
    with pytest.raises(Refusal, match="ended with 3 and said: no such frame"):
        run_on_ardupilot(read_scenario(write()), binary)


def test_a_binary_that_is_none_is_refused(write, tmp_path):
    with pytest.raises(Refusal, match="cannot be started"):
        run_on_ardupilot(read_scenario(write()), tmp_path / "nothing")


def test_ports_in_use_are_passed_over():
    first, second = free_instances(2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 5760 + 10 * first + 2))
        taken.listen()
        assert first not in free_instances(2)
        assert second in free_instances(2)
