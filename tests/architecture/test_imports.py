"""The arrows between the rooms hold."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_rooms_know_only_whom_they_may() -> None:
    # In a process of its own: the linter reconfigures logging.
    linting = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as main; main()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linting.returncode == 0, linting.stdout
