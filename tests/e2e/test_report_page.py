"""The report in a real browser, from a file, without a network."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geofence.formats.zone_files import read_zones
from geofence.latlon import LatLon
from geofence.terrain import GridTerrain
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern
from missions.report.flight_profile import FlightProfile
from missions.report.gantt import Bar, BarKind, Gantt
from missions.report.report import Flight, report_to_html
from missions.report.track import track_of
from tests.e2e.accessibility import FAULTS

pytestmark = pytest.mark.browser

ZONES = Path(__file__).parents[2] / "examples" / "lanzhou" / "zones.geojson"
NASTY = "夜巡 </script><img src=x onerror=\"document.title='broken'\"> ${1}"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    zones = read_zones(ZONES)
    request = PatrolRequest(
        AreaPattern("yanming-island", 60.0), 60.0, LatLon(36.094195, 103.706334), drones=2, speed_m_s=10.0
    )
    plans = [
        replace(plan, name=f"{NASTY} {n}") for n, plan in enumerate(plan_patrol(zones, request), start=1)
    ]
    ends = track_of(plans[0]).ends()
    used = tuple(0.1 * ends[seq].time_s for seq in ends)
    profile = FlightProfile(tuple(ends), tuple(ends[seq].time_s for seq in ends), used, 100.0, 25.0)
    slope = GridTerrain(
        np.tile(np.linspace(1500.0, 1540.0, 40), (2, 1)),
        north_deg=36.2,
        west_deg=103.66,
        lat_step_deg=0.3,
        lon_step_deg=0.003,
    )
    gantt = Gantt(
        tuple(Bar(f"drone {n}", kind, 200.0 * n, 200.0 * n + 150.0, kind) for n, kind in enumerate(BarKind))
    )
    flights = [Flight(plans[0], profile, True), Flight(plans[1], departs_s=60.0)]
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_to_html(flights, zones=zones, terrain=slope, gantt=gantt), "utf-8")
    return path


@pytest.fixture
def page(browser, report):
    faults = []
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else faults.append(r.url))
    page.goto(report.as_uri())
    yield page
    page.close()
    assert faults == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 1024])
def test_it_can_be_read(page, language, width):
    page.set_viewport_size({"width": width, "height": 900})
    if language == "en":
        page.click("#language")
    assert page.locator("h2").first.inner_text() == ("航线图" if language == "zh" else "Map")
    assert page.evaluate(FAULTS) == []
    assert page.title() != "broken"


def test_only_tables_are_wider_than_a_telephone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_clock_moves_the_drones_the_charts_and_the_table(page):
    def drawn():
        boxes = [page.locator(".drone").nth(n).bounding_box() for n in (0, 1)]
        cursor = page.locator("#flight-0 .cursor").first.get_attribute("transform")
        return boxes, cursor, page.locator("#flight-0 tr.now").inner_text()

    before = drawn()
    page.locator("#clock").evaluate(
        "clock => { clock.value = 150; clock.dispatchEvent(new Event('input')); }"
    )
    after = drawn()
    assert page.locator("#clock-text").inner_text() == "2:30"
    assert all(a != b for a, b in zip(before[0], after[0], strict=True))
    assert before[1:] != after[1:]


def test_a_row_of_the_table_sets_the_clock_to_its_flight(page):
    row = page.locator("#flight-1 tr[data-time]").first
    row.click()
    assert float(page.locator("#clock").input_value()) == pytest.approx(
        60.0 + float(row.get_attribute("data-time")), abs=0.1
    )
    assert "now" in row.get_attribute("class")


def test_it_prints_on_a4(page):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for words in ("#clock", "#language", ".leaflet-control-zoom"):
        assert not page.locator(words).first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 703 + 1
    assert page.locator(".scroll").first.evaluate("box => box.scrollHeight - box.clientHeight") <= 1
