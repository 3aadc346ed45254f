"""The ground that is drawn under the zones: water, green, blocks and streets, as the operator gives them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from server.errors import SettingsError

SURFACES = ("water", "sand", "green", "building", "road")
_DEPTHS = {"LineString": 1, "Polygon": 2, "MultiPolygon": 3}
"""How deep the positions of a geometry lie."""


def read_ground(path: Path) -> bytes:
    """Read a ground file: GeoJSON features whose property `surface` is one of `SURFACES`.

    Returns
    -------
    bytes
        The FeatureCollection in compact JSON, without what is not drawn.

    Raises
    ------
    SettingsError
        Naming the feature that cannot be drawn.
    """
    try:
        document = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"the ground cannot be read ({getattr(error, 'strerror', None) or error})",
            place=str(path),
            remedy="Give a GeoJSON file",
        ) from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise SettingsError(
            "the ground is no FeatureCollection",
            place=str(path),
            remedy="Give GeoJSON with a list of features",
        )
    drawn = [_feature(feature, f"{path}, feature {number}") for number, feature in enumerate(features, 1)]
    return orjson.dumps({"type": "FeatureCollection", "features": drawn})


def _feature(feature: Any, place: str) -> dict[str, Any]:
    try:
        surface = feature["properties"]["surface"]
        geometry = feature["geometry"]
        depth = _DEPTHS[geometry["type"]]
        are_positions = all(
            -180 <= lon_deg <= 180 and -90 <= lat_deg <= 90
            for lon_deg, lat_deg, *_ in _positions(geometry["coordinates"], depth)
        )
    except (KeyError, TypeError, ValueError):
        surface, are_positions = None, False
    if surface not in SURFACES or not are_positions:
        raise SettingsError(
            "this cannot be drawn as ground",
            place=place,
            remedy=f"Give a {', '.join(_DEPTHS)} in degrees with a property surface: {', '.join(SURFACES)}",
        )
    return {
        "type": "Feature",
        "properties": {"surface": surface},
        "geometry": {"type": geometry["type"], "coordinates": geometry["coordinates"]},
    }


def _positions(coordinates: list[Any], depth: int) -> Iterator[list[float]]:
    if depth == 0:
        yield coordinates
        return
    for member in coordinates:
        yield from _positions(member, depth - 1)
