import re
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.terrain import GridTerrain
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet
from missions.files.item_values import numbered
from missions.plan.item import Command, MissionItem
from missions.plan.plan import Plan
from missions.report.altitude_chart import altitude_chart
from missions.report.axes import ticks, time_ticks
from missions.report.gantt import Bar, BarKind, Gantt
from missions.report.gantt_chart import gantt_chart
from missions.report.track import track_of
from tests.missions import fields

HOME = fields.at(0, 0)
PLAN = Plan(
    "x",
    HOME,
    numbered(
        (
            MissionItem(0, Command.NAV_TAKEOFF, alt_m=50.0),
            MissionItem(0, Command.NAV_WAYPOINT, position=fields.at(1000, 0), alt_m=50.0),
        )
    ),
    home_alt_amsl_m=1500.0,
)


def drawn(chart, css):
    svg = fromstring(re.search(r"<svg.*?</svg>", chart, re.DOTALL)[0])
    return [element.get("d") for element in svg.iter() if element.get("class") == css]


def heights(d):
    return {float(pair.split()[1]) for pair in re.findall(r"[\d.]+ [\d.]+", d)}


def zone(kind, floor_m, ceiling_m, datum=AltitudeDatum.AGL, box=(400, -50, 600, 50)):
    area = fields.FRAME.unproject(shapely.box(*box))
    return Zone.of_area(kind.value, kind.value, kind, area, AltitudeBand(floor_m, ceiling_m, datum))


def chart(*zones, terrain=None):
    return altitude_chart(PLAN, track_of(PLAN), zones=ZoneSet(zones), terrain=terrain)


def test_what_is_forbidden_is_drawn_where_it_is():
    (band,) = drawn(chart(zone(ZoneKind.EXCLUSION, 20.0, 80.0)), "forbidden")
    xs = [float(pair.split()[0]) for pair in re.findall(r"[\d.]+ [\d.]+", band)]
    left, width = 58.0, 1000.0 - 58.0 - 16.0
    assert min(xs) == pytest.approx(left + 0.4 * width, abs=3.0)
    assert max(xs) == pytest.approx(left + 0.6 * width, abs=3.0)
    assert len(heights(band)) == 2


def test_limits_above_the_sea_are_counted_from_home():
    above_home = drawn(chart(zone(ZoneKind.EXCLUSION, 20.0, 80.0)), "forbidden")
    above_sea = drawn(chart(zone(ZoneKind.EXCLUSION, 1520.0, 1580.0, AltitudeDatum.AMSL)), "forbidden")
    assert above_home == above_sea


def test_what_is_allowed_has_its_floor_and_its_ceiling():
    allowed = chart(zone(ZoneKind.INCLUSION, 30.0, 90.0), zone(ZoneKind.ADVISORY, 10.0, 20.0))
    assert len(drawn(allowed, "line ceiling")) == 1
    assert len(drawn(allowed, "line floor")) == 1
    assert drawn(allowed, "forbidden") == []
    assert max(heights(drawn(allowed, "line ceiling")[0])) < min(heights(drawn(allowed, "line floor")[0]))


def test_the_ground_rises_under_the_route():
    slope = GridTerrain(
        np.tile(np.linspace(1500.0, 1560.0, 9), (2, 1)),
        north_deg=36.2,
        west_deg=HOME.lon_deg - 0.001,
        lat_step_deg=0.3,
        lon_step_deg=0.002,
    )
    assert len(heights(drawn(chart(terrain=slope), "ground")[0])) > 20
    assert "按平地绘制" not in chart(terrain=slope)
    assert "按平地绘制" in chart()


def test_a_zone_of_unknown_height_forbids_all_heights():
    unknown = zone(ZoneKind.EXCLUSION, 10.0, 20.0, AltitudeDatum.ELLIPSOID)
    (band,) = drawn(chart(unknown), "forbidden")
    assert max(heights(band)) - min(heights(band)) == pytest.approx(260.0 - 14.0 - 34.0, abs=1.0)


@settings(max_examples=200, deadline=None)
@given(low=st.floats(-1e4, 1e4), span=st.floats(1e-3, 1e5), about=st.integers(2, 12))
def test_ticks_are_few_round_and_within(low, span, about):
    for found in (ticks(low, low + span, about), time_ticks(low, low + span, about)):
        assert len(found) <= about + 2
        assert found == sorted(set(found))
        assert all(low - 1e-6 * span - 1e-6 <= tick <= low + span + 1e-6 * span + 1e-6 for tick in found)
    assert ticks(low, low + span, about)


texts = st.text(max_size=12)
bars = st.builds(
    lambda row, kind, begins_s, lasts_s, label: Bar(row, kind, begins_s, begins_s + lasts_s, label),
    texts,
    st.sampled_from(BarKind),
    st.floats(0.0, 7200.0),
    st.floats(0.0, 3600.0),
    st.text("<>&\"'岛ab", max_size=8),
)


@settings(max_examples=60, deadline=None)
@given(row=st.lists(bars, min_size=1, max_size=8))
def test_any_schedule_is_one_picture_with_all_its_bars(row):
    safe = [
        Bar(re.sub(r"[^\w<&]", "", bar.row), bar.kind, bar.begins_s, bar.ends_s, bar.label) for bar in row
    ]
    made = gantt_chart(Gantt(tuple(safe)))
    svg = fromstring(re.search(r"<svg.*?</svg>", made, re.DOTALL)[0])
    assert sum((element.get("class") or "").startswith("bar ") for element in svg.iter()) == len(row)
