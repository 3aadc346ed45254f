"""What a ring may enclose: one area where it is simple, two bounds of it where it meets itself."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from geofence.antimeridian import cut_at_antimeridian
from geofence.formats.rings.fault import RingFault, find_fault
from geofence.formats.rings.vertices import RingVertices
from geofence.refusal import GeofenceError

_CROSSINGS_AT_MOST = 200_000
_EDGES_SAMPLED = 500
_PAIRS_SAMPLED = 5_000_000
_EDGES_LOOKED_AT = 5_000


@dataclass(frozen=True, slots=True)
class RingReadings:
    """The least and the most that a ring encloses, of the ways in which such rings are read.

    These ways are the even-odd rule, the non-zero winding rule, and all that cannot be reached from outside without
    crossing the ring. What the first encloses, the second does too, and what that encloses, the third.

    Parameters
    ----------
    least, most : Polygon or MultiPolygon
        Even-odd and filled, within -180 to 180 degrees; maybe empty.
    fault : RingFault or None
        Why they differ; None where the ring is simple and they do not.
    """

    least: Polygon | MultiPolygon
    most: Polygon | MultiPolygon
    fault: RingFault | None = None


def read_inside(ring: RingVertices, *, place: str) -> RingReadings:
    """Find what a ring of at least three distinct points encloses.

    Raises
    ------
    GeofenceError
        For a scribble.
    """
    closed_deg = np.vstack((ring.lonlat_deg, ring.lonlat_deg[:1]))
    if len(closed_deg) > _EDGES_LOOKED_AT:  # to find the fault of a large scribble takes long, too
        _refuse_scribble(closed_deg, place=place)
    drawn = Polygon(ring.lonlat_deg)
    fault = find_fault(drawn)
    if fault is None:
        inside = cut_at_antimeridian(drawn)
        return RingReadings(inside, inside)
    _refuse_scribble(closed_deg, place=place)
    edges = shapely.linestrings(np.stack((closed_deg[:-1], closed_deg[1:]), axis=1))
    tree = STRtree(edges)
    faces = shapely.get_parts(shapely.polygonize([shapely.unary_union(shapely.linestrings(closed_deg))]))
    is_odd = _crossings_eastward(faces, closed_deg, tree) % 2 == 1
    return RingReadings(
        cut_at_antimeridian(as_area(shapely.coverage_union_all(faces[is_odd]))),
        cut_at_antimeridian(as_area(shapely.coverage_union_all(faces))),
        fault,
    )


def as_area(geometry: BaseGeometry) -> Polygon | MultiPolygon:
    """Take the polygons of a geometry; lines and points enclose nothing."""
    polygons = [
        part for part in shapely.get_parts(geometry) if isinstance(part, Polygon) and not part.is_empty
    ]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _refuse_scribble(closed_deg: NDArray[np.float64], *, place: str) -> None:
    """Refuse a ring with so many crossings that mending it would take all memory, by those of some of its edges."""
    starts, ends = closed_deg[:-1], closed_deg[1:]
    step = max(1, len(starts) // min(_EDGES_SAMPLED, 1 + _PAIRS_SAMPLED // len(starts)))
    sampled = range(0, len(starts), step)
    count = 0
    for edge in sampled:
        a, b = starts[edge], ends[edge]
        is_astride = _side(a, b, starts) * _side(a, b, ends) < 0.0
        is_met = _side(starts, ends, a) * _side(starts, ends, b) < 0.0
        count += int(np.count_nonzero(is_astride & is_met))
    crossings = count / 2 * (len(starts) / len(sampled))
    if crossings > _CROSSINGS_AT_MOST:
        raise GeofenceError(
            f"the ring crosses itself some {crossings:,.0f} times: it is no outline",
            place=place,
            remedy="Draw it so that no edge meets another",
        )


def _side(
    start_deg: NDArray[np.float64], end_deg: NDArray[np.float64], point_deg: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give on which side of edges points lie, as a sign."""
    (x_deg, y_deg), (along_x_deg, along_y_deg) = (point_deg - start_deg).T, (end_deg - start_deg).T
    side: NDArray[np.float64] = along_x_deg * y_deg - along_y_deg * x_deg
    return side


def _crossings_eastward(
    faces: NDArray[np.object_], closed_deg: NDArray[np.float64], tree: STRtree
) -> NDArray[np.int64]:
    """Count the edges between a point of each face and infinity in the east."""
    points_deg = shapely.get_coordinates(shapely.point_on_surface(faces))
    far_deg = closed_deg[:, 0].max() + 1.0
    rays = shapely.linestrings(
        np.stack((points_deg, np.column_stack((np.full(len(faces), far_deg), points_deg[:, 1]))), axis=1)
    )
    ray, edge = tree.query(rays)
    (x_deg, y_deg), (start_deg, end_deg) = points_deg[ray].T, (closed_deg[edge], closed_deg[edge + 1])
    # An edge counts its lower end and not its upper one, so that a ray through a vertex crosses once or twice.
    is_across = (start_deg[:, 1] <= y_deg) != (end_deg[:, 1] <= y_deg)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (y_deg - start_deg[:, 1]) / (end_deg[:, 1] - start_deg[:, 1])
        is_east = start_deg[:, 0] + share * (end_deg[:, 0] - start_deg[:, 0]) > x_deg
    return np.bincount(ray[is_across & is_east], minlength=len(faces))
