"""Flights that an ArduCopter keeps above the ground by its own terrain data (MAV_FRAME_GLOBAL_TERRAIN_ALT)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import GridTerrain, Terrain
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.terrain.follow_terrain import TerrainHeight
from missions.terrain.ground_profile import GroundProfile

VEHICLE_SPACING_M = 100.0
"""TERRAIN_SPACING as shipped: so far apart the vehicle knows the ground."""

VEHICLE_PARAMETERS: Mapping[str, float] = {"TERRAIN_ENABLE": 1.0, "TERRAIN_SPACING": VEHICLE_SPACING_M}
"""What must be set on board for it to follow the ground."""

_DEGREE_M = 111_195.0


@dataclass(frozen=True, slots=True)
class TerrainNeeds:
    """What a flight in the terrain frame asks of the vehicle.

    Without data an ArduCopter is not armed for such a mission, and returns (the terrain failsafe) where they end in
    flight. That return counts from home, unless RTL_ALT_TYPE is 1.

    Parameters
    ----------
    south_deg, west_deg, north_deg, east_deg : float
        Its terrain data must cover this box: on its card, or handed out by the ground station on request.
    parameters : mapping of str to float
        What must be set.
    """

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float
    parameters: Mapping[str, float] = field(default_factory=lambda: VEHICLE_PARAMETERS)


def in_terrain_frame(
    waypoints: Sequence[Waypoint],
    terrain: Terrain,
    frame: LocalFrame,
    home: LatLon,
    height: TerrainHeight,
    *,
    home_alt_amsl_m: float | None = None,
) -> tuple[Waypoint, ...]:
    """Give a flight heights above ground that the vehicle itself keeps.

    It knows the ground every 100 m only, and begins to climb no sooner than the ground does. Both are reckoned
    with: what it would fly is held against the terrain.

    Parameters
    ----------
    waypoints : sequence of Waypoint
        From pad to pad.
    terrain : Terrain
    frame : LocalFrame
        That of the waypoints.
    home : LatLon
    height : TerrainHeight
    home_alt_amsl_m : float, optional
        By default that of the terrain at home.

    Raises
    ------
    MissionError
        The ground is not known somewhere, or the vehicle would come lower than the tolerance, or higher than the limit.
    """
    profile = GroundProfile.below(waypoints, terrain, frame, home, home_alt_amsl_m=home_alt_amsl_m)
    known_m = _known_on_board(profile, terrain) + height.height_agl_m
    climbing, sinking = (
        gradient * profile.distances_m for gradient in (height.gradients.climb, height.gradients.descent)
    )
    lowest_m = np.minimum.accumulate(known_m - climbing) + climbing
    highest_m = np.maximum.accumulate(known_m + sinking) - sinking
    lows_agl_m = np.minimum(lowest_m[:-1], lowest_m[1:]) - profile.highs_rel_m
    highs_agl_m = np.maximum(highest_m[:-1], highest_m[1:]) - profile.lows_rel_m
    least_m = height.height_agl_m - height.tolerance_m
    piece = int(np.argmin(lows_agl_m))
    if lows_agl_m[piece] < least_m:
        raise _not_kept(profile, piece, f"as low as {lows_agl_m[piece]:.1f} m above ground", f"{least_m:g} m")
    piece, limit_m = int(np.argmax(highs_agl_m)), height.legal_limit_agl_m
    if limit_m is not None and highs_agl_m[piece] > limit_m:
        raise _not_kept(
            profile, piece, f"as high as {highs_agl_m[piece]:.1f} m above ground", f"{limit_m:g} m"
        )
    grounds_m = terrain.ground_alt_amsl_m(*frame.latlon_deg([waypoint.xy_m for waypoint in waypoints]).T)
    first, *rest = (
        replace(waypoint, alt_rel_m=float(ground_m) - profile.home_alt_amsl_m + height.height_agl_m)
        for waypoint, ground_m in zip(waypoints, grounds_m, strict=True)
    )
    return (first, *(replace(waypoint, alt_agl_m=height.height_agl_m) for waypoint in rest))


def terrain_needs(
    waypoints: Sequence[Waypoint], frame: LocalFrame, *, spacing_m: float = VEHICLE_SPACING_M
) -> TerrainNeeds | None:
    """Say what a flight asks of the vehicle's terrain data; None where no waypoint counts from the ground."""
    if all(waypoint.alt_agl_m is None for waypoint in waypoints):
        return None
    places_deg = frame.latlon_deg([waypoint.xy_m for waypoint in waypoints])
    (south_deg, west_deg), (north_deg, east_deg) = places_deg.min(axis=0), places_deg.max(axis=0)
    lat_deg = 2.0 * spacing_m / _DEGREE_M
    lon_deg = lat_deg / max(1e-6, math.cos(math.radians(max(abs(south_deg), abs(north_deg)))))
    return TerrainNeeds(
        float(south_deg - lat_deg),
        float(west_deg - lon_deg),
        float(north_deg + lat_deg),
        float(east_deg + lon_deg),
    )


def _known_on_board(profile: GroundProfile, terrain: Terrain) -> NDArray[np.float64]:
    """Ground above home where pieces meet, as a grid of the vehicle's spacing has it."""
    places_deg = profile.frame.latlon_deg(profile.xy_m)
    lats_deg, lons_deg = places_deg.T
    lat_step_deg = VEHICLE_SPACING_M / _DEGREE_M
    lon_step_deg = lat_step_deg / max(1e-6, math.cos(math.radians(float(np.abs(lats_deg).max()))))
    rows = math.ceil((lats_deg.max() - lats_deg.min()) / lat_step_deg) + 2
    columns = math.ceil((lons_deg.max() - lons_deg.min()) / lon_step_deg) + 2
    north_deg, west_deg = float(lats_deg.max()), float(lons_deg.min())
    nodes = np.meshgrid(
        north_deg - lat_step_deg * np.arange(rows),
        west_deg + lon_step_deg * np.arange(columns),
        indexing="ij",
    )
    alts_m = terrain.ground_alt_amsl_m(*(axis.ravel() for axis in nodes)).reshape(rows, columns)
    grid = GridTerrain(
        alts_m, north_deg=north_deg, west_deg=west_deg, lat_step_deg=lat_step_deg, lon_step_deg=lon_step_deg
    )
    known_m = grid.ground_alt_amsl_m(lats_deg, lons_deg) - profile.home_alt_amsl_m
    if np.isnan(known_m).any():
        node = min(int(np.argmax(np.isnan(known_m))), len(profile.legs) - 1)
        raise MissionError(
            f"the terrain model does not reach {VEHICLE_SPACING_M:g} m round it",
            place=f"leg to waypoint {profile.legs[node] + 1} at {profile.position(node)}",
            remedy="Give terrain that reaches beyond the flight, or altitudes above home",
        )
    return known_m


def _not_kept(profile: GroundProfile, piece: int, flown: str, limit: str) -> MissionError:
    return MissionError(
        f"a vehicle that follows the ground by itself might fly {flown} there, beyond {limit}",
        place=f"leg to waypoint {profile.legs[piece] + 1} at {profile.position(piece)}",
        remedy="Let the plan follow the terrain with altitudes above home, or allow more tolerance",
    )
