"""The path flown so far, kept small, for flying it back (AP_SmartRTL)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot
    from simulator.autopilot.waypoint_navigation import Place

SAVE_PERIOD_S = 0.33
POINTS_MOST = 500
SIMPLIFY_EVERY = 50
SPARE_POINTS = 10
FULL_S = 15.0
"""A path without room for so long is given up."""
SIMPLIFY_SHARE, PRUNE_SHARE = 0.5, 0.99
"""Of SRTL_ACCURACY: how far simplifying may move the path, and how near two stretches count as one place."""

Points = NDArray[np.float64]


class FlownPath:
    """Places north, east and up, from where the vehicle was armed to where it is."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._points: list[Place] = []
        self._simplified = 0
        self.next_save_s = 0.0
        self._saved_s = 0.0
        self.is_known = False

    def __len__(self) -> int:
        return len(self._points)

    def start(self) -> None:
        """Begin at the place of arming."""
        parameters = self._autopilot.parameters
        self._points, self._simplified = [], 1
        self.is_known = parameters["SRTL_POINTS"] > 0 and parameters["SRTL_ACCURACY"] > 0
        if self.is_known:
            self._saved_s = self._autopilot.now_s
            self._points.append(self._here())

    def step(self) -> None:
        """Keep the present place where it is a new one; to be called while armed and not flying the path back."""
        autopilot = self._autopilot
        if not self.is_known or autopilot.now_s < self.next_save_s:
            return
        self.next_save_s = autopilot.now_s + SAVE_PERIOD_S
        here, accuracy_m = self._here(), autopilot.parameters["SRTL_ACCURACY"]
        if self._points and math.dist(here, self._points[-1]) < accuracy_m:
            self._saved_s = autopilot.now_s
            return
        room = self._room()
        if room <= SPARE_POINTS or len(self._points) - self._simplified >= SIMPLIFY_EVERY:
            self._simplify()
            if self._room() <= SPARE_POINTS:
                self._prune()
            room = self._room()
        if room > 0:
            self._points.append(here)
            self._saved_s = autopilot.now_s
        elif autopilot.now_s - self._saved_s > FULL_S:
            self.is_known = False
            autopilot.say(4, "SmartRTL deactivated: buffer full")

    @property
    def newest(self) -> Place | None:
        """The place that `pop` would give."""
        return self._points[-1] if self._points else None

    def clean(self) -> None:
        """Simplify all of it, for the way back; the recorded vehicle flew its loops back too."""
        self._simplified = 1
        self._simplify()

    def pop(self) -> Place | None:
        """Take the newest place off; None where there is none left."""
        if not self._points:
            return None
        self._simplified = min(self._simplified, len(self._points) - 1)
        return self._points.pop()

    def put_back(self, place: Place) -> None:
        """Keep a place that was taken off and not reached."""
        self._points.append(place)

    def _here(self) -> Place:
        body = self._autopilot.body
        return (body.north_m, body.east_m, body.up_m)

    def _room(self) -> int:
        return min(int(self._autopilot.parameters["SRTL_POINTS"]), POINTS_MOST) - len(self._points)

    def _simplify(self) -> None:
        """Drop the points that lie on the way between others (Ramer, Douglas and Peucker)."""
        first = max(self._simplified - 1, 0)
        points = np.array(self._points[first:])
        kept = _bends(points, SIMPLIFY_SHARE * self._autopilot.parameters["SRTL_ACCURACY"])
        self._points[first:] = [self._points[first + int(number)] for number in np.flatnonzero(kept)]
        self._simplified = len(self._points)

    def _prune(self) -> None:
        """Cut out what lies between two stretches that pass one place."""
        near_m = PRUNE_SHARE * self._autopilot.parameters["SRTL_ACCURACY"]
        number = 0
        while number < len(self._points) - 3:
            points = np.array(self._points)
            distances_m, middles = _nearest(points[number], points[number + 1], points[number + 2 :])
            near = np.flatnonzero(distances_m < near_m)
            if len(near):
                last = number + 2 + int(near[-1])
                middle = middles[near[-1]]
                self._points[number + 1 : last + 1] = [(float(middle[0]), float(middle[1]), float(middle[2]))]
            number += 1
        self._simplified = min(self._simplified, len(self._points))


def _bends(points: Points, tolerance_m: float) -> NDArray[np.bool_]:
    kept = np.zeros(len(points), dtype=np.bool_)
    kept[[0, -1]] = True
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        start, chord = points[first], points[last] - points[first]
        offsets = points[first + 1 : last] - start
        along = np.clip(offsets @ chord / max(float(chord @ chord), 1e-9), 0.0, 1.0)
        distances_m = np.linalg.norm(offsets - along[:, None] * chord, axis=1)
        farthest = int(np.argmax(distances_m))
        if distances_m[farthest] > tolerance_m:
            middle = first + 1 + farthest
            kept[middle] = True
            waiting += [(first, middle), (middle, last)]
    return kept


def _nearest(start: Points, end: Points, chain: Points) -> tuple[Points, Points]:
    """Distance of a stretch to each stretch of a chain, and the middle between where they come nearest."""
    direction, begins = end - start, chain[:-1]
    chords = chain[1:] - begins
    offsets = start - begins
    a = max(float(direction @ direction), 1e-12)
    e = np.maximum(np.einsum("ij,ij->i", chords, chords), 1e-12)
    b, c = chords @ direction, offsets @ direction
    f = np.einsum("ij,ij->i", chords, offsets)
    denominator = a * e - b * b
    own = np.where(denominator > 1e-9, (b * f - c * e) / np.maximum(denominator, 1e-9), 0.0)
    own = np.clip(own, 0.0, 1.0)
    other = np.clip((b * own + f) / e, 0.0, 1.0)
    own = np.clip((b * other - c) / a, 0.0, 1.0)
    here = start + own[:, None] * direction
    there = begins + other[:, None] * chords
    return np.linalg.norm(here - there, axis=1), 0.5 * (here + there)
