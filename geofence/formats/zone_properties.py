"""The words and numbers that say what a zone means, as files write them."""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.formats.repair_log import RepairLog
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind

FOOT_M = 0.3048
_SAME_M = 1.0
"""A limit in metres and one in feet that differ by less are one, rounded."""

_KIND_WORDS: dict[ZoneKind, tuple[str, ...]] = {
    ZoneKind.INCLUSION: (
        "inclusion",
        "include",
        "included",
        "keep_in",
        "allowed",
        "适飞",
        "适飞区",
        "适飞空域",
        "可飞区",
        "允许飞行",
        "允许飞行区",
    ),
    ZoneKind.EXCLUSION: (
        "exclusion",
        "exclude",
        "excluded",
        "no_fly",
        "no_fly_zone",
        "nfz",
        "keep_out",
        "forbidden",
        "prohibited",
        "prohibited_area",
        "restricted",
        "restricted_area",
        "danger_area",
        "req_authorisation",
        "req_authorization",
        "conditional",
        "禁飞",
        "禁飞区",
        "禁飞区域",
        "禁止飞行区",
        "限飞",
        "限飞区",
        "限制区",
        "危险区",
        "管制空域",
    ),
    ZoneKind.ADVISORY: (
        "advisory",
        "advice",
        "warning",
        "caution",
        "uspace",
        "no_restriction",
        "information",
        "提示",
        "警示",
        "提示区",
        "警示区",
    ),
}

_DATUM_WORDS: dict[AltitudeDatum, tuple[str, ...]] = {
    AltitudeDatum.AGL: ("agl", "ground"),
    AltitudeDatum.REL: ("rel", "relative", "home"),
    AltitudeDatum.AMSL: ("amsl", "msl"),
    AltitudeDatum.ELLIPSOID: ("ellipsoid", "wgs84"),
}


UNITLESS_LIMITS = {
    **dict.fromkeys(("floor", "lower_limit", "min_alt", "min_altitude", "下限"), "floor_m"),
    **dict.fromkeys(("ceiling", "upper_limit", "max_alt", "max_altitude", "上限", "限高"), "ceiling_m"),
}
"""Names that mean a limit but not in metres for certain; passing them over would lift the limit."""

BAND_WORDS = ("floor_m", "ceiling_m", "datum", "ceiling_datum")
LIMIT_WORDS = ("floor_ft", "ceiling_ft", *UNITLESS_LIMITS)
KIND_NAMES = ("kind", "zone_type", "type")
"""Properties that may say the kind, the surest first; the last is everybody's word."""
_NUMERIC_LIMITS = frozenset(("floor_m", "ceiling_m", *LIMIT_WORDS))
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d*)?", re.ASCII)
_CHINESE_TYPES = ("类型", "类别", "性质", "区域类型", "空域类型")
_STRICTEST_FIRST = (ZoneKind.EXCLUSION, ZoneKind.ADVISORY, ZoneKind.INCLUSION)


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter not in "-_" and not letter.isspace())


_KINDS = {_plain(word): kind for kind, words in _KIND_WORDS.items() for word in words}
_DATUMS = {_plain(word): datum for datum, words in _DATUM_WORDS.items() for word in words}
_OWN_NAMES = {
    _plain(word): word
    for word in (*KIND_NAMES, *BAND_WORDS, *LIMIT_WORDS, "severity", "action", "applicability")
} | dict.fromkeys(_CHINESE_TYPES, "type")


@lru_cache(maxsize=4096)
def own_name(name: str) -> str | None:
    """Give the word of ours that the name of a property stands for, where it says what is forbidden: `Ceiling-M` is `ceiling_m`."""
    return _OWN_NAMES.get(_plain(name))


def in_own_names(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Give properties also under our own names where they only have one that stands for it."""
    found = {
        own: value
        for name, value in properties.items()
        if value is not None and (own := own_name(name)) is not None and properties.get(own) is None
    }
    return {**properties, **found}


def kind_of_word(word: Any) -> ZoneKind | None:
    """Give the kind that a word names, also in the plural, or None."""
    if not isinstance(word, str):
        return None
    plain = _plain(word)
    return _KINDS.get(plain) or _KINDS.get(plain.removesuffix("s"))


def kind_from_properties(
    properties: Mapping[str, Any], *, unsaid: ZoneKind, place: str, log: RepairLog
) -> ZoneKind:
    """Read the kind of a zone, where it says one.

    Parameters
    ----------
    properties : mapping
    unsaid : ZoneKind
        What a zone of this format is that says none, unless the log knows better; told once for the file.
    place : str
    log : RepairLog

    Raises
    ------
    GeofenceError
        For a word that is not known, and for what may be a forbidden zone and would be taken for an allowed one.
    """
    stated = stated_kind(properties, place=place)
    if stated is not None:
        return stated
    if log.unsaid_kind is not None:
        return log.unsaid_kind
    for name, value in properties.items():
        if unsaid is ZoneKind.INCLUSION and kind_of_word(value) is ZoneKind.EXCLUSION:
            raise GeofenceError(
                f"{name} {_quote(value)} sounds like a zone where flight is forbidden, and the kind is not said",
                place=place,
                remedy="Write it as kind, or give --kind",
            )
    log.note_once(
        RepairCode.VALUE,
        f"the kind is not said, here first: such zones are taken for {unsaid.value} zones; write it as kind, or give "
        "--kind",
        place=place,
    )
    return unsaid


def stated_kind(properties: Mapping[str, Any], *, place: str) -> ZoneKind | None:
    """Give what `kind` and `zone_type` say, else `type` or its like; None where they say nothing.

    A `type` that names no kind of zone is taken for something else's, as the word is everybody's.

    Raises
    ------
    GeofenceError
        For a word that is not known, and for two that contradict each other.
    """
    stated: dict[str, ZoneKind] = {}
    loose: list[ZoneKind] = []
    for name, value in properties.items():
        own = own_name(name)
        if own not in KIND_NAMES or value is None:
            continue
        kind = kind_of_word(value)
        if own != "type":
            if kind is None:
                raise GeofenceError(
                    f"{name} {_quote(value)} is not a kind of zone",
                    place=place,
                    remedy=_accepted(_KIND_WORDS),
                )
            stated[name] = kind
        elif kind is not None:
            loose.append(kind)
            if kind is ZoneKind.EXCLUSION:
                stated[name] = kind
    if not any(own_name(name) != "type" for name in stated):
        return min(loose, key=_STRICTEST_FIRST.index, default=None)
    if len(set(stated.values())) > 1:
        said = " and ".join(f"{name} {kind.value}" for name, kind in stated.items())
        raise GeofenceError(
            f"its kinds contradict each other: {said}", place=place, remedy="Leave the wrong one out"
        )
    return next(iter(stated.values()))


def band_from_properties(properties: Mapping[str, Any], *, place: str) -> AltitudeBand:
    """Read `floor_m`, `ceiling_m`, `datum` and `ceiling_datum`; `floor_ft` and `ceiling_ft` count in feet.

    Raises
    ------
    GeofenceError
        For what is not a finite number, a floor that is not below the ceiling, an unknown datum, a limit without
        its unit or in two that disagree.
    """
    properties = in_own_names(properties)
    for name, meant in UNITLESS_LIMITS.items():
        if isinstance(properties.get(name), int | float) and properties.get(meant) is None:
            raise GeofenceError(
                f"{name} does not say that it is in metres", place=place, remedy=f"Write {meant}, in metres"
            )
    datum = _datum(properties, "datum", place=place) or AltitudeDatum.AGL
    ceiling_datum = _datum(properties, "ceiling_datum", place=place)
    floor_m = _altitude_m(properties, "floor", place=place)
    ceiling_m = _altitude_m(properties, "ceiling", place=place)
    try:
        return AltitudeBand(floor_m, ceiling_m, datum, ceiling_datum)
    except GeofenceError as refusal:
        raise GeofenceError(refusal.what, place=place, remedy=refusal.remedy) from None


def band_from_words(words: Any, *, place: str) -> AltitudeBand:
    """Read the band of one volume, which is an object of `floor_m`, `ceiling_m`, `datum` and `ceiling_datum` alone.

    Raises
    ------
    GeofenceError
        As `band_from_properties`, and for any other member: it might be a limit that is not read.
    """
    members = words if isinstance(words, Mapping) else {"floor_m": words}
    for name in members:
        if own_name(name) not in (*BAND_WORDS, *LIMIT_WORDS):
            raise GeofenceError(
                f"{name} {_quote(members[name])} is not known",
                place=place,
                remedy=f"Known are {', '.join(BAND_WORDS)}",
            )
    return band_from_properties(members, place=place)


def band_of_zone(properties: Mapping[str, Any], *, zone_id: str, place: str, log: RepairLog) -> AltitudeBand:
    """Read the band of a zone as `band_from_properties` does, and tell where it does not say what it counts from."""
    band = band_from_properties(properties, place=place)
    if in_own_names(properties).get("datum") is None and (band.floor_m or band.ceiling_m):
        log.note(
            RepairCode.VALUE,
            "datum is missing: altitudes are counted from the ground",
            zone_id=zone_id,
            place=place,
        )
    return band


def limit_from_text(name: str, text: str) -> float | str:
    """Read a limit of altitude from a format whose values are texts; any other text stays one."""
    is_limit = name in _NUMERIC_LIMITS and _NUMBER.fullmatch(text.strip()) is not None
    return float(text) if is_limit else text


def _datum(properties: Mapping[str, Any], name: str, *, place: str) -> AltitudeDatum | None:
    word = properties.get(name)
    if word is None:
        return None
    datum = _DATUMS.get(_plain(word)) if isinstance(word, str) else None
    if datum is None:
        raise GeofenceError(
            f"{name} {_quote(word)} is not an altitude datum", place=place, remedy=_accepted(_DATUM_WORDS)
        )
    return datum


def _altitude_m(properties: Mapping[str, Any], limit: str, *, place: str) -> float | None:
    limit_m = _number(properties, f"{limit}_m", "metres", place=place)
    limit_ft = _number(properties, f"{limit}_ft", "feet", place=place)
    if limit_ft is None:
        return limit_m
    converted_m = round(limit_ft * FOOT_M, 6)
    if limit_m is not None and abs(limit_m - converted_m) > _SAME_M:
        raise GeofenceError(
            f"{limit}_m {limit_m:g} and {limit}_ft {limit_ft:g} disagree",
            place=place,
            remedy=f"Leave {limit}_ft out",
        )
    return converted_m if limit_m is None else limit_m


def _number(properties: Mapping[str, Any], name: str, unit: str, *, place: str) -> float | None:
    value = properties.get(name)
    if value is None:
        return None
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and -1e6 < value < 1e6
        and math.isfinite(value)
    ):
        return float(value)
    raise GeofenceError(
        f"{name} {_quote(value)} is not an altitude",
        place=place,
        remedy=f"Write {name} as a plain number of {unit}",
    )


def _accepted(words: Mapping[Any, tuple[str, ...]]) -> str:
    return "Accepted are " + "; ".join(", ".join(group) for group in words.values())


def _quote(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else f'"{value[:37]}..."'
    if isinstance(value, float | bool | None):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else "of more than 19 digits"
    return f"of type {type(value).__name__}"
