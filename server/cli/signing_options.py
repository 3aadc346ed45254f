"""Options of commands that talk to a vehicle: which one, and with which key."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from telemetry.clock import Clock
    from telemetry.network.station_signing import StationSigning

SigningKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--signing-key",
        help="File with the key of all links (32 bytes, 64 hexadecimal digits or a passphrase): sign what is sent, refuse what is not signed.",
        show_default=False,
    ),
]


SystemIdOption = Annotated[
    int | None,
    typer.Option(
        "--system-id",
        min=1,
        max=255,
        help="Which vehicle, by its MAVLink system id, where several are heard.",
        show_default=False,
    ),
]


def signing_of(key: Path | None, clock: "Clock", record: Path | None) -> "StationSigning | None":
    """Read the key; the times of signed frames are kept beside the recordings, if there are any.

    Raises
    ------
    TelemetryError
    """
    from telemetry.network.station_signing import StationSigning
    from telemetry.wire.signing_key import read_signing_key

    if key is None:
        return None
    return StationSigning(
        read_signing_key(key), clock, None if record is None else record / "signing-times.json"
    )
