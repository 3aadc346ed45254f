"""Everything a zone says beside its shape, as properties of our own GeoJSON.

    name, kind          always
    floor_m, ceiling_m  the band, with datum and ceiling_datum
    severity, action    where they are stated
    causes              a list of words
    message             for the operator
    authorities         a list of objects: name, purpose, service, contact, email, phone, url, interval_before
    applicability       when it holds, see `applicability_words`
    version, source     of the publication

Every other property is somebody else's and comes back as it was. One that another format called by a word of ours is
said within `foreign`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Any, TypeVar

from geofence.altitude_band import UNBOUNDED, AltitudeBand
from geofence.formats.applicability_words import applicability_from_words, words_of_applicability
from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.formats.unread_words import judge_unread, may_be_limit, sounds_like_limit
from geofence.formats.zone_properties import (
    BAND_WORDS,
    LIMIT_WORDS,
    in_own_names,
    kind_from_properties,
    kind_of_word,
    own_name,
)
from geofence.refusal import GeofenceError
from geofence.zone import Authority, Zone, ZoneAction, ZoneKind, ZoneSeverity

OWN_WORDS = (
    "name",
    "kind",
    *BAND_WORDS,
    "severity",
    "action",
    "causes",
    "message",
    "authorities",
    "applicability",
    "version",
    "source",
)
_TEXT_WORDS = ("message", "version", "source")
FOREIGN = "foreign"
"""The property that keeps what is called by a word of ours and means something else."""
_TAKEN_WORDS = frozenset((*OWN_WORDS, *LIMIT_WORDS, "zone_type", FOREIGN))
_AUTHORITY_WORDS = tuple(field.name for field in fields(Authority))
_Word = TypeVar("_Word", bound=StrEnum)


def own_properties(zone: Zone, band: AltitudeBand | None) -> dict[str, Any]:
    """Say all of a zone but its id and shape.

    Parameters
    ----------
    zone : Zone
    band : AltitudeBand or None
        Of all its volumes; None where each says its own.
    """
    stated = {name: words for name, words in _stated(zone).items() if words}
    foreign = {word: value for word, value in zone.properties.items() if _is_taken(word, value, stated)}
    return {
        **{word: value for word, value in zone.properties.items() if word not in foreign},
        **({FOREIGN: foreign} if foreign else {}),
        "name": zone.name,
        "kind": zone.kind.value,
        **band_words(band or UNBOUNDED),
        **stated,
    }


def band_words(band: AltitudeBand) -> dict[str, Any]:
    """Say a band; `ceiling_datum` only where it differs."""
    words: dict[str, Any] = {
        "floor_m": band.floor_m,
        "ceiling_m": band.ceiling_m,
        "datum": band.datum.value,
    }
    return words if band.ceiling_datum is None else {**words, "ceiling_datum": band.ceiling_datum.value}


def fields_from_properties(
    properties: Mapping[str, Any], *, unsaid_kind: ZoneKind, zone_id: str, place: str, log: RepairLog
) -> dict[str, Any]:
    """Read the fields of a `Zone` but its id and volumes.

    Parameters
    ----------
    properties : mapping
    unsaid_kind : ZoneKind
        Of a zone that does not say it; see `kind_from_properties`.
    zone_id, place : str
    log : RepairLog

    Raises
    ------
    GeofenceError
        Names the property that cannot be understood.
    """
    name = properties.get("name")
    texts = {word: properties.get(word) for word in _TEXT_WORDS}
    found = {word: text for word, text in texts.items() if isinstance(text, str) and text}
    others = {
        word: value
        for word, value in properties.items()
        # A text of ours that is no text is somebody else's word; a limit in feet has become one in metres.
        if word not in (*OWN_WORDS, "floor_ft", "ceiling_ft")
        or (word in texts and word not in found and value is not None)
    }
    foreign = others.get(FOREIGN)
    if isinstance(foreign, Mapping) and foreign and all(map(_reads_as_ours, foreign)):
        del others[FOREIGN]
        others.update(foreign)
    said = in_own_names(properties)
    kind = kind_from_properties(properties, unsaid=unsaid_kind, place=place, log=log)
    judge_unread(properties, kind=kind, zone_id=zone_id, place=place, log=log)
    return {
        "name": name if isinstance(name, str) and name.strip() else zone_id,
        "kind": kind,
        "stated_severity": _word(said, "severity", ZoneSeverity, place=place),
        "stated_action": _word(said, "action", ZoneAction, place=place),
        "causes": _causes(properties.get("causes"), place=place),
        "authorities": _authorities(properties.get("authorities"), place=place),
        "applicability": applicability_from_words(said.get("applicability"), place=place),
        **found,
        "properties": others,
    }


def _is_taken(word: str, value: Any, stated: Mapping[str, Any]) -> bool:
    """Whether a property must not be said under its own name, lest it be read as ours or taken for a limit."""
    if word in _TEXT_WORDS:
        return word in stated or isinstance(value, str) or value is None
    if own_name(word) == "type":
        return kind_of_word(value) is not None
    return _is_ours(word) or may_be_limit(word, value)


def _reads_as_ours(word: str) -> bool:
    return _is_ours(word) or own_name(word) == "type" or sounds_like_limit(word)


def _is_ours(word: str) -> bool:
    return word in _TAKEN_WORDS or own_name(word) in _TAKEN_WORDS


def _stated(zone: Zone) -> dict[str, Any]:
    return {
        "severity": zone.stated_severity and zone.stated_severity.value,
        "action": zone.stated_action and zone.stated_action.value,
        "causes": list(zone.causes),
        "message": zone.message,
        "authorities": [_authority_words(authority) for authority in zone.authorities],
        "applicability": words_of_applicability(zone.applicability),
        "version": zone.version,
        "source": zone.source,
    }


def _authority_words(authority: Authority) -> dict[str, str]:
    return {"name": authority.name} | {word: text for word, text in asdict(authority).items() if text}


def _word(properties: Mapping[str, Any], name: str, words: type[_Word], *, place: str) -> _Word | None:
    value = properties.get(name)
    if value is None:
        return None
    try:
        return words(value.strip().lower() if isinstance(value, str) else value)
    except ValueError:
        raise GeofenceError(
            f"{name} {show(value)} is not known", place=place, remedy=f"Accepted are {', '.join(words)}"
        ) from None


def _causes(value: Any, *, place: str) -> tuple[str, ...]:
    causes = [value] if isinstance(value, str) else value or []
    if not isinstance(causes, list | tuple) or not all(isinstance(cause, str) for cause in causes):
        raise GeofenceError(
            f"causes {show(value)} is not a list of words",
            place=place,
            remedy='Write a list such as ["air_traffic", "nature"]',
        )
    return tuple(causes)


def _authorities(value: Any, *, place: str) -> tuple[Authority, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise GeofenceError(
            f"authorities {show(value)} is not a list", place=place, remedy="Give a list of objects"
        )
    return tuple(_authority(each, f"authorities[{number}]", place=place) for number, each in enumerate(value))


def _authority(value: Any, name: str, *, place: str) -> Authority:
    if not isinstance(value, Mapping):
        raise GeofenceError(f"{name} {show(value)} is not an object", place=place, remedy="Give an object")
    for word, text in value.items():
        if word not in _AUTHORITY_WORDS or not isinstance(text, str):
            fault = "is not known" if word not in _AUTHORITY_WORDS else "is not text"
            raise GeofenceError(f"{name}.{word} {fault}", place=place, remedy=_known_texts(_AUTHORITY_WORDS))
    return Authority(**{"name": "", **value})


def _known_texts(words: Iterable[str]) -> str:
    return f"Known are the texts {', '.join(words)}"
