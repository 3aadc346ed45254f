"""Texts in one or several languages, as ED-318 lists them and ED-269 writes them plainly."""

from collections.abc import Mapping
from typing import Any

from geofence.formats.shown import show
from geofence.refusal import GeofenceError

NO_LANGUAGE = "und"
"""Undetermined (BCP 47): ED-318 demands a language, a plain text has none."""
_PREFERRED = ("zh", "en")


def texts_from(value: Any, name: str, deviations: list[str], *, place: str) -> list[dict[str, str]]:
    """Read a text or a list of texts; each becomes a `text` with its `lang`, where it has one.

    Raises
    ------
    GeofenceError
        For anything else.
    """
    if value is None or value in ("", []):
        return []
    texts = []
    for number, each in enumerate(value if isinstance(value, list | tuple) else [value]):
        text, lang = (
            (each.get("text"), each.get("lang") or "") if isinstance(each, Mapping) else (each, NO_LANGUAGE)
        )
        if isinstance(text, int | float) and not isinstance(text, bool):
            deviations.append(f"{name} is a number")
            text = str(text)
        if text is None and isinstance(each, Mapping):
            text = ""
        if not isinstance(text, str) or not isinstance(lang, str):
            raise GeofenceError(
                f"{name}[{number}] {show(each)} is not a text",
                place=place,
                remedy='Write {"text": "...", "lang": "en-GB"}',
            )
        if not lang:
            deviations.append(f"{name} has no lang")
        if text:
            texts.append({"text": text, "lang": lang or NO_LANGUAGE})
    return texts


def preferred_text(texts: list[dict[str, str]]) -> str:
    """Choose the text for our operators: Chinese, else English, else the first."""
    for language in _PREFERRED:
        for each in texts:
            if each["lang"].lower().startswith(language):
                return each["text"]
    return texts[0]["text"] if texts else ""


def is_plain(texts: list[dict[str, str]]) -> bool:
    """Whether a list of texts says no more than one plain text."""
    return len(texts) == 0 or (len(texts) == 1 and texts[0]["lang"] == NO_LANGUAGE)


def plain_or_texts(texts: list[dict[str, str]]) -> Any:
    """Give a list of texts as one plain text where that says as much."""
    return preferred_text(texts) if is_plain(texts) else texts


def texts_of(value: Any) -> list[dict[str, str]]:
    """Write a plain text or a list of texts as ED-318 lists them."""
    return [{"text": value, "lang": NO_LANGUAGE}] if isinstance(value, str) else list(value)
