"""Circles that are flown faster than the wind lets the copter follow."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

from missions.vehicle.movement import XYZ, Movement, Phase
from missions.vehicle.movement_times import paces_of
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.wind import Wind

_STEP_S = 0.25
_GAIN_PER_S = 1.0  # PSC_POSXY_P
_CATCHES_UP_M_S2 = 2.5
_KEEPS_UP_M = 5.0
_ROUNDS_CHASED = 2.0
"""After so many it falls behind no farther."""


def fallen_behind(
    movements: Sequence[Movement], profile: VehicleProfile, wind: Wind, *, alt_amsl_m: float = 0.0
) -> list[Movement]:
    """Let the leg after a circle begin where the copter is by then.

    The place to be runs round the circle whether or not the copter can follow it; in wind it falls behind, and flies on
    from there.
    """
    flown = list(movements)
    for number, (movement, after) in enumerate(itertools.pairwise(movements)):
        if movement.phase is not Phase.CIRCLE or after.phase is not Phase.FLY:
            continue
        goal, at = _end_of_chase(movement, profile, wind, alt_amsl_m)
        if math.dist(at, goal) > _KEEPS_UP_M:
            flown[number + 1] = replace(after, points_m=(at, *after.points_m[1:]))
    return flown


def _end_of_chase(
    movement: Movement, profile: VehicleProfile, wind: Wind, alt_amsl_m: float
) -> tuple[XYZ, XYZ]:
    """Where the copter is to be at the end of its rounds, and where it is."""
    (pace,) = paces_of([movement], profile, wind, alt_amsl_m=alt_amsl_m)
    air_m_s = profile.fastest_air_speed_m_s(alt_amsl_m=alt_amsl_m)
    wind_m_s = wind.velocity_m_s(movement.start_m[2])
    rounds = min(movement.rounds, _ROUNDS_CHASED + movement.rounds % 1.0)
    steps = math.ceil(pace.duration_s * rounds / movement.rounds / _STEP_S) if movement.rounds else 0
    x_m, y_m, up_m = goal = movement.start_m
    for step in range(1, steps + 1):
        goal, course = _on_circle(movement.points_m, rounds * step / steps)
        behind = goal[0] - x_m, goal[1] - y_m
        behind_m = math.hypot(*behind)
        catching_m_s = min(_GAIN_PER_S * behind_m, math.sqrt(2.0 * _CATCHES_UP_M_S2 * behind_m))
        pull = catching_m_s / behind_m if behind_m > 0.0 else 0.0
        air = [pace.speed_m_s * course[k] + pull * behind[k] - wind_m_s[k] for k in (0, 1)]
        slower = min(1.0, air_m_s / max(math.hypot(*air), 1e-9))
        x_m += _STEP_S * (slower * air[0] + wind_m_s[0])
        y_m += _STEP_S * (slower * air[1] + wind_m_s[1])
    return goal, (x_m, y_m, up_m)


def _on_circle(points: Sequence[XYZ], rounds: float) -> tuple[XYZ, tuple[float, float]]:
    """Place on a circle after some rounds, and the course there."""
    chord, share = divmod(rounds % 1.0 * (len(points) - 1), 1.0)
    a, b = points[int(chord)], points[int(chord) + 1]
    length_m = math.dist(a, b) or 1.0
    along = b[0] - a[0], b[1] - a[1]
    place = (a[0] + share * along[0], a[1] + share * along[1], a[2])
    return place, (along[0] / length_m, along[1] / length_m)
