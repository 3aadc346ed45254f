"""Shapes of any published coordinate system, brought to longitude and latitude in WGS-84."""

import math
import warnings
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from geofence.refusal import GeofenceError

_WGS84 = CRS("EPSG:4326")
_CGCS2000_NAMES = ("china 2000", "d_china_2000", "china_2000")
_EDGE_AT_MOST_M = 1000.0
"""A straight edge of that length on a projected map sags by some centimetres in longitude and latitude."""


def in_wgs84(geometries: NDArray[Any], crs_text: str, *, place: str) -> tuple[NDArray[Any], str]:
    """Bring shapes to WGS-84.

    Edges are straight in their own system; long ones of projected systems are split to stay there.

    Parameters
    ----------
    geometries : ndarray of shapely.Geometry
        May hold None.
    crs_text : str
        As WKT, or a code such as EPSG:32648.
    place : str
        For refusals.

    Returns
    -------
    geometries : ndarray of shapely.Geometry
        Longitude, latitude.
    note : str
        What was done, as a sentence; empty where nothing had to be.

    Raises
    ------
    GeofenceError
        Where the system is not known, or nobody has published how it lies to WGS-84.
    """
    try:
        crs = CRS.from_user_input(crs_text).to_2d()
    except CRSError:
        raise _refusal(f'the coordinate system "{crs_text[:60]}" is not known', place) from None
    if crs.equals(_WGS84, ignore_axis_order=True):
        return geometries, ""
    if not (crs.is_geographic or crs.is_projected):
        raise _refusal(f'the coordinate system "{crs.name}" is no map of the earth', place)
    transformer, accuracy_m = _transformer(crs, geometries, place=place)
    unit_m = crs.axis_info[0].unit_conversion_factor
    if crs.is_projected and unit_m > 0.0:
        geometries = shapely.segmentize(geometries, _EDGE_AT_MOST_M / unit_m)
    moved = shapely.transform(
        geometries, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise _refusal(f'a position lies outside of what "{crs.name}" can say', place)
    # PROJ gives 0 for conversions, which are exact, and less than 0 where nobody knows.
    exact = "how exactly is not known" if accuracy_m < 0.0 else "exactly"
    accuracy = f"to within {accuracy_m:g} m" if accuracy_m > 0.0 else exact
    return moved, f'reprojected from "{crs.name}" to WGS-84, {accuracy}'


def _transformer(crs: CRS, geometries: NDArray[Any], *, place: str) -> tuple[Transformer, float]:
    """Find the best published way to WGS-84 for the place; one that ignores the datum is none."""
    # CGCS2000 is realised to centimetres in ITRF97, epoch 2000; PROJ knows no operation, the identity is meant.
    # What the plates have moved since is below a metre.
    is_cgcs2000 = crs.datum is not None and crs.datum.name.lower() in _CGCS2000_NAMES
    geodetic = crs.geodetic_crs
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a better operation wants a grid that is not installed
            rough = Transformer.from_crs(crs, geodetic, always_xy=True)
            group = TransformerGroup(
                crs,
                _WGS84,
                always_xy=True,
                allow_ballpark=is_cgcs2000,
                area_of_interest=_area_of(geometries, rough),  # type: ignore[arg-type]  # its own class, said twice
            )
    except ProjError:
        group = None
    if group is None or not group.transformers:
        raise _refusal(f'how "{crs.name}" lies to WGS-84 is not published', place)
    best: Transformer = group.transformers[0]
    return best, 1.0 if is_cgcs2000 else float(best.accuracy)


def _area_of(geometries: NDArray[Any], to_degrees: Transformer) -> AreaOfInterest | None:
    bounds = shapely.total_bounds(geometries)
    if not np.isfinite(bounds).all():
        return None
    west, south, east, north = to_degrees.transform_bounds(*bounds)
    return (
        AreaOfInterest(west, south, east, north)
        if all(map(math.isfinite, (west, south, east, north)))
        else None
    )


def _refusal(what: str, place: str) -> GeofenceError:
    return GeofenceError(
        what, place=place, remedy="Export the file in WGS-84 longitude and latitude (EPSG:4326)"
    )
