"""What is different between two sets of zones."""

from dataclasses import replace

import pytest
from shapely import Polygon, box
from shapely.affinity import translate

from geofence.altitude_band import AltitudeBand
from geofence.applicability import Applicability, DailyPeriod, DayTime, Period
from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.zone import Volume, Zone, ZoneKind, ZoneSeverity
from geofence.zone_diff import diff_zones
from geofence.zone_set import ZoneSet

FIELD = Zone.of_area(
    "field", "Field", ZoneKind.INCLUSION, box(103.70, 36.05, 103.71, 36.06), AltitudeBand(None, 120.0)
)
TOWER = Zone.of_circle("tower", "Tower", ZoneKind.EXCLUSION, Circle(LatLon(36.08, 103.7), 200.0))
LAYERS = Zone(
    "layers",
    "Layers",
    ZoneKind.EXCLUSION,
    (
        Volume(box(103.6, 36.0, 103.61, 36.01), AltitudeBand(0.0, 50.0)),
        Volume(box(103.61, 36.0, 103.62, 36.01), AltitudeBand(50.0, 100.0)),
    ),
)


def diff(old, new):
    return diff_zones(ZoneSet(old), ZoneSet(new))


def test_order_and_vertices_do_not_matter():
    corners = list(FIELD.area.exterior.coords)[:-1]
    turned = Polygon([corners[2], (103.70, 36.055), corners[3], *corners[:2]][::-1])
    redrawn = replace(FIELD, volumes=(replace(FIELD.volumes[0], area=turned),))
    assert diff([FIELD, TOWER, LAYERS], [LAYERS, TOWER, redrawn]).is_same


def test_added_and_removed_zones():
    found = diff([FIELD, LAYERS], [TOWER, FIELD])
    assert (found.added, found.removed, found.changed) == ((TOWER,), (LAYERS,), ())


def test_every_field_is_told_with_its_values():
    period = Period(daily=(DailyPeriod(start=DayTime(28_800.0), end=DayTime(64_800.0)),))
    changed = replace(
        FIELD,
        name="Meadow",
        kind=ZoneKind.ADVISORY,
        volumes=(replace(FIELD.volumes[0], band=AltitudeBand(10.0, 100.0)),),
        applicability=Applicability((period,), "Asia/Shanghai"),
        stated_severity=ZoneSeverity.CONDITIONAL,
        causes=("nature",),
        properties={"colour": "red"},
    )
    (change,) = diff([FIELD], [changed]).changed
    assert change.area is None
    said = {field.name: (field.old, field.new) for field in change.fields}
    assert said.pop("applicability")[0] is None
    assert said == {
        "name": ("Field", "Meadow"),
        "kind": ("inclusion", "advisory"),
        "floor_m": (None, 10.0),
        "ceiling_m": (120.0, 100.0),
        "severity": (None, "conditional"),
        "causes": (None, ["nature"]),
        "colour": (None, "red"),
    }


def test_a_moved_area_is_measured_and_placed():
    moved = replace(FIELD, volumes=(replace(FIELD.volumes[0], area=translate(FIELD.area, 0.001)),))
    (change,) = diff([FIELD], [moved]).changed
    assert change.fields == ()
    assert change.area.added_m2 == pytest.approx(90.2 * 1109.6, rel=0.01)
    assert change.area.removed_m2 == pytest.approx(change.area.added_m2, rel=1e-6)
    assert change.area.position.lon_deg in (pytest.approx(103.7005), pytest.approx(103.7105))


def test_a_circle_that_grew():
    grown = Zone.of_circle("tower", "Tower", ZoneKind.EXCLUSION, Circle(LatLon(36.08, 103.7), 210.0))
    (change,) = diff([TOWER], [grown]).changed
    assert [(field.name, field.new["radius_m"]) for field in change.fields] == [("circle", 210.0)]
    assert change.area.added_m2 == pytest.approx(3.14159 * (210**2 - 200**2), rel=0.02)
    assert change.area.removed_m2 == 0.0


def test_layers_that_change_places_are_seen():
    lower, upper = LAYERS.volumes
    swapped = replace(LAYERS, volumes=(replace(lower, area=upper.area), replace(upper, area=lower.area)))
    (change,) = diff([LAYERS], [swapped]).changed
    assert change.area.added_m2 > 1e6
    (change,) = diff([LAYERS], [replace(LAYERS, volumes=(lower,))]).changed
    assert {field.name for field in change.fields} == {"volumes", "floor_m", "ceiling_m"}
    assert change.area.removed_m2 > 9e5
