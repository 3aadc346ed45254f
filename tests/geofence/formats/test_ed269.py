import copy
import json

import pytest

from geofence.altitude_band import UNBOUNDED, AltitudeBand, AltitudeDatum
from geofence.applicability import DailyPeriod, DayTime, Weekday
from geofence.circle import Circle
from geofence.formats.eurocae.ed269 import is_ed269, read_ed269, write_ed269
from geofence.formats.repair_log import RepairLog
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.zone import Authority, ZoneKind, ZoneSeverity

RING = [[24.775444, 42.12335], [24.776917, 42.120869], [24.783781, 42.122992], [24.775444, 42.12335]]
LIMITS = {
    "uomDimensions": "M",
    "lowerLimit": 0,
    "lowerVerticalReference": "AGL",
    "upperLimit": 120,
    "upperVerticalReference": "AMSL",
}
CIRCLE = {"type": "Circle", "center": [23.778889, 43.74], "radius": 5000}
POLYGON = {"type": "Polygon", "coordinates": [RING]}


def _volume(projection=POLYGON, **limits):
    return {**LIMITS, **limits, "horizontalProjection": projection}


def _feature(*volumes, **members):
    return {
        "identifier": "0000001",
        "country": "BGR",
        "name": "AEC",
        "type": "COMMON",
        "restriction": "REQ_AUTHORISATION",
        "reason": ["PRIVACY", "FOREIGN_TERRITORY"],
        "otherReasonInfo": "LBP1",
        "uSpaceClass": "NO",
        "message": "Зона за сигурност",
        "applicability": [{"permanent": "YES"}],
        "regulationExemption": "NO",
        "zoneAuthority": [{"purpose": "AUTHORIZATION", "intervalBefore": "P05DT00H00M", "name": "ГД ГВА"}],
        "geometry": list(volumes) or [_volume()],
        **members,
    }


def _read(*features, log=None):
    content = json.dumps({"title": "Version 7", "description": "", "features": list(features)}).encode()
    return read_ed269(content, source="zones.json", log=log or RepairLog())


def test_it_is_known_by_its_projections():
    assert is_ed269(json.dumps({"features": [_feature()]}).encode())
    assert not is_ed269(json.dumps({"features": []}).encode())
    assert is_ed269(json.dumps({"features": [_feature(geometry=[])]}).encode())
    properties = {"type": "Feature", "properties": {"identifier": "a", "restriction": "NO"}}
    assert not is_ed269(json.dumps({"type": "FeatureCollection", "features": [properties]}).encode())


def test_everything_is_read():
    (zone,) = _read(_feature(_volume(CIRCLE)))
    assert (zone.zone_id, zone.name, zone.kind) == ("0000001", "AEC", ZoneKind.EXCLUSION)
    assert (zone.severity, zone.causes) == (ZoneSeverity.AUTHORISATION, ("privacy", "foreign_territory"))
    assert zone.volumes[0].circle == Circle(LatLon(43.74, 23.778889), 5000.0)
    assert zone.volumes[0].band == AltitudeBand(0.0, 120.0, AltitudeDatum.AGL, AltitudeDatum.AMSL)
    assert zone.authorities == (Authority("ГД ГВА", purpose="authorization", interval_before="P05DT00H00M"),)
    assert (zone.message, zone.version) == ("Зона за сигурност", "Version 7")
    assert {name: zone.properties[name] for name in ("country", "variant", "uSpaceClass")} == {
        "country": "BGR",
        "variant": "COMMON",
        "uSpaceClass": "NO",
    }


def test_what_was_read_is_written_as_it_was():
    feature = _feature(_volume(), _volume(CIRCLE, upperLimit=500), region=3, note="mine")
    log = RepairLog()
    written = json.loads(write_ed269(_read(feature), log=log))
    assert log.repairs == []
    (found,) = written["features"]
    ring = found["geometry"][0]["horizontalProjection"].pop("coordinates")
    expected = copy.deepcopy(feature)
    del expected["geometry"][0]["horizontalProjection"]["coordinates"]
    expected["extendedProperties"] = {"note": expected.pop("note")}
    assert found == expected
    assert ring in ([RING], [RING[::-1]])
    assert (written["title"], written["description"]) == ("Version 7", "")


def test_limits_in_feet_are_metres_and_the_radius_stays():
    log = RepairLog()
    (zone,) = _read(_feature(_volume(CIRCLE, uomDimensions="FT", upperVerticalReference="AGL")), log=log)
    assert zone.volumes[0].band == AltitudeBand(0.0, 36.576)
    assert zone.volumes[0].circle.radius_m == 5000.0
    assert "the radius is taken in metres" in log.repairs[0].message


def test_a_band_of_nothing_holds_all_altitudes():
    log = RepairLog()
    (zone,) = _read(_feature(_volume(upperLimit=0, upperVerticalReference="AGL")), log=log)
    assert zone.volumes[0].band == UNBOUNDED
    assert "from 0 to 0 holds nothing: all altitudes are taken" in log.repairs[0].message


def test_times_are_read():
    start, end = "2026-05-01T00:00:00.000000Z", "2026-09-30T23:59:59.000000Z"
    schedule = [{"day": ["MON", "TUE"], "startTime": "08:00:00.00Z", "endTime": "17:30Z"}]
    period = {"permanent": "NO", "startDateTime": start, "endDateTime": end, "schedule": schedule}
    (zone,) = _read(_feature(applicability=[period]))
    (read,) = zone.applicability.periods
    assert read.start.isoformat() == "2026-05-01T00:00:00+00:00"
    assert read.daily == (
        DailyPeriod(
            frozenset({Weekday.MONDAY, Weekday.TUESDAY}), DayTime(8 * 3600.0), DayTime(17.5 * 3600.0)
        ),
    )


@pytest.mark.parametrize(
    "applicability",
    [
        [],
        None,
        [{"permanent": "YES"}],
        [{"permanent": "yes", "startDateTime": "2026-05-01T00:00:00Z"}],
        [{"permanent": "NO", "startDateTime": "2026-05-01T00:00:00Z"}, {"permanent": "YES"}],
        [{"permanent": "NO"}],
        [{"permanent": "NO", "schedule": [{"day": ["ANY"]}]}],
        [{"permanent": "NO", "schedule": [{"day": ["ANY"], "startTime": "00:00Z", "endTime": "00:00Z"}]}],
    ],
)
def test_on_doubt_a_zone_always_holds(applicability):
    assert _read(_feature(applicability=applicability))[0].applicability.is_permanent


@pytest.mark.parametrize(
    ("feature", "fault"),
    [
        (_feature(restriction="NO_GO"), "restriction 'NO_GO' is not a restriction"),
        (_feature(geometry=[]), "the feature has no geometry"),
        (_feature(geometry="here"), "the feature has no geometry"),
        (_feature(geometry=[LIMITS]), "the geometry has no horizontalProjection"),
        (_feature(_volume({"type": "Ellipse"})), "horizontalProjection of type 'Ellipse' is not understood"),
        (_feature(_volume({"type": "Polygon"})), "is not understood"),
        (_feature(_volume({**CIRCLE, "radius": -1})), "radius -1 is not a radius"),
        (_feature(_volume({**CIRCLE, "center": "Sofia"})), "'Sofia' is not a position"),
        (_feature(_volume({**CIRCLE, "center": [523.7, 143.7]})), "latitude 143.7 is not within"),
        (_feature(_volume(uomDimensions="FL")), "uomDimensions 'FL' is not a unit of altitude"),
        (_feature(_volume(upperLimit=[1])), r"upperLimit \[1\] is not a limit"),
        (_feature(_volume(lowerVerticalReference="STD")), "lowerVerticalReference 'STD' is not an altitude"),
        (_feature(applicability=[3]), r"applicability\[0\] 3 is not an object"),
    ],
)
def test_bad_features_are_refused_by_feature_and_member(feature, fault):
    with pytest.raises(GeofenceError, match=fault) as refusal:
        _read(feature)
    assert refusal.value.place.startswith("zones.json, feature 1 (0000001)")
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{"features": 3}', '"features" is not a list'),
        (b'{"features": []}', "there is no zone in it"),
        (b'{"features": [7]}', "feature 1: this is not a feature"),
        (b"[]", '"features" is not a list'),
        (b'{"features": [{"a": 1e999}]}', "not finite"),
        (b'{"features"', "broken at line 1"),
    ],
)
def test_documents_that_are_none_are_refused(content, fault):
    with pytest.raises(GeofenceError, match=fault):
        read_ed269(content, source="zones.json", log=RepairLog())


def test_permanent_is_yes_or_no():
    limits = {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2026-02-01T00:00:00Z"}
    with pytest.raises(
        GeofenceError, match=r"applicability\[0\].permanent 'MAYBE' is not known. Accepted are YES and NO"
    ):
        _read(_feature(applicability=[{"permanent": "MAYBE", **limits}]))
    (zone,) = _read(_feature(applicability=[{"permanent": " no ", **limits}]))
    assert not zone.applicability.is_permanent
