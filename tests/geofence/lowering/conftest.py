"""Routes in metres, and what an autopilot makes of a fence."""

import itertools
import math

import pytest
import shapely
from shapely import Polygon

from geofence.verification.leg import Leg

SPHERE_M_PER_E7 = 0.011131884502145034
"""ArduPilot's."""


def distance_m(one, other):
    """Reckon as ArduPilot does: on a sphere, longitudes scaled by the mean latitude."""
    scale = math.cos(math.radians(0.5 * (one.lat_deg + other.lat_deg)))
    north = (one.lat_deg - other.lat_deg) * 1e7 * SPHERE_M_PER_E7
    return math.hypot(north, (one.lon_deg - other.lon_deg) * 1e7 * SPHERE_M_PER_E7 * scale)


def is_admitted(fence, position, alt_rel_m):
    """Whether ArduPilot sees no breach."""
    lonlat = (position.lon_deg, position.lat_deg)

    def is_in(ring):
        return shapely.contains_xy(Polygon([(place.lon_deg, place.lat_deg) for place in ring]), *lonlat)

    return (
        all(is_in(ring) for ring in fence.inclusion)
        and not any(is_in(ring) for ring in fence.exclusions)
        and all(distance_m(position, circle.centre) < circle.radius_m for circle in fence.inclusion_circles)
        and not any(
            distance_m(position, circle.centre) < circle.radius_m for circle in fence.exclusion_circles
        )
        and (fence.alt_max_rel_m is None or alt_rel_m < fence.alt_max_rel_m)
        and (fence.alt_min_rel_m is None or alt_rel_m > fence.alt_min_rel_m)
    )


@pytest.fixture(scope="session")
def admitted():
    return is_admitted


@pytest.fixture(scope="session")
def legs(frame):
    """Make a take-off and level legs through corners (x, y) or (x, y, altitude)."""

    def make(corners, alt_m=50.0):
        places = [(frame.position(corner[0], corner[1]), *corner[2:], alt_m)[:2] for corner in corners]
        home, first_alt_m = places[0]
        made = [Leg(0, 1, home, home, 0.0, first_alt_m, meets_ground=True)]
        for number, ((start, start_m), (end, end_m)) in enumerate(itertools.pairwise(places), start=1):
            made.append(Leg(number, number + 1, start, end, start_m, end_m))
        return made

    return make


@pytest.fixture(scope="session")
def distance():
    return distance_m
