"""The turns a copter flies at its waypoints, and how far it strays there."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, Polygon

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.verification.finding import FindingCode
from geofence.verification.leg import SweptArea
from missions.ways.copter_motion import CopterMotion

_Points = NDArray[np.float64]

_CURVE_CHORDS = 12
_DISC_VERTICES = 16
_LEVEL_M = 0.1
_STRAIGHT = 1e-3


@dataclass(frozen=True, slots=True)
class Turn:
    """Where one leg ends and the next begins.

    Parameters
    ----------
    seq : int
        The item it happens at; 0 is home.
    before, position, after : LatLon
        Where the legs come from, meet and go to.
    alts_rel_m : (float, float, float)
        There, in the same order.
    is_passed : bool
        The copter does not stop there: it cuts the corner.
    speed_m_s : float
    span_s : (float, float)
        Earliest and latest time after departure.
    meets_ground : bool
        Take-off or landing.
    """

    seq: int
    before: LatLon
    position: LatLon
    after: LatLon
    alts_rel_m: tuple[float, float, float]
    is_passed: bool
    speed_m_s: float
    span_s: tuple[float, float]
    meets_ground: bool = False


def strayed_areas(turns: Iterable[Turn], motion: CopterMotion, *, margin_m: float) -> list[SweptArea]:
    """Areas beside the legs that a copter may be in at its turns.

    A cut corner lies within the waypoint radius of the legs, an overshoot within its own length: where legs are
    level, the margin they keep holds what is no longer than it, and no area is made.

    Parameters
    ----------
    turns : iterable of Turn
    motion : CopterMotion
    margin_m : float
        What legs keep from everything forbidden.
    """
    chosen = [turn for turn in turns if _strays(turn, motion, margin_m)]
    if not chosen:
        return []
    places = [place for turn in chosen for place in (turn.before, turn.position, turn.after)]
    frame = LocalFrame.around(places)
    corners = frame.xy_m([place.lat_deg for place in places], [place.lon_deg for place in places])
    outlines = [
        outline
        for turn, of_turn in zip(chosen, corners.reshape(-1, 3, 2), strict=True)
        for outline in _outlines(turn, of_turn, motion, margin_m)
    ]
    areas = frame.unproject_all(np.array([Polygon(outline.xy_m) for outline in outlines]))
    return [_area(outline, area) for outline, area in zip(outlines, areas, strict=True)]


def cut_corners(turns: Iterable[Turn], motion: CopterMotion) -> list[SweptArea]:
    """Areas between the legs and the curves that a copter flies in place of their corners, whatever the margin."""
    areas = strayed_areas((turn for turn in turns if turn.is_passed), motion, margin_m=0.0)
    return [area for area in areas if area.code is FindingCode.CORNER]


def _strays(turn: Turn, motion: CopterMotion, margin_m: float) -> bool:
    longest_m = max(motion.waypoint_radius_m if turn.is_passed else 0.0, _overshoot_m(turn, motion))
    return longest_m > margin_m or max(turn.alts_rel_m) - min(turn.alts_rel_m) > _LEVEL_M


def _overshoot_m(turn: Turn, motion: CopterMotion) -> float:
    return motion.drift_m if turn.meets_ground else motion.overshoot_s * turn.speed_m_s


@dataclass(frozen=True, slots=True)
class _Outline:
    """An area in the plane, and what it is."""

    turn: Turn
    xy_m: _Points
    low_m: float
    high_m: float
    what: str
    code: FindingCode


def _outlines(turn: Turn, places_xy_m: _Points, motion: CopterMotion, margin_m: float) -> Iterator[_Outline]:
    before, corner, after = places_xy_m
    overshoot_m = _overshoot_m(turn, motion)
    low_m = high_m = turn.alts_rel_m[1]
    back, ahead = before - corner, after - corner
    back_m, ahead_m = float(np.hypot(*back)), float(np.hypot(*ahead))
    if turn.is_passed and back_m > 0.0 and ahead_m > 0.0:
        # Half the angle between the legs: 90 degrees where they run straight on.
        cosine = float(np.clip(back @ ahead / (back_m * ahead_m), -1.0, 1.0))
        turned = math.sqrt(0.5 * (1.0 + cosine))
        if turned > _STRAIGHT and cosine < 1.0 - _STRAIGHT:
            cut_m = motion.corner_cut_m(turned, turn.speed_m_s)
            tangent_m = 4.0 * cut_m / turned
            begin, end = min(tangent_m / back_m, 1.0), min(tangent_m / ahead_m, 1.0)
            alts_m = [
                turn.alts_rel_m[1],
                turn.alts_rel_m[1] + begin * (turn.alts_rel_m[0] - turn.alts_rel_m[1]),
                turn.alts_rel_m[1] + end * (turn.alts_rel_m[2] - turn.alts_rel_m[1]),
            ]
            low_m, high_m = min(alts_m), max(alts_m)
            # Braking along one leg while it speeds up along the other, with bounded jerk it keeps inside this cubic,
            # which passes the corner at the distance that it is cut by.
            shares = np.linspace(0.0, 1.0, _CURVE_CHORDS + 1)[:, None]
            to_go_m = np.minimum(tangent_m * (1.0 - shares) ** 3, back_m)
            gone_m = np.minimum(tangent_m * shares**3, ahead_m)
            curve = corner + to_go_m * back / back_m + gone_m * ahead / ahead_m
            outline = np.vstack((curve, corner[None]))
            yield _Outline(turn, outline, low_m, high_m, "turn", FindingCode.CORNER)
    if overshoot_m > margin_m:
        what = "take-off or landing" if turn.meets_ground else "flight"
        if turn.meets_ground:
            low_m, high_m = min(turn.alts_rel_m), max(turn.alts_rel_m)
        # It swings out at the corner, and back on to the next leg only after a while.
        share = min(1.0, motion.swing_s * turn.speed_m_s / ahead_m) if ahead_m > 0.0 else 0.0
        ends = np.stack((corner, corner + share * ahead))
        angles = np.linspace(0.0, 2.0 * math.pi, _DISC_VERTICES, endpoint=False)
        radius_m = overshoot_m / math.cos(math.pi / _DISC_VERTICES)
        disc = radius_m * np.column_stack((np.cos(angles), np.sin(angles)))
        hull = shapely.get_coordinates(MultiPoint((ends[:, None] + disc).reshape(-1, 2)).convex_hull)
        end_alt_m = turn.alts_rel_m[1] + share * (turn.alts_rel_m[2] - turn.alts_rel_m[1])
        low_m, high_m = min(low_m, end_alt_m), max(high_m, end_alt_m)
        yield _Outline(turn, hull, low_m, high_m, what, FindingCode.TRACKING)


def _area(outline: _Outline, area: Polygon) -> SweptArea:
    turn = outline.turn
    return SweptArea(
        turn.seq,
        turn.seq,
        area,
        outline.low_m,
        outline.high_m,
        turn.span_s,
        name=f"The {outline.what} at {f'item {turn.seq}' if turn.seq else 'home'}",
        code=outline.code,
        meets_ground=turn.meets_ground,
    )
