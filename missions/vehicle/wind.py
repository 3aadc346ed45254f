"""The wind that a flight is predicted for."""

import math
from dataclasses import dataclass

from missions.refusal import MissionError

_GROUND_M = 1.0
_TURN_DEG = 360.0


@dataclass(frozen=True, slots=True)
class Wind:
    """A wind that does not change; the same at all heights, or stronger higher up.

    Parameters
    ----------
    speed_m_s : float
        Mean.
    from_deg : float
        Where it blows from, clockwise from north.
    gusts_m_s : float
        Strongest gust above the mean.
    measured_at_m : float or None
        Height that it is given for, 10 m in weather reports: at others it blows by the power law of height. None where
        it is the same at all.
    shear : float
        Exponent of that law: 0.14 over open land, 0.3 over towns (Manwell, Wind Energy Explained, 2009, ch. 2.3).

    Raises
    ------
    MissionError
        For a wind that cannot be.
    """

    speed_m_s: float = 0.0
    from_deg: float = 0.0
    gusts_m_s: float = 0.0
    measured_at_m: float | None = None
    shear: float = 0.14

    def __post_init__(self) -> None:
        for name, value in (("speed_m_s", self.speed_m_s), ("gusts_m_s", self.gusts_m_s)):
            if not 0.0 <= value < math.inf:
                raise MissionError(
                    f"{value:g} m/s cannot be",
                    place=f"wind.{name}",
                    remedy="Give 0 or more metres per second",
                )
        if not 0.0 <= self.from_deg <= _TURN_DEG:
            raise MissionError(
                f"{self.from_deg:g} is no direction",
                place="wind.from_deg",
                remedy="Give 0 to 360 degrees, clockwise from north",
            )
        if self.measured_at_m is not None and not 0.0 < self.measured_at_m < math.inf:
            raise MissionError(
                f"{self.measured_at_m:g} m cannot be",
                place="wind.measured_at_m",
                remedy="Give metres above 0",
            )
        if not 0.0 <= self.shear <= 1.0:
            raise MissionError(f"{self.shear:g} cannot be", place="wind.shear", remedy="Give 0 to 1")

    def velocity_m_s(self, alt_rel_m: float = 0.0, time_s: float = 0.0) -> tuple[float, float]:  # noqa: ARG002
        """Motion of the air at a height and a time after departure, east then north; time changes nothing yet."""
        angle = math.radians(self.from_deg)
        speed_m_s = self.speed_m_s * self._growth(alt_rel_m)
        return -speed_m_s * math.sin(angle), -speed_m_s * math.cos(angle)

    def stated_m_s(self, alt_rel_m: float) -> float | None:
        """As `strongest_m_s`; None in calm air, which nobody states."""
        strongest_m_s = self.strongest_m_s(alt_rel_m)
        return strongest_m_s if strongest_m_s > 0.0 else None

    def strongest_m_s(self, alt_rel_m: float) -> float:
        """Speed of the strongest gust at a height."""
        return (self.speed_m_s + self.gusts_m_s) * self._growth(alt_rel_m)

    def _growth(self, alt_rel_m: float) -> float:
        if self.measured_at_m is None:
            return 1.0
        return float((max(alt_rel_m, _GROUND_M) / self.measured_at_m) ** self.shear)


CALM = Wind()
