"""The battery of a drone."""

import math
from dataclasses import dataclass

from missions.refusal import MissionError


@dataclass(frozen=True, slots=True)
class Battery:
    """What a battery holds, and how much of it a flight may take.

    Parameters
    ----------
    capacity_wh : float
        As its label says, when new and warm.
    usable_share : float
        Of the capacity: what age, cold and the autopilot's lowest voltage leave of it.
    reserve_share : float
        Of what is usable: so much is left on landing.

    Raises
    ------
    MissionError
        For a share or a capacity that cannot be.
    """

    capacity_wh: float
    usable_share: float = 0.95
    reserve_share: float = 0.2

    def __post_init__(self) -> None:
        if not 0.0 < self.capacity_wh < math.inf:
            raise MissionError(
                f"a capacity of {self.capacity_wh:g} Wh cannot be",
                place="battery.capacity_wh",
                remedy="Give watt-hours above 0",
            )
        if not 0.0 < self.usable_share <= 1.0:
            raise MissionError(
                f"a share of {self.usable_share:g} cannot be",
                place="battery.usable_share",
                remedy="Give a share above 0, at most 1",
            )
        if not 0.0 <= self.reserve_share < 1.0:
            raise MissionError(
                f"a share of {self.reserve_share:g} cannot be",
                place="battery.reserve_share",
                remedy="Give a share from 0 to below 1",
            )

    @property
    def usable_wh(self) -> float:
        """From full to empty."""
        return self.capacity_wh * self.usable_share

    @property
    def flight_wh(self) -> float:
        """From full to the reserve."""
        return self.usable_wh * (1.0 - self.reserve_share)

    def state_of_charge(self, used_wh: float) -> float:
        """Share of the usable energy that is left; negative where more is used than there is."""
        return 1.0 - used_wh / self.usable_wh
