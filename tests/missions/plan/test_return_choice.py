"""The planner's way back, and what is demanded of plans made elsewhere."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.terrain import GridTerrain
from geofence.verification.finding import FindingCode, Severity
from geofence.verification.return_policy import RallyPoint, ReturnMode, ReturnPolicy
from geofence.zone import Zone, ZoneKind
from missions.files.plan_files import read_plan, write_plan
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern, PerimeterPattern
from missions.plan.check import check_plan
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand


def returns_of(fields, *members, home=(20, 20), swath_m=40.0, margin_m=5.0):
    request = PatrolRequest(AreaPattern("field", swath_m), 50.0, fields.at(*home), margin_m=margin_m)
    (plan,) = plan_patrol(fields.zones(*members), request)
    assert plan.is_legal
    return plan.returns


def exclusion(fields, area, band):
    return Zone.of_area("no", "no", ZoneKind.EXCLUSION, fields.FRAME.unproject(area), band)


def test_open_ground_is_returned_over_at_the_altitude_of_the_route(fields):
    assert returns_of(fields, fields.zone(fields.RECTANGLE)) == ReturnPolicy(ReturnMode.RTL, 50.0)


def test_a_low_obstacle_is_returned_over(fields):
    mast = exclusion(fields, shapely.box(150, 80, 200, 120), AltitudeBand(None, 70.0, AltitudeDatum.REL))
    assert returns_of(fields, fields.zone(fields.RECTANGLE), mast) == ReturnPolicy(ReturnMode.RTL, 71.0)


def test_where_no_altitude_is_legal_the_flown_path_is_flown_back(fields):
    tower = exclusion(fields, shapely.box(150, 80, 200, 120), AltitudeBand())
    assert returns_of(fields, fields.zone(fields.RECTANGLE), tower).mode is ReturnMode.SMART_RTL
    assert returns_of(fields, fields.zone(fields.COMB)).mode is ReturnMode.SMART_RTL


def test_where_the_flown_path_is_too_close_to_an_edge_it_lands(fields):
    request = PatrolRequest(PerimeterPattern("field", inset_m=1.7), 50.0, fields.at(20, 20), margin_m=0.5)
    (plan,) = plan_patrol(fields.zones(fields.zone(fields.COMB)), request)
    assert plan.is_legal
    assert plan.returns.mode is ReturnMode.LAND


@pytest.fixture
def across(fields):
    """A plan made elsewhere, whose way home at 15 m leads through a field that forbids less than 40 m."""
    low = exclusion(fields, shapely.box(180, 80, 220, 120), AltitudeBand(None, 25.0, AltitudeDatum.REL))
    steps = [
        (Command.NAV_TAKEOFF, None),
        (Command.NAV_WAYPOINT, (50, 180)),
        (Command.NAV_WAYPOINT, (380, 180)),
        (Command.NAV_WAYPOINT, (380, 100)),
        (Command.NAV_WAYPOINT, (380, 20)),
        (Command.NAV_WAYPOINT, (50, 20)),
    ]
    items = [
        MissionItem(seq, command, position=None if place is None else fields.at(*place), alt_m=20.0)
        for seq, (command, place) in enumerate(steps, start=1)
    ]
    items.append(MissionItem(len(items) + 1, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION))
    return Plan("elsewhere", fields.at(50, 100), tuple(items)), fields.zones(
        fields.zone(fields.RECTANGLE), low
    )


def test_a_plan_from_elsewhere_is_judged_by_the_settings_as_shipped(across):
    plan, zones = across
    (finding,) = check_plan(plan, zones).findings
    assert (finding.code, finding.severity) == (FindingCode.RETURN_CROSSES, Severity.VIOLATION)
    assert finding.remedy.startswith("The plan says nothing of its return")
    assert finding.remedy.endswith("Set the return altitude (RTL_ALT) to 26 m")


def test_the_remedy_is_right(across):
    plan, zones = across
    assert check_plan(replace(plan, returns=ReturnPolicy(alt_rel_m=26.0)), zones).is_legal
    assert not check_plan(replace(plan, returns=ReturnPolicy(alt_rel_m=25.0)), zones).is_legal


def test_returns_may_be_advised_on_or_ignored(across):
    plan, zones = across
    advised = check_plan(plan, zones, returns=ReturnDemand.ADVISE)
    assert advised.is_legal
    assert [finding.severity for finding in advised.findings] == [Severity.ADVICE]
    assert check_plan(plan, zones, returns=ReturnDemand.IGNORE).findings == ()


def test_rally_points_of_a_plan_are_kept_and_used(across, fields, tmp_path):
    plan, zones = across
    rally = ReturnPolicy(rally_points=(RallyPoint(fields.at(380.0, 60.0), 20.0),))
    assert check_plan(replace(plan, returns=rally), zones).is_legal
    write_plan(replace(plan, returns=rally), tmp_path / "rally.plan")
    assert check_plan(read_plan(tmp_path / "rally.plan"), zones).is_legal


def test_the_return_item_climbs_to_the_return_altitude_of_the_plan(across, fields):
    plan, _ = across
    low = fields.zones(fields.zone(fields.RECTANGLE, ceiling_m=40.0))
    short = replace(plan, items=(*plan.items[:4], plan.items[-1]))
    assert check_plan(replace(short, returns=ReturnPolicy(ReturnMode.LAND, 40.0)), low).is_legal
    high = check_plan(replace(short, returns=ReturnPolicy(ReturnMode.LAND, 60.0)), low)
    assert FindingCode.ABOVE_CEILING in {finding.code for finding in high.findings}


def ground(fields, alts_amsl_m):
    """21 x 21 nodes some 50 m apart, the middle one at 200 m east, 100 m north."""
    middle = fields.at(200, 100)
    return GridTerrain(
        alts_amsl_m,
        north_deg=middle.lat_deg + 0.005,
        west_deg=middle.lon_deg - 0.006,
        lat_step_deg=0.0005,
        lon_step_deg=0.0006,
    )


@pytest.fixture
def round_a_hill(fields):
    places = [(None, None), (50, 20), (350, 20), (350, 100)]
    items = tuple(
        MissionItem(
            seq,
            Command.NAV_TAKEOFF if x_m is None else Command.NAV_WAYPOINT,
            position=None if x_m is None else fields.at(x_m, y_m),
            alt_m=30.0,
        )
        for seq, (x_m, y_m) in enumerate(places, start=1)
    )
    zones = fields.zones(fields.zone(fields.RECTANGLE))
    return Plan("hill", fields.at(50, 100), items, home_alt_amsl_m=1500.0), zones


def test_the_remedy_leads_over_a_hill(fields, round_a_hill):
    plan, zones = round_a_hill
    alts_amsl_m = np.full((21, 21), 1500.0)
    alts_amsl_m[10, 10] += 40.0
    hill = ground(fields, alts_amsl_m)
    (finding,) = check_plan(plan, zones, terrain=hill).findings
    assert finding.code is FindingCode.RETURN_TERRAIN
    assert finding.remedy.endswith("Set the return altitude (RTL_ALT) to 50 m")
    higher = replace(plan, returns=ReturnPolicy(ReturnMode.RTL, 50.0))
    assert check_plan(higher, zones, terrain=hill).is_legal


def test_a_return_over_ground_that_is_not_known_is_not_legal(fields, round_a_hill):
    plan, zones = round_a_hill
    alts_amsl_m = np.full((21, 21), 1500.0)
    alts_amsl_m[10, 10] = np.nan
    found = check_plan(plan, zones, terrain=ground(fields, alts_amsl_m)).findings
    assert FindingCode.RETURN_TERRAIN in {finding.code for finding in found}
