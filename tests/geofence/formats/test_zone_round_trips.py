"""What is written and read again is the same zone, in every format that can say all of it."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.applicability import Applicability, DailyPeriod, DayTime, Period, Weekday
from geofence.circle import Circle
from geofence.formats.eurocae.ed269 import is_ed269, read_ed269, write_ed269
from geofence.formats.eurocae.ed318 import is_ed318, read_ed318, write_ed318
from geofence.formats.geojson import read_geojson, write_geojson
from geofence.formats.repair_log import RepairLog
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode
from geofence.sun import SunEvent
from geofence.zone import (
    Authority,
    Volume,
    Zone,
    ZoneAction,
    ZoneKind,
    ZoneSeverity,
    circle_volume,
)

RING = [[103.70, 36.09], [103.71, 36.09], [103.71, 36.10], [103.70, 36.10], [103.70, 36.09]]
HOLE = [[103.704, 36.094], [103.706, 36.094], [103.706, 36.096], [103.704, 36.094]]

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
names = texts.map(str.strip).filter(bool)
identifiers = names.map(lambda text: " ".join(text.split())).filter(bool)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
taken_words = st.sampled_from(
    [
        *("severity", "floor_m", "ceiling_ft", "floor", "kind", "type", "message", "foreign", "dataset"),
        *("country", "variant", "region", "identifier", "restriction", "zoneAuthority", "name_texts"),
        *("extendedProperties", "otherReasonInfo", "limitedApplicability", "UASZone", "feiying", "reason"),
    ]
)
property_names = st.one_of(names, taken_words)
properties = st.dictionaries(property_names, values, max_size=4)
datums = st.sampled_from(AltitudeDatum)


@st.composite
def bands(draw):
    limits = st.none() | st.integers(-100, 9000).map(lambda tenths: tenths / 10.0)
    try:
        return AltitudeBand(draw(limits), draw(limits), draw(datums), draw(st.none() | datums))
    except GeofenceError:
        return AltitudeBand()


areas = st.sampled_from(
    [
        box(103.70, 36.09, 103.71, 36.10),
        Polygon(RING, [HOLE]),
        MultiPolygon([box(103.70, 36.09, 103.71, 36.10), box(104.0, 36.0, 104.1, 36.1)]),
        MultiPolygon([box(179.9, -17.1, 180.0, -17.0), box(-180.0, -17.1, -179.9, -17.0)]),
    ]
)
circles = st.builds(
    Circle,
    st.builds(
        LatLon, st.integers(-800, 800).map(lambda n: n / 10), st.integers(-1790, 1790).map(lambda n: n / 10)
    ),
    st.integers(1, 50_000).map(float),
)
day_times = st.one_of(
    st.integers(0, 86_400).map(lambda s: DayTime(float(s))),
    st.builds(
        lambda offset_s, event: DayTime(offset_s / 4.0, event),
        st.integers(-40_000, 40_000),
        st.sampled_from(SunEvent),
    ),
)
daily_periods = st.builds(
    DailyPeriod, st.frozensets(st.sampled_from(Weekday), min_size=1), day_times, day_times
)
moments = st.builds(
    lambda minutes, hours: (
        datetime(2026, 1, 1, tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
        + timedelta(minutes=minutes)
    ),
    st.integers(0, 500_000),
    st.sampled_from([0, 0, 8, -5]),
)


@st.composite
def periods(draw):
    first, last = sorted((draw(moments), draw(moments)))
    return Period(
        draw(st.sampled_from([None, first])),
        draw(st.sampled_from([None, last])),
        tuple(draw(st.lists(daily_periods, max_size=2))),
    )


applicabilities = st.builds(
    Applicability,
    st.lists(periods(), max_size=2).map(tuple),
    st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Sofia", "Asia/Kathmandu"]),
)
authorities = st.builds(Authority, *([texts] * 8))


@st.composite
def zones(draw):
    kind = draw(st.sampled_from(ZoneKind))
    volumes = draw(
        st.lists(
            st.one_of(
                st.builds(Volume, areas, bands()),
                st.builds(lambda circle, band: circle_volume(circle, kind, band), circles, bands()),
            ),
            min_size=1,
            max_size=3,
        )
    )
    return Zone(
        zone_id=draw(identifiers),
        name=draw(names),
        kind=kind,
        volumes=tuple(volumes),
        applicability=draw(applicabilities),
        stated_severity=draw(st.none() | st.sampled_from(ZoneSeverity)),
        stated_action=draw(st.none() | st.sampled_from(ZoneAction)),
        causes=tuple(draw(st.lists(texts, max_size=2))),
        message=draw(texts),
        authorities=tuple(draw(st.lists(authorities, max_size=2))),
        version=draw(texts),
        source=draw(texts),
        properties=draw(properties),
    )


zone_lists = st.lists(zones(), min_size=1, max_size=3, unique_by=lambda zone: zone.zone_id)


def assert_same(before, after):
    """Compare zones by all they mean; a polygon may start at another corner."""
    fields = (
        *("zone_id", "name", "kind", "applicability", "stated_severity", "stated_action", "causes"),
        *("message", "authorities", "version", "source"),
    )
    for field in fields:
        assert getattr(after, field) == getattr(before, field), field
    assert dict(after.properties) == dict(before.properties)
    assert len(after.volumes) == len(before.volumes)
    for old, new in zip(before.volumes, after.volumes, strict=True):
        assert (new.band, new.circle) == (old.band, old.circle)
        assert new.area.equals(old.area)


FORMATS = {
    "geojson": (read_geojson, write_geojson),
    "ed269": (read_ed269, write_ed269),
    "ed318": (read_ed318, write_ed318),
}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25, deadline=None)
@given(written=zone_lists)
def test_zones_come_back_as_they_were(name, written):
    read, write = FORMATS[name]
    log = RepairLog()
    content = write(written, log=log)
    found = read(content, source="zones", log=RepairLog())
    for before, after in zip(written, found, strict=True):
        assert_same(before, after)
    assert {repair.code for repair in log.repairs} <= {RepairCode.LOST}
    assert write(found, log=RepairLog()) == write(found, log=RepairLog())
    assert is_ed269(content) is (name == "ed269")
    assert is_ed318(content) is (name == "ed318")


@settings(max_examples=20, deadline=None)
@given(zone_lists)
def test_a_chain_through_all_formats_loses_nothing(written):
    first = write_geojson(written, log=RepairLog())
    zones = read_geojson(first, source="a", log=RepairLog())
    zones = read_ed269(write_ed269(zones, log=RepairLog()), source="b", log=RepairLog())
    zones = read_ed318(write_ed318(zones, log=RepairLog()), source="c", log=RepairLog())
    assert json.loads(write_geojson(zones, log=RepairLog())) == json.loads(first)
