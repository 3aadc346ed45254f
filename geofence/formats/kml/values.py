"""Properties as the texts of KML's ExtendedData.

A text stands as it is. Anything else, and a text that could be taken for something else or that XML cannot hold, is
written as JSON; a text is read as JSON where writing what it says gives that same text, and as itself otherwise.
"""

import json
import re
from typing import Any

import orjson

from geofence.formats.zone_properties import limit_from_text, own_name
from geofence.refusal import GeofenceError

_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fits_xml(text: str) -> bool:
    """Whether a text comes back from XML as it is, white space at its ends left out."""
    return text == text.strip() and _NOT_IN_XML.search(text) is None


def text_of_value(name: str, value: Any) -> str:
    """Write the value of a property.

    Raises
    ------
    GeofenceError
        Where it cannot be said in JSON.
    """
    if isinstance(value, str) and fits_xml(value) and value_of_text(name, value) == value:
        return value
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        orjson.dumps(value)
        return text if fits_xml(text) else json.dumps(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise GeofenceError(f"the property {name} cannot be written ({error})") from None


def value_of_text(name: str, text: str) -> Any:
    """Read the value of a property; a limit of altitude is a number however it is written."""
    text = text.strip()
    limit = limit_from_text(own_name(name) or name, text)
    if isinstance(limit, float):
        return limit
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        orjson.dumps(value)  # what it cannot write, such as a number of thirty digits, stays a text
        is_json = text in (json.dumps(value), json.dumps(value, ensure_ascii=False))
    except (ValueError, TypeError, RecursionError):
        return text
    return value if is_json else text


def name_to_write(name: str) -> str:
    """Write the name of a property into an attribute."""
    is_plain = fits_xml(name) and name.isprintable() and not name.startswith('"')
    return name if is_plain else json.dumps(name)


def name_to_read(text: str) -> str:
    """Read the name of a property."""
    value = value_of_text("", text) if text.startswith('"') else text
    return value if isinstance(value, str) else text


def are_texts(value: Any) -> bool:
    """Whether a value is a list of at least one text."""
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(each, str) for each in value)


def _refuse_constant(text: str) -> Any:
    raise ValueError(text)
