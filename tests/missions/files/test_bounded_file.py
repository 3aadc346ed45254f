from pathlib import Path

import pytest

from missions.files.bounded_file import read_bounded
from missions.refusal import MissionError


def test_a_file_of_the_most_is_read_and_a_larger_one_refused(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 2**20)
    assert len(read_bounded(path, most_mb=1, remedy="Less")) == 2**20
    path.write_bytes(b"x" * (2**20 + 1))
    with pytest.raises(MissionError, match=r"file: larger than 1 MB\. Less"):
        read_bounded(path, most_mb=1, remedy="Less")


@pytest.mark.parametrize("path", [Path("no/such/file"), Path("a\0b"), Path()])
def test_what_cannot_be_read_is_refused(path):
    with pytest.raises(MissionError, match="cannot be read"):
        read_bounded(path, most_mb=1, remedy="Less")
