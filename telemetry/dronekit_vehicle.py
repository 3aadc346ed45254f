"""A dronekit `Vehicle` for an operator's script, through a bridge: with the control of the drone, or to look at it only."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from telemetry.bridge import Bridge
from telemetry.control.actor import Actor, acting_as
from telemetry.control.refusal import ControlDenied
from telemetry.dronekit_adapter import connect
from telemetry.forwarding.forwarder import Forwarder
from telemetry.links.address import GROUND_STATION, Address
from telemetry.links.link_address import network_of, open_link_for
from telemetry.links.tcp_listen_link import TcpListenLink
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle import Vehicle

FIND_S = 30.0

_USER_COMPONENTS = (25, 99)
"""MAV_COMP_ID_USER1 to USER75."""
_LOOPBACK = "127.0.0.1"


def script_station() -> Address:
    """Choose what a script speaks as: a ground station that is not the only one."""
    return Address(GROUND_STATION.system_id, random.SystemRandom().randint(*_USER_COMPONENTS))


@asynccontextmanager
async def dronekit_attached(
    bridge: Bridge,
    vehicle_id: str,
    *,
    who: str = "",
    why: str = "",
    station: Address | None = None,
    timeout_s: float = FIND_S,
    may_upload: bool = False,
) -> AsyncIterator[Any]:
    """Give a dronekit `Vehicle` of a running bridge; its calls wait, so they belong into `asyncio.to_thread`.

    Parameters
    ----------
    bridge : Bridge
    vehicle_id : str
    who, why : str
        Whoever has the drone's control in the block, renewed until its end; without a name the vehicle can be read only.
    station : Address, optional
        What dronekit speaks as; chosen where it is not given.
    timeout_s : float
        How long to wait for the drone.
    may_upload : bool
        Whether missions, fences and rally points that dronekit sends pass; nobody verifies them.

    Raises
    ------
    ControlHeld
        If somebody else has the control; nothing is sent then.
    TelemetryError
        If the drone is not heard.
    """
    vehicle = await _vehicle_of(bridge, vehicle_id, timeout_s)
    station = station or script_station()
    link = TcpListenLink(f"dronekit {station.component_id}", _LOOPBACK, 0)
    async with contextlib.AsyncExitStack() as stack:
        if who:
            await stack.enter_async_context(_controlled(vehicle, Actor(who, why, station=station)))
        await stack.enter_async_context(
            Forwarder(
                link,
                bridge,
                may_order=bool(who),
                may_upload=may_upload,
                vehicle_id=vehicle.vehicle_id,
            )
        )
        connected = await asyncio.to_thread(
            connect,
            f"tcp:{_LOOPBACK}:{link.port}",
            timeout_s=timeout_s,
            source_system=station.system_id,
            source_component=station.component_id,
        )
        try:
            yield connected
        finally:
            await asyncio.to_thread(connected.close)


@contextmanager
def dronekit_vehicle(
    link: str,
    vehicle_id: str = "",
    *,
    who: str = "",
    why: str = "",
    station: Address | None = None,
    timeout_s: float = FIND_S,
    may_upload: bool = False,
) -> Iterator[Any]:
    """Give a dronekit `Vehicle` over a link of the script's own, with a bridge that runs beside it.

    Parameters
    ----------
    link : str
        Its address, such as `tcp:127.0.0.1:5760`.
    vehicle_id : str
        Which of the link's vehicles, such as `1-3`; the first that is heard where it is not given.
    who, why, station, timeout_s, may_upload
        As `dronekit_attached`.

    Raises
    ------
    TelemetryError
        If the link cannot be opened, or no such vehicle is heard.
    """
    begun: Future[asyncio.AbstractEventLoop] = Future()
    ready: Future[Any] = Future()
    done = asyncio.Event()

    async def live() -> None:
        begun.set_result(asyncio.get_running_loop())
        async with Bridge() as bridge:
            await bridge.add_link(open_link_for(link), network_of(link))
            async with dronekit_attached(
                bridge,
                vehicle_id,
                who=who,
                why=why,
                station=station,
                timeout_s=timeout_s,
                may_upload=may_upload,
            ) as vehicle:
                ready.set_result(vehicle)
                await done.wait()

    with ThreadPoolExecutor(1, thread_name_prefix="bridge") as beside:
        living = beside.submit(asyncio.run, live())
        living.add_done_callback(lambda ended: _tell_failure(ended, ready))
        try:
            yield ready.result()
        finally:
            # Where it failed, the loop is closed already.
            with contextlib.suppress(RuntimeError):
                begun.result().call_soon_threadsafe(done.set)
            living.result()


def _tell_failure(ended: Future[None], ready: Future[Any]) -> None:
    if not ready.done():
        ready.set_exception(ended.exception())


async def _vehicle_of(bridge: Bridge, vehicle_id: str, timeout_s: float) -> Vehicle:
    """Wait for one vehicle."""
    with bridge.bus.subscribe("drone.*.event.vehicle_discovered", name="script") as found:
        first = await bridge.wait_for_vehicle(timeout_s)
        if not vehicle_id:
            return first
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while vehicle_id not in bridge.vehicles:
                    await anext(found)
    if vehicle_id not in bridge.vehicles:
        raise TelemetryError(
            f"there is no vehicle {vehicle_id}", remedy=f"There are: {', '.join(bridge.vehicles)}"
        )
    return bridge.vehicles[vehicle_id]


@asynccontextmanager
async def _controlled(vehicle: Vehicle, actor: Actor) -> AsyncIterator[None]:
    """Have the control of a vehicle for as long as nobody takes it over, and give it up at the end."""
    with acting_as(actor):
        async with vehicle.control.kept("a script"):
            # Whoever had it under this name has a station only now.
            vehicle.control.take(actor)
            try:
                yield
            finally:
                with contextlib.suppress(ControlDenied):
                    vehicle.control.release(actor)
