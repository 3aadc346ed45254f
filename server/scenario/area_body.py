"""Places in scenarios: areas, and homes."""

import math
from typing import Annotated

from pydantic import Field, model_validator

from server.pattern_body import Azimuth, Body, PositionBody
from simulator.faults.trigger import Area
from simulator.home import Home

Altitude = Annotated[float, Field(ge=-1000, le=10_000, allow_inf_nan=False)]


class HomeBody(PositionBody):
    """Where a vehicle is switched on."""

    lat_deg: Annotated[float, Field(ge=-85, le=85, allow_inf_nan=False)]
    alt_amsl_m: Annotated[float, Field(ge=-500, le=9000, allow_inf_nan=False)] = 0.0
    heading_deg: Azimuth = 0.0

    @property
    def home(self) -> Home:
        """In the simulator's words."""
        return Home(self.lat_deg, self.lon_deg, self.alt_amsl_m, self.heading_deg)


class CircleBody(PositionBody):
    """A circle."""

    radius_m: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]

    def words(self) -> str:
        """Say which."""
        return f"{self.radius_m:g} m round {self.lat_deg:.6f}, {self.lon_deg:.6f}"


class AreaBody(Body):
    """A circle or a polygon, and altitudes above home; whichever is not given does not bound it."""

    circle: CircleBody | None = None
    polygon: Annotated[list[PositionBody], Field(min_length=3, max_length=1000)] | None = None
    above_alt_rel_m: Altitude | None = None
    below_alt_rel_m: Altitude | None = None

    @model_validator(mode="after")
    def demand_bound(self) -> "AreaBody":
        """Refuse an area without any bound, and one with two outlines."""
        if self.circle is not None and self.polygon is not None:
            raise ValueError("a circle or a polygon, not both")
        if all(
            bound is None for bound in (self.circle, self.polygon, self.above_alt_rel_m, self.below_alt_rel_m)
        ):
            raise ValueError("a circle, a polygon, above_alt_rel_m or below_alt_rel_m")
        return self

    @property
    def area(self) -> Area:
        """In the simulator's words."""
        circle = self.circle
        return Area(
            circle=None if circle is None else (circle.lat_deg, circle.lon_deg, circle.radius_m),
            polygon=[(corner.lat_deg, corner.lon_deg) for corner in self.polygon or ()],
            above_alt_rel_m=-math.inf if self.above_alt_rel_m is None else self.above_alt_rel_m,
            below_alt_rel_m=math.inf if self.below_alt_rel_m is None else self.below_alt_rel_m,
        )

    def words(self) -> str:
        """Say which."""
        parts = []
        if self.circle is not None:
            parts.append(self.circle.words())
        if self.polygon is not None:
            parts.append(f"a polygon of {len(self.polygon)} corners")
        if self.above_alt_rel_m is not None:
            parts.append(f"above {self.above_alt_rel_m:g} m")
        if self.below_alt_rel_m is not None:
            parts.append(f"below {self.below_alt_rel_m:g} m")
        return ", ".join(parts)
