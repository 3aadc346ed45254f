"""Floors and ceilings as OpenAir files write them.

Feet above mean sea level unless another unit or datum is given. A flight level is a pressure, and how high it lies
depends on the day: a floor is taken as low and a ceiling as high as it comes between 950 and 1,050 hPa at sea level, and
in air from 40 K colder to 25 K warmer than the standard atmosphere (ICAO Doc 7488). What lies above air that is 1 %
colder lies 1 % lower.
"""

import re

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.formats.zone_properties import FOOT_M
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode

_LOWEST_SHARE, _LOWEST_M = 1.0 - 40.0 / 248.15, -540.0
"""The colder air's share of the height, from the 248 K that standard air has in the mean up to 12 km (lower down it has
more, and the share is nearer to 1), and how much lower 950 hPa lets a level lie."""
_HIGHEST_SHARE, _HIGHEST_M = 1.0 + 25.0 / 248.15, 340.0
"""The same of the warmer air, and how much higher 1,050 hPa in it does."""

_GROUND = re.compile(r"(SFC|GND|SURFACE|GROUND|0)")
_UNLIMITED = re.compile(r"(UNL|UNLIM|UNLTD|UNLIMITED|INF)\.?")
_LEVEL = re.compile(r"FL\s*(\d{1,4})")
_DATUM = r"AMSL|MSL|ASL|ALT|AGL|GND|SFC|ASFC|STD"
_HEIGHT = re.compile(
    rf"(?:(?P<before>{_DATUM})\s*)?(?P<height>\d{{1,6}}(?:\.\d+)?)\s*(?P<unit>FT|F|M|MT)?\s*(?P<after>{_DATUM})?"
)
_ASK = re.compile(r"ASK\b.*")
_DATUMS = {
    **dict.fromkeys(("AMSL", "MSL", "ASL", "ALT", ""), AltitudeDatum.AMSL),
    **dict.fromkeys(("AGL", "GND", "SFC", "ASFC"), AltitudeDatum.AGL),
}


def band_from_openair(
    floor: str | None, ceiling: str | None, *, zone_id: str, place: str, log: RepairLog
) -> AltitudeBand:
    """Read the band of an airspace that forbids or warns; a limit that is missing or on request is none.

    Parameters
    ----------
    floor, ceiling : str or None
        The texts of AL and AH.
    zone_id, place : str
        For refusals and repairs.
    log : RepairLog

    Raises
    ------
    GeofenceError
        For a text that is no altitude, and a floor that is not below its ceiling.
    """
    limits: list[tuple[float | None, AltitudeDatum]] = []
    for record, text in (("AL", floor), ("AH", ceiling)):
        if text is None or _ASK.fullmatch(text.upper()):
            reason = "is missing" if text is None else f"is not known without asking ({show(text)})"
            log.note(
                RepairCode.VALUE,
                f"{record} {reason}: the airspace was left open there",
                zone_id=zone_id,
                place=place,
            )
            limits.append((None, AltitudeDatum.AMSL))
        else:
            limits.append(_limit_m(text, record, place=place, log=log))
    (floor_m, datum), (ceiling_m, ceiling_datum) = limits
    try:
        return AltitudeBand(floor_m, ceiling_m, datum, ceiling_datum)
    except GeofenceError as refusal:
        raise GeofenceError(refusal.what, place=place, remedy="Give an AL that is below AH") from None


def _limit_m(text: str, record: str, *, place: str, log: RepairLog) -> tuple[float | None, AltitudeDatum]:
    words = " ".join(text.upper().split())
    if _GROUND.fullmatch(words):
        return 0.0, AltitudeDatum.AGL
    if _UNLIMITED.fullmatch(words):
        return None, AltitudeDatum.AMSL
    if level := _LEVEL.fullmatch(words):
        return _level_amsl_m(float(level[1]) * 100.0 * FOOT_M, record, place=place, log=log)
    height = _HEIGHT.fullmatch(words)
    if height is None or (height["before"] and height["after"]):
        raise GeofenceError(
            f"{record} {show(text)} is not an altitude",
            place=place,
            remedy="Write such as 2500ft MSL, 500ft AGL, 300 m AGL, FL65, SFC or UNL",
        )
    height_m = float(height["height"]) * (1.0 if height["unit"] in ("M", "MT") else FOOT_M)
    datum = height["before"] or height["after"] or ""
    if datum == "STD":
        return _level_amsl_m(height_m, record, place=place, log=log)
    return height_m, _DATUMS[datum]


def _level_amsl_m(height_m: float, record: str, *, place: str, log: RepairLog) -> tuple[float, AltitudeDatum]:
    log.note_once(
        RepairCode.VALUE,
        "flight levels, here first, were read as the altitudes above mean sea level that they have at the lowest "
        "(floors) or the highest (ceilings) pressure and temperature",
        place=place,
    )
    share, offset_m = (_LOWEST_SHARE, _LOWEST_M) if record == "AL" else (_HIGHEST_SHARE, _HIGHEST_M)
    return height_m * share + offset_m, AltitudeDatum.AMSL
