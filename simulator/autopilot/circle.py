"""A circle of a mission: where it is flown to."""

import math

from simulator.autopilot.waypoint_navigation import Place


def nearest_on_circle(centre: Place, radius_m: float, come_from: Place) -> Place:
    """Place at which a circle is begun; its centre where the vehicle is there already, and spirals out."""
    away_m = math.dist(come_from[:2], centre[:2])
    if away_m < 1.0:
        return centre
    north, east = (
        at + radius_m / away_m * (begin - at) for at, begin in zip(centre[:2], come_from[:2], strict=True)
    )
    return north, east, centre[2]
