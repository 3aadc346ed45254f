import contextlib
import json
from dataclasses import replace

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink import mavwp

from geofence.latlon import LatLon
from geofence.verification.finding import FindingCode
from geofence.verification.return_policy import RallyPoint, ReturnMode, ReturnPolicy
from geofence.zone import ZoneKind
from geofence.zone_set import ZoneSet
from missions.files.plan_files import export_plan, read_plan, write_plan
from missions.files.qgc_plan import plan_from_document
from missions.files.waypoints import plan_from_waypoints
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern
from missions.plan.check import check_plan
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.plan.return_check import ReturnDemand
from missions.refusal import MissionError


@pytest.fixture(scope="module")
def zones(fields):
    hole = fields.zone(shapely.box(100, 80, 140, 120), "no", ZoneKind.EXCLUSION)
    return fields.zones(fields.zone(fields.HOLED), hole)


@pytest.fixture(scope="module")
def plan(fields, zones):
    request = PatrolRequest(
        AreaPattern("field", 25.0), 50.0, fields.at(20, 20), speed_m_s=8.0, home_alt_amsl_m=1520.5
    )
    return plan_patrol(zones, request)[0]


def test_a_plan_file_gives_the_plan_back(plan, zones, tmp_path):
    path = tmp_path / "field.plan"
    write_plan(plan, path, zones=zones)
    assert read_plan(path) == replace(plan, findings=())


@pytest.mark.parametrize("mode", ReturnMode)
def test_a_plan_file_keeps_the_return_policy(plan, mode, tmp_path):
    path = tmp_path / "field.plan"
    returns = ReturnPolicy(mode, 42.5, (RallyPoint(LatLon(36.0934567, 103.7091234), 30.0),))
    write_plan(replace(plan, returns=returns), path)
    assert read_plan(path).returns == returns
    assert json.loads(path.read_text())["rallyPoints"]["points"] == [[36.0934567, 103.7091234, 30.0]]


def test_rally_points_of_a_foreign_plan_are_returned_to():
    content = spoiled(("rallyPoints", "points"), [[47.39, 8.55, 25]])
    read = plan_from_document(content, source="s.plan", name="s")
    assert read.returns == ReturnPolicy(ReturnMode.RTL, 15.0, (RallyPoint(LatLon(47.39, 8.55), 25.0),))


def test_a_foreign_plan_says_nothing_of_its_return():
    plan = plan_from_document(json.dumps(survey_document()).encode(), source="s.plan", name="s")
    assert plan.returns is None


def test_a_waypoint_file_gives_the_items_back(plan, tmp_path):
    path = tmp_path / "field.waypoints"
    write_plan(plan, path)
    read = read_plan(path)
    assert (read.items, read.home, read.home_alt_amsl_m, read.name) == (
        plan.items,
        plan.home,
        1520.5,
        "field",
    )
    lines = path.read_text().splitlines()
    assert lines[0] == "QGC WPL 110"
    assert all(len(line.split("\t")) == 12 for line in lines[1:])
    assert lines[1].split("\t")[8] == f"{plan.home.lat_deg:.8f}"


def test_the_document_is_what_qgroundcontrol_reads(plan, zones):
    document = json.loads(export_plan(plan, "plan", zones=zones))
    assert (document["fileType"], document["version"], document["mission"]["version"]) == ("Plan", 1, 2)
    assert document["mission"]["firmwareType"] == 3
    assert document["mission"]["plannedHomePosition"] == [plan.home.lat_deg, plan.home.lon_deg, 1520.5]
    assert [item["doJumpId"] for item in document["mission"]["items"]] == list(range(1, len(plan.items) + 1))
    assert all(
        len(item["params"]) == 7 and item["type"] == "SimpleItem" for item in document["mission"]["items"]
    )
    fences = document["geoFence"]["polygons"]
    assert [fence["inclusion"] for fence in fences] == [True, False, False, False]
    assert all(fence["version"] == 1 and len(fence["polygon"]) >= 3 for fence in fences)
    assert document["rallyPoints"] == {"version": 2, "points": []}


def test_geojson_has_lines_and_points(plan, zones):
    document = json.loads(export_plan(plan, "geojson", zones=zones))
    roles = [feature["properties"].get("role", "zone") for feature in document["features"]]
    assert roles.count("route") == len(plan.routes)
    assert roles.count("waypoint") == sum(item.position is not None for item in plan.items)
    assert (roles.count("home"), roles.count("zone")) == (1, 2)
    line = document["features"][0]["geometry"]["coordinates"]
    assert line[0] == [plan.home.lon_deg, plan.home.lat_deg]


def simple(command, jump_id, *params):
    return {
        "type": "SimpleItem", "command": command, "doJumpId": jump_id, "frame": 3, "autoContinue": True,
        "params": list(params), "AltitudeMode": 1,
    }  # fmt: skip


def survey_document():
    return {
        "fileType": "Plan",
        "version": 1,
        "groundStation": "QGroundControl",
        "geoFence": {"circles": [], "polygons": [], "version": 2},
        "rallyPoints": {"points": [], "version": 2},
        "mission": {
            "version": 2,
            "plannedHomePosition": [47.39, 8.54, 488.0],
            "items": [
                simple(22, 1, 15, 0, 0, None, 0, 0, 30),
                {
                    "type": "ComplexItem",
                    "complexItemType": "survey",
                    "version": 5,
                    "TransectStyleComplexItem": {
                        "Items": [
                            simple(16, 2, 0, 0, 0, None, 47.3901, 8.5401, 50),
                            simple(206, 3, 25, 0, 1, 0, 0, 0, 0),
                            simple(16, 4, 0, 0, 0, None, 47.3911, 8.5401, 50),
                        ]
                    },
                },
                simple(177, 9, 4, 2, 0, 0, 0, 0, 0),
                simple(20, 10, 0, 0, 0, 0, 0, 0, 0),
            ],
        },
    }


def test_a_survey_is_flattened():
    plan = plan_from_document(json.dumps(survey_document()).encode(), source="s.plan", name="s")
    assert [item.command for item in plan.items] == [22, 16, 206, 16, 177, 20]
    assert [item.seq for item in plan.items] == [1, 2, 3, 4, 5, 6]
    assert plan.items[0].position is None
    assert plan.items[1].position == LatLon(47.3901, 8.5401)
    assert plan.items[4].params[0] == 4.0
    assert (plan.home_alt_amsl_m, plan.routes, plan.name) == (488.0, (), "s")


def read(document):
    return plan_from_document(json.dumps(document).encode(), source="s.plan", name="s")


def test_null_is_unset_where_qgroundcontrol_leaves_something_out():
    document = survey_document()
    items = document["mission"]["items"]
    # What its camera section writes: IMAGE_START_CAPTURE with reserved parameters.
    items.insert(1, simple(2000, 3, 0, 2, 0, None, None, None, None) | {"frame": 2})
    document["mission"]["plannedHomePosition"][2] = None
    plan = read(document)
    assert (plan.items[1].command, plan.items[1].position, plan.items[1].alt_m) == (2000, None, 0.0)
    assert plan.home_alt_amsl_m is None


@pytest.mark.parametrize("mode", ["smart_rtl", "land"])
def test_ways_back_but_rtl_need_no_altitude(mode):
    returns = read({**survey_document(), "feiying": {"returns": {"mode": mode}}}).returns
    assert returns == ReturnPolicy(ReturnMode(mode))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"vehicleType": 2, "firmwareType": 3}, []),
        ({"vehicleType": 13, "firmwareType": 3}, []),
        ({"firmwareType": 12}, ["firmwareType is 12, PX4"]),
        (
            {"vehicleType": 0, "firmwareType": 0},
            ["vehicleType is 0, no multicopter that is known", "firmwareType is 0, not ArduPilot"],
        ),
    ],
)
def test_a_plan_for_another_vehicle_is_told_of_with_every_check(members, said):
    document = survey_document()
    document["mission"] = {**document["mission"], "vehicleType": 2, "firmwareType": 3, **members}
    told = [
        finding.message
        for finding in check_plan(read(document), ZoneSet([]), returns=ReturnDemand.IGNORE).findings
        if finding.code is FindingCode.VEHICLE
    ]
    assert told == [
        f"The plan's {doubt}: it was verified as an ArduPilot multicopter flies it" for doubt in said
    ]


def spoiled(path, value):
    document = survey_document()
    place = document
    for key in path[:-1]:
        place = place[key]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(document).encode()


ITEM = ("mission", "items", 0)
INNER = ("mission", "items", 1, "TransectStyleComplexItem", "Items", 2)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("fileType",), "Params", "fileType is 'Params'"),
        (("version",), 7, "version is 7"),
        (("mission",), KeyError, "mission is missing"),
        (("mission", "version"), 1, r"mission\.version is 1"),
        (("mission", "plannedHomePosition"), [1, 2, 3, 4], "plannedHomePosition holds 4"),
        (("mission", "plannedHomePosition"), [95, 2, 3], "latitude 95"),
        (("mission", "plannedHomePosition"), [0, 0, 0], "is not known"),
        (("mission", "items"), [], r"mission\.items is empty"),
        (("mission", "items"), KeyError, r"mission\.items is missing"),
        ((*ITEM, "type"), "Odd", r"items\[0\]\.type is 'Odd'"),
        ((*ITEM, "command"), "22", r"items\[0\]\.command is '22'"),
        ((*ITEM, "command"), True, r"items\[0\]\.command is True"),
        ((*ITEM, "frame"), 1, r"items\[0\]\.frame is 1"),
        ((*ITEM, "params"), [0, 0], r"items\[0\]\.params holds 2"),
        ((*ITEM, "autoContinue"), 1, "autoContinue is 1"),
        ((*INNER, "params", 4), 99, r"items\[1\].*Items\[2\]\.params\[4\.\.5\].*latitude 99"),
        ((*INNER, "params", 6), "high", r"params\[6\] is 'high'"),
        ((*INNER, "params", 6), 1e39, r"params\[6\] is 1e\+39"),
        (("mission", "items", 1, "TransectStyleComplexItem"), KeyError, "complex item of type 'survey'"),
        (("mission", "items", 2, "params", 0), 77, "jumps to item 77"),
        (("feiying",), {"routes": [{"kind": "odd"}]}, "kind is 'odd'"),
        (("feiying",), {"margin_m": -1}, "margin_m is -1"),
        (("feiying",), {"returns": {"mode": "hover", "alt_rel_m": 20}}, r"returns\.mode is 'hover'"),
        (("feiying",), {"returns": {"mode": "rtl"}}, r"returns\.alt_rel_m is missing"),
        (("feiying",), {"returns": {"mode": "rtl", "alt_rel_m": 0}}, r"returns\.alt_rel_m cannot be"),
        (("rallyPoints", "points"), [[1, 2]], r"rallyPoints\.points\[0\] holds 2"),
        (("rallyPoints", "points"), [[0, 0, 30]], r"rallyPoints\.points\[0\] has no position"),
        (("rallyPoints", "points"), [[None, 8.5, 30]], r"rallyPoints\.points\[0\]\[0\] is null"),
        (("rallyPoints", "points"), [[47.3, 8.5, None]], r"rallyPoints\.points\[0\]\[2\] is null"),
        ((*INNER, "params", 4), None, r"Items\[2\]\.params\[4\] is null"),
        ((*INNER, "params", 6), None, r"Items\[2\]\.params\[6\] is null"),
        ((*ITEM, "params", 6), None, r"items\[0\]\.params\[6\] is null"),
        (("mission", "plannedHomePosition"), [None, 8.5, 488], r"plannedHomePosition\[0\] is null"),
        (("mission", "vehicleType"), 1, r"mission\.vehicleType is 1, a fixed wing"),
        (("mission", "vehicleType"), 20, r"mission\.vehicleType is 20, a VTOL"),
        (("rallyPoints", "points"), {}, r"rallyPoints\.points is missing or not a list"),
    ],
)
def test_faults_are_named(path, value, words):
    with pytest.raises(MissionError, match=words) as refused:
        plan_from_document(spoiled(path, value), source="x.plan", name="x")
    assert refused.value.place == "x.plan"
    assert refused.value.remedy


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"fileType": "Plan", "version": NaN}', b"\xff\xfe"]
)
def test_what_is_no_plan_is_refused(content):
    with pytest.raises(MissionError):
        plan_from_document(content, source="x.plan", name="x")


def test_every_cut_of_a_file_is_refused(plan):
    for form, read in (("plan", lambda c: plan_from_document(c, source="x", name="x")),):
        content = export_plan(plan, form).rstrip()
        for length in range(0, len(content), 97):
            with pytest.raises(MissionError):
                read(content[:length])


WPL = "QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t36.09\t103.7\t1520\t1\n1\t0\t3\t22\t0\t0\t0\t0\t0\t0\t30\t1\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "does not begin"),
        ("QGC WPL 120\n", "does not begin"),
        ("QGC WPL 110\n", "neither home nor items"),
        ("\n".join(WPL.splitlines()[:2]), "no items"),
        (WPL + "2\t0\t3\t16\t0\t0", "line 4: holds 6 columns"),
        (WPL + "5\t0\t3\t16\t0\t0\t0\t0\t36\t103\t50\t1", "item 5 stands where 2 is due"),
        (WPL + "2\t0\t3\t16\t0\t0\t0\t0\t96\t103\t50\t1", "latitude 96"),
        (WPL + "2\t0\t3\t16\t0\t0\tnan\t0\t36\t103\t50\t1", "param 3 'nan'"),
        (WPL + "2\t0\t1\t16\t0\t0\t0\t0\t36\t103\t50\t1", "frame 1 is not known"),
        (WPL + "2\t0\t3\t16.5\t0\t0\t0\t0\t36\t103\t50\t1", "command '16.5'"),
        (WPL.replace("36.09\t103.7", "0\t0"), "home is not known"),
    ],
)
def test_faults_of_waypoint_files_are_named(text, words):
    with pytest.raises(MissionError, match=words):
        plan_from_waypoints(text.encode(), source="x.waypoints")


def test_windows_line_ends_and_spaces_are_read():
    text = WPL.replace("\n", "\r\n").replace("\t", "  ")
    assert len(plan_from_waypoints(b"\xef\xbb\xbf" + text.encode(), source="x").items) == 1


numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 3))
positions = st.one_of(
    st.none(),
    st.builds(lambda a, b: LatLon(round(a, 7), round(b, 7)), st.floats(-89, 89), st.floats(1, 179)),
)


@st.composite
def plans(draw):
    items = tuple(
        MissionItem(
            seq,
            draw(st.integers(0, 65_535).filter(lambda c: c != Command.DO_JUMP)),
            draw(st.sampled_from(Frame)),
            draw(positions),
            draw(numbers),
            (draw(numbers), draw(numbers), draw(numbers), draw(numbers)),
            draw(st.booleans()),
        )
        for seq in range(1, draw(st.integers(1, 6)) + 1)
    )
    home = draw(positions.filter(lambda p: p is not None))
    return Plan(draw(st.text(max_size=20)), home, items, speed_m_s=draw(st.none() | st.floats(0.1, 30)))


@settings(max_examples=80, deadline=None)
@given(plan=plans())
def test_any_plan_comes_back(plan):
    assert plan_from_document(export_plan(plan, "plan"), source="x", name="y") == plan
    back = plan_from_waypoints(export_plan(plan, "waypoints"), source="x")
    assert (back.items, back.home) == (plan.items, plan.home)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 70_000) | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_document_breaks_the_reader(data):
    document = survey_document()
    for _ in range(data.draw(st.integers(1, 3))):
        place = document
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and data.draw(st.integers(0, 3)):
                place = place[key]
                continue
            place[key] = data.draw(json_values)
            break
    try:
        plan = plan_from_document(json.dumps(document).encode(), source="x", name="x")
    except MissionError:
        return
    assert isinstance(plan, Plan)


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200), cut=st.integers(0, 120), at=st.integers(0, 120))
def test_no_bytes_break_the_readers(content, cut, at):
    whole = WPL.encode()
    for read, text in (
        (lambda c: plan_from_waypoints(c, source="x"), whole[:at] + content + whole[at + cut :]),
        (lambda c: plan_from_document(c, source="x", name="x"), content),
    ):
        with contextlib.suppress(MissionError):
            assert isinstance(read(text), Plan)


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(MissionError, match="cannot be read"):
        read_plan(tmp_path / "none.plan")
    with pytest.raises(MissionError, match=r"not read from \.html"):
        read_plan(tmp_path / "a.html")


def test_files_that_cannot_be_written_are_refused(plan, tmp_path):
    with pytest.raises(MissionError, match="no plan format"):
        write_plan(plan, tmp_path / "a.pdf")
    with pytest.raises(MissionError, match="cannot be written"):
        write_plan(plan, tmp_path / "nowhere" / "a.plan")
    with pytest.raises(MissionError, match="format 'pdf'"):
        export_plan(plan, "pdf")
    assert list(tmp_path.iterdir()) == []


def test_the_fence_holds_the_route_even_where_zones_overlap(fields, tmp_path):
    """An autopilot wants to be inside every inclusion polygon: several zones become one."""
    zones = fields.zones(fields.zone(fields.RECTANGLE), fields.zone(shapely.box(-300, 50, 10, 110), "way"))
    request = PatrolRequest(AreaPattern("field", 25.0), 50.0, fields.at(-280, 80))
    (made,) = plan_patrol(zones, request)
    (fence,) = json.loads(export_plan(made, "plan", zones=zones))["geoFence"]["polygons"]
    ring = shapely.Polygon([(lon_deg, lat_deg) for lat_deg, lon_deg in fence["polygon"]])
    assert fence["inclusion"]
    assert all(
        ring.contains(shapely.Point(i.position.lon_deg, i.position.lat_deg)) for i in made.items if i.position
    )


def test_waypoint_files_are_read_by_pymavlink(plan, tmp_path):
    path = tmp_path / "field.waypoints"
    write_plan(plan, path)
    loader = mavwp.MAVWPLoader()
    assert loader.load(str(path)) == len(plan.items) + 1
    assert [loader.wp(item.seq).command for item in plan.items] == [item.command for item in plan.items]
    assert all(
        loader.wp(i.seq).x == pytest.approx(i.position.lat_deg, abs=1e-7) for i in plan.items if i.position
    )
