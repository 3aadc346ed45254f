"""Whether a drone keeps to the route that was verified."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyproj import Geod

from geofence.latlon import LatLon
from geofence.monitor.local_scale import metres_a_degree
from geofence.monitor.observation import Observation
from geofence.monitor.stopping import RETURN_DECELERATION_M_S2
from geofence.verification.leg import Leg

STRAIGHT_ON_DEG = 15.0
"""A route that turns by less goes straight on."""
BACK_SHARE = 0.7
"""A deviation is over below this share of what began it."""
_FAST_SLACK_M = 2.0
_VERTICAL_M = 0.1
_GEOD = Geod(ellps="WGS84")


class RouteAspect(StrEnum):
    """In what a drone may deviate."""

    CROSS_TRACK = "cross_track"
    ALTITUDE = "altitude"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class RouteTolerance:
    """How much deviates; of the schedule in seconds before the earliest or after the latest."""

    cross_track_m: float = 10.0
    altitude_m: float = 5.0
    schedule_s: float = 60.0
    held_s: float = 2.0
    """So long must it deviate, or keep to the route again."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """The drone has left its route in one aspect, or come back to it.

    Parameters
    ----------
    aspect : RouteAspect
    deviation : float
        Metres off the leg, metres above (positive) it, or seconds late (positive).
    is_deviating : bool
    """

    aspect: RouteAspect
    deviation: float
    is_deviating: bool


class RouteConformance:
    """Follows a drone along its route.

    Parameters
    ----------
    legs : sequence of Leg
        At least one.
    margin_m : float
        What the route keeps from every boundary. A drone that strays by no more, and can still slow down for the next
        corner, is trusted to turn there.
    tolerance : RouteTolerance, optional
    """

    def __init__(
        self, legs: Sequence[Leg], *, margin_m: float, tolerance: RouteTolerance | None = None
    ) -> None:
        self._legs = tuple(legs)
        self._margin_m = margin_m
        self._tolerance = tolerance or RouteTolerance()
        self._near_item: dict[int | None, tuple[int, ...]] = {}
        self._lengths_m: list[float] = []
        self._directions: list[tuple[float, float]] = []
        for leg in self._legs:
            azimuth_deg, _, length_m = _GEOD.inv(
                leg.start.lon_deg, leg.start.lat_deg, leg.end.lon_deg, leg.end.lat_deg
            )
            azimuth_rad = math.radians(azimuth_deg)
            is_upright = length_m <= _VERTICAL_M
            self._lengths_m.append(float(length_m))
            self._directions.append(
                (0.0, 0.0) if is_upright else (math.sin(azimuth_rad), math.cos(azimuth_rad))
            )
        self._straight_after_m = [self._way_straight_after_m(number) for number in range(len(self._legs))]
        self._deviating = dict.fromkeys(RouteAspect, False)
        self._since_s: dict[RouteAspect, float | None] = dict.fromkeys(RouteAspect)
        self.straight_on_m = math.inf
        """How far ahead the route turns; infinite for a drone that does not keep to it."""
        self.climb_on_m = math.inf
        """How far up or down the leg still leads; infinite likewise."""
        self.cross_track_m: float | None = None

    @property
    def deviating(self) -> tuple[RouteAspect, ...]:
        """In what the drone deviates now."""
        return tuple(aspect for aspect, is_so in self._deviating.items() if is_so)

    def suspend(self) -> None:
        """Judge nothing: the drone does not fly its mission."""
        self.straight_on_m = self.climb_on_m = math.inf
        self.cross_track_m = None
        self._since_s = dict.fromkeys(RouteAspect)

    def observe(
        self, observation: Observation, item_seq: int | None, elapsed_s: float | None = None
    ) -> list[Deviation]:
        """Take in where the drone is.

        Parameters
        ----------
        observation : Observation
        item_seq : int or None
            The mission item it flies to; None where it has not said.
        elapsed_s : float or None
            Since departure, by the drone's own clock.
        """
        leg, share, cross_m = self._nearest_leg(observation, item_seq)
        self.cross_track_m = cross_m
        low_m, high_m = self._heights_m(leg, share)
        height_m = observation.alt_rel_m
        off_m = 0.0 if math.isnan(height_m) else height_m - min(max(height_m, low_m), high_m)
        self._look_ahead(leg, share, cross_m, off_m, observation)
        late_s = self._late_s(leg, share, elapsed_s)
        found = (
            (RouteAspect.CROSS_TRACK, cross_m, self._tolerance.cross_track_m),
            (RouteAspect.ALTITUDE, off_m, self._tolerance.altitude_m),
            (RouteAspect.SCHEDULE, late_s, self._tolerance.schedule_s),
        )
        events = [self._judge(aspect, off, most, observation.time_s) for aspect, off, most in found]
        return [event for event in events if event is not None]

    def _nearest_leg(self, observation: Observation, item_seq: int | None) -> tuple[int, float, float]:
        """Find the nearest leg to the item flown to, or of the one before: corners are cut.

        Returns
        -------
        leg : int
        share : float
            Of the leg that is flown.
        away_m : float
        """
        east_m, north_m = metres_a_degree(observation.position.lat_deg)
        alt_rel_m = observation.alt_rel_m
        best = (math.inf, 0, 0.0, math.inf)
        for number in self._candidates(item_seq):
            leg = self._legs[number]
            x_m, y_m = _offset_m(leg.start, observation.position, east_m, north_m)
            end_x_m, end_y_m = _offset_m(leg.end, observation.position, east_m, north_m)
            along_x_m, along_y_m = end_x_m - x_m, end_y_m - y_m
            length2 = along_x_m**2 + along_y_m**2
            share = 0.0
            if length2 > _VERTICAL_M**2:
                share = min(1.0, max(0.0, -(x_m * along_x_m + y_m * along_y_m) / length2))
            away_m = math.hypot(x_m + share * along_x_m, y_m + share * along_y_m)
            # Take-off, legs above one another: the one at this height.
            low_m, high_m = self._heights_m(number, share)
            off_m = 0.0 if math.isnan(alt_rel_m) else max(low_m - alt_rel_m, alt_rel_m - high_m, 0.0)
            best = min(best, (away_m + off_m, number, share, away_m))
        _, number, share, away_m = best
        return number, share, away_m

    def _candidates(self, item_seq: int | None) -> tuple[int, ...]:
        """Give the legs to an item and those to where they begin; all where there is none."""
        found = self._near_item.get(item_seq)
        if found is None:
            starts = {leg.from_seq for leg in self._legs if leg.item_seq == item_seq}
            found = tuple(
                number
                for number, leg in enumerate(self._legs)
                if starts and (leg.item_seq == item_seq or leg.item_seq in starts)
            ) or tuple(range(len(self._legs)))
            self._near_item[item_seq] = found
        return found

    def _heights_m(self, leg: int, share: float) -> tuple[float, float]:
        start_m, end_m = self._legs[leg].start_alt_rel_m, self._legs[leg].end_alt_rel_m
        if self._lengths_m[leg] <= _VERTICAL_M:
            return min(start_m, end_m), max(start_m, end_m)
        at_m = start_m + share * (end_m - start_m)
        return at_m, at_m

    def _look_ahead(
        self, leg: int, share: float, cross_m: float, off_m: float, observation: Observation
    ) -> None:
        """Find how far ahead the route turns, for a drone that keeps to it and can slow down for that."""
        self.straight_on_m = self.climb_on_m = math.inf
        east_m_s, north_m_s = observation.east_m_s, observation.north_m_s
        if math.isnan(east_m_s + north_m_s) or abs(off_m) > self._tolerance.altitude_m:
            return
        length_m = self._lengths_m[leg]
        east, north = self._directions[leg]
        along_m_s = east_m_s * east + north_m_s * north
        beside_m_s = math.hypot(east_m_s - along_m_s * east, north_m_s - along_m_s * north)
        left_m = (1.0 - share) * length_m + self._straight_after_m[leg]
        if (
            cross_m + beside_m_s**2 / (2.0 * RETURN_DECELERATION_M_S2) > self._margin_m
            or along_m_s**2 / (2.0 * RETURN_DECELERATION_M_S2) > left_m + _FAST_SLACK_M
        ):
            return
        self.straight_on_m = left_m
        if not math.isnan(observation.alt_rel_m):
            self.climb_on_m = abs(self._legs[leg].end_alt_rel_m - observation.alt_rel_m)

    def _way_straight_after_m(self, leg: int) -> float:
        """Give the way the route goes straight on behind a leg."""
        east, north = self._directions[leg]
        way_m = 0.0
        for following in range(leg + 1, len(self._legs)):
            is_next = self._legs[following - 1].end == self._legs[following].start
            next_east, next_north = self._directions[following]
            cosine = east * next_east + north * next_north
            if not is_next or cosine < math.cos(math.radians(STRAIGHT_ON_DEG)):
                break
            way_m += self._lengths_m[following]
        return way_m

    def _late_s(self, leg: int, share: float, elapsed_s: float | None) -> float:
        start_s, end_s = self._legs[leg].start_s, self._legs[leg].end_s
        if elapsed_s is None or start_s is None or end_s is None:
            return 0.0
        earliest_s, latest_s = (
            first + share * (last - first) if math.isfinite(last - first) else last
            for first, last in zip(start_s, end_s, strict=True)
        )
        return elapsed_s - min(max(elapsed_s, earliest_s), latest_s)

    def _judge(self, aspect: RouteAspect, off: float, most: float, time_s: float) -> Deviation | None:
        was = self._deviating[aspect]
        is_deviating = abs(off) > most * (BACK_SHARE if was else 1.0)
        if is_deviating is was:
            self._since_s[aspect] = None
            return None
        since_s = self._since_s[aspect]
        if since_s is None or since_s > time_s:
            self._since_s[aspect] = time_s
            return None
        if time_s - since_s < self._tolerance.held_s:
            return None
        self._since_s[aspect] = None
        self._deviating[aspect] = is_deviating
        return Deviation(aspect, float(off), is_deviating)


def _offset_m(place: LatLon, origin: LatLon, east_m: float, north_m: float) -> tuple[float, float]:
    lon_deg = place.lon_deg - origin.lon_deg
    if abs(lon_deg) > 180.0:
        lon_deg -= math.copysign(360.0, lon_deg)
    return lon_deg * east_m, (place.lat_deg - origin.lat_deg) * north_m
