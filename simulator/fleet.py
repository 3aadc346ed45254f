"""Several simulated vehicles on sockets, driven by one clock in one event loop."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Self

from simulator.copter import Copter
from simulator.home import DEFAULT_HOME, Home
from simulator.network.camera_server import CameraServer
from simulator.network.tcp_server import TcpServer
from simulator.network.udp_link import UdpLink, parse_address
from simulator.network.world_clock import STEP_S, WorldClock
from simulator.protocol.parameter_table import ParameterTable
from simulator.refusal import SimulatorError
from simulator.world.vehicles_in_world import VehiclesInWorld
from simulator.world.world import World, level_world
from simulator.world.world_settings import WorldSettings

__all__ = ["DEFAULT_HOME", "Home", "SimulatorError", "SimulatorFleet"]

SPACING_M = 4.0
PORT_STEP = 10
MAX_COUNT = 200
MIN_SPEEDUP, MAX_SPEEDUP = 0.1, 50.0


class SimulatorFleet:
    """Copters side by side, each on its own TCP port, or all on one UDP address.

    Parameters
    ----------
    count : int
        How many; system ids count from 1.
    home : Home
        Where the first stands; the others stand 4 m further east each.
    speedup : float
        Simulated seconds per real second, 0.1 to 50.
    port : int
        TCP port of the first; the next have 10 more each. 0: any free ones.
    udp : str, optional
        HOST:PORT to send to instead of listening on TCP.
    seed : int
        Of the gusts, which SIM_WIND_TURB turns on; each vehicle has its own.
    quick_boot : bool
        Ready to arm within a simulated second instead of 40.
    parameters : mapping of str to float, optional
        ArduCopter parameters to set on every vehicle before it boots.
    signing_key : bytes, optional
        Of all links.
    paced : bool
        Answer on TCP as late as a real vehicle does, about 6 ms after each message, instead of at once.
    world : WorldSettings, optional
        What surrounds the vehicles; they stand on its ground.
    cameras_port : int, optional
        TCP port that gives the pictures of every vehicle's camera; 0: a free one.
    """

    def __init__(
        self,
        count: int,
        *,
        home: Home = DEFAULT_HOME,
        speedup: float = 1.0,
        port: int = 5760,
        udp: str | None = None,
        seed: int = 0,
        quick_boot: bool = False,
        parameters: Mapping[str, float] | None = None,
        signing_key: bytes | None = None,
        paced: bool = False,
        world: WorldSettings | None = None,
        cameras_port: int | None = None,
    ) -> None:
        if not 1 <= count <= MAX_COUNT:
            raise SimulatorError(
                f"{count} vehicles cannot be simulated", place="--count", remedy=f"Give 1 to {MAX_COUNT}"
            )
        if not MIN_SPEEDUP <= speedup <= MAX_SPEEDUP:
            raise SimulatorError(
                f"a speed-up of {speedup:g} is out of range",
                place="--speedup",
                remedy=f"Give {MIN_SPEEDUP:g} to {MAX_SPEEDUP:g}",
            )
        if udp is None and not (port == 0 or 1 <= port <= 65535 - PORT_STEP * (count - 1)):
            raise SimulatorError(
                f"port {port} leaves no room for {count} vehicles",
                place="--port",
                remedy=f"Give 1 to {65535 - PORT_STEP * (count - 1)}, or 0 for any free ones",
            )
        if udp is not None:
            parse_address(udp)
        unknown = sorted(name for name in (parameters or {}) if name not in ParameterTable())
        if unknown:
            raise SimulatorError(
                f"ArduCopter has no parameter {unknown[0]}", remedy="Give names of ArduCopter 4.6 parameters"
            )
        self._speedup = speedup
        self._port = port
        self._udp_address = udp
        self._is_paced = paced
        epoch_unix_s = time.time()
        if world is None and cameras_port is not None:
            world = level_world(home)
        surrounding: World | None = None
        if world is not None:
            settings = replace(world, seed=seed or world.seed)
            surrounding = World(settings, vehicles=count, starts_unix_s=epoch_unix_s)
            epoch_unix_s = surrounding.starts_unix_s
        self.copters = [
            Copter(
                number + 1,
                home.moved_east(SPACING_M * number),
                is_quick_boot=quick_boot,
                parameters={**(parameters or {}), "SIM_SPEEDUP": speedup},
                epoch_unix_s=epoch_unix_s,
                seed=seed,
                signing_key=signing_key,
            )
            for number in range(count)
        ]
        self.in_world: VehiclesInWorld | None = None
        if surrounding is not None:
            self.in_world = VehiclesInWorld(
                surrounding, self.copters, chosen=parameters or (), has_cameras=cameras_port is not None
            )
        self._cameras_port = cameras_port
        self._cameras: CameraServer | None = None
        self._servers: list[TcpServer] = []
        self._udp_link: UdpLink | None = None
        self._clock = WorldClock(self._step, self._flush, lambda: self._speedup)
        self._task: asyncio.Task[None] | None = None

    @property
    def addresses(self) -> list[str]:
        """Where each vehicle is reached, in the order of system ids."""
        if self._udp_address is not None:
            return [f"udp:{self._udp_address}"] * len(self.copters)
        return [server.address for server in self._servers]

    @property
    def cameras_address(self) -> str:
        """Where the cameras' pictures are, or empty."""
        return self._cameras.address if self._cameras is not None else ""

    async def start(self) -> None:
        """Open all sockets and let time run.

        Raises
        ------
        SimulatorError
            If a socket cannot be opened; then none is left open.
        """
        try:
            if self.in_world is not None and self._cameras_port is not None:
                self._cameras = CameraServer(self.in_world)
                await self._cameras.start(self._cameras_port)
            if self._udp_address is not None:
                self._udp_link = UdpLink(self.copters)
                await self._udp_link.start(self._udp_address)
            else:
                for number, copter in enumerate(self.copters):
                    server = TcpServer(copter, is_paced=self._is_paced)
                    await server.start(self._port + PORT_STEP * number if self._port else 0)
                    self._servers.append(server)
        except BaseException:
            await self.stop()
            raise
        self._task = asyncio.create_task(self._clock.run())

    async def stop(self) -> None:
        """Stop time and close all sockets."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._cameras is not None:
            await self._cameras.stop()
            self._cameras = None
        for server in self._servers:
            await server.stop()
        self._servers = []
        if self._udp_link is not None:
            self._udp_link.stop()
            self._udp_link = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _step(self) -> None:
        link_dt = STEP_S / self._speedup
        if self.in_world is not None:
            self.in_world.step(STEP_S)
        if self._udp_link is not None:
            for copter in self.copters:
                copter.step(STEP_S, link_dt)
            return
        for server in self._servers:
            if server.is_powered:
                server.copter.step(STEP_S, link_dt)

    def _flush(self) -> None:
        for copter in self.copters:
            copter.flush()
