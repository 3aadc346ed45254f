"""The ground below a flight, as bounds along its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from geofence.verification.leg import Leg
from geofence.verification.planar_route import PlanarRoute
from geofence.verification.route_ground import RouteGround
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError


@dataclass(frozen=True, slots=True)
class GroundProfile:
    """A flight cut into short pieces, with bounds of the ground below each; nothing hides between samples.

    Parameters
    ----------
    frame : LocalFrame
    home_alt_amsl_m : float
    distances_m : array of shape (n + 1,)
        Along the flight, where its pieces meet.
    xy_m : array of shape (n + 1, 2)
        There.
    lows_rel_m, highs_rel_m : arrays of shape (n,)
        No ground below a piece is lower or higher; above home.
    low_alts_rel_m, high_alts_rel_m : arrays of shape (n,)
        Lowest and highest altitude that the flight has on a piece.
    legs : array of int, shape (n,)
        The leg of each piece; leg k leads to waypoint k + 1.
    """

    frame: LocalFrame
    home_alt_amsl_m: float
    distances_m: NDArray[np.float64]
    xy_m: NDArray[np.float64]
    lows_rel_m: NDArray[np.float64]
    highs_rel_m: NDArray[np.float64]
    low_alts_rel_m: NDArray[np.float64]
    high_alts_rel_m: NDArray[np.float64]
    legs: NDArray[np.int64]

    @classmethod
    def below(
        cls,
        waypoints: Sequence[Waypoint],
        terrain: Terrain,
        frame: LocalFrame,
        home: LatLon,
        *,
        home_alt_amsl_m: float | None = None,
        step_m: float | None = None,
    ) -> Self:
        """Look at the ground below a flight.

        Parameters
        ----------
        waypoints : sequence of Waypoint
            At least two.
        terrain : Terrain
        frame : LocalFrame
            That of the waypoints.
        home : LatLon
        home_alt_amsl_m : float, optional
            By default that of the terrain at home.
        step_m : float, optional
            No piece is longer; by default as the terrain's spacing asks for.

        Raises
        ------
        MissionError
            The ground is not known at home, or anywhere below the flight: says where first.
        """
        if len(waypoints) < 2:
            raise MissionError(
                "a flight of less than two waypoints has no ground below it", remedy="Give it from pad to pad"
            )
        home_m = _home_alt_amsl_m(terrain, home, home_alt_amsl_m)
        corners_xy_m = np.array([waypoint.xy_m for waypoint in waypoints], dtype=np.float64)
        places = [LatLon(float(lat), float(lon)) for lat, lon in frame.latlon_deg(corners_xy_m)]
        alts_rel_m = [waypoint.alt_rel_m for waypoint in waypoints]
        route = PlanarRoute(
            [
                Leg(k, k + 1, places[k], places[k + 1], alts_rel_m[k], alts_rel_m[k + 1])
                for k in range(len(places) - 1)
            ],
            frame,
        )
        ground = RouteGround(route, frame, terrain, home_m, step_m=step_m)
        legs = ground.numbers
        along_m = (corners_xy_m[1:] - corners_xy_m[:-1])[legs]
        lengths_m = np.hypot(*along_m.T) * (ground.last - ground.first)
        ends_xy_m = corners_xy_m[legs] + ground.last[:, None] * along_m
        profile = cls(
            frame,
            home_m,
            np.concatenate(([0.0], np.cumsum(lengths_m))),
            np.vstack((corners_xy_m[:1], ends_xy_m)),
            ground.lows_rel_m,
            ground.highs_rel_m,
            ground.low_alts_rel_m,
            ground.high_alts_rel_m,
            legs,
        )
        profile._refuse_unknown()
        return profile

    def nodes_of_waypoints(self) -> NDArray[np.int64]:
        """Where the waypoints stand among the places at which pieces meet."""
        counts = np.bincount(self.legs)
        return np.concatenate(([0], np.cumsum(counts)))

    def position(self, piece: int) -> LatLon:
        """Middle of a piece."""
        x_m, y_m = 0.5 * (self.xy_m[piece] + self.xy_m[piece + 1])
        return self.frame.position(float(x_m), float(y_m))

    def _refuse_unknown(self) -> None:
        is_unknown = np.isnan(self.lows_rel_m) | np.isnan(self.highs_rel_m)
        if is_unknown.any():
            piece = int(np.argmax(is_unknown))
            raise MissionError(
                "the terrain model does not know the ground there",
                place=f"leg to waypoint {self.legs[piece] + 1} at {self.position(piece)}",
                remedy="Give terrain that covers the whole flight, or plan it without terrain",
            )


def _home_alt_amsl_m(terrain: Terrain, home: LatLon, home_alt_amsl_m: float | None) -> float:
    if home_alt_amsl_m is not None:
        return home_alt_amsl_m
    home_m = float(terrain.ground_alt_amsl_m(home.lat_deg, home.lon_deg)[0])
    if not np.isfinite(home_m):
        raise MissionError(
            "the terrain model does not know the ground there",
            place=f"home {home}",
            remedy="Give terrain that covers home, or its altitude above mean sea level",
        )
    return home_m
