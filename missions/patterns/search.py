"""Searches from a datum: expanding square (SS) and sector search (VS), IAMSAR manual volume III, section 3."""

import itertools
import math
from typing import assert_never

from missions.patterns.drift import drifted, times_s
from missions.patterns.flights import PatternFlights
from missions.patterns.left_out import not_flown
from missions.patterns.pattern import ExpandingSquarePattern, SearchPattern, SectorSearchPattern
from missions.patterns.run import cut_line, drawn, flight_along
from missions.patterns.space import PatternSpace
from missions.plan.plan import DatumFix, RouteKind
from missions.refusal import MissionError
from missions.transit import XY, Transit, path_length_m

TURN_S = 3.0
"""Lost at a turn by braking and speeding up; 3.0 to 3.6 s at 120 degrees and 10 m/s in the simulator."""

_CLIMB_M_S = 2.5  # WPNAV_SPEED_UP
_START_S = 6.0
_ROUNDS = 12
_SECOND_SEARCH_DEG = 30.0
_SECTOR_TURNS_DEG = (0.0, 120.0, 120.0, 0.0, 120.0, 120.0, 0.0, 120.0, 120.0)
"""Before each leg: out, across, back to the datum and straight on through it, three times."""

_FASTER_THAN_DRIFT = 2.0


def search_legs(pattern: SearchPattern) -> list[tuple[float, float]]:
    """Azimuth in degrees and length in metres of each leg, over a datum at rest."""
    turn = pattern.direction.turn
    match pattern:
        case ExpandingSquarePattern():
            return [
                ((pattern.heading_deg + turn * 90.0 * leg) % 360.0, pattern.track_spacing_m * (leg // 2 + 1))
                for leg in range(pattern.legs)
            ]
        case SectorSearchPattern():
            legs = []
            for search in range(pattern.searches):
                azimuth_deg = pattern.heading_deg + turn * _SECOND_SEARCH_DEG * search
                for turn_deg in _SECTOR_TURNS_DEG:
                    azimuth_deg += turn * turn_deg
                    legs.append((azimuth_deg % 360.0, pattern.radius_m))
            return legs
        case _:
            assert_never(pattern)


def search_vertices(pattern: SearchPattern) -> list[XY]:
    """Places where the legs meet, in metres from the datum at rest; the first is the datum."""
    vertices = [(0.0, 0.0)]
    for azimuth_deg, length_m in search_legs(pattern):
        azimuth = math.radians(azimuth_deg)
        x, y = vertices[-1]
        vertices.append((x + length_m * math.sin(azimuth), y + length_m * math.cos(azimuth)))
    return vertices


def search_track(
    pattern: SearchPattern, datum: XY, arrival_s: float, speed_m_s: float
) -> tuple[list[XY], list[float]]:
    """Draw the ground track over the drifting datum, and the time after take-off at each of its vertices.

    Parameters
    ----------
    datum : (float, float)
        At take-off.
    arrival_s : float
        When the drone is at the datum.
    speed_m_s : float

    Raises
    ------
    MissionError
        The datum drifts too fast to be searched for at this speed.
    """
    drift = pattern.drift
    if drift is not None and speed_m_s < _FASTER_THAN_DRIFT * drift.rate_m_s:
        raise MissionError(
            f"a datum that drifts at {drift.rate_m_s:g} m/s cannot be searched for at {speed_m_s:g} m/s",
            remedy=f"Fly at {_FASTER_THAN_DRIFT * drift.rate_m_s:g} m/s or more",
        )
    velocity_m_s = (0.0, 0.0) if drift is None else drift.velocity_m_s
    vertices = search_vertices(pattern)
    azimuths_deg = [azimuth_deg for azimuth_deg, _ in search_legs(pattern)]
    turns_s = [TURN_S, *(TURN_S if b != a else 0.0 for a, b in itertools.pairwise(azimuths_deg))]
    times = [arrival_s + time_s for time_s in times_s(vertices, velocity_m_s, speed_m_s, turns_s=turns_s)]
    track = [
        drifted((datum[0] + x, datum[1] + y), velocity_m_s, time_s)
        for (x, y), time_s in zip(vertices, times, strict=True)
    ]
    return track, times


def arrival_s(
    pattern: SearchPattern, datum: XY, pad: XY, alt_rel_m: float, speed_m_s: float, transit: Transit | None
) -> float:
    """When a drone that takes off at 0 meets the drifting datum; straight on where no transit is given."""
    velocity_m_s = (0.0, 0.0) if pattern.drift is None else pattern.drift.velocity_m_s
    away_s = _START_S + alt_rel_m / _CLIMB_M_S + TURN_S
    time_s = away_s
    for _ in range(_ROUNDS):
        place = drifted(datum, velocity_m_s, time_s)
        length_m = math.dist(pad, place)
        if transit is not None:
            entry, end = transit.nearest_point(pad), transit.nearest_point(place)
            way_m = path_length_m(transit.path(entry, end))
            length_m = math.dist(pad, entry) + way_m + math.dist(end, place)
        time_s = away_s + length_m / speed_m_s
    return time_s


def plan_search(pattern: SearchPattern, space: PatternSpace) -> PatternFlights:
    """Fly a search from the datum, moving with it; what of it is not legal is left out.

    Raises
    ------
    MissionError
        Nothing of it can be reached, or the datum drifts too fast.
    """
    datum = space.frame.point_xy_m(pattern.datum)
    met_s = arrival_s(pattern, datum, space.pad, space.alt_rel_m, space.speed_m_s, space.transit)
    track, times = search_track(pattern, datum, met_s, space.speed_m_s)
    cut = cut_line(drawn(track, RouteKind.SEARCH, space.alt_rel_m), space.transit.area)
    if not cut.runs:
        raise MissionError(
            "no part of the search can be reached from the pad without leaving legal space",
            place=f"datum {pattern.datum}",
            remedy="Move the datum or the pad, or add an inclusion zone between them",
        )
    flight = flight_along(cut.runs, space)
    findings = tuple(not_flown(space, cut.left_out, "the search"))
    velocity_m_s = (0.0, 0.0) if pattern.drift is None else pattern.drift.velocity_m_s
    fixes = tuple(
        DatumFix(round(time_s, 1), space.position(drifted(datum, velocity_m_s, time_s))) for time_s in times
    )
    return PatternFlights((flight,), findings, datum_track=fixes)
