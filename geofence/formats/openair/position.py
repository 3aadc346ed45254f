"""Positions as OpenAir files write them: 39:06:36 N 119:46:07 W, 39:06.6N 119:46.1W, 39.11N 119.77W."""

import re

from geofence.formats.shown import show
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError

_ANGLE = r"(\d{1,3})(?:(\.\d+)|:(\d{1,2})(?:(\.\d+)|:(\d{1,2}(?:\.\d+)?))?)?"
_POSITION = re.compile(rf"{_ANGLE}\s*([NS])[\s,]*{_ANGLE}\s*([EW])", re.IGNORECASE)
_POSITION_PREFIXED = re.compile(rf"([NS])\s*{_ANGLE}[\s,]*([EW])\s*{_ANGLE}", re.IGNORECASE)


def positions_from_openair(text: str, count: int, *, place: str) -> list[LatLon]:
    """Read so many positions, with nothing else beside them.

    Raises
    ------
    GeofenceError
    """
    found = _read(text, _POSITION) or _read(text, _POSITION_PREFIXED)
    if len(found) != count:
        raise GeofenceError(
            f"{show(text)} is not {'a position' if count == 1 else f'{count} positions'}",
            place=place,
            remedy="Write such as 39:06:36 N 119:46:07 W, or with decimals of minutes or degrees",
        )
    try:
        return [LatLon(lat_deg, lon_deg) for lat_deg, lon_deg in found]
    except GeofenceError as refusal:
        raise GeofenceError(
            refusal.what, place=place, remedy="Write the latitude first, then the longitude"
        ) from None


def _read(text: str, pattern: re.Pattern[str]) -> list[tuple[float, float]]:
    if pattern.sub("", text).strip(" \t,"):
        return []
    found = []
    for match in pattern.finditer(text):
        groups = list(match.groups())
        if pattern is _POSITION_PREFIXED:
            groups = [*groups[1:6], groups[0], *groups[7:], groups[6]]
        angles = _angle_deg(groups[:5]), _angle_deg(groups[6:11])
        if angles[0] is None or angles[1] is None:
            return []
        is_south, is_west = groups[5].upper() == "S", groups[11].upper() == "W"
        found.append((-angles[0] if is_south else angles[0], -angles[1] if is_west else angles[1]))
    return found


def _angle_deg(groups: list[str | None]) -> float | None:
    degrees, degrees_part, minutes, minutes_part, seconds = (float(group or 0.0) for group in groups)
    # Sixty is what rounding makes of 59.99.
    if minutes > 60.0 or seconds > 60.0:
        return None
    return degrees + degrees_part + (minutes + minutes_part) / 60.0 + seconds / 3600.0
