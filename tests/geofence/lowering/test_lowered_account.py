"""What a fence carries of circles, bands, times and actions, and what it says of the rest."""

from datetime import UTC, datetime

import pytest
from shapely import Point

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import Applicability, Period
from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.lowering.account import Loss, account_lines
from geofence.lowering.fence_action import FenceAction
from geofence.lowering.fence_lowering import lower_to_fence
from geofence.refusal import GeofenceError
from geofence.verification.return_policy import RallyPoint, ReturnMode, ReturnPolicy
from geofence.zone import Zone, ZoneAction, ZoneKind
from geofence.zone_set import ZoneSet

GROUND = (-500.0, -500.0, 500.0, 500.0)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC).timestamp()
HOUR = 3600.0


def lower(zones, legs, **more):
    return lower_to_fence(ZoneSet(zones), legs=legs, max_items=more.pop("most", 200), **more)


def entries(fence, loss, *, is_stricter):
    return {
        entry.zone_id for entry in fence.account if entry.loss is loss and entry.is_stricter is is_stricter
    }


@pytest.fixture
def circle(place):
    def make(zone_id, kind, x_m, y_m, radius_m, band=None, **more):
        return Zone.of_circle(
            zone_id,
            zone_id,
            ZoneKind(kind),
            Circle(place(x_m, y_m), radius_m),
            band or AltitudeBand(),
            **more,
        )

    return make


@pytest.fixture
def timed(make_zone):
    """Make a zone that holds between two hours counted from noon."""

    def make(zone_id, kind, shape, from_h, to_h):
        period = Period(
            datetime.fromtimestamp(NOON + from_h * HOUR, UTC), datetime.fromtimestamp(NOON + to_h * HOUR, UTC)
        )
        plain = make_zone(zone_id, kind, shape)
        return Zone(zone_id, zone_id, plain.kind, plain.volumes, applicability=Applicability((period,)))

    return make


def test_a_round_exclusion_stays_a_circle(circle, legs):
    fence = lower([circle("mast", "exclusion", 200, 0, 60)], legs([(0, 0), (0, 300)]))
    (mast,) = fence.exclusion_circles
    assert fence.exclusions == ()
    assert fence.items == 1
    # A degree of latitude is 0.32 % longer on ArduPilot's sphere than here.
    assert 60.19 < mast.radius_m < 60.4
    assert fence.account == ()


def test_a_circle_too_near_to_grow_becomes_a_polygon(circle, legs):
    # On ArduPilot's sphere it would reach 1 m farther, up to the route.
    zone = circle("zone", "exclusion", 0, 301.2, 300)
    fence = lower([zone], legs([(0, 0), (100, 0)]))
    assert fence.exclusion_circles == ()
    assert len(fence.exclusions) == 1
    free = lower([zone], legs([(0, -2), (100, -2)]))
    assert len(free.exclusion_circles) == 1


def test_an_inclusion_circle_stays_one_only_alone(circle, make_zone, legs):
    disc = circle("disc", "inclusion", 0, 0, 400)
    route = legs([(0, 0), (0, 300)])
    alone = lower([disc], route)
    assert alone.inclusion == ()
    assert 398.5 < alone.inclusion_circles[0].radius_m < 399.6
    both = lower([disc, make_zone("ground", "inclusion", (0, 0, 700, 700))], route)
    assert both.inclusion_circles == ()
    assert len(both.inclusion) == 1
    # The circle shrinks on the sphere by more than the route leaves it.
    edge = lower([disc], legs([(0, 0), (398.7, 0)]), clear_m=0.5)
    assert edge.inclusion_circles == ()
    assert len(edge.inclusion) == 1


def test_a_route_in_the_hole_of_an_exclusion_is_fenced_by_pieces(make_zone, legs, admitted, place):
    ring = make_zone("ring", "exclusion", Point(0, 0).buffer(300).difference(Point(0, 0).buffer(200)))
    fence = lower([ring], legs([(0, 0), (0, 50)]))
    assert len(fence.exclusions) >= 2
    assert admitted(fence, place(0, 150), 50.0)
    for x_m, y_m in ((0, 250), (250, 0), (0, -250), (-250, 0), (177, 177)):
        assert not admitted(fence, place(x_m, y_m), 50.0)


def test_the_ceiling_is_never_above_the_zones_in_silence(make_zone, legs):
    ground = make_zone("ground", "inclusion", GROUND, AltitudeBand(None, 52.0))
    assert lower([ground], legs([(0, 0), (0, 300)], 50.0)).alt_max_rel_m == 52.0
    near = lower([ground], legs([(0, 0), (0, 300)], 51.0))
    assert near.alt_max_rel_m == 52.5
    assert entries(near, Loss.CEILING, is_stricter=False) == {"ground"}
    assert "ceiling of 52.0 m is fenced at 52.5 m" in near.account[0].detail
    law = lower([ground], legs([(0, 0), (0, 300)], 30.0), legal_limit_rel_m=40.0)
    assert law.alt_max_rel_m == 40.0
    assert entries(law, Loss.CEILING, is_stricter=True) == {"ground"}
    over = lower([], legs([(0, 0), (0, 300)], 120.0), legal_limit_rel_m=120.0)
    assert over.alt_max_rel_m == 121.5
    assert over.account[0].detail.startswith("the legal limit of 120.0 m is fenced at 121.5 m")


def test_the_highest_floor_with_room_is_carried(make_zone, legs):
    zones = [
        make_zone("ground", "inclusion", GROUND, AltitudeBand(10.0, 100.0)),
        make_zone("house", "exclusion", (100, 100, 200, 200), AltitudeBand(None, 20.0)),
        make_zone("tower", "exclusion", (300, 300, 320, 320), AltitudeBand(None, 49.0)),
    ]
    fence = lower(zones, legs([(0, 0), (0, 300)], 50.0))
    assert fence.alt_min_rel_m == 20.0
    assert fence.exclusions == ()
    assert entries(fence, Loss.FLOOR, is_stricter=False) == {"tower"}
    assert entries(fence, Loss.FLOOR, is_stricter=True) == {"ground"}
    assert lower(zones, legs([(0, 0), (0, 300)], 24.0)).alt_min_rel_m == 20.0
    low = lower(zones, legs([(0, 0), (0, 300)], 22.0))
    assert low.alt_min_rel_m == 10.0
    assert entries(low, Loss.FLOOR, is_stricter=False) == {"house"}


def test_no_floor_where_the_way_home_would_stop_at_it(make_zone, legs):
    plain = make_zone("ground", "inclusion", GROUND, AltitudeBand(10.0, 100.0))
    ground = Zone("ground", "ground", plain.kind, plain.volumes, stated_action=ZoneAction.HOLD)
    back = ReturnPolicy(ReturnMode.SMART_RTL)
    fence = lower([ground], legs([(0, 0), (0, 300)]), returns=back)
    assert fence.action is FenceAction.BRAKE_OR_LAND
    assert fence.alt_min_rel_m is None
    assert entries(fence, Loss.FLOOR, is_stricter=False) == {"ground"}


def test_the_margin_lets_the_return_climb(make_zone, legs):
    ground = make_zone("ground", "inclusion", GROUND, AltitudeBand(None, 63.0))
    route = legs([(0, 0), (0, 300)], 30.0)
    assert lower([ground], route, margin_m=5.0).margin_m == 5.0
    assert lower([ground], route, margin_m=0.2).margin_m == 1.0
    assert lower([ground], route, margin_m=5.0, returns=ReturnPolicy(alt_rel_m=61.0)).margin_m == 2.0


def test_what_is_crossed_above_is_accounted_for(make_zone, legs):
    house = make_zone("house", "exclusion", (-20, 100, 20, 120), AltitudeBand(None, 20.0))
    yard = make_zone("yard", "exclusion", (50, 0, 90, 40), AltitudeBand(None, 40.0))
    route = legs([(0, 0, 15), (0, 50, 40), (0, 300, 40)])
    fence = lower([house, yard], route)
    assert entries(fence, Loss.BAND, is_stricter=False) == {"house"}
    assert entries(fence, Loss.BAND, is_stricter=True) == {"yard"}
    assert len(fence.exclusions) == 1
    # A leg that climbs is above the house by the time it gets there.
    assert entries(lower([house], legs([(0, 0, 15), (0, 300, 60)])), Loss.BAND, is_stricter=False) == {
        "house"
    }
    with pytest.raises(GeofenceError, match="enters an excluded area"):
        lower([house], legs([(0, 0, 15), (0, 300, 20)]))


def test_times_unknown_are_read_the_stricter_way(make_zone, timed, legs):
    route = legs([(0, 0), (0, 300)])
    fence = lower(
        [make_zone("g", "inclusion", GROUND), timed("t", "exclusion", (100, 0, 200, 9), 0, 1)], route
    )
    assert entries(fence, Loss.TIME_WINDOW, is_stricter=True) == {"t"}
    assert len(fence.exclusions) == 1
    with pytest.raises(GeofenceError, match="no inclusion zone allows flight throughout"):
        lower([timed("t", "inclusion", GROUND, 0, 1)], route)


def test_only_what_holds_during_the_flight_is_carried(make_zone, timed, legs):
    zones = [
        make_zone("ground", "inclusion", GROUND),
        timed("before", "exclusion", (100, 0, 110, 9), -3, -2),
        timed("throughout", "exclusion", (120, 0, 130, 9), -1, 3),
        timed("later", "exclusion", (140, 0, 150, 9), 0.5, 3),
        timed("crossed", "exclusion", (-50, 200, 50, 210), 0.5, 3),
    ]
    fence = lower(zones, legs([(0, 0), (0, 300)]), flight_utc_s=(NOON, NOON + HOUR))
    assert len(fence.exclusions) == 2
    assert entries(fence, Loss.TIME_WINDOW, is_stricter=False) == {"before", "crossed"}
    assert entries(fence, Loss.TIME_WINDOW, is_stricter=True) == {"later"}


def test_an_inclusion_of_a_part_of_the_flight_is_used_where_it_is_needed(make_zone, timed, legs):
    zones = [
        make_zone("west", "inclusion", (-500, -500, 0, 500)),
        timed("east", "inclusion", (0, -500, 500, 500), -1, 0.5),
    ]
    span = (NOON, NOON + HOUR)
    near = lower(zones, legs([(-100, 0), (-100, 300)]), flight_utc_s=span)
    assert entries(near, Loss.OUT_OF_REACH, is_stricter=True) == {"east"}
    over = lower(zones, legs([(-100, 0), (100, 0)]), flight_utc_s=span)
    assert entries(over, Loss.TIME_WINDOW, is_stricter=False) == {"east"}


def test_the_reaction_follows_zones_and_policy(make_zone, legs):
    route = legs([(0, 0), (0, 300)])

    def action(mode, *stated):
        zones = [make_zone("ground", "inclusion", GROUND), make_zone("pad", "exclusion", (100, 0, 200, 9))]
        zones = [
            Zone(zone.zone_id, "", zone.kind, zone.volumes, stated_action=said)
            for zone, said in zip(zones, (*stated, None, None), strict=False)
        ]
        return lower(zones, route, returns=ReturnPolicy(mode)).action

    assert action(ReturnMode.RTL) is FenceAction.RTL_OR_LAND
    assert action(ReturnMode.SMART_RTL) is FenceAction.SMART_RTL_OR_LAND
    assert action(ReturnMode.LAND) is FenceAction.LAND
    assert action(ReturnMode.RTL, ZoneAction.HOLD) is FenceAction.RTL_OR_LAND
    assert action(ReturnMode.RTL, ZoneAction.HOLD, ZoneAction.WARN) is FenceAction.BRAKE_OR_LAND
    assert action(ReturnMode.RTL, ZoneAction.HOLD, ZoneAction.RETURN) is FenceAction.RTL_OR_LAND
    assert action(ReturnMode.SMART_RTL, ZoneAction.RETURN, ZoneAction.LAND) is FenceAction.LAND


@pytest.mark.parametrize(
    ("wall", "rally", "expected"),
    [
        ((-100, 100, 80, 110), (), FenceAction.SMART_RTL_OR_LAND),
        ((-100, 100, -80, 110), (), FenceAction.RTL_OR_LAND),
        ((150, 100, 160, 110), ((250, 200),), FenceAction.RTL_OR_LAND),
        ((150, 190, 160, 195), ((250, 200),), FenceAction.SMART_RTL_OR_LAND),
    ],
)
def test_no_straight_return_across_an_exclusion(make_zone, legs, place, wall, rally, expected):
    zones = [make_zone("wall", "exclusion", wall)]
    policy = ReturnPolicy(rally_points=tuple(RallyPoint(place(*point), 20.0) for point in rally))
    route = legs([(0, 0), (100, 0), (100, 200), (0, 200)])
    assert lower(zones, route, returns=policy).action is expected


def test_rally_points_stay_free_of_what_is_simplified(make_zone, legs, place, admitted):
    rally = [place(0.0, 495.0), place(-495.0, 0.0), place(0.0, 447.0)]
    zones = [
        make_zone("ground", "inclusion", Point(0, 0).buffer(500.0, quad_segs=64)),
        make_zone("mast", "exclusion", Point(0, 470.0).buffer(20.0, quad_segs=64)),
    ]
    policy = ReturnPolicy(rally_points=tuple(RallyPoint(point, 20.0) for point in rally))
    route = legs([(0, 0), (100, 0)])
    assert not all(admitted(lower(zones, route, most=24), point, 20.0) for point in rally)
    fence = lower(zones, route, most=46, returns=policy)
    assert fence.items < 46
    assert all(admitted(fence, point, 20.0) for point in rally)


@pytest.mark.parametrize(
    ("rally_alt_m", "return_alt_m", "floor_m"), [(12.0, 15.0, None), (12.0, 20.5, 20.0), (25.0, 15.0, 20.0)]
)
def test_no_floor_above_a_rally_point(make_zone, legs, place, rally_alt_m, return_alt_m, floor_m):
    # ArduCopter passes over rally points that are lower than its floor, and goes to another.
    zones = [make_zone("ground", "inclusion", GROUND, AltitudeBand(20.0, None))]
    policy = ReturnPolicy(alt_rel_m=return_alt_m, rally_points=(RallyPoint(place(50, 50), rally_alt_m),))
    fence = lower(zones, legs([(0, 0), (0, 100)]), returns=policy)
    assert fence.alt_min_rel_m == floor_m
    assert entries(fence, Loss.FLOOR, is_stricter=False) == (set() if floor_m else {"ground"})
    assert lower(zones, legs([(0, 0), (0, 100)])).alt_min_rel_m == 20.0


def test_a_legal_return_over_a_zone_is_not_landed_in_it(make_zone, legs):
    plain = make_zone("house", "exclusion", (-100, 100, 80, 110), AltitudeBand(None, 12.0))
    house = Zone("house", "house", plain.kind, plain.volumes, stated_action=ZoneAction.LAND)
    beside = lower([house], legs([(100, 0), (100, 200)], 12.0))
    assert beside.action is FenceAction.LAND
    over = lower([house], legs([(0, 0), (100, 0), (100, 200), (0, 200)], 12.0))
    assert over.action is FenceAction.RTL_OR_LAND
    assert entries(over, Loss.ACTION, is_stricter=False) == {"house"}


def test_a_way_home_above_an_exclusion_is_free(make_zone, legs):
    zones = [make_zone("house", "exclusion", (-100, 100, 80, 110), AltitudeBand(None, 12.0))]
    route = legs([(0, 0), (100, 0), (100, 200), (0, 200)], 12.0)
    assert lower(zones, route).action is FenceAction.RTL_OR_LAND


def test_the_rest_is_named(make_zone, legs):
    zones = [
        make_zone("ground", "inclusion", Point(0, 0).buffer(500.0, quad_segs=32)),
        make_zone("park", "advisory", (0, 0, 50, 50)),
        make_zone("abroad", "exclusion", (9_000, 0, 9_100, 100)),
    ]
    fence = lower(zones, legs([(0, 0), (0, 100)]), most=12)
    assert entries(fence, Loss.ADVISORY, is_stricter=False) == {"park"}
    assert entries(fence, Loss.OUT_OF_REACH, is_stricter=False) == {"abroad"}
    (simplified,) = [entry for entry in fence.account if entry.loss is Loss.SIMPLIFIED]
    assert simplified.area_m2 > 1000
    lines = list(account_lines(fence.account))
    assert lines[0].startswith("park: it is advice")
    assert any("m2 smaller; stricter on board" in line for line in lines)
    assert any(line.startswith("1 zones out of reach (abroad)") for line in lines)


def test_many_of_a_kind_are_counted(make_zone, legs):
    zones = [make_zone(f"far {n}", "exclusion", (20_000 + 30 * n, 0, 20_020 + 30 * n, 9)) for n in range(9)]
    (line,) = account_lines(lower(zones, legs([(0, 0)])).account)
    assert (
        line
        == "9 zones out of reach (far 0, far 1, far 2, far 3 ...): not on board, the live monitor watches it."
    )


def test_several_volumes_are_each_carried(make_zone, legs):
    layers = [
        make_zone("a", "exclusion", (100, 0, 200, 100), AltitudeBand(None, 100.0)).volumes[0],
        make_zone("b", "exclusion", (0, 400, 200, 600), AltitudeBand(80.0, None)).volumes[0],
        make_zone(
            "c", "exclusion", (0, 700, 200, 800), AltitudeBand(1600.0, 1700.0, AltitudeDatum.AMSL)
        ).volumes[0],
    ]
    zone = Zone("layers", "layers", ZoneKind.EXCLUSION, tuple(layers))
    fence = lower([zone], legs([(0, 0), (0, 300)]))
    assert len(fence.exclusions) == 2  # the unknown one holds at all altitudes
    assert fence.alt_max_rel_m == 80.0
    known = lower([zone], legs([(0, 0), (0, 300)]), home_alt_amsl_m=1530.0)
    assert len(known.exclusions) == 1
    assert known.alt_max_rel_m == 70.0


def test_nothing_is_rounded_beyond_the_wire(circle, legs):
    fence = lower([circle("mast", "exclusion", 200.123, 0.456, 60.0)], legs([(0, 0), (0, 300)]))
    (mast,) = fence.exclusion_circles
    assert mast.centre == LatLon(round(mast.centre.lat_deg, 7), round(mast.centre.lon_deg, 7))
    assert mast.radius_m == round(mast.radius_m, 2)
