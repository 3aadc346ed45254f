"""`feiying signing`: gives a vehicle the key of signed links, or takes it from it."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli import app
from server.cli.console import print_json, say
from server.cli.params.connection import ConnectOption, JsonOption, Reach, TimeoutOption, with_bridge
from server.cli.signing_options import SystemIdOption

if TYPE_CHECKING:
    from telemetry.bridge import Bridge
    from telemetry.network.key_handover import KeyHandover
    from telemetry.vehicle.vehicle import Vehicle

signing_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(signing_app, name="signing", help="Give a vehicle the key of signed links, or take it from it.")

TrustedOption = Annotated[
    bool,
    typer.Option(
        "--trusted",
        help="This link is a cable, or a network of your own: nobody else reads it. The key goes over it in clear.",
    ),
]
PresentKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--signing-key", help="File with the key that the vehicle holds now, where it signs already."
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@signing_app.command()
def give(
    key: Annotated[
        Path, typer.Argument(help="File with the new key: 32 bytes, 64 hexadecimal digits or a passphrase.")
    ],
    connect: ConnectOption,
    trusted: TrustedOption = False,
    signing_key: PresentKeyOption = None,
    system_id: SystemIdOption = None,
    timeout: TimeoutOption = 10.0,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Hand a disarmed vehicle the key, and see it sign with it; neither is recorded.

    From then on it obeys nobody without the key, but over its USB port.
    """
    from telemetry.wire.signing_key import read_signing_key

    new = read_signing_key(key)
    _demand_trusted(connect, is_trusted=trusted)
    _confirm(
        f"The key in {key} is sent in clear over {connect}. Whoever reads that link can command the vehicle from then on,"
        " and without this file nobody can, but over its USB port.",
        "Give the vehicle this key?",
        is_asked=not yes,
    )
    vehicle_id = _change(connect, timeout, system_id, signing_key, lambda handover: handover.give(new))
    say(f"Vehicle {vehicle_id} signs with the key. Talk to it with --signing-key {key} from now on.")
    if json:
        print_json({"vehicle": vehicle_id, "link": connect, "is_signed": True})


@signing_app.command()
def withdraw(
    connect: ConnectOption,
    trusted: TrustedOption = False,
    signing_key: PresentKeyOption = None,
    system_id: SystemIdOption = None,
    timeout: TimeoutOption = 10.0,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Let a disarmed vehicle forget its key, and see that it signs no more."""
    _demand_trusted(connect, is_trusted=trusted)
    _confirm(
        f"The vehicle on {connect} will obey whoever reaches it, on all its links.",
        "Take the key from the vehicle?",
        is_asked=not yes,
    )
    vehicle_id = _change(connect, timeout, system_id, signing_key, lambda handover: handover.withdraw())
    say(f"Vehicle {vehicle_id} signs no more.", "yellow")
    if json:
        print_json({"vehicle": vehicle_id, "link": connect, "is_signed": False})


def _change(
    connect: str,
    timeout: float,
    system_id: int | None,
    present: Path | None,
    do: "Callable[[KeyHandover], Awaitable[None]]",
) -> str:
    from telemetry.network.key_handover import KeyHandover
    from telemetry.wire.signing import SigningTime
    from telemetry.wire.signing_key import read_signing_key

    held = None if present is None else read_signing_key(present)

    async def work(bridge: "Bridge", vehicle: "Vehicle") -> str:
        # _demand_trusted has passed.
        await do(KeyHandover(bridge, vehicle, SigningTime(time.time), present=held, is_trusted=True))
        return str(vehicle.address.system_id)

    return with_bridge(Reach(connect, timeout, system_id, None), work)


def _demand_trusted(connect: str, *, is_trusted: bool) -> None:
    from telemetry.refusal import TelemetryError

    if not is_trusted:
        raise TelemetryError(
            "a signing key is changed in clear, so only over a link that nobody else reads",
            place=connect,
            remedy="Connect the vehicle by USB or a cable of its own, and say --trusted",
        )


def _confirm(warning: str, question: str, *, is_asked: bool) -> None:
    say(warning, "yellow")
    if is_asked:
        typer.confirm(question, abort=True, err=True)
