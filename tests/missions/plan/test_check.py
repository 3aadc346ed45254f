import math
from dataclasses import replace
from functools import partial

import pytest
import shapely

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.latlon import LatLon
from geofence.verification.finding import FindingCode
from geofence.zone import Zone, ZoneKind
from missions.plan.check import check_plan as check_plan_and_returns
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.legs import legs_of
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand
from missions.ways.copter_motion import CopterMotion

check_plan = partial(check_plan_and_returns, returns=ReturnDemand.IGNORE)
"""These tests are of the legs."""


@pytest.fixture
def plan_of(fields):
    def make(*items, **changes):
        numbered = tuple(
            MissionItem(seq, item.command, item.frame, item.position, item.alt_m, item.params)
            for seq, item in enumerate(items, start=1)
        )
        return Plan("test", fields.at(50.0, 50.0), numbered, **changes)

    return make


@pytest.fixture
def field(fields):
    return fields.zones(
        fields.zone(fields.RECTANGLE), fields.zone(shapely.box(180, 80, 220, 120), "no", ZoneKind.EXCLUSION)
    )


def take_off(alt_m=30.0):
    return MissionItem(0, Command.NAV_TAKEOFF, alt_m=alt_m)


@pytest.fixture
def to(fields):
    def make(
        x_m,
        y_m,
        alt_m=30.0,
        command=Command.NAV_WAYPOINT,
        frame=Frame.GLOBAL_RELATIVE_ALT,
        params=(0.0, 0.0, 0.0, 0.0),
    ):
        return MissionItem(0, command, frame, fields.at(x_m, y_m), alt_m, params)

    return make


LITTLE_WIND = CopterMotion(wind_m_s=1.5)
RETURN = MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION)


def codes(verified):
    return {(finding.item_seq, finding.code) for finding in verified.findings}


def test_a_legal_plan_has_no_findings(plan_of, to, field):
    assert (
        check_plan(plan_of(take_off(), to(100, 150), to(350, 150), to(50, 150), RETURN), field).findings == ()
    )


def test_the_way_home_is_checked(plan_of, to, field):
    verified = check_plan(plan_of(take_off(), to(100, 150), to(350, 150), RETURN), field)
    assert (4, FindingCode.INSIDE_EXCLUSION) in codes(verified)
    (finding,) = [f for f in verified.findings if f.code is FindingCode.INSIDE_EXCLUSION]
    assert finding.zone_id == "no"
    assert finding.from_seq == 3
    assert finding.clearance_m < 0


def test_the_margin_is_the_argument_then_the_plans_then_two_metres(plan_of, to, field):
    items = (take_off(), to(100, 196), to(50, 150), RETURN)
    assert check_plan(plan_of(*items), field).is_legal
    assert not check_plan(plan_of(*items, margin_m=5.0), field).is_legal
    assert check_plan(plan_of(*items, margin_m=5.0), field, margin_m=3.0).is_legal


def test_altitude_limits(plan_of, to, fields):
    high = fields.zones(fields.zone(fields.RECTANGLE, ceiling_m=200.0))
    plan = plan_of(take_off(130.0), to(100, 150, 130.0), RETURN)
    assert not check_plan(plan, high).is_legal
    assert check_plan(plan, high, allow_above_120=True).is_legal


def test_a_return_climbs_to_the_autopilots_altitude_away_from_home(plan_of, to):
    legs, _ = legs_of(plan_of(take_off(5.0), to(250, 150, 5.0), RETURN))
    up, across, down = legs[-3:]
    assert (up.start_alt_rel_m, up.end_alt_rel_m) == (5.0, 15.0)
    assert across.start_alt_rel_m == across.end_alt_rel_m == 15.0
    assert (down.start_alt_rel_m, down.end_alt_rel_m) == (15.0, 0.0)
    near, _ = legs_of(plan_of(take_off(5.0), to(51, 50, 5.0), RETURN))
    assert max(leg.end_alt_rel_m for leg in near) == 5.0


def test_jumps_are_followed_both_ways_and_end(plan_of, to, field):
    jump = MissionItem(0, Command.DO_JUMP, Frame.MISSION, params=(2.0, -1.0, 0.0, 0.0))
    plan = plan_of(take_off(), to(350, 20), to(350, 180), to(100, 150), jump, to(50, 150), RETURN)
    legs, findings = legs_of(plan)
    assert findings == []
    assert (4, 2) in {(leg.from_seq, leg.item_seq) for leg in legs}
    assert (4, 6) in {(leg.from_seq, leg.item_seq) for leg in legs}
    assert (2, FindingCode.INSIDE_EXCLUSION) in codes(check_plan(plan, field))


@pytest.mark.parametrize("target", [0.0, 9.0, -3.0, 1e30])
def test_jumps_to_nowhere_are_violations(plan_of, to, field, target):
    jump = MissionItem(0, Command.DO_JUMP, Frame.MISSION, params=(target, 2.0, 0.0, 0.0))
    verified = check_plan(plan_of(take_off(), to(100, 150), jump, RETURN), field)
    assert (3, FindingCode.UNSUPPORTED_ITEM) in codes(verified)


@pytest.mark.parametrize("command", [30, 31, 36, 80, 83, 94, 179, 42702])
def test_unknown_ways_are_violations(plan_of, to, field, command):
    odd = MissionItem(0, command, Frame.GLOBAL_RELATIVE_ALT)
    verified = check_plan(plan_of(take_off(), odd, RETURN), field)
    assert (2, FindingCode.UNSUPPORTED_ITEM) in codes(verified)
    assert not verified.is_legal


@pytest.mark.parametrize("command", [93, 112, 114, 115, 178, 195, 197, 203, 206])
def test_commands_that_move_nothing_are_passed(plan_of, field, command):
    still = MissionItem(0, command, Frame.MISSION, params=(1.0, 5.0, -1.0, 0.0))
    assert check_plan(plan_of(take_off(), still, RETURN), field).is_legal


def test_loiter_circles_are_flown(plan_of, to, field):
    def turns(radius_m):
        return to(100, 100, command=Command.NAV_LOITER_TURNS, params=(2.0, 0.0, radius_m, 0.0))

    assert check_plan(plan_of(take_off(), turns(30.0), RETURN), field, motion=LITTLE_WIND).is_legal
    assert not check_plan(plan_of(take_off(), turns(-90.0), RETURN), field).is_legal
    legs, _ = legs_of(plan_of(take_off(), turns(0.0), RETURN))
    assert len(legs) > 30


def test_splines_swing_out(plan_of, to, field):
    straight = [take_off(), to(50, 180), to(150, 180), to(150, 20), to(50, 50), RETURN]
    assert check_plan(plan_of(*straight), field).is_legal
    curved = list(straight)
    curved[2] = to(150, 180, command=Command.NAV_SPLINE_WAYPOINT)
    curved[3] = to(150, 20, command=Command.NAV_SPLINE_WAYPOINT)
    legs, _ = legs_of(plan_of(*curved))
    assert len([leg for leg in legs if leg.item_seq == 3]) >= 17


def test_landing_elsewhere_goes_there_and_down(plan_of, to):
    legs, _ = legs_of(plan_of(take_off(), to(100, 150), to(300, 150, 0.0, Command.NAV_LAND)))
    assert (legs[-2].start_alt_rel_m, legs[-2].end_alt_rel_m) == (30.0, 30.0)
    assert (legs[-1].start_alt_rel_m, legs[-1].end_alt_rel_m) == (30.0, 0.0)


def test_altitudes_above_the_sea(plan_of, to, field):
    items = (take_off(), to(100, 150, 1560.0, frame=Frame.GLOBAL), RETURN)
    assert (2, FindingCode.UNKNOWN_ALTITUDE) in codes(check_plan(plan_of(*items), field))
    legs, findings = legs_of(plan_of(*items, home_alt_amsl_m=1520.0))
    assert findings == []
    assert legs[1].end_alt_rel_m == pytest.approx(40.0)


def test_no_altitude_keeps_the_altitude(plan_of, to):
    legs, _ = legs_of(plan_of(take_off(), to(100, 150, 0.0), RETURN))
    assert legs[1].end_alt_rel_m == 30.0


def test_a_waypoint_without_a_place_climbs_on_the_spot(plan_of):
    legs, _ = legs_of(plan_of(take_off(), MissionItem(0, Command.NAV_WAYPOINT, alt_m=45.0), RETURN))
    assert legs[1].start == legs[1].end
    assert legs[1].end_alt_rel_m == 45.0


def test_a_plan_for_another_place_is_not_legal(plan_of, to, fields, field):
    far = fields.zones(fields.zone(shapely.box(50_000, 0, 50_400, 200)))
    verified = check_plan(plan_of(take_off(), to(100, 150), RETURN), far)
    assert FindingCode.OUTSIDE_INCLUSION in {finding.code for finding in verified.findings}
    assert math.isfinite(verified.min_clearance_m)


@pytest.mark.parametrize("command", [92, 176, 185, 207, 208, 213, 218, 400, 601])
def test_commands_that_could_change_the_way_are_violations(plan_of, field, command):
    odd = MissionItem(0, command, Frame.MISSION)
    assert (2, FindingCode.UNSUPPORTED_ITEM) in codes(check_plan(plan_of(take_off(), odd, RETURN), field))


def test_a_circle_on_the_spot_is_flown_and_told_of_once(plan_of, to, field):
    turns = MissionItem(0, Command.NAV_LOITER_TURNS, alt_m=30.0, params=(2.0, 0.0, 120.0, 0.0))
    verified = check_plan(plan_of(take_off(), to(100, 100), turns, RETURN), field)
    assert (3, FindingCode.OUTSIDE_INCLUSION) in codes(verified)
    told = [(f.item_seq, f.code, f.zone_id) for f in verified.findings]
    assert len(told) == len(set(told))


def test_what_a_jump_brings_along_is_followed(plan_of, to, field):
    """After the jump the circle is flown where the second waypoint is, not where the first was."""
    turns = MissionItem(0, Command.NAV_LOITER_TURNS, alt_m=30.0, params=(1.0, 0.0, 40.0, 0.0))
    jump = MissionItem(0, Command.DO_JUMP, Frame.MISSION, params=(3.0, 1.0, 0.0, 0.0))
    legal = plan_of(take_off(), to(100, 100), turns, to(100, 150), to(330, 150), to(50, 150), RETURN)
    assert check_plan(legal, field, motion=LITTLE_WIND).is_legal
    circling_there = plan_of(
        take_off(), to(100, 100), turns, to(100, 150), to(380, 150), jump, to(50, 150), RETURN
    )
    assert (3, FindingCode.OUTSIDE_INCLUSION) in codes(check_plan(circling_there, field, motion=LITTLE_WIND))


def test_a_plan_for_another_place_is_told_of_once(plan_of, fields):
    far = fields.zones(fields.zone(shapely.box(0, 0, 400, 200)))
    items = [
        MissionItem(0, Command.NAV_WAYPOINT, position=LatLon(10.0, 103.0 + k / 1e4), alt_m=30.0)
        for k in range(20)
    ]
    plan = replace(plan_of(take_off(), *items, RETURN), home=LatLon(10.0, 103.0))
    (finding,) = check_plan(plan, far).findings
    assert "another place" in finding.message
    assert finding.code is FindingCode.OUTSIDE_INCLUSION


def test_more_items_than_a_copter_stores_are_advised_against(plan_of, to, field):
    ways = [to(60 + k % 2, 60) for k in range(649)]
    assert check_plan(plan_of(take_off(), *ways), field).findings == ()
    verified = check_plan(plan_of(take_off(), *ways, RETURN), field)
    assert verified.is_legal
    assert [finding.code for finding in verified.findings] == [FindingCode.MANY_ITEMS]


def test_without_terrain_nothing_is_flown_below_home(plan_of, to, fields):
    from_the_ground_up = fields.zone(shapely.box(180, 0, 220, 200), "no", ZoneKind.EXCLUSION)
    banded = replace(
        from_the_ground_up,
        volumes=tuple(
            replace(volume, band=AltitudeBand(0.0, 60.0, AltitudeDatum.AGL))
            for volume in from_the_ground_up.volumes
        ),
    )
    zones = fields.zones(fields.zone(fields.RECTANGLE), banded)
    low = check_plan(plan_of(take_off(), to(100, 100, -5.0), to(300, 100, -5.0)), zones)
    assert {(2, FindingCode.TERRAIN), (3, FindingCode.TERRAIN)} <= codes(low)
    message = next(finding.message for finding in low.findings if finding.item_seq == 3)
    assert message == "Leg 2 to 3 flies 5.0 m below home, and so into the ground as far as is known"
    landing = plan_of(take_off(), to(100, 100), MissionItem(0, Command.NAV_LAND))
    assert check_plan(landing, zones).is_legal


def test_a_circle_that_leaves_is_not_told_to_keep_a_margin_too(plan_of, to, field):
    out = to(370, 100, command=Command.NAV_LOITER_TURNS, params=(1.0, 0.0, 50.0, 0.0))
    (finding,) = check_plan(plan_of(take_off(), out), field, motion=CopterMotion(wind_m_s=1.0)).findings
    assert finding.code is FindingCode.OUTSIDE_INCLUSION


def test_no_altitude_is_advised_that_is_not_allowed_or_not_known(plan_of, to, fields):
    def remedy(band, **changes):
        mast = Zone.of_area(
            "no", "no", ZoneKind.EXCLUSION, fields.FRAME.unproject(shapely.box(180, 0, 220, 200)), band
        )
        plan = plan_of(take_off(), to(100, 100), to(300, 100))
        verified = check_plan(plan, fields.zones(fields.zone(fields.RECTANGLE), mast), **changes)
        return next(finding.remedy for finding in verified.findings)

    high = AltitudeBand(None, 120.0, AltitudeDatum.AGL)
    round_it = "Route round it with 2.0 m to spare"
    assert remedy(high) == round_it
    assert remedy(high, allow_above_120=True) == f"{round_it}, or stay above 120 m above ground"
    assert remedy(AltitudeBand(1600.0, None, AltitudeDatum.AMSL)) == round_it
    assert remedy(AltitudeBand(1600.0, None, AltitudeDatum.ELLIPSOID)) == round_it
