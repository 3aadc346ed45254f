"""JSON from outside, parsed or refused with the place of the fault."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.formats.text import decode_text
from geofence.refusal import GeofenceError

_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"


@dataclass(frozen=True, slots=True)
class _Repeated:
    """An object in which a name stands twice, and what it is first said to be."""

    object: dict[str, Any]
    name: str
    value: Any


def sniffed_json(content: bytes) -> bytes:
    """Give a content for a look at its names, or nothing where it cannot be JSON."""
    start = content.lstrip(_BLANK)
    if start[:1] not in (b"{", b"["):
        return b""
    # UTF-16 and UTF-32 hold a zero byte or three for every plain letter.
    return start.replace(b"\x00", b"") if b"\x00" in content[:8] else start


def json_document(content: bytes, *, source: str, log: RepairLog) -> Any:
    """Parse a JSON document.

    Parameters
    ----------
    content : bytes
        Nothing about it is trusted.
    source : str
        Its name in refusals.
    log : RepairLog
        Told where it is not in UTF-8.

    Raises
    ------
    GeofenceError
        Where it is empty, no text, no JSON, or nested without end; names line and column.
    """
    if not content.strip(_BLANK):
        raise GeofenceError(
            "the file is empty", place=source, remedy="Give one with something in it, or export it again"
        )
    text = decode_text(content, source=source, log=log)
    repeated: list[_Repeated] = []
    try:
        document = json.loads(text, object_pairs_hook=partial(_object, repeated=repeated))
    except json.JSONDecodeError as error:
        raise GeofenceError(
            f"the JSON is broken at line {error.lineno}, column {error.colno} ({error.msg.lower()})",
            place=source,
            remedy="Mend the file there, or export it again",
        ) from None
    except RecursionError:
        raise GeofenceError(
            "the JSON is nested too deeply", place=source, remedy="Give plain GeoJSON"
        ) from None
    except ValueError:
        raise GeofenceError(
            "the JSON has a number of thousands of digits", place=source, remedy="Give plain GeoJSON"
        ) from None
    for found in repeated[:1]:
        path = _path_to(found.object, document)
        raise GeofenceError(
            f"{path or 'an object'} says {show(found.name)} twice, {show(found.value)} and "
            f"{show(found.object[found.name])}",
            place=source,
            remedy="Leave the wrong one out",
        )
    return document


def _object(members: list[tuple[str, Any]], *, repeated: list[_Repeated]) -> dict[str, Any]:
    """Make an object of its members; JSON leaves open which one counts of two of a name."""
    made = dict(members)
    if len(made) < len(members):
        for name, value in members:
            if made[name] != value:
                repeated.append(_Repeated(made, name, value))
                break
    return made


def _path_to(sought: dict[str, Any], document: Any) -> str:
    """Give the way to an object from the root of its document: `features[2].properties`."""
    pending: list[tuple[Any, str]] = [(document, "")]
    while pending:
        value, path = pending.pop()
        if value is sought:
            return path
        if isinstance(value, dict):
            pending += [(inner, f"{path}.{name}".removeprefix(".")) for name, inner in value.items()]
        elif isinstance(value, list):
            pending += [(inner, f"{path}[{number}]") for number, inner in enumerate(value)]
    return ""  # within what the repeated name replaced


def demand_writable(values: Mapping[str, Any], *, place: str) -> None:
    """Refuse what could not be written again: NaN, half a surrogate pair, 65-bit numbers, nesting without end.

    Raises
    ------
    GeofenceError
    """
    try:
        # The one refuses NaN, the other whole numbers that most readers of JSON would change.
        json.dumps(dict(values), allow_nan=False, ensure_ascii=False).encode()
        orjson.dumps(dict(values))
    except (ValueError, TypeError, RecursionError):
        raise GeofenceError(
            "a property is not finite, not text, a number of more than 64 bits or nested too deeply",
            place=place,
            remedy="Give plain JSON values",
        ) from None


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """Write a JSON document in UTF-8, one value a line.

    Raises
    ------
    GeofenceError
        Where a value cannot be said in JSON.
    """
    try:
        return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"
    except (ValueError, TypeError, RecursionError) as error:
        raise GeofenceError(f"cannot be written ({error})") from None
