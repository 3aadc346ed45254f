"""Spline waypoints: cubic curves whose tangents come from the waypoints before and after."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.autopilot.waypoint_navigation import LegLimits, Place

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

SAMPLES = 96
MOST_TANGENT = 4.0
"""Both tangents together are no longer than so many times the distance."""
BRAKING_SHARE = 0.7
"""Of the acceleration is used along the curve, which leaves the rest for bends and the jerk."""
LEAST_M_S = 0.2


class SplineFlight:
    """Moves the target along one curve after another, as fast as its bends allow."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._points: NDArray[np.float64] = np.zeros((2, 3))
        self._along_m: NDArray[np.float64] = np.zeros(2)
        self._speeds_m_s: NDArray[np.float64] = np.zeros(2)
        self._flown_m = 0.0
        self._speed_m_s = 0.0
        self._velocity: NDArray[np.float64] = np.zeros(3)
        self.tangent: Place = (0.0, 0.0, 0.0)
        """Where the last curve led, for the next to go on with; nothing where it stops."""
        self.destination: Place = (0.0, 0.0, 0.0)
        self.is_active = False

    @property
    def is_finished(self) -> bool:
        """Whether the end of the curve is reached by the target."""
        return bool(self._flown_m >= self._along_m[-1] - 1e-6)

    def start(self, origin: Place, destination: Place, end_tangent: Place, limits: LegLimits) -> None:
        """Fly on from `origin` with the tangent that the last curve ended with; a zero end tangent stops there."""
        begin = np.array(self.tangent if self.is_active else (0.0, 0.0, 0.0))
        end = np.array(end_tangent)
        self._points = _curve(np.array(origin), np.array(destination), begin, end)
        steps_m = np.linalg.norm(np.diff(self._points, axis=0), axis=1)
        self._along_m = np.concatenate(([0.0], np.cumsum(steps_m)))
        self._flown_m = 0.0
        if not self.is_active or not begin.any():
            self._speed_m_s = 0.0
        self._speeds_m_s = _speeds(
            self._points, steps_m, limits, begin_m_s=self._speed_m_s, does_stop=not end.any()
        )
        self.tangent, self.destination = end_tangent, destination
        self.is_active = True

    def stop(self) -> None:
        """Leave the curve; the next begins with a stop."""
        self.is_active = False
        self.tangent = (0.0, 0.0, 0.0)

    def step(self, dt: float, limits: LegLimits, pace: float = 1.0) -> None:
        """Go on for a while."""
        allowed = float(np.interp(self._flown_m, self._along_m, self._speeds_m_s)) * pace
        most = BRAKING_SHARE * limits.accel_m_s2 * dt
        self._speed_m_s = min(allowed, self._speed_m_s + most)
        speed = self._speed_m_s if self.is_finished else max(self._speed_m_s, LEAST_M_S * pace)
        self._flown_m = min(self._flown_m + speed * dt, float(self._along_m[-1]))
        at = np.array([np.interp(self._flown_m, self._along_m, self._points[:, axis]) for axis in range(3)])
        control = self._autopilot.control
        before = np.array((control.north, control.east, control.up))
        velocity = (at - before) / dt
        accel = (velocity - self._velocity) / dt if self._velocity.any() else np.zeros(3)
        size = float(np.linalg.norm(accel))
        if size > limits.accel_m_s2:
            accel *= limits.accel_m_s2 / size
        self._velocity = velocity
        control.north, control.east, control.up = (float(part) for part in at)
        control.velocity_north, control.velocity_east, control.velocity_up = (float(p) for p in velocity)
        control.accel_north, control.accel_east, control.accel_up = (float(part) for part in accel)


def _curve(
    origin: NDArray[np.float64],
    destination: NDArray[np.float64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sample Hermite's cubic, (SAMPLES, 3)."""
    longest = MOST_TANGENT * float(np.linalg.norm(destination - origin))
    length = float(np.linalg.norm(begin + end))
    if length > longest:
        begin, end = begin * (longest / length), end * (longest / length)
    t = np.linspace(0.0, 1.0, SAMPLES)[:, None]
    return np.asarray(
        (2 * t**3 - 3 * t**2 + 1) * origin
        + (t**3 - 2 * t**2 + t) * begin
        + (3 * t**2 - 2 * t**3) * destination
        + (t**3 - t**2) * end
    )


def _speeds(
    points: NDArray[np.float64],
    steps_m: NDArray[np.float64],
    limits: LegLimits,
    *,
    begin_m_s: float,
    does_stop: bool,
) -> NDArray[np.float64]:
    """Highest speed at every sample: by bend, climb, and the way to what is slower ahead or was behind."""
    steps = np.diff(points, axis=0)
    directions = steps / np.maximum(steps_m, 1e-9)[:, None]
    turns = np.linalg.norm(np.diff(directions, axis=0), axis=1)
    bends = turns / np.maximum(0.5 * (steps_m[1:] + steps_m[:-1]), 1e-9)
    speeds = np.full(len(points), limits.speed_m_s)
    speeds[1:-1] = np.minimum(speeds[1:-1], np.sqrt(0.5 * limits.accel_m_s2 / np.maximum(bends, 1e-9)))
    rises = directions[:, 2]
    vertical = np.where(rises > 0, limits.climb_m_s, limits.descent_m_s) / np.maximum(np.abs(rises), 1e-9)
    speeds[1:] = np.minimum(speeds[1:], vertical)
    if does_stop:
        speeds[-1] = 0.0
    speeds[0] = max(begin_m_s, LEAST_M_S)
    gain = 2.0 * BRAKING_SHARE * limits.accel_m_s2
    for at in range(len(points) - 2, -1, -1):
        speeds[at] = min(speeds[at], math.sqrt(speeds[at + 1] ** 2 + gain * steps_m[at]))
    for at in range(1, len(points)):
        speeds[at] = min(speeds[at], math.sqrt(speeds[at - 1] ** 2 + gain * steps_m[at - 1]))
    return speeds
