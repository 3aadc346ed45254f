"""A real Chromium that may speak to loopback only, and the real service to show in it."""

import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.accessibility import FAULTS
from tests.simulated_copters import simulated_copters

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# canvases run on the CPU here; ANGLE's software GPU would be ten times slower
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-background-networking", "--enable-unsafe-swiftshader"]
START_S = 90.0
STOP_S = 10.0
PATIENCE_MS = 30_000


class Service:
    """A `feiying` command that serves the page, as a process of its own."""

    def __init__(self, *arguments: str) -> None:
        self._folder = tempfile.TemporaryDirectory()  # for its recordings
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", *arguments],
            cwd=self._folder.name,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200", "PYTHONPATH": str(ROOT)},
        )
        self._lines: list[str] = []
        self._is_up = threading.Event()
        self.url = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._is_up.wait(START_S) or not self.url:
            self.stop()
            pytest.fail(f"feiying {' '.join(arguments)} did not come up:\n{''.join(self._lines)}")

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._lines.append(line)
            match = re.search(r"http://[\w.:\[\]]+/", line)
            if match and not self.url:
                self.url = match[0]
                self._is_up.set()
        self._is_up.set()

    def get(self, path: str) -> Any:
        """Give the JSON at a path."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def send(self, method: str, path: str, body: Any) -> Any:
        """Send JSON to a path and give the answer's."""
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """Interrupt it and wait."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._folder.cleanup()


class Viewer:
    """A page in the browser, and everything it did that it should not have."""

    def __init__(self, browser: Any, service: Service, locale: str) -> None:
        self.service = service
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()
        """Texts of faults that a test brings about itself."""
        self._context = browser.new_context(
            viewport={"width": 1440, "height": 900}, locale=locale, timezone_id="Asia/Shanghai"
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self._context.route("**/*", self._pass_loopback)
        self._context.add_init_script(
            "window.violations = [];"
            "addEventListener('securitypolicyviolation', e => violations.push(`${e.violatedDirective} ${e.blockedURI}`))"
        )
        self.page = self._context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("console", self._hear)
        self.page.on("websocket", lambda socket: self._check_host(socket.url))
        self.page.goto(service.url)
        self.wait_until("window.feiying?.debug.isOpen")

    def debug(self, expression: str) -> Any:
        """Evaluate below the page's read-only inspection."""
        return self.page.evaluate(f"feiying.debug.{expression}")

    def wait_until(self, expression: str, patience_s: float = PATIENCE_MS / 1000) -> None:
        """Wait for an expression in the page to be true."""
        # Playwright's own wait_for_function evaluates strings in the page, which its policy forbids
        deadline_s = time.monotonic() + patience_s
        while not self.page.evaluate(expression):
            assert time.monotonic() < deadline_s, f"still not so: {expression}"
            self.page.wait_for_timeout(50)

    def wait_for_drone(self, drone_id: str, is_so: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until a vehicle itself is so, as the service tells."""
        deadline_s = time.monotonic() + PATIENCE_MS / 1000
        while not is_so(drone := self.service.get(f"api/drones/{drone_id}")):
            assert time.monotonic() < deadline_s, drone
            # the page's requests pass through this thread while Playwright waits, not while it sleeps
            self.page.wait_for_timeout(50)

    def click_drone(self, drone_id: str) -> None:
        """Click a drone on the map where it is now; it flies on, so that a click may come too late."""
        corner = self.page.locator(".map").bounding_box()
        assert corner is not None
        deadline_s = time.monotonic() + PATIENCE_MS / 1000
        while self.debug("selected") != drone_id:
            assert time.monotonic() < deadline_s, f"{drone_id} cannot be hit"
            mark = self.debug(f"marks['{drone_id}']")
            self.page.mouse.click(corner["x"] + mark["x"], corner["y"] + mark["y"])

    def count_pixels(self, sheet: str, *, red: range, green: range, blue: range) -> int:
        """Count the opaque pixels of a canvas whose channels lie in these ranges."""
        bounds = [red.start, red.stop, green.start, green.stop, blue.start, blue.stop]
        return int(
            self.page.evaluate(
                """([sheet, [r0, r1, g0, g1, b0, b1]]) => {
                    const canvas = document.querySelector(`canvas[data-sheet="${sheet}"]`);
                    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                    let count = 0;
                    for (let i = 0; i < data.length; i += 4)
                        if (data[i + 3] > 100 && data[i] >= r0 && data[i] < r1 && data[i + 1] >= g0 && data[i + 1] < g1
                            && data[i + 2] >= b0 && data[i + 2] < b1) count += 1;
                    return count;
                }""",
                [sheet, bounds],
            )
        )

    def accessibility_faults(self) -> list[str]:
        """Tell of controls without names, of text that is hard to read, and of what is cut off."""
        faults: list[str] = self.page.evaluate(FAULTS)
        return faults

    def close(self) -> None:
        """Close it, once, and fail where it misbehaved."""
        if self.page.is_closed():
            return
        violations = self.page.evaluate("window.violations")
        self._context.close()
        assert not violations, "the content security policy was violated"
        assert [fault for fault in self.faults if not any(text in fault for text in self.expected)] == []

    def _pass_loopback(self, route: Any) -> None:
        if self._check_host(route.request.url):
            route.continue_()
        else:
            route.abort()

    def _check_host(self, url: str) -> bool:
        parts = urlsplit(url)
        is_loopback = parts.scheme in ("data", "blob") or parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not is_loopback:
            self.faults.append(f"asked for {url}")
        return is_loopback

    def _hear(self, message: Any) -> None:
        # the warning about reading canvases back is about this file's count_pixels
        if message.type not in ("error", "warning") or "willReadFrequently" in message.text:
            return
        # a plan may be deleted while its check is under way
        if "404" in message.text and re.search(r"/api/plans/[^/]+/(check|fence)", message.location["url"]):
            return
        self.faults.append(f"console {message.type}: {message.text} {message.location['url']}")


# Not for the whole session: while Playwright's driver is open, its loop runs in this thread and no other can.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = [path for name in CHROMIUM_NAMES if (path := shutil.which(name))]
    if not found:
        pytest.skip("no Chromium here; 'sh tests/install_browser.sh' brings it where apt-get may be used")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found[0], args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def built_page() -> None:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    if not build.PageBuild(ROOT).is_current():
        pytest.fail("server/static was not built from these sources of the page; run: python hatch_build.py")


@pytest.fixture(scope="session")
def start_service(built_page: None) -> Callable[..., contextlib.AbstractContextManager[Service]]:
    @contextlib.contextmanager
    def start(*arguments: str) -> Iterator[Service]:
        service = Service(*arguments)
        try:
            yield service
        finally:
            service.stop()

    return start


@pytest.fixture
def simulated_copter(request: pytest.FixtureRequest) -> Iterator[str]:
    """One copter on its pad in the example, twenty times as fast unless told otherwise; gives its address."""
    speedup = getattr(request, "param", 20)
    with simulated_copters("--speedup", speedup, "--home", "36.094195,103.706334,1520,0") as (address,):
        yield address


@pytest.fixture(scope="session")
def demo(start_service: Callable[..., Any]) -> Iterator[Service]:
    """Three simulated drones on patrol, slow enough to be in the air for all tests."""
    with start_service("demo", "--port", "0", "--speedup", "3") as service:
        deadline_s = time.monotonic() + START_S
        while sum(bool(drone["is_flying"]) for drone in service.get("api/drones")["drones"]) < 3:
            assert time.monotonic() < deadline_s, service.get("api/drones")
            time.sleep(0.1)
        yield service


@pytest.fixture
def look(browser: Any) -> Iterator[Callable[..., Viewer]]:
    """Open the page of a service; at the end it must have behaved."""
    viewers: list[Viewer] = []

    def open_page(service: Service, locale: str = "en-GB") -> Viewer:
        viewers.append(Viewer(browser, service, locale))
        return viewers[-1]

    yield open_page
    for viewer in viewers:
        viewer.close()
