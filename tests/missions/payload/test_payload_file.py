import json

import pytest

from geofence.latlon import LatLon
from missions.payload.action import (
    Face,
    Hover,
    LookAhead,
    LookAt,
    PitchGimbal,
    StartPictures,
    StopPictures,
    Switch,
)
from missions.payload.payload import Relay, Servo
from missions.payload.payload_file import payload_from_document, read_payload
from missions.payload.payload_orders import AreaOrder, PointOrder
from missions.refusal import MissionError

PLACE = {"lat_deg": 36.1, "lon_deg": 103.7}
CORNERS = [PLACE, {"lat_deg": 36.1, "lon_deg": 103.8}, {"lat_deg": 36.2, "lon_deg": 103.8}]
AT = LatLon(36.1, 103.7)


def test_all_that_can_be_said_is_read(tmp_path):
    actions = [
        "stop_pictures",
        "look_ahead",
        {"pictures_every_m": 12},
        {"pitch_deg": -45},
        {"look_at": PLACE, "alt_rel_m": 3},
        {"switch_on": "horn"},
        {"switch_off": "horn"},
        {"hover_s": 5},
        {"face_deg": 90},
    ]
    path = tmp_path / "payload.json"
    path.write_text(
        json.dumps(
            {
                "devices": {"horn": {"servo": 9}, "light": {"relay": 2}},
                "has_gimbal": False,
                "mass_kg": 0.5,
                "power_w": 10,
                "points": [{"position": PLACE, "actions": actions}],
                "areas": [
                    {"zone": "island", "actions": [{"switch_on": "light"}]},
                    {"corners": CORNERS, "actions": [{"switch_on": "horn"}]},
                ],
            }
        ),
        "utf-8",
    )
    orders = read_payload(path)
    assert orders.payload.devices == {"horn": Servo(9), "light": Relay(2)}
    assert (orders.payload.has_camera, orders.payload.has_gimbal) == (True, False)
    assert (orders.mass_kg, orders.power_w) == (0.5, 10.0)
    assert orders.points == (
        PointOrder(
            AT,
            (
                StopPictures(),
                LookAhead(),
                StartPictures(12.0),
                PitchGimbal(-45.0),
                LookAt(AT, 3.0),
                Switch("horn", is_on=True),
                Switch("horn", is_on=False),
                Hover(5.0),
                Face(90.0),
            ),
        ),
    )
    assert orders.areas[0] == AreaOrder("island", (Switch("light", is_on=True),))
    assert orders.areas[1].area == tuple(LatLon(**corner) for corner in CORNERS)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "the payload is missing or not an object"),
        ({"wings": 2}, "wings is not known"),
        ({"has_camera": 1}, "has_camera is 1"),
        ({"mass_kg": -1}, "mass_kg is -1"),
        ({"power_w": None}, "power_w is null"),
        ({"devices": {"horn": {}}}, "devices.horn names no output, or two"),
        ({"devices": {"horn": {"servo": 9, "relay": 1}}}, "devices.horn names no output, or two"),
        ({"devices": {"horn": {"relay": 1, "on_us": 1900}}}, "on_us is not known"),
        ({"devices": {"horn": {"servo": 9, "on_us": 100}}}, "is no servo output"),
        ({"devices": {"horn": {"relay": 17}}}, "there is no relay 17"),
        ({"points": [{"position": PLACE, "actions": []}]}, "points[0].actions is empty"),
        ({"points": [{"position": PLACE}]}, "points[0].actions is missing"),
        ({"points": [{"actions": ["take_picture"]}]}, "points[0].position is missing"),
        ({"points": [{"position": {"lat_deg": 0, "lon_deg": 0}, "actions": ["take_picture"]}]}, "is 0, 0"),
        (
            {"points": [{"position": {"lat_deg": 99, "lon_deg": 0}, "actions": ["take_picture"]}]},
            "is no position",
        ),
        ({"points": [{"position": PLACE, "actions": ["dance"]}]}, "is 'dance'"),
        ({"points": [{"position": PLACE, "actions": [{"dance": 1}]}]}, "Give one of take_picture"),
        ({"points": [{"position": PLACE, "actions": [{"hover_s": 5, "dance": 1}]}]}, "dance is not known"),
        (
            {"points": [{"position": PLACE, "actions": [{"hover_s": -5}]}]},
            "points[0].actions[0]: a hover of -5 s",
        ),
        ({"points": [{"position": PLACE, "actions": [{"switch_on": 3}]}]}, "Give one of take_picture"),
        ({"areas": [{"actions": ["take_picture"]}]}, "areas[0] names no area, or two"),
        ({"areas": [{"zone": 3, "actions": ["take_picture"]}]}, "areas[0].zone is 3"),
        ({"areas": [{"corners": CORNERS[:2], "actions": ["take_picture"]}]}, "areas[0].corners make no area"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(document, words):
    with pytest.raises(MissionError) as refused:
        payload_from_document(document, source="payload.json")
    assert words in str(refused.value)
    assert "payload.json" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000])
def test_no_json_is_refused(tmp_path, content):
    path = tmp_path / "payload.json"
    path.write_bytes(content)
    with pytest.raises(MissionError, match="cannot be read as JSON"):
        read_payload(path)
