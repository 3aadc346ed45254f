"""Where a plan's drone is at what time: a line in space and time, for pictures.

It flies straight from item to item. Without a prediction the times are an estimate from the speed alone.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geofence.latlon import LatLon
from geofence.terrain import Terrain
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.plan.route_items import ground_length_m
from missions.report.flight_profile import FlightProfile

_SPEED_M_S = 10.0
_VERTICAL_M_S = 2.0
_TURN_S = 2.0
_CIRCLE_M_S = 5.0
_HOVERS = {Command.NAV_LOITER_TIME: 0, Command.NAV_DELAY: 0, Command.CONDITION_DELAY: 0}
"""By command, which of its parameters are seconds."""


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A place of the flight.

    Parameters
    ----------
    item_seq : int
        The item that leads here; 0 for the pad before the first.
    position : LatLon
    alt_rel_m : float
        Above home.
    time_s, distance_m : float
        After departure, and along the ground.
    used_wh : float or None
        Since departure.
    """

    item_seq: int
    position: LatLon
    alt_rel_m: float
    time_s: float
    distance_m: float
    used_wh: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """All of a flight; at least the pad.

    Parameters
    ----------
    points : tuple of TrackPoint
    is_estimated : bool
        Whether its times are from the speed alone.
    """

    points: tuple[TrackPoint, ...]
    is_estimated: bool

    @property
    def duration_s(self) -> float:
        """From departure to landing."""
        return self.points[-1].time_s

    @property
    def length_m(self) -> float:
        """Along the ground."""
        return self.points[-1].distance_m

    def ends(self) -> dict[int, TrackPoint]:
        """Give where and when each item is done, by its seq."""
        return {point.item_seq: point for point in self.points}

    def sampled(self, count: int) -> tuple[NDArray[np.float64], ...]:
        """Give distances, times, latitudes, longitudes and altitudes at `count` places, evenly along the ground."""
        lines = np.array(
            [
                (p.distance_m, p.time_s, p.position.lat_deg, p.position.lon_deg, p.alt_rel_m)
                for p in self.points
            ]
        )
        wanted_m = np.linspace(0.0, max(self.length_m, 1e-9), count)
        return (
            wanted_m,
            *(np.interp(wanted_m, lines[:, 0], lines[:, column]) for column in range(1, 5)),
        )


def track_of(plan: Plan, *, profile: FlightProfile | None = None, terrain: Terrain | None = None) -> Track:
    """Follow the items from home, each once; a jump back is not repeated.

    Parameters
    ----------
    plan : Plan
    profile : FlightProfile, optional
        Its times and energies are taken instead of estimates.
    terrain : Terrain, optional
        For items whose altitude counts from the ground.
    """
    speed_m_s = plan.speed_m_s if plan.speed_m_s is not None else _SPEED_M_S
    alt_m = 0.0
    points = [TrackPoint(0, plan.home, 0.0, 0.0, 0.0)]

    def go(seq: int, position: LatLon, to_alt_m: float, hold_s: float) -> None:
        last = points[-1]
        ground_m = ground_length_m((last.position, position))
        climb_s = abs(to_alt_m - last.alt_rel_m) / _VERTICAL_M_S
        turn_s = _TURN_S if ground_m > 0.0 else 0.0
        time_s = last.time_s + max(ground_m / speed_m_s + turn_s, climb_s) + hold_s
        points.append(TrackPoint(seq, position, to_alt_m, time_s, last.distance_m + ground_m))

    for item in plan.items:
        here = points[-1].position
        if item.command == Command.DO_CHANGE_SPEED:
            speed_m_s = item.params[1] if item.params[1] > 0.0 and item.params[0] <= 1.0 else speed_m_s
        elif item.command == Command.NAV_TAKEOFF:
            alt_m = _alt_rel_m(item, here, plan, terrain)
            go(item.seq, here, alt_m, 0.0)
        elif item.command == Command.NAV_RETURN_TO_LAUNCH:
            over_m = alt_m if plan.returns is None else max(alt_m, plan.returns.alt_rel_m)
            go(item.seq, here, over_m, 0.0)
            go(item.seq, plan.home, over_m, 0.0)
            go(item.seq, plan.home, 0.0, 0.0)
        elif item.command == Command.NAV_LAND:
            there = item.position if item.position is not None else here
            go(item.seq, there, alt_m, 0.0)
            go(item.seq, there, 0.0, 0.0)
        elif item.is_navigation and item.command != Command.NAV_DELAY:
            there = item.position if item.position is not None else here
            alt_m = _alt_rel_m(item, there, plan, terrain)
            go(item.seq, there, alt_m, _hold_s(item))
        else:
            go(item.seq, here, points[-1].alt_rel_m, _hold_s(item))
    if profile is None:
        return Track(tuple(points), is_estimated=True)
    return Track(_predicted(points, profile), is_estimated=False)


def _alt_rel_m(item: MissionItem, place: LatLon, plan: Plan, terrain: Terrain | None) -> float:
    home_m = plan.home_alt_amsl_m
    if item.frame is Frame.GLOBAL and home_m is not None:
        return item.alt_m - home_m
    if item.frame is Frame.GLOBAL_TERRAIN_ALT and terrain is not None:
        lats_deg, lons_deg = [plan.home.lat_deg, place.lat_deg], [plan.home.lon_deg, place.lon_deg]
        home_ground_m, ground_m = terrain.ground_alt_amsl_m(lats_deg, lons_deg)
        rise_m = float(ground_m - (home_m if home_m is not None else home_ground_m))
        return item.alt_m + (rise_m if math.isfinite(rise_m) else 0.0)
    return item.alt_m


def _hold_s(item: MissionItem) -> float:
    if item.command == Command.NAV_LOITER_TURNS:
        return 2.0 * math.pi * abs(item.params[0] * item.params[2]) / _CIRCLE_M_S
    if item.command in (Command.NAV_WAYPOINT, Command.NAV_SPLINE_WAYPOINT):
        return max(0.0, item.params[0])
    which = next((place for command, place in _HOVERS.items() if command == item.command), None)
    return 0.0 if which is None else max(0.0, item.params[which])


def _predicted(points: list[TrackPoint], profile: FlightProfile) -> tuple[TrackPoint, ...]:
    """Bend the estimated times so that every item ends when it is predicted to."""
    estimated = {point.item_seq: point.time_s for point in points}
    known = {seq: place for place, seq in enumerate(profile.item_seqs)}
    seqs = [seq for seq in estimated if seq in known]
    from_s = [0.0, *(estimated[seq] for seq in seqs)]
    to_s = [0.0, *(profile.ends_s[known[seq]] for seq in seqs)]
    used = [0.0, *(profile.used_wh[known[seq]] for seq in seqs)] if profile.used_wh else None
    for place, (before, after) in enumerate(pairwise(from_s), start=1):
        from_s[place] = max(after, before)
    times_s = [float(np.interp(point.time_s, from_s, to_s)) for point in points]
    energies = None if used is None else [float(np.interp(p.time_s, from_s, used)) for p in points]
    return tuple(
        TrackPoint(
            point.item_seq,
            point.position,
            point.alt_rel_m,
            times_s[place],
            point.distance_m,
            None if energies is None else energies[place],
        )
        for place, point in enumerate(points)
    )
