"""What is odd about zones themselves; one set for each kind of remark."""

from datetime import UTC, datetime, timedelta

import pytest
from shapely import box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import Applicability, Period
from geofence.formats.geojson import zones_from_geojson
from geofence.repair import Repair, RepairCode
from geofence.zone import Zone, ZoneKind
from geofence.zone_audit import AuditCode, AuditSeverity, audit_zones
from geofence.zone_set import ZoneSet

NOW = datetime(2026, 8, 1, tzinfo=UTC)


def zone(zone_id, kind="inclusion", lon_deg=103.7, lat_deg=36.05, size_deg=0.01, band=None, **fields):
    area = box(lon_deg, lat_deg, lon_deg + size_deg, lat_deg + size_deg)
    return Zone.of_area(zone_id, zone_id, ZoneKind(kind), area, band or AltitudeBand(), **fields)


def audit(*zones, repairs=()):
    return audit_zones(ZoneSet(zones, repairs=repairs), now_utc_s=NOW.timestamp())


def codes(remarks):
    return [(remark.severity.value, remark.code.value, remark.zone_id) for remark in remarks]


def test_sound_zones_have_no_remark():
    assert (
        audit(zone("a"), zone("b", "exclusion", lon_deg=103.705), zone("c", "advisory", lon_deg=103.8)) == ()
    )


def test_repairs_that_changed_something_warn_and_come_first():
    repairs = [
        Repair(RepairCode.REPEATED_POINT, "a", "f, feature 1 (a)", "1 repeated point left out"),
        Repair(
            RepairCode.SELF_INTERSECTION, "a", "f, feature 1 (a)", "the ring crosses itself", area_m2=-250.4
        ),
    ]
    warning, note = audit(zone("a"), repairs=repairs)
    assert (warning.severity, note.severity) == (AuditSeverity.WARNING, AuditSeverity.NOTE)
    assert warning.message == "f, feature 1 (a): the ring crosses itself (-250 m2)"


def test_no_inclusion_is_noted():
    assert codes(audit(zone("a", "exclusion"))) == [("note", "no_inclusion", "")]


@pytest.mark.parametrize(
    ("band", "allowed", "is_nothing_left"),
    [
        (AltitudeBand(), AltitudeBand(None, 120.0), True),
        (AltitudeBand(0.0, 150.0), AltitudeBand(None, 120.0), True),
        (AltitudeBand(0.0, 100.0), AltitudeBand(None, 120.0), False),
        (AltitudeBand(30.0, None), AltitudeBand(None, 120.0), False),
        (AltitudeBand(0.0, 5000.0, AltitudeDatum.AMSL), AltitudeBand(None, 120.0), False),
        (AltitudeBand(), AltitudeBand(None, 1700.0, AltitudeDatum.AMSL), True),
    ],
)
def test_an_inclusion_that_is_forbidden_whole(band, allowed, is_nothing_left):
    west = zone("w", "exclusion", lon_deg=103.69, size_deg=0.015, lat_deg=36.048, band=band)
    east = zone("e", "exclusion", lon_deg=103.702, size_deg=0.015, lat_deg=36.048, band=band)
    remarks = audit(zone("a", band=allowed), west, east)
    assert (AuditCode.NOTHING_LEFT in [remark.code for remark in remarks]) == is_nothing_left
    assert audit(zone("a", band=allowed), west) == ()
    only_in_may = Applicability((Period(NOW, NOW + timedelta(days=1)),))
    timed = [
        zone(part.zone_id, "exclusion", part.area.bounds[0], 36.048, 0.015, band, applicability=only_in_may)
        for part in (west, east)
    ]
    assert audit(zone("a", band=allowed), *timed) == ()


def test_expired_zones():
    over = Applicability((Period(None, NOW - timedelta(days=9)), Period(None, NOW - timedelta(days=2))))
    open_ended = Applicability((Period(None, NOW - timedelta(days=2)), Period(NOW - timedelta(days=1), None)))
    remarks = audit(zone("a", applicability=over), zone("b", lon_deg=103.8, applicability=open_ended))
    assert codes(remarks) == [("warning", "expired", "a")]
    assert "2026-07-30" in remarks[0].message


def test_odd_places():
    near = [zone(str(number), lon_deg=103.7 + 0.02 * number) for number in range(4)]
    remarks = audit(
        *near,
        zone("null", lon_deg=-0.001, lat_deg=0.0),
        zone("swapped", lon_deg=36.05, lat_deg=76.0),
        zone("far", lon_deg=10.0, lat_deg=50.0),
    )
    assert codes(remarks) == [
        ("warning", "null_island", "null"),
        ("warning", "lone", "swapped"),
        ("warning", "lone", "far"),
    ]
    kashgar = [zone(str(number), lon_deg=75.99 + 0.02 * number, lat_deg=39.47) for number in range(4)]
    (remark,) = audit(*kashgar, zone("swapped", lon_deg=39.47, lat_deg=75.99))
    assert (remark.code, remark.zone_id) == (AuditCode.SWAPPED_AXES, "swapped")
    assert "longitude first" in remark.remedy


def test_two_zones_may_be_far_apart():
    assert audit(zone("a"), zone("b", lon_deg=10.0)) == ()


def test_the_same_zone_twice():
    remarks = audit(zone("a"), zone("b"), zone("c", "exclusion"), zone("d", lon_deg=103.8))
    assert ("note", "duplicate", "b") in codes(remarks)
    assert not {("note", "duplicate", "c"), ("note", "duplicate", "d")} & set(codes(remarks))


def test_altitudes_above_the_ellipsoid():
    (remark,) = audit(zone("a", band=AltitudeBand(None, 1700.0, AltitudeDatum.ELLIPSOID)))
    assert remark.code is AuditCode.UNKNOWN_HEIGHT


def test_altitudes_without_a_datum():
    geometry = {
        "type": "Point",
        "coordinates": [103.7, 36.0],
        "extent": {"subType": "Circle", "radius": 100.0},
    }
    feature = {"type": "Feature", "id": "a", "geometry": geometry}
    feature["properties"] = {"kind": "inclusion", "ceiling_m": 100}
    (remark,) = audit_zones(zones_from_geojson(feature), now_utc_s=NOW.timestamp())
    assert remark.message.endswith("datum is missing: altitudes are counted from the ground")
