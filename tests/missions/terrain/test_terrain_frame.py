import numpy as np
import pytest

from geofence.zone_set import ZoneSet
from missions.plan.check import check_plan
from missions.plan.item import Command, Frame
from missions.plan.legs import ways_of
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand
from missions.plan.route_items import items_of, routes_of
from missions.refusal import MissionError
from missions.terrain.follow_terrain import TerrainHeight
from missions.terrain.terrain_frame import in_terrain_frame, terrain_needs

LINES = [(-600.0, -200.0), (600.0, -200.0), (600.0, 200.0), (-600.0, 200.0)]
HEIGHT = TerrainHeight(60.0, 10.0)


def hills(x, y):
    return 10.0 * np.sin(x / 150.0) * np.cos(y / 170.0)


def framed(over, terrain, height=HEIGHT):
    return in_terrain_frame(over.flight(*LINES), terrain, over.frame, over.home, height)


def test_items_count_from_the_ground_and_are_verified_so(over):
    terrain = over.ground(hills)
    flight = framed(over, terrain)
    routes = routes_of(flight, over.frame, over.home)
    items = items_of(flight, routes, 10.0)
    plan = Plan("hills", over.home, items, routes, home_alt_amsl_m=over.home_alt_m)
    flown = [item for item in items if item.command == Command.NAV_WAYPOINT]
    assert len(flown) == len(LINES) + 1
    assert {(item.frame, item.alt_m) for item in flown} == {(Frame.GLOBAL_TERRAIN_ALT, 60.0)}
    assert items[0].frame is Frame.GLOBAL_RELATIVE_ALT
    assert items[0].alt_m == pytest.approx(60.0, abs=0.1)
    verification = check_plan(plan, ZoneSet(()), terrain=terrain, returns=ReturnDemand.IGNORE)
    assert verification.findings == ()
    legs = [leg for leg in ways_of(plan, terrain=terrain).legs if leg.from_seq >= 3 and leg.item_seq <= 6]
    grounds_m = terrain.ground_alt_amsl_m(
        [leg.end.lat_deg for leg in legs], [leg.end.lon_deg for leg in legs]
    )
    heights_m = np.array([leg.end_alt_rel_m for leg in legs]) + over.home_alt_m - grounds_m
    assert heights_m == pytest.approx(np.full(len(legs), 60.0), abs=0.2)


def test_routes_tell_altitudes_above_home(over):
    terrain = over.ground(hills)
    flight = framed(over, terrain)
    grounds_m = terrain.ground_alt_amsl_m(*over.frame.latlon_deg([w.xy_m for w in flight]).T)
    assert [w.alt_rel_m for w in flight] == pytest.approx(grounds_m - over.home_alt_m + 60.0, abs=1e-6)


def test_ground_that_the_vehicle_would_not_clear_is_refused(over):
    with pytest.raises(MissionError, match="might fly as low as"):
        framed(over, over.ground(lambda x, y: np.where(x > 0.0, 40.0, 0.0)))
    # A peak on one node, which a grid of 100 m does not see.
    with pytest.raises(MissionError, match="might fly as low as"):
        framed(over, over.ground(lambda x, y: 30.0 * ((abs(x - 330.0) < 16.0) & (abs(y - 210.0) < 16.0))))
    with pytest.raises(MissionError, match=r"might fly as high as .* beyond 70 m"):
        framed(
            over,
            over.ground(lambda x, y: np.where(x > 0.0, -40.0, 0.0)),
            TerrainHeight(60.0, 50.0, legal_limit_agl_m=70.0),
        )
    with pytest.raises(MissionError, match="does not reach 100 m round it"):
        in_terrain_frame(
            over.flight((-600.0, 200.0), (650.0, 200.0)),
            over.ground(hills, half_m=660.0),
            over.frame,
            over.home,
            HEIGHT,
        )


def test_what_it_asks_of_the_vehicle(over):
    terrain = over.ground(hills)
    assert terrain_needs(over.flight(*LINES), over.frame) is None
    needs = terrain_needs(framed(over, terrain), over.frame)
    assert needs is not None
    assert needs.parameters["TERRAIN_ENABLE"] == 1.0
    south_m, north_m = over.frame.xy_m([needs.south_deg, needs.north_deg], [over.home.lon_deg] * 2)[:, 1]
    assert south_m == pytest.approx(-400.0, abs=2.0)
    assert north_m == pytest.approx(400.0, abs=2.0)
