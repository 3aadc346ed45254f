"""The words and numbers that say what a zone means, as files write them."""

import math
from collections.abc import Mapping
from typing import Any

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.refusal import GeofenceError
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
        "允许飞行区",
    ),
    ZoneKind.EXCLUSION: (
        "exclusion",
        "exclude",
        "excluded",
        "no_fly",
        "no_fly_zone",
        "keep_out",
        "forbidden",
        "prohibited",
        "req_authorisation",
        "req_authorization",
        "conditional",
        "禁飞",
        "禁飞区",
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
    **dict.fromkeys(("floor", "lower_limit", "min_alt", "min_altitude"), "floor_m"),
    **dict.fromkeys(("ceiling", "upper_limit", "max_alt", "max_altitude"), "ceiling_m"),
}
"""Names that mean a limit but not in metres for certain; passing them over would lift the limit."""


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter not in "-_" and not letter.isspace())


_KINDS = {_plain(word): kind for kind, words in _KIND_WORDS.items() for word in words}
_DATUMS = {_plain(word): datum for datum, words in _DATUM_WORDS.items() for word in words}


def kind_from_properties(properties: Mapping[str, Any], *, place: str) -> ZoneKind:
    """Read the kind of a zone from `kind`, else `zone_type`, else `type`; a missing one is an inclusion.

    A `type` that names no kind of zone is taken for something else's, as the word is everybody's.

    Raises
    ------
    GeofenceError
        For a word that is not known.
    """
    for name in ("kind", "zone_type", "type"):
        value = properties.get(name)
        if value is None:
            continue
        kind = _KINDS.get(_plain(value)) if isinstance(value, str) else None
        if kind is None and name == "type":
            continue
        if kind is None:
            raise GeofenceError(
                f"{name} {_quote(value)} is not a kind of zone", place=place, remedy=_accepted(_KIND_WORDS)
            )
        return kind
    return ZoneKind.INCLUSION


def band_from_properties(properties: Mapping[str, Any], *, place: str) -> AltitudeBand:
    """Read `floor_m`, `ceiling_m`, `datum` and `ceiling_datum`; `floor_ft` and `ceiling_ft` count in feet.

    Raises
    ------
    GeofenceError
        For what is not a finite number, a floor that is not below the ceiling, an unknown datum, a limit without
        its unit or in two that disagree.
    """
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
