"""The schema in docs is that of the documents, and the gallery agrees with it."""

from pathlib import Path

import pytest

from server.scenario.schema import schema_text
from server.scenario.world_body import WORLD_KEYS
from simulator.refusal import SimulatorError
from simulator.world.document.world_document import world_settings

DOCS = Path(__file__).parents[3] / "docs"


def test_the_schema_in_docs_is_the_present_one():
    kept = (DOCS / "scenario.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(), "feiying scenario schema > docs/scenario.schema.json"


def test_the_schema_names_all_keys_of_a_world():
    with pytest.raises(SimulatorError) as refused:
        world_settings({"origin": [36.0, 103.0], "qqqq": 1})
    known = set(refused.value.remedy.removeprefix("Known are ").split(", "))
    assert set(WORLD_KEYS) == known - {"starts", "seed"} | {"zones_file", "surfaces_file"}
