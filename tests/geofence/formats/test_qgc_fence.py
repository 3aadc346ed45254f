"""Geofences of QGroundControl's plan files."""

import contextlib
import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box
from shapely.geometry.polygon import orient

from geofence.altitude_band import AltitudeBand
from geofence.applicability import Applicability, DailyPeriod, DayTime, Period
from geofence.circle import Circle
from geofence.formats.qgc.fence import write_qgc_fence
from geofence.formats.qgc.reader import is_qgc_plan, read_qgc_fence
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_files import read_zones, write_zones
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Authority, Volume, Zone, ZoneAction, ZoneKind, ZoneSeverity, circle_volume

RING = [[36.0, 103.0], [36.0, 103.1], [36.1, 103.1], [36.1, 103.0]]
CIRCLE = {"circle": {"center": [36.05, 103.05], "radius": 250.0}, "inclusion": False, "version": 1}


def polygon(ring=RING, *, inclusion=True, **others):
    return {"polygon": ring, "inclusion": inclusion, "version": 1, **others}


def plan(*, polygons=(), circles=(), firmware=3, **fence):
    geo_fence = {"version": 2, "polygons": list(polygons), "circles": list(circles), **fence}
    return {"fileType": "Plan", "version": 1, "geoFence": geo_fence, "mission": {"firmwareType": firmware}}


def read(document):
    log = RepairLog("some.plan")
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_qgc_fence(content, source="some.plan", log=log), log.repairs


def moved(ring, *, north_deg=0.0, east_deg=0.0):
    return [[lat_deg + north_deg, lon_deg + east_deg] for lat_deg, lon_deg in ring]


def test_polygons_and_circles_become_zones():
    zones, repairs = read(
        plan(polygons=[polygon(), polygon(moved(RING, east_deg=0.2), inclusion=False)], circles=[CIRCLE])
    )
    assert [(zone.zone_id, zone.kind) for zone in zones] == [
        ("inclusion-1", ZoneKind.INCLUSION),
        ("exclusion-2", ZoneKind.EXCLUSION),
        ("exclusion-3", ZoneKind.EXCLUSION),
    ]
    assert shapely.equals(zones[0].area, box(103.0, 36.0, 103.1, 36.1))
    assert zones[2].volumes[0].circle == Circle(LatLon(36.05, 103.05), 250.0)
    assert repairs == []


@pytest.mark.parametrize(
    "document",
    [
        {
            "fileType": "Plan",
            "version": 1,
            "geoFence": {"version": 1, "polygon": RING, "breachReturn": [36.0, 103.0]},
        },
        {"fileType": "GeoFence", "version": 1, "polygon": RING, "breachReturn": [36.0, 103.0]},
    ],
)
def test_the_polygon_of_version_1_is_an_inclusion(document):
    (zone,), _ = read(document)
    assert zone.kind is ZoneKind.INCLUSION
    assert zone.properties == {"qgc": {"fence": {"breachReturn": [36.0, 103.0]}}}


def test_what_a_fence_says_besides_comes_back():
    document = plan(
        polygons=[polygon(maxAltitude=50)], breachReturn=[36.05, 103.05, 30.0], params={"FENCE_ACTION": 1}
    )
    zones, _ = read(document)
    written = json.loads(write_qgc_fence(zones, log=RepairLog()))
    assert written["geoFence"]["breachReturn"] == [36.05, 103.05, 30.0]
    assert written["geoFence"]["params"] == {"FENCE_ACTION": 1}
    assert written["geoFence"]["polygons"][0]["maxAltitude"] == 50
    assert written["geoFence"]["version"] == 2


FULL = Zone(
    "full",
    "满 Full",
    ZoneKind.EXCLUSION,
    (
        Volume(
            orient(
                Polygon(box(103.0, 36.0, 103.1, 36.1).exterior, [box(103.04, 36.04, 103.06, 36.06).exterior])
            ),
            AltitudeBand(10.0, 80.0),
        ),
        circle_volume(Circle(LatLon(36.3, 103.3), 500.0), ZoneKind.EXCLUSION, AltitudeBand(None, 60.0)),
    ),
    applicability=Applicability(
        (Period(daily=(DailyPeriod(start=DayTime(8 * 3600.0), end=DayTime(18 * 3600.0)),)),), "Asia/Shanghai"
    ),
    stated_severity=ZoneSeverity.AUTHORISATION,
    stated_action=ZoneAction.RETURN,
    causes=("privacy",),
    message="Ask first",
    authorities=(Authority("Tower"),),
    version="2",
    source="AIP",
    properties={"colour": "red"},
)
FIELD = Zone.of_area(
    "field", "Field", ZoneKind.INCLUSION, box(102.9, 35.9, 103.5, 36.5), AltitudeBand(None, 120.0)
)
WARNING = Zone.of_area("birds", "Birds", ZoneKind.ADVISORY, box(103.2, 36.2, 103.25, 36.25))


def test_our_own_round_trip_keeps_everything(tmp_path):
    path = tmp_path / "zones.plan"
    losses = write_zones([FULL, FIELD, WARNING], path)
    assert list(read_zones(path)) == [FULL, FIELD, WARNING]
    assert all(repair.code is RepairCode.LOST for repair in losses)
    assert {repair.zone_id for repair in losses} == {"full", "field", "birds"}


def test_losses_are_named_and_what_is_forbidden_only_grows():
    log = RepairLog()
    document = json.loads(write_qgc_fence([FULL, FIELD, WARNING], log=log))
    said = [f"{repair.zone_id}: {repair.message}" for repair in log.repairs]
    lost_of_full = ["floor and ceiling", "times", "severity", "action", "causes", "message", "authorities"]
    lost_of_full += ["name", "other properties"]
    assert said == [
        f"full: a fence cannot say its {', '.join(lost_of_full)}",
        "full: a hole in what is forbidden was filled",
        "field: a fence cannot say its floor and ceiling, name",
        "birds: an advisory zone cannot be said in a fence",
    ]
    assert log.repairs[1].area_m2 == pytest.approx(4e6, rel=0.01)
    del document["feiying"]
    zones, _ = read(document)
    forbidden = shapely.union_all([zone.area for zone in zones if zone.kind is ZoneKind.EXCLUSION])
    assert forbidden.buffer(1e-12).contains(FULL.area)
    assert forbidden.contains(Point(103.05, 36.05))


def test_a_hole_in_what_is_allowed_is_forbidden():
    area = Polygon(box(103.0, 36.0, 103.1, 36.1).exterior, [box(103.04, 36.04, 103.06, 36.06).exterior])
    log = RepairLog()
    document = json.loads(write_qgc_fence([Zone.of_area("a", "a", ZoneKind.INCLUSION, area)], log=log))
    assert [entry["inclusion"] for entry in document["geoFence"]["polygons"]] == [True, False]
    assert log.repairs == []


def test_several_inclusions_are_warned_of():
    log = RepairLog()
    far = Zone.of_area("far", "far", ZoneKind.INCLUSION, box(104.0, 36.0, 104.1, 36.1))
    near = Zone.of_area("near", "near", ZoneKind.INCLUSION, box(103.0, 36.0, 103.1, 36.1))
    write_qgc_fence([near, far], log=log)
    assert [repair.message for repair in log.repairs] == [
        "there are several inclusions: ArduPilot will want to be inside all of them at once, not inside any"
    ]


def test_a_fence_that_was_changed_since_is_believed_instead_of_ours():
    document = json.loads(write_qgc_fence([FIELD, FULL], log=RepairLog()))
    document["geoFence"]["polygons"][0]["polygon"][0][0] += 0.01
    zones, repairs = read(document)
    assert [zone.zone_id for zone in zones] == ["inclusion-1", "exclusion-2", "exclusion-3"]
    assert zones[0].volumes[0].band == AltitudeBand()
    assert "changed after it was written" in repairs[0].message


def test_inclusions_that_meet_are_taken_as_ardupilot_does():
    entries = [polygon(), polygon(moved(RING, east_deg=0.05))]
    (zone,), (repair,) = read(plan(polygons=entries))
    assert shapely.equals_exact(zone.area.normalize(), box(103.05, 36.0, 103.1, 36.1).normalize(), 1e-9)
    assert repair.code is RepairCode.OVERLAP
    assert repair.area_m2 < 0.0
    both, repairs = read(plan(polygons=entries, firmware=12))
    assert len(both) == 2
    assert repairs == []


def test_inclusions_that_have_nothing_in_common_are_all_kept():
    zones, (repair,) = read(plan(polygons=[polygon(), polygon(moved(RING, east_deg=0.5))]))
    assert len(zones) == 2
    assert "nothing in common" in repair.message


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b'{"fileType": "Plan",}', "the JSON is broken at line 1, column 2"),
        (b'["fileType"]', "this is not a plan file"),
        ({"fileType": "Plan", "version": 1}, "the plan has no geofence"),
        (plan(), "the geofence is empty"),
        (plan() | {"geoFence": {"version": 3}}, "the geofence is of version 3"),
        (
            plan() | {"geoFence": {"version": 2, "polygons": {}, "circles": []}},
            r"geoFence\.polygons is not a list",
        ),
        (
            plan(polygons=[{"polygon": RING}]),
            r"geoFence\.polygons\[0\]: it does not say whether it is an inclusion",
        ),
        (plan(polygons=[polygon() | {"version": 2}]), "its version is 2"),
        (plan(polygons=[polygon(None)]), "the polygon is not a list of positions"),
        (plan(polygons=[polygon([[36.0, "x"], *RING])]), "position 1: this is not a position"),
        (
            plan(polygons=[polygon([[103.0, 36.0], *RING])]),
            "position 1: latitude 103.* A plan file has the latitude first",
        ),
        (plan(polygons=[polygon(RING[:2])]), r"polygons\[0\].*2 distinct points"),
        (
            plan(circles=[{**CIRCLE, "circle": {"center": [36, 103]}}]),
            r"circles\[0\]: the circle has no radius",
        ),
        (
            plan(circles=[{**CIRCLE, "circle": {"center": [36, 103], "radius": -5}}]),
            r"circles\[0\]: a circle cannot have",
        ),
        (
            plan(circles=[{**CIRCLE, "circle": {"center": 36, "radius": 5}}]),
            r"circles\[0\], center: this is not a position",
        ),
    ],
)
def test_bad_fences_are_refused_by_name(document, said):
    with pytest.raises(GeofenceError, match=said) as refused:
        read(document)
    assert str(refused.value).startswith("some.plan")


def test_a_plan_is_told_from_geojson():
    assert is_qgc_plan(json.dumps(plan(), indent=4).encode())
    assert not is_qgc_plan(b'{"type": "FeatureCollection", "features": []}')


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(10**400), 10**400) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["x", "center", "radius"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON, JSON, JSON, st.sampled_from([1, 2, None]))
def test_any_fence_is_read_or_refused(first, second, third, version):
    fence = {"version": version, "polygon": first, "breachReturn": third}
    fence["polygons"] = [polygon(second), first] if isinstance(second, list) else first
    fence["circles"] = [{"inclusion": True, "circle": third}]
    own = {"zones": {"fence_sha256": "", "collection": second}}
    document = {"fileType": "Plan", "geoFence": fence, "mission": third, "feiying": own}
    with contextlib.suppress(GeofenceError):
        read(document)
