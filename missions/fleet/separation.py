"""Whether timed ways come too near to each other, exactly."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from missions.refusal import MissionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missions.fleet.schedule import Flight

_PARALLEL = 1e-12
_TOUCH_M = 1e-6
"""Layers that lie apart by just the least height are apart."""

_CORNERS_AT_MOST = 16


@dataclass(frozen=True, slots=True)
class Separation:
    """How far apart two drones stay in the air: sideways or in height.

    Parameters
    ----------
    horizontal_m, vertical_m : float
    slack_s : float
        Each two stay so also where one of them is early or late by this.
    """

    horizontal_m: float = 30.0
    vertical_m: float = 8.0
    slack_s: float = 15.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) and value > 0.0 for value in (self.horizontal_m, self.vertical_m)):
            raise MissionError("separation is a distance", remedy="Give metres above 0 to both sides")
        if not (math.isfinite(self.slack_s) and self.slack_s >= 0.0):
            raise MissionError(f"a slack of {self.slack_s:g} s is no time", remedy="Give 0 s or more")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two flights that come too near.

    Parameters
    ----------
    drone_ids : (str, str)
    time_s : float
        When the first of them is on the leg in question.
    distance_m : float
        Sideways, while their heights differ by less than they have to.
    """

    drone_ids: tuple[str, str]
    time_s: float
    distance_m: float


def track_array(flight: "Flight") -> NDArray[np.float64]:
    """Give a flight's track as rows of time, east, north, altitude."""
    return np.array([(point.time_s, *point.xy_m, point.alt_m) for point in flight.track], np.float64)


def conflicts_of(flights: "Sequence[Flight]", separation: Separation) -> list[Conflict]:
    """Every pair of flights of two drones that come too near, at their worst."""
    tracks = [track_array(flight) for flight in flights]
    found = []
    for second, track in enumerate(tracks):
        for first in range(second):
            if flights[first].drone_id == flights[second].drone_id:
                continue
            distance_m, leg = nearest_approach(
                tracks[first], track, separation.vertical_m, separation.slack_s, separation.horizontal_m
            )
            if distance_m < separation.horizontal_m:
                pair = flights[first].drone_id, flights[second].drone_id
                found.append(Conflict(pair, float(tracks[first][leg, 0]), float(distance_m)))
    return found


@compiled
def nearest_approach(
    one: NDArray[np.float64], other: NDArray[np.float64], vertical_m: float, slack_s: float, enough_m: float
) -> tuple[float, int]:
    """Least sideways distance while heights differ by less than `vertical_m`, and the leg of `one` it is on.

    Positions t and u of the two, with |t - u| <= slack, and heights that are too near, make a convex polygon in
    the plane of t and u; the squared distance is a convex quadratic there. Its least is where both ways meet, if that
    is inside, else on an edge, where it is a parabola.

    Parameters
    ----------
    one, other : arrays, shape (n, 4)
        Time, east, north, altitude; times do not fall.
    vertical_m, slack_s : float
    enough_m : float
        Legs that stay further apart than this are not looked at more closely.

    Returns
    -------
    (float, int)
        Infinite where heights always differ by enough.
    """
    best, leg = np.inf, -1
    corners = np.empty((_CORNERS_AT_MOST, 2))
    spare = np.empty((_CORNERS_AT_MOST, 2))
    last = len(other) - 1
    begin = 0
    for i in range(len(one) - 1):
        t0, t1 = one[i, 0], one[i + 1, 0]
        while begin < last - 1 and other[begin + 1, 0] < t0 - slack_s:
            begin += 1
        for k in range(begin, last):
            u0, u1 = other[k, 0], other[k + 1, 0]
            if u0 > t1 + slack_s:
                break
            if u1 < t0 - slack_s:
                continue
            reach_m = min(best, enough_m)
            if _is_far(one[i], one[i + 1], other[k], other[k + 1], reach_m, vertical_m):
                continue
            distance_m = _leg_distance_m(
                one[i], one[i + 1], other[k], other[k + 1], vertical_m, slack_s, corners, spare
            )
            if distance_m < best:
                best, leg = distance_m, i
    return best, leg


@compiled
def _is_far(
    a0: NDArray[np.float64],
    a1: NDArray[np.float64],
    b0: NDArray[np.float64],
    b1: NDArray[np.float64],
    reach_m: float,
    vertical_m: float,
) -> bool:
    """Whether the boxes round two legs are apart."""
    for axis in range(1, 4):
        gap_m = max(
            min(b0[axis], b1[axis]) - max(a0[axis], a1[axis]),
            min(a0[axis], a1[axis]) - max(b0[axis], b1[axis]),
        )
        if gap_m >= (vertical_m - _TOUCH_M if axis == 3 else reach_m):
            return True
    return False


@compiled
def _leg_distance_m(
    a0: NDArray[np.float64],
    a1: NDArray[np.float64],
    b0: NDArray[np.float64],
    b1: NDArray[np.float64],
    vertical_m: float,
    slack_s: float,
    corners: NDArray[np.float64],
    spare: NDArray[np.float64],
) -> float:
    """Least sideways distance of two timed legs; shares s and r of both stand for times."""
    span_a, span_b = a1[0] - a0[0], b1[0] - b0[0]
    corners[0, 0], corners[0, 1] = 0.0, 0.0
    corners[1, 0], corners[1, 1] = 1.0, 0.0
    corners[2, 0], corners[2, 1] = 1.0, 1.0
    corners[3, 0], corners[3, 1] = 0.0, 1.0
    count = 4
    late = a0[0] - b0[0]
    rise_a, rise_b = a1[3] - a0[3], b1[3] - b0[3]
    over = a0[3] - b0[3]
    # of s, of r, and the constant: each at most 0 inside
    for side in range(4):
        if side == 0:
            of_s, of_r, constant = span_a, -span_b, late - slack_s
        elif side == 1:
            of_s, of_r, constant = -span_a, span_b, -late - slack_s
        elif side == 2:
            of_s, of_r, constant = rise_a, -rise_b, over - vertical_m + _TOUCH_M
        else:
            of_s, of_r, constant = -rise_a, rise_b, -over - vertical_m + _TOUCH_M
        count = _clip(corners, count, of_s, of_r, constant, spare)
        if count == 0:
            return np.inf
    ax, ay = a1[1] - a0[1], a1[2] - a0[2]
    bx, by = b1[1] - b0[1], b1[2] - b0[2]
    dx, dy = a0[1] - b0[1], a0[2] - b0[2]
    cross = ax * by - ay * bx
    if abs(cross) > _PARALLEL * (1.0 + ax * ax + ay * ay + bx * bx + by * by):
        s = (bx * dy - by * dx) / cross
        r = (ax * dy - ay * dx) / cross
        is_inside = count > 2
        turn = 0.0
        for i in range(count):
            following = (i + 1) % count
            side_of = (corners[following, 0] - corners[i, 0]) * (r - corners[i, 1]) - (
                corners[following, 1] - corners[i, 1]
            ) * (s - corners[i, 0])
            if side_of * turn < 0.0:
                is_inside = False
            if side_of != 0.0:
                turn = side_of
        if is_inside:
            return 0.0
    least = np.inf
    for i in range(count):
        following = (i + 1) % count
        s0, r0 = corners[i, 0], corners[i, 1]
        ds, dr = corners[following, 0] - s0, corners[following, 1] - r0
        x, y = dx + ax * s0 - bx * r0, dy + ay * s0 - by * r0
        vx, vy = ax * ds - bx * dr, ay * ds - by * dr
        square = vx * vx + vy * vy
        share = 0.0 if square == 0.0 else min(1.0, max(0.0, -(x * vx + y * vy) / square))
        least = min(least, np.hypot(x + share * vx, y + share * vy))
    return least


@compiled
def _clip(
    corners: NDArray[np.float64],
    count: int,
    of_s: float,
    of_r: float,
    constant: float,
    spare: NDArray[np.float64],
) -> int:
    """Keep of a convex polygon where of_s s + of_r r + constant <= 0 (Sutherland and Hodgman, 1974)."""
    slack = 1e-9 * (1.0 + abs(of_s) + abs(of_r) + abs(constant))
    kept = 0
    for i in range(count):
        following = (i + 1) % count
        here = of_s * corners[i, 0] + of_r * corners[i, 1] + constant
        there = of_s * corners[following, 0] + of_r * corners[following, 1] + constant
        if here <= slack:
            spare[kept, 0], spare[kept, 1] = corners[i, 0], corners[i, 1]
            kept += 1
        if (here <= slack) != (there <= slack):
            share = min(1.0, max(0.0, here / (here - there))) if here != there else 0.0
            for axis in range(2):
                spare[kept, axis] = corners[i, axis] + share * (corners[following, axis] - corners[i, axis])
            kept += 1
    for i in range(kept):
        corners[i, 0], corners[i, 1] = spare[i, 0], spare[i, 1]
    return kept
