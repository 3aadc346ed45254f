"""What the page tells before a patrol is uploaded, and while the live monitor guards it."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

ZONES = Path(__file__).resolve().parents[2] / "examples" / "lanzhou" / "zones.geojson"
PATROL = {
    "pattern": {"name": "area", "zone_id": "riverside-park", "swath_m": 80},
    "alt_rel_m": 30,
    "speed_m_s": 8,
    "home": {"lat_deg": 36.094195, "lon_deg": 103.706334},
}
DANGER_RED = {"red": range(205, 216), "green": range(42, 52), "blue": range(42, 52)}
METRES_PER_DEGREE = 111_320.0


@pytest.fixture
def zones(tmp_path: Path) -> str:
    """The zones of the example as they would be if they held at all hours, whatever the time of this test."""
    document = json.loads(ZONES.read_text(encoding="utf-8"))
    for feature in document["features"]:
        feature["properties"].pop("applicability", None)
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def incident(lat_deg: float, lon_deg: float, size_m: float, action: str) -> dict[str, Any]:
    """A square that nobody may fly in, round a place."""
    south, north = (lat_deg + side * size_m / 2 / METRES_PER_DEGREE for side in (-1, 1))
    half_lon_deg = size_m / 2 / METRES_PER_DEGREE / math.cos(math.radians(lat_deg))
    west, east = lon_deg - half_lon_deg, lon_deg + half_lon_deg
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "id": "incident",
        "properties": {"name": "车祸现场 Crash site", "kind": "exclusion", "datum": "agl", "action": action},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def place_ahead(drone: dict[str, Any], ahead_m: float) -> tuple[float, float]:
    """The place that a drone comes to if it flies straight on."""
    course = math.radians(drone["course_deg"])
    lat_deg, lon_deg = drone["position"]["lat_deg"], drone["position"]["lon_deg"]
    return (
        lat_deg + ahead_m * math.cos(course) / METRES_PER_DEGREE,
        lon_deg + ahead_m * math.sin(course) / METRES_PER_DEGREE / math.cos(math.radians(lat_deg)),
    )


def test_a_plan_is_told_of_before_it_is_uploaded(
    start_service: Callable[..., Any], look: Callable[..., Any], zones: str
) -> None:
    with start_service("serve", "--port", "0", "--zones", zones) as service:
        [plan] = service.send("POST", "api/plans", PATROL)["plans"]
        viewer = look(service, locale="zh-CN")
        page = viewer.page
        page.keyboard.press("n")
        briefing = page.get_by_role("group", name="上传前须知")
        briefing.get_by_text(re.compile("^直线返航，高度不低于")).wait_for()
        detail = briefing.get_by_text("学校：仅作提示，不作限制")
        assert detail.is_hidden()
        briefing.get_by_text("机载围栏：未包含学校，由实时监控看守").click()
        detail.wait_for()
        told = briefing.inner_text().replace("quad-30", "")  # the name of a vehicle
        assert not re.search("[A-Za-z]{3}", told)

        flown = max((route["positions"] for route in plan["routes"]), key=len)
        middle = flown[len(flown) // 2]
        service.send("PUT", "api/zones/incident", incident(*middle, 60.0, "hold"))
        briefing.get_by_text(re.compile("^按现在起飞不合规")).wait_for()
        briefing.get_by_text(re.compile(r"第 \d+–\d+ 项：进入车祸现场")).wait_for()
        assert viewer.accessibility_faults() == []
        page.get_by_role("button", name="English", exact=True).click()
        page.get_by_text(re.compile(r"Items \d+–\d+: enters Crash site by \d")).wait_for()
        assert viewer.accessibility_faults() == []
        viewer.close()


@pytest.mark.parametrize("simulated_copter", [5], indirect=True)
def test_a_drone_is_warned_of_and_held(
    start_service: Callable[..., Any], look: Callable[..., Any], simulated_copter: str, zones: str
) -> None:
    with start_service("serve", "--port", "0", "--zones", zones, "--connect", simulated_copter) as service:
        service.send("POST", "api/plans", PATROL)
        viewer = look(service)
        page = viewer.page
        card = page.get_by_role("article", name="Drone 1")
        card.get_by_role("button", name="Start: Drone 1").click()
        dialog = page.get_by_role("alertdialog", name="Start the patrol of Drone 1?")
        dialog.get_by_text("not in the on-board fence").wait_for()
        dialog.get_by_role("button", name="Start").click()
        page.evaluate(
            """() => {
                const card = document.querySelector("article");
                window.alerts = [];
                new MutationObserver(() => window.alerts.push(card.dataset.alert ?? "none"))
                    .observe(card, { attributeFilter: ["data-alert"] });
            }"""
        )
        viewer.wait_for_drone(
            "1-1", lambda drone: drone["mission"]["seq"] >= 3 and drone["ground_speed_m_s"] > 7
        )
        drone = service.get("api/drones/1-1")
        assert drone["alerts"] == []
        service.send("PUT", "api/zones/incident", incident(*place_ahead(drone, 130.0), 100.0, "hold"))

        card.get_by_text("Held by the zone guard").wait_for()
        viewer.wait_for_drone("1-1", lambda drone: drone["ground_speed_m_s"] < 0.3)
        held = service.get("api/drones/1-1")
        assert held["mode"] == "BRAKE"
        assert held["zone_clearance_m"] > 0.0, "it is held outside"
        assert page.evaluate("window.alerts").index("yellow") < page.evaluate("window.alerts").index("red")
        told = page.locator(".event.is-critical")
        assert told.inner_text().endswith("Heading for Crash site: act now")
        assert (
            page.locator("[aria-live=assertive]").inner_text() == "Drone 1: Heading for Crash site: act now"
        )

        card.get_by_role("button", name="Resume: Drone 1").click()
        dialog = page.get_by_role("alertdialog", name="Resume the mission of Drone 1?")
        dialog.get_by_text("held it at the boundary of Crash site").wait_for()
        page.keyboard.press("Escape")

        card.get_by_role("button", name="Zone guard on: switch it off").click()
        dialog = page.get_by_role("alertdialog", name="Switch off the zone guard of Drone 1?")
        off = dialog.get_by_role("button", name="Switch off")
        assert off.is_disabled(), "a reason is wanted"
        page.keyboard.type("Cordon moved")
        page.keyboard.press("Enter")
        assert dialog.is_visible(), "the button alone switches it off"
        assert viewer.accessibility_faults() == []
        off.click()
        card.get_by_text("Zone guard off: Cordon moved").wait_for()
        assert service.get("api/drones/1-1")["guard"]["why"] == "Cordon moved"

        here = held["position"]
        service.send("PUT", "api/zones/incident", incident(here["lat_deg"], here["lon_deg"], 100.0, "hold"))
        card.get_by_text("Inside Crash site").wait_for()
        page.get_by_role("button", name=re.compile("1 in danger, 0 with caution")).click()
        assert viewer.debug("selected") == "1-1"
        assert viewer.count_pixels("traffic", **DANGER_RED) > 300, "its label is red"
        assert viewer.accessibility_faults() == []

        chinese = look(service, locale="zh-CN")
        events = chinese.page.locator(".event-rows")
        events.get_by_text("越界防护令其在车祸现场边界前悬停").first.wait_for()
        events.get_by_text("越界防护已关闭（operator）：Cordon moved").wait_for()
        chinese.page.get_by_role("article", name="1 号机").get_by_text("已进入车祸现场").wait_for()
        assert chinese.accessibility_faults() == []
        viewer.close()
        chinese.close()
