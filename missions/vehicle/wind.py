"""The wind that a flight is predicted for."""

import math
from dataclasses import dataclass

from missions.refusal import MissionError


@dataclass(frozen=True, slots=True)
class Wind:
    """A wind, the same everywhere and all the time.

    Parameters
    ----------
    speed_m_s : float
        Mean, at the height of the flight.
    from_deg : float
        Where it blows from, clockwise from north.
    gusts_m_s : float
        Strongest gust above the mean.

    Raises
    ------
    MissionError
        For a wind that cannot be.
    """

    speed_m_s: float = 0.0
    from_deg: float = 0.0
    gusts_m_s: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("speed_m_s", self.speed_m_s), ("gusts_m_s", self.gusts_m_s)):
            if not 0.0 <= value < math.inf:
                raise MissionError(
                    f"{value:g} m/s cannot be",
                    place=f"wind.{name}",
                    remedy="Give 0 or more metres per second",
                )
        if not math.isfinite(self.from_deg):
            raise MissionError(
                f"{self.from_deg:g} is no direction", place="wind.from_deg", remedy="Give degrees from north"
            )

    def velocity_m_s(self, alt_rel_m: float = 0.0, time_s: float = 0.0) -> tuple[float, float]:  # noqa: ARG002
        """Motion of the air at a height above home and a time after departure, east then north.

        This wind is the same at all of them; callers hand them in so that another kind of wind can differ.
        """
        angle = math.radians(self.from_deg)
        return -self.speed_m_s * math.sin(angle), -self.speed_m_s * math.cos(angle)

    @property
    def strongest_m_s(self) -> float:
        """Speed of the strongest gust."""
        return self.speed_m_s + self.gusts_m_s


CALM = Wind()
