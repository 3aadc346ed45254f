"""When a plan's legs may be flown, and over what."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely

from geofence.applicability import Applicability, Period
from geofence.terrain import GridTerrain
from geofence.verification.finding import FindingCode
from geofence.zone import Zone, ZoneKind
from missions.plan.check import check_plan
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.legs import ways_of
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand
from missions.ways.copter_motion import CopterMotion

MOTION = CopterMotion()
NOON_UTC_S = datetime(2026, 5, 4, 12, tzinfo=UTC).timestamp()
RETURN = MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION)
LAND = MissionItem(0, Command.NAV_LAND)


@pytest.fixture
def plan_of(fields):
    def make(*items, **changes):
        numbered = tuple(replace(item, seq=seq) for seq, item in enumerate(items, start=1))
        return Plan("test", fields.at(0.0, 0.0), numbered, **changes)

    return make


@pytest.fixture
def to(fields):
    def make(
        x_m, y_m=0.0, alt_m=30.0, command=Command.NAV_WAYPOINT, delay_s=0.0, frame=Frame.GLOBAL_RELATIVE_ALT
    ):
        return MissionItem(0, command, frame, fields.at(x_m, y_m), alt_m, (delay_s, 0.0, 0.0, 0.0))

    return make


def take_off(alt_m=30.0):
    return MissionItem(0, Command.NAV_TAKEOFF, alt_m=alt_m)


def legs_to(plan, seq, **asked):
    return [leg for leg in ways_of(plan, **asked).legs if leg.item_seq == seq]


def test_legs_follow_each_other_from_the_fastest_to_the_slowest(plan_of, to):
    up, out, back = ways_of(plan_of(take_off(), to(100.0), to(0.0))).legs
    assert up.start_s == (0.0, MOTION.start_s + MOTION.pause_s)
    assert up.end_s[0] == pytest.approx(30.0 / 2.5 / MOTION.fastest)
    assert out.start_s[0] == up.end_s[0]
    assert out.start_s[1] == pytest.approx(up.end_s[1] + MOTION.pause_s)
    assert out.end_s[0] - out.start_s[0] == pytest.approx(10.0 / MOTION.fastest, rel=1e-3)
    assert out.end_s[1] - out.start_s[1] == pytest.approx(10.0 / MOTION.slowest, rel=1e-3)
    assert back.start_s[0] == out.end_s[0]


def test_speeds_are_the_plans_then_the_missions(plan_of, to):
    def lasts_s(plan, seq=2):
        (leg,) = legs_to(plan, seq)
        return leg.end_s[0] - leg.start_s[0]

    assert lasts_s(plan_of(take_off(), to(100.0), speed_m_s=5.0)) == pytest.approx(
        20.0 / MOTION.fastest, rel=1e-3
    )
    for kind, speed_m_s, flown_m_s in ((1.0, 4.0, 4.0), (0.0, 4.0, 4.0), (2.0, 4.0, 10.0), (1.0, -1.0, 10.0)):
        changed = MissionItem(0, Command.DO_CHANGE_SPEED, Frame.MISSION, params=(kind, speed_m_s, -1.0, 0.0))
        plan = plan_of(take_off(), changed, to(100.0))
        assert lasts_s(plan, 3) == pytest.approx(100.0 / flown_m_s / MOTION.fastest, rel=1e-3)


def test_waiting_lasts_as_long_as_it_may(plan_of, to):
    plan = plan_of(take_off(), to(100.0, delay_s=60.0), to(0.0))
    _, stay = legs_to(plan, 2)
    assert stay.start == stay.end
    assert stay.end_s[1] - stay.start_s[1] == 60.0
    assert stay.end_s[0] == stay.start_s[0]
    timed = plan_of(take_off(), to(100.0, command=Command.NAV_LOITER_TIME, delay_s=60.0), to(0.0))
    assert legs_to(timed, 3)[0].start_s == legs_to(plan, 3)[0].start_s
    unlimited = plan_of(take_off(), to(100.0, command=Command.NAV_LOITER_UNLIM), to(0.0))
    assert legs_to(unlimited, 3)[0].start_s[1] == math.inf
    delay = MissionItem(0, Command.NAV_DELAY, Frame.MISSION, params=(90.0, 0.0, 0.0, 0.0))
    delayed = plan_of(take_off(), to(100.0), delay, to(0.0))
    without = plan_of(take_off(), to(100.0), to(0.0))
    later_s = legs_to(delayed, 4)[0].start_s[1] - legs_to(without, 3)[0].start_s[1]
    assert later_s == pytest.approx(90.0 + MOTION.pause_s)
    until = replace(delay, params=(-1.0, 12.0, 0.0, 0.0))
    assert legs_to(plan_of(take_off(), until, to(0.0)), 3)[0].start_s[1] > 86_400.0


def test_jumps_lengthen_what_they_repeat(plan_of, to):
    def plan(repeats):
        jump = MissionItem(0, Command.DO_JUMP, Frame.MISSION, params=(2.0, repeats, 0.0, 0.0))
        return plan_of(take_off(), to(100.0), to(0.0), jump, to(50.0))

    once, never = plan(1.0), plan(0.0)
    assert legs_to(once, 5)[0].start_s[0] == legs_to(never, 5)[0].start_s[0]
    last_s = legs_to(never, 5)[0].end_s[1]
    assert legs_to(once, 5)[0].end_s[1] > 1.8 * last_s
    assert legs_to(plan(3.0), 5)[0].end_s[1] > 3.0 * last_s
    again = {leg.from_seq: leg.end_s[1] for leg in legs_to(plan(-1.0), 2)}
    assert again[3] == math.inf
    assert again[1] < math.inf
    assert legs_to(plan(-1.0), 1)[0].end_s[1] < math.inf


def test_a_landing_is_slow_near_the_ground(plan_of, to):
    down = legs_to(plan_of(take_off(), to(100.0), LAND), 3)[-1]
    assert down.meets_ground
    shortest_s, longest_s = down.end_s[0] - down.start_s[0], down.end_s[1] - down.start_s[1]
    assert shortest_s == pytest.approx(30.0 / 1.5 / MOTION.fastest)
    assert longest_s > (20.0 / 1.5 + 10.0 / 0.5) / MOTION.slowest


def test_a_take_off_rises_at_least_a_metre_and_never_sinks(plan_of, to):
    assert legs_to(plan_of(take_off(0.0)), 1)[0].end_alt_rel_m == 1.0
    again = plan_of(take_off(50.0), take_off(20.0))
    assert legs_to(again, 2)[0].end_alt_rel_m == 50.0


def test_a_plan_is_judged_by_the_hours_of_its_zones(plan_of, to, fields):
    hours = Applicability(
        (Period(datetime(2026, 5, 4, 13, tzinfo=UTC), datetime(2026, 5, 4, 14, tzinfo=UTC)),)
    )
    show = fields.zone(shapely.box(40.0, -20.0, 60.0, 20.0), "show", ZoneKind.EXCLUSION)
    zones = fields.zones(Zone("show", "show", show.kind, show.volumes, hours))
    plan = plan_of(take_off(), to(100.0), LAND)

    def codes(departure_utc_s):
        verified = check_plan(plan, zones, departure_utc_s=departure_utc_s, returns=ReturnDemand.IGNORE)
        return [finding.code for finding in verified.findings]

    assert codes((NOON_UTC_S, NOON_UTC_S + 600.0)) == []
    assert codes((NOON_UTC_S + 3_600.0, NOON_UTC_S + 3_600.0)) == [FindingCode.INSIDE_EXCLUSION]
    assert codes((NOON_UTC_S, NOON_UTC_S + 3_590.0)) == [FindingCode.INSIDE_EXCLUSION]
    assert codes((NOON_UTC_S + 7_300.0, NOON_UTC_S + 7_400.0)) == []
    assert codes(None) == [FindingCode.INSIDE_EXCLUSION, FindingCode.UNKNOWN_TIME]


@pytest.fixture
def slope(fields):
    """1500 m at home, rising by a tenth to the east."""
    west = fields.at(-200.0, 200.0)
    nodes = np.tile(np.arange(40) * 5.0 + 1480.0, (40, 1))
    step_deg = (
        fields.at(50.0, 0.0).lon_deg - fields.at(0.0, 0.0).lon_deg,
        fields.at(0.0, 50.0).lat_deg - fields.at(0.0, 0.0).lat_deg,
    )
    return GridTerrain(
        nodes,
        north_deg=west.lat_deg,
        west_deg=west.lon_deg,
        lat_step_deg=step_deg[1],
        lon_step_deg=step_deg[0],
    )


def test_altitudes_above_ground_are_followed(plan_of, to, slope, fields):
    plan = plan_of(take_off(), to(1000.0, frame=Frame.GLOBAL_TERRAIN_ALT), LAND)
    legs = legs_to(plan, 2, terrain=slope)
    assert len(legs) > 50
    assert legs[0].start_alt_rel_m == 30.0
    assert legs[-1].end_alt_rel_m == pytest.approx(130.0, abs=0.1)
    verified = check_plan(plan, fields.zones(), terrain=slope, returns=ReturnDemand.IGNORE)
    assert verified.findings == ()
    assert verified.legs[1].ground_clearance_m == pytest.approx(30.0, abs=2.0)
    assert verified.legs[1].high_alt_rel_m == pytest.approx(130.0, abs=0.1)
    level = plan_of(take_off(), to(1000.0), LAND)
    codes = {
        f.code for f in check_plan(level, fields.zones(), terrain=slope, returns=ReturnDemand.IGNORE).findings
    }
    assert codes == {FindingCode.TERRAIN}


def test_ground_that_is_not_known_cannot_be_followed(plan_of, to, slope, fields):
    plan = plan_of(take_off(), to(-400.0, frame=Frame.GLOBAL_TERRAIN_ALT), LAND)
    found = check_plan(plan, fields.zones(), terrain=slope, returns=ReturnDemand.IGNORE).findings
    assert FindingCode.UNKNOWN_TERRAIN in {finding.code for finding in found}
    assert legs_to(plan, 2)[0].end_alt_rel_m == 30.0


def test_a_landing_below_home_goes_down_to_the_ground(plan_of, to, slope):
    plan = plan_of(take_off(), to(-150.0), LAND)
    assert legs_to(plan, 3, terrain=slope)[-1].end_alt_rel_m == pytest.approx(-15.0, abs=0.1)
    assert legs_to(plan, 3)[-1].end_alt_rel_m == 0.0


def test_a_circle_larger_than_an_autopilot_keeps_is_refused(plan_of, to, fields):
    for radius_m in (2_551.0, -3_000.0, 3.4e38):
        circle = replace(to(100.0, command=Command.NAV_LOITER_TURNS), params=(1.0, 0.0, radius_m, 0.0))
        found = check_plan(plan_of(take_off(), circle), fields.zones(), returns=ReturnDemand.IGNORE).findings
        assert [finding.code for finding in found] == [FindingCode.UNSUPPORTED_ITEM]
