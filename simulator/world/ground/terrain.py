"""Heights of the ground on a grid, from a file or drawn from a few numbers."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from simulator.world.ground.line_distance import distance_to_line_m
from simulator.world.ground.terrain_file import sampled_heights
from simulator.world.world_frame import Floats, LatLon, WorldFrame

LEAST_FALL = 0.1


@dataclass(frozen=True, slots=True)
class ValleySettings:
    """A valley along a line: bed, banks, plain and hills, the same on both sides.

    Parameters
    ----------
    axis : tuple of LatLon
        Down the stream.
    bed_amsl_m, bed_width_m : float
    bank_slope : float
        Rise over run from the bed to the plain.
    plain_amsl_m, plain_width_m : float
        The plain reaches this far from the top of each bank.
    hill_slope, hill_amsl_m : float
        What rises beyond the plain, and how high.
    """

    axis: tuple[LatLon, ...]
    bed_amsl_m: float
    plain_amsl_m: float
    bed_width_m: float = 80.0
    bank_slope: float = 0.1
    plain_width_m: float = 600.0
    hill_slope: float = 0.2
    hill_amsl_m: float = 0.0


@dataclass(frozen=True, slots=True)
class IslandSettings:
    """An island that rises from its shore inwards and falls off outwards.

    Parameters
    ----------
    shore : tuple of LatLon
    shore_amsl_m : float
        Height of that line.
    top_amsl_m : float
        It rises no higher.
    slope : float
        Inwards; outwards it is 0.1 at least.
    """

    shore: tuple[LatLon, ...]
    shore_amsl_m: float
    top_amsl_m: float
    slope: float = 0.05


@dataclass(frozen=True, slots=True)
class TerrainSettings:
    """Flat, a valley, or heights of a file; islands lie upon it.

    Parameters
    ----------
    flat_amsl_m : float
        Where there is neither valley nor file.
    valley : ValleySettings, optional
    file : Path, optional
        GeoTIFF or HGT.
    islands : tuple of IslandSettings
    extent_m : float
        From the origin to each side; beyond, the ground goes on as at the edge.
    spacing_m : float
        Of the grid.
    """

    flat_amsl_m: float = 0.0
    valley: ValleySettings | None = None
    file: Path | None = None
    islands: tuple[IslandSettings, ...] = ()
    extent_m: float = 2000.0
    spacing_m: float = 10.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Values at points every `spacing_m`, rows northwards, columns eastwards; straight between them."""

    values: Floats
    corner_m: float
    """North and east of the first point: the grid is a square round the origin."""
    spacing_m: float

    def at(self, north_m: Floats, east_m: Floats) -> Floats:
        """Values at places; beyond the edge as at the edge."""
        last = self.values.shape[0] - 1
        row = np.clip((np.asarray(north_m, float) - self.corner_m) / self.spacing_m, 0.0, last)
        column = np.clip((np.asarray(east_m, float) - self.corner_m) / self.spacing_m, 0.0, last)
        south = np.minimum(row.astype(np.int64), last - 1)
        west = np.minimum(column.astype(np.int64), last - 1)
        to_north, to_east = row - south, column - west
        values = self.values
        low = values[south, west] * (1.0 - to_east) + values[south, west + 1] * to_east
        high = values[south + 1, west] * (1.0 - to_east) + values[south + 1, west + 1] * to_east
        return np.asarray(low * (1.0 - to_north) + high * to_north, float)

    def points(self) -> tuple[Floats, Floats]:
        """North and east of all points, each of the grid's shape."""
        steps = self.corner_m + self.spacing_m * np.arange(self.values.shape[0])
        north_m, east_m = np.meshgrid(steps, steps, indexing="ij")
        return north_m, east_m


class Terrain:
    """The ground.

    Parameters
    ----------
    settings : TerrainSettings
    frame : WorldFrame

    Raises
    ------
    SimulatorError
        If the file cannot be read or has no height where the world is.
    """

    def __init__(self, settings: TerrainSettings, frame: WorldFrame) -> None:
        size = 2 * max(1, round(settings.extent_m / settings.spacing_m)) + 1
        corner_m = -settings.spacing_m * (size // 2)
        self.grid = Grid(np.full((size, size), settings.flat_amsl_m), corner_m, settings.spacing_m)
        north_m, east_m = self.grid.points()
        heights = self.grid.values
        if settings.file is not None:
            heights[:] = sampled_heights(settings.file, *frame.to_degrees(north_m, east_m))
        elif settings.valley is not None:
            heights[:] = _valley(settings.valley, frame, north_m, east_m)
        for island in settings.islands:
            _raise_island(island, frame, north_m, east_m, heights)
        self._rise_north, self._rise_east = (
            np.gradient(heights, settings.spacing_m, axis=axis).astype(np.float32) for axis in (0, 1)
        )
        self.steepest = _steepest(heights) / settings.spacing_m
        """Largest rise over run."""

    def shades(self, elevation_deg: float, azimuth_deg: float) -> Floats:
        """How bright each point's slope is beside level ground; 1 without sun."""
        if elevation_deg <= 0.0:
            return np.ones_like(self.grid.values)
        strength = 1.2 * math.cos(math.radians(elevation_deg))
        azimuth = math.radians(azimuth_deg)
        towards = math.cos(azimuth) * self._rise_north + math.sin(azimuth) * self._rise_east
        return np.asarray(1.0 - np.clip(strength * towards.astype(float), -0.35, 0.35), float)

    def ground_amsl_m(self, north_m: Floats, east_m: Floats) -> Floats:
        """Heights above sea level at places of the world's frame."""
        return self.grid.at(north_m, east_m)


def _steepest(heights: Floats) -> float:
    """Largest difference a step within any cell, whatever the direction."""
    north, east = np.abs(np.diff(heights, axis=0)), np.abs(np.diff(heights, axis=1))
    north = np.maximum(north[:, 1:], north[:, :-1])
    east = np.maximum(east[1:], east[:-1])
    return float(np.hypot(north, east).max())


def _valley(valley: ValleySettings, frame: WorldFrame, north_m: Floats, east_m: Floats) -> Floats:
    from_axis_m = distance_to_line_m(frame.xy_m(valley.axis), north_m, east_m)
    bank_m = (valley.plain_amsl_m - valley.bed_amsl_m) / valley.bank_slope
    foot_m = valley.bed_width_m / 2.0
    hill_m = foot_m + bank_m + valley.plain_width_m
    top_amsl_m = max(valley.hill_amsl_m, valley.plain_amsl_m)
    rise_m = (top_amsl_m - valley.plain_amsl_m) / valley.hill_slope
    return np.asarray(
        np.interp(
            from_axis_m,
            (0.0, foot_m, foot_m + bank_m, hill_m, hill_m + max(rise_m, 1e-9)),
            (valley.bed_amsl_m, valley.bed_amsl_m, valley.plain_amsl_m, valley.plain_amsl_m, top_amsl_m),
        ),
        float,
    )


def _raise_island(
    island: IslandSettings, frame: WorldFrame, north_m: Floats, east_m: Floats, heights: Floats
) -> None:
    shore = shapely.Polygon(frame.xy_m(island.shore))
    falling = max(island.slope, LEAST_FALL)
    reach_m = (island.shore_amsl_m - float(heights.min())) / falling
    west, south, east, north = shapely.buffer(shore, max(reach_m, 0.0)).bounds
    near = (north_m >= south) & (north_m <= north) & (east_m >= west) & (east_m <= east)
    points = shapely.points(east_m[near], north_m[near])
    slopes = np.where(shapely.contains(shore, points), island.slope, -falling)
    rise_m = slopes * shapely.distance(shore.exterior, points)
    heights[near] = np.maximum(heights[near], np.minimum(island.shore_amsl_m + rise_m, island.top_amsl_m))
