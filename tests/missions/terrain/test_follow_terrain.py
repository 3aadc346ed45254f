import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.plan.check import check_plan
from missions.plan.plan import Plan, RouteKind
from missions.plan.return_check import ReturnDemand
from missions.plan.route_items import items_of, routes_of
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.terrain.altitude_corridor import AltitudeCorridor, Gradients
from missions.terrain.clearance import leg_clearances
from missions.terrain.fewest_legs import fewest_legs
from missions.terrain.follow_terrain import TerrainHeight, follow_terrain
from missions.ways.copter_motion import CopterMotion

AS_SHIPPED = Gradients.of(CopterMotion())
LINES = [(-600.0, -200.0), (600.0, -200.0), (600.0, 200.0), (-600.0, 200.0)]
GENTLE = {
    "level": lambda x, y: 0.0 * x,
    "ramp": lambda x, y: 0.08 * x + 0.05 * y,
    "hills": lambda x, y: 12.0 * np.sin(x / 110.0) * np.cos(y / 140.0),
}
STEEP = {
    "cliff": lambda x, y: np.where(x > 0.0, 55.0, 0.0),
    "ridge": lambda x, y: 60.0 * np.exp(-(((x - 150.0) / 60.0) ** 2)),
    "peak": lambda x, y: 50.0 * ((abs(x - 300.0) < 16.0) & (abs(y - 200.0) < 16.0)),
}


def noise(seed: int, rough_m: float):
    rng = np.random.default_rng(seed)
    waves = rng.normal(0.0, 1.0 / 60.0, (12, 2))
    phases = rng.uniform(0.0, math.tau, 12)
    return lambda x, y: (
        rough_m
        / 6.0
        * sum(np.sin(wave[0] * x + wave[1] * y + phase) for wave, phase in zip(waves, phases, strict=True))
    )


def followed(over, terrain, height=None, places=LINES, **options):
    flight = over.flight(*places)
    options.setdefault("home_alt_amsl_m", over.home_alt_m)
    return follow_terrain(
        flight, terrain, over.frame, over.home, height or TerrainHeight(50.0, 5.0), **options
    )


@pytest.mark.parametrize("shape", GENTLE)
def test_height_is_kept_within_the_tolerance_over_gentle_ground(over, shape):
    terrain = over.ground(GENTLE[shape])
    heights_m = over.heights_agl_m(followed(over, terrain), terrain)
    assert heights_m.min() >= 45.0
    assert heights_m.max() <= 55.0


@pytest.mark.parametrize("shape", STEEP)
def test_it_climbs_ahead_of_what_is_steep_and_never_comes_lower(over, shape):
    terrain = over.ground(STEEP[shape])
    flown = followed(over, terrain)
    heights_m = over.heights_agl_m(flown, terrain)
    assert heights_m.min() >= 45.0
    assert 65.0 < heights_m.max() <= 120.0
    slopes = over.gradients(flown)
    assert slopes.max() <= AS_SHIPPED.climb * 1.01
    assert slopes.min() >= -AS_SHIPPED.descent * 1.01


def test_waypoints_are_added_only_where_the_ground_asks(over):
    counts = {
        shape: len(followed(over, over.ground(rise))) - len(over.flight(*LINES))
        for shape, rise in (GENTLE | STEEP).items()
    }
    assert counts["level"] == counts["ramp"] == 0
    # Two lines pass it, each with a bend where it begins to climb, one or two at the edge, one where it is down again.
    assert 4 <= counts["cliff"] <= 8
    assert counts["peak"] <= 4


def test_given_waypoints_keep_their_places_kinds_holds_and_actions(over):
    flight = over.flight(*LINES)
    flight[2] = Waypoint(flight[2].xy_m, RouteKind.PERIMETER, 50.0, hold_s=7.0)
    flown = follow_terrain(
        flight, over.ground(STEEP["ridge"]), over.frame, over.home, TerrainHeight(50.0, 5.0)
    )
    assert len(flown) > len(flight)
    kept = [waypoint for waypoint in flown if any(waypoint.xy_m == given.xy_m for given in flight)]
    assert [(w.xy_m, w.kind, w.hold_s) for w in kept] == [(w.xy_m, w.kind, w.hold_s) for w in flight]
    reached = next(number for number, waypoint in enumerate(flown) if waypoint.hold_s == 7.0)
    assert {waypoint.kind for waypoint in flown[2 : reached + 1]} == {RouteKind.PERIMETER}


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([3.0, 12.0, 30.0]),
    st.floats(3.0, 12.0),
    st.floats(30.0, 80.0),
    st.lists(st.tuples(st.floats(-700.0, 700.0), st.floats(-700.0, 700.0)), min_size=1, max_size=5),
)
def test_random_ground(over, seed, rough_m, tolerance_m, height_m, places):
    terrain = over.ground(noise(seed, rough_m))
    height = TerrainHeight(height_m, tolerance_m, legal_limit_agl_m=120.0)
    try:
        flown = followed(over, terrain, height, places)
    except MissionError as refusal:
        # Only where the climb ahead of a steep slope leads above the limit.
        assert "the ceiling there" in str(refusal)  # noqa: PT017
        return
    heights_m = over.heights_agl_m(flown, terrain)
    assert heights_m.min() >= height_m - tolerance_m
    assert heights_m.max() <= 120.0
    bounds = leg_clearances(
        flown, terrain, over.frame, over.home, home_alt_amsl_m=over.home_alt_m, step_m=1.0
    )
    assert min(bound.lowest_agl_m for bound in bounds) <= heights_m.min() + 0.01
    assert max(bound.highest_agl_m for bound in bounds) >= heights_m.max() - 0.01


def fewest_by_trying_all(corridor, levels=25):
    """Fewest legs over a grid of altitudes at every node: a slow upper bound of the true least number."""
    count = len(corridor.distances_m)
    alts = [np.linspace(corridor.lows_m[k], corridor.highs_m[k], levels) for k in range(count)]
    best = [np.full(levels, np.inf) for _ in range(count)]
    best[0][:] = 0
    for start in range(count - 1):
        low = np.full(levels, -corridor.gradients.descent)
        high = np.full(levels, corridor.gradients.climb)
        for end in range(start + 1, count):
            way_m = corridor.distances_m[end] - corridor.distances_m[start]
            slopes = (alts[end][None, :] - alts[start][:, None]) / way_m
            is_seen = (slopes >= low[:, None] - 1e-9) & (slopes <= high[:, None] + 1e-9)
            reached = np.where(is_seen, best[start][:, None] + 1, np.inf).min(axis=0)
            best[end] = np.minimum(best[end], reached)
            low = np.maximum(low, (corridor.lows_m[end] - alts[start]) / way_m)
            high = np.minimum(high, (corridor.highs_m[end] - alts[start]) / way_m)
    return int(best[-1].min())


def test_legs_are_nearly_the_fewest():
    ours, least = 0, 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        distances_m = np.arange(0.0, 400.0, 8.0)
        ground_m = np.cumsum(rng.normal(0.0, 1.6, len(distances_m)))
        corridor = AltitudeCorridor.between(
            distances_m,
            ground_m + 46.0,
            ground_m + 54.0,
            np.full(len(distances_m), 300.0),
            AS_SHIPPED,
            room_m=4.0,
        )
        assert corridor.first_blocked is None
        nodes, alts_m = fewest_legs(corridor, [0, len(distances_m) - 1], ground_m + 50.0)
        flown_m = np.interp(distances_m, distances_m[nodes], alts_m)
        assert (flown_m >= corridor.lows_m - 1e-5).all()
        assert (flown_m <= corridor.highs_m + 1e-5).all()
        mine, known = len(nodes) - 1, fewest_by_trying_all(corridor)
        assert mine <= known + 1
        ours, least = ours + mine, least + known
    assert ours <= 1.1 * least


def test_a_verified_plan_over_a_ridge(over):
    terrain = over.ground(STEEP["ridge"])
    plans = []
    for flight in (over.flight(*LINES, alt_rel_m=50.0), followed(over, terrain)):
        routes = routes_of(flight, over.frame, over.home)
        plans.append(
            Plan("ridge", over.home, items_of(flight, routes, 10.0), routes, home_alt_amsl_m=over.home_alt_m)
        )
    codes = [
        {
            finding.code.value
            for finding in check_plan(
                plan, ZoneSet(()), terrain=terrain, returns=ReturnDemand.IGNORE
            ).findings
        }
        for plan in plans
    ]
    assert "terrain" in codes[0]
    assert codes[1] == set()


def test_ceilings_of_zones_are_kept_or_the_flight_refused(over):
    area = over.frame.unproject(over_box(-800.0, 800.0))
    terrain = over.ground(STEEP["cliff"])

    def allowed_to(ceiling_m, datum=AltitudeDatum.REL):
        return ZoneSet(
            [Zone.of_area("field", "field", ZoneKind.INCLUSION, area, AltitudeBand(None, ceiling_m, datum))]
        )

    flown = followed(over, terrain, zones=allowed_to(106.0))
    assert max(waypoint.alt_rel_m for waypoint in flown) <= 104.0
    # The ground rises to 55 m: 45 m above it is 100 m, and corners are cut by 2 m.
    with pytest.raises(
        MissionError,
        match=r"ask for 102\.0 m above home, and the ceiling there, less what is cut of corners, is 98\.0 m",
    ):
        followed(over, terrain, zones=allowed_to(100.0))
    flown = followed(over, terrain, zones=allowed_to(110.0, AltitudeDatum.AGL))
    assert over.heights_agl_m(flown, terrain).max() <= 110.0


def test_a_forbidden_zone_is_passed_on_its_side(over):
    block = over.frame.unproject(over_box(100.0, 260.0))
    level = over.ground(GENTLE["level"])
    for band, is_over in ((AltitudeBand(None, 48.0), True), (AltitudeBand(52.0, None), False)):
        zones = ZoneSet([Zone.of_area("block", "block", ZoneKind.EXCLUSION, block, band)])
        flown = followed(over, level, places=[(-500.0, 180.0), (600.0, 180.0)], zones=zones)
        alts_m = [
            np.interp(180.0, [a.xy_m[0], b.xy_m[0]], [a.alt_rel_m, b.alt_rel_m])
            for a, b in pairwise(flown)
            if a.xy_m[1] == b.xy_m[1] == 180.0 and a.xy_m[0] <= 180.0 <= b.xy_m[0]
        ]
        assert alts_m
        assert all(alt_m > 48.0 for alt_m in alts_m) if is_over else all(alt_m < 52.0 for alt_m in alts_m)


def over_box(low_m, high_m):
    from shapely import box

    return box(low_m, low_m, high_m, high_m)


def test_what_cannot_be_flown_is_refused_with_its_place(over):
    wall = over.ground(lambda x, y: np.where(x > 300.0, 140.0, 0.0))
    with pytest.raises(
        MissionError,
        match=r"leg to waypoint \d at 36\..*the ceiling there, less what is cut of corners, is 118\.0 m.*lower above ground",
    ):
        followed(over, wall)
    unlimited = TerrainHeight(50.0, 5.0, legal_limit_agl_m=None)
    assert over.heights_agl_m(followed(over, wall, unlimited), wall).min() >= 45.0
    with pytest.raises(MissionError, match="does not know the ground"):
        followed(over, over.ground(GENTLE["level"], half_m=500.0))
    holed = over.ground(lambda x, y: np.where((abs(x) < 40.0) & (abs(y + 200.0) < 40.0), np.nan, 0.0))
    with pytest.raises(MissionError, match=r"leg to waypoint 2 .*does not know the ground"):
        followed(over, holed)
    with pytest.raises(MissionError, match=r"home .*does not know the ground"):
        followed(
            over,
            over.ground(lambda x, y: np.where(np.hypot(x, y) < 40.0, np.nan, 0.0)),
            home_alt_amsl_m=None,
        )


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"height_agl_m": 5.0, "tolerance_m": 5.0}, "no height to keep"),
        ({"height_agl_m": math.nan}, "no height to keep"),
        ({"height_agl_m": 50.0, "speed_m_s": 0.0}, "no speed"),
        ({"height_agl_m": 130.0}, "above the limit of 120 m"),
        ({"height_agl_m": 50.0, "tolerance_m": 2.0}, r"no more than the 2\.0 m by which corners"),
    ],
)
def test_numbers_that_are_no_heights(numbers, said):
    with pytest.raises(MissionError, match=said):
        TerrainHeight(**numbers)


def test_gradients_follow_from_speeds():
    assert Gradients(0.25, 0.15) == AS_SHIPPED
    assert Gradients.of(CopterMotion(), 5.0) == Gradients(0.5, 0.3)
    with pytest.raises(MissionError, match="climb gradient of 0"):
        Gradients(0.0, 0.1)


def test_slower_is_steeper(over):
    terrain = over.ground(STEEP["cliff"])
    slow = TerrainHeight(50.0, 5.0, speed_m_s=4.0)
    above = [
        (over.heights_agl_m(followed(over, terrain, height), terrain) > 55.0).mean()
        for height in (None, slow)
    ]
    assert above[1] < 0.6 * above[0]
