"""What a copter flies beside its legs."""

import math
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from pymavlink import mavutil

from geofence.altitude_band import AltitudeBand
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.verification.finding import FindingCode, Severity
from geofence.zone import Zone, ZoneKind
from missions.plan.check import check_plan
from missions.plan.corner_stops import with_stops
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.legs import ways_of
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand
from missions.ways.circling import Circling
from missions.ways.copter_motion import CopterMotion
from missions.ways.flight_step import Place
from missions.ways.turns import Turn, strayed_areas

RECORDED = Path(__file__).parents[4] / "shared" / "ardupilot" / "01-auto-survey-rtl.tlog"
MOTION = CopterMotion()
LITTLE_WIND = replace(MOTION, wind_m_s=1.5)
RETURN = MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION)


@pytest.fixture
def plan_of(fields):
    """Make a plan of places in metres, or of items."""

    def make(*stops, home=(0.0, 0.0), alt_m=30.0, **changes):
        items = [MissionItem(0, Command.NAV_TAKEOFF, alt_m=alt_m)]
        for stop in stops:
            items.append(  # noqa: PERF401
                stop
                if isinstance(stop, MissionItem)
                else MissionItem(
                    0,
                    Command.NAV_WAYPOINT,
                    position=fields.at(*stop[:2]),
                    alt_m=stop[2] if len(stop) > 2 else alt_m,
                )
            )
        numbered = tuple(replace(item, seq=seq) for seq, item in enumerate(items, start=1))
        return Plan("test", fields.at(*home), numbered, **changes)

    return make


def check(plan, zones, **asked):
    return check_plan(plan, zones, returns=ReturnDemand.IGNORE, **asked)


def found(verified):
    return [(finding.item_seq, finding.code.value) for finding in verified.findings]


@pytest.fixture
def post(fields):
    """A post on the inside of the corner at 100, 0, one metre off on the bisector."""
    return fields.zones(
        fields.zone(shapely.Point(99.0, 1.0).buffer(0.3), "post", ZoneKind.EXCLUSION, ceiling_m=None)
    )


CORNER = ((100.0, 0.0), (100.0, 100.0))


def test_a_corner_that_is_cut_enters_what_its_legs_pass(plan_of, post):
    verified = check(plan_of(*CORNER, margin_m=0.5), post)
    (finding,) = [finding for finding in verified.findings if finding.code is FindingCode.CORNER]
    assert finding.severity is Severity.VIOLATION
    assert finding.item_seq == 2
    assert finding.zone_id == "post"
    assert finding.message.startswith("The turn at item 2 is cut, and enters exclusion zone post by 0.3 m")
    assert finding.remedy.startswith("Let the copter stop there (a delay of 1 s at the waypoint)")
    assert not verified.is_legal


def test_a_copter_that_stops_cuts_no_corner(plan_of, post):
    plan = plan_of(*CORNER, margin_m=0.5)
    stopping = with_stops(plan, check(plan, post))
    assert [item.params[0] for item in stopping.items] == [0.0, 1.0, 0.0]
    assert check(stopping, post).is_legal
    assert with_stops(stopping, check(stopping, post)) is stopping


def test_slow_flight_cuts_less(plan_of, post):
    slow = MissionItem(0, Command.DO_CHANGE_SPEED, Frame.MISSION, params=(1.0, 1.0, -1.0, 0.0))
    assert check(plan_of(slow, *CORNER, margin_m=0.5), post).is_legal
    climbing = MissionItem(0, Command.DO_CHANGE_SPEED, Frame.MISSION, params=(2.0, 1.0, -1.0, 0.0))
    assert (3, "corner") in found(check(plan_of(climbing, *CORNER, margin_m=0.5), post))


def test_the_margin_holds_the_cut_of_a_waypoint_radius(plan_of, fields):
    """Legs that keep 2 m lose no more than that at their corners; those of a wider radius do."""
    near = fields.zones(
        fields.zone(shapely.Point(97.0, 3.0).buffer(0.9), "post", ZoneKind.EXCLUSION, ceiling_m=None)
    )
    plan = plan_of(*CORNER, margin_m=2.0)
    assert check(plan, near).findings == ()
    wide = check(plan, near, motion=replace(MOTION, waypoint_radius_m=6.0))
    assert (2, "corner") in found(wide)


def test_before_other_items_than_waypoints_it_stops(plan_of, post, fields):
    land = MissionItem(0, Command.NAV_LAND, position=fields.at(100.0, 100.0))
    assert check(plan_of(CORNER[0], land, margin_m=0.5), post).is_legal


def test_a_corner_above_the_band_of_its_legs_is_looked_at(plan_of, fields):
    """The leg meets the band only before the corner; the cut passes the post within it."""
    band = fields.zones(
        Zone.of_area(
            "wire",
            "wire",
            ZoneKind.EXCLUSION,
            fields.FRAME.unproject(shapely.box(98.4, 0.9, 98.7, 1.2)),
            AltitudeBand(29.0, 29.95),
        )
    )
    climbing = plan_of((100.0, 0.0, 30.0), (100.0, 60.0, 20.0), alt_m=25.0, margin_m=0.5)
    assert (2, "corner") in found(check(climbing, band))


def test_what_wind_may_do_is_advised_of_where_the_margin_does_not_hold_it(plan_of, fields):
    beyond = fields.zones(
        fields.zone(shapely.box(101.0, -5.0, 110.0, 5.0), "wall", ZoneKind.EXCLUSION, ceiling_m=None)
    )
    verified = check(plan_of(*CORNER, margin_m=0.5), beyond)
    (finding,) = verified.findings
    assert (finding.severity, finding.code, finding.item_seq) == (Severity.ADVICE, FindingCode.TRACKING, 2)
    assert "may stray in wind, and enters exclusion zone wall by 0.5 m" in finding.message
    assert verified.is_legal
    assert (2, "margin") in found(check(plan_of(*CORNER, margin_m=1.6), beyond))
    pad = fields.zones(
        fields.zone(shapely.box(0.4, -5.0, 3.0, 5.0), "wall", ZoneKind.EXCLUSION, ceiling_m=None)
    )
    drifting = check(plan_of(margin_m=0.3), pad)
    assert found(drifting) == [(1, "tracking")]
    assert drifting.findings[0].message.startswith("The take-off or landing at item 1 may stray")


def test_much_straying_is_told_of_once(plan_of, fields):
    narrow = fields.zones(fields.zone(shapely.box(-1.0, -1.0, 101.0, 101.0)))
    verified = check(plan_of(*CORNER, (0.0, 100.0), (0.0, 0.0), RETURN, margin_m=0.8), narrow)
    (finding,) = verified.findings
    assert finding.code is FindingCode.TRACKING
    assert finding.message.endswith("and so at 2 more items")


@pytest.mark.parametrize("turn_deg", [20.0, 60.0, 90.0, 135.0, 170.0])
def test_a_cut_lies_between_its_legs_and_within_the_waypoint_radius(fields, turn_deg):
    angle = math.radians(turn_deg)
    corner, after = (100.0, 0.0), (100.0 + 80.0 * math.cos(angle), 80.0 * math.sin(angle))
    turn = Turn(
        2,
        fields.at(0.0, 0.0),
        fields.at(*corner),
        fields.at(*after),
        (30.0, 30.0, 30.0),
        is_passed=True,
        speed_m_s=10.0,
        span_s=(0.0, 1.0),
    )
    areas = strayed_areas([turn], MOTION, margin_m=1.6)
    (cut,) = [fields.FRAME.project(area.area) for area in areas]
    legs = shapely.LineString([(0.0, 0.0), corner, after])
    assert legs.convex_hull.buffer(0.01).covers(cut)
    farthest_m = shapely.hausdorff_distance(cut, shapely.intersection(legs, cut.buffer(0.01)))
    assert farthest_m <= MOTION.waypoint_radius_m + 0.01
    middle = shapely.boundary(cut).difference(legs.buffer(0.001))
    assert shapely.distance(shapely.Point(corner), middle) == pytest.approx(
        MOTION.waypoint_radius_m, abs=0.05
    )


def test_braking_takes_longer_with_bounded_jerk():
    assert MOTION.braking_m(1.0) == pytest.approx(1.0)
    assert MOTION.braking_m(10.0) == pytest.approx(32.5)
    assert MOTION.braking_m(6.25) == pytest.approx(6.25 * 2.5)


@pytest.mark.recorded
def test_a_recorded_survey_stays_where_it_may_be():
    """Ten corners flown by ArduCopter 4.6.2 at 10 m/s: within the legs and the cut corners, and in the times."""
    if not RECORDED.exists():
        pytest.skip(f"the recording is not kept at {RECORDED}")
    items: dict[int, MissionItem] = {}
    reached: dict[int, float] = {}
    flown: list[tuple[float, float, float]] = []
    with closing(mavutil.mavlink_connection(str(RECORDED), dialect="ardupilotmega")) as log:
        while (message := log.recv_match()) is not None:
            kind, now_s = message.get_type(), message._timestamp
            if kind == "MISSION_ITEM_INT" and message.get_srcSystem() == 255 and message.seq > 0:
                has_place = message.x != 0
                position = LatLon(message.x / 1e7, message.y / 1e7) if has_place else None
                items[message.seq] = MissionItem(
                    message.seq, message.command, Frame(message.frame), position, message.z
                )
            elif kind == "MISSION_ITEM_REACHED":
                reached[message.seq] = now_s
            elif kind == "STATUSTEXT" and message.text == "Mission: 1 Takeoff":
                departure_s = now_s
            elif kind == "GLOBAL_POSITION_INT" and 2 in reached and 11 not in reached:
                flown.append((message.lat / 1e7, message.lon / 1e7, now_s))
    plan = Plan("survey", LatLon(36.0925, 103.7080), tuple(items[seq] for seq in sorted(items)))
    ways = ways_of(plan)
    frame = LocalFrame(plan.home)
    beside = [frame.project(area.area) for area in strayed_areas(ways.turns, MOTION, margin_m=0.0)]
    lines = [
        shapely.LineString([frame.point_xy_m(leg.start), frame.point_xy_m(leg.end)])
        for leg in ways.legs
        if leg.start != leg.end
    ]
    tracked_m = 0.5
    may_be = shapely.union_all([area.buffer(tracked_m) for area in (*lines, *beside)])
    xy_m = frame.xy_m([place[0] for place in flown], [place[1] for place in flown])
    assert len(xy_m) > 200
    assert shapely.contains_xy(may_be, xy_m).all()
    # It does cut: some places are farther from the legs than it tracks.
    assert shapely.distance(shapely.union_all(lines), shapely.points(xy_m)).max() > tracked_m
    for leg in ways.legs:
        if leg.item_seq in reached and leg.item_seq < 12:
            assert leg.end_s[0] <= reached[leg.item_seq] - departure_s <= leg.end_s[1] + MOTION.pause_s


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_circle_is_entered_at_its_nearest_point(fields, side):
    place = Place(1, fields.at(0.0, 0.0), 30.0, 10.0)
    flown = Circling.of(place, fields.at(100.0, 0.0), side * 40.0, 1.25, LITTLE_WIND)
    assert fields.FRAME.point_xy_m(flown.entry) == pytest.approx((60.0, 0.0), abs=0.05)
    # A quarter on: clockwise to the north of a circle entered from the west.
    assert fields.FRAME.point_xy_m(flown.exit) == pytest.approx((100.0, side * 40.0), abs=0.1)
    # It leaves along the tangent.
    stop_x_m, stop_y_m = fields.FRAME.point_xy_m(flown.stop)
    assert stop_y_m == pytest.approx(side * 40.0, abs=0.1)
    assert 108.0 < stop_x_m < 115.0
    assert flown.approach is None
    inside = Circling.of(
        replace(place, position=fields.at(90.0, 0.0)), fields.at(100.0, 0.0), 40.0, 1.0, MOTION
    )
    assert fields.FRAME.point_xy_m(inside.entry) == pytest.approx((60.0, 0.0), abs=0.05)


@pytest.mark.parametrize(
    ("stated_m", "flown_m"),
    [(0.0, [10.0]), (0.4, [10.0]), (12.0, [12.0]), (12.7, [12.0, 12.7]), (264.0, [260.0, 264.0])],
)
def test_a_radius_is_kept_in_whole_metres(fields, stated_m, flown_m):
    place = Place(1, fields.at(-400.0, 0.0), 30.0, 10.0)
    rings = Circling.of(place, fields.at(0.0, 0.0), stated_m, 1.0, MOTION).rings
    for ring, radius_m in zip(rings, flown_m, strict=True):
        away_m = [math.hypot(*fields.FRAME.point_xy_m(position)) for position in ring]
        assert max(away_m) == pytest.approx(radius_m, abs=0.06)
        chords = shapely.LineString([fields.FRAME.point_xy_m(position) for position in ring])
        assert shapely.distance(chords, shapely.Point(0.0, 0.0)) == pytest.approx(radius_m, abs=0.06)


def test_from_its_centre_a_circle_may_be_entered_anywhere(fields):
    place = Place(1, fields.at(0.0, 0.0), 30.0, 10.0)
    flown = Circling.of(place, fields.at(0.0, 0.0), 40.0, 1.0, MOTION)
    assert flown.entry is None
    disc = fields.FRAME.project(flown.approach)
    assert disc.covers(shapely.Point(0.0, 0.0).buffer(39.9))


def test_a_tower_may_be_circled(plan_of, fields):
    tower = fields.zones(
        fields.zone(shapely.box(95.0, -5.0, 105.0, 5.0), "tower", ZoneKind.EXCLUSION, ceiling_m=None)
    )

    def circle(radius_m, **changes):
        return MissionItem(
            0,
            Command.NAV_LOITER_TURNS,
            position=fields.at(100.0, 0.0),
            alt_m=30.0,
            params=(2.0, 0.0, radius_m, 0.0),
            **changes,
        )

    assert check(plan_of(circle(30.0), (0.0, 50.0)), tower, motion=LITTLE_WIND).is_legal
    assert not check(plan_of(circle(8.0), (0.0, 50.0)), tower, motion=LITTLE_WIND).is_legal
    through = check(plan_of(circle(30.0), (200.0, 0.0)), tower, motion=LITTLE_WIND)
    assert (3, "inside_exclusion") in found(through)


def test_what_a_circle_leaves_open_is_swept(plan_of, fields):
    """From its centre it may leave anywhere: a post beside the straight way on is met."""
    circle = MissionItem(0, Command.NAV_LOITER_TURNS, alt_m=30.0, params=(1.0, 0.0, 40.0, 0.0))
    post = fields.zones(
        fields.zone(shapely.Point(60.0, 20.0).buffer(1.0), "post", ZoneKind.EXCLUSION, ceiling_m=None)
    )
    assert (3, "inside_exclusion") in found(check(plan_of(circle, (200.0, 0.0)), post))
    inner = fields.zones(
        fields.zone(shapely.Point(10.0, 20.0).buffer(1.0), "post", ZoneKind.EXCLUSION, ceiling_m=None)
    )
    assert (2, "inside_exclusion") in found(check(plan_of(circle), inner))


def test_a_cut_corner_counts_for_the_least_clearance(plan_of, fields):
    # Within the corner at (100, 100), a little nearer to the cut than to the legs.
    tower = fields.zone(shapely.Point(96.0, 96.0).buffer(0.5), "tower", ZoneKind.EXCLUSION)
    plan = plan_of((0, 100), (100, 100), (100, 0), (0, 0), RETURN)
    verified = check(plan, fields.zones(tower), margin_m=2.0)
    of_legs_m = min(leg.clearance_m for leg in verified.legs if leg.clearance_m is not None)
    assert of_legs_m == pytest.approx(3.5, abs=0.05)
    assert verified.is_legal
    assert of_legs_m - MOTION.waypoint_radius_m < verified.min_clearance_m < of_legs_m - 0.3
    outside = fields.zone(shapely.Point(104.0, 104.0).buffer(0.5), "tower", ZoneKind.EXCLUSION)
    verified = check(plan, fields.zones(outside), margin_m=2.0)
    assert verified.min_clearance_m == min(leg.clearance_m for leg in verified.legs if leg.clearance_m)
