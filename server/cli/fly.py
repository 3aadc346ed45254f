"""`feiying fly`: one plan on one vehicle, from verification to disarming."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geofence.refusal import Refusal
from server.cli import app
from server.cli.console import errors, print_json, print_refusal, say
from server.cli.forward_options import ForwardOption
from server.cli.service_options import OperatorOption, RtkOption, TerrainOption, terrain_of
from server.cli.signing_options import SigningKeyOption, SystemIdOption, signing_of
from server.cli.zone_options import CrsOption

if TYPE_CHECKING:
    from geofence.zone_set import ZoneSet
    from missions.plan.plan import Plan
    from server.cli.flight_display import FlightDisplay
    from telemetry.flight.flight import Flight, FlightResult

SHOW_INTERVAL_S = 0.2


@app.command()
def fly(
    plan: Annotated[Path, typer.Argument(help="Plan to fly (.plan, .waypoints).")],
    connect: Annotated[
        list[str],
        typer.Option(
            help="Link to the vehicle: tcp:HOST:PORT, udp:HOST:PORT (listen), udpout:HOST:PORT, /dev/ttyX,BAUD. "
            "May be repeated: where one fails the next is taken."
        ),
    ],
    zones: Annotated[
        Path | None,
        typer.Option(
            help="Zones in force, of any format that is read: verified, watched and put on board.",
            show_default=False,
        ),
    ] = None,
    crs: CrsOption = None,
    no_fence: Annotated[
        bool, typer.Option("--no-fence", help="Leave the vehicle's own fence as it is.")
    ] = False,
    allow_above_120: Annotated[
        bool, typer.Option("--allow-above-120", help="Fly above the legal limit of 120 m, with a permit.")
    ] = False,
    max_wind: Annotated[
        float | None,
        typer.Option(
            "--max-wind",
            metavar="M/S",
            min=0.0,
            help="The strongest gust to reckon with; refused where the plan does not keep its margin in it.",
            show_default=False,
        ),
    ] = None,
    record: Annotated[Path, typer.Option(help="Folder for the .tlog recording.")] = Path("records"),
    system_id: SystemIdOption = None,
    signing_key: SigningKeyOption = None,
    forward: ForwardOption = None,
    terrain: TerrainOption = None,
    rtk: RtkOption = None,
    operator: OperatorOption = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for the vehicle.")] = 10.0,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Verify a plan, put it on board, arm, fly it and watch until the vehicle is disarmed.

    Exits 0 if it was flown whole, 1 if it was refused or aborted.
    """
    from server.run_until_stopped import run_until_stopped

    flight_plan: Plan | None = None
    flight: Flight | None = None

    async def main(stop: asyncio.Event) -> "FlightResult":
        nonlocal flight_plan, flight
        from geofence.formats.zone_files import read_zones
        from missions.files.plan_files import read_plan
        from server.cli.flight_display import FlightDisplay
        from server.until_stopped import until_stopped
        from telemetry.bridge import Bridge
        from telemetry.clock import SystemClock
        from telemetry.flight.flight import Flight
        from telemetry.flight.flight_verification import demand_flyable, departure_span_utc_s
        from telemetry.forwarding.attached_stations import attached_stations, refuse_bad_addresses
        from telemetry.links.link_address import open_link_for
        from telemetry.links.replay_link import ReplayLink
        from telemetry.logbook.flight_logger import FlightLogger
        from telemetry.recorder import Recorder
        from telemetry.refusal import TelemetryError
        from telemetry.rtk.correction_relay import CorrectionRelay
        from telemetry.rtk.correction_source import correction_source
        from telemetry.terrain.terrain_service import serve_terrain
        from telemetry.traffic.own_remote_id import read_operator
        from telemetry.traffic.remote_id_service import tell_operator

        flight_plan = read_plan(plan)
        zone_set = read_zones(zones, crs=crs) if zones is not None else None
        demand_flyable(
            flight_plan,
            zone_set,
            allow_above_120=allow_above_120,
            departure_utc_s=departure_span_utc_s(SystemClock().utc_s()),
            max_wind_m_s=max_wind,
        )
        links = [open_link_for(address) for address in dict.fromkeys(connect)]
        for link in links:
            if isinstance(link, ReplayLink):
                raise TelemetryError(
                    "a recording cannot be flown",
                    place=link.name,
                    remedy="Connect to a vehicle, or use feiying replay",
                )
        refuse_bad_addresses(forward or (), ["1"])
        ground_heights = terrain_of(terrain)
        corrections = None if rtk is None else correction_source(rtk)
        flown_by = None if operator is None else read_operator(operator)
        _say_what_is_not_checked(zone_set, no_fence=no_fence)
        async with contextlib.AsyncExitStack() as stack:
            recorder = Recorder(record)
            signing = signing_of(signing_key, SystemClock(), record)
            bridge = await stack.enter_async_context(Bridge(recorder=recorder, signing=signing))
            thread = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="flight log"))
            await stack.enter_async_context(FlightLogger(recorder, bridge.bus, executor=thread))
            await stack.enter_async_context(attached_stations(bridge, forward or ()))
            if ground_heights is not None:
                serve_terrain(bridge, ground_heights)
            if flown_by is not None:
                tell_operator(bridge, flown_by)
            if corrections is not None:
                await stack.enter_async_context(CorrectionRelay(bridge, corrections))
            display = stack.enter_context(FlightDisplay(errors, bridge.bus))
            for link in links:
                await bridge.add_link(link, network="1")
            vehicle = await until_stopped(bridge.wait_for_one_vehicle(timeout, system_id), stop)
            if vehicle is None:
                raise TelemetryError("interrupted before the flight began; nothing was changed")
            flight = Flight(
                vehicle,
                flight_plan,
                zone_set,
                with_fence=not no_fence,
                clock=bridge.clock,
                allow_above_120=allow_above_120,
                max_wind_m_s=max_wind,
                on_note=display.note,
                on_progress=display.show_transfer,
            )
            return await _watch(flight, display, stop)

    try:
        result = run_until_stopped(main)
    except Refusal as refusal:
        print_refusal(refusal, _refused_document(str(refusal), flight_plan, flight) if json else None)
        raise typer.Exit(1) from None
    if json:
        print_json(asdict(result))
    if not result.completed:
        say(f"Aborted: {result.reason}.", "red")
        raise typer.Exit(1)
    errors.print(
        f"Flown whole: {result.reached} of {result.items} waypoints reached, {result.length_m / 1000:.2f} km.",
        style="green",
        markup=False,
        highlight=False,
    )


def _say_what_is_not_checked(zones: "ZoneSet | None", *, no_fence: bool) -> None:
    if zones is None:
        errors.print(
            "No --zones: only the altitudes are verified, no zone is watched, no fence goes on board.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    elif no_fence:
        errors.print("--no-fence: the vehicle's own fence stays as it is.", markup=False, highlight=False)


async def _watch(flight: "Flight", display: "FlightDisplay", stop: asyncio.Event) -> "FlightResult":
    flying = asyncio.create_task(flight.run())
    stopping = asyncio.create_task(stop.wait())
    try:
        while not flying.done():
            await asyncio.wait(
                {flying, stopping}, timeout=SHOW_INTERVAL_S, return_when=asyncio.FIRST_COMPLETED
            )
            display.show_flight(flight)
            if stop.is_set() and not flying.done():
                return await _interrupt(flight, flying, display)
        return flying.result()
    finally:
        stopping.cancel()
        display.show_flight(flight)


async def _interrupt(
    flight: "Flight", flying: "asyncio.Task[FlightResult]", display: "FlightDisplay"
) -> "FlightResult":
    """Stop supervising; whatever is in the air is sent home first."""
    display.note("Interrupted: stopping; press nothing until the vehicle has its last order.")
    flying.cancel()
    await asyncio.gather(flying, return_exceptions=True)
    display.note(await flight.leave())
    return flight.result()


def _refused_document(reason: str, plan: "Plan | None", flight: "Flight | None") -> dict[str, object]:
    from telemetry.flight.flight import FlightResult

    if flight is not None:
        return asdict(flight.result())
    items = sum(item.is_navigation for item in plan.items) if plan is not None else 0
    return asdict(FlightResult(False, reason, items, 0, None, None, 0.0, None, 0))
