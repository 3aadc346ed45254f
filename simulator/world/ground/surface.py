"""What covers the ground: painted once on a fine grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from simulator.world.world_frame import LatLon, WorldFrame

LAND, GREEN, SAND, ROAD, BUILDING, WATER = range(6)
"""Numbers of the kinds, compiled into what draws them."""
KINDS = {"green": GREEN, "sand": SAND, "road": ROAD, "building": BUILDING, "water": WATER}
COLOURS = np.array(
    ((134, 138, 92), (86, 120, 60), (196, 178, 134), (120, 120, 122), (168, 138, 122), (62, 104, 124)), float
)
"""Red, green and blue of each kind by full daylight."""
ROAD_WIDTH_M, PATH_WIDTH_M = 9.0, 3.0


@dataclass(frozen=True, slots=True)
class SurfaceSettings:
    """One piece of ground, as an outline or a line.

    Parameters
    ----------
    kind : str
        One of green, sand, road, building, water.
    places : tuple of LatLon
    width_m : float
        Of a line; 0 for an outline.
    """

    kind: str
    places: tuple[LatLon, ...]
    width_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Paint:
    """Kinds of surface on a square grid round the origin, rows northwards."""

    kinds: NDArray[np.uint8]
    corner_m: float
    spacing_m: float


def painted(surfaces: tuple[SurfaceSettings, ...], frame: WorldFrame, extent_m: float) -> Paint:
    """Paint surfaces over one another, in order."""
    spacing_m = min(max(extent_m / 1500.0, 0.5), 10.0) if surfaces else extent_m
    size = 2 * max(1, round(extent_m / spacing_m)) + 1
    corner_m = -spacing_m * (size // 2)
    image = Image.new("L", (size, size), LAND)
    draw = ImageDraw.Draw(image)
    for surface in surfaces:
        pixels = (frame.xy_m(surface.places) - corner_m) / spacing_m
        points = [(float(x), float(y)) for x, y in pixels]
        if surface.width_m:
            width = max(1, round(surface.width_m / spacing_m))
            draw.line(points, fill=KINDS[surface.kind], width=width, joint="curve")
        else:
            draw.polygon(points, fill=KINDS[surface.kind])
    # The picture's first row is the southernmost: its y grows northwards here.
    return Paint(np.array(image, np.uint8), corner_m, spacing_m)
