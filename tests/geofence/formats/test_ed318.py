import copy
import json

import pytest

from geofence.altitude_band import UNBOUNDED, AltitudeBand, AltitudeDatum
from geofence.applicability import PERMANENT
from geofence.circle import Circle
from geofence.formats.eurocae.ed318 import is_ed318, read_ed318, write_ed318
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_files import read_zones
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import Authority, Zone, ZoneKind, ZoneSeverity

RING = [[2.58, 49.02], [2.61, 48.98], [2.73, 48.98], [2.70, 49.04], [2.58, 49.02]]
LAYER = {"upper": 150, "upperReference": "AGL", "lower": 50, "lowerReference": "AGL", "uom": "m"}
AUTHORITY = {
    "name": [{"text": "Tower", "lang": "en-US"}],
    "email": "tower@example.org",
    "purpose": "AUTHORIZATION",
}


def _document(geometry=None, **properties):
    return {
        "type": "FeatureCollection",
        "title": "Zones of a valley",
        "metadata": {"validFrom": "2026-01-01T00:00:00Z", "issued": "2025-12-01T00:00:00Z"},
        "features": [
            {
                "type": "Feature",
                "geometry": geometry or {"type": "Polygon", "coordinates": [RING], "layer": LAYER},
                "properties": {
                    "identifier": "ABC1234",
                    "country": "FRA",
                    "name": [{"text": "A valley", "lang": "en-GB"}, {"text": "Une vallée", "lang": "fr-FR"}],
                    "type": "REQ_AUTHORIZATION",
                    "variant": "COMMON",
                    "reason": ["NATURE", "OTHER"],
                    "zoneAuthority": [AUTHORITY],
                    **properties,
                },
            }
        ],
    }


def _read(document, *, log=None):
    content = json.dumps(document).encode()
    assert is_ed318(content)
    return read_ed318(content, source="zones.json", log=log or RepairLog())


def test_everything_is_read():
    document = _document(
        message=[{"text": "Call first", "lang": "en-GB"}],
        region=7,
        regulationExemption="NO",
        restrictionConditions="weight<25",
        extendedProperties={"airspaceColour": "red"},
    )
    (zone,) = _read(document)
    assert (zone.zone_id, zone.name, zone.kind) == ("ABC1234", "A valley", ZoneKind.EXCLUSION)
    assert (zone.severity, zone.causes) == (ZoneSeverity.AUTHORISATION, ("nature", "other"))
    assert zone.volumes[0].band == AltitudeBand(50.0, 150.0)
    assert zone.message == "Call first"
    assert zone.authorities == (Authority("Tower", purpose="authorization", email="tower@example.org"),)
    assert (zone.version, zone.applicability) == ("2025-12-01T00:00:00Z", PERMANENT)
    assert zone.properties["airspaceColour"] == "red"
    assert (zone.properties["country"], zone.properties["region"]) == ("FRA", 7)
    assert zone.properties["name_texts"][1] == {"text": "Une vallée", "lang": "fr-FR"}


def test_what_was_read_is_written_as_it_was():
    document = _document(message=[{"text": "Call first", "lang": "en-GB"}], region=7)
    log = RepairLog()
    assert json.loads(write_ed318(_read(document), log=log)) == document
    assert log.repairs == []


@pytest.mark.parametrize(
    ("word", "kind", "severity"),
    [
        ("PROHIBITED", "exclusion", "prohibited"),
        ("REQ_AUTHORIZATION", "exclusion", "authorisation"),
        ("REQ_AUTHORISATION", "exclusion", "authorisation"),
        ("CONDITIONAL", "exclusion", "conditional"),
        ("USPACE", "advisory", "information"),
        ("NO_RESTRICTION", "advisory", "information"),
        ("INFORMATION", "advisory", "information"),
        ("", "exclusion", "prohibited"),
        (None, "exclusion", "prohibited"),
    ],
)
def test_types_are_kinds_and_severities(word, kind, severity):
    (zone,) = _read(_document(type=word))
    assert (zone.kind, zone.severity) == (kind, severity)


def test_layers_are_volumes_with_bands_of_their_own():
    upper = {"type": "Polygon", "coordinates": [RING], "layer": LAYER}
    lower = {
        "type": "Point",
        "coordinates": [2.6, 49.0],
        "extent": {"subType": "Circle", "radius": 3500},
        "layer": {
            "upper": 1000,
            "upperReference": "AMSL",
            "lower": 0,
            "lowerReference": "AGL",
            "uom": "ft",
        },
    }
    (zone,) = _read(_document({"type": "GeometryCollection", "geometries": [upper, lower]}))
    first, second = zone.volumes
    assert first.band == AltitudeBand(50.0, 150.0)
    assert second.circle == Circle(LatLon(49.0, 2.6), 3500.0)
    assert second.band == AltitudeBand(0.0, 304.8, AltitudeDatum.AGL, AltitudeDatum.AMSL)


def _without(document, *path):
    document = copy.deepcopy(document)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return document


def _layer(**members):
    return {"type": "Polygon", "coordinates": [RING], "layer": {**LAYER, **members}}


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (_document(type="FORBIDDEN"), "type 'FORBIDDEN' is not a restriction. Accepted are PROHIBITED"),
        (_document(type=["PROHIBITED"]), r"type \['PROHIBITED'\] is not a restriction"),
        (_document(_layer(upper="high")), "upper 'high' is not a limit. Write upper as a plain number"),
        (_document(_layer(lower=True)), "lower True is not a limit"),
        (_document(_layer(upperReference="FL")), "upperReference 'FL' is not an altitude reference"),
        (_document(_layer(uom="km")), "uom 'km' is not a unit of altitude. Accepted are m and ft"),
        (_document({"type": "Polygon", "coordinates": [RING], "layer": 3}), "layer 3 is not an object"),
        (_document({"type": "Point", "coordinates": [2.6, 49.0]}), "a zone cannot be Point"),
        (
            _document({"type": "Point", "coordinates": [2.6, 49.0], "extent": {"radius": "5 km"}}),
            "extent.radius '5 km' is not a radius. Write more than 0",
        ),
        (
            _document(
                {"type": "Point", "coordinates": [2.6, 49.0], "extent": {"subType": "Ellipse", "radius": 5}}
            ),
            "is not a circle",
        ),
        (_document(name=[3.5, {"text": ["a"]}]), r"name\[1\] .* is not a text"),
        (_document(reason=[{"a": 1}]), "reason .* is not a list of words"),
        (_document(zoneAuthority=["Tower"]), r"zoneAuthority\[0\] 'Tower' is not an object"),
        (_document(zoneAuthority="Tower"), "zoneAuthority 'Tower' is not a list"),
        (_document(limitedApplicability="always"), "limitedApplicability 'always' is not a list"),
        (
            _document(limitedApplicability=[{"startDateTime": "tomorrow"}]),
            r"limitedApplicability\[0\].startDateTime 'tomorrow' is not a date and time",
        ),
        (
            _document(
                limitedApplicability=[
                    {"startDateTime": "2026-02-01T00:00:00Z", "endDateTime": "2026-01-01T00:00:00Z"}
                ]
            ),
            r"\[0\].endDateTime .* is before its startDateTime",
        ),
        (
            _document(limitedApplicability=[{"schedule": [{"day": ["MONDAY"]}]}]),
            r"schedule\[0\].day 'MONDAY' is not a day. Accepted are ANY, MON",
        ),
        (
            _document(limitedApplicability=[{"schedule": [{"day": ["ANY"], "startTime": "25:00Z"}]}]),
            r"startTime '25:00Z' is not a time of day. Write it as 08:00:00Z",
        ),
        (
            _document(limitedApplicability=[{"schedule": [{"day": ["ANY"], "endEvent": "NOON"}]}]),
            r"endEvent 'NOON' is not an event of daylight. Accepted are BMCT, SR, SS, EECT",
        ),
        (_without(_document(), "features", 0, "geometry"), "the feature has no geometry"),
    ],
)
def test_bad_features_are_refused_by_feature_and_member(document, fault):
    with pytest.raises(GeofenceError, match=fault) as refusal:
        _read(document)
    assert refusal.value.place.startswith("zones.json, feature 1 (ABC1234)")
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        ({"validFrom": {"invalid": True}}, "metadata.validFrom .* is not a date and time"),
        ({"validTo": "soon"}, "metadata.validTo 'soon' is not a date and time"),
        ({"issued": 2026}, "metadata.issued 2026 is not a date and time"),
    ],
)
def test_metadata_without_moments_is_refused(metadata, fault):
    with pytest.raises(GeofenceError, match=fault) as refusal:
        _read({**_document(), "metadata": metadata})
    assert refusal.value.place == "zones.json"


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"name": "A valley"}, "name is not a list of texts"),
        ({"name": [{"text": "A valley"}]}, "name has no lang"),
        ({"type": "REQ_AUTHORISATION"}, "type is spelled REQ_AUTHORISATION"),
        ({"type": None}, "type is missing, PROHIBITED is taken"),
        ({"reason": "NATURE"}, "reason is not a list"),
        ({"reasons": ["NATURE"], "reason": None}, "members that say nothing"),
        ({"zoneAuthority": AUTHORITY}, "zoneAuthority is not a list"),
        ({"verticalLayer": LAYER}, "verticalLayer is among the properties"),
        ({"limitedApplicability": {"schedule": {"day": "ANY"}}}, "schedule is not a list"),
        (
            {"limitedApplicability": [{"startDateTime": "2026-01-01T00:00:00"}]},
            "startDateTime has no time zone, UTC is taken",
        ),
        ({"limitedApplicability": [{"schedule": [{"startTime": "08:00Z"}]}]}, "day is missing, every day"),
        ({"message": []}, "members that say nothing are not left out"),
        ({"identifier": None}, "identifier is missing"),
    ],
)
def test_deviations_are_read_and_reported(properties, said):
    log = RepairLog("zones.json")
    _read(_document(**properties), log=log)
    assert any(said in repair.message and repair.code is RepairCode.VALUE for repair in log.repairs)
    assert all(repair.place.startswith("zones.json") for repair in log.repairs)


@pytest.mark.parametrize(
    ("layer", "band"),
    [
        ({"upper": 0, "lower": 0, "UOM": ""}, UNBOUNDED),
        ({"upper": 120, "lower": 120, "uom": "m"}, UNBOUNDED),
        ({"upper": 10, "lower": 120, "uom": "m"}, UNBOUNDED),
        ({"upper": 120, "upperReference": "AGL"}, AltitudeBand(None, 120.0)),
        ({"upper": "120", "upperReference": "AGL", "uom": "m"}, AltitudeBand(None, 120.0)),
        ({"lower": 60, "lowerReference": "WGS84"}, AltitudeBand(60.0, None, AltitudeDatum.ELLIPSOID)),
        ({}, UNBOUNDED),
    ],
)
def test_a_band_that_says_nothing_holds_all_altitudes(layer, band):
    geometry = {"type": "Polygon", "coordinates": [RING], "layer": layer}
    assert _read(_document(geometry))[0].volumes[0].band == band


def test_the_same_identifier_twice_makes_two_zones():
    document = _document()
    document["features"] *= 2
    log = RepairLog()
    zones = _read(document, log=log)
    assert [zone.zone_id for zone in zones] == ["ABC1234", "ABC1234-2"]
    assert "identifier ABC1234 is another zone's too" in log.repairs[0].message
    again = read_ed318(write_ed318(zones, log=RepairLog()), source="", log=RepairLog())
    assert [zone.zone_id for zone in again] == ["ABC1234", "ABC1234-2"]


def test_an_edit_by_others_counts_for_more_than_what_was_kept():
    log = RepairLog()
    inclusion = Zone.of_circle(
        "precinct of the station", "辖区", ZoneKind.INCLUSION, Circle(LatLon(36.0, 103.8), 500.0)
    )
    written = json.loads(write_ed318([inclusion], log=log))
    assert "ED-318 cannot say its id, kind" in log.repairs[0].message
    assert _read(written)[0] == inclusion
    written["features"][0]["properties"]["type"] = "PROHIBITED"
    log = RepairLog()
    (zone,) = _read(written, log=log)
    assert zone.kind is ZoneKind.EXCLUSION
    assert "was changed after it was written" in log.repairs[-1].message


def test_long_texts_are_cut_for_others_and_kept_for_us():
    zone = Zone.of_circle(
        "a",
        "a",
        ZoneKind.EXCLUSION,
        Circle(LatLon(36.0, 103.8), 500.0),
        message="长" * 900,
    )
    log = RepairLog()
    content = write_ed318([zone], log=log)
    (text,) = json.loads(content)["features"][0]["properties"]["message"]
    assert len(text["text"]) == 200
    assert "cannot say message" in log.repairs[0].message
    assert read_ed318(content, source="", log=RepairLog())[0].message == zone.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_it_is_known_in_any_encoding(tmp_path, encoding):
    path = tmp_path / "zones.json"
    path.write_text(json.dumps(_document()), encoding=encoding)
    assert read_zones(path).zones[0].severity is ZoneSeverity.AUTHORISATION
