"""Cameras described in JSON files.

`{"name": "...", "sensor_mm": [17.3, 13.0], "image_px": [5280, 3956], "focal_length_mm": 12.29,
"shortest_interval_s": 0.7}`; the interval may be left out.
"""

import json
from pathlib import Path
from typing import Any

from missions.camera.camera import Camera
from missions.files.document_reader import DocumentReader
from missions.refusal import MissionError

_KEYS = {"name", "sensor_mm", "image_px", "focal_length_mm", "shortest_interval_s"}


def camera_from_document(document: Any, *, source: str) -> Camera:
    """Read a camera out of a JSON object.

    Raises
    ------
    MissionError
        Names the field at fault.
    """
    reader = DocumentReader(source, "Give what its data sheet says")
    values = reader.mapping(document, "the camera")
    unknown = sorted(set(values) - _KEYS)
    if unknown:
        raise reader.refuse(unknown[0], "is not known", f"Known are {', '.join(sorted(_KEYS))}")
    name = values.get("name", "")
    if not isinstance(name, str):
        raise reader.refuse("name", f"is {name!r}", "Give a text")
    sensor_width_mm, sensor_height_mm = reader.numbers(values.get("sensor_mm"), "sensor_mm", (2,))
    sides_px = reader.sequence(values.get("image_px"), "image_px")
    if len(sides_px) != 2:
        raise reader.refuse("image_px", f"holds {len(sides_px)} values", "Give width and height")
    width_px, height_px = (reader.whole(side, "image_px", 50_000) for side in sides_px)
    return Camera(
        name or source,
        sensor_width_mm,
        sensor_height_mm,
        width_px,
        height_px,
        reader.finite(values.get("focal_length_mm"), "focal_length_mm"),
        reader.finite(values.get("shortest_interval_s", 1.0), "shortest_interval_s"),
    )


def read_camera(path: Path) -> Camera:
    """Read a camera from a JSON file.

    Raises
    ------
    MissionError
        The file cannot be read, or describes no camera.
    """
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise MissionError(
            f"it cannot be read as JSON: {error}", place=str(path), remedy="Give a JSON object"
        ) from None
    return camera_from_document(document, source=str(path))
