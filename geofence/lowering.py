"""Zones brought down to what an autopilot can hold."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.planar_zones import PlanarZones, polygonal
from geofence.refusal import GeofenceError
from geofence.zone_set import ZoneSet

_ROUNDING_M = 0.02
"""Given up everywhere: vertices are rounded to the 1e-7 degree (0.8 cm) of the wire."""

_DIGITS = 7
_FIRST_TOLERANCE_M = 0.05
_LAST_TOLERANCE_M = 500.0


@dataclass(frozen=True, slots=True)
class AutopilotFence:
    """Polygons without altitudes, and one altitude.

    Parameters
    ----------
    inclusion : tuple of rings
        None or one; a ring is a tuple of LatLon, the first not repeated at the end. ArduPilot wants the vehicle
        inside every inclusion polygon, not inside any.
    exclusions : tuple of rings
    alt_max_rel_m : float or None
        Below it everything the polygons admit is legal. ArduCopter counts reaching it as a breach.
    """

    inclusion: tuple[tuple[LatLon, ...], ...]
    exclusions: tuple[tuple[LatLon, ...], ...]
    alt_max_rel_m: float | None

    @property
    def vertices(self) -> int:
        """How many fence items it takes."""
        return sum(len(ring) for ring in (*self.inclusion, *self.exclusions))


def lower_to_fence(
    zones: ZoneSet,
    *,
    along: Sequence[LatLon],
    alt_rel_m: tuple[float, float],
    max_vertices: int,
    home_alt_amsl_m: float | None = None,
    reach_m: float = 10_000.0,
    clear_m: float = 1.0,
) -> AutopilotFence:
    """Lower zones to a fence that admits nothing the zones forbid, at the altitudes flown.

    The inclusion is the one component of the union of the inclusion zones that holds the route; its holes
    become exclusions. Exclusion zones are kept that hold anywhere between the altitudes and meet that component.
    Until it fits, the inclusion is simplified inward and the exclusions outward. What is lost is legal
    space, never a prohibition: except the floors of inclusion zones, which no polygon can hold, because
    take-off and landing have to pass them.

    Parameters
    ----------
    zones : ZoneSet
    along : sequence of LatLon
        The route, home first; straight from one to the next.
    alt_rel_m : (lowest, highest)
        The altitudes flown, above home.
    max_vertices : int
        How many vertices the autopilot stores, of all polygons together.
    home_alt_amsl_m : float, optional
        As for the verification.
    reach_m : float
        Without any inclusion zone, exclusions farther from the route than this are left out.
    clear_m : float
        Simplifying leaves the route this distance from the fence, or what it had where that is less.

    Raises
    ------
    GeofenceError
        Where the route leaves the component or enters an exclusion, or the fence does not fit.
    """
    low_m, high_m = alt_rel_m
    if not along:
        raise GeofenceError("there is no route to fence", remedy="Give at least the home position")
    if not low_m <= high_m:
        raise GeofenceError(f"the altitudes flown, {low_m:g} to {high_m:g} m, are not in order")
    frame = LocalFrame.around(along)
    planar = PlanarZones(zones, frame, home_alt_amsl_m)
    route = _route_xy_m(along, frame)
    bounds = _component(planar, route, high_m) if len(planar.inclusions) else None
    within = bounds if bounds is not None else shapely.buffer(route, reach_m)
    exclusions = _exclusions(planar, route, within, low_m, high_m)
    exact = _Fence(bounds, exclusions)
    exact.refuse_outside(route, frame)
    own_m = exact.clearance_m(route)
    for tolerance_m in _tolerances():
        fence = exact.simplified(tolerance_m)
        if fence is None:
            break
        if fence.vertices > max_vertices:
            continue
        lowered = fence.to_autopilot(frame, _alt_max_rel_m(planar, within, high_m))
        kept = _Fence.from_autopilot(lowered, frame)
        if not kept.is_within(exact):
            continue
        # The first tolerance is what rounding takes; nothing smaller is to be had.
        least_m = min(own_m - 2.0 * _ROUNDING_M, 0.0 if tolerance_m == 0.0 else clear_m)
        if not kept.admits(route) or kept.clearance_m(route) < least_m:
            break
        return lowered
    raise GeofenceError(
        f"the fence does not fit in {max_vertices} vertices without cutting into the route (it has {exact.vertices})",
        remedy="Draw the zones with fewer vertices, keep the route farther from them, or fly without a fence on board",
    )


class _Fence:
    """A fence in the plane: one polygon with holes, if any, and polygons without."""

    def __init__(self, bounds: Polygon | None, exclusions: Sequence[Polygon]) -> None:
        self.bounds = bounds
        self.exclusions = list(exclusions)

    @classmethod
    def from_autopilot(cls, fence: AutopilotFence, frame: LocalFrame) -> "_Fence":
        """Lay what the autopilot will hold into the plane; its edges are straight in latitude and longitude."""
        rings = [
            polygonal(
                shapely.make_valid(
                    frame.project_area(Polygon([(place.lon_deg, place.lat_deg) for place in ring]))
                )
            )
            for ring in (*fence.inclusion, *fence.exclusions)
        ]
        count = len(fence.inclusion)
        return cls(rings[0] if count else None, rings[count:])

    @property
    def outlines(self) -> list[Polygon]:
        """Everything to keep out of: exclusions and the holes of the bounds, each without holes of its own."""
        holes = [Polygon(ring) for ring in self.bounds.interiors] if isinstance(self.bounds, Polygon) else []
        return holes + [Polygon(exclusion.exterior) for exclusion in self.exclusions]

    @property
    def vertices(self) -> int:
        rings = [self.bounds.exterior] if isinstance(self.bounds, Polygon) else []
        rings += [outline.exterior for outline in self.outlines]
        return sum(len(ring.coords) - 1 for ring in rings)

    def clearance_m(self, route: BaseGeometry) -> float:
        edges = [outline.exterior for outline in self.outlines]
        if self.bounds is not None:
            edges.append(self.bounds.boundary)
        return float(min((route.distance(edge) for edge in edges), default=np.inf))

    def admits(self, route: BaseGeometry) -> bool:
        is_inside = self.bounds is None or bool(shapely.covers(self.bounds, route))
        return is_inside and not any(shapely.intersects(outline, route) for outline in self.outlines)

    def refuse_outside(self, route: BaseGeometry, frame: LocalFrame) -> None:
        if self.admits(route):
            return
        for outline in self.outlines:
            if shapely.intersects(outline, route):
                raise GeofenceError(
                    f"the route enters an excluded area at {_place_of(route.intersection(outline), frame)}",
                    remedy="Route round it, or fly above or below it where it has a ceiling or a floor",
                )
        raise GeofenceError(
            f"the route leaves the inclusion zones at {_place_of(route.difference(self.bounds), frame)}",
            remedy="An autopilot holds one area: keep the route in inclusion zones that touch each other",
        )

    def simplified(self, tolerance_m: float) -> "_Fence | None":
        """Shrink the bounds and grow the exclusions, then drop vertices; None where nothing is left of the bounds."""
        moved_m = _ROUNDING_M + tolerance_m
        bounds = None
        if self.bounds is not None:
            parts = shapely.get_parts(_moved(Polygon(self.bounds.exterior), -moved_m))
            if not len(parts):
                return None
            bounds = _fewer(max(parts, key=shapely.area), tolerance_m)
        grown = [_fewer(_moved(outline, moved_m), tolerance_m) for outline in self.outlines]
        return _Fence(bounds, grown)

    def is_within(self, exact: "_Fence") -> bool:
        """Whether this fence admits nothing that the exact one forbids."""
        if exact.bounds is not None and (
            self.bounds is None or not shapely.covers(Polygon(exact.bounds.exterior), self.bounds)
        ):
            return False
        pairs = zip(self.outlines, exact.outlines, strict=True)
        return all(shapely.covers(grown, outline) for grown, outline in pairs)

    def to_autopilot(self, frame: LocalFrame, alt_max_rel_m: float | None) -> AutopilotFence:
        inclusion = (_ring(self.bounds, frame),) if isinstance(self.bounds, Polygon) else ()
        return AutopilotFence(
            inclusion, tuple(_ring(outline, frame) for outline in self.outlines), alt_max_rel_m
        )


def _component(planar: PlanarZones, route: BaseGeometry, high_m: float) -> Polygon:
    """Find the part of the allowed area that holds the route, or else the one that holds most of it."""
    # Without floors what is allowed only shrinks with altitude: the highest decides.
    parts = shapely.get_parts(planar.inclusions.union_xy_m(planar.allowing(high_m, with_floors=False)))
    if not len(parts):
        raise GeofenceError(
            f"no inclusion zone within reach allows {high_m:g} m above home",
            remedy="Fly lower, or give home's altitude above mean sea level where the zones count from there",
        )
    shared = shapely.intersection(parts, route)
    measures = list(zip(shapely.length(shared), -shapely.distance(parts, route), strict=True))
    best: Polygon = parts[max(range(len(parts)), key=measures.__getitem__)]
    return best


def _exclusions(
    planar: PlanarZones, route: BaseGeometry, within: BaseGeometry, low_m: float, high_m: float
) -> list[Polygon]:
    areas: NDArray[np.object_] = shapely.get_parts(
        planar.exclusions.areas_xy_m[planar.forbidding(low_m, high_m)]
    )
    areas = areas[shapely.intersects(areas, within)]
    for area in areas:
        holes = [Polygon(ring) for ring in area.interiors]
        if any(shapely.intersects(hole, route) for hole in holes) and not shapely.intersects(area, route):
            raise GeofenceError(
                "the route runs in the hole of an exclusion zone, which an autopilot cannot hold",
                remedy="Draw that zone as pieces without a hole",
            )
    outlines = [Polygon(area.exterior) for area in areas]
    # What lies inside another exclusion adds nothing; of equal ones the first stays.
    return [
        outline
        for number, outline in enumerate(outlines)
        if not any(
            shapely.covers(other, outline) and (other_number < number or not shapely.covers(outline, other))
            for other_number, other in enumerate(outlines)
            if other_number != number
        )
    ]


def _alt_max_rel_m(planar: PlanarZones, within: BaseGeometry, high_m: float) -> float | None:
    inclusions, exclusions = planar.inclusions, planar.exclusions
    is_used = planar.allowing(high_m, with_floors=False) & shapely.intersects(inclusions.areas_xy_m, within)
    is_above = (exclusions.floors_rel_m > high_m) & shapely.intersects(exclusions.areas_xy_m, within)
    limits = np.concatenate((inclusions.ceilings_rel_m[is_used], exclusions.floors_rel_m[is_above]))
    limits = limits[np.isfinite(limits)]
    return float(limits.min()) if len(limits) else None


def _tolerances() -> Iterator[float]:
    yield 0.0
    tolerances = (_FIRST_TOLERANCE_M * 1.5**step for step in itertools.count())
    yield from itertools.takewhile(lambda tolerance_m: tolerance_m <= _LAST_TOLERANCE_M, tolerances)


def _moved(area: Polygon, distance_m: float) -> Polygon | MultiPolygon:
    """Move the outline by at least a distance; mitred corners lie outside the round ones, and take no vertices."""
    return polygonal(shapely.buffer(area, distance_m, join_style="mitre", mitre_limit=2.0))


def _fewer(area: Polygon, tolerance_m: float) -> Polygon:
    """Drop vertices; the outline moves by no more than the tolerance (Douglas and Peucker, 1973)."""
    simple = shapely.simplify(Polygon(area.exterior), max(tolerance_m, 0.2 * _ROUNDING_M))
    return simple if isinstance(simple, Polygon) and not simple.is_empty else area


def _ring(area: Polygon, frame: LocalFrame) -> tuple[LatLon, ...]:
    degrees = np.round(frame.latlon_deg(shapely.get_coordinates(area.exterior)[:-1]), _DIGITS)
    return tuple(LatLon(float(lat_deg), float(lon_deg)) for lat_deg, lon_deg in degrees)


def _route_xy_m(along: Sequence[LatLon], frame: LocalFrame) -> BaseGeometry:
    xy_m = frame.xy_m([place.lat_deg for place in along], [place.lon_deg for place in along])
    is_still = bool(np.all(xy_m == xy_m[0]))
    return shapely.Point(xy_m[0]) if is_still else shapely.LineString(xy_m)


def _place_of(geometry: BaseGeometry, frame: LocalFrame) -> LatLon:
    point = shapely.get_coordinates(geometry)[0]
    return frame.position(float(point[0]), float(point[1]))
