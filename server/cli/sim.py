"""`feiying sim`: simulated copters until interrupted."""

import asyncio
import contextlib
import math
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from geofence.refusal import Refusal
from server.cli import app
from server.cli.console import errors, print_json
from simulator.fleet import Home, SimulatorError, SimulatorFleet
from simulator.signing_key import read_signing_key
from simulator.world.document.world_file import read_world

DEFAULT_HOME = "36.0925,103.7080,1520,0"


def parse_home(text: str) -> Home:
    """Read LAT,LON,ALT,HEADING.

    Raises
    ------
    SimulatorError
        If it is not four numbers or no place.
    """
    parts = text.split(",")
    try:
        lat_deg, lon_deg, alt_amsl_m, heading_deg = (float(part) for part in parts)
    except ValueError:
        raise SimulatorError(
            f"{text!r} is no home", place="--home", remedy=f"Give LAT,LON,ALT,HEADING, such as {DEFAULT_HOME}"
        ) from None
    return Home(lat_deg, lon_deg, alt_amsl_m, heading_deg)


def parse_parameters(words: list[str]) -> dict[str, float]:
    """Read NAME=VALUE words.

    Raises
    ------
    SimulatorError
        If a word is none, or its value no finite number.
    """
    parameters: dict[str, float] = {}
    for word in words:
        name, _, value = word.partition("=")
        try:
            parameters[name] = float(value)
        except ValueError:
            parameters[name] = math.nan
        if not name or not math.isfinite(parameters[name]):
            raise SimulatorError(
                f"{word!r} sets no parameter",
                place="--param",
                remedy="Give NAME=VALUE, such as WPNAV_SPEED=500",
            )
    return parameters


@app.command()
def sim(
    count: Annotated[int, typer.Option(help="How many vehicles, up to 2,000.")] = 1,
    speedup: Annotated[float, typer.Option(help="Simulated seconds per real second, 0.1 to 1,000.")] = 1.0,
    home: Annotated[
        str,
        typer.Option(
            help=f"LAT,LON,ALT,HEADING of the first vehicle; {DEFAULT_HOME}, or the world's origin.",
            show_default=False,
        ),
    ] = "",
    port: Annotated[int, typer.Option(help="TCP port of the first vehicle; 0: any free ones.")] = 5760,
    udp: Annotated[
        str,
        typer.Option(
            help="Send to HOST:PORT instead of listening on TCP; HOST:FIRST-LAST with a port for every 250 vehicles."
        ),
    ] = "",
    quick_boot: Annotated[bool, typer.Option("--quick-boot", help="Ready within a second, not 40.")] = False,
    paced: Annotated[
        bool, typer.Option("--paced", help="Answer as late as a real vehicle does, not at once.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(
            help="Of the gusts; with a seed the vehicles' clocks begin with 2026, not now.",
            show_default=False,
        ),
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE of an ArduCopter parameter, may be repeated.")
    ] = None,
    signing_key: Annotated[
        Path | None,
        typer.Option(
            "--signing-key",
            metavar="FILE",
            help="Key or passphrase: sign everything, accept nothing unsigned.",
            show_default=False,
        ),
    ] = None,
    world: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Terrain, wind, river, people, incidents and other aircraft round the vehicles.",
            show_default=False,
        ),
    ] = None,
    cameras: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            help="Fit cameras and serve their pictures over HTTP; 0: any free port.",
            show_default=False,
        ),
    ] = None,
    until_eof: Annotated[
        bool, typer.Option("--until-eof", help="End when standard input is closed, as with whoever holds it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as JSON.")] = False,
) -> None:
    """Simulate ArduCopter-like vehicles until interrupted."""
    try:
        settings = None if world is None else read_world(world)
        if not home and settings is not None:
            place = Home(*settings.origin, 0.0)
        else:
            place = parse_home(home or DEFAULT_HOME)
        fleet = SimulatorFleet(
            count,
            home=place,
            speedup=speedup,
            port=port,
            udp=udp or None,
            seed=seed,
            quick_boot=quick_boot,
            parameters=parse_parameters(param or []),
            signing_key=None if signing_key is None else read_signing_key(signing_key),
            paced=paced,
            world=settings,
            cameras_port=cameras,
        )
        asyncio.run(_run(fleet, as_json=as_json, until_eof=until_eof))
    except SimulatorError as refused:
        raise Refusal(str(refused).rstrip(".")) from None


async def _run(fleet: SimulatorFleet, *, as_json: bool, until_eof: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    if until_eof:
        _watch_standard_input(loop, stopped)
    await fleet.start()
    try:
        vehicles = [
            {"system_id": copter.system_id, "address": address}
            for copter, address in zip(fleet.copters, fleet.addresses, strict=True)
        ]
        if as_json:
            shown = {"cameras": fleet.cameras_address} if fleet.cameras_address else {}
            print_json({"vehicles": vehicles, **shown})
        else:
            for vehicle in vehicles:
                errors.print(f"vehicle {vehicle['system_id']} at {vehicle['address']}", highlight=False)
            if fleet.cameras_address:
                errors.print(f"cameras at {fleet.cameras_address}", highlight=False)
            errors.print("Interrupt (Ctrl+C) to stop.", highlight=False)
        await stopped.wait()
    finally:
        await fleet.stop()


def _watch_standard_input(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    def read() -> None:
        for _ in sys.stdin.buffer:
            pass
        with contextlib.suppress(RuntimeError):  # the loop may have ended first
            loop.call_soon_threadsafe(stopped.set)

    threading.Thread(target=read, name="standard input", daemon=True).start()
