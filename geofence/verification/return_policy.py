"""How a vehicle comes back when it must: by command, on a lost link, on a low battery."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.refusal import GeofenceError

DEFAULT_RETURN_ALT_M = 15.0
"""RTL_ALT as ArduCopter ships it."""

RETURN_ALT_LEAST_M = 2.0
CONE_SLOPE = 3.0
"""RTL_CONE_SLOPE: near its target a return climbs no higher than this times the distance."""

RALLY_REACH_M = 300.0
"""RALLY_LIMIT_KM: where every rally point is farther off, home is returned to, even from farther away."""


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
class ReturnTarget:
    """A place that a straight way back may end at.

    Parameters
    ----------
    position : LatLon
    alt_rel_m : float
        The least altitude above home of the way there, before the cone counts.
    name : str
        "home", or "rally point 2".
    """

    position: LatLon
    alt_rel_m: float
    name: str

    def return_alts_rel_m(self, alts_rel_m: ArrayLike, distances_m: ArrayLike) -> NDArray[np.float64]:
        """Altitudes at which ArduCopter flies here from some altitudes and distances (ModeRTL::compute_return_target).

        It never sinks, and climbs no higher than the cone above the target allows.
        """
        least_m = np.maximum(np.asarray(alts_rel_m, dtype=np.float64), RETURN_ALT_LEAST_M)
        cone_m = CONE_SLOPE * np.asarray(distances_m, dtype=np.float64)
        wanted_m = np.minimum(np.maximum(self.alt_rel_m, least_m), np.maximum(cone_m, least_m))
        return np.asarray(np.maximum(wanted_m, alts_rel_m))


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

    def targets(self, home: LatLon) -> tuple[ReturnTarget, ...]:
        """Give home, and after it the rally points."""
        rally = (
            ReturnTarget(point.position, max(point.alt_rel_m, self.alt_rel_m), f"rally point {number}")
            for number, point in enumerate(self.rally_points, start=1)
        )
        return (ReturnTarget(home, self.alt_rel_m, "home"), *rally)

    def rally_alt_rel_m(self, point: RallyPoint) -> float:
        """Give what a rally point is put on board with: whole metres, and as high as the return.

        ArduCopter passes over a rally point that is lower than its fence's floor (AP_Rally_Copter::is_valid).
        """
        return float(math.floor(max(point.alt_rel_m, self.alt_rel_m)))

    def target_from(self, position: LatLon, home: LatLon) -> ReturnTarget:
        """Give the target of a straight way back from one place.

        The closest of the rally points and home, but home where no rally point is within `RALLY_REACH_M`
        (AP_Rally, RALLY_LIMIT_KM and RALLY_INCL_HOME as shipped).
        """
        home_target, *rally = self.targets(home)
        if not rally:
            return home_target
        frame = LocalFrame(position)
        # From its origin a frame's distances are exact.
        away_m = {target: math.hypot(*frame.point_xy_m(target.position)) for target in (home_target, *rally)}
        nearest = min(rally, key=lambda target: away_m[target])
        is_chosen = away_m[nearest] <= RALLY_REACH_M and away_m[nearest] < away_m[home_target]
        return nearest if is_chosen else home_target
