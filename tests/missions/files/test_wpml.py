"""Wayline files against what DJI documents of them: elements, their order, types and ranges."""

import io
import zipfile
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings

from geofence.latlon import LatLon
from missions.files.account import Account
from missions.files.foreign_flight import Unsaid
from missions.files.item_values import numbered
from missions.files.plan_files import export_plan
from missions.files.plan_format import FORMATS, PlanFormat
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.refusal import MissionError
from tests.missions.files.plans import ENDS, GO, TAKE_OFF, order, waylines

WPML = "{http://www.dji.com/wpmz/1.0.2}"
KML = "{http://www.opengis.net/kml/2.2}"

CONFIG = {
    "flyToWaylineMode": {"safely", "pointToPoint"},
    "finishAction": {"goHome", "noAction", "autoLand", "gotoFirstWaypoint"},
    "exitOnRCLost": {"goContinue", "executeLostAction"},
    "executeRCLostAction": {"goBack", "landing", "hover"},
    "takeOffSecurityHeight": (1.2, 1500.0),
    "globalTransitionalSpeed": (0.0, 15.0),
    "globalRTHHeight": (-1e6, 1e6),
}
WAYLINE = {
    "templateId": (0, 65_535),
    "waylineId": (0, 65_535),
    "executeHeightMode": {"WGS84", "relativeToStartPoint", "realTimeFollowSurface"},
    "autoFlightSpeed": (1e-9, 100.0),
}
POINT = {
    "index": (0, 65_535),
    "executeHeight": (-1e6, 1e6),
    "waypointSpeed": (1e-9, 100.0),
}
GROUP = {
    "actionGroupId": (0, 65_535),
    "actionGroupStartIndex": (0, 65_535),
    "actionGroupEndIndex": (0, 65_535),
    "actionGroupMode": {"sequence"},
}
ACTIONS = {"takePhoto", "startRecord", "stopRecord", "gimbalRotate", "rotateYaw", "hover"}


def files_of(plan):
    with zipfile.ZipFile(io.BytesIO(export_plan(plan, "wpml"))) as archive:
        return {name: fromstring(archive.read(name)) for name in archive.namelist()}


def demand(element, words):
    for word, accepted in words.items():
        (child,) = element.findall(f"{WPML}{word}")
        if isinstance(accepted, set):
            assert child.text in accepted
        else:
            assert accepted[0] <= float(child.text) <= accepted[1]


@settings(max_examples=25, deadline=None)
@given(plan=waylines())
def test_every_element_that_is_demanded_is_there_in_its_range(plan):
    files = files_of(plan)
    assert list(files) == ["wpmz/template.kml", "wpmz/waylines.wpml"]
    for name, root in files.items():
        assert root.tag == f"{KML}kml"
        (config,) = root.iter(f"{WPML}missionConfig")
        demand(config, CONFIG)
        assert config.find(f"{WPML}droneInfo/{WPML}droneEnumValue").text.isdigit()
        (folder,) = root.iter(f"{KML}Folder")
        placemarks = folder.findall(f"{KML}Placemark")
        assert [int(p.find(f"{WPML}index").text) for p in placemarks] == list(range(len(placemarks)))
        ids = [group.find(f"{WPML}actionGroupId").text for group in folder.iter(f"{WPML}actionGroup")]
        assert len(ids) == len(set(ids))
        for group in folder.iter(f"{WPML}actionGroup"):
            demand(group, GROUP)
            assert {
                a.find(f"{WPML}actionActuatorFunc").text for a in group.findall(f"{WPML}action")
            } <= ACTIONS
        if name == "wpmz/waylines.wpml":
            demand(folder, WAYLINE)
            for placemark in placemarks:
                demand(placemark, POINT)
                assert (
                    placemark.find(f"{WPML}waypointHeadingParam/{WPML}waypointHeadingMode").text
                    == "followWayline"
                )


def back(content, **unsaid):
    account = Account()
    plan = FORMATS[PlanFormat.WPML].read(content, "a.kmz", "a", Unsaid(**unsaid), account)
    return plan, account.sentences


def plan_of(*middle, home_alt_amsl_m=None):
    items = numbered((TAKE_OFF, *middle, ENDS[0]))
    return Plan("x", LatLon(36.08, 103.7), items, speed_m_s=8.0, home_alt_amsl_m=home_alt_amsl_m)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (
            MissionItem(0, Command.NAV_LOITER_TURNS, position=GO.position, alt_m=50.0),
            "item 3: NAV_LOITER_TURNS has no",
        ),
        (
            MissionItem(0, Command.NAV_SPLINE_WAYPOINT, position=GO.position, alt_m=50.0),
            "NAV_SPLINE_WAYPOINT",
        ),
        (order(Command.DO_JUMP, 2.0, 1.0), "item 3: DO_JUMP"),
        (replace(GO, frame=Frame.GLOBAL_TERRAIN_ALT), "above the ground"),
        (replace(GO, frame=Frame.GLOBAL), "home's altitude is not known"),
        (order(94), "MAV_CMD 94 has no meaning"),
    ],
)
def test_what_would_change_the_route_is_refused(item, words):
    with pytest.raises(MissionError, match=words):
        export_plan(plan_of(GO, item), "wpml")


def test_what_does_not_move_the_drone_is_told_of():
    account = Account()
    export_plan(plan_of(GO, order(183, 9.0, 1500.0), order(183, 9.0, 1100.0)), "wpml", account=account)
    assert "WPML has no action for MAV_CMD 183, which is left out (items 3, 4)" in account.sentences


def test_altitudes_above_the_sea_become_altitudes_above_home():
    item = replace(GO, frame=Frame.GLOBAL, alt_m=1575.0)
    plan, _ = back(export_plan(plan_of(item, home_alt_amsl_m=1520.0), "wpml"))
    assert next(i for i in plan.items if i.command == Command.NAV_WAYPOINT).alt_m == 55.0


def test_photographs_at_equal_distances_end_where_they_ended():
    there = replace(GO, position=LatLon(36.095, 103.7))
    middle = (GO, order(206, 25.0, 0.0, 1.0), there, order(206), replace(GO, alt_m=60.0))
    plan, _ = back(export_plan(plan_of(*middle), "wpml"))
    assert [i.command for i in plan.items] == [22, 178, 16, 206, 16, 206, 16, 20]
    assert [i.params[0] for i in plan.items if i.command == 206] == [25.0, 0.0]


def test_the_nose_is_turned_to_the_middle_of_an_orbit_and_ahead_behind_it():
    there, centre = LatLon(36.095, 103.7), LatLon(36.093, 103.702)
    look = MissionItem(0, Command.DO_SET_ROI_LOCATION, position=centre, alt_m=3.0)
    ahead = order(Command.DO_SET_ROI_NONE)
    middle = (GO, look, replace(GO, position=there), replace(GO, alt_m=60.0), ahead, replace(GO, alt_m=70.0))
    account = Account()
    content = export_plan(plan_of(*middle), "wpml", account=account)
    assert (
        "the nose is turned to the place looked at, and the camera's pitch is not (item 3)"
        in account.sentences
    )
    plan, _ = back(content)
    assert [i.command for i in plan.items] == [22, 178, 16, 195, 16, 16, 197, 16, 20]
    assert (plan.items[3].position, plan.items[3].alt_m) == (centre, 3.0)
    for element in files_of(plan_of(*middle)).values():
        modes = [mode.text for mode in element.iter(f"{WPML}waypointHeadingMode")]
        assert modes.count("towardPOI") == 2
        assert any(
            point.text == "36.0930000,103.7020000,3" for point in element.iter(f"{WPML}waypointPoiPoint")
        )


def test_a_place_to_look_at_that_is_none_is_named():
    middle = (GO, MissionItem(0, Command.DO_SET_ROI_LOCATION, position=LatLon(36.09, 103.7), alt_m=3.0))
    content = export_plan(plan_of(*middle), "wpml")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {
            name: archive.read(name).replace(b"36.0900000,103.7000000,3", b"somewhere")
            for name in archive.namelist()
        }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in names.items():
            archive.writestr(name, part)
    with pytest.raises(MissionError, match="Placemark 0, waypointPoiPoint is 'somewhere'"):
        back(packed.getvalue())


def test_the_speed_of_a_leg_is_that_of_the_waypoint_it_leaves():
    middle = (GO, order(Command.DO_CHANGE_SPEED, 1.0, 5.0, -1.0), replace(GO, alt_m=60.0))
    plan, _ = back(export_plan(plan_of(*middle), "wpml"))
    assert [i.command for i in plan.items] == [22, 178, 16, 178, 16, 20]
    assert plan.items[3].params[1] == 5.0


def spoiled(before, after, name="wpmz/waylines.wpml"):
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(export_plan(plan_of(GO, GO), "wpml"))) as archive,
        zipfile.ZipFile(packed, "w") as made,
    ):
        for each in archive.namelist():
            text = archive.read(each).decode()
            assert each != name or before in text
            made.writestr(each, text.replace(before, after) if each == name else text)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("<wpml:index>1<", "<wpml:index>7<", "Placemark 1, index is 7"),
        ("<wpml:executeHeight>50<", "<wpml:executeHeight>nan<", "executeHeight is 'nan'"),
        ("<wpml:executeHeight>50</wpml:executeHeight>", "", "executeHeight is missing"),
        (">relativeToStartPoint<", ">WGS84<", "executeHeightMode is 'WGS84'"),
        ("103.7000000,", "203.7,", "longitude 203.7"),
        ("103.7000000,", "x,", "are no position"),
        ("<Folder>", "<Folder/><Folder>", "Folder is there 2 times"),
        ("<kml ", "<!DOCTYPE kml><kml ", "document type"),
    ],
)
def test_faults_are_named_with_their_file_and_element(before, after, words):
    with pytest.raises(MissionError, match=words) as refused:
        back(spoiled(before, after))
    assert refused.value.place == "a.kmz, wpmz/waylines.wpml"
    assert refused.value.remedy


def test_heights_above_the_sea_are_taken_from_the_template():
    content = spoiled(">relativeToStartPoint<", ">WGS84<")
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(packed, "w") as made:
        for each in archive.namelist():
            made.writestr(
                each, archive.read(each).decode().replace(">relativeToStartPoint<", ">EGM96<", each[5] == "t")
            )
    plan, _ = back(packed.getvalue())
    assert {i.frame for i in plan.items if i.command == Command.NAV_WAYPOINT} == {Frame.GLOBAL}


def test_home_is_asked_for_where_the_template_names_none():
    content = spoiled("takeOffRefPoint>", "other>", "wpmz/template.kml")
    with pytest.raises(MissionError, match="no place of take-off"):
        back(content)
    assert back(content, home=GO.position)[0].home == GO.position
