"""`feiying serve`: bridge and page for any vehicles."""

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geofence.zone_set import ZoneSet
from server.cli import app
from server.cli.console import errors, say
from server.cli.forward_options import (
    ForwardControlOption,
    ForwardedMissions,
    ForwardMissionsOption,
    ForwardOption,
)
from server.cli.service_options import OperatorOption, RtkOption, TerrainOption, terrain_of
from server.cli.signing_options import SigningKeyOption, signing_of
from server.cli.zone_options import CrsOption, KindOption, read_zones_to_fly_by
from telemetry.events import (
    CorrectionsLost,
    CorrectionsStarted,
    EventsDropped,
    FlightFound,
    FlightLogFailed,
    FlightLogged,
    LinkCrowded,
    LinkFaded,
    LinkLost,
    LinkOpened,
    LinkRecovered,
    LinkSwitched,
    RecordingFailed,
    RecordingRepaired,
    RecordingResumed,
    RecordingsDeleted,
    SigningMismatched,
    SystemIdDuplicated,
    TerrainMissing,
    VehicleDiscovered,
    VehicleReturned,
)

if TYPE_CHECKING:
    from telemetry.bus import Subscription

_TOLD = (
    CorrectionsLost,
    CorrectionsStarted,
    EventsDropped,
    FlightFound,
    FlightLogFailed,
    FlightLogged,
    LinkCrowded,
    LinkFaded,
    LinkLost,
    LinkOpened,
    LinkRecovered,
    LinkSwitched,
    RecordingFailed,
    RecordingRepaired,
    RecordingResumed,
    RecordingsDeleted,
    SigningMismatched,
    SystemIdDuplicated,
    TerrainMissing,
    VehicleDiscovered,
    VehicleReturned,
)

HostOption = Annotated[str, typer.Option(help="Address to listen on; any but loopback demands a token.")]
PortOption = Annotated[int, typer.Option(help="Port to listen on; 0 takes any free one.")]
TokenFileOption = Annotated[
    Path | None,
    typer.Option(
        help="File with the access token (16 characters or more); else FEIYING_TOKEN.", show_default=False
    ),
]


@app.command()
def serve(
    connect: Annotated[
        list[str] | None,
        typer.Option(
            help="Link to vehicles, may be repeated: tcp:HOST:PORT, udp:HOST:PORT (listen), udpout:HOST:PORT, /dev/ttyX,BAUD. "
            "NAME=LINK for each of several links to the same vehicles."
        ),
    ] = None,
    zones: Annotated[
        Path | None, typer.Option(help="Zones in force, of any format that is read.", show_default=False)
    ] = None,
    crs: CrsOption = None,
    kind: KindOption = None,
    ground: Annotated[
        Path | None, typer.Option(help="Ground to draw under the zones, GeoJSON.", show_default=False)
    ] = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    record: Annotated[
        Path, typer.Option(help="Folder for recordings (.tlog) of all links, and the flights' logs.")
    ] = Path("records"),
    keep_days: Annotated[
        float | None,
        typer.Option(min=0.01, help="Delete older recordings, but no pinned flight.", show_default=False),
    ] = None,
    keep_gb: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            help="Delete the oldest recordings above this, but no pinned flight.",
            show_default=False,
        ),
    ] = None,
    token_file: TokenFileOption = None,
    signing_key: SigningKeyOption = None,
    forward: ForwardOption = None,
    forward_control: ForwardControlOption = None,
    forward_missions: ForwardMissionsOption = ForwardedMissions.REFUSED,
    terrain: TerrainOption = None,
    rtk: RtkOption = None,
    operator: OperatorOption = None,
) -> None:
    """Show and command vehicles in the browser."""
    from server.ground import read_ground
    from server.run_until_stopped import run_until_stopped
    from server.settings import Settings, read_token
    from server.web_server import bind
    from telemetry.forwarding.attached_stations import refuse_bad_addresses
    from telemetry.links.link_address import network_of, open_link_for
    from telemetry.rtk.correction_source import correction_source
    from telemetry.traffic.own_remote_id import read_operator

    settings = Settings(host=host, port=port, token=read_token(token_file))
    zone_set = read_zones_to_fly_by(zones, crs=crs, kind=kind) if zones is not None else ZoneSet(())
    ground_layer = read_ground(ground) if ground is not None else b"null"
    addresses = list(dict.fromkeys(connect or []))
    for address in addresses:
        open_link_for(address)
    networks = [network_of(address) or str(number) for number, address in enumerate(addresses, 1)]
    refuse_bad_addresses([*(forward or ()), *(forward_control or ())], networks)
    ground_heights = terrain_of(terrain)
    corrections = None if rtk is None else correction_source(rtk)
    flown_by = None if operator is None else read_operator(operator)
    listener = bind(host, port)

    async def main(stop: asyncio.Event) -> None:
        from server.app import create_app
        from server.station import Station
        from server.web_server import serving, url_of
        from telemetry.bridge import Bridge
        from telemetry.clock import SystemClock
        from telemetry.forwarding.attached_stations import attached_stations
        from telemetry.logbook.flight_logger import FlightLogger
        from telemetry.logbook.retention import Retention
        from telemetry.recorder import Recorder

        retention = Retention(
            None if keep_days is None else keep_days * 86_400.0,
            None if keep_gb is None else round(keep_gb * 1e9),
        )
        recorder = Recorder(record)
        signing = signing_of(signing_key, SystemClock(), record)
        async with contextlib.AsyncExitStack() as stack:
            bridge = await stack.enter_async_context(Bridge(recorder=recorder, signing=signing))
            await stack.enter_async_context(FlightLogger(recorder, bridge.bus, retention=retention))
            await stack.enter_async_context(
                attached_stations(
                    bridge,
                    forward or (),
                    forward_control or (),
                    may_upload=forward_missions is ForwardedMissions.UNVERIFIED,
                )
            )
            station = await stack.enter_async_context(
                Station(bridge, zones=zone_set, ground=ground_layer, records=record)
            )
            events = stack.enter_context(bridge.bus.subscribe(name="terminal"))
            telling = asyncio.create_task(_tell(events))
            stack.callback(telling.cancel)
            station.start(addresses)
            await station.serve(terrain=ground_heights, corrections=corrections, operator=flown_by)
            await stack.enter_async_context(serving(create_app(station, settings), listener))
            announce(url_of(listener))
            if not addresses:
                errors.print("No link: give --connect tcp:HOST:PORT to see vehicles.", markup=False)
            await stop.wait()

    run_until_stopped(main)


async def _tell(events: "Subscription") -> None:
    """Say on the terminal what becomes of links, vehicles and recordings."""
    from server.event_text import severity_of, text_of

    async for event in events:
        if isinstance(event, _TOLD):
            say(
                f"{event.vehicle_id}: {text_of(event)}" if event.vehicle_id else text_of(event),
                "yellow" if severity_of(event) in ("warning", "critical") else None,
            )


def announce(url: str) -> None:
    """Say where the page is, in both languages."""
    errors.print(
        f"飞鹰页面 Feiying is at {url}  (Ctrl-C 结束 ends)", markup=False, highlight=False, soft_wrap=True
    )
