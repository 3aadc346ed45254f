"""Findings on what of a pattern is not flown or not seen."""

from collections.abc import Iterable, Iterator

import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geofence.verification.finding import Finding, FindingCode, Severity
from missions.patterns.space import PatternSpace

NAMED_AT_MOST = 12
NO_WAY = ("no legal way leads there from the pad", "Patrol that part from a pad of its own")

_NAMED_LEAST_M = 5.0


def unseen(
    space: PatternSpace, gaps: Iterable[Polygon], swath_m: float, near: tuple[str, str]
) -> Iterator[Finding]:
    """Name the places that stay unseen, largest first.

    Parameters
    ----------
    near : (str, str)
        Why gaps stay unseen that could be seen from legal space, and what would help.
    """
    ordered = sorted(gaps, key=lambda gap: -gap.area)
    flyable, legal = (shapely.buffer(area, swath_m / 2.0) for area in (space.transit.area, space.legal))
    for gap in ordered[:NAMED_AT_MOST]:
        place = gap.representative_point()
        if shapely.intersection(gap, flyable).area > 0.5 * gap.area:
            cause, remedy = near
        elif shapely.intersection(gap, legal).area > 0.5 * gap.area:
            cause, remedy = NO_WAY
        else:
            cause, remedy = f"too narrow for a margin of {space.margin_m:g} m", "Lower the margin"
        yield _finding(space, f"{gap.area:.0f} m2 around {{}} stay unseen: {cause}", remedy, place=place)
    rest = ordered[NAMED_AT_MOST:]
    if rest:
        together_m2 = sum(gap.area for gap in rest)
        yield _finding(
            space,
            f"{len(rest)} smaller pieces, {together_m2:.0f} m2 together, stay unseen",
            "Take a smaller swath or margin",
        )


def not_flown(space: PatternSpace, lines: Iterable[LineString], what: str) -> Iterator[Finding]:
    """Name the pieces of drawn lines that are left out, longest first.

    Parameters
    ----------
    what : str
        Of what they are pieces, such as "the perimeter".
    """
    ordered = sorted((line for line in lines if line.length >= _NAMED_LEAST_M), key=lambda line: -line.length)
    for line in ordered[:NAMED_AT_MOST]:
        place = line.interpolate(0.5, normalized=True)
        cause, remedy = _why(space, place)
        message = f"{line.length:.0f} m of {what} around {{}} are not flown: {cause}"
        yield _finding(space, message, remedy, place=place, code=FindingCode.NOT_FLOWN)
    rest = ordered[NAMED_AT_MOST:]
    if rest:
        together_m = sum(line.length for line in rest)
        yield _finding(
            space,
            f"{len(rest)} shorter pieces of {what}, {together_m:.0f} m together, are not flown",
            "See the map for where legal space ends",
            code=FindingCode.NOT_FLOWN,
        )


def not_visited(space: PatternSpace, place: shapely.Point, number: int) -> Finding:
    """Name a place that cannot be visited; numbers count from 1."""
    cause, remedy = _why(space, place)
    message = f"point {number} at {{}} is not visited: {cause}"
    return _finding(space, message, remedy, place=place, code=FindingCode.NOT_FLOWN)


def _why(space: PatternSpace, place: shapely.Point) -> tuple[str, str]:
    """Why a place cannot be flown to, and what would help."""
    if shapely.distance(space.legal, place) == 0.0:
        return NO_WAY
    outside = f"outside of legal space, which keeps {space.margin_m:g} m from every boundary"
    return outside, "Move it clear of the boundary, or lower the margin"


def _finding(
    space: PatternSpace,
    message: str,
    remedy: str,
    *,
    place: BaseGeometry | None = None,
    code: FindingCode = FindingCode.NOT_COVERED,
) -> Finding:
    position = None if place is None else space.frame.position(float(place.x), float(place.y))
    words = message.format(position)
    about = f"Zone {space.zone_id}: {words}" if space.zone_id else words[:1].upper() + words[1:]
    zone_id = space.zone_id or None
    return Finding(Severity.ADVICE, code, about, remedy, zone_id=zone_id, position=position)
