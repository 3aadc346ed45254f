"""Runs the simulator beside the service, as a process of its own."""

import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson

from geofence.latlon import LatLon
from server.errors import ServerError

START_S = 60.0
STOP_S = 5.0
BATTERY_MAH = 16000
"""Half an hour of patrol at what a simulated copter draws; ArduCopter's own default lasts seven minutes."""
LINES_KEPT = 5


@dataclass(frozen=True, slots=True)
class Simulator:
    """Simulated copters at work.

    Parameters
    ----------
    addresses : tuple of str
        One a copter, in the order of their system ids.
    process : asyncio.subprocess.Process
    last_lines : deque of str
        What it said last on standard error.
    """

    addresses: tuple[str, ...]
    process: asyncio.subprocess.Process
    last_lines: deque[str]

    @property
    def fault(self) -> str:
        """Why it ended; empty while it runs."""
        if self.process.returncode is None:
            return ""
        said = f" ({' '.join(self.last_lines)})" if self.last_lines else ""
        return f"the simulator ended with code {self.process.returncode}{said}"


@contextlib.asynccontextmanager
async def simulator_process(
    count: int, *, home: LatLon, home_alt_amsl_m: float, speedup: float, port: int = 0
) -> AsyncIterator[Simulator]:
    """Start simulated copters the process ends with the block, come what may.

    Raises
    ------
    ServerError
        If they do not come up.
    """
    arguments = [
        *("-m", "server.cli", "sim", "--count", str(count), "--port", str(port), "--quick-boot"),
        *("--speedup", f"{speedup:g}", "--param", f"BATT_CAPACITY={BATTERY_MAH}", "--json", "--until-eof"),
        *("--home", f"{home.lat_deg:.7f},{home.lon_deg:.7f},{home_alt_amsl_m:g},0"),
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.PIPE,  # closes with us, however we end
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # an interrupt from the terminal is ours to pass on, at the end
    )
    assert process.stdout is not None
    assert process.stderr is not None
    last_lines: deque[str] = deque(maxlen=LINES_KEPT)
    listening = asyncio.create_task(_keep_lines(process.stderr, last_lines), name="simulator stderr")
    draining: asyncio.Task[None] | None = None
    try:
        addresses = await _addresses(process.stdout, last_lines)
        draining = asyncio.create_task(_keep_lines(process.stdout, deque(maxlen=1)), name="simulator stdout")
        yield Simulator(tuple(addresses), process, last_lines)
    finally:
        await _stop(process)
        for task in (listening, draining):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


async def _addresses(stdout: asyncio.StreamReader, last_lines: deque[str]) -> list[str]:
    collected = b""
    try:
        async with asyncio.timeout(START_S):
            while line := await stdout.readline():
                collected += line
                # The document may be written on one line or over several.
                with contextlib.suppress(orjson.JSONDecodeError):
                    return [vehicle["address"] for vehicle in orjson.loads(collected)["vehicles"]]
    except (TimeoutError, KeyError, TypeError):
        pass
    said = f" ({' '.join(last_lines)})" if last_lines else ""
    raise ServerError(
        f"the simulator did not come up{said}", remedy="Run `feiying sim --quick-boot` by itself to see why"
    )


async def _keep_lines(stream: asyncio.StreamReader, last_lines: deque[str]) -> None:
    while line := await stream.readline():
        last_lines.append(line.decode("utf-8", errors="replace").strip())


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
