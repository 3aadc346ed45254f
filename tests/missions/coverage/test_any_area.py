"""Areas nobody would draw: seen and never left, or refused by name."""

import numpy as np
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely import Polygon

from missions.coverage.coverage import plan_coverage
from missions.coverage.fleet_split import split_tour
from missions.coverage.seen import unseen_pieces
from missions.refusal import MissionError
from missions.transit import Transit

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
CELL_M = 12.0

corners = st.tuples(st.integers(0, 12), st.integers(0, 12))
"""On a coarse grid, so that rings touch one another, the border and themselves."""


@st.composite
def areas(draw):
    """Concave borders without holes that touch, nest or reach the border, with slivers cut and islands added."""
    outline = draw(st.lists(corners, min_size=3, max_size=10, unique=True))
    area = shapely.buffer(Polygon(np.array(outline) * CELL_M), 0.0)
    for _ in range(draw(st.integers(0, 5))):
        hole = Polygon(np.array(draw(st.lists(corners, min_size=3, max_size=5, unique=True))) * CELL_M)
        area = area.difference(shapely.buffer(hole, 0.0))
    if draw(st.booleans()):
        x, y = np.array(draw(corners)) * CELL_M
        area = area.difference(
            Polygon([(x, y), (x + 100.0, y + 60.0), (x + 100.0, y + 60.0 + draw(st.floats(0.01, 2.0)))])
        )
    if draw(st.booleans()):
        x, y = np.array(draw(corners)) * CELL_M
        area = area.union(shapely.box(x, y, x + 30.0, y + 8.0))
    return area


@settings(max_examples=40, deadline=None, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck))
@given(area=areas(), swath_m=st.sampled_from([3.0, 7.0, 20.0]), drones=st.integers(1, 3), data=st.data())
def test_any_area_is_seen_and_never_left_or_refused(area, swath_m, drones, data):
    at = np.array(data.draw(corners)) * CELL_M
    try:
        transit = Transit(area, tuple(at), 0.02 * swath_m)
        pad = transit.nearest_point(tuple(at)) if drones > 1 or data.draw(st.booleans()) else None
        tour = plan_coverage(area, transit, pad, swath_m, turn_m=0.0)
        shares = (
            [tour] if pad is None else split_tour(tour, transit, pad, drones, turn_m=0.0, swath_m=swath_m)
        )
    except MissionError:
        return
    seen = []
    for share in shares:
        legs = shapely.linestrings(np.stack((share.points[:-1], share.points[1:]), axis=1))
        assert shapely.length(shapely.difference(legs, area)).max() == 0.0
        if pad is not None:
            assert share.points[0] == share.points[-1] == pad
        seen.append(shapely.union_all(shapely.buffer(legs, swath_m / 2.0)))
    unseen = area.difference(shapely.union_all(seen))
    # What stays unseen is little, or named: a piece that no legal way leads to, or a passage too narrow to fly.
    named_m2 = sum(gap.area for gap in unseen_pieces(tour.points, area, swath_m))
    assert unseen.area - named_m2 <= 0.03 * area.area
