"""What of a line from west to east is seen from a leg: one span, as all that a leg sees is convex."""

import math

from geofence.compiled import compiled


@compiled
def sides_of(ax: float, ay: float, bx: float, by: float, half_m: float) -> tuple[float, float, float]:
    """Give the way from a leg to the left border of its sight, and the share of the leg flown for a metre north."""
    dx, dy = bx - ax, by - ay
    length_m = math.sqrt(dx * dx + dy * dy)
    beside_x = beside_y = slope = 0.0
    if length_m > 0.0:
        beside_x, beside_y = -dy / length_m * half_m, dx / length_m * half_m
    if dy != 0.0:
        slope = 1.0 / dy
    return beside_x, beside_y, slope


@compiled
def span_at(
    ax: float,
    ay: float,
    bx: float,
    by: float,
    half_m: float,
    beside_x: float,
    beside_y: float,
    slope: float,
    y: float,
) -> tuple[float, float]:
    """Give where a leg's sight begins and ends on the line at `y`; the end is before the start where it sees nothing.

    Parameters
    ----------
    half_m : float
        Half the swath.
    beside_x, beside_y, slope : float
        The `sides_of` the leg.
    """
    left, right = math.inf, -math.inf
    off = y - ay
    if -half_m <= off <= half_m:
        chord = math.sqrt(half_m * half_m - off * off)
        left, right = ax - chord, ax + chord
    off = y - by
    if -half_m <= off <= half_m:
        chord = math.sqrt(half_m * half_m - off * off)
        left, right = min(left, bx - chord), max(right, bx + chord)
    if slope != 0.0:
        share = (y - ay + beside_y) * slope
        if 0.0 <= share <= 1.0:
            x = ax - beside_x + share * (bx - ax)
            left, right = min(left, x), max(right, x)
        share = (y - ay - beside_y) * slope
        if 0.0 <= share <= 1.0:
            x = ax + beside_x + share * (bx - ax)
            left, right = min(left, x), max(right, x)
    return left, right
