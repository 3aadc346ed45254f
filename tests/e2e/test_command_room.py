"""The command room in a real browser, over the real service and simulated drones."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

RED = {"red": range(200, 256), "green": range(40, 130), "blue": range(40, 130)}
AMBER = {"red": range(220, 256), "green": range(150, 215), "blue": range(40, 130)}
TEAL = {"red": range(60, 120), "green": range(150, 215), "blue": range(130, 195)}
ON_PATROL = "['1-1', '2-2']"
"""Drones that no test sends home; the tests run in any order."""
ANY = {"red": range(256), "green": range(256), "blue": range(256)}


def test_zones_routes_and_drones_are_drawn_and_move(demo: Any, look: Callable[..., Any]) -> None:
    viewer = look(demo)
    zones = len(demo.get("api/zones")["features"])
    routes = sum(len(plan["routes"]) for plan in demo.get("api/plans")["plans"])
    viewer.wait_until(f"feiying.debug.zones === {zones} && feiying.debug.routes === {routes}")
    viewer.wait_until("feiying.debug.drones === 3")
    assert viewer.count_pixels("ground", **RED) > 500, "exclusion zones are red"
    assert viewer.count_pixels("ground", **AMBER) > 50, "advisory zones are amber"
    assert viewer.count_pixels("ground", **TEAL) > 500, "inclusion zones are outlined"
    assert viewer.count_pixels("traffic", **ANY) > 1000, "drones are drawn"
    viewer.wait_until(f"{ON_PATROL}.every(id => feiying.debug.trails[id] > 40)")
    viewer.wait_until("feiying.debug.frames > 5")
    assert viewer.count_pixels("trails", **ANY) > 100, "trails are drawn"

    before = viewer.debug("marks")
    assert len(before) == 3
    for drone_id in viewer.page.evaluate(ON_PATROL):
        mark = before[drone_id]
        viewer.wait_until(
            f"Math.hypot(feiying.debug.marks['{drone_id}'].x - {mark['x']},"
            f" feiying.debug.marks['{drone_id}'].y - {mark['y']}) > 3"
        )


def test_buttons_reach_the_vehicle_through_their_confirmation(demo: Any, look: Callable[..., Any]) -> None:
    viewer = look(demo)
    page = viewer.page
    card = page.get_by_role("article", name="Drone 1")
    pause = card.get_by_role("button", name="Pause: Drone 1")

    pause.click()
    dialog = page.get_by_role("alertdialog", name="Pause Drone 1?")
    assert "hovers" in dialog.inner_text()
    for _ in range(5):
        page.keyboard.press("Tab")
        assert dialog.evaluate("dialog => dialog.contains(document.activeElement)"), (
            "the focus left the dialog"
        )
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert pause.evaluate("button => button === document.activeElement"), "the focus did not come back"
    assert page.locator(".toasts").inner_text() == "", "Esc must send nothing"

    pause.click()
    dialog.get_by_role("button", name="Pause").click()
    page.locator(".toasts").get_by_text("Drone 1: Pause accepted").wait_for()
    card.get_by_text("Paused").wait_for()
    viewer.wait_for_drone("1-1", lambda drone: drone["is_flying"] and drone["ground_speed_m_s"] < 0.3)

    card.get_by_role("button", name="Resume: Drone 1").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Resume").click()
    card.get_by_text("On patrol").wait_for()
    viewer.wait_for_drone("1-1", lambda drone: drone["mode"] == "AUTO" and drone["ground_speed_m_s"] > 2)


def test_a_key_brings_the_selected_drone_home(demo: Any, look: Callable[..., Any]) -> None:
    viewer = look(demo)
    page = viewer.page
    viewer.wait_until("feiying.debug.drones === 3")
    viewer.click_drone("3-3")
    card = page.get_by_role("article", name="Drone 3")
    card.get_by_role("button", name="Drone 3", pressed=True).wait_for()
    page.keyboard.press("r")
    page.get_by_role("alertdialog", name="Let Drone 3 return?").wait_for()
    page.keyboard.press("Enter")
    viewer.wait_for_drone("3-3", lambda drone: drone["mode"] == "RTL")
    card.get_by_text("Return RTL").wait_for()
    card.get_by_text("Returning").wait_for()


def test_both_languages(demo: Any, look: Callable[..., Any], tmp_path: Path) -> None:
    viewer = look(demo, locale="zh-CN")
    page = viewer.page
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.title() == "飞鹰指挥室"
    page.get_by_role("article", name="1 号机").get_by_text("高度").wait_for()
    page.get_by_role("button", name="规划巡逻").wait_for()
    # what is unknown in the page's language would show in another
    chinese = page.locator(".panel").inner_text()
    assert not re.search(r"\b(Altitude|Battery|Mission|Pause|Return|Land|Drones|Events)\b", chinese)

    wanted = os.environ.get("FEIYING_SCREENSHOT")
    target = Path(wanted or tmp_path / "command-room.png")
    trail, patience_s = (300, 120.0) if wanted else (12, 30.0)
    viewer.wait_until(f"{ON_PATROL}.every(id => feiying.debug.trails[id] > {trail})", patience_s)
    page.screenshot(path=target.with_name(f"{target.stem}-zh.png"))
    page.get_by_role("button", name="English", exact=True).click()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("article", name="Drone 1").get_by_text("Altitude").wait_for()
    viewer.wait_until("!document.body.innerText.includes('高度')")
    page.screenshot(path=target)
    assert target.stat().st_size > 20_000

    page.reload()
    page.get_by_role("article", name="Drone 1").wait_for()
    assert page.evaluate("document.documentElement.lang") == "en", "the choice is remembered"


def test_a_patrol_is_planned_on_the_page(start_service: Callable[..., Any], look: Callable[..., Any]) -> None:
    zones = Path(__file__).resolve().parents[2] / "examples" / "lanzhou" / "zones.geojson"
    with start_service("serve", "--port", "0", "--zones", str(zones)) as service:
        viewer = look(service)
        page = viewer.page
        page.get_by_text("No drones connected").wait_for()
        page.get_by_role("button", name="Plan patrol").click()
        page.get_by_role("combobox", name="Zone").select_option("yueya-shoal")
        page.get_by_role("combobox", name="Pattern").select_option("perimeter")
        page.get_by_role("button", name="Pick on the map").click()
        page.locator(".map").click(position={"x": 620, "y": 560})
        page.get_by_label("Altitude above home").fill("90")
        page.get_by_role("button", name="Make plans").click()
        page.locator(".outcome strong").wait_for()
        assert page.locator(".outcome").inner_text() == "Plans made: 1"
        viewer.wait_until("feiying.debug.routes > 0")
        [plan] = service.get("api/plans")["plans"]
        assert plan["zone_id"] == "yueya-shoal"
        assert plan["pattern"] == "perimeter"
        assert set(plan["routes"][0]["alts_rel_m"]) == {90}
        viewer.close()


def test_a_search_is_previewed_before_it_is_kept(
    start_service: Callable[..., Any], look: Callable[..., Any]
) -> None:
    zones = Path(__file__).resolve().parents[2] / "examples" / "lanzhou" / "zones.geojson"
    with start_service("serve", "--port", "0", "--zones", str(zones)) as service:
        viewer = look(service)
        page = viewer.page
        page.get_by_text("No drones connected").wait_for()
        page.get_by_role("button", name="Plan patrol").click()
        page.get_by_role("combobox", name="Pattern").select_option("sector_search")
        page.get_by_label("Pad", exact=True).fill("36.094195, 103.706334")
        page.get_by_role("button", name="Preview").click()
        page.locator(".outcome strong").wait_for()
        assert page.locator(".outcome").inner_text() == "Datum: click the map, or write latitude, longitude."
        assert page.evaluate("document.activeElement.id") == "places-planner-datum"
        page.get_by_role("button", name="Pick on the map: Datum").click()
        page.locator(".map").click(position={"x": 700, "y": 420})
        page.get_by_label("Drift speed").fill("0.3")
        page.get_by_role("button", name="Preview").click()
        page.get_by_text("Preview, not kept yet").wait_for()
        assert "The datum drifts on" in page.locator(".outcome").inner_text()
        assert service.get("api/plans")["plans"] == []
        page.get_by_label("Radius").fill("120")
        assert page.locator(".outcome").inner_text() == "", "what was previewed is no more what is asked for"
        page.get_by_role("button", name="Make plans").click()
        page.get_by_text("Plans made: 1").wait_for()
        [plan] = service.get("api/plans")["plans"]
        assert plan["pattern"] == "sector_search"
        assert len(plan["datum_track"]) == 10
        assert viewer.accessibility_faults() == []
        viewer.close()


def test_zones_are_shown_as_they_will_be(start_service: Callable[..., Any], look: Callable[..., Any]) -> None:
    zones = Path(__file__).resolve().parents[2] / "examples" / "lanzhou" / "zones.geojson"
    with start_service("serve", "--port", "0", "--zones", str(zones)) as service:
        viewer = look(service)
        page = viewer.page
        slider = page.get_by_role("slider", name="Zones at")
        slider.wait_for()
        slider.focus()
        seen = set()
        for _ in range(24):
            for _ in range(4):
                page.keyboard.press("ArrowRight")
            seen.add(viewer.debug("activeZones['evening-market']"))
            assert viewer.debug("activeZones['power-line']")
        assert seen == {True, False}, "within a day the market opens and closes"
        assert slider.get_attribute("aria-valuetext") != "Now"
        page.get_by_role("button", name="Now").click()
        assert slider.get_attribute("aria-valuetext") == "Now"
        page.keyboard.press("z")
        dialog = page.get_by_role("dialog", name="Zones")
        dialog.get_by_text(re.compile(r"^9 zones, \d in force")).wait_for()
        page.keyboard.type("market")
        dialog.get_by_text(re.compile(r"^1 zones")).wait_for()
        dialog.get_by_role("button", name=re.compile("Evening market.*only with authorisation")).click()
        dialog.wait_for(state="detached")
        viewer.close()


def test_a_patrol_is_started_on_the_page_and_its_recording_replayed(
    start_service: Callable[..., Any], look: Callable[..., Any], simulated_copter: str, tmp_path: Path
) -> None:
    zones = Path(__file__).resolve().parents[2] / "examples" / "lanzhou" / "zones.geojson"
    arguments = ("--zones", str(zones), "--connect", simulated_copter, "--record", str(tmp_path))
    with start_service("serve", "--port", "0", *arguments) as service:
        viewer = look(service)
        viewer.expected = ("422",)
        page = viewer.page
        card = page.get_by_role("article", name="Drone 1")
        card.get_by_text("On the ground").wait_for()
        page.get_by_role("button", name="Plan patrol").click()
        page.get_by_role("combobox", name="Zone").select_option("yueya-shoal")
        page.get_by_label("Altitude above home").fill("130")
        page.get_by_role("button", name="Make plans").click()
        page.get_by_text("Altitude above home: give a number from 5 to 120.").wait_for()
        page.get_by_label("Altitude above home").fill("60")
        page.get_by_label("Swath width").fill("500")
        page.get_by_role("button", name="Make plans").click()
        page.locator(".outcome").get_by_text("wider than the area").wait_for()
        page.get_by_label("Swath width").fill("60")
        page.get_by_role("button", name="Make plans").click()
        page.get_by_role("button", name="Fly with Drone 1").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Start").click()
        card.get_by_text("On patrol").wait_for()
        page.get_by_role("button", name="Close").click()
        card.get_by_role("button", name="Return: Drone 1").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Return").click()
        card.get_by_text("Ended early", exact=True).wait_for()
        viewer.close()

    [recording] = tmp_path.glob("2*/*.tlog")
    with start_service("replay", str(recording), "--speed", "20", "--port", "0") as service:
        viewer = look(service)
        page = viewer.page
        page.get_by_text("Replay · no commands").wait_for()
        viewer.wait_until("feiying.debug.drones === 1")
        card = page.get_by_role("article", name="Drone 1")
        assert card.locator(".actions button:not([disabled])").count() == 0
        assert "recording" in str(card.get_by_role("button", name="Land: Drone 1").get_attribute("title"))
        assert page.get_by_role("button", name="Plan patrol").is_disabled()
        page.locator(".event").get_by_text("Took off").wait_for()
        viewer.close()


def test_a_lost_service_is_said_and_found_again(
    start_service: Callable[..., Any], look: Callable[..., Any]
) -> None:
    with start_service("serve", "--port", "0") as service:
        viewer = look(service)
        page = viewer.page
        viewer.expected = ("ERR_CONNECTION_REFUSED",)
        page.get_by_text("No zones yet").wait_for()
    page.get_by_role("alert").get_by_text("Connection to the service lost").wait_for()
    page.get_by_text("Connection lost", exact=True).first.wait_for()
    with start_service("serve", "--port", service.url.rstrip("/").rsplit(":", 1)[1]):
        viewer.wait_until("feiying.debug.isOpen")
        page.get_by_role("alert").wait_for(state="hidden")
        viewer.close()
