"""`feiying fly` as a user runs it: exit codes, one JSON document, one sentence a refusal, nothing sent where refused."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from geofence.latlon import LatLon
from missions.files.plan_files import write_plan
from missions.plan.item import Command, MissionItem
from missions.plan.plan import Plan
from tests.simulated_copters import simulated_copters

HOME = LatLon(36.0925, 103.708)


def feiying(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "server.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "200"},
        **options,
    )


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process; gives exit code, standard output and standard error."""

    def run(*arguments):
        from server.cli import main

        monkeypatch.setattr(sys, "argv", ["feiying", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return end.value.code, out, err

    return run


def plan_of(home=HOME, alt_m=20.0, waypoints=4):
    items = [
        MissionItem(1, Command.NAV_TAKEOFF, alt_m=alt_m),
        *(
            MissionItem(
                seq,
                Command.NAV_WAYPOINT,
                position=LatLon(home.lat_deg + seq * 1e-4, home.lon_deg),
                alt_m=alt_m,
            )
            for seq in range(2, waypoints + 2)
        ),
        MissionItem(waypoints + 2, Command.NAV_RETURN_TO_LAUNCH),
    ]
    return Plan("line", home, tuple(items), home_alt_amsl_m=1520.0)


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "line.plan"
    write_plan(plan_of(), path)
    return path


@pytest.fixture
def zones(tmp_path):
    path = tmp_path / "zones.geojson"
    ring = [[103.70, 36.09], [103.72, 36.09], [103.72, 36.10], [103.70, 36.10], [103.70, 36.09]]
    feature = {
        "type": "Feature",
        "id": "field",
        "properties": {"name": "Field", "kind": "inclusion", "ceiling_m": 100, "datum": "rel"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


@pytest.fixture(scope="module")
def simulated():
    """Addresses of two copters of the simulator."""
    with simulated_copters("--count", 2, "--speedup", 40) as addresses:
        yield addresses


@pytest.fixture
def silence():
    """A port that takes connections and says nothing; `.heard` is all that was said to it."""

    class Silence:
        heard = b""
        connections = 0

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            silence.connections += 1
            with connection, contextlib.suppress(OSError):
                while data := connection.recv(4096):
                    silence.heard += data

    silence = Silence()
    listener = socket.create_server(("127.0.0.1", 0))
    silence.address = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield silence
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_more_wind_than_the_plan_keeps_its_margin_in_is_refused(run, plan, zones, silence):
    arguments = ("fly", plan, "--zones", zones, "--connect", silence.address, "--max-wind", 12)
    code, _, err = run(*arguments)
    assert code == 1
    assert "Gusts of 12 m/s carry the copter off any leg. Fly in gusts of at most 10 m/s" in err
    assert silence.connections == 0


def test_flown_whole(run, plan, zones, simulated, tmp_path):
    code, out, err = run(
        "fly", plan, "--zones", zones, "--connect", simulated[0], "--record", tmp_path / "records", "--json"
    )
    assert code == 0, err
    # 2 m are the margin of a plan that says none.
    assert "No wind is stated: the margin of 2 m holds gusts of at most 6.3 m/s; do not fly in more." in err
    result = json.loads(out)
    assert result["completed"] is True
    assert result["items"] == result["reached"] == 6
    assert result["violations"] == 0
    assert result["takeoff_s"] < result["landed_s"]
    assert "sending mission: 6 mission items" in err
    assert "sending fence: 4 items" in err
    assert "circular fence of 150 m" in err
    assert list((tmp_path / "records").rglob("*.tlog"))


def test_without_zones_it_says_what_is_not_checked(run, plan, simulated, tmp_path):
    code, out, err = run("fly", plan, "--connect", simulated[0], "--record", tmp_path / "records")
    assert code == 0, err
    assert out == ""
    assert "No --zones: only the altitudes are verified" in err
    assert "fence: " not in err


def test_a_zone_across_the_route_that_does_not_hold_today(run, plan, zones, silence, tmp_path):
    document = json.loads(zones.read_text())
    ring = [[103.70, 36.0926], [103.72, 36.0926], [103.72, 36.0927], [103.70, 36.0927], [103.70, 36.0926]]
    past = {"periods": [{"end": "2020-01-01T00:00:00Z"}]}
    for times, words in ((past, "no vehicle was heard"), (None, "may not be flown")):
        properties = {"kind": "exclusion", "datum": "rel"} | ({"applicability": times} if times else {})
        geometry = {"type": "Polygon", "coordinates": [ring]}
        fair = {"type": "Feature", "id": "fair", "properties": properties, "geometry": geometry}
        path = tmp_path / "fair.geojson"
        path.write_text(json.dumps(document | {"features": [*document["features"], fair]}))
        said = ("--timeout", 0.2, "--record", tmp_path / "records")
        code, _, err = run("fly", plan, "--zones", path, "--connect", silence.address, *said)
        assert code == 1
        assert words in err


def test_interrupted_it_is_sent_home(tmp_path, zones, simulated):
    plan = tmp_path / "long.plan"
    write_plan(plan_of(waypoints=40), plan)
    process = feiying(
        "fly", plan, "--zones", zones, "--connect", simulated[1], "--record", tmp_path / "records", "--json"
    )
    for line in process.stderr:
        if line.startswith("flying"):
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "told to return to launch" in err
    result = json.loads(out)
    assert result["completed"] is False
    assert "interrupted" in result["reason"]


def test_a_plan_for_another_place(run, tmp_path, simulated):
    plan = tmp_path / "shanghai.plan"
    write_plan(plan_of(home=LatLon(31.2304, 121.4737)), plan)
    code, out, err = run("fly", plan, "--connect", simulated[0], "--record", tmp_path / "records", "--json")
    assert code == 1
    assert "another place" in err
    assert "km" in err
    result = json.loads(out)
    assert result["completed"] is False
    assert "another place" in result["reason"]


@pytest.mark.parametrize(
    ("content", "word"), [("{", "line 1"), ('{"fileType": "Plan"}', "version"), ("QGC WPL 110\nx", "2")]
)
def test_an_unreadable_plan_sends_nothing(run, tmp_path, silence, content, word):
    plan = tmp_path / ("bad.waypoints" if content.startswith("QGC") else "bad.plan")
    plan.write_text(content)
    code, out, err = run("fly", plan, "--connect", silence.address, "--record", tmp_path / "records")
    assert code == 1
    assert plan.name in err
    assert word in err
    assert (out, silence.connections, silence.heard) == ("", 0, b"")
    assert not (tmp_path / "records").exists()


def test_a_plan_that_is_not_there(run, tmp_path, silence):
    code, _, err = run("fly", tmp_path / "none.plan", "--connect", silence.address)
    assert code == 1
    assert "none.plan" in err
    assert silence.connections == 0


def test_a_plan_above_the_legal_limit_sends_nothing(run, tmp_path, silence):
    plan = tmp_path / "high.plan"
    write_plan(plan_of(alt_m=150.0), plan)
    code, out, err = run(
        "fly", plan, "--connect", silence.address, "--record", tmp_path / "records", "--json"
    )
    assert code == 1
    assert "120" in err
    assert json.loads(out)["completed"] is False
    assert silence.connections == 0


def test_a_plan_outside_the_zones_sends_nothing(run, tmp_path, zones, silence):
    plan = tmp_path / "outside.plan"
    write_plan(plan_of(home=LatLon(36.0925, 103.73)), plan)
    code, _, err = run("fly", plan, "--zones", zones, "--connect", silence.address)
    assert code == 1
    assert "outside.plan" in err or "line" in err
    assert silence.connections == 0


def test_a_vehicle_that_never_answers(run, plan, silence, tmp_path):
    begun_s = time.monotonic()
    code, _, err = run(
        "fly", plan, "--connect", silence.address, "--timeout", 1, "--record", tmp_path / "records"
    )
    assert code == 1
    assert "no vehicle was heard within 1 s" in err
    assert time.monotonic() - begun_s < 15


@pytest.mark.parametrize("address", ["tcp:127.0.0.1:1", "nonsense", "tcp:127.0.0.1"])
def test_an_address_without_a_vehicle(run, plan, address, tmp_path):
    code, _, err = run("fly", plan, "--connect", address, "--record", tmp_path / "records")
    assert code == 1
    assert address.split(":")[-1] in err


def test_a_recording_cannot_be_flown(run, plan, tmp_path):
    recording = tmp_path / "flight.tlog"
    recording.write_bytes(bytes(40))
    code, _, err = run("fly", plan, "--connect", recording, "--record", tmp_path / "records")
    assert code == 1
    assert "a recording cannot be flown" in err
    assert not (tmp_path / "records").exists()


def test_a_connection_that_is_closed_at_once_is_said(run, plan, tmp_path):
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"tcp:127.0.0.1:{listener.getsockname()[1]}"

    def hang_up():
        listener.accept()[0].close()
        listener.close()

    thread = threading.Thread(target=hang_up)
    thread.start()
    code, _, err = run("fly", plan, "--connect", address, "--timeout", 1, "--record", tmp_path / "records")
    thread.join(5)
    assert code == 1
    assert "closed by the other side" in err
