import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from missions.coverage.cell import Cell, cells_of
from missions.coverage.coverage import plan_coverage
from missions.coverage.fleet_split import split_tour
from missions.coverage.local_sweep import local_strokes
from missions.coverage.seen import unseen_pieces
from missions.coverage.sweep import Stroke, Sweep, candidate_angles, cut_strokes, ring_edges
from missions.coverage.tour import TourProblem, order_cells
from missions.refusal import MissionError
from missions.transit import Transit

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A plan takes a tenth of a second: shrinking would take minutes."""


def covered(area: Polygon, swath_m: float, clearance_m: float, pad=(5.0, 5.0)):
    transit = Transit(area.buffer(-clearance_m), pad, 0.05)
    pad = transit.nearest_point(pad)
    return transit, pad, plan_coverage(area, transit, pad, swath_m, turn_m=swath_m)


@pytest.mark.parametrize(
    ("name", "swath_m", "ratio_at_most"),
    [("RECTANGLE", 20.0, 1.10), ("HOLED", 20.0, 1.15), ("COMB", 20.0, 1.20), ("DUMBBELL", 20.0, 1.30)],
)
def test_areas_are_covered_inside_and_shortly(fields, name, swath_m, ratio_at_most):
    area = getattr(fields, name)
    _, pad, tour = covered(area, swath_m, 4.0)
    line = LineString(tour.points)
    assert area.buffer(-3.99).covers(line)
    assert tour.points[0] == tour.points[-1] == pad
    assert len(tour.sees) == len(tour.points) - 1
    seen = line.buffer(swath_m / 2).intersection(area).area / area.area
    assert seen == pytest.approx(tour.coverage, abs=1e-3)
    assert seen > 0.98
    assert tour.length_m / (area.area / swath_m) < ratio_at_most


def test_fifteen_holes_and_a_small_swath(fields):
    area = fields.many_holes()
    _, _, tour = covered(area, 3.0, 1.2)
    assert area.buffer(-1.19).covers(LineString(tour.points))
    assert tour.coverage > 0.97
    assert tour.length_m / (area.area / 3.0) < 1.15


def test_the_same_area_gives_the_same_tour(fields):
    assert covered(fields.HOLED, 20.0, 4.0)[2] == covered(fields.HOLED, 20.0, 4.0)[2]


def test_what_is_too_narrow_is_named():
    area = shapely.union_all([shapely.box(0, 0, 200, 200), shapely.box(200, 90, 400, 95)])
    _, _, tour = covered(area, 20.0, 4.0)
    (piece,) = unseen_pieces(tour.points, area, 20.0)
    assert piece.centroid.x > 290
    assert piece.area == pytest.approx(990, rel=0.03)


def test_an_unreachable_target_is_refused():
    transit = Transit(shapely.box(0, 0, 100, 100), (5.0, 5.0), 0.05)
    with pytest.raises(MissionError, match="reached"):
        plan_coverage(shapely.box(500, 0, 600, 100), transit, (5.0, 5.0), 20.0, turn_m=20.0)


@st.composite
def fields_with_holes(draw):
    """Star-shaped borders with square holes, never the same twice."""
    corners = draw(st.integers(5, 14))
    radii = draw(st.lists(st.floats(60, 200), min_size=corners, max_size=corners))
    border = Polygon(
        [
            (r * math.cos(2 * math.pi * k / corners), r * math.sin(2 * math.pi * k / corners))
            for k, r in enumerate(radii)
        ]
    )
    for _ in range(draw(st.integers(0, 4))):
        x, y, half = draw(st.floats(-120, 120)), draw(st.floats(-120, 120)), draw(st.floats(2, 25))
        border = border.difference(shapely.box(x - half, y - half, x + half, y + half))
    return max(shapely.get_parts(border), key=lambda part: part.area)


@settings(max_examples=12, deadline=None, phases=NO_SHRINKING, suppress_health_check=[HealthCheck.too_slow])
@given(area=fields_with_holes(), swath_m=st.sampled_from([12.0, 25.0]))
def test_any_area_is_flown_inside_or_refused(area, swath_m):
    clearance_m = 0.4 * swath_m
    space = area.buffer(-clearance_m)
    if space.is_empty:
        return
    pad = space.representative_point()
    _, _, tour = covered(area, swath_m, clearance_m, (pad.x, pad.y))
    line = LineString(tour.points)
    assert shapely.difference(line, area.buffer(-clearance_m + 0.001)).length == 0.0
    seen = line.buffer(swath_m / 2).intersection(area).area / area.area
    assert seen == pytest.approx(tour.coverage, abs=1e-3)


def test_strokes_lie_in_the_area_and_on_their_lines(fields):
    sweep = Sweep(0.3, -200.0, 15.0, 60)
    strokes = cut_strokes(ring_edges(fields.COMB), sweep)
    assert strokes
    for stroke in strokes:
        assert fields.COMB.buffer(1e-6).covers(LineString([stroke.start, stroke.end]))
        across = -stroke.start[0] * math.sin(0.3) + stroke.start[1] * math.cos(0.3)
        assert across == pytest.approx(-200.0 + 15.0 * stroke.line, abs=1e-6)


def test_long_edges_are_candidate_angles():
    tilted = shapely.affinity.rotate(shapely.box(0, 0, 300, 50), 17.0)
    assert any(math.degrees(angle) == pytest.approx(17.0, abs=0.01) for angle in candidate_angles(tilted))


def test_cells_end_where_lines_split(fields):
    transit = Transit(fields.HOLED.buffer(-2.0), (5.0, 5.0), 0.05)
    strokes = cut_strokes(ring_edges(transit.area), Sweep(0.0, 10.0, 20.0, 15))
    cells = cells_of(strokes, transit, 20.0, 0.0)
    assert sum(len(cell.strokes) for cell in cells) == len(strokes)
    for cell in cells:
        lines = [stroke.line for stroke in cell.strokes]
        assert lines == list(range(lines[0], lines[0] + len(lines)))
    assert 4 <= len(cells) <= 8


def test_each_entry_flies_every_stroke_once():
    cell = Cell(tuple(Stroke(k, (0.0, 10.0 * k), (100.0, 10.0 * k)) for k in range(3)))
    for entry in range(4):
        legs = cell.directed(entry)
        assert {frozenset(leg) for leg in legs} == {frozenset((s.start, s.end)) for s in cell.strokes}
        assert sum(math.dist(a[1], b[0]) for a, b in itertools.pairwise(legs)) == pytest.approx(20.0)


def test_the_tour_of_few_cells_is_the_best_there_is():
    transit = Transit(shapely.box(-10, -10, 210, 210), (0.0, 0.0), 0.0)
    random = np.random.default_rng(5)
    cells = []
    for number in range(6):
        x, y = random.uniform(0, 150, 2)
        cells.append(
            Cell(
                tuple(
                    Stroke(10 * number + k, (x, y + 8 * k), (x + 30, y + 8 * k))
                    for k in range(1 + number % 3)
                )
            )
        )
    problem = TourProblem(cells, (0.0, 0.0), transit)
    visits, length_m = order_cells(cells, (0.0, 0.0), transit)
    assert sorted(visit.cell for visit in visits) == list(range(6))
    best_m = min(
        problem.length_m(np.array(order), problem.best_entries(np.array(order)))
        for order in itertools.permutations(range(6))
    )
    assert length_m == pytest.approx(best_m, rel=0.02)


def test_without_a_pad_a_tour_begins_and_ends_where_it_is_best(fields):
    transit = Transit(fields.HOLED, (5.0, 5.0), 0.05)
    tour = plan_coverage(fields.HOLED, transit, None, 20.0, turn_m=0.0)
    _, _, closed = covered(fields.HOLED, 20.0, 0.0)
    assert tour.length_m < closed.length_m
    assert tour.points[0] != tour.points[-1]


def test_legs_that_only_lead_somewhere_are_told(fields):
    transit = Transit(
        shapely.union_all([shapely.box(0, 0, 100, 100), shapely.box(100, 45, 900, 55)]), (5.0, 50.0), 0.05
    )
    tour = plan_coverage(shapely.box(800, 45, 900, 55), transit, (5.0, 50.0), 20.0, turn_m=20.0)
    out_m = [
        math.dist(a, b)
        for (a, b), sees in zip(itertools.pairwise(tour.points), tour.sees, strict=True)
        if not sees
    ]
    assert sum(out_m) > 1400.0


def test_a_split_shares_the_work(fields):
    transit, pad, tour = covered(fields.HOLED, 20.0, 4.0)
    for drones in (2, 3, 5):
        shares = split_tour(tour, transit, pad, drones, turn_m=10.0, swath_m=20.0)
        for share in shares:
            assert share.points[0] == share.points[-1] == pad
            assert fields.HOLED.buffer(-3.99).covers(LineString(share.points))
        seen = [LineString(share.points).buffer(10.0) for share in shares]
        together = shapely.union_all(seen).intersection(fields.HOLED).area / fields.HOLED.area
        assert together >= tour.coverage - 1e-3
        lengths_m = [share.length_m for share in shares]
        assert max(lengths_m) < 1.08 * sum(lengths_m) / drones
        assert max(lengths_m) < 0.95 * tour.length_m
    with pytest.raises(MissionError, match="Send at most"):
        split_tour(tour, transit, pad, 1000, turn_m=10.0, swath_m=20.0)


def test_every_tooth_of_a_comb_gets_lines_of_its_own():
    """Teeth whose distance is no multiple of the swath: lines of one family would miss some of them."""
    teeth = [shapely.box(45.0 * k, 0.0, 45.0 * k + 30.0, 300.0) for k in range(8)]
    comb = shapely.union_all([shapely.box(0.0, 0.0, 345.0, 40.0), *teeth])
    _, _, tour = covered(comb, 20.0, 8.0, pad=(15.0, 15.0))
    assert tour.coverage > 0.97
    assert len(tour.points) < 120


def test_local_strokes_lie_inside_and_leave_no_arm_out(fields):
    edges = ring_edges(fields.COMB)
    for angle_rad in candidate_angles(fields.COMB):
        strokes = local_strokes(edges, angle_rad, 20.0, 0.0)
        lines = shapely.linestrings([(stroke.start, stroke.end) for stroke in strokes])
        assert shapely.covers(fields.COMB.buffer(1e-6), lines).all()
        seen = shapely.union_all(shapely.buffer(lines, 10.0)).intersection(fields.COMB)
        assert seen.area > 0.9 * fields.COMB.area


def test_areas_of_too_many_slices_get_no_local_strokes():
    assert local_strokes(ring_edges(shapely.box(0, 0, 9_000, 9_000)), 0.3, 1.0, 0.0) == []
