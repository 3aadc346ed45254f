"""On which side of a line a point lies, without rounding."""

import numpy as np

from geofence.compiled import compiled

_ERROR_BOUND = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
"""Of the determinant in doubles, as a share of the sum of its terms' sizes (Shewchuk 1997, ccwerrboundA)."""
_SPLITTER = 134_217_729.0
"""2^27 + 1 splits a double into two halves (Dekker 1971)."""

_SCALE = 2.0**500
"""Keeps the products of what is next to nothing from vanishing."""


@compiled
def side_of(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Say whether p lies left (1) of the line from a to b, right (-1) or on it (0).

    In doubles first; where their rounding could matter, by exact expansions (Shewchuk, Adaptive precision
    floating-point arithmetic and fast robust geometric predicates, 1997).
    """
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    determinant = left - right
    bound = _ERROR_BOUND * (abs(left) + abs(right))
    if determinant > bound:
        return 1
    if -determinant > bound:
        return -1
    return _exact_side_of(ax, ay, bx, by, px, py)


@compiled
def side_beside(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Like `side_of`, of the point infinitesimally east, and still less north, of p: never 0 unless a is b."""
    side = side_of(ax, ay, bx, by, px, py)
    if side != 0:
        return side
    if ay != by:
        return 1 if ay > by else -1
    return int(np.sign(bx - ax))


@compiled
def _exact_side_of(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    if (ax == px and ay == py) or (bx == px and by == py):
        return 0
    sums = np.zeros(16)
    count = 0
    for ux, uy, sign in ((ax, by, 1.0), (ay, bx, -1.0)):
        # The differences of two doubles are pairs of doubles without rounding.
        u = _exact_sum(ux, -(px if sign > 0.0 else py))
        v = _exact_sum(uy, -(py if sign > 0.0 else px))
        for first in u:
            for second in v:
                for term in _exact_product(sign * first * _SCALE, second * _SCALE):
                    carry = term
                    for number in range(count):
                        carry, sums[number] = _exact_sum(carry, sums[number])
                    sums[count] = carry
                    count += 1
    for number in range(count - 1, -1, -1):
        if sums[number] != 0.0:
            return 1 if sums[number] > 0.0 else -1
    return 0


@compiled
def _exact_sum(a: float, b: float) -> tuple[float, float]:
    total = a + b
    b_kept = total - a
    a_kept = total - b_kept
    return total, (a - a_kept) + (b - b_kept)


@compiled
def _exact_product(a: float, b: float) -> tuple[float, float]:
    product = a * b
    scaled = _SPLITTER * a
    a_high = scaled - (scaled - a)
    a_low = a - a_high
    scaled = _SPLITTER * b
    b_high = scaled - (scaled - b)
    b_low = b - b_high
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
