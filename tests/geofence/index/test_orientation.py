"""The side of a line is told without rounding."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.index.grid.crossings import ON_EDGE, crossing
from geofence.index.grid.orientation import side_beside, side_of

coordinates = st.floats(-360.0, 360.0, allow_nan=False)
lattice = st.integers(-4, 4).map(lambda number: number / 10.0)


def exact_side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    ax, ay, bx, by, px, py = (Fraction(value) for value in (ax, ay, bx, by, px, py))
    determinant = (ax - px) * (by - py) - (ay - py) * (bx - px)
    return (determinant > 0) - (determinant < 0)


@settings(max_examples=300, deadline=None)
@given(*[st.one_of(coordinates.filter(lambda value: value == 0.0 or abs(value) > 1e-150), lattice)] * 6)
def test_sides_are_exact(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> None:
    assert side_of(ax, ay, bx, by, px, py) == exact_side(ax, ay, bx, by, px, py)


def test_sides_are_exact_a_hair_beside_the_line() -> None:
    generator = np.random.default_rng(0)
    for _ in range(3_000):
        a, b = generator.uniform(-180.0, 180.0, (2, 2))
        p = a + generator.uniform(-0.5, 1.5) * (b - a)
        for _ in range(int(generator.integers(0, 3))):
            p = np.nextafter(p, generator.choice((-np.inf, np.inf), 2))
        assert side_of(*a, *b, *p) == exact_side(*a, *b, *p)
    assert side_of(0.0, 0.0, 0.0, 1.0, 5e-324, 0.5) == -1


@settings(max_examples=200, deadline=None)
@given(*[lattice] * 6)
def test_beside_a_point_is_east_and_a_little_north_of_it(
    ax: float, ay: float, bx: float, by: float, px: float, py: float
) -> None:
    tiny = Fraction(1, 10**30)
    beside = Fraction(px) + tiny, Fraction(py) + tiny**3
    assert side_beside(ax, ay, bx, by, px, py) == exact_side(ax, ay, bx, by, *beside)


@settings(max_examples=200, deadline=None)
@given(*[lattice] * 6)
def test_an_edge_is_crossed_by_the_ray_east_where_no_border_is(
    ax: float, ay: float, bx: float, by: float, px: float, py: float
) -> None:
    crossed = crossing(ax, ay, bx, by, px, py, np.inf, False)
    is_on = (
        exact_side(ax, ay, bx, by, px, py) == 0
        and min(ax, bx) <= px <= max(ax, bx)
        and min(ay, by) <= py <= max(ay, by)
    )
    if is_on:
        assert crossed in (ON_EDGE, 0) if (ax, ay) == (bx, by) else crossed == ON_EDGE
        return
    spans = (ay > py) != (by > py)
    at_x = (
        Fraction(ax)
        + (Fraction(py) - Fraction(ay)) * (Fraction(bx) - Fraction(ax)) / (Fraction(by) - Fraction(ay))
        if spans
        else None
    )
    assert crossed == int(at_x is not None and at_x > Fraction(px))
