"""How these commands reach the vehicle."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from server.cli.console import errors
from server.cli.signing_options import signing_of

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


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a vehicle is heard, which one it is, and what it signs with."""

    connect: str
    timeout: float
    system_id: int | None
    signing_key: Path | None


def with_vehicle(reach: Reach, work: "Callable[[Vehicle], Awaitable[Result]]") -> Result:
    """Connect, do the work and hang up; as `with_bridge`."""
    return with_bridge(reach, lambda _, vehicle: work(vehicle))


def with_bridge(reach: Reach, work: "Callable[[Bridge, Vehicle], Awaitable[Result]]") -> Result:
    """Connect, do the work and hang up. Nothing is recorded.

    Raises
    ------
    TelemetryError
        If no vehicle is heard, or several and none is named, or an interrupt came first.
    """
    from server.run_until_stopped import run_until_stopped
    from server.until_stopped import until_stopped
    from telemetry.bridge import Bridge
    from telemetry.clock import SystemClock
    from telemetry.links.link_address import open_link_for
    from telemetry.links.replay_link import ReplayLink
    from telemetry.refusal import TelemetryError

    async def talk() -> tuple[Result]:
        link = open_link_for(reach.connect)
        if isinstance(link, ReplayLink):
            raise TelemetryError(
                "a recording cannot be asked for anything",
                place=reach.connect,
                remedy="Connect to a vehicle",
            )
        async with Bridge(signing=signing_of(reach.signing_key, SystemClock(), None)) as bridge:
            await bridge.add_link(link)
            vehicle = await bridge.wait_for_one_vehicle(reach.timeout, reach.system_id)
            return (await work(bridge, vehicle),)

    async def main(stop: asyncio.Event) -> Result:
        done = await until_stopped(talk(), stop)
        if done is None:
            raise TelemetryError("interrupted; what was set until then stays set")
        return done[0]

    with errors.status("Talking to the vehicle"):
        return run_until_stopped(main)
