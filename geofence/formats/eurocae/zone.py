"""What a zone says beside its shape, in the words of ED-318; ED-269 has nearly the same."""

import re
from collections.abc import Mapping
from typing import Any

from geofence.formats.eurocae.authority import authorities_from, plainly_said, said_authorities
from geofence.formats.eurocae.schedule import applicability_from_periods, periods_of_applicability
from geofence.formats.eurocae.texts import is_plain, plain_or_texts, preferred_text, texts_from, texts_of
from geofence.formats.eurocae.words import EMPTY, causes_from, meaning_of, reasons_of, word_of
from geofence.refusal import GeofenceError
from geofence.zone import Zone, ZoneKind

NO_COUNTRY = "ZZZ"
"""Left to users by ISO 3166. Both formats demand a country; a zone need not have one."""
EXTENDED = "extendedProperties"
OWN = "feiying"
"""The member of it that keeps what the format cannot say, see `extension`."""
_KEPT_WORDS = (
    "country",
    "variant",
    "region",
    "restrictionConditions",
    "regulationExemption",
    "uSpaceClass",
    "dataSource",
)
"""Properties of a zone under their own names."""
_READ_WORDS = (
    "identifier",
    "name",
    "type",
    "reason",
    "otherReasonInfo",
    "message",
    "zoneAuthority",
    "limitedApplicability",
)
_LEFT_OVER = ("identifier", "restriction", "otherReasonInfo", "zoneAuthority", "name_texts", "message_texts")
"""Properties that keep what the fields of a zone cannot."""
_COUNTRY = re.compile(r"^[A-Z]{3}$")


def fields_from_said(
    said: Mapping[str, Any],
    deviations: list[str],
    *,
    zone_id: str,
    identifier: str,
    place: str,
    called: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Read the fields of a `Zone` but its id, volumes, version and source.

    Parameters
    ----------
    said : mapping
        Under the names of ED-318. Not trusted.
    deviations : list of str
        Takes what is not as the format demands.
    zone_id, identifier : str
        Differ where a file has the same identifier twice.
    place : str
    called : mapping of str to str, optional
        The names of a format that has others, for refusals.

    Raises
    ------
    GeofenceError
        Names the member that cannot be understood.
    """
    if any(name in said and said[name] in (None, "", []) for name in (*_READ_WORDS, *_KEPT_WORDS)):
        deviations.append(EMPTY)
    names_there = {name: name for name in _READ_WORDS} | dict(called or {})
    word, kind, severity = meaning_of(said.get("type"), names_there["type"], deviations, place=place)
    names, messages, other_reasons = (
        texts_from(said.get(name), name, deviations, place=place)
        for name in ("name", "message", "otherReasonInfo")
    )
    authorities, said_authority = authorities_from(
        said.get("zoneAuthority"), "zoneAuthority", deviations, place=place
    )
    others = _other_properties(said)
    known = {
        name: value
        for name in _KEPT_WORDS
        if (value := others.pop(name, said.get(name))) not in (None, "", [])
        and (name, value) != ("country", NO_COUNTRY)
    }
    kept = {
        "identifier": identifier if identifier != zone_id else None,
        "restriction": word if kind is ZoneKind.ADVISORY and word != "NO_RESTRICTION" else None,
        "otherReasonInfo": plain_or_texts(other_reasons) or None,
        "zoneAuthority": said_authority if said_authority != plainly_said(authorities) else None,
        "name_texts": None if is_plain(names) else names,
        "message_texts": None if is_plain(messages) else messages,
    }
    return {
        "name": preferred_text(names) or zone_id,
        "kind": kind,
        "stated_severity": severity,
        "causes": causes_from(said.get("reason"), "reason", deviations, place=place),
        "message": preferred_text(messages),
        "authorities": authorities,
        "applicability": applicability_from_periods(
            said.get("limitedApplicability"),
            names_there["limitedApplicability"],
            deviations,
            place=place,
        ),
        "properties": {
            **known,
            **{name: value for name, value in kept.items() if value is not None},
            **others,
        },
    }


def said_of_zone(
    zone: Zone, *, identifier: str, also_reason: str, text_length: int, with_languages: bool
) -> dict[str, Any]:
    """Say a zone beside its shape under the names of ED-318.

    Parameters
    ----------
    zone : Zone
    identifier : str
    also_reason : str
        The reason that only this format knows.
    text_length : int
        The most letters of a text; a longer one is cut.
    with_languages : bool
        Whether the format knows languages and events of daylight (ED-318), or neither (ED-269).
    """
    kept = zone.properties
    country, variant = kept.get("country"), kept.get("variant")
    said: dict[str, Any] = {
        "identifier": identifier,
        "country": country if isinstance(country, str) and _COUNTRY.match(country) else NO_COUNTRY,
    }
    texts = {
        "name": _texts(kept.get("name_texts"), zone.name if zone.name != zone.zone_id else ""),
        "message": _texts(kept.get("message_texts"), zone.message),
        "otherReasonInfo": _texts(kept.get("otherReasonInfo"), None),
    }
    for name, found in texts.items():
        cut = [{**each, "text": _cut(each["text"], text_length)} for each in found]
        if cut:
            said[name] = cut if with_languages else preferred_text(cut)
    said |= {
        "type": _word(zone, kept.get("restriction")),
        "variant": variant if variant in ("COMMON", "CUSTOMIZED") else "COMMON",
    }
    region, exemption, conditions = (
        kept.get(name) for name in ("region", "regulationExemption", "restrictionConditions")
    )
    if isinstance(region, int) and not isinstance(region, bool):
        said["region"] = region
    if isinstance(exemption, str) and exemption.upper() in ("YES", "NO"):
        said["regulationExemption"] = exemption.upper()
    if conditions:
        said["restrictionConditions"] = conditions
    data_source = kept.get("dataSource")
    if isinstance(data_source, Mapping) and isinstance(data_source.get("originator", {}), Mapping):
        said["dataSource"] = data_source
    if zone.causes:
        said["reason"] = reasons_of(zone.causes, also_reason)
    said["zoneAuthority"] = said_authorities(
        zone.authorities, kept.get("zoneAuthority"), with_languages=with_languages
    )
    periods = periods_of_applicability(zone.applicability, with_events=with_languages)
    if periods:
        said["limitedApplicability"] = periods
    others = {name: value for name, value in kept.items() if name not in said and name not in _LEFT_OVER}
    if others:
        said[EXTENDED] = others
    return said


def _other_properties(said: Mapping[str, Any]) -> dict[str, Any]:
    """Give what neither format knows; members of `extendedProperties` stay there where a name is taken."""
    known = {*_READ_WORDS, *_KEPT_WORDS, *_LEFT_OVER, EXTENDED}
    others = {name: value for name, value in said.items() if name not in known}
    extended = said.get(EXTENDED)
    if not isinstance(extended, Mapping):
        return {**others, EXTENDED: extended} if extended else others
    taken = {*said, *_READ_WORDS, *_LEFT_OVER}
    nested = {name: value for name, value in extended.items() if name in taken}
    free = {name: value for name, value in extended.items() if name not in taken and name != OWN}
    return {**others, **free, **({EXTENDED: nested} if nested else {})}


def _texts(kept: Any, field: str | None) -> list[dict[str, str]]:
    """Give the texts that were kept, as long as they still say what the field does, else the field's."""
    try:
        texts = texts_from(kept, "", [], place="")
    except GeofenceError:
        texts = []
    if field is None or (texts and preferred_text(texts) == field):
        return texts
    return texts_of(field) if field else []


def _word(zone: Zone, kept: Any) -> str:
    if kept is not None:
        try:
            word, kind, severity = meaning_of(kept, "", [], place="")
            if (kind, severity) == (zone.kind, zone.stated_severity):
                return word
        except GeofenceError:
            pass
    return word_of(zone.kind, zone.severity)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
