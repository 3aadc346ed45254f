"""One instance of an ArduCopter SITL binary, in a folder of its own."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from simulator.home import Home
from simulator.refusal import SimulatorError

BASE_PORT, PORT_STEP = 5760, 10
INSTANCES_AT_MOST = 250
STOP_S = 3.0
TAIL_BYTES = 2000


class ArduPilotInstance:
    """Started by `start`, stopped by `stop` with all that it has started.

    Parameters
    ----------
    binary : Path
    number : int
        The instance number of SITL, which its ports follow from.
    system_id : int
    home : Home
    folder : Path
        Made; holds its parameters, its storage and what it prints.
    parameters : mapping of str to float
    speedup : float
    """

    def __init__(
        self,
        binary: Path,
        number: int,
        *,
        system_id: int,
        home: Home,
        folder: Path,
        parameters: Mapping[str, float],
        speedup: float,
    ) -> None:
        self._binary = binary
        self.number = number
        self._home = home
        self._folder = folder
        self._parameters = {**parameters, "SYSID_THISMAV": float(system_id)}
        self._speedup = speedup
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        """Where its first serial port is reached."""
        return f"tcp:127.0.0.1:{BASE_PORT + PORT_STEP * self.number}"

    async def start(self) -> None:
        """Start the process.

        Raises
        ------
        SimulatorError
            If it cannot be started.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        defaults = self._folder / "scenario.parm"
        defaults.write_text("".join(f"{name} {value:g}\n" for name, value in self._parameters.items()))
        home = self._home
        arguments = (
            *("--model", "+", "--wipe", "--instance", str(self.number)),
            *("--home", f"{home.lat_deg},{home.lon_deg},{home.alt_amsl_m},{home.heading_deg}"),
            *("--defaults", str(defaults.resolve()), "--speedup", f"{self._speedup:g}"),
        )
        output = await asyncio.to_thread((self._folder / "output.txt").open, "wb")
        try:
            self._process = await asyncio.create_subprocess_exec(
                str(self._binary.resolve()),
                *arguments,
                cwd=self._folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        except OSError as error:
            raise SimulatorError(
                f"it cannot be started ({(error.strerror or str(error)).lower()})",
                place=str(self._binary),
                remedy="Give the path of an ArduCopter SITL binary, such as build/sitl/bin/arducopter",
            ) from None
        finally:
            output.close()

    async def wait_for_port(self, timeout_s: float) -> None:
        """Wait until it listens.

        Raises
        ------
        SimulatorError
            If it ends or does not; with the last it printed.
        """
        assert self._process is not None
        port = BASE_PORT + PORT_STEP * self.number
        loop = asyncio.get_running_loop()
        until_s = loop.time() + timeout_s
        while not await asyncio.to_thread(is_taken, port):
            if self._process.returncode is not None or loop.time() > until_s:
                ended = self._process.returncode is not None
                said = (
                    (self._folder / "output.txt").read_bytes()[-TAIL_BYTES:].decode(errors="replace").strip()
                )
                raise SimulatorError(
                    (
                        f"it ended with {self._process.returncode}"
                        if ended
                        else f"it does not listen on port {port}"
                    )
                    + (f" and said: {said}" if said else ""),
                    place=str(self._binary),
                    remedy="See whether it runs by itself with --model + --instance 0",
                )
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """End the process and its children."""
        process = self._process
        if process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_S):
                    await process.wait()
                    return


def free_instances(count: int) -> list[int]:
    """Give instance numbers whose ports nobody uses.

    Raises
    ------
    SimulatorError
        If there are not enough.
    """
    free: list[int] = []
    for number in range(INSTANCES_AT_MOST):
        port = BASE_PORT + PORT_STEP * number
        # SITL listens on a port a serial line: the first, third and fourth.
        if not any(is_taken(each) for each in (port, port + 2, port + 3)):
            free.append(number)
            if len(free) == count:
                return free
    raise SimulatorError(f"there are no free ports for {count} instances", remedy="End other simulations")


def is_taken(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
