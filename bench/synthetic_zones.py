"""A seeded region of zones, and the ways of drones through any region."""

import math

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

_BOX_DEG = (102.5, 35.0, 105.5, 37.5)
_STEP_M = 1.5
"""Between two positions of a drone: 15 m/s at 10 Hz."""
_POSITIONS_EACH = 5_000
_DEGREE_M = 111_195.0


def synthetic_zones(count: int = 1_000, *, vertices: int = 50, seed: int = 20) -> ZoneSet:
    """Make zones of uneven outline, 100 m to 10 km across."""
    generator = np.random.default_rng(seed)
    return ZoneSet(
        (
            Zone.of_area(
                f"synthetic {number}",
                "",
                ZoneKind.EXCLUSION,
                _outline(generator, int(generator.normal(vertices, 5))),
            )
            for number in range(count)
        ),
        source=f"{count} synthetic zones of about {vertices} vertices, seed {seed}",
    )


def _outline(generator: np.random.Generator, vertices: int) -> Polygon:
    west, south, east, north = _BOX_DEG
    radius_deg = 10.0 ** generator.uniform(math.log10(50.0), math.log10(5_000.0)) / _DEGREE_M
    azimuths = (np.arange(vertices) + generator.uniform(-0.3, 0.3, vertices)) * (2.0 * math.pi / vertices)
    radii_deg = radius_deg * generator.uniform(0.7, 1.0, vertices)
    lat_deg = generator.uniform(south, north)
    return Polygon(
        np.column_stack(
            (
                generator.uniform(west, east)
                + radii_deg * np.sin(azimuths) / math.cos(math.radians(lat_deg)),
                lat_deg + radii_deg * np.cos(azimuths),
            )
        )
    )


def tracks_deg(
    box_deg: tuple[float, float, float, float], count: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Give the positions of drones that wander, one drone after the other; shape (count, 2), longitude first."""
    west, south, east, north = box_deg
    drones = max(1, math.ceil(count / _POSITIONS_EACH))
    turns = generator.normal(0.0, 0.01, (drones, _POSITIONS_EACH))
    headings = generator.uniform(0.0, 2.0 * math.pi, (drones, 1)) + np.cumsum(turns, axis=1)
    lat_deg = generator.uniform(south, north, (drones, 1)) + np.cumsum(np.cos(headings), axis=1) * (
        _STEP_M / _DEGREE_M
    )
    cosine = math.cos(math.radians((south + north) / 2.0))
    lon_deg = generator.uniform(west, east, (drones, 1)) + np.cumsum(np.sin(headings), axis=1) * (
        _STEP_M / _DEGREE_M / cosine
    )
    positions = np.column_stack((lon_deg.ravel(), lat_deg.ravel()))[:count]
    return np.clip(positions, (-180.0, -90.0), (180.0, 90.0))
