"""Coverage-guided fuzzing of scanner, reader and table by atheris, which is not among the project's own requirements.

With atheris installed, from the root of the repository:

    PYTHONPATH=. python tests/fuzz/fuzz_wire.py -max_total_time=600 [FOLDER OF EXAMPLES]

What it finds is kept by it as `crash-...`; give that file as the argument to see it again.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["telemetry.wire"]):
    from tests.fuzz.wire_judge import judge_log, judge_scanner

_FOLDER = tempfile.TemporaryDirectory()
_PATH = Path(_FOLDER.name) / "fuzzed.tlog"


def test_one_input(data: bytes) -> None:
    """Take the first byte as the size of chunks, the others as stream and as log."""
    if len(data) < 2:
        return
    judge_scanner(data[1:], 1 + data[0])
    judge_log(data[1:], _PATH)


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
