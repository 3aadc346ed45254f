"""A fleet's patrol on the page: entered, previewed, made, flown, and planned anew with a drone lost."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulated_copters import simulated_copters

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ZONES = Path(__file__).resolve().parents[2] / "examples" / "lanzhou" / "zones.geojson"
PAD = {"lat_deg": 36.094195, "lon_deg": 103.706334}
STATION = {
    "pads": [{"id": "river", "position": PAD, "swap_s": 60}],
    "drones": [
        {"id": "red", "pad": "river", "stand": {**PAD, "lon_deg": 103.706284}},
        {"id": "blue", "pad": "river", "stand": {**PAD, "lon_deg": 103.706384}},
    ],
}
LINES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": f"row {number}"},
            "geometry": {"type": "LineString", "coordinates": [[103.7050, lat], [103.7078, lat]]},
        }
        for number, lat in enumerate(
            (36.0942, 36.0945, 36.0948, 36.0951, 36.0954, 36.0957, 36.0960, 36.0963), start=1
        )
    ],
}
PAYLOAD = {
    "points": [{"position": {"lat_deg": 36.0951, "lon_deg": 103.7064}, "actions": [{"hover_s": 3}]}],
}
NAV_DELAY, DO_SET_CAM_TRIGG_DIST = 93, 206
PATIENCE_S = 200.0
"""The planner is compiled as it is first used."""


@pytest.fixture(scope="module")
def service(start_service: Callable[..., Any]) -> Iterator[Any]:
    """Two copters on their pad: the first flies, of the second the control changes hands."""
    home = ("--home", f"{PAD['lat_deg']},{PAD['lon_deg']},1520,0")
    with simulated_copters("--count", 2, "--speedup", 20, *home) as addresses:
        links = [word for address in addresses for word in ("--connect", address)]
        with start_service("serve", "--port", "0", "--zones", str(ZONES), *links) as service:
            yield service


@pytest.fixture
def viewer(service: Any, look: Callable[..., Any]) -> Iterator[Any]:
    viewer = look(service)
    yield viewer
    viewer.close()


def press(viewer: Any, button: str) -> str:
    """Press one of the form's buttons and give what is said in the end."""
    viewer.page.locator(".planner-buttons:visible").get_by_role("button", name=button).click()
    viewer.wait_until(
        "![...document.querySelectorAll('.planner-buttons button')].some(button => button.disabled)",
        PATIENCE_S,
    )
    return str(viewer.page.locator(".outcome").inner_text())


def test_a_fleets_patrol_is_planned_flown_and_planned_anew(viewer: Any) -> None:
    page, service = viewer.page, viewer.service
    page.get_by_role("button", name="Plan patrol").click()
    page.get_by_role("button", name="Fleet", exact=True).click()
    assert press(viewer, "Preview") == "Pads and drones (JSON): choose a file or paste it."
    station = page.get_by_label("Pads and drones (JSON)", exact=True)
    station.fill("{")
    assert press(viewer, "Preview") == "Pads and drones (JSON): this is no JSON."
    station.fill(json.dumps(STATION))
    page.get_by_text("1 pads, 2 drones: red, blue").wait_for()
    assert press(viewer, "Preview") == "Give lines or points, or tick a zone."
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("Choose a file: Lines and points")).click()
    chooser.value.set_files(
        {"name": "lines.geojson", "mimeType": "application/json", "buffer": json.dumps(LINES).encode()}
    )
    page.get_by_text("8 lines, 0 points").wait_for()
    payload = page.get_by_label("Payload and orders (JSON)", exact=True)
    payload.fill("{}")
    assert press(viewer, "Preview") == "Give a document with “devices”, “points” or “areas”."
    payload.fill(json.dumps(PAYLOAD))
    page.get_by_text("0 devices, orders for 1 points and 0 areas").wait_for()
    page.get_by_label("A picture every").fill("15")

    assert press(viewer, "Preview") == "Preview, not kept yet"
    board = page.get_by_role("region", name="Schedule (preview)").first
    board.get_by_text("All that is wanted is flown").wait_for()
    assert board.locator(".gantt-bar").count() == 2, "each drone takes a part"
    assert "red" in board.locator("table").inner_text(), "the same stands in the table"
    assert viewer.accessibility_faults() == []
    assert service.get("api/schedules")["schedules"] == []

    assert press(viewer, "Make schedule") == "Schedule s1 made: 2 flights"
    [schedule] = service.get("api/schedules")["schedules"]
    red, blue = schedule["drones"]
    plan_ids = [flight["plan_id"] for drone in (red, blue) for flight in drone["flights"]]
    exported = [service.get(f"api/plans/{plan_id}/export?format=plan") for plan_id in plan_ids]
    commands = {item["command"] for plan in exported for item in plan["mission"]["items"]}
    assert {NAV_DELAY, DO_SET_CAM_TRIGG_DIST} <= commands
    board = page.get_by_role("region", name="Schedule s1").first
    bar = board.get_by_role("button", name=re.compile("^red, flight 1, 21:"))
    bar.press("Enter")
    assert bar.get_attribute("aria-pressed") == "true"

    row = page.locator(".plans > li").filter(has_text="red flight 1")
    row.get_by_role("button", name="Fly with Drone 1").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Start").click()
    page.get_by_role("article", name="Drone 1").get_by_text("On patrol").wait_for()
    viewer.wait_for_drone("1-1", lambda drone: drone["is_flying"] and drone["alt_rel_m"] > 30)
    assert service.get("api/drones/1-1")["plan_id"] == red["flights"][0]["plan_id"]

    board.get_by_role("button", name="Replan", exact=True).click()
    assert press(viewer, "Replan") == "Say what has changed."
    page.get_by_role("group", name="Drones that fly no more").get_by_label("blue").check()
    assert viewer.accessibility_faults() == []
    assert press(viewer, "Replan") == "Schedule s2 made in place of s1"
    board = page.get_by_role("region", name="Schedule s2").first
    moved = re.findall(r"\d", board.get_by_text("blue → red: row").inner_text())
    assert sorted(f"row {number}" for number in moved) == sorted(
        task["name"] for task in blue["flights"][0]["tasks"]
    )
    assert [drone["id"] for drone in service.get("api/schedules/s2")["drones"]] == ["red"]

    page.get_by_role("button", name="Delete schedule s2").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete schedule s2").wait_for(state="detached")
    assert [kept["id"] for kept in service.get("api/schedules")["schedules"]] == ["s1"]
    board.wait_for(state="hidden")


def test_who_wants_the_control_is_seen_and_answered(viewer: Any) -> None:
    page, service = viewer.page, viewer.service
    viewer.expected = ("423",)
    control = "api/drones/2-2/control"
    wang = {"who": "Wang", "why": "fire at the market"}
    card = page.get_by_role("article", name="Drone 2")
    card.get_by_role("button", name="Nobody has the control").click()
    dialog = page.get_by_role("alertdialog")
    dialog.get_by_label("Your name or number").fill("Li")
    dialog.get_by_role("button", name="Take the control").click()
    card.get_by_text("You have the control · kept while you work here").wait_for()

    service.send("POST", control, wang)
    notice = page.get_by_role("group", name="Wang wants the control of Drone 2")
    notice.get_by_text("fire at the market").wait_for()
    assert viewer.accessibility_faults() == []
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    notice.wait_for(state="detached")
    assert service.get(control)["holder"]["who"] == "Li"

    service.send("POST", control, wang)
    notice.get_by_role("button", name="Let go").click()
    notice.wait_for(state="detached")
    card.get_by_text("Wang has the control").wait_for()
    assert page.get_by_text("has taken over").count() == 0, "it was given"

    service.send("DELETE", f"{control}?who=Wang", None)
    service.send("POST", control, {"who": "Li", "why": ""})
    card.get_by_text("You have the control").wait_for()
    service.send("POST", control, wang)
    service.send(
        "DELETE", f"{control}?who=Li", None
    )  # from elsewhere, instead of waiting for the notice to pass
    page.get_by_role("alert").get_by_text("Wang has taken over Drone 2").wait_for()
    page.get_by_role("button", name="Understood").click()
    page.get_by_text("has taken over").wait_for(state="detached")
