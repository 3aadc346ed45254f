"""`feiying signing` against a simulated vehicle on TCP."""

import asyncio
import logging
import threading

import pytest
from typer.testing import CliRunner

from server.cli.signing import signing_app
from simulator.fleet import SimulatorFleet
from telemetry.network import key_handover
from telemetry.refusal import TelemetryError

SECRETS = {"first": bytes(range(1, 33)), "second": bytes(range(101, 133))}


@pytest.fixture
def copter():
    """A vehicle in an event loop of its own, for commands that block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    fleet = SimulatorFleet(1, port=0, quick_boot=True, speedup=10.0)
    asyncio.run_coroutine_threadsafe(fleet.start(), loop).result(10)
    copter = fleet.copters[0]
    copter.link_address = fleet.addresses[0]
    yield copter
    asyncio.run_coroutine_threadsafe(fleet.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def keys(tmp_path):
    paths = {}
    for name, secret in SECRETS.items():
        paths[name] = tmp_path / name
        paths[name].write_text(secret.hex())
        paths[name].chmod(0o600)
    return paths


@pytest.fixture
def run(copter, monkeypatch, tmp_path, caplog):
    monkeypatch.chdir(tmp_path)
    # The vehicle lives ten times as fast.
    monkeypatch.setattr(key_handover, "WAIT_S", 0.3)
    caplog.set_level(logging.DEBUG)

    def run(*words, answer=""):
        arguments = [*map(str, words), "--connect", copter.link_address]
        outcome = CliRunner().invoke(signing_app, arguments, input=answer)
        said = outcome.output + caplog.text + repr(outcome.exception)
        # Neither said, nor logged, nor written down.
        for secret in SECRETS.values():
            assert secret.hex() not in said.lower()
            assert str(tuple(secret))[:40] not in said
        assert {path.name for path in tmp_path.iterdir()} <= set(SECRETS)
        if isinstance(outcome.exception, TelemetryError):
            raise outcome.exception
        return outcome

    return run


def test_a_key_is_given_changed_and_withdrawn(run, keys, copter):
    given = run("give", keys["first"], "--trusted", "--json", answer="y\n")
    assert given.exit_code == 0, given.output
    assert '"is_signed": true' in given.output
    assert "in clear" in given.output
    assert copter.signing.key == SECRETS["first"]

    with pytest.raises(TelemetryError, match="does not sign with the key") as refused:
        run("give", keys["second"], "--trusted", "--yes")
    assert "USB" in refused.value.remedy
    assert copter.signing.key == SECRETS["first"]
    assert run("give", keys["second"], "--trusted", "--yes", "--signing-key", keys["first"]).exit_code == 0
    assert copter.signing.key == SECRETS["second"]

    with pytest.raises(TelemetryError, match="goes on signing"):
        run("withdraw", "--trusted", "--yes", "--signing-key", keys["first"])
    taken = run("withdraw", "--trusted", "--yes", "--signing-key", keys["second"], "--json")
    assert taken.exit_code == 0, taken.output
    assert '"is_signed": false' in taken.output
    assert copter.signing.key is None


def test_nothing_is_sent_before_the_link_is_trusted_and_the_question_answered(run, keys, copter):
    with pytest.raises(TelemetryError, match="nobody else reads"):
        run("give", keys["first"], "--yes")
    with pytest.raises(TelemetryError, match="nobody else reads"):
        run("withdraw", "--yes")
    for answer in ("n\n", ""):
        assert run("give", keys["first"], "--trusted", answer=answer).exit_code == 1
    assert copter.signing.key is None


def test_an_armed_vehicle_is_given_none(run, keys, copter):
    copter.autopilot.is_armed = True
    with pytest.raises(TelemetryError, match="armed vehicle takes no signing key"):
        run("give", keys["first"], "--trusted", "--yes")
    assert copter.signing.key is None
