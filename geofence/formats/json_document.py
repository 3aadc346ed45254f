"""JSON from outside, parsed or refused with the place of the fault."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson

from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.formats.text import decode_text
from geofence.refusal import GeofenceError

_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"


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
            "the file is empty", place=source, remedy="Give a zone file with at least one polygon"
        )
    text = decode_text(content, source=source, log=log)
    try:
        return json.loads(text, object_pairs_hook=partial(_object, source=source))
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


def _object(members: list[tuple[str, Any]], *, source: str) -> dict[str, Any]:
    """Make an object of its members; JSON leaves open which one counts of two of a name."""
    made = dict(members)
    if len(made) < len(members):
        for name, value in members:
            if made[name] != value:
                raise GeofenceError(
                    f"an object says {show(name)} twice, {show(value)} and {show(made[name])}",
                    place=source,
                    remedy="Leave the wrong one out",
                )
    return made


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
