"""Things a drone can be told to do on its way."""

import math
from dataclasses import dataclass

from geofence.latlon import LatLon
from missions.refusal import MissionError


@dataclass(frozen=True, slots=True)
class TakePicture:
    """Take one picture."""


@dataclass(frozen=True, slots=True)
class StartPictures:
    """Take a picture at once, and then one each time so many metres were flown."""

    distance_m: float

    def __post_init__(self) -> None:
        _refuse_outside("a distance between pictures", self.distance_m, 0.1, 1_000.0, "m")


@dataclass(frozen=True, slots=True)
class StopPictures:
    """Take no more pictures by distance."""


@dataclass(frozen=True, slots=True)
class PitchGimbal:
    """Point the camera ahead of the nose, 0 degrees to the horizon and -90 straight down.

    Raises
    ------
    MissionError
        Not from -90 to 30, or no whole number: ArduCopter keeps whole degrees.
    """

    pitch_deg: float

    def __post_init__(self) -> None:
        _refuse_outside("a gimbal pitch", self.pitch_deg, -90.0, 30.0, "degrees")
        if self.pitch_deg != round(self.pitch_deg):
            raise MissionError(
                f"a gimbal pitch of {self.pitch_deg:g} degrees would be cut to whole degrees on board",
                remedy=f"Give {math.floor(self.pitch_deg)} or {math.ceil(self.pitch_deg)} degrees",
            )


@dataclass(frozen=True, slots=True)
class LookAt:
    """Turn nose and camera to a place, and keep them on it."""

    position: LatLon
    alt_rel_m: float = 0.0

    def __post_init__(self) -> None:
        _refuse_outside("an altitude to look at", self.alt_rel_m, -1_000.0, 10_000.0, "m")


@dataclass(frozen=True, slots=True)
class LookAhead:
    """Look at no place any more: the nose where it flies."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Switch a device of the vehicle, such as its loudspeaker, on or off."""

    device: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Hover:
    """Stay in place; what was told before goes on meanwhile."""

    duration_s: float

    def __post_init__(self) -> None:
        _refuse_outside("a hover", self.duration_s, 0.1, 3_600.0, "s")


@dataclass(frozen=True, slots=True)
class Face:
    """Turn the nose to a heading, the shorter way round, for as long as it hovers here or flies the next leg."""

    heading_deg: float

    def __post_init__(self) -> None:
        _refuse_outside("a heading", self.heading_deg, 0.0, 360.0, "degrees")


Action = TakePicture | StartPictures | StopPictures | PitchGimbal | LookAt | LookAhead | Switch | Hover | Face


def _refuse_outside(what: str, value: float, least: float, most: float, unit: str) -> None:
    if not least <= value <= most:
        raise MissionError(
            f"{what} of {value:g} {unit} cannot be", remedy=f"Give {least:g} to {most:g} {unit}"
        )
