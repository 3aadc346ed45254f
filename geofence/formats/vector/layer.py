"""One layer of a GeoPackage or Shapefile, as Features of our own GeoJSON."""

import contextlib
import math
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry import mapping
from shapely.geometry.polygon import orient

from geofence.crs import Crs
from geofence.formats.own_properties import OWN_WORDS
from geofence.formats.repair_log import RepairLog
from geofence.formats.vector.attribute_text import RAW, AttributeText
from geofence.formats.vector.reprojection import in_wgs84
from geofence.formats.zone_properties import KIND_NAMES, LIMIT_WORDS, limit_from_text, stated_kind
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind

_CUT_AT = 10
"""Characters of an attribute's name in a dBase table."""
_WORDS = ("id", "zone_id", *OWN_WORDS, *KIND_NAMES, *LIMIT_WORDS, "radius_m")
_WORD_OF_NAME = {
    **{word[:_CUT_AT]: word for word in _WORDS},
    **{word: word for word in _WORDS},
    **dict.fromkeys(("名称", "区域名称", "空域名称"), "name"),
    **dict.fromkeys(("编号", "编码"), "id"),
}
_JSON_WORDS = ("causes", "authorities", "applicability")


@dataclass(frozen=True, slots=True)
class VectorLayer:
    """A layer to be read.

    Parameters
    ----------
    content : bytes
        What GDAL is to open.
    name : str
        Of the layer in it.
    title : str
        Its name for people.
    place : str
        For refusals and repairs.
    shapefile : mapping of str to bytes, or None
        The parts of a Shapefile by suffix, whose texts must be decoded.
    """

    content: bytes
    name: str
    title: str
    place: str
    shapefile: Mapping[str, bytes] | None = None


@contextlib.contextmanager
def refusing(place: str) -> Iterator[None]:
    """Turn what GDAL raises into a refusal.

    Raises
    ------
    GeofenceError
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # that a file in memory has no suffix, that a ring runs the wrong way
            yield
    except (RuntimeError, ValueError, OverflowError, UnboundLocalError) as error:
        # pyogrio stumbles over its own variable where GDAL cannot say a coordinate system in words.
        said = "" if isinstance(error, UnboundLocalError) else " ".join(str(error).split())
        said = "it is no such file" if "/vsi" in said else said[:160].rstrip(".") or "it is broken"
        raise GeofenceError(f"cannot be read ({said})", place=place, remedy="Export the file again") from None


def features_of(layer: VectorLayer, *, crs: Crs | None, log: RepairLog) -> dict[int, dict[str, Any]]:
    """Read the features of a layer that have a shape, by their numbers in it.

    Parameters
    ----------
    layer : VectorLayer
    crs : Crs or None
        What degrees are counted in where the layer does not say its coordinate system.
    log : RepairLog
        Told of everything that is passed over.

    Raises
    ------
    GeofenceError
        Where the layer is broken, or its coordinate system not known.
    """
    from pyogrio.raw import read  # GDAL, which takes its time to load

    encoding = None if layer.shapefile is None else RAW
    with refusing(layer.place):
        meta, _, drawn, columns = read(
            layer.content, layer=layer.name, encoding=encoding, datetime_as_string=True
        )
    shapes = _shapes(drawn, place=layer.place, log=log)
    names, columns = list(map(str, meta["fields"])), [column.tolist() for column in columns]
    if layer.shapefile is not None:
        names, columns = _decoded(layer.shapefile, names, columns, place=layer.place, log=log)
    shapes = _in_wgs84(shapes, meta["crs"], crs, place=layer.place, log=log)
    words = _words_of(names)
    features: dict[int, dict[str, Any]] = {}
    named: Counter[str] = Counter()
    for number, shape in enumerate(shapes, start=1):
        values = {word: column[number - 1] for word, column in zip(words, columns, strict=True)}
        place = f"{layer.place}, feature {number}"
        properties = {word: _json_value(word, value) for word, value in values.items()}
        kept = {word: value for word, value in properties.items() if value is not None}
        if shape is None or shape.is_empty:
            _pass_over_shapeless(kept, place=place, log=log)
            continue
        geometry = _geometry(shape, values.get("radius_m"), place=place, log=log)
        if geometry is not None:
            feature = {"type": "Feature", "properties": kept, "geometry": geometry}
            if kept.get("id") is None and kept.get("zone_id") is None:
                # Names repeat, unlike ids.
                stem = str(kept.get("name") or f"zone-{number}")
                named[stem] += 1
                feature["id"] = stem if named[stem] == 1 else f"{stem} ({named[stem]})"
            features[number] = feature
    return features


def _shapes(drawn: NDArray[Any], *, place: str, log: RepairLog) -> NDArray[Any]:
    """Make shapes of well-known binary; rings that do not end where they start are closed."""
    shapes: NDArray[Any] = shapely.from_wkb(drawn, on_invalid="ignore")
    for number, content in enumerate(drawn):
        if content is None or shapes[number] is not None:
            continue
        feature_place = f"{place}, feature {number + 1}"
        shapes[number] = shapely.from_wkb(content, on_invalid="fix")
        if shapes[number] is None:
            raise GeofenceError("its shape is broken", place=feature_place, remedy="Draw the shape again")
        log.note(
            RepairCode.UNCLOSED_RING,
            "a ring does not end where it starts: it was closed by a straight edge",
            place=feature_place,
        )
    return shapes


def _decoded(
    parts: Mapping[str, bytes], names: list[str], columns: list[list[Any]], *, place: str, log: RepairLog
) -> tuple[list[str], list[list[Any]]]:
    texts = [value for column in columns for value in column if isinstance(value, str)]
    text = AttributeText(parts, [*names, *texts], place=place, log=log)
    decoded = [
        [text.decode(value) if isinstance(value, str) else value for value in column] for column in columns
    ]
    return [text.decode(name) for name in names], decoded


def _in_wgs84(
    shapes: NDArray[Any], stated: str | None, crs: Crs | None, *, place: str, log: RepairLog
) -> NDArray[Any]:
    if stated is None and crs is None:
        raise GeofenceError(
            "it does not say its coordinate system",
            place=place,
            remedy="Give the .prj file with it, or --crs wgs84, gcj02 or bd09 where its positions are degrees",
        )
    if stated is None:
        return shapes
    moved, note = in_wgs84(shapes, stated, place=place)
    if note:
        log.note(RepairCode.VALUE, note, place=place)
    return moved


def _words_of(names: list[str]) -> list[str]:
    """Give the words that names of attributes stand for; of two that stand for one the exact one has it."""
    words: list[str] = []
    for name in names:
        word = _WORD_OF_NAME.get(name.strip().lower(), name)
        is_taken = word in words or (word != name and word in names)
        words.append(name if is_taken else word)
    return words


def _pass_over_shapeless(properties: Mapping[str, Any], *, place: str, log: RepairLog) -> None:
    """Tell of a feature without a shape; only one that would have allowed flight may be left out.

    Raises
    ------
    GeofenceError
    """
    kind = stated_kind(properties, place=place) or log.unsaid_kind or ZoneKind.EXCLUSION
    if kind is not ZoneKind.INCLUSION:
        named = properties.get("name") or properties.get("id")
        raise GeofenceError(
            f"the {kind.value} zone{f' {named}' if named else ''} has no shape",
            place=place,
            remedy="Draw it, or delete the feature",
        )
    log.note(RepairCode.LOST, "the inclusion zone has no shape: it is passed over", place=place)


def _geometry(shape: Any, radius_m: Any, *, place: str, log: RepairLog) -> dict[str, Any] | None:
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise GeofenceError("a coordinate is not a finite number", place=place, remedy="Draw the shape again")
    if shape.geom_type == "Point" and isinstance(radius_m, int | float) and math.isfinite(radius_m):
        return {**mapping(shape), "extent": {"subType": "Circle", "radius": float(radius_m)}}
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        # The outlines of a Shapefile run clockwise by its own rule, those of GeoJSON the other way.
        parts = [orient(part) for part in shapely.get_parts(shape)]
        shape = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    if shape.geom_type in ("Polygon", "MultiPolygon", "GeometryCollection"):
        geometry: dict[str, Any] = mapping(shape)
        return geometry
    log.note(
        RepairCode.LOST,
        f"a {shape.geom_type} is no area: it is passed over; circles are points with an attribute radius_m",
        place=place,
    )
    return None


def _json_value(word: str, value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, bytes):
        return value.hex()
    if word in _JSON_WORDS and isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        with contextlib.suppress(orjson.JSONDecodeError):
            return orjson.loads(value)
    if isinstance(value, str):
        return limit_from_text(word, value) if value else None
    return value
