"""Options of commands that let other ground stations look on."""

from enum import StrEnum
from typing import Annotated

import typer

_FORMS = "udpout:HOST:PORT, tcp-listen:HOST:PORT, udp:HOST:PORT (listen) or another link. May be repeated."

ForwardOption = Annotated[
    list[str] | None,
    typer.Option("--forward", help=f"Let other ground stations look on: {_FORMS}", show_default=False),
]
ForwardControlOption = Annotated[
    list[str] | None,
    typer.Option(
        "--forward-control",
        help=f"Let other ground stations command, too, while they have a drone's control; nobody verifies where they send it: {_FORMS}",
        show_default=False,
    ),
]


class ForwardedMissions(StrEnum):
    """What becomes of missions, fences and rally points of other stations."""

    REFUSED = "refused"
    UNVERIFIED = "unverified"


ForwardMissionsOption = Annotated[
    ForwardedMissions,
    typer.Option(
        "--forward-missions",
        help="Missions, fences, rally points and files that stations of --forward-control put on board: refused, or passed on unverified.",
    ),
]
