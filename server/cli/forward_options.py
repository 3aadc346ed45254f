"""Options of commands that let other ground stations look on."""

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
        help=f"Let other ground stations command, too, while they have a drone's control; nobody verifies what they send: {_FORMS}",
        show_default=False,
    ),
]
