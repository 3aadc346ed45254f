import re
from dataclasses import replace

import pytest

from geofence.zone import ZoneKind
from missions.files.plan_files import export_plan
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern
from missions.refusal import MissionError
from missions.report import preview


@pytest.fixture(scope="module")
def made(fields):
    nasty = replace(
        fields.zone(fields.RECTANGLE), name="</script><script>alert(1)</script>`${alert(2)}` {{ 3 }} 岛"
    )
    zones = fields.zones(nasty, fields.zone(fields.DUMBBELL.buffer(-90), "no", ZoneKind.EXCLUSION, 20.0))
    return zones, plan_patrol(zones, PatrolRequest(AreaPattern("field", 40.0), 50.0, fields.at(20, 20)))[0]


@pytest.fixture
def assets(monkeypatch, tmp_path):
    """Stand-ins for the built map library, so that the test needs no build."""
    (tmp_path / "leaflet.js").write_text("/* map {{ library }} {% if %} */", "utf-8")
    (tmp_path / "leaflet.css").write_text(".leaflet-pane { z-index: 400 }", "utf-8")
    monkeypatch.setattr(preview, "_ASSETS", tmp_path)
    return tmp_path


def test_nothing_is_loaded_from_elsewhere(made, assets):
    zones, plan = made
    page = export_plan(plan, "html", zones=zones).decode()
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", page)
    assert "url(http" not in page
    assert page.count("/* map {{ library }} {% if %} */") == 1


def test_everything_is_drawn_and_named_in_both_languages(made, assets):
    zones, plan = made
    page = export_plan(plan, "html", zones=zones).decode()
    for words in (
        "允许区 Inclusion zone",
        "禁飞区 Exclusion zone",
        "覆盖航线 Coverage",
        "起降点 Take-off",
        "区域巡逻 Area patrol",
    ):
        assert words in page
    assert page.count("L.polyline(") == len(plan.routes)
    assert page.count('"className": "waypoint"') == sum(
        item.position not in {None, plan.home} for item in plan.items
    )
    assert f"<title>{plan.name}</title>" in page


def test_names_are_text_and_never_code(made, assets):
    zones, plan = made
    page = export_plan(replace(plan, name="<b>{{ x }}</b>"), "html", zones=zones).decode()
    assert "<script>alert(1)" not in page
    assert "${alert(2)}" not in page
    assert "<b>" not in page


def test_a_plan_of_items_alone_is_drawn(made, assets):
    _, plan = made
    page = export_plan(replace(plan, routes=()), "html").decode()
    assert page.count("L.polyline(") == 1


def test_missing_assets_are_refused(made, monkeypatch, tmp_path):
    monkeypatch.setattr(preview, "_ASSETS", tmp_path / "none")
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
    assert 0 < page.index(preview._NO_DEFAULT_ICON) < page.index("L.marker(")
