"""Zones, for the eye only: their outlines lie on the ground in pictures."""

from dataclasses import dataclass

import numpy as np
import shapely

from simulator.world.ground.terrain import Grid
from simulator.world.sight.scene import Strokes, joined_strokes
from simulator.world.world_frame import LatLon, WorldFrame

_COLOURS = {"inclusion": (70, 230, 110), "exclusion": (255, 70, 60), "advisory": (255, 205, 60)}
PIECE_M = 12.0
LIFT_M = 0.4


@dataclass(frozen=True, slots=True)
class ZoneOutline:
    """A line round an area.

    Parameters
    ----------
    kind : str
        inclusion, exclusion or advisory.
    outline : tuple of LatLon
        Not closed.
    """

    kind: str
    outline: tuple[LatLon, ...]


def zone_strokes(zones: tuple[ZoneOutline, ...], frame: WorldFrame, ground: Grid) -> Strokes:
    """Lay outlines on the ground."""
    parts = []
    for zone in zones:
        ring = shapely.segmentize(shapely.LinearRing(frame.xy_m(zone.outline)), PIECE_M)
        xy_m = shapely.get_coordinates(ring)
        up_m = ground.at(xy_m[:, 1], xy_m[:, 0]) + LIFT_M
        points = np.column_stack((xy_m[:, 1], xy_m[:, 0], up_m))
        count = len(points) - 1
        parts.append(
            Strokes(
                points[:-1],
                points[1:],
                np.full(count, 0.15),
                np.full(count, 0.9),
                np.tile(np.array(_COLOURS[zone.kind], float), (count, 1)),
                np.zeros(count, bool),
            )
        )
    return joined_strokes(parts)
