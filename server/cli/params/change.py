"""`feiying params set` and `load`."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.console import print_json, say
from server.cli.params import params_app
from server.cli.params.connection import ConnectOption, JsonOption, Reach, TimeoutOption, with_vehicle
from server.cli.signing_options import SigningKeyOption, SystemIdOption

if TYPE_CHECKING:
    from telemetry.vehicle.vehicle import Vehicle


@params_app.command("set")
def set_parameters(
    settings: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="What to set.")],
    connect: ConnectOption,
    system_id: SystemIdOption = None,
    signing_key: SigningKeyOption = None,
    timeout: TimeoutOption = 10.0,
    json: JsonOption = False,
) -> None:
    """Set parameters in order, each read back; ends at the first that the vehicle does not take."""
    from telemetry.protocol.parameter_value import as_text

    wanted = dict(map(_setting_of, settings))

    async def change(vehicle: "Vehicle") -> dict[str, dict[str, float]]:
        changes = {}
        for name, value in wanted.items():
            former = await vehicle.set_parameter(name, value)
            changes[name] = {"before": former, "after": value}
            say(f"{name} {as_text(former)} to {as_text(value)}")
        return changes

    changes = with_vehicle(Reach(connect, timeout, system_id, signing_key), change)
    if json:
        print_json(changes)


@params_app.command()
def load(
    file: Annotated[Path, typer.Argument(help="File to read: .param, .parm or .params.")],
    connect: ConnectOption,
    system_id: SystemIdOption = None,
    signing_key: SigningKeyOption = None,
    timeout: TimeoutOption = 10.0,
    json: JsonOption = False,
) -> None:
    """Set what differs from a file on a disarmed vehicle, each read back; its system id is left as it is.

    Exits 1 where the vehicle does not have, or does not take, one of them.
    """
    from telemetry.parameter_file import read_parameter_file
    from telemetry.protocol.parameter_value import as_text
    from telemetry.vehicle.parameter_load import load_parameters

    wanted = read_parameter_file(file)
    loaded = with_vehicle(
        Reach(connect, timeout, system_id, signing_key), lambda vehicle: load_parameters(vehicle, wanted)
    )
    for name, (before, after) in loaded.changed.items():
        say(f"{name} {as_text(before)} to {as_text(after)}")
    for name, reason in loaded.refused.items():
        say(f"{name}: {reason}", "red")
    if loaded.unknown:
        say(f"the vehicle has no {', '.join(loaded.unknown)}", "yellow")
    if loaded.left:
        say(f"{', '.join(loaded.left)} left as it is: set it by itself, and last", "yellow")
    say(f"{len(loaded.changed)} set, {loaded.unchanged} were so already")
    if json:
        print_json(asdict(loaded))
    if not loaded.is_whole:
        raise typer.Exit(1)


def _setting_of(word: str) -> tuple[str, float]:
    from telemetry.refusal import TelemetryError

    name, _, text = word.partition("=")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not name or not math.isfinite(value):
        raise TelemetryError(f"{word!r} sets no parameter", remedy="Give NAME=VALUE, such as RTL_ALT=3000")
    return name.upper(), value
