"""The loops over pixels, compiled."""

import math

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.world.ground.surface import BUILDING, LAND, ROAD, SAND, WATER
from simulator.world.sight.eye import NEAR_M
from simulator.world.sight.scene import LAMP_HALF_DEG, LAMP_REACH_M
from simulator.world.world_frame import Floats

FAR_M = 12_000.0
HAZE_M = 7_000.0
STEPS_AT_MOST = 160
CELLS_M = (0.35, 2.9, 23.0)
"""Sizes of the texture's grains."""
NOISE_SIZE = 256
_LAMP_EDGE = math.cos(math.radians(LAMP_HALF_DEG))
_LAMP_CORE = math.cos(math.radians(0.7 * LAMP_HALF_DEG))
_LAND, _WATER, _SAND, _ROAD, _BUILDING = LAND, WATER, SAND, ROAD, BUILDING


@compiled
def height_at(values: Floats, corner_m: float, spacing_m: float, north_m: float, east_m: float) -> float:
    """Value of a grid at one place."""
    last = values.shape[0] - 1
    row = min(max((north_m - corner_m) / spacing_m, 0.0), float(last))
    column = min(max((east_m - corner_m) / spacing_m, 0.0), float(last))
    south, west = min(int(row), last - 1), min(int(column), last - 1)
    up, across = row - south, column - west
    low = values[south, west] * (1.0 - across) + values[south, west + 1] * across
    high = values[south + 1, west] * (1.0 - across) + values[south + 1, west + 1] * across
    value: float = low * (1.0 - up) + high * up
    return value


@compiled
def range_to_ground_m(
    values: Floats,
    corner_m: float,
    spacing_m: float,
    steepest: float,
    highest_m: float,
    place: Floats,
    north: float,
    east: float,
    up: float,
    tolerance: float,
) -> float:
    """Length of a ray until it meets the ground; infinite if it does not.

    Each step is as long as it may be where the ground rises as steeply as it does anywhere towards the ray, so that
    nothing is stepped over; the last ones follow the secant.

    Parameters
    ----------
    values : array
        Heights.
    steepest : float
        Largest rise over run.
    highest_m : float
        Of the values.
    place : array, shape (3,)
        Start.
    north, east, up : float
        Unit vector.
    tolerance : float
        How far over the ground counts as met, a metre of range.
    """
    sinking = steepest * math.hypot(north, east) - up
    if sinking <= 1e-9:
        return math.inf
    gone_m = 0.0
    if place[2] > highest_m:
        if up >= 0.0:
            return math.inf
        gone_m = (place[2] - highest_m) / -up
    above_m, above_gap_m = 0.0, math.inf
    below_m, below_gap_m = math.inf, 0.0
    for _ in range(STEPS_AT_MOST):
        if gone_m > FAR_M:
            return math.inf
        ground_m = height_at(values, corner_m, spacing_m, place[0] + north * gone_m, place[1] + east * gone_m)
        gap_m = place[2] + up * gone_m - ground_m
        if abs(gap_m) <= 1e-3 + tolerance * gone_m:
            return gone_m
        if gap_m < 0.0:
            below_m, below_gap_m = gone_m, gap_m
            if above_gap_m == math.inf:
                return gone_m
        else:
            step_m = gap_m / sinking
            if below_m == math.inf and above_gap_m > gap_m and above_gap_m < math.inf:
                # Straight on, as long as that leads no further than the next cell.
                guess_m = gap_m * (gone_m - above_m) / (above_gap_m - gap_m)
                if guess_m <= spacing_m:
                    step_m = max(step_m, guess_m)
            above_m, above_gap_m = gone_m, gap_m
            if below_m == math.inf:
                gone_m += step_m
        if below_m < math.inf:
            gone_m = above_m + (below_m - above_m) * above_gap_m / (above_gap_m - below_gap_m)
    return gone_m


@compiled
def _hash(value: int) -> float:
    mixed = (value ^ 0x9E3779B9) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 16)) * 0x45D9F3B) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 16)) * 0x45D9F3B) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 16)) & 0xFFFF) / 65535.0


@compiled
def _grain(noise: NDArray[np.float32], x: float, y: float) -> float:
    floor_x, floor_y = math.floor(x), math.floor(y)
    part_x, part_y = x - floor_x, y - floor_y
    column, row = int(floor_x) & 255, int(floor_y) & 255
    right, above = (column + 1) & 255, (row + 1) & 255
    low = noise[row, column] * (1.0 - part_x) + noise[row, right] * part_x
    high = noise[above, column] * (1.0 - part_x) + noise[above, right] * part_x
    value: float = low * (1.0 - part_y) + high * part_y
    return value


@compiled
def lamp_light(lamps: Floats, north_m: float, east_m: float, up_m: float) -> float:
    """Light of all searchlights at a place."""
    light = 0.0
    for number in range(lamps.shape[0]):
        lamp = lamps[number]
        north, east, up = north_m - lamp[0], east_m - lamp[1], up_m - lamp[2]
        squared = north * north + east * east + up * up + 1e-6
        cosine = (north * lamp[3] + east * lamp[4] + up * lamp[5]) / math.sqrt(squared)
        if cosine > _LAMP_EDGE:
            edge = min((cosine - _LAMP_EDGE) / (_LAMP_CORE - _LAMP_EDGE), 1.0)
            light += edge * min(LAMP_REACH_M * LAMP_REACH_M / squared, 1.5)
    return light


@compiled
def _ray(
    axes: Floats, focal_px: float, width: int, height: int, row: int, column: int
) -> tuple[float, float, float, float]:
    x, y = column + 0.5 - width / 2.0, row + 0.5 - height / 2.0
    length = math.sqrt(x * x + y * y + focal_px * focal_px)
    return (
        (axes[0, 0] * x + axes[1, 0] * y + axes[2, 0] * focal_px) / length,
        (axes[0, 1] * x + axes[1, 1] * y + axes[2, 1] * focal_px) / length,
        (axes[0, 2] * x + axes[1, 2] * y + axes[2, 2] * focal_px) / length,
        length,
    )


@compiled
def draw_ground(
    picture: NDArray[np.uint8],
    ranges: NDArray[np.float32],
    place: Floats,
    axes: Floats,
    focal_px: float,
    terrain: Floats,
    corner_m: float,
    spacing_m: float,
    steepest: float,
    highest_m: float,
    floods: Floats,
    level_m: float,
    paint: NDArray[np.uint8],
    paint_corner_m: float,
    paint_spacing_m: float,
    colours: Floats,
    noise: NDArray[np.float32],
    lamps: Floats,
    light: float,
    shades: Floats,
    ripple: float,
    frame_seed: int,
) -> None:
    """Fill a picture with ground, water and sky, and the range to what each pixel sees."""
    height, width = picture.shape[0], picture.shape[1]
    last = paint.shape[0] - 1
    sensor_noise = 26.0 * max(0.0, 0.5 - light)
    behind_m, ahead_m, length_a = math.inf, math.inf, 1.0
    for row in range(height):
        for column in range(width):
            north, east, up, length = _ray(axes, focal_px, width, height, row, column)
            range_m = math.inf
            if column % 2 == 1 and column + 1 < width:
                north_b, east_b, up_b, length_b = _ray(axes, focal_px, width, height, row, column + 1)
                ahead_m = range_to_ground_m(
                    terrain, corner_m, spacing_m, steepest, highest_m, place, north_b, east_b, up_b, 3e-4
                )
                # Over a plane, the reciprocals of depths lie on a line; so nearly do three pixels side by side.
                before, after = length_a / behind_m, length_b / ahead_m
                if abs(before - after) <= 0.02 * before:
                    range_m = 2.0 * length / (before + after)
            elif column > 0:
                range_m = ahead_m
            if column == 0 or (column % 2 == 1 and range_m == math.inf):
                range_m = range_to_ground_m(
                    terrain, corner_m, spacing_m, steepest, highest_m, place, north, east, up, 3e-4
                )
            if column % 2 == 0:
                behind_m, length_a = range_m, length
            rise = min(max(up, 0.0), 1.0)
            red = (205.0 - 115.0 * rise) * light
            green = (216.0 - 80.0 * rise) * light
            blue = (226.0 - 34.0 * rise) * light
            if range_m < math.inf:
                at_north, at_east = place[0] + north * range_m, place[1] + east * range_m
                grain_px_m = range_m / focal_px
                texture, kind = 0.0, _LAND
                paint_row = int((at_north - paint_corner_m) / paint_spacing_m + 0.5)
                paint_column = int((at_east - paint_corner_m) / paint_spacing_m + 0.5)
                if 0 <= paint_row <= last and 0 <= paint_column <= last:
                    kind = paint[paint_row, paint_column]
                shore_m = height_at(floods, corner_m, spacing_m, at_north, at_east) - level_m
                shift = 0.0
                if shore_m <= 0.0:
                    kind, shift = _WATER, ripple
                elif shore_m < 0.35 and kind == _LAND:
                    kind = _SAND
                for octave in range(3):
                    cell_m = CELLS_M[octave]
                    weight = 1.0 - grain_px_m / (2.0 * cell_m)
                    if weight > 0.0:
                        x_cells, y_cells = at_east / cell_m + shift, at_north / cell_m - shift
                        if grain_px_m > 0.3 * cell_m:
                            grain = float(noise[math.floor(y_cells) & 255, math.floor(x_cells) & 255])
                        else:
                            grain = _grain(noise, x_cells, y_cells)
                        texture += (grain - 0.5) * weight
                strength = 0.34
                if kind == _WATER:
                    strength = 0.16
                elif kind in (_ROAD, _BUILDING):
                    strength = 0.2
                shade = 1.0 + strength * texture
                if kind != _WATER:
                    shade *= height_at(shades, corner_m, spacing_m, at_north, at_east)
                bright = light
                if lamps.shape[0]:
                    bright += lamp_light(lamps, at_north, at_east, place[2] + up * range_m)
                shade *= min(bright, 1.2)
                clear = math.exp(-range_m / HAZE_M)
                hazy = 1.0 - clear
                red = colours[kind, 0] * shade * clear + 205.0 * light * hazy
                green = colours[kind, 1] * shade * clear + 216.0 * light * hazy
                blue = colours[kind, 2] * shade * clear + 226.0 * light * hazy
            if sensor_noise > 0.0:
                grey = sensor_noise * (_hash(frame_seed + row * width + column) - 0.4)
                red += grey
                green += grey
                blue += grey
            ranges[row, column] = range_m
            picture[row, column, 0] = np.uint8(min(max(red, 0.0), 255.0))
            picture[row, column, 1] = np.uint8(min(max(green, 0.0), 255.0))
            picture[row, column, 2] = np.uint8(min(max(blue, 0.0), 255.0))


@compiled
def draw_strokes(
    picture: NDArray[np.uint8],
    ranges: NDArray[np.float32],
    place: Floats,
    axes: Floats,
    focal_px: float,
    starts: Floats,
    ends: Floats,
    radii_m: Floats,
    least_px: Floats,
    colours: Floats,
    is_lit: NDArray[np.bool_],
    lamps: Floats,
    light: float,
) -> None:
    """Draw thick lines where nothing nearer hides them."""
    height, width = picture.shape[0], picture.shape[1]
    camera = np.empty((2, 3))
    for number in range(starts.shape[0]):
        for end in range(2):
            point = starts[number] if end == 0 else ends[number]
            for axis in range(3):
                camera[end, axis] = (
                    (point[0] - place[0]) * axes[axis, 0]
                    + (point[1] - place[1]) * axes[axis, 1]
                    + (point[2] - place[2]) * axes[axis, 2]
                )
        if camera[0, 2] < NEAR_M and camera[1, 2] < NEAR_M:
            continue
        for end in range(2):
            if camera[end, 2] < NEAR_M:
                part = (NEAR_M - camera[end, 2]) / (camera[1 - end, 2] - camera[end, 2])
                for axis in range(3):
                    camera[end, axis] += part * (camera[1 - end, axis] - camera[end, axis])
        from_x = camera[0, 0] / camera[0, 2] * focal_px + width / 2.0
        from_y = camera[0, 1] / camera[0, 2] * focal_px + height / 2.0
        to_x = camera[1, 0] / camera[1, 2] * focal_px + width / 2.0
        to_y = camera[1, 1] / camera[1, 2] * focal_px + height / 2.0
        from_m = math.sqrt(camera[0, 0] ** 2 + camera[0, 1] ** 2 + camera[0, 2] ** 2)
        to_m = math.sqrt(camera[1, 0] ** 2 + camera[1, 1] ** 2 + camera[1, 2] ** 2)
        radius_px = radii_m[number] * focal_px / (0.5 * (camera[0, 2] + camera[1, 2]))
        cover = min(1.0, 2.0 * radius_px)
        if least_px[number] > 0.0:
            radius_px, cover = max(radius_px, least_px[number]), 1.0
        if cover < 0.05:
            continue
        reach_px = max(radius_px, 0.5)
        left = max(int(min(from_x, to_x) - reach_px), 0)
        right = min(int(max(from_x, to_x) + reach_px), width - 1)
        top = max(int(min(from_y, to_y) - reach_px), 0)
        bottom = min(int(max(from_y, to_y) + reach_px), height - 1)
        bright = 1.0
        if is_lit[number]:
            middle = 0.5 * (starts[number] + ends[number])
            bright = min(light + lamp_light(lamps, middle[0], middle[1], middle[2]), 1.2)
        along_x, along_y = to_x - from_x, to_y - from_y
        squared = along_x * along_x + along_y * along_y
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                x, y = column + 0.5 - from_x, row + 0.5 - from_y
                part = 0.0
                if squared > 0.0:
                    part = min(max((x * along_x + y * along_y) / squared, 0.0), 1.0)
                off_x, off_y = x - part * along_x, y - part * along_y
                off_px = math.sqrt(off_x * off_x + off_y * off_y)
                if off_px > reach_px:
                    continue
                range_m = from_m + part * (to_m - from_m)
                if range_m > ranges[row, column] * 1.02 + 2.0:
                    continue
                for colour in range(3):
                    wanted = colours[number, colour] * bright
                    mixed = picture[row, column, colour] * (1.0 - cover) + wanted * cover
                    picture[row, column, colour] = np.uint8(min(max(mixed, 0.0), 255.0))
