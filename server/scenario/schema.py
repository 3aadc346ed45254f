"""The JSON schema of scenario files; `feiying scenario schema` prints it."""

from typing import Any

import orjson

from server.scenario.scenario_body import ScenarioBody


def scenario_schema() -> dict[str, Any]:
    """Give the schema, made from the document itself."""
    schema = ScenarioBody.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A Feiying scenario",
    }


def schema_text() -> str:
    """Give it as it is kept in docs/scenario.schema.json."""
    return orjson.dumps(scenario_schema(), option=orjson.OPT_INDENT_2).decode() + "\n"
