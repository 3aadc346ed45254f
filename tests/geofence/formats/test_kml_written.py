import json
from datetime import UTC, datetime

import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import Applicability, DailyPeriod, DayTime, Period, Weekday
from geofence.circle import Circle
from geofence.formats.geojson import zone_to_feature
from geofence.formats.kml.values import text_of_value, value_of_text
from geofence.formats.kml.writer import write_kml, write_kmz
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_files import read_zones, write_zones
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.sun import SunEvent
from geofence.zone import Authority, Volume, Zone, ZoneAction, ZoneKind, ZoneSeverity, circle_volume
from tests.geofence.formats.kml_documents import read_one

LAYERS = (
    Volume(box(103.7, 36.0, 103.8, 36.1), AltitudeBand(0.0, 60.0)),
    Volume(
        MultiPolygon([box(103.7, 36.0, 103.9, 36.1), box(104, 36, 104.1, 36.1)]),
        AltitudeBand(60.0, 1500.0, AltitudeDatum.AGL, AltitudeDatum.AMSL),
    ),
    circle_volume(
        Circle(LatLon(36.0, 105.0), 800.0), ZoneKind.EXCLUSION, AltitudeBand(None, 30.0, AltitudeDatum.REL)
    ),
)
FULL = Zone(
    "青石岛 1",
    "Qingshi\nisland",
    ZoneKind.EXCLUSION,
    LAYERS,
    Applicability(
        (
            Period(datetime(2026, 1, 1, tzinfo=UTC), None),
            Period(daily=(DailyPeriod(frozenset((Weekday.MONDAY,)), DayTime(60.0), DayTime(-600.0, SunEvent.SUNSET)),)),
        ),
        "Asia/Shanghai",
    ),
    ZoneSeverity.CONDITIONAL,
    ZoneAction.RETURN,
    ("nature", "privacy"),
    "Ask first & then <fly>",
    (Authority("CAAC", "authorization", phone="12345"),),
    "2.0",
    "AIP",
    {"description": "x", "folder": ["a", "b"], "n": 5, "text5": "5", "none": None, "deep": {"list": [1.0, True, "]]>"]}},
)  # fmt: skip


@pytest.mark.parametrize("suffix", ["kml", "kmz"])
def test_every_field_of_a_zone_comes_back(tmp_path, suffix):
    zones = [
        FULL,
        Zone.of_circle("c", "c", ZoneKind.INCLUSION, Circle(LatLon(-17.0, 179.999), 900.0)),
        Zone.of_area(
            "p", "p", ZoneKind.ADVISORY, Polygon(box(0, 0, 1, 1).exterior, [box(0.2, 0.2, 0.4, 0.4).exterior])
        ),
    ]
    path = tmp_path / f"zones.{suffix}"
    assert write_zones(zones, path) == ()
    back = read_zones(path)
    assert back.repairs == ()
    assert [zone_to_feature(zone) for zone in back] == [zone_to_feature(zone) for zone in zones]
    assert [zone.applicability for zone in back] == [zone.applicability for zone in zones]
    assert path.read_bytes() == (write_kmz if suffix == "kmz" else write_kml)(zones, log=RepairLog())


def test_gdal_reads_what_is_written(tmp_path):
    path = tmp_path / "zones.kml"
    write_zones(
        [FULL, Zone.of_area("p", "p", ZoneKind.INCLUSION, box(0, 0, 1, 1), AltitudeBand(5.0, 60.0))], path
    )
    found = {}
    for layer, _ in pyogrio.list_layers(path):
        meta, _, geometries, values = pyogrio.raw.read(path, layer=layer)
        fields = dict(zip(meta["fields"], values, strict=True))
        for row, geometry in enumerate(shapely.from_wkb(geometries)):
            found[fields["Name"][row]] = (
                shapely.force_2d(geometry),
                {name: each[row] for name, each in fields.items()},
            )
    area, fields = found["p"]
    assert area.equals(box(0, 0, 1, 1))
    assert (fields["kind"], float(fields["ceiling_m"]), fields["datum"]) == ("inclusion", 60.0, "agl")
    (area, fields) = next(entry for name, entry in found.items() if name.startswith("Qingshi"))
    assert area.geom_type in ("MultiPolygon", "GeometryCollection")
    assert shapely.union_all(shapely.get_parts(area)).equals(FULL.area)
    assert json.loads(fields["causes"]) == ["nature", "privacy"]
    assert fields["feiying_id"] == "青石岛 1"


def test_a_circle_whose_polygon_was_changed_is_taken_as_drawn():
    zone = Zone.of_circle("c", "c", ZoneKind.EXCLUSION, Circle(LatLon(36.0, 105.0), 900.0))
    text = write_kml([zone], log=RepairLog()).decode()
    grown = Zone.of_circle("c", "c", ZoneKind.EXCLUSION, Circle(LatLon(36.0, 105.0), 950.0))
    drawn = text.replace('"radius_m": 900.0', '"radius_m": 950.0')
    back, (repair,) = read_one(drawn)
    assert back.volumes[0].circle is None
    assert back.area.equals(zone.area)
    assert repair.code is RepairCode.VALUE
    assert not back.area.equals(grown.area)
    assert read_one(text.replace('"inclusion"', '"exclusion"'))[0].volumes[0].circle == zone.volumes[0].circle


def test_a_property_that_kml_needs_itself_is_reported():
    zone = Zone.of_area("p", "p", ZoneKind.ADVISORY, box(0, 0, 1, 1), properties={"feiying_volumes": [1]})
    log = RepairLog("z.kml")
    assert not read_one(write_kml([zone], log=log))[0].properties
    assert [repair.code for repair in log.repairs] == [RepairCode.LOST]


def test_a_property_that_json_cannot_say_is_refused(tmp_path):
    zone = Zone.of_area("p", "p", ZoneKind.ADVISORY, box(0, 0, 1, 1), properties={"x": float("nan")})
    with pytest.raises(GeofenceError, match="the property x cannot be written"):
        write_zones([zone], tmp_path / "z.kml")


@pytest.mark.parametrize("value", [10**30, "\ud800"])
def test_what_other_programs_cannot_read_is_neither_written_nor_made_of_a_text(value):
    with pytest.raises(GeofenceError, match="the property x cannot be written"):
        text_of_value("x", value)
    assert value_of_text("x", json.dumps(value)) == json.dumps(value)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2**63, 2**63) | st.floats(allow_nan=False, allow_infinity=False)
    | texts | st.sampled_from(["5", "1.50", "null", "true", '"x"', "[1]", " x", "\r", "\x00", "1e5", "NaN", "<a>&", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(anything, st.sampled_from(["x", "floor_m", "ceiling"]))
def test_every_value_comes_back(value, name):
    text = text_of_value(name, value)
    if name != "x" and isinstance(value, int | float) and not isinstance(value, bool):
        assert value_of_text(name, text) == pytest.approx(value)
        return
    assert json.dumps(value_of_text(name, f" {text}\n")) == json.dumps(value)


keys = texts.filter(
    lambda key: key not in ("floor", "ceiling", "kind", "name", "message", "version", "source", "id")
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(keys, anything, max_size=4),
    st.text(min_size=1).filter(str.strip),
    st.sampled_from(ZoneKind),
)
def test_every_property_comes_back(properties, name, kind):
    zone = Zone.of_area(" ".join(name.split()), name, kind, box(0, 0, 1, 1), properties=properties)
    back, repairs = read_one(write_kml([zone], log=RepairLog()))
    assert json.dumps(zone_to_feature(back), sort_keys=True) == json.dumps(
        zone_to_feature(zone), sort_keys=True
    )
    assert repairs == []
