"""Where a route may run at one altitude."""

import math

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import MultiPolygon, Polygon

from geofence.local_frame import LocalFrame
from geofence.plane.boundary import straight_lines
from geofence.plane.planar_zones import PlanarZones, polygonal
from geofence.refusal import GeofenceError
from geofence.zone_set import ZoneSet

UNBOUNDED_HALF_M = 10_000.0
"""Without any inclusion zone the legal space ends this far from the frame's origin, to each side."""

ROUNDING_M = 0.03
"""Kept beyond the margin: positions on the wire are rounded to 1e-7 degree (0.8 cm), and a route is straight
in one plane and verified in another (1 cm in 20 km)."""

TOUCH_M = 0.005
"""What may stick out of the area and still count as covered; `ROUNDING_M` holds it."""

_QUADRANT_SEGMENTS = 8


class LegalSpace:
    """The part of a plane where a route keeps its margin from everything forbidden at one altitude.

    The union of the inclusion zones that allow the altitude, shrunk by the margin, without the exclusion
    zones that hold there, grown by the margin. Where an altitude limit is unknown (counted from mean sea
    level while home's altitude is not known) an exclusion zone holds and an inclusion zone does not.

    Parameters
    ----------
    zones : ZoneSet
    frame : LocalFrame
        Should lie near the zones.
    alt_rel_m : float
        Above home; taken as above ground, the ground being assumed level with home.
    margin_m : float
        Every point of the area keeps at least this distance.
    home_alt_amsl_m : float, optional

    Attributes
    ----------
    area_xy_m : Polygon or MultiPolygon
        May be empty. Without any inclusion zone a square of 20 km, less the exclusions.
    unknown_zone_ids : tuple of str
        Inclusion zones left out because their limits are unknown.
    """

    def __init__(
        self,
        zones: ZoneSet,
        *,
        frame: LocalFrame,
        alt_rel_m: float,
        margin_m: float,
        home_alt_amsl_m: float | None = None,
    ) -> None:
        if not 0.0 <= margin_m < math.inf or not math.isfinite(alt_rel_m):
            raise GeofenceError(
                f"a margin of {margin_m:g} m at an altitude of {alt_rel_m:g} m makes no legal space",
                remedy="Give a margin of 0 m or more, and a finite altitude",
            )
        self.frame = frame
        self.alt_rel_m = alt_rel_m
        self.margin_m = margin_m
        planar = PlanarZones(zones, frame, home_alt_amsl_m)
        inclusions, exclusions = planar.inclusions, planar.exclusions
        is_unknown = np.isnan(inclusions.floors_rel_m) | np.isnan(inclusions.ceilings_rel_m)
        self.unknown_zone_ids: tuple[str, ...] = tuple(
            zone.zone_id for zone, unknown in zip(inclusions.zones, is_unknown, strict=True) if unknown
        )
        distance_m = margin_m + ROUNDING_M
        if len(inclusions):
            area = grown_at_least(inclusions.union_xy_m(planar.allowing(alt_rel_m)), -distance_m)
        else:
            area = shapely.box(-UNBOUNDED_HALF_M, -UNBOUNDED_HALF_M, UNBOUNDED_HALF_M, UNBOUNDED_HALF_M)
        forbidden = exclusions.areas_xy_m[planar.forbidding(alt_rel_m, alt_rel_m)]
        if len(forbidden):
            grown = shapely.union_all([grown_at_least(zone_area, distance_m) for zone_area in forbidden])
            area = polygonal(shapely.difference(area, grown))
        self.area_xy_m: Polygon | MultiPolygon = area
        self._touched = polygonal(shapely.buffer(area, TOUCH_M, join_style="mitre"))
        shapely.prepare(self._touched)

    def covers_point_xy_m(self, xy_m: ArrayLike) -> bool:
        """Whether a point of the plane lies in the legal space."""
        x_m, y_m = np.asarray(xy_m, dtype=np.float64).reshape(2)
        return bool(shapely.intersects_xy(self._touched, x_m, y_m))

    def covers_legs_xy_m(self, starts_xy_m: ArrayLike, ends_xy_m: ArrayLike) -> NDArray[np.bool_]:
        """Whether each straight leg lies in the legal space whole.

        Parameters
        ----------
        starts_xy_m, ends_xy_m : arrays of shape (n, 2)
        """
        starts = np.asarray(starts_xy_m, dtype=np.float64).reshape(-1, 2)
        ends = np.asarray(ends_xy_m, dtype=np.float64).reshape(-1, 2)
        is_covered: NDArray[np.bool_] = shapely.covers(self._touched, straight_lines(starts, ends))
        return is_covered


def grown_at_least(area: Polygon | MultiPolygon, distance_m: float) -> Polygon | MultiPolygon:
    """Grow an area (shrink it, where negative) by no less than a distance.

    Round corners are made of chords that cut inside the true arc. GEOS divides an arc of a quadrants into
    round(n a) chords, n being `_QUADRANT_SEGMENTS`, so that one chord spans up to 1.5 / n of a quadrant. The
    radius is enlarged by the secant of half of that: the chords then stay outside the arc.
    """
    secant = 1.0 / math.cos(0.75 * math.pi / 2.0 / _QUADRANT_SEGMENTS)
    return polygonal(shapely.buffer(area, distance_m * secant, quad_segs=_QUADRANT_SEGMENTS))
