"""The example precinct that comes with the program."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from geofence.formats.zone_files import read_zones
from geofence.latlon import LatLon
from geofence.zone_set import ZoneSet
from missions.patrol.patrol import plan_patrol
from missions.patrol.request import PatrolRequest
from missions.patterns.pattern import AreaPattern, Pattern
from missions.plan.plan import Plan
from server.errors import ServerError
from server.pattern_body import PATTERN_BODY, pattern_of

NAME = "lanzhou"
LAYERS_M = 15.0
"""The example's patrols fly this far above each other; drones that share a patrol fly in between."""


@dataclass(frozen=True, slots=True)
class ExamplePatrol:
    """One patrol of the example."""

    name: str
    pattern: Pattern
    alt_rel_m: float
    speed_m_s: float


@dataclass(frozen=True, slots=True)
class Example:
    """Zones, a launch pad and what to patrol from it."""

    zones: ZoneSet
    pad: LatLon
    pad_alt_amsl_m: float
    patrols: tuple[ExamplePatrol, ...]

    def plans_for(self, drones: int) -> list[Plan]:
        """Plan one flight a drone: drone k takes patrol k; drones beyond the patrols share them, in layers.

        Raises
        ------
        MissionError, GeofenceError
            If a patrol cannot be planned.
        """
        step_m = LAYERS_M / -(-drones // len(self.patrols))
        plans = [
            self._plans_of(patrol, len(range(number, drones, len(self.patrols))), step_m)
            for number, patrol in enumerate(self.patrols[:drones])
        ]
        return [plans[k % len(plans)][k // len(plans)] for k in range(drones)]

    def _plans_of(self, patrol: ExamplePatrol, drones: int, step_m: float) -> list[Plan]:
        request = PatrolRequest(
            pattern=patrol.pattern,
            alt_rel_m=patrol.alt_rel_m,
            home=self.pad,
            drones=drones,
            speed_m_s=patrol.speed_m_s,
            alt_step_m=step_m,
            home_alt_amsl_m=self.pad_alt_amsl_m,
        )
        if isinstance(patrol.pattern, AreaPattern):
            return plan_patrol(self.zones, request)
        # A perimeter cannot be split: its drones fly it above each other.
        layers = [
            replace(request, drones=1, alt_rel_m=request.alt_rel_m + layer * step_m)
            for layer in range(drones)
        ]
        return [plan for layer in layers for plan in plan_patrol(self.zones, layer)]


def example_folder(name: str = NAME) -> Path:
    """Find the example beside the package (installed) or at the root of the repository (checkout).

    Raises
    ------
    ServerError
        If it is in neither place.
    """
    package = Path(__file__).resolve().parent
    places = (package / "examples" / name, package.parent / "examples" / name)
    for place in places:
        if (place / "patrols.json").is_file():
            return place
    raise ServerError(
        "the example is missing", place=str(places[0]), remedy="Install the program anew with pip install ."
    )


def read_example(folder: Path) -> Example:
    """Read `zones.geojson` and `patrols.json` of an example.

    Raises
    ------
    GeofenceError, ServerError
        If a file cannot be understood.
    """
    path = folder / "patrols.json"
    try:
        document: dict[str, Any] = orjson.loads(path.read_bytes())
        pad = document["pad"]
        patrols = tuple(
            ExamplePatrol(
                name=patrol["name"],
                pattern=pattern_of(PATTERN_BODY.validate_python(patrol["pattern"])),
                alt_rel_m=float(patrol["alt_rel_m"]),
                speed_m_s=float(patrol["speed_m_s"]),
            )
            for patrol in document["patrols"]
        )
        return Example(
            zones=read_zones(folder / "zones.geojson"),
            pad=LatLon(float(pad["lat_deg"]), float(pad["lon_deg"])),
            pad_alt_amsl_m=float(pad["alt_amsl_m"]),
            patrols=patrols,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ServerError(
            f"the patrols cannot be read ({error!r})",
            place=str(path),
            remedy="Restore the file from the repository",
        ) from None
