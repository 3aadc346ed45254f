"""A flight at a constant height above uneven ground."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from geofence.zone_set import ZoneSet
from missions.plan.check import LEGAL_LIMIT_AGL_M
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.terrain.altitude_corridor import AltitudeCorridor, Gradients
from missions.terrain.fewest_legs import fewest_legs
from missions.terrain.ground_profile import GroundProfile
from missions.terrain.zone_limits import zone_limits_rel_m
from missions.ways.copter_motion import CopterMotion

_SPARE_M = 0.02
"""Altitudes are written, and kept on board, in whole centimetres."""
_STEP_LEAST_M, _STEP_MOST_M = 1.0, 10.0
_CENTIMETRES = 100.0
_AS_SHIPPED = CopterMotion()


@dataclass(frozen=True, slots=True)
class TerrainHeight:
    """How high above ground a flight is to be.

    Parameters
    ----------
    height_agl_m : float
    tolerance_m : float
        Never is it lower by more; nor higher, but where the gradients ask for it (ahead of a cliff and behind it) or a
        zone is flown over.
    legal_limit_agl_m : float or None
        Never is it higher; None lifts the limit.
    motion : CopterMotion
        How fast the copter climbs and descends, and how it cuts corners, those up and down too.
    speed_m_s : float or None
        Cruise speed; by default that of the motion.

    Raises
    ------
    MissionError
        The numbers are no heights, the height is above the limit, or the tolerance is no more than what is cut
        of corners.
    """

    height_agl_m: float
    tolerance_m: float = 5.0
    legal_limit_agl_m: float | None = LEGAL_LIMIT_AGL_M
    motion: CopterMotion = _AS_SHIPPED
    speed_m_s: float | None = None

    def __post_init__(self) -> None:
        if not (0.0 < self.tolerance_m < self.height_agl_m < math.inf):
            raise MissionError(
                f"{self.height_agl_m:g} m above ground within {self.tolerance_m:g} m is no height to keep",
                remedy="Give a height above a positive tolerance, such as 60 m within 5 m",
            )
        if self.speed_m_s is not None and not 0.0 < self.speed_m_s < math.inf:
            raise MissionError(f"{self.speed_m_s:g} m/s is no speed", remedy="Give metres a second above 0")
        limit_m = self.legal_limit_agl_m
        if limit_m is not None and self.height_agl_m > limit_m:
            raise MissionError(
                f"{self.height_agl_m:g} m above ground is above the limit of {limit_m:g} m",
                remedy=f"Ask for {limit_m:g} m or less, or lift the limit where you hold a permit",
            )
        if not self.tolerance_m > self.corner_cut_m + _SPARE_M:
            raise MissionError(
                f"a tolerance of {self.tolerance_m:g} m is no more than the {self.corner_cut_m:.1f} m by which corners over "
                "hills are cut",
                remedy="Allow more, or fly slower",
            )

    @property
    def gradients(self) -> Gradients:
        """How steeply it climbs and descends without slowing down."""
        return Gradients.of(self.motion, self.speed_m_s)

    @property
    def corner_cut_m(self) -> float:
        """How far it passes below a bend over a hill, and above one in a valley, at most."""
        speed_m_s = self.motion.speed_m_s if self.speed_m_s is None else self.speed_m_s
        return self.motion.corner_cut_m(self.gradients.sharpest_bend, speed_m_s)


def follow_terrain(
    waypoints: Sequence[Waypoint],
    terrain: Terrain,
    frame: LocalFrame,
    home: LatLon,
    height: TerrainHeight,
    *,
    home_alt_amsl_m: float | None = None,
    zones: ZoneSet | None = None,
) -> tuple[Waypoint, ...]:
    """Give a flight the altitudes that keep it at a height above ground, with waypoints added only where the ground asks.

    The ground is bounded over short pieces of every leg, so that nothing hides between samples; straight legs are
    then fitted through the corridor of altitudes these leave.

    Parameters
    ----------
    waypoints : sequence of Waypoint
        From pad to pad. Their altitudes say only on which side of exclusion zones the flight is.
    terrain : Terrain
    frame : LocalFrame
        That of the waypoints.
    home : LatLon
    height : TerrainHeight
    home_alt_amsl_m : float, optional
        By default that of the terrain at home.
    zones : ZoneSet, optional
        Their floors and ceilings are kept.

    Returns
    -------
    tuple of Waypoint
        The given ones at their new altitudes, with added ones of the same kind between them.

    Raises
    ------
    MissionError
        The ground is not known somewhere, or a ceiling leaves no room above the lowest altitude: says where, and what
        would fit.
    """
    step_m = min(max(_STEP_LEAST_M, height.tolerance_m), _STEP_MOST_M)
    profile = GroundProfile.below(
        waypoints, terrain, frame, home, home_alt_amsl_m=home_alt_amsl_m, step_m=step_m
    )
    corridor, wanted_m = _corridor(profile, height, zones)
    nodes, alts_m = fewest_legs(corridor, [int(node) for node in profile.nodes_of_waypoints()], wanted_m)
    return tuple(_waypoints(waypoints, profile, nodes, alts_m))


def _corridor(
    profile: GroundProfile, height: TerrainHeight, zones: ZoneSet | None
) -> tuple[AltitudeCorridor, NDArray[np.float64]]:
    least_m = profile.highs_rel_m + height.height_agl_m - height.tolerance_m
    most_m = profile.lows_rel_m + height.height_agl_m + height.tolerance_m
    floors_m, ceilings_m = least_m, np.full(len(least_m), np.inf)
    if zones is not None:
        zone_floors_m, ceilings_m = zone_limits_rel_m(zones, profile)
        floors_m = np.maximum(floors_m, zone_floors_m)
    if height.legal_limit_agl_m is not None:
        ceilings_m = np.minimum(ceilings_m, profile.lows_rel_m + height.legal_limit_agl_m)
    # Room for what is cut of corners: what is flown, not only what is planned, keeps the limits.
    spare_m = height.corner_cut_m + _SPARE_M
    ceilings_m = _at_nodes(ceilings_m, np.minimum, np.inf) - spare_m
    corridor = AltitudeCorridor.between(
        profile.distances_m,
        _at_nodes(floors_m, np.maximum, -np.inf) + spare_m,
        _at_nodes(most_m, np.minimum, np.inf) - spare_m,
        ceilings_m,
        height.gradients,
        room_m=height.tolerance_m - spare_m,
    )
    if corridor.first_blocked is not None:
        raise _blocked(profile, corridor, ceilings_m)
    wanted_m = 0.5 * (_at_nodes(least_m, np.maximum, -np.inf) + _at_nodes(most_m, np.minimum, np.inf))
    return corridor, wanted_m


def _at_nodes(of_pieces: NDArray[np.float64], stricter: np.ufunc, none: float) -> NDArray[np.float64]:
    """Limit of the places where pieces meet: a line within it at both ends is so on the piece between."""
    strict: NDArray[np.float64] = stricter(
        np.concatenate((of_pieces, [none])), np.concatenate(([none], of_pieces))
    )
    return strict


def _blocked(
    profile: GroundProfile, corridor: AltitudeCorridor, ceilings_m: NDArray[np.float64]
) -> MissionError:
    missing_m = corridor.lows_m - ceilings_m
    node = int(np.argmax(missing_m))
    piece = min(node, len(profile.legs) - 1)
    return MissionError(
        f"the ground and the gradients ask for {corridor.lows_m[node]:.1f} m above home, and the ceiling there, less what is "
        f"cut of corners, is {ceilings_m[node]:.1f} m",
        place=f"leg to waypoint {profile.legs[piece] + 1} at {profile.position(piece)}",
        remedy=f"Fly {math.ceil(float(missing_m[node]) + _SPARE_M):d} m lower above ground, slower (which allows steeper "
        "climbs), or another way",
    )


def _waypoints(
    waypoints: Sequence[Waypoint], profile: GroundProfile, nodes: Sequence[int], alts_m: Sequence[float]
) -> list[Waypoint]:
    given = {int(node): number for number, node in enumerate(profile.nodes_of_waypoints())}
    placed = []
    for node, alt_m in zip(nodes, alts_m, strict=True):
        alt_rel_m = math.ceil(alt_m * _CENTIMETRES) / _CENTIMETRES
        if node in given:
            placed.append(replace(waypoints[given[node]], alt_rel_m=alt_rel_m, alt_agl_m=None))
        else:
            x_m, y_m = profile.xy_m[node]
            kind = waypoints[int(profile.legs[node - 1]) + 1].kind
            placed.append(Waypoint((float(x_m), float(y_m)), kind, alt_rel_m))
    return placed
