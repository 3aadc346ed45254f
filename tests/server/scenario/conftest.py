import textwrap
from pathlib import Path

import pytest

GALLERY = Path(__file__).parents[3] / "examples" / "scenarios"

PLAIN = """\
name: Up and down
duration_s: 120
vehicles:
  - name: alpha
    home: {lat_deg: 36.0925, lon_deg: 103.708, alt_amsl_m: 1520}
timeline:
  - at_s: 3
    vehicle: alpha
    operation: {operation: take_off, alt_rel_m: 10}
  - when: {event: operation_ended, where: {operation: take_off}}
    vehicle: alpha
    operation: {operation: land}
expectations:
  - seen: {event: took_off}
    vehicle: alpha
    before_s: 10
  - lands: {within_m: 1}
"""


@pytest.fixture
def write(tmp_path):
    """Write a scenario; `plain` with replacements, or a whole text."""

    def write(*replaced, text=PLAIN):
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "scenario.yaml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return write
