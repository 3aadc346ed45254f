"""Zones as authorities publish them, kept outside the repository."""

import copy
import json
import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from shapely.geometry import Point

from geofence.altitude_band import UNBOUNDED, AltitudeBand, AltitudeDatum
from geofence.formats.eurocae.ed269 import read_ed269, write_ed269
from geofence.formats.eurocae.ed318 import read_ed318, write_ed318
from geofence.formats.geojson import read_geojson, write_geojson, zones_from_geojson
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_files import read_zones, write_zones
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.zone import ZoneKind, ZoneSeverity

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "zones"
BULGARIA = FOLDER / "ed269_bulgaria_caa_2026-07-30.json"
ED318 = FOLDER / "ed318"
VALID = [
    BULGARIA,
    ED318 / "enaire_0006-4.json",
    ED318 / "ireland-sample.geojson",
    ED318 / "official_Example_Collection.json",
    ED318 / "official_Example_GeoZone_2_Layers.json",
    ED318 / "official_Example_GeoZone_Circle.json",
]
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the published zones are not beside the checkout")


published = cache(read_zones)


@pytest.fixture
def bulgaria():
    return published(BULGARIA)


def test_all_zones_of_bulgaria_load_and_every_repair_is_listed(bulgaria):
    assert len(bulgaria) == 881
    assert sum(zone.volumes[0].circle is not None for zone in bulgaria) == 421
    assert Counter(zone.severity for zone in bulgaria) == {
        ZoneSeverity.AUTHORISATION: 583,
        ZoneSeverity.PROHIBITED: 214,
        ZoneSeverity.CONDITIONAL: 84,
    }
    assert sum(not zone.applicability.is_permanent for zone in bulgaria) == 2
    repaired = {
        code: {repair.zone_id for repair in bulgaria.repairs if repair.code is code} for code in RepairCode
    }
    assert len(repaired[RepairCode.SELF_INTERSECTION]) == 4
    assert len(repaired[RepairCode.REPEATED_POINT]) == 3
    assert "0001160" in repaired[RepairCode.VALUE]
    assert bulgaria.get("0001160").volumes[0].band == UNBOUNDED


def test_zones_of_bulgaria_that_are_limited_in_time_hold_only_then(bulgaria):
    summer, winter = 1_782_864_000.0, 1_767_225_600.0  # 2026-07-01, 2026-01-01
    limited = [zone for zone in bulgaria if not zone.applicability.is_permanent]
    assert [zone.is_active_at(summer) for zone in limited] == [False, False]
    assert sorted(zone.is_active_at(winter) for zone in limited) == [False, True]


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_a_chain_through_ed318_loses_nothing(path, tmp_path):
    first, middle, second = (tmp_path / name for name in ("a.geojson", "b.ed318.json", "c.geojson"))
    write_zones(published(path), first)
    write_zones(read_zones(first), middle)
    write_zones(read_zones(middle), second)
    assert json.loads(second.read_bytes()) == json.loads(first.read_bytes())


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_a_chain_through_ed269_loses_nothing(path):
    zones = list(published(path))
    again = read_ed269(write_ed269(zones, log=RepairLog()), source="", log=RepairLog())
    said, found = (json.loads(write_geojson(each, log=RepairLog())) for each in (zones, again))
    assert found == said


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_what_was_repaired_once_needs_no_repair_again(path):
    written = write_geojson(published(path), log=RepairLog())
    log = RepairLog()
    read_geojson(written, source="", log=log)
    assert log.repairs == []


def test_the_official_examples_come_back_as_they_are():
    for path in VALID[-3:]:
        document = json.loads(path.read_bytes())
        log = RepairLog()
        assert json.loads(write_ed318(read_zones(path), log=log)) == document
        assert log.repairs == []


def test_the_official_layers_and_circle_are_volumes():
    layers, circle = read_zones(ED318 / "official_Example_Collection.json")
    assert [volume.band for volume in layers.volumes] == [AltitudeBand(50, 150), AltitudeBand(0, 50)]
    assert circle.volumes[0].circle.radius_m == 3500.0
    assert (circle.severity, circle.causes) == (ZoneSeverity.PROHIBITED, ("population", "nature"))
    assert not layers.is_active_at(1_767_225_600.0)


def test_the_official_invalid_example_is_refused_by_name():
    path = ED318 / "official_InvalidExample_GeoZone_2_Layers.json"
    with pytest.raises(GeofenceError, match=r"metadata\.validFrom .* is not a date and time") as refusal:
        read_zones(path)
    assert refusal.value.place == str(path)


def test_what_else_is_invalid_in_it_is_reported():
    document = json.loads((ED318 / "official_InvalidExample_GeoZone_2_Layers.json").read_bytes())
    document["metadata"]["validFrom"] = "2018-12-31T15:59:59Z"
    log = RepairLog()
    (zone,) = read_ed318(json.dumps(document).encode(), source="", log=log)
    assert zone.severity is ZoneSeverity.AUTHORISATION
    assert "name has no lang" in log.repairs[0].message
    assert "type is spelled REQ_AUTHORISATION" in log.repairs[0].message


def test_spain_is_read_with_its_deviations():
    (zone,) = zones = read_zones(ED318 / "enaire_0006-4.json")
    assert (zone.zone_id, zone.name, zone.kind) == ("0006-4", "0006-4", ZoneKind.EXCLUSION)
    assert (zone.severity, zone.causes) == (ZoneSeverity.AUTHORISATION, ("privacy",))
    assert zone.applicability.is_permanent
    assert zone.volumes[0].band == UNBOUNDED
    assert zone.authorities[0].email == "cecaf@ea.mde.es"
    assert zone.properties["SHAPE_Area"] == "237436643.105532"
    said = " ".join(repair.message for repair in zones.repairs)
    for deviation in ("nested in UASZone", "verticalLayer", "called reasons", "say nothing", "0 to 0"):
        assert deviation in said


def test_ireland_is_read_with_its_deviations():
    zones = read_zones(ED318 / "ireland-sample.geojson")
    assert [zone.zone_id for zone in zones] == ["U74", "U5", "T43"]
    assert zones.get("U74").volumes[0].band == AltitudeBand(0.0, 121.92)
    assert zones.get("U5").volumes[0].band.ceiling_datum is AltitudeDatum.AMSL
    assert zones.get("T43").is_active_at(1_785_672_000.0)  # 2026-08-02 12:00
    assert not zones.get("T43").is_active_at(1_785_758_400.0)
    said = " ".join(repair.message for repair in zones.repairs)
    for deviation in ("datasetMetadata", "name, message", "reason is not a list", "say nothing"):
        assert deviation in said


def test_the_districts_of_lanzhou_are_plain_inclusions():
    zones = read_zones(FOLDER / "lanzhou_620100_datav.json")
    assert [zone.name for zone in zones][:2] == ["西固区", "红古区"]
    assert all(zone.kind is ZoneKind.INCLUSION for zone in zones)
    assert zones.get("620105").area.contains(Point(103.72, 36.10))
    assert all(repair.area_m2 <= 0.0 for repair in zones.repairs)


JUNK = [None, "", [], {}, 0, -1, 1e308, "x", [[]], {"a": []}, True, "ANY", "2026-13-01", 10**30]


def _leaves(value, path=()):
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value[:3])
    else:
        members = ()
    for key, inner in members:
        yield (*path, key)
        yield from _leaves(inner, (*path, key))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_a_mutilated_document_is_read_or_refused(path):
    document = json.loads(path.read_bytes())
    if path is BULGARIA:
        document["features"] = document["features"][:1] + document["features"][2:3]
    generator = random.Random(path.name)
    places = list(_leaves(document))
    for feature in document.get("features", []):
        shape = feature["geometry"]
        if path.name.startswith("ireland"):
            shape["coordinates"] = [[shape["coordinates"][0][0][::25]]]
    read = read_ed269 if path is BULGARIA else read_ed318
    for _ in range(120):
        broken = copy.deepcopy(document)
        for place in generator.sample(places, generator.choice([1, 1, 2, 4])):
            try:
                inner = broken
                for key in place[:-1]:
                    inner = inner[key]
                if generator.random() < 0.3:
                    del inner[place[-1]]
                else:
                    inner[place[-1]] = copy.deepcopy(generator.choice(JUNK))
            except (KeyError, IndexError, TypeError):
                continue
        content = json.dumps(broken).encode()
        for attempt in (read, read_geojson):
            try:
                zones = attempt(content, source="broken", log=RepairLog())
            except GeofenceError as refusal:
                str(refusal).encode()
                continue
            first = write_geojson(zones, log=RepairLog())
            again = write_ed318(zones_from_geojson(json.loads(first)), log=RepairLog())
            assert len(read_ed318(again, source="", log=RepairLog())) == len(zones)


@pytest.mark.parametrize("path", VALID[1:4], ids=lambda path: path.name)
def test_cut_and_flipped_bytes_are_read_or_refused(path, tmp_path):
    content = path.read_bytes()[:6000]
    generator = random.Random(path.name)
    broken = tmp_path / "broken.json"
    for _ in range(60):
        changed = bytearray(content)
        for _ in range(generator.choice([0, 1, 3])):
            changed[generator.randrange(len(changed))] = generator.randrange(256)
        broken.write_bytes(bytes(changed[: generator.randrange(len(changed))]))
        with pytest.raises(GeofenceError):
            read_zones(broken)
