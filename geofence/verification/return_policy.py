"""How a vehicle comes back when it must: by command, on a lost link, on a low battery."""

import math
from dataclasses import dataclass
from enum import StrEnum

from geofence.latlon import LatLon
from geofence.refusal import GeofenceError

DEFAULT_RETURN_ALT_M = 15.0
"""RTL_ALT as ArduCopter ships it."""


class ReturnMode(StrEnum):
    """What the vehicle does to end a flight early."""

    RTL = "rtl"
    """Climb to the return altitude, fly straight to home or a rally point, descend there."""
    SMART_RTL = "smart_rtl"
    """Fly the flown path backwards; land on the spot where the path is not known (ArduCopter's "SmartRTL or Land")."""
    LAND = "land"
    """Come down on the spot."""


@dataclass(frozen=True, slots=True)
class RallyPoint:
    """Another place to return to.

    Parameters
    ----------
    position : LatLon
    alt_rel_m : float
        The least altitude above home of the way there.

    Raises
    ------
    GeofenceError
        For an altitude that is not finite.
    """

    position: LatLon
    alt_rel_m: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.alt_rel_m):
            raise GeofenceError(
                f"the rally point {self.position} has no altitude", remedy="Give it an altitude above home"
            )


@dataclass(frozen=True, slots=True)
class ReturnPolicy:
    """How the flight ends early, whatever the cause.

    Parameters
    ----------
    mode : ReturnMode
    alt_rel_m : float
        The least altitude above home of a straight way back: in mode RTL, and of a mission's own return item.
    rally_points : tuple of RallyPoint
        For RTL: the closest of these and home is returned to.

    Raises
    ------
    GeofenceError
        For an altitude that is not above home.
    """

    mode: ReturnMode = ReturnMode.RTL
    alt_rel_m: float = DEFAULT_RETURN_ALT_M
    rally_points: tuple[RallyPoint, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 < self.alt_rel_m < math.inf:
            raise GeofenceError(
                f"the return altitude {self.alt_rel_m:g} m is not above home", remedy="Give metres above 0"
            )
