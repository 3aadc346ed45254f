"""The guide to zone files keeps to what the code does."""

import json
import re
from pathlib import Path

import pytest

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.circle import Circle
from geofence.crs import BOX_DEG, Crs
from geofence.formats.geojson import read_geojson, write_geojson
from geofence.formats.own_properties import OWN_WORDS
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_format import FORMATS
from geofence.latlon import LatLon
from geofence.repair import RepairCode
from geofence.zone import ZoneAction, ZoneKind, ZoneSeverity
from geofence.zone_audit import AuditCode

GUIDE = (Path(__file__).parents[3] / "docs" / "zones.md").read_text(encoding="utf-8")


def example():
    (block,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    return json.loads(block)


def test_the_example_says_what_the_guide_says_it_does():
    log = RepairLog()
    (zone,) = read_geojson(json.dumps(example()).encode(), source="guide", log=log)
    assert log.repairs == []
    assert (zone.zone_id, zone.kind, zone.severity) == (
        "stadium",
        ZoneKind.EXCLUSION,
        ZoneSeverity.AUTHORISATION,
    )
    assert zone.action is ZoneAction.RETURN
    assert zone.volumes[0].circle == Circle(LatLon(36.0712, 103.7205), 400.0)
    assert zone.volumes[1].band == AltitudeBand(None, 1700.0, AltitudeDatum.AGL, AltitudeDatum.AMSL)
    assert len(zone.applicability.periods[0].daily) == 2
    assert zone.properties == {"surveyed_by": "kept, as is every property that is not ours"}


def test_the_example_comes_back_as_it_is():
    (feature,) = example()["features"]
    zones = read_geojson(json.dumps(feature).encode(), source="guide", log=RepairLog())
    (written,) = json.loads(write_geojson(zones, log=RepairLog()))["features"]
    assert written["properties"] == feature["properties"]
    assert written["geometry"] == feature["geometry"]


@pytest.mark.parametrize(
    "word",
    [
        *OWN_WORDS,
        *(code.value for code in RepairCode),
        *(code.value for code in AuditCode),
        *(suffix for handler in FORMATS.values() for suffix in handler.suffixes),
        *(crs.value for crs in Crs),
        *(action.value for action in ZoneAction),
        *map(str, BOX_DEG),
    ],
)
def test_the_guide_names_every_word(word):
    assert re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", GUIDE)
