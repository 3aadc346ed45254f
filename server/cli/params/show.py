"""`feiying params list`, `get` and `save`."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.console import print_json, say
from server.cli.params import params_app
from server.cli.params.connection import ConnectOption, JsonOption, Reach, TimeoutOption, with_vehicle
from server.cli.signing_options import SigningKeyOption, SystemIdOption

if TYPE_CHECKING:
    from telemetry.protocol.parameter_value import Parameter
    from telemetry.vehicle.vehicle import Vehicle


@params_app.command("list")
def list_parameters(
    connect: ConnectOption,
    pattern: Annotated[str, typer.Argument(help="Names, with * and ?, such as 'FENCE_*'.")] = "*",
    changed: Annotated[
        bool, typer.Option("--changed", help="Only those that differ from the vehicle's defaults.")
    ] = False,
    system_id: SystemIdOption = None,
    signing_key: SigningKeyOption = None,
    timeout: TimeoutOption = 10.0,
    json: JsonOption = False,
) -> None:
    """List parameters, with their defaults where the vehicle tells them."""
    found = with_vehicle(
        Reach(connect, timeout, system_id, signing_key), lambda vehicle: vehicle.read_parameters()
    )
    shown = [
        parameter
        for name, parameter in found.items()
        if fnmatchcase(name, pattern.upper()) and (not changed or parameter.is_changed)
    ]
    if json:
        print_json({"parameters": {parameter.name: _document(parameter) for parameter in shown}})
        return
    for parameter in shown:
        typer.echo(_words(parameter))
    say(f"{len(shown)} of {len(found)} parameters")


@params_app.command()
def get(
    names: Annotated[list[str], typer.Argument(help="Names of parameters.")],
    connect: ConnectOption,
    system_id: SystemIdOption = None,
    signing_key: SigningKeyOption = None,
    timeout: TimeoutOption = 10.0,
    json: JsonOption = False,
) -> None:
    """Read single parameters."""

    async def read(vehicle: "Vehicle") -> dict[str, float]:
        return {name: await vehicle.read_parameter(name) for name in map(str.upper, names)}

    found = with_vehicle(Reach(connect, timeout, system_id, signing_key), read)
    if json:
        print_json(found)
        return
    from telemetry.protocol.parameter_value import as_text

    for name, value in found.items():
        typer.echo(f"{name} {as_text(value)}")


@params_app.command()
def save(
    file: Annotated[Path, typer.Argument(help="File to write: .param, .parm or .params.")],
    connect: ConnectOption,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only those that differ from the vehicle's defaults.")
    ] = False,
    system_id: SystemIdOption = None,
    signing_key: SigningKeyOption = None,
    timeout: TimeoutOption = 10.0,
    json: JsonOption = False,
) -> None:
    """Write parameters to a file as Mission Planner, MAVProxy or QGroundControl do, by its ending."""
    from telemetry.parameter_file import write_parameter_file

    async def read(vehicle: "Vehicle") -> tuple["dict[str, Parameter]", int, int]:
        return await vehicle.read_parameters(), *vehicle.address

    found, system_id, component_id = with_vehicle(Reach(connect, timeout, system_id, signing_key), read)
    kept = {name: each for name, each in found.items() if not changed or each.is_changed}
    write_parameter_file(file, kept, system_id=system_id, component_id=component_id)
    if json:
        print_json({"file": str(file), "parameters": len(kept)})
    say(f"{len(kept)} parameters in {file}")


def _document(parameter: "Parameter") -> dict[str, object]:
    return {"value": parameter.value, "type": parameter.param_type, "default": parameter.default}


def _words(parameter: "Parameter") -> str:
    from telemetry.protocol.parameter_value import as_text

    default = f"  (default {as_text(parameter.default or 0.0)})" if parameter.is_changed else ""
    return f"{parameter.name:<16} {as_text(parameter.value)}{default}"
