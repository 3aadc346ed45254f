"""Other aircraft on the page, heard by a receiver that the real service listens to."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from telemetry.wire.codec import Encoder
from telemetry.wire.message import Message

pytestmark = pytest.mark.browser

PAUSE_S = 0.3


class Receiver:
    """Says over TCP, again and again, what it hears."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp:127.0.0.1:{self._listener.getsockname()[1]}"
        self.heard: list[Message] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def _speak(self) -> None:
        encoder = Encoder(30, 156)
        with contextlib.suppress(OSError):
            connection, _ = self._listener.accept()
            with connection:
                while not self._is_over.wait(PAUSE_S):
                    connection.sendall(b"".join(encoder.encode(message) for message in self.heard))

    def close(self) -> None:
        """Fall silent."""
        self._is_over.set()
        self._listener.close()
        self._thread.join(5.0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def aircraft(address: int, callsign: str, lat_deg: float, lon_deg: float, alt_m: float) -> Message:
    return Message.new(
        "ADSB_VEHICLE",
        ICAO_address=address,
        lat=round(lat_deg * 1e7),
        lon=round(lon_deg * 1e7),
        altitude=round(alt_m * 1e3),
        altitude_type=1,
        heading=6000,
        hor_velocity=6000,
        callsign=callsign,
        flags=1 | 2 | 4 | 8 | 16,
    )


def test_other_aircraft_are_shown_and_told(
    start_service: Callable[..., Any],
    look: Callable[..., Any],
    simulated_copter: str,
    receiver: Receiver,
    tmp_path: Path,
) -> None:
    zones = Path(__file__).resolve().parents[2] / "examples" / "lanzhou" / "zones.geojson"
    links = ("--connect", simulated_copter, "--connect", receiver.address)
    with start_service("serve", "--port", "0", "--zones", str(zones), *links) as service:
        viewer = look(service)
        page = viewer.page
        viewer.wait_for_drone("1-1", lambda drone: bool(drone["prearm"]["ok"]))
        service.send("POST", "api/drones/1-1/commands", {"command": "takeoff", "alt_rel_m": 20})
        viewer.wait_for_drone("1-1", lambda drone: (drone["alt_rel_m"] or 0.0) > 18.0)
        assert page.locator(".traffic").is_hidden()
        receiver.heard = [
            aircraft(0x780ABC, "CCA1234", 36.0995, 103.7150, 1650.0),
            aircraft(0x780DEF, "CSN88", 36.1020, 103.6960, 3000.0),
        ]
        viewer.wait_until("feiying.debug.aircraft === 2")
        near = page.locator(".traffic li").first
        near.get_by_text("Near", exact=True).wait_for()
        assert "CCA1234" in near.inner_text()
        assert "from Drone 1" in near.inner_text()
        assert "m higher" in near.inner_text()
        assert "CSN88" in page.locator(".traffic li").nth(1).inner_text()
        # Told, not only shown.
        page.locator(".events").get_by_text("Other aircraft CCA1234 is", exact=False).first.wait_for()
        page.locator(".legend").get_by_text("Other aircraft").wait_for()
        assert viewer.accessibility_faults() == []
        target = Path(os.environ.get("FEIYING_SCREENSHOT") or tmp_path / "traffic.png")
        page.wait_for_timeout(200)
        page.screenshot(path=target.with_name(f"{target.stem}-traffic.png"))
        # The keyboard brings it into view.
        near.get_by_role("button").focus()
        page.keyboard.press("Enter")

        page.get_by_role("button", name="中文", exact=True).click()
        page.get_by_role("heading", name="其他航空器").wait_for()
        near.get_by_text("接近", exact=True).wait_for()
        page.wait_for_timeout(200)
        page.screenshot(path=target.with_name(f"{target.stem}-traffic-zh.png"))
        viewer.close()
