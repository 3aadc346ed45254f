"""A station's drones and the pads they fly from."""

import math
from dataclasses import dataclass, field

from missions.fleet.flight_costs import FlightCosts, SteadyFlight
from missions.refusal import MissionError
from missions.transit import XY


@dataclass(frozen=True, slots=True)
class Pad:
    """Where drones take off, land and change batteries.

    Parameters
    ----------
    pad_id : str
    xy_m : (float, float)
    at_once : int
        So many drones may be between the ground and the way there at one time. Drones that do so together
        need stands that lie apart, see `Drone.stand_xy_m`.
    gap_s : float
        From the end of one take-off or landing to the next.
    swap_s : float
        From landing to being ready to take off with a fresh battery.
    ground_m : float
        Height of the pad above the level that all altitudes of a schedule are counted from.
    """

    pad_id: str
    xy_m: XY
    at_once: int = 1
    gap_s: float = 10.0
    swap_s: float = 180.0
    ground_m: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (*self.xy_m, self.ground_m))):
            raise MissionError("its place is not a number", place=f"pad {self.pad_id}", remedy="Give metres")
        if self.at_once < 1 or not (0.0 <= self.gap_s < math.inf and 0.0 <= self.swap_s < math.inf):
            raise MissionError(
                f"{self.at_once} at once, {self.gap_s:g} s between and {self.swap_s:g} s a swap are no rules",
                place=f"pad {self.pad_id}",
                remedy="Give one drone or more, and times of 0 s or more",
            )


@dataclass(frozen=True, slots=True)
class Drone:
    """A drone that flies from a pad and comes back to it.

    Parameters
    ----------
    drone_id, pad_id : str
    battery_wh : float
        Of one battery, full.
    costs : FlightCosts
    speed_m_s : float or None
        What its missions ask for, as `costs` has it; None leaves it to the vehicle.
    reserve_share : float
        So much of the battery is left at landing.
    batteries : int
        So many flights it has at most.
    flight_at_most_s : float
        From take-off to landing. A copter that can come back early only by the way it came (SMART_RTL) remembers some 20 km
        of it.
    capabilities : frozenset of str
    ready_s : float
        Earliest take-off.
    stand_xy_m : (float, float) or None
        Where on the pad it stands, by default in the middle.
    """

    drone_id: str
    pad_id: str
    battery_wh: float
    costs: FlightCosts = field(default_factory=SteadyFlight)
    speed_m_s: float | None = None
    reserve_share: float = 0.2
    batteries: int = 8
    flight_at_most_s: float = math.inf
    capabilities: frozenset[str] = frozenset()
    ready_s: float = 0.0
    stand_xy_m: XY | None = None

    def __post_init__(self) -> None:
        place = f"drone {self.drone_id}"
        if not (math.isfinite(self.battery_wh) and self.battery_wh >= 0.0 and self.batteries >= 0):
            raise MissionError(
                f"{self.batteries} batteries of {self.battery_wh:g} Wh are none",
                place=place,
                remedy="Give 0 Wh or more",
            )
        if not 0.0 <= self.reserve_share < 1.0:
            raise MissionError(
                f"a reserve of {self.reserve_share:g} is no share", place=place, remedy="Give 0 to below 1"
            )
        if not self.flight_at_most_s > 0.0:
            raise MissionError(
                f"flights of {self.flight_at_most_s:g} s are none", place=place, remedy="Give more than 0 s"
            )
        if not math.isfinite(self.ready_s):
            raise MissionError("it is never ready", place=place, remedy="Give seconds of the schedule")

    @property
    def reserve_wh(self) -> float:
        """What is left at landing at least."""
        return self.reserve_share * self.battery_wh

    @property
    def usable_wh(self) -> float:
        """What one flight may use of a full battery."""
        return self.battery_wh - self.reserve_wh
