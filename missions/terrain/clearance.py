"""How high above the ground each leg of a flight runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from missions.plan.waypoint import Waypoint
from missions.terrain.ground_profile import GroundProfile


@dataclass(frozen=True, slots=True)
class LegClearance:
    """Bounds of the height above ground of one leg.

    Parameters
    ----------
    waypoint : int
        The leg leads to this one.
    lowest_agl_m, highest_agl_m : float
        Nowhere is it lower or higher.
    lowest_at, highest_at : LatLon
        Where these are.
    """

    waypoint: int
    lowest_agl_m: float
    lowest_at: LatLon
    highest_agl_m: float
    highest_at: LatLon


def leg_clearances(
    waypoints: Sequence[Waypoint],
    terrain: Terrain,
    frame: LocalFrame,
    home: LatLon,
    *,
    home_alt_amsl_m: float | None = None,
    step_m: float | None = None,
) -> tuple[LegClearance, ...]:
    """Bound the height above ground of every leg, from the pad and back to it.

    Take-off and landing, straight up and down at home, are none of them.

    Parameters
    ----------
    waypoints : sequence of Waypoint
        With straight legs between them.
    terrain : Terrain
    frame : LocalFrame
        That of the waypoints.
    home : LatLon
    home_alt_amsl_m : float, optional
        By default that of the terrain at home.
    step_m : float, optional
        Bounds are taken over pieces of this length at most; shorter ones are closer.

    Raises
    ------
    MissionError
        The ground is not known somewhere.
    """
    profile = GroundProfile.below(
        waypoints, terrain, frame, home, home_alt_amsl_m=home_alt_amsl_m, step_m=step_m
    )
    lows_m = profile.low_alts_rel_m - profile.highs_rel_m
    highs_m = profile.high_alts_rel_m - profile.lows_rel_m
    found = []
    for leg in range(len(waypoints) - 1):
        pieces = np.flatnonzero(profile.legs == leg)
        lowest, highest = pieces[np.argmin(lows_m[pieces])], pieces[np.argmax(highs_m[pieces])]
        found.append(
            LegClearance(
                leg + 1,
                float(lows_m[lowest]),
                profile.position(int(lowest)),
                float(highs_m[highest]),
                profile.position(int(highest)),
            )
        )
    return tuple(found)
