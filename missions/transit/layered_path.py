"""A path at several altitudes."""

import itertools
import math
from dataclasses import dataclass

from missions.plan.plan import RouteKind
from missions.plan.waypoint import Waypoint
from missions.transit.polygons import XY
from missions.ways.copter_motion import CopterMotion

_STOP_S = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """A point of a path.

    Parameters
    ----------
    xy_m : (float, float)
    alt_rel_m : float
        Above home.
    """

    xy_m: XY
    alt_rel_m: float


@dataclass(frozen=True, slots=True)
class LayeredPath:
    """Level and vertical legs between places.

    Parameters
    ----------
    places : tuple of Place
        From the start to the end.
    time_s : float
        At cruise, climb and descent speed.
    """

    places: tuple[Place, ...]
    time_s: float

    @property
    def length_m(self) -> float:
        """Length along the ground."""
        return sum(math.dist(a.xy_m, b.xy_m) for a, b in itertools.pairwise(self.places))

    def waypoints(self, lowest_rel_m: float = 0.0) -> list[Waypoint]:
        """Waypoints of a flight, without what lies below `lowest_rel_m`: take-off and landing.

        It stops before and after each change of altitude, so that none begins beside its place.
        """
        flown = [place for place in self.places if place.alt_rel_m >= lowest_rel_m]
        alts_m = [place.alt_rel_m for place in flown]
        waypoints = []
        for number, place in enumerate(flown):
            beside = alts_m[max(0, number - 1) : number + 2]
            hold_s = _STOP_S if min(beside) != max(beside) else 0.0
            waypoints.append(Waypoint(place.xy_m, RouteKind.TRANSIT, place.alt_rel_m, hold_s))
        return waypoints


def time_s(places: list[Place], motion: CopterMotion) -> float:
    """Time along level and vertical legs."""
    level_s = sum(math.dist(a.xy_m, b.xy_m) for a, b in itertools.pairwise(places)) / motion.speed_m_s
    return level_s + sum(climb_s(a.alt_rel_m, b.alt_rel_m, motion) for a, b in itertools.pairwise(places))


def climb_s(from_rel_m: float, to_rel_m: float, motion: CopterMotion) -> float:
    """Time of a change of altitude."""
    return max((to_rel_m - from_rel_m) / motion.climb_m_s, (from_rel_m - to_rel_m) / motion.descent_m_s)
