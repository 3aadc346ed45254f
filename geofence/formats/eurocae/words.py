"""The closed words of ED-269 and ED-318 and what they mean to a zone."""

from typing import Any

from geofence.formats.shown import show
from geofence.refusal import GeofenceError
from geofence.zone import Authority, ZoneKind, ZoneSeverity

_MEANINGS: dict[str, tuple[ZoneKind, ZoneSeverity | None]] = {
    "PROHIBITED": (ZoneKind.EXCLUSION, ZoneSeverity.PROHIBITED),
    "REQ_AUTHORIZATION": (ZoneKind.EXCLUSION, ZoneSeverity.AUTHORISATION),
    "CONDITIONAL": (ZoneKind.EXCLUSION, ZoneSeverity.CONDITIONAL),
    "NO_RESTRICTION": (ZoneKind.ADVISORY, None),
    "USPACE": (ZoneKind.ADVISORY, None),
    "INFORMATION": (ZoneKind.ADVISORY, None),
}
AUTHORISATION = "REQ_AUTHORISATION"
"""What ED-269 writes for the REQ_AUTHORIZATION of ED-318."""
EMPTY = "members that say nothing are not left out"
"""The deviation that is likely to be in every zone of a file."""
_ROLES = ("AUTHORIZATION", "NOTIFICATION", "INFORMATION")
REASONS_OF_BOTH = (
    "AIR_TRAFFIC",
    "SENSITIVE",
    "PRIVACY",
    "POPULATION",
    "NATURE",
    "NOISE",
    "EMERGENCY",
    "OTHER",
)
"""ED-269 adds FOREIGN_TERRITORY, ED-318 DAR."""


def meaning_of(
    value: Any, name: str, deviations: list[str], *, place: str
) -> tuple[str, ZoneKind, ZoneSeverity | None]:
    """Read what a zone restricts; nothing said is taken for a prohibition.

    Returns
    -------
    str
        The word as ED-318 spells it.
    ZoneKind, ZoneSeverity or None

    Raises
    ------
    GeofenceError
        For a word that is not known.
    """
    if value is None or value == "":
        deviations.append(f"{name} is missing, PROHIBITED is taken")
        value = "PROHIBITED"
    word = value.strip().upper().replace(AUTHORISATION, "REQ_AUTHORIZATION") if isinstance(value, str) else ""
    if word not in _MEANINGS:
        raise GeofenceError(
            f"{name} {show(value)} is not a restriction",
            place=place,
            remedy=f"Accepted are {', '.join(_MEANINGS)}",
        )
    return word, *_MEANINGS[word]


def word_of(kind: ZoneKind, severity: ZoneSeverity) -> str:
    """Give the word of ED-318 for a zone; an inclusion restricts nothing."""
    if kind is not ZoneKind.EXCLUSION:
        return "NO_RESTRICTION"
    for word, meaning in _MEANINGS.items():
        if meaning == (kind, severity):
            return word
    return "PROHIBITED"


def causes_from(value: Any, name: str, deviations: list[str], *, place: str) -> tuple[str, ...]:
    """Read the reasons of a zone, in small letters.

    Raises
    ------
    GeofenceError
        For what is no word.
    """
    if value is None or value in ("", []):
        return ()
    if isinstance(value, str):
        deviations.append(f"{name} is not a list")
        value = [value]
    if not isinstance(value, list | tuple) or not all(isinstance(reason, str) for reason in value):
        raise GeofenceError(
            f"{name} {show(value)} is not a list of words",
            place=place,
            remedy=f"Accepted are {', '.join(REASONS_OF_BOTH)}",
        )
    return tuple(reason.strip().lower() for reason in value if reason.strip())


def reasons_of(causes: tuple[str, ...], also: str) -> list[str]:
    """Give the words for the causes of a zone; what has none is OTHER.

    Parameters
    ----------
    causes : tuple of str
    also : str
        The word that only this format knows.
    """
    known = (*REASONS_OF_BOTH, also)
    words = [cause.upper() if cause.upper() in known else "OTHER" for cause in causes]
    return list(dict.fromkeys(words))


def role_of(authority: Authority) -> str:
    """Give the purpose of an authority as one of the roles."""
    role = authority.purpose.upper()
    return role if role in _ROLES else "INFORMATION"
