"""How these commands reach the vehicle."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from server.cli.console import errors

if TYPE_CHECKING:
    from telemetry.bridge import Bridge
    from telemetry.vehicle.vehicle import Vehicle

ConnectOption = Annotated[
    str,
    typer.Option(
        help="Link to the vehicle: tcp:HOST:PORT, udp:HOST:PORT (listen), udpout:HOST:PORT, /dev/ttyX,BAUD."
    ),
]
TimeoutOption = Annotated[float, typer.Option(min=0.1, help="Seconds to wait for the vehicle.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

Result = TypeVar("Result")


def with_vehicle(connect: str, timeout: float, work: "Callable[[Vehicle], Awaitable[Result]]") -> Result:
    """Connect, do the work and hang up; as `with_bridge`."""
    return with_bridge(connect, timeout, lambda _, vehicle: work(vehicle))


def with_bridge(
    connect: str, timeout: float, work: "Callable[[Bridge, Vehicle], Awaitable[Result]]"
) -> Result:
    """Connect, do the work and hang up. Nothing is recorded.

    Raises
    ------
    TelemetryError
        If no vehicle is heard, or an interrupt came first.
    """
    from server.run_until_stopped import run_until_stopped
    from server.until_stopped import until_stopped
    from telemetry.bridge import Bridge
    from telemetry.links.link_address import open_link_for
    from telemetry.links.replay_link import ReplayLink
    from telemetry.refusal import TelemetryError

    async def talk() -> tuple[Result]:
        link = open_link_for(connect)
        if isinstance(link, ReplayLink):
            raise TelemetryError(
                "a recording cannot be asked for anything", place=connect, remedy="Connect to a vehicle"
            )
        async with Bridge() as bridge:
            await bridge.add_link(link)
            return (await work(bridge, await bridge.wait_for_vehicle(timeout)),)

    async def main(stop: asyncio.Event) -> Result:
        done = await until_stopped(talk(), stop)
        if done is None:
            raise TelemetryError("interrupted; what was set until then stays set")
        return done[0]

    with errors.status("Talking to the vehicle"):
        return run_until_stopped(main)
