"""The world of a scenario: the simulator's own document, as docs/simulator-world.md describes it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import WithJsonSchema

from server.scenario.refusal import Path
from simulator.refusal import SimulatorError

WORLD_KEYS = (
    "origin",
    "terrain",
    "river",
    "wind",
    "people",
    "incidents",
    "traffic",
    "surfaces",
    "surfaces_file",
    "zones",
    "zones_file",
    "devices",
    "camera",
    "detectors",
)
"""What it may hold; moment and seed are those of the scenario."""

WorldBody = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "description": "What is round the vehicles; docs/simulator-world.md describes each key.",
            "properties": {key: {} for key in WORLD_KEYS},
            "additionalProperties": False,
        }
    ),
]

_PARTS = re.compile(r"[^.\[\]]+|\[\d+\]")


def world_fault(refused: SimulatorError, document: Mapping[str, Any]) -> tuple[Path, str, str]:
    """Say where in the scenario something of its world was refused, what it is, and what was expected."""
    place = tuple(int(part[1:-1]) if part.startswith("[") else part for part in _PARTS.findall(refused.place))
    what, path = refused.what, ("world", *place)
    if place[:1] == ("world",):
        path = place
    elif place and place[0] not in (*WORLD_KEYS, *document):
        # The only file that is looked at as late as this.
        what, path = f"{refused.place}: {what}", ("world", "terrain", "file")
    for said, expected in (("Give ", "{}"), ("Did you mean ", "{}, perhaps"), ("Known are ", "one of {}")):
        if refused.remedy.startswith(said):
            return path, what, expected.format(refused.remedy.removeprefix(said))
    return path, what, refused.remedy


def filled_world(
    document: Mapping[str, Any], *, start: str, seed: int, place: tuple[float, float], alt_amsl_m: float
) -> dict[str, Any]:
    """Put in what a scenario says elsewhere: moment and seed, and where the first vehicle stands.

    Raises
    ------
    SimulatorError
        If the document says the moment or the seed itself.
    """
    for key, own in (("starts", "start"), ("seed", "seed")):
        if key in document:
            raise SimulatorError(
                f"the world has no {key} of its own", place=key, remedy=f"Give {own} of the scenario instead"
            )
    return {
        "origin": list(place),
        "terrain": {"flat_m": alt_amsl_m},
        **document,
        "starts": start,
        "seed": seed,
    }
