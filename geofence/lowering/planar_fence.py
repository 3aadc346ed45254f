"""What a fence is to hold, exact and in a plane."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.lowering.account import Loss, NotCarried
from geofence.lowering.fence_altitudes import Limit
from geofence.lowering.fence_route import FenceRoute
from geofence.lowering.lowered_circle import LoweredCircle
from geofence.lowering.pieces import without_holes
from geofence.plane.boundary import filled_parts
from geofence.plane.planar_zones import PlanarZones, ZoneLayer
from geofence.refusal import GeofenceError
from geofence.zone import Zone

Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Ground to keep out of; it has no holes."""

    outline: Polygon
    zone_id: str
    ceiling_rel_m: float = np.inf
    circle: Circle | None = None


class PlanarFence:
    """One polygon with holes, if any, and outlines to keep out of.

    Parameters
    ----------
    planar : PlanarZones
        Those that hold at any time of the flight.
    route : FenceRoute
    partly : frozenset of str
        Zones that do not hold throughout it.
    reach_m : float
        How far from the route exclusions count where there is no inclusion.

    Attributes
    ----------
    bounds : Polygon or None
    bounds_circle : Circle or None
        What the bounds truly are, where they are round.
    outlines : list of Outline

    Raises
    ------
    GeofenceError
        Where no inclusion zone allows the altitudes flown.
    """

    def __init__(
        self, planar: PlanarZones, route: FenceRoute, partly: frozenset[str], reach_m: float
    ) -> None:
        self._planar = planar
        self._route = route
        self._partly = partly
        self._account: list[NotCarried] = []
        self.bounds: Polygon | None = None
        self.bounds_circle: Circle | None = None
        self._is_used: Rows = np.zeros(len(planar.inclusions), dtype=np.bool_)
        if len(planar.inclusions):
            self._choose_bounds()
        self._within: BaseGeometry = (
            self.bounds if self.bounds is not None else shapely.buffer(route.line_xy_m, reach_m)
        )
        self._is_near: Rows = shapely.intersects(planar.exclusions.areas_xy_m, self._within)
        self._is_held: Rows = planar.forbidding(route.low_m, route.high_m) & self._is_near
        self.outlines = self._outlines()
        self._areas = tuple(self.outlines)

    @property
    def zones(self) -> list[Zone]:
        """The zones in it."""
        inclusions, exclusions = self._planar.inclusions, self._planar.exclusions
        used = [inclusions.zones[row] for row in np.flatnonzero(self._is_used)]
        used += [exclusions.zones[row] for row in np.flatnonzero(self._is_held)]
        return used

    def clearance_m(self) -> float:
        """How far the route keeps from every outline."""
        edges = [area.outline.exterior for area in self.outlines]
        if self.bounds is not None:
            edges.append(self.bounds.boundary)
        return float(min((self._route.line_xy_m.distance(edge) for edge in edges), default=np.inf))

    def leaves_free(self, circle: LoweredCircle, clear_m: float) -> bool:
        """Whether a circle as the autopilot reckons it keeps the distance to the route that is asked for."""
        return circle.clearance_m(self._route.line_xy_m, self._route.frame) >= clear_m

    def bars(self, ways_xy_m: NDArray[np.object_], alt_rel_m: float) -> bool:
        """Whether something forbidden at an altitude lies in planar ways or lines."""
        areas = [area.outline for area in self._areas if area.ceiling_rel_m >= alt_rel_m]
        if any(bool(np.any(shapely.intersects(ways_xy_m, area))) for area in areas):
            return True
        return self.bounds is not None and not np.all(shapely.covers(self.bounds, ways_xy_m))

    def refuse_outside(self) -> None:
        """Refuse a route that is not free.

        Raises
        ------
        GeofenceError
        """
        route, frame = self._route.line_xy_m, self._route.frame
        for area in self.outlines:
            if shapely.intersects(area.outline, route):
                raise GeofenceError(
                    f"the route enters an excluded area at {_place_of(route.intersection(area.outline), frame)}",
                    place=f"zone {area.zone_id}" if area.zone_id else "",
                    remedy="Route round it, or fly above or below it where it has a ceiling or a floor",
                )
        if self.bounds is not None and not shapely.covers(self.bounds, route):
            raise GeofenceError(
                f"the route leaves the inclusion zones at {_place_of(route.difference(self.bounds), frame)}",
                remedy="An autopilot holds one area: keep the route in inclusion zones that touch each other",
            )

    def ceilings(self) -> Iterator[Limit]:
        """Give the ceilings of the inclusions in use, and the floors of exclusions overhead."""
        inclusions, exclusions = self._planar.inclusions, self._planar.exclusions
        yield from _limits(inclusions, inclusions.ceilings_rel_m, self._is_used)
        is_above = (exclusions.floors_rel_m > self._route.high_m) & self._is_near
        yield from _limits(exclusions, exclusions.floors_rel_m, is_above)

    def floors(self) -> Iterator[Limit]:
        """Give the floors of the inclusions in use, and the ceilings of exclusions below."""
        inclusions, exclusions = self._planar.inclusions, self._planar.exclusions
        yield from _limits(inclusions, inclusions.floors_rel_m, self._is_used)
        is_below = (exclusions.ceilings_rel_m < self._route.low_m) & self._is_near
        is_above_ground = exclusions.ceilings_rel_m > 0.0
        yield from _limits(exclusions, exclusions.ceilings_rel_m, is_below & is_above_ground)

    def account(self) -> Iterator[NotCarried]:
        """Tell what of the zones it does not hold as they say it; ceilings and floors aside."""
        yield from self._account
        inclusions, exclusions = self._planar.inclusions, self._planar.exclusions
        for row in np.flatnonzero(~self._is_used):
            yield _beyond(inclusions.zones[row].zone_id, is_stricter=True)
        for row in np.flatnonzero(~self._is_near):
            yield _beyond(exclusions.zones[row].zone_id, is_stricter=False)
        for row in np.flatnonzero(self._is_held):
            zone_id = exclusions.zones[row].zone_id
            floor_m, ceiling_m = exclusions.floors_rel_m[row], exclusions.ceilings_rel_m[row]
            if np.isfinite(floor_m) or np.isfinite(ceiling_m):
                band = f"it holds {_band(floor_m, ceiling_m)}, the fence at every altitude"
                yield NotCarried(zone_id, Loss.BAND, band, is_stricter=True)
            if zone_id in self._partly:
                times = "it holds during a part of the flight, the fence throughout"
                yield NotCarried(zone_id, Loss.TIME_WINDOW, times, is_stricter=True)

    def _choose_bounds(self) -> None:
        """Find the part of the allowed area that holds the route, or else the one that holds most of it."""
        inclusions = self._planar.inclusions
        # Without floors what is allowed only shrinks with altitude: the highest decides.
        is_allowing = self._planar.allowing(self._route.high_m, with_floors=False)
        is_partly = np.array([zone.zone_id in self._partly for zone in inclusions.zones], dtype=np.bool_)
        for is_chosen in (is_allowing & ~is_partly, is_allowing):
            parts, _ = filled_parts(inclusions.union_xy_m(is_chosen))
            if not len(parts):
                continue
            shared = shapely.intersection(parts, self._route.line_xy_m)
            distances_m = shapely.distance(parts, self._route.line_xy_m)
            measures = list(zip(shapely.length(shared), -distances_m, strict=True))
            self.bounds = parts[max(range(len(parts)), key=measures.__getitem__)]
            self._is_used = is_chosen & shapely.intersects(inclusions.areas_xy_m, self.bounds)
            if shapely.covers(self.bounds, self._route.line_xy_m):
                break
        if self.bounds is None:
            raise GeofenceError(
                f"no inclusion zone within reach allows {self._route.high_m:g} m above home",
                remedy="Fly lower, or give home's altitude above mean sea level where the zones count from there",
            )
        used = np.flatnonzero(self._is_used)
        if len(used) == 1 and not self.bounds.interiors:
            self.bounds_circle = inclusions.volumes[used[0]].circle
        for row in np.flatnonzero(self._is_used & is_partly):
            detail = "it allows flight during a part of the flight, the fence throughout"
            self._account.append(
                NotCarried(inclusions.zones[row].zone_id, Loss.TIME_WINDOW, detail, is_stricter=False)
            )

    def _outlines(self) -> list[Outline]:
        exclusions = self._planar.exclusions
        found = []
        if self.bounds is not None:
            found += [Outline(Polygon(ring), "") for ring in self.bounds.interiors]
        for row in np.flatnonzero(self._is_held):
            if self._is_crossed_legally(int(row)):
                self._is_held[row] = False
                continue
            zone_id = exclusions.zones[row].zone_id
            parts, _ = filled_parts(exclusions.areas_xy_m[row])
            for part in parts[shapely.intersects(parts, self._within)]:
                pieces = without_holes(part, self._route.line_xy_m)
                circle = exclusions.volumes[row].circle if len(pieces) == len(parts) == 1 else None
                found += [
                    Outline(piece, zone_id, float(exclusions.ceilings_rel_m[row]), circle) for piece in pieces
                ]
        return [
            area for number, area in enumerate(found) if not _is_within_another(area.outline, number, found)
        ]

    def _is_crossed_legally(self, row: int) -> bool:
        """Whether the route crosses an exclusion above, below or perhaps outside its hours, and says so."""
        exclusions = self._planar.exclusions
        zone_id, area = exclusions.zones[row].zone_id, exclusions.areas_xy_m[row]
        floor_m, ceiling_m = float(exclusions.floors_rel_m[row]), float(exclusions.ceilings_rel_m[row])
        if not shapely.intersects(area, self._route.line_xy_m):
            return False
        if not self._route.enters(area, floor_m, ceiling_m):
            detail = f"it holds {_band(floor_m, ceiling_m)}, and the route crosses it above or below"
            self._account.append(NotCarried(zone_id, Loss.BAND, detail, is_stricter=False))
            return True
        if zone_id in self._partly:
            detail = "the route crosses it outside its hours"
            self._account.append(NotCarried(zone_id, Loss.TIME_WINDOW, detail, is_stricter=False))
            return True
        return False


def _is_within_another(outline: Polygon, number: int, areas: list[Outline]) -> bool:
    """Whether it lies inside another exclusion and so adds nothing; of equal ones the first stays."""
    return any(
        shapely.covers(other.outline, outline)
        and (other_number < number or not shapely.covers(outline, other.outline))
        for other_number, other in enumerate(areas)
        if other_number != number
    )


def _limits(layer: ZoneLayer, alts_rel_m: NDArray[np.float64], is_chosen: Rows) -> Iterator[Limit]:
    for row in np.flatnonzero(is_chosen & np.isfinite(alts_rel_m)):
        yield Limit(float(alts_rel_m[row]), layer.zones[row].zone_id)


def _beyond(zone_id: str, *, is_stricter: bool) -> NotCarried:
    return NotCarried(zone_id, Loss.OUT_OF_REACH, "it lies beyond the fence", is_stricter)


def _band(floor_m: float, ceiling_m: float) -> str:
    if not np.isfinite(floor_m):
        return f"up to {ceiling_m:.1f} m"
    return f"from {floor_m:.1f} m" + (f" to {ceiling_m:.1f} m" if np.isfinite(ceiling_m) else "")


def _place_of(geometry: BaseGeometry, frame: LocalFrame) -> LatLon:
    point = shapely.get_coordinates(geometry)[0]
    return frame.position(float(point[0]), float(point[1]))
