"""Single positions from outside."""

from typing import Any

from geofence.formats.axis_order import AxisOrder
from geofence.formats.shown import show
from geofence.refusal import GeofenceError


def lonlat_from(
    position: Any, *, place: str, axis_order: AxisOrder = AxisOrder.LON_LAT
) -> tuple[float, float]:
    """Read a position, as a list of longitude, latitude and maybe more, or in the order the file has.

    Parameters
    ----------
    position : Any
        Not trusted.
    place : str
        Where it comes from, for refusals.
    axis_order : AxisOrder
        `RepairLog.axis_order` of the file.

    Returns
    -------
    tuple of float
        Longitude, latitude in degrees.

    Raises
    ------
    GeofenceError
        For what is not a position on this earth.
    """
    if not isinstance(position, list | tuple) or len(position) < 2:
        raise GeofenceError(
            f"{show(position)} is not a position",
            place=place,
            remedy="Write [longitude, latitude] in degrees",
        )
    first_deg, second_deg = (_degrees(value, place=place) for value in position[:2])
    is_swapped = axis_order is AxisOrder.LAT_LON
    lon_deg, lat_deg = (second_deg, first_deg) if is_swapped else (first_deg, second_deg)
    if abs(lat_deg) > 90.0 or abs(lon_deg) > 180.0:
        name, value, limit = ("latitude", lat_deg, 90) if abs(lat_deg) > 90.0 else ("longitude", lon_deg, 180)
        raise GeofenceError(
            f"{name} {value:g} is not within -{limit}..{limit} degrees",
            place=place,
            remedy="The axes look swapped: write longitude first, then latitude"
            if abs(lon_deg) <= 90.0 and abs(lat_deg) <= 180.0
            else "Write [longitude, latitude] in degrees, WGS-84",
        )
    return lon_deg, lat_deg


def _degrees(value: Any, *, place: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and -1e300 < value < 1e300:
        return float(value)
    fault = "is not a finite number" if is_number else "is not a number"
    raise GeofenceError(
        f"coordinate {show(value)} {fault}",
        place=place,
        remedy="Write [longitude, latitude] as plain numbers in degrees",
    )
