"""Whether a drone keeps to the route that was verified."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geofence.local_frame import LocalFrame
from geofence.monitor.observation import Observation
from geofence.monitor.stopping import DECELERATION_M_S2
from geofence.verification.leg import Leg

STRAIGHT_ON_DEG = 15.0
"""A route that turns by less goes straight on."""
BACK_SHARE = 0.7
"""A deviation is over below this share of what began it."""
_FAST_SLACK_M = 2.0
_VERTICAL_M = 0.1


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
        self._frame = LocalFrame.around(place for leg in legs for place in (leg.start, leg.end))
        self._starts = self._frame.xy_m(
            [leg.start.lat_deg for leg in legs], [leg.start.lon_deg for leg in legs]
        )
        ends = self._frame.xy_m([leg.end.lat_deg for leg in legs], [leg.end.lon_deg for leg in legs])
        self._along = ends - self._starts
        self._lengths_m = np.hypot(*self._along.T)
        self._alts_m = np.array([(leg.start_alt_rel_m, leg.end_alt_rel_m) for leg in legs])
        self._items = np.array([leg.item_seq for leg in legs])
        self._from_items = np.array([leg.from_seq for leg in legs])
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
        place = np.array(self._frame.point_xy_m(observation.position))
        leg, share, cross_m = self._nearest_leg(place, observation.alt_rel_m, item_seq)
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

    def _nearest_leg(
        self, place: np.ndarray, alt_rel_m: float, item_seq: int | None
    ) -> tuple[int, float, float]:
        """Find the nearest leg to the item flown to, or of the one before: corners are cut."""
        rows = np.arange(len(self._legs))
        if item_seq is not None:
            to_item = self._items == item_seq
            if to_item.any():
                before = np.isin(self._items, self._from_items[to_item])
                rows = np.flatnonzero(to_item | before)
        from_start = place - self._starts[rows]
        along = self._along[rows]
        lengths2 = self._lengths_m[rows] ** 2
        shares = np.clip(
            (from_start * along).sum(axis=1) / np.where(lengths2 > 0.0, lengths2, np.inf), 0.0, 1.0
        )
        aways_m = np.hypot(*(from_start - shares[:, None] * along).T)
        scores = aways_m.copy()
        if not math.isnan(alt_rel_m):
            # Take-off, legs above one another: the one at this height.
            alts_m = self._alts_m[rows]
            is_upright = self._lengths_m[rows] <= _VERTICAL_M
            at_m = alts_m[:, 0] + shares * (alts_m[:, 1] - alts_m[:, 0])
            lows_m = np.where(is_upright, alts_m.min(axis=1), at_m)
            highs_m = np.where(is_upright, alts_m.max(axis=1), at_m)
            scores += np.abs(alt_rel_m - np.clip(alt_rel_m, lows_m, highs_m))
        best = int(np.argmin(scores))
        return int(rows[best]), float(shares[best]), float(aways_m[best])

    def _heights_m(self, leg: int, share: float) -> tuple[float, float]:
        start_m, end_m = self._alts_m[leg].tolist()
        if self._lengths_m[leg] <= _VERTICAL_M:
            return min(start_m, end_m), max(start_m, end_m)
        at_m = start_m + share * (end_m - start_m)
        return at_m, at_m

    def _look_ahead(
        self, leg: int, share: float, cross_m: float, off_m: float, observation: Observation
    ) -> None:
        """Find how far ahead the route turns, for a drone that keeps to it and can slow down for that."""
        self.straight_on_m = self.climb_on_m = math.inf
        velocity = np.array((observation.east_m_s, observation.north_m_s))
        if np.isnan(velocity).any() or abs(off_m) > self._tolerance.altitude_m:
            return
        length_m = float(self._lengths_m[leg])
        direction = self._along[leg] / length_m if length_m > _VERTICAL_M else np.zeros(2)
        along_m_s = float(velocity @ direction)
        beside_m_s = float(np.hypot(*(velocity - along_m_s * direction)))
        left_m = (1.0 - share) * length_m + self._straight_after_m(leg)
        if (
            cross_m + beside_m_s**2 / (2.0 * DECELERATION_M_S2) > self._margin_m
            or along_m_s**2 / (2.0 * DECELERATION_M_S2) > left_m + _FAST_SLACK_M
        ):
            return
        self.straight_on_m = left_m
        end_m = float(self._alts_m[leg, 1])
        if not math.isnan(observation.alt_rel_m):
            self.climb_on_m = abs(end_m - observation.alt_rel_m)

    def _straight_after_m(self, leg: int) -> float:
        """Give the way the route goes straight on behind a leg."""
        first = self._along[leg]
        way_m = 0.0
        for following in range(leg + 1, len(self._legs)):
            along, length_m = self._along[following], float(self._lengths_m[following])
            is_next = self._legs[following - 1].end == self._legs[following].start
            if not is_next or length_m <= _VERTICAL_M or self._lengths_m[leg] <= _VERTICAL_M:
                break
            cosine = float(first @ along) / (float(self._lengths_m[leg]) * length_m)
            if cosine < math.cos(math.radians(STRAIGHT_ON_DEG)):
                break
            way_m += length_m
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
