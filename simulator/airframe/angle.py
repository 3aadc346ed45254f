"""Angles in one turn."""

import math

from simulator.compiled import compiled


@compiled
def wrapped_rad(angle_rad: float) -> float:
    """Give the same direction between -pi and pi."""
    return angle_rad - math.tau * math.floor(angle_rad / math.tau + 0.5)
