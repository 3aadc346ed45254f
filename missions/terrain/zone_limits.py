"""Floors and ceilings that zones set along a flight."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.plane.planar_zones import PlanarZones
from geofence.verification.layer_bands import LayerBands
from geofence.zone_set import ZoneSet
from missions.terrain.ground_profile import GroundProfile

_Limits = tuple[NDArray[np.float64], NDArray[np.float64]]


def zone_limits_rel_m(zones: ZoneSet, profile: GroundProfile) -> _Limits:
    """Lowest and highest altitude that zones allow on each piece of a flight, above home; infinite where none.

    Inclusion zones that hold a piece allow what the most generous of them does. Exclusion zones are kept above or
    below, as the flight's own altitude has it; a flight in the midst of one gets no limit from it. All zones are
    taken to hold at all hours. What is planned within these limits is verified by `check_plan`, which has the last word.
    """
    planar = PlanarZones(zones, profile.frame, profile.home_alt_amsl_m)
    lines = shapely.linestrings(np.stack((profile.xy_m[:-1], profile.xy_m[1:]), axis=1))
    floors, ceilings = _inclusion_limits(planar, profile, lines)
    over, under = _exclusion_limits(planar, profile, lines)
    return np.maximum(floors, over), np.minimum(ceilings, under)


def _inclusion_limits(planar: PlanarZones, profile: GroundProfile, lines: NDArray[np.object_]) -> _Limits:
    count = len(lines)
    floors, ceilings = np.full(count, -np.inf), np.full(count, np.inf)
    layer = planar.inclusions
    if not len(layer):
        return floors, ceilings
    floors_of, ceilings_of = LayerBands(layer).narrowest_rel_m(profile.lows_rel_m, profile.highs_rel_m)
    is_holding = np.zeros(floors_of.shape, dtype=bool)
    is_touching = np.zeros_like(is_holding)
    is_holding[tuple(layer.tree.query(lines, predicate="covered_by"))] = True
    is_touching[tuple(layer.tree.query(lines, predicate="intersects"))] = True
    is_held, is_touched = is_holding.any(axis=1), is_touching.any(axis=1)
    generous_floors = np.where(is_holding, np.nan_to_num(floors_of, nan=-np.inf), np.inf).min(axis=1)
    generous_ceilings = np.where(is_holding, np.nan_to_num(ceilings_of, nan=np.inf), -np.inf).max(axis=1)
    # Across the seam between two zones both hold.
    strict_floors = np.where(is_touching, np.nan_to_num(floors_of, nan=-np.inf), -np.inf).max(axis=1)
    strict_ceilings = np.where(is_touching, np.nan_to_num(ceilings_of, nan=np.inf), np.inf).min(axis=1)
    floors = np.where(is_held, generous_floors, np.where(is_touched, strict_floors, floors))
    ceilings = np.where(is_held, generous_ceilings, np.where(is_touched, strict_ceilings, ceilings))
    return floors, ceilings


def _exclusion_limits(planar: PlanarZones, profile: GroundProfile, lines: NDArray[np.object_]) -> _Limits:
    floors, ceilings = np.full(len(lines), -np.inf), np.full(len(lines), np.inf)
    layer = planar.exclusions
    if not len(layer):
        return floors, ceilings
    pieces, rows = layer.tree.query(lines, predicate="intersects")
    bottoms, tops = LayerBands(layer).widest_rel_m(
        rows, profile.lows_rel_m[pieces], profile.highs_rel_m[pieces]
    )
    is_over = profile.low_alts_rel_m[pieces] >= tops
    is_under = profile.high_alts_rel_m[pieces] <= bottoms
    np.maximum.at(floors, pieces[is_over], tops[is_over])
    np.minimum.at(ceilings, pieces[is_under], bottoms[is_under])
    return floors, ceilings
