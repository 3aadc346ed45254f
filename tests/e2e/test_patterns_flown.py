"""Every pattern entered on the page, previewed, made, started and flown, all at once, and judged by its recording."""

import math
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.flown import flown_in
from tests.simulated_copters import simulator

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(400)]

ZONES = Path(__file__).resolve().parents[2] / "examples" / "lanzhou" / "zones.geojson"
SHARE = 0.05
SPEEDUP = 15
FLOWN_WITHIN_S = 200.0
WIND_M_S, WIND_FROM_DEG = 2, 270
PAD_LAT_DEG, PAD_LON_DEG = 36.094195, 103.706334
APART_DEG = 4.0 / (111_320.0 * math.cos(math.radians(PAD_LAT_DEG)))
"""The copters stand 4 m apart, each on a pad of its own."""
CENTRE = "36.0948, 103.7064"
FORMS: dict[str, dict[str, object]] = {
    "area": {"Zone": "riverside-park", "Swath width": 220},
    "perimeter": {"Zone": "nesting-ground"},
    "corridor": {
        "Line": "36.0946, 103.7052\n36.0951, 103.7066\n36.0949, 103.7076",
        "Width": 50,
        "Swath width": 25,
    },
    "lines": {
        "Lines": "36.0948, 103.7058\n36.0948, 103.7070\n\n36.0944, 103.7056\n36.0941, 103.7063\n\n"
        "36.0951, 103.7068\n36.0950, 103.7074"
    },
    "points": {
        "Points": "36.0946, 103.7052\n36.0938, 103.7055\n36.0950, 103.7072",
        "Time at each point": 4,
    },
    "orbit": {"Centre": CENTRE, "Radius": 25, "Turns": 1.5},
    "spiral": {"Centre": CENTRE, "Last radius": 40, "Turns": 2, "Last altitude": 32},
    "expanding_square": {
        "Datum": CENTRE,
        "Track spacing": 25,
        "Legs": 6,
        "Drifts to": 90,
        "Drift speed": 0.3,
    },
    "sector_search": {"Datum": CENTRE, "Radius": 50, "Drifts to": 90, "Drift speed": 0.3},
}


def write(page: Any, label: str, value: object) -> None:
    """Write into the field of that name: units and hints follow a name."""
    field = page.locator(".planner").get_by_label(re.compile(f"^{label}(?! above)"))
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(str(value))
    else:
        field.fill(str(value))


def ask(viewer: Any, button: str) -> str:
    """Press one of the form's buttons and give what is said in the end."""
    viewer.page.get_by_role("button", name=button).click()
    viewer.wait_until("!document.querySelector('.planner-buttons button').disabled")
    return str(viewer.page.locator(".outcome").inner_text())


def test_every_pattern_is_flown_as_the_page_foretold(
    start_service: Callable[..., Any], look: Callable[..., Any], tmp_path: Path
) -> None:
    wind = ("SIM_WIND_T=1", f"SIM_WIND_SPD={WIND_M_S}", f"SIM_WIND_DIR={WIND_FROM_DEG}", "SIM_WIND_TURB=0")
    parameters = [word for value in ("BATT_CAPACITY=100000", *wind) for word in ("--param", value)]
    fleet = ("--count", len(FORMS), "--speedup", SPEEDUP, "--home", f"{PAD_LAT_DEG},{PAD_LON_DEG},1520,0")
    with simulator(*fleet, *parameters) as (addresses, process):
        process.send_signal(signal.SIGSTOP)  # what no drone needs is left to the planner
        connected = [word for address in addresses for word in ("--connect", address)]
        arguments = ("--zones", str(ZONES), "--record", str(tmp_path), *connected)
        with start_service("serve", "--port", "0", *arguments) as service:
            viewer = look(service)
            page = viewer.page
            page.get_by_role("button", name="Plan patrol").click()
            page.get_by_role("combobox", name="Vehicle").select_option("arducopter-sitl")
            write(page, "Wind", WIND_M_S)
            write(page, "From", WIND_FROM_DEG)
            write(page, "Altitude above home", 25)
            write(page, "Speed", 8)
            for number, (pattern, answers) in enumerate(FORMS.items()):
                page.get_by_role("combobox", name="Pattern").select_option(pattern)
                write(page, "Pad$", f"{PAD_LAT_DEG}, {PAD_LON_DEG + number * APART_DEG:.7f}")
                for label, value in answers.items():
                    write(page, label, value)
                foretold = ask(viewer, "Preview")
                assert foretold.startswith("Preview, not kept yet"), (pattern, foretold)
                assert "left on landing" in foretold
                assert ask(viewer, "Make plans") == "Plans made: 1"
            plans = service.get("api/plans")["plans"]
            assert [plan["pattern"] for plan in plans] == list(FORMS)
            process.send_signal(signal.SIGCONT)
            viewer.wait_until(f"feiying.debug.drones === {len(FORMS)}")
            for number in range(1, len(FORMS) + 1):
                row = page.locator(".plans > li").nth(number - 1)
                row.get_by_role("button", name=f"Fly with Drone {number}", exact=True).click()
                page.get_by_role("alertdialog").get_by_role("button", name="Start").click()
                page.get_by_role("alertdialog").wait_for(state="detached")
            deadline_s = time.monotonic() + FLOWN_WITHIN_S
            while any(flight["ended_s"] is None for flight in service.get("api/flights")["flights"]):
                assert time.monotonic() < deadline_s, service.get("api/flights")
                page.wait_for_timeout(200)
            flights = service.get("api/flights")["flights"]
            assert {flight["phase"] for flight in flights} == {"completed"}, flights
            viewer.close()

    recorded = flown_in(tmp_path)
    for number, (plan, flight) in enumerate(zip(plans, flights, strict=True), start=1):
        assert (flight["plan_id"], flight["drone_id"]) == (plan["id"], f"{number}-{number}")
        flown = recorded[number]
        assert flown.length_m == pytest.approx(plan["length_m"], rel=SHARE), plan["name"]
        assert flown.duration_s == pytest.approx(plan["duration_s"], rel=SHARE), plan["name"]
