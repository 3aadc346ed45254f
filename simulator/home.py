"""Where a vehicle stands when it is switched on."""

import math
from dataclasses import dataclass
from typing import Self

from simulator.local_frame import METRES_PER_DEGREE, longitude_scale
from simulator.refusal import SimulatorError


@dataclass(frozen=True, slots=True)
class Home:
    """A place on the ground and the way the nose points."""

    lat_deg: float
    lon_deg: float
    alt_amsl_m: float
    heading_deg: float = 0.0

    def __post_init__(self) -> None:
        remedy = "Give latitude -85..85, longitude -180..180, altitude -500..9000 m, heading 0..360"
        values = (self.lat_deg, self.lon_deg, self.alt_amsl_m, self.heading_deg)
        if not all(math.isfinite(value) for value in values):
            raise SimulatorError(
                "the home place is not made of finite numbers", place="--home", remedy=remedy
            )
        for name, value, low, high in (
            ("latitude", self.lat_deg, -85.0, 85.0),
            ("longitude", self.lon_deg, -180.0, 180.0),
            ("altitude", self.alt_amsl_m, -500.0, 9000.0),
            ("heading", self.heading_deg, 0.0, 360.0),
        ):
            if not low <= value <= high:
                raise SimulatorError(f"{name} {value:g} is out of range", place="--home", remedy=remedy)

    def moved_east(self, east_m: float) -> Self:
        """Return the same home `east_m` metres further east."""
        degrees = east_m / (METRES_PER_DEGREE * longitude_scale(self.lat_deg))
        return type(self)(self.lat_deg, self.lon_deg + degrees, self.alt_amsl_m, self.heading_deg)


DEFAULT_HOME = Home(36.0925, 103.7080, 1520.0, 0.0)
