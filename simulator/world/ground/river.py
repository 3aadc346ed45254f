"""A river that rises and falls, and what is under its water."""

from dataclasses import dataclass, field

import numpy as np

from simulator.refusal import SimulatorError
from simulator.world.ground.flooding import flooding_levels
from simulator.world.ground.line_distance import distance_to_line_m
from simulator.world.ground.terrain import Grid, Terrain
from simulator.world.time_table import TimeTable
from simulator.world.world_frame import Floats, LatLon, WorldFrame


@dataclass(frozen=True, slots=True)
class RiverSettings:
    """Level and flow by time.

    Parameters
    ----------
    axis : tuple of LatLon
        Along the deepest bed, down the stream.
    level_amsl_m : TimeTable
    flow_m_s : TimeTable
        How fast the water runs.
    """

    axis: tuple[LatLon, ...]
    level_amsl_m: TimeTable
    flow_m_s: TimeTable = field(default_factory=TimeTable)


class River:
    """Water is level, and reaches only where it can flow from the river.

    Parameters
    ----------
    settings : RiverSettings
    terrain : Terrain
    frame : WorldFrame

    Raises
    ------
    SimulatorError
        If it does not touch the terrain.
    """

    def __init__(self, settings: RiverSettings, terrain: Terrain, frame: WorldFrame) -> None:
        self._settings = settings
        grid = terrain.grid
        self._axis_xy_m = frame.xy_m(settings.axis)
        north_m, east_m = grid.points()
        is_river = distance_to_line_m(self._axis_xy_m, north_m, east_m) <= 0.75 * grid.spacing_m
        if not is_river.any():
            raise SimulatorError(
                "the river is outside of the terrain",
                place="river.axis",
                remedy="Give places within extent_m of the origin",
            )
        self.floods = Grid(flooding_levels(grid.values, is_river), grid.corner_m, grid.spacing_m)
        """Level from which on each place is under water; infinite where the river does not come."""
        self.level_amsl_m = 0.0
        self.flow_m_s = 0.0
        self.be_at(0.0)

    def be_at(self, now_s: float) -> None:
        """Take level and flow of a moment."""
        self.level_amsl_m = self._settings.level_amsl_m.at(now_s)
        self.flow_m_s = self._settings.flow_m_s.at(now_s)

    def depth_m(self, north_m: Floats, east_m: Floats) -> Floats:
        """Depth of the water at places; negative: how much the river must rise to wet them."""
        return self.level_amsl_m - self.floods.at(north_m, east_m)

    def flow_north_east_m_s(self, north_m: Floats, east_m: Floats) -> tuple[Floats, Floats]:
        """Motion of the water at places: along the nearest stretch of the axis."""
        starts, ways = self._axis_xy_m[:-1], np.diff(self._axis_xy_m, axis=0)
        lengths_m = np.maximum(np.linalg.norm(ways, axis=1), 1e-9)
        ways = ways / lengths_m[:, None]
        places = np.column_stack((np.ravel(east_m), np.ravel(north_m)))[:, None, :] - starts
        along_m = np.clip(np.sum(places * ways, axis=2), 0.0, lengths_m)
        off_m = np.linalg.norm(places - along_m[..., None] * ways, axis=2)
        nearest = ways[np.argmin(off_m, axis=1)]
        return nearest[:, 1] * self.flow_m_s, nearest[:, 0] * self.flow_m_s
