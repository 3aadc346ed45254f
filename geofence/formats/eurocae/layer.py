"""Vertical limits in the words of EUROCAE ED-269 and ED-318.

Both know a lower and an upper limit, each with its reference, and one unit for both.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from geofence.altitude_band import UNBOUNDED, AltitudeBand, AltitudeDatum
from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.formats.zone_properties import FOOT_M
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind

_REFERENCES = {
    "AGL": AltitudeDatum.AGL,
    "GND": AltitudeDatum.AGL,
    "SFC": AltitudeDatum.AGL,
    "AMSL": AltitudeDatum.AMSL,
    "MSL": AltitudeDatum.AMSL,
    "WGS84": AltitudeDatum.ELLIPSOID,
    "W84": AltitudeDatum.ELLIPSOID,
}
_UNITS_M = {"M": 1.0, "FT": FOOT_M}
_NUMBER = re.compile(r"^[+-]?\d{1,6}(\.\d{1,9})?$")

LAYER_NAMES = ("lower", "lowerReference", "upper", "upperReference", "uom")
"""The names of ED-318."""


def band_from_layer(
    layer: Any,
    *,
    kind: ZoneKind,
    zone_id: str,
    place: str,
    log: RepairLog,
    names: tuple[str, str, str, str, str] = LAYER_NAMES,
) -> AltitudeBand:
    """Read a band; one that says nothing, e.g. 0 to 0, is one of all altitudes.

    Parameters
    ----------
    layer : Any
        Not trusted.
    kind : ZoneKind
        An inclusion of all altitudes would allow what nobody said: it is refused instead.
    zone_id, place : str
    log : RepairLog
    names : tuple of str
        What the format calls the lower limit, its reference, the upper limit, its reference, the unit.

    Raises
    ------
    GeofenceError
        Names the member that cannot be understood.
    """
    if not isinstance(layer, Mapping):
        raise GeofenceError(f"layer {show(layer)} is not an object", place=place, remedy="Give an object")
    lower_name, lower_reference, upper_name, upper_reference, unit_name = names
    lower, upper = (_limit(layer, name, place=place) for name in (lower_name, upper_name))
    unit_m = _unit_m(layer, unit_name, lower, upper, zone_id=zone_id, place=place, log=log)
    floor_datum = _datum(layer, lower_reference, lower, zone_id=zone_id, place=place, log=log)
    ceiling_datum = _datum(layer, upper_reference, upper, zone_id=zone_id, place=place, log=log)
    floor_m, ceiling_m = (None if limit is None else round(limit * unit_m, 6) for limit in (lower, upper))
    if floor_m is None and ceiling_m is not None:
        floor_datum = ceiling_datum
    if ceiling_m is None:
        ceiling_datum = floor_datum
    if floor_m is None or ceiling_m is None or floor_datum != ceiling_datum or floor_m < ceiling_m:
        return AltitudeBand(floor_m, ceiling_m, floor_datum, ceiling_datum)
    said = f"a band from {lower:g} to {upper:g} holds nothing"
    if kind is ZoneKind.INCLUSION:
        raise GeofenceError(said, place=place, remedy=f"Give a {lower_name} that is less than {upper_name}")
    log.note(RepairCode.VALUE, f"{said}: all altitudes are taken", zone_id=zone_id, place=place)
    return UNBOUNDED


def layer_of_band(band: AltitudeBand) -> dict[str, Any]:
    """Say a band in metres in the words of ED-318; what counts from home is said from the ground."""
    layer: dict[str, Any] = {}
    floor_datum, ceiling_datum = band.datums
    if band.ceiling_m is not None:
        layer |= {"upper": _whole(band.ceiling_m), "upperReference": _reference(ceiling_datum)}
    if band.floor_m is not None:
        layer |= {"lower": _whole(band.floor_m), "lowerReference": _reference(floor_datum)}
    return {**layer, "uom": "m"} if layer else {}


def _limit(layer: Mapping[str, Any], name: str, *, place: str) -> float | None:
    value = layer.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and _NUMBER.match(value.strip()):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and -1e6 < value < 1e6:
        return float(value)
    raise GeofenceError(
        f"{name} {show(value)} is not a limit", place=place, remedy=f"Write {name} as a plain number"
    )


def _unit_m(
    layer: Mapping[str, Any],
    name: str,
    lower: float | None,
    upper: float | None,
    *,
    zone_id: str,
    place: str,
    log: RepairLog,
) -> float:
    value = layer.get(name)
    if value is None or value == "":
        if any(limit not in (None, 0.0) for limit in (lower, upper)):
            log.note(RepairCode.VALUE, f"{name} is missing: metres are taken", zone_id=zone_id, place=place)
        return 1.0
    unit_m = _UNITS_M.get(value.strip().upper()) if isinstance(value, str) else None
    if unit_m is None:
        raise GeofenceError(
            f"{name} {show(value)} is not a unit of altitude", place=place, remedy="Accepted are m and ft"
        )
    return unit_m


def _datum(
    layer: Mapping[str, Any], name: str, limit: float | None, *, zone_id: str, place: str, log: RepairLog
) -> AltitudeDatum:
    value = layer.get(name)
    if value is None or value == "":
        if limit not in (None, 0.0):
            log.note(
                RepairCode.VALUE,
                f"{name} is missing: it is taken from the ground",
                zone_id=zone_id,
                place=place,
            )
        return AltitudeDatum.AGL
    datum = _REFERENCES.get(value.strip().upper()) if isinstance(value, str) else None
    if datum is None:
        raise GeofenceError(
            f"{name} {show(value)} is not an altitude reference",
            place=place,
            remedy="Accepted are AGL, AMSL and WGS84",
        )
    return datum


def _reference(datum: AltitudeDatum) -> str:
    if datum is AltitudeDatum.ELLIPSOID:
        return "WGS84"
    return "AMSL" if datum is AltitudeDatum.AMSL else "AGL"


def _whole(limit_m: float) -> float:
    return int(limit_m) if math.isfinite(limit_m) and limit_m.is_integer() else limit_m
