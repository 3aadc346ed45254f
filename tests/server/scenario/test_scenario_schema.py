"""The schema in docs is that of the documents, and the gallery agrees with it."""

from pathlib import Path

from server.scenario.schema import schema_text

DOCS = Path(__file__).parents[3] / "docs"


def test_the_schema_in_docs_is_the_present_one():
    kept = (DOCS / "scenario.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(), "feiying scenario schema > docs/scenario.schema.json"
