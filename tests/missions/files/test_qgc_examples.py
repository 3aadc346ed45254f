"""The structures of QGroundControl's own example plans."""

import json
from dataclasses import replace

import pytest
import shapely

from geofence.latlon import LatLon
from geofence.zone import ZoneKind
from missions.files.account import Account
from missions.files.plan_files import export_plan
from missions.files.qgc_plan import plan_from_document
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan, Route, RouteKind
from missions.refusal import MissionError

HOME = LatLon(36.09, 103.7)


def document(*items, home=(36.09, 103.7, 1520.0)):
    return json.dumps(
        {
            "fileType": "Plan",
            "version": 1,
            "groundStation": "QGroundControl",
            "geoFence": {"circles": [], "polygons": [], "version": 2},
            "rallyPoints": {"points": [], "version": 2},
            "mission": {
                "version": 2, "firmwareType": 3, "vehicleType": 2, "cruiseSpeed": 15, "hoverSpeed": 5,
                "globalPlanAltitudeMode": 0, "plannedHomePosition": list(home), "items": list(items),
            },
        }
    ).encode()  # fmt: skip


def simple(command, frame, params, **more):
    return {
        "type": "SimpleItem",
        "command": command,
        "frame": frame,
        "params": params,
        "autoContinue": True,
        **more,
    }


def read(*items):
    return plan_from_document(document(*items), source="x.plan", name="x").items


@pytest.mark.parametrize(
    ("frame", "mode", "params_alt_m", "alt_m", "meant"),
    [
        (3, 1, 60, 60, Frame.GLOBAL_RELATIVE_ALT),
        (0, 2, 734.5, 734.5, Frame.GLOBAL),
        (10, 4, 50, 50, Frame.GLOBAL_TERRAIN_ALT),
        (0, 3, None, 80, Frame.GLOBAL_TERRAIN_ALT),
        (0, 3, 640.0, 80, Frame.GLOBAL),
    ],
)
def test_altitudes_are_read_as_they_are_meant(frame, mode, params_alt_m, alt_m, meant):
    """An altitude that QGroundControl has not yet counted from the sea is null, and never 0 m."""
    params = [0, 0, 0, None, 36.1, 103.7, params_alt_m]
    (item,) = read(simple(16, frame, params, AltitudeMode=mode, Altitude=alt_m, AMSLAltAboveTerrain=None))
    assert (item.frame, item.alt_m) == (meant, alt_m if params_alt_m is None else params_alt_m)


def test_a_take_off_on_the_spot_climbs_as_high_as_it_says():
    (item,) = read(simple(22, 0, [0, 0, 0, None, None, None, None], AltitudeMode=3, Altitude=30))
    assert (item.position, item.frame, item.alt_m) == (None, Frame.GLOBAL_TERRAIN_ALT, 30.0)


def test_an_altitude_that_nobody_knows_is_refused():
    with pytest.raises(MissionError, match=r"items\[0\]\.params\[6\] is null"):
        read(simple(16, 0, [0, 0, 0, None, 36.1, 103.7, None], AltitudeMode=0))


def test_commands_without_places_are_read():
    speed, region, land = read(
        simple(178, 2, [1, 10, -1, 0, 0, 0, 0]),
        simple(201, 3, [0, 0, 0, 0, 36.1, 103.7, 0]),
        simple(21, 3, [0, 0, 0, None, 36.09, 103.7, 0]),
    )
    assert (speed.params, speed.frame) == ((1.0, 10.0, -1.0, 0.0), Frame.MISSION)
    assert region.position == land.position.__class__(36.1, 103.7)


@pytest.mark.parametrize("kind", ["survey", "CorridorScan"])
@pytest.mark.parametrize("version", [1, 2])
def test_surveys_and_corridors_are_read(kind, version):
    inner = [simple(16, 3, [0, 0, 0, None, 36.1, 103.7 + 0.001 * n, 50], doJumpId=n + 2) for n in range(3)]
    transects = {"version": version, "Items": inner, "VisualTransectPoints": [], "CameraCalc": {}}
    complex_item = {"type": "ComplexItem", "complexItemType": kind, "TransectStyleComplexItem": transects}
    items = read(simple(22, 3, [0, 0, 0, None, 36.09, 103.7, 30], doJumpId=1), complex_item)
    assert [item.seq for item in items] == [1, 2, 3, 4]


def test_places_that_have_a_key_of_their_own_are_read():
    """So missions of version 2 began: four parameters, and a coordinate beside them."""
    go, mount = read(
        simple(16, 3, [5, 0, 0, None], coordinate=[36.1, 103.7, 20]),
        simple(205, 2, [-45, 0, 0, 0], coordinate=[0, 0, 2]),
    )
    assert (go.position, go.alt_m, go.params[0]) == (LatLon(36.1, 103.7), 20.0, 5.0)
    assert (mount.position, mount.alt_m, mount.frame) == (None, 2.0, Frame.MISSION)


def test_an_item_with_two_places_is_refused():
    with pytest.raises(MissionError, match=r"items\[0\]\.params holds 10 values with those of coordinate"):
        read(simple(16, 3, [0, 0, 0, 0, 0, 0, 0], coordinate=[36.1, 103.7, 20]))
    with pytest.raises(MissionError, match=r"items\[0\].* is null: the altitude is not known"):
        read(simple(16, 3, [0, 0, 0, 0], coordinate=[36.1, 103.7, None], Altitude=None, AltitudeMode=1))


@pytest.mark.parametrize(
    "entry",
    [
        {"complexItemType": "StructureScan", "Layers": 1, "StructureHeight": 25, "version": 2},
        {"complexItemType": "survey", "version": 3, "grid": {}, "manualGrid": True},
        {"complexItemType": "survey", "version": 5, "TransectStyleComplexItem": {"CameraCalc": {}}},
        {"complexItemType": "survey", "version": 5, "TransectStyleComplexItem": {"Items": []}},
        {"complexItemType": "fwLandingPattern", "landCoordinate": [36.1, 103.7, 0]},
    ],
)
def test_what_only_a_ground_station_could_draw_is_refused_and_never_left_out(entry):
    with pytest.raises(MissionError, match=r"items\[1\] is a complex item of type .* without flown items"):
        read(simple(22, 3, [0, 0, 0, None, 36.09, 103.7, 30]), {"type": "ComplexItem", **entry})


@pytest.mark.parametrize("vehicle_type", [1, 10, 12, 20, 22])
def test_plans_of_other_vehicles_are_refused(vehicle_type):
    content = document(simple(16, 3, [0, 0, 0, None, 36.1, 103.7, 20]))
    other = content.replace(b'"vehicleType": 2', b'"vehicleType": %d' % vehicle_type)
    with pytest.raises(MissionError, match="Plans of multicopters are read"):
        plan_from_document(other, source="x", name="x")


@pytest.mark.parametrize("drawn", [b'"circles": [{}]', b'"polygon": [[36, 103]], "circles": []'])
def test_a_fence_in_the_file_is_told_of(drawn):
    account = Account()
    content = document(simple(16, 3, [0, 0, 0, None, 36.1, 103.7, 20]), simple(20, 2, [0] * 7, groupTag=6))
    plan_from_document(content, source="x", name="x", account=account)
    assert account.sentences == ()
    fenced = content.replace(b'"circles": []', drawn)
    plan_from_document(fenced, source="x", name="x", account=account)
    assert account.sentences[0].startswith("its geofence is no part of the plan")


def test_home_that_is_not_placed_is_asked_for():
    from missions.files.foreign_flight import Unsaid

    content = document(simple(22, 3, [0, 0, 0, 0, 0, 0, 30]), home=(0, 0, 0))
    with pytest.raises(MissionError, match="plannedHomePosition is not known"):
        plan_from_document(content, source="x", name="x")
    assert plan_from_document(content, source="x", name="x", unsaid=Unsaid(HOME)).home == HOME


SURVEY_KEYS = {
    "type": str, "complexItemType": str, "version": int, "angle": float, "entryLocation": int,
    "flyAlternateTransects": bool, "splitConcavePolygons": bool, "polygon": list, "TransectStyleComplexItem": dict,
}  # fmt: skip
CORRIDOR_KEYS = {
    "type": str, "complexItemType": str, "version": int, "CorridorWidth": float, "EntryPoint": int,
    "polyline": list, "TransectStyleComplexItem": dict,
}  # fmt: skip
TRANSECT_KEYS = {
    "version": int, "CameraCalc": dict, "CameraShots": int, "CameraTriggerInTurnAround": bool, "FollowTerrain": bool,
    "HoverAndCapture": bool, "Refly90Degrees": bool, "TurnAroundDistance": float, "VisualTransectPoints": list,
    "Items": list,
}  # fmt: skip


def demand(document_, keys):
    """What QGroundControl asks for before it takes such an item: each key, of its type."""
    assert {key: type(value) for key, value in document_.items()} == keys


@pytest.fixture(scope="module")
def patrol(fields):
    def made(area, *others):
        zones = fields.zones(fields.zone(area), *others)
        request = PatrolRequest(AreaPattern("field", 25.0), 50.0, fields.at(20, 20), speed_m_s=8.0)
        return plan_patrol(zones, request)[0], zones

    return made


def complex_items(plan, zones):
    items = json.loads(export_plan(plan, "plan", zones=zones))["mission"]["items"]
    return [item for item in items if item["type"] == "ComplexItem"]


def test_a_patrol_of_a_convex_area_is_a_survey(patrol, fields):
    plan, zones = patrol(fields.RECTANGLE)
    (survey,) = complex_items(plan, zones)
    demand(survey, SURVEY_KEYS)
    demand(survey["TransectStyleComplexItem"], TRANSECT_KEYS)
    assert all(len(corner) == 2 for corner in survey["polygon"])
    content = export_plan(plan, "plan", zones=zones)
    assert plan_from_document(content, source="x", name="y") == replace(plan, findings=())


def test_a_survey_that_is_planned_anew_stays_within_the_margin(patrol, fields):
    plan, zones = patrol(fields.RECTANGLE)
    (survey,) = complex_items(plan, zones)
    ring = shapely.Polygon([(lon_deg, lat_deg) for lat_deg, lon_deg in survey["polygon"]])
    inside = fields.FRAME.project(ring)
    assert inside.within(fields.RECTANGLE.buffer(-plan.margin_m + 1e-3, join_style="mitre"))
    assert survey["TransectStyleComplexItem"]["TurnAroundDistance"] == 0.0


@pytest.mark.parametrize("shape", ["HOLED", "COMB"])
def test_a_patrol_that_a_survey_could_not_fly_stays_simple(patrol, fields, shape):
    assert complex_items(*patrol(getattr(fields, shape))) == []


def test_a_patrol_round_an_exclusion_stays_simple(patrol, fields):
    hole = fields.zone(shapely.box(100, 80, 140, 120), "no", ZoneKind.EXCLUSION)
    assert complex_items(*patrol(fields.RECTANGLE, hole)) == []


def test_a_plan_with_jumps_stays_simple(patrol, fields):
    plan, zones = patrol(fields.RECTANGLE)
    jump = MissionItem(len(plan.items) + 1, Command.DO_JUMP, Frame.MISSION, params=(2.0, 1.0, 0.0, 0.0))
    assert complex_items(replace(plan, items=(*plan.items, jump)), zones) == []


def test_a_corridor_along_one_line_is_a_corridor_scan():
    line = tuple(LatLon(36.1, round(103.7 + 0.001 * n, 7)) for n in range(4))
    items = [MissionItem(1, Command.NAV_TAKEOFF, alt_m=40.0)]
    items += [
        MissionItem(n, Command.NAV_WAYPOINT, position=p, alt_m=40.0) for n, p in enumerate(line, start=2)
    ]
    routes = (
        Route(RouteKind.TRANSIT, (HOME, line[0]), (40.0, 40.0), 1.0),
        Route(RouteKind.COVERAGE, line, (40.0,) * 4, 3.0),
    )
    plan = Plan("x", HOME, tuple(items), routes, pattern="corridor", swath_m=30.0)
    (corridor,) = complex_items(plan, None)
    demand(corridor, CORRIDOR_KEYS)
    assert (
        corridor["CorridorWidth"]
        == corridor["TransectStyleComplexItem"]["CameraCalc"]["AdjustedFootprintSide"]
    )
    assert plan_from_document(export_plan(plan, "plan"), source="x", name="y") == plan
