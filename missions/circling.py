"""How a copter flies to a circle, round it, and off."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from missions.copter_motion import CopterMotion
from missions.curves import SAG_M, away, azimuth_deg, circle, distance_m
from missions.flight_step import Place

_DISC_VERTICES = 32
_CENTRE_M = 1.0
_BYTE_RADIUS_M = 255.0


@dataclass(frozen=True, slots=True)
class Circling:
    """A circle as ArduCopter flies it for NAV_LOITER_TURNS: straight to its nearest point, round, on from there.

    Parameters
    ----------
    entry : LatLon or None
        None where it starts from the centre and may fly to any point of the circle.
    rings : tuple of lists of LatLon
        Chords, closed; more than one where the radius is not certain.
    exit : LatLon
        About where it leaves; the centre where nobody knows.
    exit_spread_m : float
    approach : Polygon or None
        Where it may be on its way to the circle, longitude and latitude; None where it is a line.
    radius_m : float
        The largest.
    """

    entry: LatLon | None
    rings: tuple[list[LatLon], ...]
    exit: LatLon
    exit_spread_m: float
    approach: Polygon | None
    radius_m: float

    @classmethod
    def of(
        cls, place: Place, centre: LatLon, stated_radius_m: float, turns: float, motion: CopterMotion
    ) -> "Circling":
        """Work out the circle that is flown from a place.

        Parameters
        ----------
        stated_radius_m : float
            Parameter 3 of the item: negative is counter-clockwise, 0 the vehicle's own.
        turns : float
            Parameter 1.
        """
        radii_m = _radii_m(abs(stated_radius_m), motion)
        radius_m = max(radii_m)
        rings = tuple(circle(centre, each_m) for each_m in radii_m)
        stop_m = motion.circle_exit_m(radius_m, place.speed_m_s) + radius_m - min(radii_m)
        away_m = distance_m(centre, place.position)
        if away_m <= _CENTRE_M + place.spread_m:
            disc = spread_hull(centre, radius_m, place.position, place.spread_m)
            return cls(None, rings, centre, radius_m + stop_m, disc, radius_m)
        direction_deg = azimuth_deg(centre, place.position)
        entry = away(centre, direction_deg, radius_m)
        entry_spread_m = place.spread_m * max(1.0, radius_m / away_m)
        approach = (
            spread_hull(place.position, place.spread_m, entry, entry_spread_m) if place.spread_m else None
        )
        turned_deg = math.copysign(360.0 * math.modf(turns)[0], stated_radius_m)
        leave = away(centre, direction_deg + turned_deg, radius_m)
        return cls(entry, rings, leave, entry_spread_m + stop_m, approach, radius_m)


def spread_hull(start: LatLon, start_spread_m: float, end: LatLon, end_spread_m: float) -> Polygon:
    """All straight ways from within one disc to within another; longitude and latitude in degrees."""
    frame = LocalFrame.around((start, end))
    angles = np.linspace(0.0, 2.0 * math.pi, _DISC_VERTICES, endpoint=False)
    unit = np.column_stack((np.cos(angles), np.sin(angles))) / math.cos(math.pi / _DISC_VERTICES)
    corners = [
        np.array(frame.point_xy_m(place)) + max(spread_m, SAG_M) * unit
        for place, spread_m in ((start, start_spread_m), (end, end_spread_m))
    ]
    hull = frame.unproject(shapely.MultiPoint(np.vstack(corners)).convex_hull)
    assert isinstance(hull, Polygon)
    return hull


def _radii_m(stated_m: float, motion: CopterMotion) -> list[float]:
    """Return what may be flown: as stated, and as the autopilot keeps it, in whole metres or tens of them."""
    kept_m = float(int(stated_m)) if stated_m <= _BYTE_RADIUS_M else 10.0 * int(stated_m / 10.0)
    if kept_m == 0.0:
        return [motion.circle_radius_m]
    return [stated_m] if stated_m - kept_m < SAG_M else [kept_m, stated_m]
