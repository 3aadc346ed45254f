import json
import re
from dataclasses import replace

import pytest

from geofence.verification.finding import Finding, FindingCode, Severity
from geofence.zone import ZoneKind
from missions.files.plan_files import export_plan
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern
from missions.refusal import MissionError
from missions.report import route_map
from missions.report.flight_profile import FlightProfile
from missions.report.gantt import Bar, BarKind, Gantt
from missions.report.report import Flight, report_to_html
from missions.report.track import track_of

NASTY = "</script><script>alert(1)</script>`${alert(2)}` {{ 3 }} {% x %} <img src=x onerror=alert(4)> \" ' 岛"


@pytest.fixture(scope="module")
def made(fields):
    nasty = replace(fields.zone(fields.RECTANGLE), name=NASTY)
    zones = fields.zones(nasty, fields.zone(fields.DUMBBELL.buffer(-90), "no", ZoneKind.EXCLUSION, 20.0))
    return zones, plan_patrol(zones, PatrolRequest(AreaPattern("field", 40.0), 50.0, fields.at(20, 20)))[0]


@pytest.fixture
def assets(monkeypatch, tmp_path):
    """Stand-ins for the built map library, so that the test needs no build."""
    (tmp_path / "leaflet.js").write_text("/* map {{ library }} {% if %} */", "utf-8")
    (tmp_path / "leaflet.css").write_text(".leaflet-pane { z-index: 400 }", "utf-8")
    monkeypatch.setattr(route_map, "_ASSETS", tmp_path)
    return tmp_path


def tracks_in(page):
    return json.loads(re.search(r'<script id="tracks"[^>]*>(.*?)</script>', page, re.DOTALL)[1])


def test_nothing_is_loaded_from_elsewhere(made, assets):
    zones, plan = made
    page = export_plan(plan, "html", zones=zones).decode()
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", page.replace(NASTY, ""))
    assert "url(http" not in page
    assert page.count("/* map {{ library }} {% if %} */") == 1


def test_everything_is_drawn_and_named_in_both_languages(made, assets):
    zones, plan = made
    page = export_plan(plan, "html", zones=zones).decode()
    for chinese, english in (
        ("允许区", "Inclusion zone"),
        ("禁飞区", "Exclusion zone"),
        ("覆盖", "Coverage"),
        ("起降点", "Take-off and landing"),
        ("区域巡逻", "Area patrol"),
        ("飞往航点", "Fly to waypoint"),
    ):
        assert f'<span lang="zh">{chinese}</span><span lang="en">{english}</span>' in page
    assert page.count("L.polyline(") == len(plan.routes) + 2  # those that the page itself draws by time
    assert page.count("<tr tabindex") + page.count("<tr><td") == len(plan.items)
    assert f"<title>{plan.name}</title>" in page
    assert '<html lang="zh" data-lang="zh">' in page


def test_names_are_text_and_never_code(made, assets):
    zones, plan = made
    finding = Finding(Severity.VIOLATION, FindingCode.MARGIN, NASTY, NASTY, 3, 2, "field")
    bad = replace(plan, name=NASTY, findings=(finding,))
    gantt = Gantt((Bar(NASTY, BarKind.FLIGHT, 0.0, 900.0, NASTY),))
    page = report_to_html([Flight(bad)], zones=zones, gantt=gantt, title=NASTY)
    for code in ("<script>alert(1)", "<img", "</script><script>alert"):
        assert code not in page
    assert "${alert" not in "".join(re.findall(r"<script.*?</script>", page, re.DOTALL))
    assert page.count("<script") == 5  # the library, folium's own, the tracks, the map, the page's program


def test_a_plan_of_items_alone_is_drawn(made, assets):
    _, plan = made
    page = export_plan(replace(plan, routes=()), "html").decode()
    (flight,) = tracks_in(page)
    assert len(flight["places"]) == sum(
        item.position is not None for item in plan.items if item.is_navigation
    )
    assert flight["track"][0][2:4] == pytest.approx([plan.home.lat_deg, plan.home.lon_deg])


def test_missing_assets_are_refused(made, monkeypatch, tmp_path):
    monkeypatch.setattr(route_map, "_ASSETS", tmp_path / "none")
    with pytest.raises(MissionError, match="map library") as refused:
        export_plan(made[1], "html")
    assert "make" in refused.value.remedy


def test_a_remote_address_is_refused(made, assets):
    (assets / "leaflet.css").write_text("a { background: url(https://example.org/a.png) }", "utf-8")
    with pytest.raises(MissionError, match=r"example\.org"):
        export_plan(made[1], "html")


def test_no_marker_image_is_fetched(made, assets):
    """Leaflet fetches its own marker image for every marker that is made before its icon is set."""
    zones, plan = made
    page = export_plan(plan, "html", zones=zones).decode()
    assert 0 < page.index(route_map._NO_DEFAULT_ICON) < page.index("L.circleMarker(")


def test_a_verdict_is_given_only_where_there_was_a_verification(made, assets):
    _, plan = made
    clean = replace(plan, findings=())
    assert "verdict legal" in report_to_html([Flight(clean, is_verified=True)])
    assert "verdict unchecked" in report_to_html([Flight(clean, is_verified=False)])
    assert 'class="verdict' not in report_to_html([Flight(clean)])
    wrong = replace(plan, findings=(Finding(Severity.VIOLATION, FindingCode.MARGIN, "Too near", "Keep off"),))
    page = report_to_html([Flight(wrong, is_verified=True)])
    assert "verdict illegal" in page
    assert "verdict legal" not in page
    assert page.index("Too near") < page.index("Keep off")


def test_battery_and_energies_are_shown_where_they_are_known(made, assets):
    _, plan = made
    ends = track_of(plan).ends()
    seqs = tuple(ends)
    profile = FlightProfile(
        seqs, tuple(100.0 * (n + 1) for n in range(len(seqs))), tuple(map(float, seqs)), 90.0, 20.0
    )
    page = report_to_html([Flight(plan, profile)])
    assert 'class="line reserve"' in page
    assert f"{seqs[-1]:.1f} Wh</td>" in page
    assert tracks_in(page)[0]["track"][-1][0] == 100.0 * len(seqs)
    assert 'class="line reserve"' not in report_to_html([Flight(plan)])


def test_several_flights_are_on_one_clock(made, assets):
    _, plan = made
    late = Flight(replace(plan, name="late"), departs_s=300.0)
    page = report_to_html([Flight(plan), late])
    assert [track["departs"] for track in tracks_in(page)] == [0.0, 300.0]
    assert page.count('class="bar flight"') == 2
    last_s = 300.0 + track_of(plan).duration_s
    assert f'max="{last_s:.2f}"' in page


def test_no_flight_is_no_report():
    with pytest.raises(MissionError, match="no flight"):
        report_to_html([])
