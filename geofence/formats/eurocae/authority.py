"""Who answers for a zone, in the words of ED-269 and ED-318."""

from collections.abc import Mapping
from typing import Any

from geofence.formats.eurocae.texts import plain_or_texts, preferred_text, texts_from, texts_of
from geofence.formats.eurocae.words import EMPTY, role_of
from geofence.formats.shown import show
from geofence.refusal import GeofenceError
from geofence.zone import Authority

_TEXTS = {"name": "name", "service": "service", "contactName": "contact"}
"""In several languages; the rest is one text each."""
_PLAIN = {"email": "email", "phone": "phone", "siteURL": "url", "intervalBefore": "interval_before"}
_NAMES = _TEXTS | _PLAIN


def authorities_from(
    value: Any, name: str, deviations: list[str], *, place: str
) -> tuple[tuple[Authority, ...], list[dict[str, Any]]]:
    """Read `zoneAuthority`.

    Returns
    -------
    tuple of Authority
    list of dict
        What was said, without what is empty; more than the authorities hold, where it is not `plainly_said`.

    Raises
    ------
    GeofenceError
        Names the member that cannot be understood.
    """
    if value is None or value in ("", []):
        return (), []
    if isinstance(value, Mapping):
        deviations.append(f"{name} is not a list")
        value = [value]
    if not isinstance(value, list | tuple):
        raise GeofenceError(f"{name} {show(value)} is not a list", place=place, remedy="Give a list")
    authorities, said = [], []
    for number, each in enumerate(value):
        member = f"{name}[{number}]"
        if not isinstance(each, Mapping):
            raise GeofenceError(
                f"{member} {show(each)} is not an object", place=place, remedy="Give an object"
            )
        cleaned = {key: item for key, item in each.items() if item is not None and item not in ("", [])}
        if len(cleaned) < len(each):
            deviations.append(EMPTY)
        fields = {}
        for key, field in _TEXTS.items():
            texts = texts_from(cleaned.get(key), f"{member}.{key}", deviations, place=place)
            fields[field] = preferred_text(texts)
            if texts:
                cleaned[key] = plain_or_texts(texts)
            elif cleaned.pop(key, None) is not None:
                deviations.append(EMPTY)
        for key, field in _PLAIN.items():
            fields[field] = _plain(cleaned.get(key), f"{member}.{key}", deviations)
        purpose = cleaned.get("purpose")
        fields["purpose"] = purpose.strip().lower() if isinstance(purpose, str) else ""
        authorities.append(Authority(**fields))
        said.append(cleaned)
    return tuple(authorities), said


def plainly_said(authorities: tuple[Authority, ...]) -> list[dict[str, Any]]:
    """Say authorities with one text each, as ED-269 does; what is empty is left out."""
    return [
        {
            **({"purpose": role_of(authority)} if authority.purpose else {}),
            **{key: text for key, field in _NAMES.items() if (text := getattr(authority, field))},
        }
        for authority in authorities
    ]


def said_authorities(
    authorities: tuple[Authority, ...], kept: Any, *, with_languages: bool
) -> list[dict[str, Any]]:
    """Say authorities in the words of a format; at least one, as both demand.

    Parameters
    ----------
    authorities : tuple of Authority
    kept : Any
        What `authorities_from` gave besides; taken where it still says the same.
    with_languages : bool
        Whether texts are lists in several languages (ED-318), or one each (ED-269).
    """
    said = plainly_said(authorities) or [{}]
    if kept is not None:
        try:
            read, cleaned = authorities_from(kept, "", [], place="")
            if read == authorities and cleaned:
                said = cleaned
        except GeofenceError:
            pass
    for each in said:
        for key in _TEXTS:
            if key in each:
                texts = texts_of(each[key])
                each[key] = texts if with_languages else preferred_text(texts)
        for key in (*_PLAIN, "purpose"):
            if not isinstance(each.get(key, ""), str):
                del each[key]
        each["purpose"] = str(each.get("purpose", "")).upper() or "INFORMATION"
    return said


def _plain(value: Any, name: str, deviations: list[str]) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    deviations.append(f"{name} is not text")
    return ""
