"""How a copter flies to a circle, round it, and off."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from missions.ways.circle_wind import CircleWind
from missions.ways.copter_motion import CopterMotion
from missions.ways.curves import SAG_M, away, azimuth_deg, circle, distance_m
from missions.ways.flight_step import Place

_DISC_VERTICES = 32
_CENTRE_M = 1.0
_EXIT_ERROR_M = 0.5
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
    exit : LatLon or None
        Where it leaves the circle; None where nobody knows.
    stop : LatLon
        Where it would come to a stop, and flies on from; the centre where nobody knows.
    spread : tuple of (LatLon, float)
        Discs in whose hull it turns to the next item.
    approach : Polygon or None
        Where it may be on its way to the circle, longitude and latitude; None where it is a line.
    radius_m : float
        The largest.
    beside : Polygon
        Where it may be beside the circle: the band that it runs inside of it, or in wind that it cannot keep up in all of the
        disc and more.
    is_held : bool
        It keeps up in all winds that are said to blow.
    remedy : str
        What would be legal where `beside` is not.
    """

    entry: LatLon | None
    rings: tuple[list[LatLon], ...]
    exit: LatLon | None
    stop: LatLon
    spread: tuple[tuple[LatLon, float], ...]
    approach: Polygon | None
    radius_m: float
    beside: Polygon
    is_held: bool
    remedy: str

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
        error_m = _EXIT_ERROR_M + radius_m - min(radii_m)
        stop_m = motion.circle_exit_m(radius_m, place.speed_m_s)
        winds = [CircleWind.round(each_m, place.speed_m_s, motion) for each_m in radii_m]
        outer_m = max(each_m + wind.outward_m for each_m, wind in zip(radii_m, winds, strict=True))
        inner_m = min(each_m - wind.inward_m for each_m, wind in zip(radii_m, winds, strict=True))
        beside = _band(centre, inner_m, outer_m)
        is_held = all(wind.is_held for wind in winds)
        told = beside, is_held, winds[-1].remedy
        away_m = distance_m(centre, place.position)
        spread_m = max(
            (distance_m(place.position, disc) + each_m for disc, each_m in place.spread), default=0.0
        )
        if away_m <= _CENTRE_M + spread_m:
            anywhere = ((centre, math.hypot(radius_m, stop_m) + error_m),)
            disc = spread_hull((*place.spread, (centre, radius_m)))
            return cls(
                None,
                rings,
                None,
                centre,
                anywhere if is_held else ((centre, outer_m),),
                disc,
                radius_m,
                *told,
            )
        direction_deg = azimuth_deg(centre, place.position)
        entry = away(centre, direction_deg, radius_m)
        error_m += spread_m * radius_m / away_m
        approach = spread_hull((*place.spread, (entry, error_m))) if place.spread else None
        if not is_held:
            return cls(entry, rings, None, centre, ((centre, outer_m),), approach, radius_m, *told)
        error_m += max(wind.behind_m for wind in winds)
        turning_deg = math.copysign(1.0, stated_radius_m)
        spread: list[tuple[LatLon, float]] = []
        leave = stop = entry
        # Autopilots keep whole turns, or some fractions (AP_Mission): it leaves where they end, or those that are stated.
        for share in sorted({0.0, math.modf(turns)[0]}):
            leaving_deg = direction_deg + turning_deg * 360.0 * share
            leave = away(centre, leaving_deg, radius_m)
            stop = away(leave, leaving_deg + turning_deg * 90.0, stop_m)
            spread += [(leave, error_m), (stop, error_m)]
        return cls(entry, rings, leave, stop, tuple(spread), approach, radius_m, *told)


def spread_hull(discs: Iterable[tuple[LatLon, float]]) -> Polygon:
    """All straight ways between places in some discs, of radii in metres; longitude and latitude in degrees."""
    discs = tuple(discs)
    frame = LocalFrame.around(centre for centre, _ in discs)
    angles = np.linspace(0.0, 2.0 * math.pi, _DISC_VERTICES, endpoint=False)
    unit = np.column_stack((np.cos(angles), np.sin(angles))) / math.cos(math.pi / _DISC_VERTICES)
    corners = [np.array(frame.point_xy_m(centre)) + max(radius_m, SAG_M) * unit for centre, radius_m in discs]
    hull = frame.unproject(shapely.MultiPoint(np.vstack(corners)).convex_hull)
    assert isinstance(hull, Polygon)
    return hull


def _band(centre: LatLon, inner_m: float, outer_m: float) -> Polygon:
    """Give what lies between two circles, a little more than that; longitude and latitude in degrees."""
    outline = spread_hull(((centre, outer_m),))
    if inner_m <= SAG_M:
        return outline
    return Polygon(outline.exterior, [[(place.lon_deg, place.lat_deg) for place in circle(centre, inner_m)]])


def _radii_m(stated_m: float, motion: CopterMotion) -> list[float]:
    """Return what may be flown: as stated, and as the autopilot keeps it, in whole metres or tens of them."""
    kept_m = float(int(stated_m)) if stated_m <= _BYTE_RADIUS_M else 10.0 * int(stated_m / 10.0)
    if kept_m == 0.0:
        return [motion.circle_radius_m]
    return [stated_m] if stated_m - kept_m < SAG_M else [kept_m, stated_m]
