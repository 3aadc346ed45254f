"""A picture of a scene as a camera sees it, with its caption, as JPEG."""

import io
import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from simulator.world.ground.surface import COLOURS
from simulator.world.sight import kernels
from simulator.world.sight.eye import Eye
from simulator.world.sight.scene import Scene
from simulator.world.world_frame import Floats

Picture = NDArray[np.uint8]
"""Shape (height, width, 3): red, green, blue."""
QUALITY_PCT = 80
_CAPTION_PX = 13


def draw(scene: Scene, eye: Eye) -> Picture:
    """Draw what the eye sees; the same scene and eye give the same bytes."""
    picture = np.empty((eye.height_px, eye.width_px, 3), np.uint8)
    ranges = np.empty((eye.height_px, eye.width_px), np.float32)
    terrain, floods, strokes = scene.terrain, scene.floods, scene.strokes
    kernels.draw_ground(
        picture,
        ranges,
        eye.place_m,
        eye.axes,
        eye.focal_px,
        terrain.values,
        terrain.corner_m,
        terrain.spacing_m,
        scene.steepest,
        float(terrain.values.max()),
        floods.values,
        scene.level_amsl_m,
        scene.paint.kinds,
        scene.paint.corner_m,
        scene.paint.spacing_m,
        COLOURS,
        _noise(scene.seed),
        scene.lamps,
        scene.light,
        scene.shades,
        0.4 * scene.unix_s % kernels.NOISE_SIZE,
        (round(scene.unix_s * 50.0) * 7_919 + scene.seed * 104_729) & 0x7FFFFFFF,
    )
    kernels.draw_strokes(
        picture,
        ranges,
        eye.place_m,
        eye.axes,
        eye.focal_px,
        strokes.starts_m,
        strokes.ends_m,
        strokes.radius_m,
        strokes.least_px,
        strokes.colours,
        strokes.is_lit,
        scene.lamps,
        scene.light,
    )
    return picture


def ground_at_pixel(scene: Scene, eye: Eye, x_px: float, y_px: float) -> Floats | None:
    """North, east and height of what a pixel sees of ground and water; None where it sees the sky."""
    ray = eye.ray(x_px, y_px)
    terrain = scene.terrain
    north, east, up = (float(part) for part in ray)
    range_m = kernels.range_to_ground_m(
        terrain.values,
        terrain.corner_m,
        terrain.spacing_m,
        scene.steepest,
        float(terrain.values.max()),
        eye.place_m,
        north,
        east,
        up,
        0.0,
    )
    return eye.place_m + ray * range_m if math.isfinite(range_m) else None


@cache
def _noise(seed: int) -> NDArray[np.float32]:
    random = np.random.default_rng([seed, 4])
    return random.random((kernels.NOISE_SIZE, kernels.NOISE_SIZE), np.float32)


@cache
def _font() -> "ImageFont.ImageFont | ImageFont.FreeTypeFont":
    return ImageFont.load_default(_CAPTION_PX)


def jpeg(picture: Picture, lines: tuple[str, ...] = ()) -> bytes:
    """Write lines at the top left of a picture and encode it."""
    image = Image.fromarray(picture)
    if lines:
        shade = ImageDraw.Draw(image)
        for number, line in enumerate(lines):
            place = (6, 4 + number * (_CAPTION_PX + 4))
            shade.text(place, line, fill=(255, 255, 255), font=_font(), stroke_width=1, stroke_fill=(0, 0, 0))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=QUALITY_PCT)
    return written.getvalue()
