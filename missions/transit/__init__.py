"""Shortest paths through legal space, at one altitude or at several."""

from missions.transit.polygons import XY, path_length_m, polygons_of
from missions.transit.simplification import shrink_and_simplify
from missions.transit.transit import Transit

__all__ = ["XY", "Transit", "path_length_m", "polygons_of", "shrink_and_simplify"]
