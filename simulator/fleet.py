"""Several simulated vehicles on sockets, driven by one clock in one event loop."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Self

from simulator.copter import EPOCH_UNIX_S, Copter
from simulator.copters import NETWORK_SIZE, Copters
from simulator.home import DEFAULT_HOME, Home
from simulator.network.camera_server import CameraServer
from simulator.network.tcp_server import TcpServer
from simulator.network.udp_address import parse_udp_address
from simulator.network.udp_link import UdpLink
from simulator.network.world_clock import STEP_S, WorldClock
from simulator.refusal import SimulatorError
from simulator.world.vehicles_in_world import VehiclesInWorld
from simulator.world.world import World, level_world
from simulator.world.world_settings import WorldSettings

__all__ = ["DEFAULT_HOME", "Home", "SimulatorError", "SimulatorFleet"]

PORT_STEP = 10
MIN_SPEEDUP, MAX_SPEEDUP = 0.1, 1_000.0


class SimulatorFleet:
    """Copters side by side, each on its own TCP port, or all on one UDP address.

    Parameters
    ----------
    count : int
        How many, up to 2,000; system ids count from 1, and begin again after 250, in the next network.
    home : Home
        Where the first stands; the others stand 4 m further east each, and after 25 of them 4 m further north.
    speedup : float
        Simulated seconds per real second, 0.1 to 1,000; as fast as the machine can, if it cannot do that.
    port : int
        TCP port of the first; the next have 10 more each. 0: any free ones.
    udp : str, optional
        HOST:PORT to send to instead of listening on TCP; HOST:FIRST-LAST with a port for every 250 vehicles.
    seed : int, optional
        Of the gusts, which SIM_WIND_TURB turns on; each vehicle has its own. With a seed nothing depends on the time of
        day: the vehicles' clocks begin with the year 2026.
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
        seed: int | None = None,
        quick_boot: bool = False,
        parameters: Mapping[str, float] | None = None,
        signing_key: bytes | None = None,
        paced: bool = False,
        world: WorldSettings | None = None,
        cameras_port: int | None = None,
    ) -> None:
        if not MIN_SPEEDUP <= speedup <= MAX_SPEEDUP:
            raise SimulatorError(
                f"a speed-up of {speedup:g} is out of range",
                place="--speedup",
                remedy=f"Give {MIN_SPEEDUP:g} to {MAX_SPEEDUP:g}",
            )
        if seed is not None and seed < 0:
            raise SimulatorError(f"{seed} is no seed", place="--seed", remedy="Give 0 or more")
        if udp is None and not (port == 0 or 1 <= port <= 65535 - PORT_STEP * (count - 1)):
            raise SimulatorError(
                f"port {port} leaves no room for {count} vehicles",
                place="--port",
                remedy=f"Give 1 to {65535 - PORT_STEP * (count - 1)}, or 0 for any free ones",
            )
        networks = -(-count // NETWORK_SIZE)
        self._udp_address = parse_udp_address(udp) if udp is not None else None
        if self._udp_address is not None and len(self._udp_address.ports) < networks:
            raise SimulatorError(
                f"{count} vehicles need {networks} networks, for system ids end at 255",
                place="--udp",
                remedy=f"Give {networks} ports, such as {self._udp_address.host}:14550-{14549 + networks}",
            )
        self._speedup = speedup
        self._port = port
        self._is_paced = paced
        epoch_unix_s = time.time() if seed is None or signing_key is not None else EPOCH_UNIX_S
        if world is None and cameras_port is not None:
            world = level_world(home)
        surrounding: World | None = None
        if world is not None:
            settings = world if seed is None else replace(world, seed=seed)
            surrounding = World(settings, vehicles=count, starts_unix_s=epoch_unix_s)
            epoch_unix_s = surrounding.starts_unix_s
        self._copters = Copters(
            count,
            home=home,
            seed=seed or 0,
            quick_boot=quick_boot,
            parameters={**(parameters or {}), "SIM_SPEEDUP": speedup},
            epoch_unix_s=epoch_unix_s,
            signing_key=signing_key,
        )
        self.in_world: VehiclesInWorld | None = None
        if surrounding is not None:
            self.in_world = VehiclesInWorld(
                surrounding, self.copters, chosen=parameters or (), has_cameras=cameras_port is not None
            )
        self._cameras_port = cameras_port
        self._cameras: CameraServer | None = None
        self._servers: list[TcpServer] = []
        self._udp_links: list[UdpLink] = []
        self._clock = WorldClock(self._step, self._flush, lambda: self._speedup)
        self._task: asyncio.Task[None] | None = None

    @property
    def copters(self) -> Sequence[Copter]:
        """The vehicles, network by network in the order of system ids."""
        return self._copters.all

    @property
    def steps(self) -> int:
        """How many steps of simulated time were made."""
        return self._clock.steps

    @property
    def addresses(self) -> list[str]:
        """Where each vehicle is reached, in the order of `copters`."""
        if self._udp_address is not None:
            host, ports = self._udp_address.host, self._udp_address.ports
            return [f"udp:{host}:{ports[number // NETWORK_SIZE]}" for number in range(len(self.copters))]
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
                for port, network in zip(self._udp_address.ports, self._copters.networks, strict=False):
                    link = UdpLink(network)
                    self._udp_links.append(link)
                    await link.start(self._udp_address.host, port)
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
        for link in self._udp_links:
            link.stop()
        self._udp_links = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _step(self) -> None:
        if self.in_world is not None:
            self.in_world.step(STEP_S)
        powered = None if self._udp_links else [each.copter for each in self._servers if each.is_powered]
        self._copters.step(STEP_S, STEP_S / self._speedup, powered)

    def _flush(self) -> None:
        self._copters.flush()
        for link in self._udp_links:
            link.flush()
