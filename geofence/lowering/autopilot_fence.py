"""Zones brought down to what an autopilot can hold."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.lowering.lowered_ring import ROUNDING_M, LoweredRing
from geofence.plane.boundary import filled_parts
from geofence.plane.planar_zones import PlanarZones
from geofence.refusal import GeofenceError
from geofence.zone_set import ZoneSet

_FREE_TOLERANCE_M = 0.1
"""So much is simplified even where everything would fit: it is less than positioning knows."""

_FIRST_TOLERANCE_M = 0.02
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
    alt_max_rel_m = _alt_max_rel_m(planar, within, high_m)
    kept_m = min(exact.clearance_m(route) - 2.0 * ROUNDING_M, clear_m)
    rings = [LoweredRing(outline, is_bounds=False) for outline in exact.outlines]
    if exact.bounds is not None:
        rings.append(LoweredRing(Polygon(exact.bounds.exterior), is_bounds=True))
    for tolerance_m in _tolerances():
        for ring in rings:
            ring.simplify(tolerance_m, route, kept_m, frame)
        is_small = sum(len(ring.places) for ring in rings) <= max_vertices
        if is_small and tolerance_m >= _FREE_TOLERANCE_M and all(ring.places for ring in rings):
            return AutopilotFence(
                tuple(ring.places for ring in rings if ring.is_bounds),
                tuple(ring.places for ring in rings if not ring.is_bounds),
                alt_max_rel_m,
            )
    if not all(ring.places for ring in rings):
        raise GeofenceError(
            "the route runs too close to the edge of what is allowed for an autopilot's fence",
            remedy="Plan it with a margin of at least 1 m",
        )
    least = sum(len(ring.places) for ring in rings)
    raise GeofenceError(
        f"the fence needs {least} vertices to leave the route free, and {max_vertices} are allowed",
        remedy="Draw the zones with fewer vertices, keep the route farther from them, or fly without a fence on board",
    )


class _Fence:
    """A fence in the plane: one polygon with holes, if any, and polygons without."""

    def __init__(self, bounds: Polygon | None, exclusions: Sequence[Polygon]) -> None:
        self.bounds = bounds
        self.exclusions = list(exclusions)

    @property
    def outlines(self) -> list[Polygon]:
        """Everything to keep out of: exclusions and the holes of the bounds, each without holes of its own."""
        holes = [Polygon(ring) for ring in self.bounds.interiors] if isinstance(self.bounds, Polygon) else []
        return holes + [Polygon(exclusion.exterior) for exclusion in self.exclusions]

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


def _component(planar: PlanarZones, route: BaseGeometry, high_m: float) -> Polygon:
    """Find the part of the allowed area that holds the route, or else the one that holds most of it."""
    # Without floors what is allowed only shrinks with altitude: the highest decides.
    parts, _ = filled_parts(planar.inclusions.union_xy_m(planar.allowing(high_m, with_floors=False)))
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
    areas, _ = filled_parts(planar.exclusions.areas_xy_m[planar.forbidding(low_m, high_m)])
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


def _route_xy_m(along: Sequence[LatLon], frame: LocalFrame) -> BaseGeometry:
    xy_m = frame.xy_m([place.lat_deg for place in along], [place.lon_deg for place in along])
    is_still = bool(np.all(xy_m == xy_m[0]))
    return shapely.Point(xy_m[0]) if is_still else shapely.LineString(xy_m)


def _place_of(geometry: BaseGeometry, frame: LocalFrame) -> LatLon:
    point = shapely.get_coordinates(geometry)[0]
    return frame.position(float(point[0]), float(point[1]))
