"""`feiying params diff`."""

from pathlib import Path
from typing import Annotated

import typer

from server.cli.console import print_json, say
from server.cli.params import params_app
from server.cli.params.connection import JsonOption, Reach, TimeoutOption, with_vehicle
from server.cli.signing_options import SigningKeyOption, SystemIdOption


@params_app.command()
def diff(
    file: Annotated[Path, typer.Argument(help="Parameters as they should be.")],
    other: Annotated[Path | None, typer.Argument(help="Another file; without it, a vehicle.")] = None,
    connect: Annotated[str | None, typer.Option(help="Link to the vehicle, as for list.")] = None,
    system_id: SystemIdOption = None,
    signing_key: SigningKeyOption = None,
    timeout: TimeoutOption = 10.0,
    json: JsonOption = False,
) -> None:
    """Compare a file with another, or with a vehicle; of a vehicle only what the file names counts, its own statistics aside.

    Exits 0 where they say the same, 1 where they do not.
    """
    from telemetry.parameter_file import read_parameter_file
    from telemetry.protocol.parameter_value import as_text, is_same_value
    from telemetry.refusal import TelemetryError
    from telemetry.vehicle.parameter_load import COUNTED

    if (other is None) == (connect is None):
        raise TelemetryError("one thing to compare with is needed", remedy="Give a second file or --connect")
    ours = read_parameter_file(file)
    if other is not None:
        theirs = read_parameter_file(other)
        names = sorted({*ours, *theirs})
    else:
        found = with_vehicle(
            Reach(connect or "", timeout, system_id, signing_key), lambda vehicle: vehicle.read_parameters()
        )
        theirs = {name: parameter.value for name, parameter in found.items()}
        names = sorted(ours.keys() - COUNTED)
    differing: dict[str, tuple[float | None, float | None]] = {}
    for name in names:
        a, b = ours.get(name), theirs.get(name)
        if a is None or b is None or not is_same_value(a, b):
            differing[name] = (a, b)
            said = ["-" if value is None else as_text(value) for value in (a, b)]
            say(f"{name:<16} {said[0]} | {said[1]}")
    say(f"{len(differing)} of {len(names)} differ" if differing else "the same")
    if json:
        print_json({"different": differing, "compared": len(names)})
    if differing:
        raise typer.Exit(1)
