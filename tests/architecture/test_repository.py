"""What the repository must and must not hold."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listing.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("pattern", ["requirements*.lock", "**/package-lock.json"])
def test_lock_files_record_no_download_address(pattern: str) -> None:
    locks = [path for path in ROOT.glob(pattern) if "node_modules" not in path.parts]
    assert locks
    for lock in locks:
        assert not re.search(r'"resolved":|index-url|://(registry|files)\.', lock.read_text()), lock


def test_no_bundle_and_no_dependency_is_tracked() -> None:
    offenders = [path for path in tracked_files() if {"node_modules", "static", "assets"} & set(path.parts)]
    assert offenders == []


def test_no_file_outgrows_half_a_megabyte() -> None:
    assert [path for path in tracked_files() if path.stat().st_size > 512 * 1024] == []


def test_python_files_stay_one_noun() -> None:
    long = [
        path for path in tracked_files() if path.suffix == ".py" and len(path.read_text().splitlines()) > 500
    ]
    assert long == []


def test_every_test_that_the_safety_case_names_is_there() -> None:
    named = re.findall(
        r"`((?:geofence|missions|telemetry|server|simulator)/[\w/*.]+\.py)`",
        (ROOT / "docs/safety-case.md").read_text(),
    )
    assert named
    assert [name for name in named if not list((ROOT / "tests").glob(name))] == []
