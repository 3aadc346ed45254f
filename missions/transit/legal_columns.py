"""Where a copter may go up and down: legal space between two altitudes."""

import itertools
import math
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geofence.local_frame import LocalFrame
from geofence.plane.legal_space import ROUNDING_M, UNBOUNDED_HALF_M, grown_at_least
from geofence.plane.planar_zones import PlanarZones, polygonal
from geofence.zone_set import ZoneSet
from missions.refusal import MissionError
from missions.transit.polygons import polygons_of

_LEAST_ALT_MARGIN_M = 0.01


class LegalColumns:
    """The part of a plane where every altitude between two keeps its margins from everything forbidden.

    Parameters
    ----------
    zones : ZoneSet
    frame : LocalFrame
        Should lie near the zones.
    margin_m, alt_margin_m : float
        What is kept from everything forbidden aside, and from floors and ceilings.
    home_alt_amsl_m : float, optional
        Without it exclusion zones with limits above mean sea level hold at all altitudes, and such inclusion
        zones at none. Altitudes above ground are taken as above home.
    """

    def __init__(
        self,
        zones: ZoneSet,
        frame: LocalFrame,
        *,
        margin_m: float,
        alt_margin_m: float,
        home_alt_amsl_m: float | None = None,
    ) -> None:
        if not (0.0 <= margin_m < math.inf and 0.0 <= alt_margin_m < math.inf):
            raise MissionError(
                f"margins of {margin_m:g} m aside and {alt_margin_m:g} m in altitude make no legal space",
                remedy="Give margins of 0 m or more",
            )
        self._distance_m = margin_m + ROUNDING_M
        self._alt_margin_m = max(alt_margin_m, _LEAST_ALT_MARGIN_M)
        planar = PlanarZones(zones, frame, home_alt_amsl_m)
        self._inclusions, self._exclusions = planar.inclusions, planar.exclusions
        self._grown: list[Polygon | MultiPolygon] = [
            grown_at_least(area, self._distance_m) for area in self._exclusions.areas_xy_m
        ]
        self._allowed: dict[bytes, Polygon | MultiPolygon] = {}
        self._areas: dict[tuple[bytes, ...], MultiPolygon] = {}

    def limits_rel_m(self) -> NDArray[np.float64]:
        """Altitudes at which legal space changes, margins kept: the last legal ones below and above a zone."""
        margin_m = self._alt_margin_m
        limits = np.concatenate(
            (
                self._exclusions.floors_rel_m - margin_m,
                self._exclusions.ceilings_rel_m + margin_m,
                self._inclusions.floors_rel_m + margin_m,
                self._inclusions.ceilings_rel_m - margin_m,
            )
        )
        # Two that were one before they were computed are one.
        return np.unique(np.round(limits[np.isfinite(limits)], 6))

    def area_xy_m(self, low_rel_m: float, high_rel_m: float, *, meets_ground: bool = False) -> MultiPolygon:
        """Give where every altitude between two is legal; may be empty.

        Parameters
        ----------
        low_rel_m, high_rel_m : float
            May be equal.
        meets_ground : bool
            It is taken off or landed there: floors of inclusion zones do not count.
        """
        low_m, high_m = low_rel_m - self._alt_margin_m, high_rel_m + self._alt_margin_m
        # What only touches the margin keeps it.
        touch_m = 2e-6
        forbids = (self._exclusions.floors_rel_m < high_m - touch_m) & (
            self._exclusions.ceilings_rel_m > low_m + touch_m
        )
        allowances = list(self._allowances(low_m + touch_m, high_m - touch_m, meets_ground=meets_ground))
        key = (forbids.tobytes(), *sorted({allowing.tobytes() for allowing in allowances}))
        if key not in self._areas:
            area = self._allowed_area(allowances)
            if forbids.any():
                area = shapely.difference(
                    area, shapely.union_all([self._grown[row] for row in np.flatnonzero(forbids)])
                )
            self._areas[key] = MultiPolygon(polygons_of(area))
        return self._areas[key]

    def _allowances(self, low_m: float, high_m: float, *, meets_ground: bool) -> Iterator[NDArray[np.bool_]]:
        """Which inclusion zones allow flight, for each stretch of altitude where these are the same."""
        floors, ceilings = self._inclusions.floors_rel_m, self._inclusions.ceilings_rel_m
        if not len(floors):
            return
        limits = np.concatenate((floors, ceilings))
        cuts = np.unique(limits[(limits > low_m) & (limits < high_m)]).tolist()
        for bottom_m, top_m in itertools.pairwise([low_m, *cuts, high_m]):
            middle_m = 0.5 * (bottom_m + top_m)
            is_floor_kept = ~np.isnan(floors) if meets_ground else floors <= middle_m
            yield is_floor_kept & (middle_m <= ceilings)

    def _allowed_area(self, allowances: list[NDArray[np.bool_]]) -> Polygon | MultiPolygon:
        if not allowances:
            return shapely.box(-UNBOUNDED_HALF_M, -UNBOUNDED_HALF_M, UNBOUNDED_HALF_M, UNBOUNDED_HALF_M)
        areas = []
        for allowing in allowances:
            key = allowing.tobytes()
            if key not in self._allowed:
                self._allowed[key] = grown_at_least(self._inclusions.union_xy_m(allowing), -self._distance_m)
            areas.append(self._allowed[key])
        return polygonal(shapely.intersection_all(areas))
