"""Actions bound to areas, to points and to what legs are flown for."""

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.payload.action import Action, LookAhead, LookAt, StartPictures, StopPictures, Switch
from missions.payload.action_items import action_items
from missions.payload.payload import Payload
from missions.plan.item import MissionItem
from missions.plan.plan import RouteKind
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.transit import XY

_SHORTEST_STAY_M = 0.5
_SAME_PLACE_M = 0.1
ON_ROUTE_M = 0.5
"""A flight passes a point that is no further from it."""

Span = tuple[float, float]
"""Part of a leg, as shares of it."""


@dataclass(frozen=True, slots=True)
class AreaActions:
    """Actions while a flight is over an area.

    Parameters
    ----------
    area_xy_m : Polygon or MultiPolygon
        In the plan's frame.
    entering, leaving : tuple of Action
        Whatever entering switches on, leaving switches off.

    Raises
    ------
    MissionError
        It would be left on.
    """

    area_xy_m: Polygon | MultiPolygon
    entering: tuple[Action, ...]
    leaving: tuple[Action, ...]

    def __post_init__(self) -> None:
        for action in self.entering:
            ending = _ending(action)
            if ending is not None and ending not in self.leaving:
                raise MissionError(
                    f"{action} is not ended on leaving the area",
                    remedy=f"Add {ending} to what is done on leaving",
                )

    @classmethod
    def during(cls, area_xy_m: Polygon | MultiPolygon, *actions: Action) -> Self:
        """Do some things over an area, and end them behind it."""
        endings = (_ending(action) for action in actions)
        return cls(area_xy_m, actions, tuple(ending for ending in endings if ending is not None))


def with_area_actions(
    waypoints: Sequence[Waypoint], areas: Sequence[AreaActions], payload: Payload
) -> tuple[Waypoint, ...]:
    """Add waypoints where a flight crosses the borders of areas, and actions there.

    At the pad, before the return, all is off.

    Raises
    ------
    MissionError
        The vehicle does not carry what an action needs, or two areas overlap and want different things of one device.
    """
    together: dict[tuple[tuple[Action, ...], tuple[Action, ...]], BaseGeometry] = {}
    for area in areas:
        key = (area.entering, area.leaving)
        together[key] = shapely.union(together.get(key, Polygon()), area.area_xy_m)
    _refuse_quarrels(together)
    for (entering, leaving), area_xy_m in together.items():
        waypoints = _switched(
            waypoints,
            _spans_over(waypoints, area_xy_m),
            action_items(entering, payload),
            action_items(leaving, payload),
        )
    return tuple(waypoints)


def with_pictures(
    waypoints: Sequence[Waypoint],
    distance_m: float,
    payload: Payload,
    *,
    kinds: Collection[RouteKind] = (RouteKind.COVERAGE,),
    turns_at_most_m: float = 0.0,
) -> tuple[Waypoint, ...]:
    """Take pictures by distance on all legs of some kinds: on at the start of each stroke, off at its end.

    Parameters
    ----------
    turns_at_most_m : float
        Legs as short as this lead from one stroke to the next, and no pictures are taken there; by default they are, since
        something is seen there, too, and nothing is missed where strokes are short.
    """
    spans: list[list[Span]] = [
        [(0.0, 1.0)] if end.kind in kinds and math.dist(start.xy_m, end.xy_m) > turns_at_most_m else []
        for start, end in itertools.pairwise(waypoints)
    ]
    starting, stopping = (
        action_items([StartPictures(distance_m)], payload),
        action_items([StopPictures()], payload),
    )
    return _switched(waypoints, spans, starting, stopping)


def with_point_actions(
    waypoints: Sequence[Waypoint], place_xy_m: XY, actions: Iterable[Action], payload: Payload
) -> tuple[Waypoint, ...]:
    """Do some things each time a flight passes a point.

    Raises
    ------
    MissionError
        It passes nowhere within half a metre, or the vehicle does not carry what an action needs.
    """
    items = action_items(actions, payload)
    place = shapely.points(place_xy_m)
    done: list[Waypoint] = list(waypoints[:1])
    passes = 0
    for start, end in itertools.pairwise(waypoints):
        leg = shapely.linestrings((start.xy_m, end.xy_m))
        share = shapely.line_locate_point(leg, place, normalized=True) if start.xy_m != end.xy_m else 1.0
        is_passed = shapely.distance(leg, place) <= ON_ROUTE_M
        at_m = share * leg.length
        is_at_end, is_at_start = leg.length - at_m <= ON_ROUTE_M, at_m <= ON_ROUTE_M
        if is_passed and not is_at_end and not is_at_start:
            done.append(replace(_between(start, end, float(share)), actions=items))
            passes += 1
        if is_passed and is_at_end:
            end = replace(end, actions=(*end.actions, *items))
            passes += 1
        done.append(end)
    if math.dist(waypoints[0].xy_m, place_xy_m) <= ON_ROUTE_M:
        done[0] = replace(done[0], actions=(*done[0].actions, *items))
        passes += 1
    if not passes:
        raise MissionError(
            f"the flight passes it no nearer than {passing_m(waypoints, place_xy_m):.1f} m",
            place=f"point ({place_xy_m[0]:.1f}, {place_xy_m[1]:.1f}) m",
            remedy="Make it a point of the route first",
        )
    return tuple(done)


def _ending(action: Action) -> Action | None:
    """Return what ends an action that goes on by itself."""
    match action:
        case StartPictures():
            return StopPictures()
        case Switch(device, True):
            return Switch(device, is_on=False)
        case LookAt():
            return LookAhead()
        case _:
            return None


def passing_m(waypoints: Sequence[Waypoint], place_xy_m: XY) -> float:
    """How near a flight passes a place."""
    places_xy_m = [waypoint.xy_m for waypoint in waypoints]
    line = shapely.linestrings(places_xy_m) if len(places_xy_m) > 1 else shapely.points(places_xy_m[0])
    return float(shapely.distance(line, shapely.points(place_xy_m)))


def _spans_over(waypoints: Sequence[Waypoint], area_xy_m: BaseGeometry) -> list[list[Span]]:
    """Give the parts of each leg that lie over an area."""
    shapely.prepare(area_xy_m)
    border = shapely.boundary(area_xy_m)
    return [
        list(_merged(_parts_inside(np.array((start.xy_m, end.xy_m)), area_xy_m, border)))
        for start, end in itertools.pairwise(waypoints)
    ]


def _parts_inside(
    ends_xy_m: NDArray[np.float64], area_xy_m: BaseGeometry, border: BaseGeometry
) -> Iterator[Span]:
    along = ends_xy_m[1] - ends_xy_m[0]
    length_m = float(np.hypot(*along))
    if length_m == 0.0:
        if shapely.covers(area_xy_m, shapely.points(ends_xy_m[0])):
            yield 0.0, 1.0
        return
    crossings = shapely.get_coordinates(shapely.intersection(shapely.linestrings(ends_xy_m), border))
    shares = np.clip((crossings - ends_xy_m[0]) @ along / length_m**2, 0.0, 1.0)
    cuts = np.unique(np.concatenate(([0.0], shares, [1.0])))
    middles = ends_xy_m[0] + 0.5 * (cuts[1:] + cuts[:-1])[:, None] * along
    is_inside = shapely.covers(area_xy_m, shapely.points(middles))
    for first, last, inside in zip(cuts[:-1], cuts[1:], is_inside, strict=True):
        if inside:
            yield float(first), float(last)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Join spans that touch."""
    pending: Span | None = None
    for span in spans:
        if pending is not None and span[0] == pending[1]:
            pending = (pending[0], span[1])
            continue
        if pending is not None:
            yield pending
        pending = span
    if pending is not None:
        yield pending


def _switched(
    waypoints: Sequence[Waypoint],
    spans: Sequence[Sequence[Span]],
    entering: tuple[MissionItem, ...],
    leaving: tuple[MissionItem, ...],
) -> tuple[Waypoint, ...]:
    """Add items where spans begin and end; a flight ends with all left."""
    done: list[Waypoint] = [waypoints[0]]
    is_on = False
    for (start, end), of_leg in zip(itertools.pairwise(waypoints), spans, strict=True):
        length_m = math.dist(start.xy_m, end.xy_m)
        reached = 0.0
        for first, last in _long_enough(of_leg, length_m, is_on=is_on):
            if is_on and (first - reached) * length_m > _SAME_PLACE_M:
                _give(done, start, end, reached, length_m, leaving)
                is_on = False
            if not is_on:
                _give(done, start, end, first, length_m, entering)
                is_on = True
            reached = last
        if is_on and (1.0 - reached) * length_m > _SAME_PLACE_M:
            _give(done, start, end, reached, length_m, leaving)
            is_on = False
        done.append(end)
    if is_on:
        done[-1] = _first_doing(done[-1], leaving)
    return tuple(done)


def _long_enough(spans: Sequence[Span], length_m: float, *, is_on: bool) -> Iterator[Span]:
    """Leave out stays too short to be worth switching, but none that goes on from or into another leg."""
    for first, last in spans:
        goes_on = (first == 0.0 and is_on) or last == 1.0
        if goes_on or (last - first) * length_m >= _SHORTEST_STAY_M:
            yield first, last


def _give(
    done: list[Waypoint],
    start: Waypoint,
    end: Waypoint,
    share: float,
    length_m: float,
    items: tuple[MissionItem, ...],
) -> None:
    """Give items at a place of the leg that is being flown, at its last waypoint if that is there."""
    placed = _between(start, end, share)
    if math.dist(done[-1].xy_m, placed.xy_m) <= _SAME_PLACE_M or share * length_m <= _SAME_PLACE_M:
        done[-1] = _first_doing(done[-1], items)
    else:
        done.append(replace(placed, actions=items))


def _first_doing(waypoint: Waypoint, items: tuple[MissionItem, ...]) -> Waypoint:
    return replace(waypoint, actions=(*items, *waypoint.actions))


def _between(start: Waypoint, end: Waypoint, share: float) -> Waypoint:
    x_m, y_m = (a + share * (b - a) for a, b in zip(start.xy_m, end.xy_m, strict=True))
    alt_rel_m = start.alt_rel_m + share * (end.alt_rel_m - start.alt_rel_m)
    return Waypoint((x_m, y_m), end.kind, alt_rel_m, alt_agl_m=end.alt_agl_m)


def _refuse_quarrels(together: dict[tuple[tuple[Action, ...], tuple[Action, ...]], BaseGeometry]) -> None:
    for (one, area), (other, other_area) in itertools.combinations(together.items(), 2):
        shared = _touched(one[0] + one[1]) & _touched(other[0] + other[1])
        if shared and shapely.intersects(area, other_area):
            x_m, y_m = shapely.get_coordinates(
                shapely.point_on_surface(shapely.intersection(area, other_area))
            )[0]
            raise MissionError(
                f"two areas overlap there and both are for the {min(shared)}",
                place=f"point ({x_m:.1f}, {y_m:.1f}) m",
                remedy="Draw them apart, or give both the same actions",
            )


def _touched(actions: Iterable[Action]) -> set[str]:
    """Name what actions set to a state that lasts."""
    touched = set()
    for action in actions:
        match action:
            case Switch(device, _):
                touched.add(device)
            case StartPictures() | StopPictures():
                touched.add("camera")
            case LookAt() | LookAhead():
                touched.add("direction of view")
            case _:
                pass
    return touched
