"""Where a fleet flies: the plane, the layers, and what is kept from every boundary."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geofence.local_frame import LocalFrame
from geofence.plane.legal_space import LegalSpace
from geofence.terrain import Terrain
from geofence.zone_set import ZoneSet
from missions.fleet.drone import Pad
from missions.fleet.legal_transit import fleet_transit
from missions.patrol.ground import CLEARANCE_FACTORS
from missions.plan.check import LEGAL_LIMIT_AGL_M
from missions.refusal import MissionError
from missions.transit import Transit

SAME_M = 0.01
"""Lines are cut so far inside of legal space that rounding does not put their ends out of it."""

LAYERS_AT_MOST = 6
_SAME_SHARE = 1e-4
"""Of an area, that a layer may take away."""


@dataclass(frozen=True, slots=True)
class FleetGround:
    """Where a fleet flies.

    Parameters
    ----------
    frame : LocalFrame
    layers_m : tuple of float
        Above the pads' common level.
    margin_m, clearance_m : float
        What every plan is verified with, and what ways and tasks keep.
    home_alt_amsl_m : float or None
        Of the pads' common level.
    allow_above_120 : bool
    """

    frame: LocalFrame
    layers_m: tuple[float, ...]
    margin_m: float
    clearance_m: float
    home_alt_amsl_m: float | None = None
    allow_above_120: bool = False

    def transit(self, zones: ZoneSet, pads: Sequence[Pad]) -> Transit:
        """Find the ways through what zones leave at all layers.

        Raises
        ------
        MissionError
            A pad does not lie in one connected piece with the first.
        """
        return fleet_transit(
            zones,
            self.frame,
            pads,
            self.layers_m,
            clearance_m=self.clearance_m,
            home_alt_amsl_m=self.home_alt_amsl_m,
        )


def choose_fleet_ground(
    ground: FleetGround,
    zones: ZoneSet,
    pads: Sequence[Pad],
    extents: Sequence[BaseGeometry],
    *,
    alt_step_m: float,
    drift_m: float = 0.0,
    terrain: Terrain | None = None,
    follows_ground: bool = False,
) -> tuple[FleetGround, Transit]:
    """Choose layers, and the clearance, lower only where the higher closes the way between pads.

    Parameters
    ----------
    ground : FleetGround
        With the lowest layer alone.
    zones : ZoneSet
    pads : sequence of Pad
    extents : sequence of geometries
        What is flown along, to or over, metres.
    alt_step_m : float
        From one layer to the next.
    drift_m : float
        How far wind carries drones off their legs; kept on top of every margin.
    terrain : Terrain, optional
    follows_ground : bool
        Layers are heights above ground.

    Raises
    ------
    MissionError
    """
    highest_m = _highest_m(ground, pads, extents, None if follows_ground else terrain)
    refused: MissionError | None = None
    for factor in CLEARANCE_FACTORS:
        tried = replace(ground, clearance_m=factor * ground.margin_m + drift_m)
        layers = _layers_m(tried, zones, pads, extents, alt_step_m, highest_m)
        tried = replace(tried, layers_m=tuple(layers))
        try:
            return tried, tried.transit(zones, pads)
        except MissionError as refusal:
            refused = refused or refusal
    assert refused is not None
    raise refused


def _highest_m(
    ground: FleetGround, pads: Sequence[Pad], extents: Sequence[BaseGeometry], terrain: Terrain | None
) -> float:
    """Give the highest layer that is nowhere more than 120 m above the ground in the box round all that is flown."""
    if ground.allow_above_120:
        return math.inf
    if terrain is None or ground.home_alt_amsl_m is None:
        return LEGAL_LIMIT_AGL_M
    places = [*extents, *(shapely.points(pad.xy_m) for pad in pads)]
    west, south, east, north = ground.frame.unproject(
        shapely.box(*shapely.total_bounds(np.array(places)))
    ).bounds
    lowest_m, _ = terrain.bounds_amsl_m(south, west, north, east)
    # Where the ground is not known in all of the box the verification says so of what is flown over.
    return float(np.nan_to_num(lowest_m[0] - ground.home_alt_amsl_m)) + LEGAL_LIMIT_AGL_M


def _layers_m(
    ground: FleetGround,
    zones: ZoneSet,
    pads: Sequence[Pad],
    extents: Sequence[BaseGeometry],
    alt_step_m: float,
    highest_m: float,
) -> Iterator[float]:
    """Layers from the lowest up, as long as none of them takes anything of what is flown, or a pad, away."""
    rounds = [shapely.buffer(shapely.Point(pad.xy_m), ground.clearance_m + SAME_M) for pad in pads]
    shapes = np.array([*extents, *rounds])
    lowest = np.zeros(len(shapes))
    for number in range(LAYERS_AT_MOST):
        alt_m = ground.layers_m[0] + number * alt_step_m
        if number > 0 and alt_m >= highest_m:
            return
        legal = LegalSpace(
            zones,
            frame=ground.frame,
            alt_rel_m=alt_m,
            margin_m=ground.clearance_m,
            home_alt_amsl_m=ground.home_alt_amsl_m,
        ).area_xy_m
        shapely.prepare(legal)
        common = shapely.intersection(shapes, legal)
        # Of areas and lines what is legal, of places and pads whether they are.
        flown = np.where(shapely.get_dimensions(shapes) == 2, shapely.area(common), shapely.length(common))
        flown += shapely.intersects(legal, shapes)
        if number == 0:
            lowest = flown
        if (flown < lowest - np.maximum(SAME_M, _SAME_SHARE * lowest)).any():
            return
        yield alt_m
