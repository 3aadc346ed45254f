"""`feiying params` against a simulated vehicle on TCP."""

import asyncio
import threading

import orjson
import pytest
from typer.testing import CliRunner

from server.cli.params import params_app
from simulator.fleet import SimulatorFleet
from telemetry.refusal import TelemetryError


@pytest.fixture(scope="module")
def fleet():
    """A vehicle in an event loop of its own, for commands that block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made = SimulatorFleet(1, port=0, speedup=20.0, quick_boot=True)

    async def start():
        await made.start()

    asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield made
    asyncio.run_coroutine_threadsafe(made.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def run(fleet):
    """Run a command; gives exit code and JSON document."""
    table = fleet.copters[0].parameters
    table["RTL_ALT"], table["FENCE_ENABLE"] = 1500, 0

    def run(*words):
        outcome = CliRunner().invoke(
            params_app, [*words, "--connect", fleet.addresses[0], "--json"], catch_exceptions=False
        )
        return outcome.exit_code, orjson.loads(outcome.stdout)

    run.table = table
    return run


def test_set_is_read_back_and_listed(run):
    assert run("set", "rtl_alt=3000", "FENCE_MARGIN=2.5") == (
        0,
        {"RTL_ALT": {"before": 1500, "after": 3000}, "FENCE_MARGIN": {"before": 2, "after": 2.5}},
    )
    assert run.table["RTL_ALT"] == 3000
    assert run("get", "RTL_ALT") == (0, {"RTL_ALT": 3000})
    code, document = run("list", "--changed")
    assert code == 0
    assert document["parameters"]["RTL_ALT"] == {"value": 3000, "type": 6, "default": 1500}
    assert run("set", "FENCE_MARGIN=2")[0] == 0
    names = run("list", "fence_*")[1]["parameters"]
    assert "FENCE_MARGIN" in names
    assert all(name.startswith("FENCE_") for name in names)


def test_saved_changed_and_loaded_again(run, tmp_path):
    path = tmp_path / "vehicle.params"
    assert run("save", str(path)) == (0, {"file": str(path), "parameters": 1392})
    assert run("diff", str(path)) == (0, {"different": {}, "compared": 1388})
    run.table["RTL_ALT"], run.table["FENCE_ENABLE"] = 4000, 1
    run.table["STAT_RUNTIME"] += 30
    code, document = run("diff", str(path))
    assert code == 1
    assert document["different"] == {"RTL_ALT": [1500, 4000], "FENCE_ENABLE": [0, 1]}
    code, document = run("load", str(path))
    assert code == 0
    assert document["changed"] == {"RTL_ALT": [4000, 1500], "FENCE_ENABLE": [1, 0]}
    assert document["unchanged"] == 1386
    assert run("diff", str(path))[0] == 0


def test_what_cannot_be_loaded_is_told(run, tmp_path):
    path = tmp_path / "other.param"
    path.write_text("NOPE_X,3\nRTL_ALT,2500\nSYSID_THISMAV,9\nFENCE_TYPE,1000\n")
    code, document = run("load", str(path))
    assert code == 1
    assert document["changed"] == {"RTL_ALT": [1500, 2500]}
    assert document["unknown"] == ["NOPE_X"]
    assert document["left"] == ["SYSID_THISMAV"]
    assert list(document["refused"]) == ["FENCE_TYPE"]
    assert (run.table["SYSID_THISMAV"], run.table["FENCE_TYPE"]) == (1, 7)


def test_two_files_are_compared_without_a_vehicle(tmp_path):
    a, b = tmp_path / "a.param", tmp_path / "b.parm"
    a.write_text("RTL_ALT,1500\nX,1\n")
    b.write_text("RTL_ALT 1500\nY 2\n")
    outcome = CliRunner().invoke(params_app, ["diff", str(a), str(b), "--json"])
    assert outcome.exit_code == 1
    assert orjson.loads(outcome.stdout)["different"] == {"X": [1, None], "Y": [None, 2]}


@pytest.mark.parametrize("word", ["RTL_ALT", "=3", "RTL_ALT=high", "RTL_ALT=nan"])
def test_what_sets_nothing_is_refused(word):
    outcome = CliRunner().invoke(params_app, ["set", word, "--connect", "tcp:127.0.0.1:1"])
    assert "sets no parameter" in str(outcome.exception)


@pytest.mark.parametrize("word", ["", "A_NAME_OF_MORE_THAN_16"])
def test_a_name_that_is_none_is_refused(fleet, word):
    outcome = CliRunner().invoke(params_app, ["get", word, "--connect", fleet.addresses[0]])
    assert isinstance(outcome.exception, TelemetryError)
    assert "no name of a parameter" in str(outcome.exception)


def test_another_vehicle_than_there_is_is_refused(fleet):
    asked = ["get", "RTL_ALT", "--connect", fleet.addresses[0], "--timeout", "0.3"]
    outcome = CliRunner().invoke(params_app, [*asked, "--system-id", "9"])
    assert "vehicle 9 was not heard within 0.3 s, but 1." in str(outcome.exception)


def test_the_key_of_a_signed_vehicle_is_given(tmp_path, fleet):
    key = tmp_path / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    asked = ["get", "RTL_ALT", "--connect", fleet.addresses[0], "--timeout", "0.3", "--signing-key", str(key)]
    assert "not signed and refused" in str(CliRunner().invoke(params_app, asked).exception)
