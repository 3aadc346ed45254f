"""A wind as requests give it."""

from typing import Annotated

from pydantic import Field

from missions.vehicle.wind import Wind
from server.pattern_body import Body


class WindBody(Body):
    """The wind that flights are predicted for."""

    speed_m_s: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)]
    from_deg: Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)]
    gusts_m_s: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)] = 0.0

    @property
    def wind(self) -> Wind:
        """In the planner's words."""
        return Wind(self.speed_m_s, self.from_deg, self.gusts_m_s)
