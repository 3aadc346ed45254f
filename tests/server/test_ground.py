from pathlib import Path
from typing import Any

import orjson
import pytest

from server.errors import SettingsError
from server.example import example_folder
from server.ground import read_ground

RING = [[103.70, 36.09], [103.71, 36.09], [103.71, 36.10], [103.70, 36.09]]


def feature(surface: Any, kind: str, coordinates: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"surface": surface},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def test_the_examples_ground_is_read() -> None:
    ground = orjson.loads(read_ground(example_folder() / "ground.geojson"))
    assert {feature["properties"]["surface"] for feature in ground["features"]} >= {
        "water",
        "building",
        "road",
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"features": [1]}',
        orjson.dumps({"features": [feature("lava", "Polygon", [RING])]}),
        orjson.dumps({"features": [feature("water", "Point", RING[0])]}),
        orjson.dumps({"features": [feature("water", "Polygon", RING)]}),
        orjson.dumps({"features": [feature(["water"], "LineString", [[0, 91], [0, 0]])]}),
        orjson.dumps({"features": [feature("road", "LineString", [["a", "b"], [0, 0]])]}),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ground.geojson"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"ground\.geojson"):
        read_ground(path)


def test_a_missing_ground_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_ground(tmp_path / "none.geojson")
