"""The option of commands that talk to vehicles over signed links."""

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


def signing_of(key: Path | None, clock: "Clock", record: Path) -> "StationSigning | None":
    """Read the key; the times of signed frames are kept beside the recordings.

    Raises
    ------
    TelemetryError
    """
    from telemetry.network.station_signing import StationSigning
    from telemetry.wire.signing_key import read_signing_key

    if key is None:
        return None
    return StationSigning(read_signing_key(key), clock, record / "signing-times.json")
