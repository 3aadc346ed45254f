from collections import Counter
from functools import reduce

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geofence.ellipsoid_area import area_m2
from geofence.formats.axis_order import AxisOrder, settle_axis_order
from geofence.formats.repair_log import RepairLog
from geofence.formats.ring import area_from_polygons
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind

FORBIDDEN, ALLOWED, ADVISORY = ZoneKind.EXCLUSION, ZoneKind.INCLUSION, ZoneKind.ADVISORY
SQUARE_M2 = area_m2(box(0, 0, 1, 1))


def square(west=0.0, south=0.0, east=1.0, north=1.0):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def hole(*corners):
    return square(*corners)[::-1]


def mend(*polygons, kind=FORBIDDEN, axis_order=AxisOrder.LON_LAT):
    log = RepairLog("f")
    log.axis_order = axis_order
    area = area_from_polygons(polygons, kind=kind, zone_id="z", place="f, zone z", log=log)
    assert area.is_valid
    assert not area.is_empty
    return area, log.repairs


# Runs round the square twice, and round a small one at its corner once: in the even-odd rule only that is inside.
TWICE = [*square()[:-1], *square()[:-1], [0, 0], [-0.1, 0], [-0.1, -0.1], [0, -0.1], [0, 0]]
PENTAGRAM = [[np.cos(a), np.sin(a)] for a in np.arange(5) * 4 * np.pi / 5] + [[1.0, 0.0]]
KEYHOLE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0.5], [0.4, 0.5], [0.4, 0.6], [0.6, 0.6], [0.6, 0.4], [0.4, 0.4],
           [0.4, 0.5], [0, 0.5], [0, 0]]  # fmt: skip


def test_sound_rings_are_taken_as_they_are():
    area, repairs = mend([square(), hole(0.2, 0.2, 0.4, 0.4)], [square(2, 0, 3, 1)])
    assert repairs == []
    assert area.equals(MultiPolygon([Polygon(square(), [hole(0.2, 0.2, 0.4, 0.4)]), box(2, 0, 3, 1)]))


@pytest.mark.parametrize("kind", [FORBIDDEN, ADVISORY])
def test_what_a_crossing_ring_may_enclose_is_forbidden(kind):
    area, (repair,) = mend([PENTAGRAM], kind=kind)
    assert area.equals(shapely.union_all(shapely.polygonize([shapely.node(shapely.LineString(PENTAGRAM))])))
    assert (repair.code, repair.zone_id, repair.place) == (RepairCode.SELF_INTERSECTION, "z", "f, zone z")
    assert repair.message.startswith("the ring crosses itself at ")
    assert repair.message.endswith("all that it encloses was taken")
    assert (
        shapely.LineString(PENTAGRAM).distance(
            shapely.Point(repair.position.lon_deg, repair.position.lat_deg)
        )
        < 1e-9
    )
    core = shapely.box(-0.1, -0.1, 0.1, 0.1)
    assert area.covers(core)
    assert repair.area_m2 == pytest.approx(area_m2(area) - area_m2(mend([PENTAGRAM], kind=ALLOWED)[0]))


def test_what_a_crossing_ring_surely_encloses_is_allowed():
    area, (repair,) = mend([PENTAGRAM], kind=ALLOWED)
    assert area.disjoint(shapely.Point(0, 0))
    assert len(area.geoms) == 5
    assert repair.area_m2 < 0.0
    assert "only what it surely encloses was taken" in repair.message


def test_a_bowtie_keeps_both_its_wings():
    for kind in ZoneKind:
        area, (repair,) = mend([[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]], kind=kind)
        assert area.area == pytest.approx(0.5)
        assert (repair.position.lat_deg, repair.position.lon_deg) == (0.5, 0.5)
        assert repair.area_m2 == 0.0


def test_what_a_ring_runs_round_twice_is_forbidden_and_not_allowed():
    assert mend([TWICE])[0].equals(shapely.union(box(0, 0, 1, 1), box(-0.1, -0.1, 0, 0)))
    assert mend([TWICE], kind=ALLOWED)[0].equals(box(-0.1, -0.1, 0, 0))


def test_a_keyhole_is_filled_where_it_is_forbidden_and_stays_open_where_it_is_allowed():
    area, (repair,) = mend([KEYHOLE])
    assert area.equals(box(0, 0, 1, 1))
    assert repair.area_m2 == pytest.approx(0.04 * SQUARE_M2, rel=1e-4)
    area, (repair,) = mend([KEYHOLE], kind=ALLOWED)
    assert area.equals(Polygon(square(), [hole(0.4, 0.4, 0.6, 0.6)]))
    assert repair.area_m2 == pytest.approx(-0.04 * SQUARE_M2, rel=1e-4)


def test_a_spike_encloses_nothing():
    for kind in ZoneKind:
        area, (repair,) = mend([[[0, 0], [1, 0], [1, 1], [2, 2], [1, 1], [0, 1], [0, 0]]], kind=kind)
        assert area.equals(box(0, 0, 1, 1))
        assert (repair.code, repair.area_m2) == (RepairCode.SELF_INTERSECTION, 0.0)


def test_repeated_points_and_open_rings_are_reported():
    area, repairs = mend([[[0, 0], [1, 0], [1, 0], [1, 0], [1, 1], [0, 1]]])
    assert area.equals(box(0, 0, 1, 1))
    assert [(repair.code, repair.message) for repair in repairs] == [
        (RepairCode.REPEATED_POINT, "2 repeated points left out"),
        (RepairCode.UNCLOSED_RING, "the ring does not end where it starts: it was closed by a straight edge"),
    ]
    assert [(repair.position.lon_deg, repair.position.lat_deg) for repair in repairs] == [(1, 0), (0, 1)]


def test_the_way_rings_run_is_reported_once_and_changes_nothing():
    area, (repair,) = mend([square()[::-1], square(0.2, 0.2, 0.4, 0.4)], [square(2, 0, 3, 1)[::-1]])
    assert area.area == pytest.approx(1.96)
    assert (repair.code, repair.place, repair.area_m2) == (RepairCode.WINDING, "f, zone z, polygon 1", 0.0)


@pytest.mark.parametrize(
    ("holes", "forbidden", "allowed"),
    [
        ([hole(2, 0, 3, 1)], box(0, 0, 1, 1).union(box(2, 0, 3, 1)), box(0, 0, 1, 1)),
        ([hole(0.5, 0, 1.5, 1)], box(0, 0, 0.5, 1).union(box(1, 0, 1.5, 1)), box(0, 0, 0.5, 1)),
        (
            [hole(0.2, 0.2, 0.6, 0.6), hole(0.4, 0.4, 0.8, 0.8)],
            box(0, 0, 1, 1) - (box(0.2, 0.2, 0.6, 0.6) ^ box(0.4, 0.4, 0.8, 0.8)),
            box(0, 0, 1, 1) - (box(0.2, 0.2, 0.6, 0.6) | box(0.4, 0.4, 0.8, 0.8)),
        ),
        (
            [hole(0.2, 0.2, 0.8, 0.8), hole(0.4, 0.4, 0.6, 0.6)],
            (box(0, 0, 1, 1) - box(0.2, 0.2, 0.8, 0.8)) | box(0.4, 0.4, 0.6, 0.6),
            box(0, 0, 1, 1) - box(0.2, 0.2, 0.8, 0.8),
        ),
        (
            [hole(0.2, 0.2, 0.4, 0.4), hole(0.2, 0.2, 0.4, 0.4)],
            box(0, 0, 1, 1),
            box(0, 0, 1, 1) - box(0.2, 0.2, 0.4, 0.4),
        ),
    ],
    ids=["outside", "across the outline", "overlapping", "nested", "twice the same"],
)
def test_holes_that_do_not_lie_side_by_side(holes, forbidden, allowed):
    grown, (repair,) = mend([square(), *holes])
    assert grown.equals(forbidden)
    least = shapely.difference(box(0, 0, 1, 1), shapely.union_all([Polygon(ring) for ring in holes]))
    assert repair.code is RepairCode.HOLE
    assert repair.position is not None
    assert repair.area_m2 == pytest.approx(area_m2(forbidden) - area_m2(least))
    shrunk, (repair,) = mend([square(), *holes], kind=ALLOWED)
    assert shrunk.equals(allowed)
    assert repair.area_m2 <= 0.0


def test_a_hole_where_the_outline_runs_round_twice_is_forbidden():
    outline = [*square()[:-1], *square(0, 0, 2, 1)]
    island = hole(0.2, 0.2, 0.4, 0.4)
    grown, _ = mend([outline, island])
    assert grown.equals(box(0, 0, 2, 1))
    shrunk, _ = mend([outline, island], kind=ALLOWED)
    assert shrunk.equals(box(1, 0, 2, 1))


def test_holes_that_cut_the_area_in_two_leave_two():
    holes = [hole(0, 0.4, 0.5, 0.6), hole(0.5, 0.4, 1, 0.6)]
    for kind in ZoneKind:
        area, (repair,) = mend([square(), *holes], kind=kind)
        assert area.area == pytest.approx(0.8)
        assert (repair.code, repair.area_m2) == (RepairCode.HOLE, pytest.approx(0.0, abs=1.0))


def test_a_hole_that_encloses_nothing_is_left_out():
    for ring in ([[0.2, 0.2], [0.4, 0.4], [0.2, 0.2]], [[0.2, 0.2], [0.3, 0.3], [0.4, 0.4], [0.2, 0.2]]):
        area, (repair,) = mend([square(), ring])
        assert area.equals(box(0, 0, 1, 1))
        assert (repair.code, repair.place) == (RepairCode.DEGENERATE, "f, zone z, hole 1")


LINE = [[0, 0], [1, 1], [2, 2], [0, 0]]


@pytest.mark.parametrize(
    ("polygons", "fault"),
    [
        ([[LINE]], "f, zone z: the ring encloses nothing"),
        ([[[[0, 0], [1, 1], [2, 0], [1, 1], [0, 0]]]], "the ring encloses nothing"),
        ([[[[0, 0], [1, 1], [0, 0]]]], "2 distinct points"),
        ([[square()], [LINE]], "f, zone z, polygon 2: the ring encloses nothing"),
        ([[square(), hole()]], "the polygon encloses nothing. Leave the holes out that fill it"),
        ([], "no coordinates"),
        ([[square(-180, -80, 180, 80)]], "encloses nothing. Cut an area wider than half the earth"),
        ([[[[0, 80], [120, 80], [-120, 80], [0, 80]]]], "runs round a pole"),
    ],
)
def test_what_forbids_nothing_is_refused(polygons, fault):
    with pytest.raises(GeofenceError, match=fault):
        mend(*polygons)


def test_an_allowed_part_that_encloses_nothing_is_left_out_but_not_the_last():
    area, (repair,) = mend([square()], [LINE], kind=ALLOWED)
    assert area.equals(box(0, 0, 1, 1))
    assert (repair.code, repair.place) == (RepairCode.DEGENERATE, "f, zone z, polygon 2")
    with pytest.raises(GeofenceError, match="encloses nothing"):
        mend([LINE], kind=ALLOWED)
    with pytest.raises(GeofenceError, match="encloses nothing"):
        mend([[*square()[:-1], *square()]], kind=ALLOWED)


def test_a_scribble_is_refused():
    ring = np.random.default_rng(1).random((2000, 2)).tolist()
    with pytest.raises(GeofenceError, match=r"crosses itself some [\d,]+ times: it is no outline"):
        mend([ring])


def test_overlapping_polygons_are_united_and_reported():
    for kind in ZoneKind:
        area, (repair,) = mend([square()], [square(0.5, 0, 1.5, 1)], kind=kind)
        assert area.equals(box(0, 0, 1.5, 1))
        assert (repair.code, repair.area_m2) == (RepairCode.OVERLAP, 0.0)
        assert f"overlap by {SQUARE_M2 / 2:,.0f} m2" in repair.message
    assert mend([square()], [square()])[0].equals(box(0, 0, 1, 1))


def test_a_ring_across_the_antimeridian_is_cut():
    ring = square(179, 0, -179, 1)
    island = hole(179.5, 0.2, -179.5, 0.4)
    area, repairs = mend([ring, island])
    assert area.bounds == (-180, 0, 180, 1)
    assert area.area == pytest.approx(1.8)
    assert [repair.code for repair in repairs] == [RepairCode.ANTIMERIDIAN] * 2
    assert area.covers(shapely.Point(179.1, 0.5))
    assert not area.covers(shapely.Point(179.9, 0.3))
    assert mend([square(-180, 0, 179, 1)])[0].equals(box(179, 0, 180, 1))


def test_swapped_axes_are_swapped_back_where_no_doubt_is_left():
    log = RepairLog("f")
    settle_axis_order([[[36.0, 103.0], [36.1, 103.0]], {"no": "position"}, [[36.1, 103.1, 5.0]]], log)
    assert log.axis_order is AxisOrder.LAT_LON
    assert [(repair.code, repair.place) for repair in log.repairs] == [(RepairCode.SWAPPED_AXES, "f")]
    area, _ = mend([[[36, 103], [36, 104], [37, 104], [36, 103]]], axis_order=AxisOrder.LAT_LON)
    assert area.bounds == (103, 36, 104, 37)


@pytest.mark.parametrize("positions", [[[36.0, 80.0]], [[36.0, 103.0], [103.0, 36.0]], [[36.0, 200.0]], [[float("nan"), 100]], 3, []])  # fmt: skip
def test_axes_stay_where_there_is_doubt(positions):
    log = RepairLog("f")
    settle_axis_order(positions, log)
    assert (log.axis_order, log.repairs) == (AxisOrder.LON_LAT, [])


def test_areas_are_measured_on_the_ellipsoid():
    assert area_m2(box(-180, -90, 180, 90)) == pytest.approx(510_065_621_724_088.44, rel=1e-12)
    assert area_m2(box(10, 45, 10.001, 45.001)) == pytest.approx(8762.31, rel=1e-5)


def _winding(ring, points):
    """Count how often a ring runs round points, by the angle it turns through."""
    to = np.asarray(ring, dtype=float)[None] - points[:, None]
    to = np.concatenate((to, to[:, :1]), axis=1)
    turn = np.arctan2(
        to[:, :-1, 0] * to[:, 1:, 1] - to[:, :-1, 1] * to[:, 1:, 0], (to[:, :-1] * to[:, 1:]).sum(axis=2)
    )
    return np.rint(turn.sum(axis=1) / (2 * np.pi)).astype(int)


corners = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(list)
rings = st.lists(corners, min_size=3, max_size=12)
GRID = np.array([(x + 0.37, y + 0.61) for x in np.arange(-1, 9, 0.5) for y in np.arange(-1, 9, 0.5)]) + 0.013


@settings(max_examples=200, deadline=None)
@given(rings, st.lists(rings, max_size=3), st.sampled_from(ZoneKind))
def test_forbidden_only_grows_and_allowed_only_shrinks_against_every_reading(outline, holes, kind):
    try:
        area, _ = mend([outline, *holes], kind=kind)
    except GeofenceError:
        return
    lines = [shapely.LineString([*ring, ring[0]]) for ring in (outline, *holes)]
    points = GRID[reduce(np.minimum, (shapely.distance(line, shapely.points(GRID)) for line in lines)) > 1e-6]
    is_inside = shapely.covers(area, shapely.points(points))
    windings = [_winding(ring, points) for ring in (outline, *holes)]
    filled = [
        shapely.covers(
            shapely.union_all(shapely.polygonize([shapely.unary_union(line)])), shapely.points(points)
        )
        for line in lines
    ]
    readings = [
        reading[0] & ~np.any([*reading[1:], np.zeros(len(points), bool)], axis=0)
        for reading in ([count % 2 == 1 for count in windings], [count != 0 for count in windings], filled)
    ]
    readings.append(np.sum(windings, axis=0) % 2 == 1)
    for reading in readings:
        if kind is ALLOWED:
            assert not (is_inside & ~reading).any()
        else:
            assert not (reading & ~is_inside).any()


@settings(max_examples=80, deadline=None)
@given(st.lists(rings, min_size=1, max_size=3))
def test_the_change_of_area_is_right(outlines):
    try:
        grown, growth = mend(*([ring] for ring in outlines))
        shrunk, shrinkage = mend(*([ring] for ring in outlines), kind=ALLOWED)
    except GeofenceError:
        return
    codes = Counter(repair.code for repair in growth)
    assert all(repair.area_m2 >= 0.0 for repair in growth)
    assert all(repair.area_m2 <= 0.0 for repair in shrinkage)
    if len(outlines) == 1 and codes[RepairCode.DEGENERATE] == 0:
        changed_m2 = area_m2(grown) - area_m2(shrunk)
        assert sum(repair.area_m2 for repair in growth) == pytest.approx(changed_m2, abs=1.0)
        assert sum(repair.area_m2 for repair in shrinkage) == pytest.approx(-changed_m2, abs=1.0)


@pytest.mark.parametrize("vertices", [21_000, 100_000])
def test_large_rings_with_crossings_are_mended(vertices):
    angle = np.arange(vertices) * 2 * np.pi / vertices
    radius = 1.0 + 0.01 * np.sin(37 * angle)
    ring = np.column_stack((100 + radius * np.cos(angle), 30 + radius * np.sin(angle)))
    ring[1000:1020] = ring[1000:1020][::-1]
    ring = [*ring.tolist(), ring[0].tolist()]
    area, repairs = mend([ring])
    assert [repair.code for repair in repairs] == [RepairCode.SELF_INTERSECTION]
    assert area.area == pytest.approx(np.pi, rel=1e-3)
