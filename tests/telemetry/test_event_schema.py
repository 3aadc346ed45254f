"""What is said of events is what they are."""

from pathlib import Path

import orjson

from telemetry.event_schema import document_of, event_classes, event_of, schema_page
from telemetry.events import BreachPredicted, ParametersChanged

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


def test_the_page_of_events_is_up_to_date():
    assert PAGE.read_text("utf-8") == schema_page(), "write it anew: python -m telemetry.event_schema"
    assert all(event_class.__doc__ for event_class in event_classes())


def test_events_are_plain_data():
    event = ParametersChanged(
        time_s=1.5, vehicle_id="1-1", purpose="return", changes={"RTL_ALT": (0.0, 30.0)}
    )
    assert orjson.loads(orjson.dumps(document_of(event))) == {
        "v": 1,
        "kind": "parameters_changed",
        "time_s": 1.5,
        "vehicle_id": "1-1",
        "purpose": "return",
        "changes": {"RTL_ALT": [0.0, 30.0]},
        "who": "",
        "why": "",
    }
    assert BreachPredicted in event_classes()
    assert event_of({**document_of(event), "later": 1}) == event
    assert event_of({"kind": "of another version", "time_s": 1.0}) is None
    assert event_of({"kind": "mode_changed", "time_s": 1.0}) is None
