"""The measurements of uploads and parameters, small."""

import orjson
from typer.testing import CliRunner

from bench import params, upload
from server.cli.bench import bench_app


def test_uploads_are_measured_and_judged():
    result = upload.run(items=20, uploads=10, rounds=1)
    assert result["name"] == "upload"
    assert min(result["items_s"], result["files_s"], result["floor_s"]) > 0
    assert result["lossy"]["outcomes"] == {"on board": 8, "restored": 2}


def test_the_command_prints_one_document(monkeypatch):
    result = params.run(rounds=1)
    assert result["parameters"] == 1392
    monkeypatch.setattr("bench.params.run", lambda: result)
    outcome = CliRunner().invoke(bench_app, ["params", "--json"])
    assert outcome.exit_code == 0
    assert orjson.loads(outcome.stdout) == result
