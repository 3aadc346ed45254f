"""Zones brought down to what an autopilot can hold."""

from dataclasses import dataclass

from geofence.circle import Circle
from geofence.latlon import LatLon
from geofence.lowering.account import NotCarried
from geofence.lowering.fence_action import FenceAction

VERTEX_BYTES, POLYGON_BYTES, CIRCLE_BYTES, LIST_BYTES = 8, 2, 13, 5
"""What a vertex takes of the autopilot's storage, a polygon beside its vertices, a circle, and the list itself (AC_PolyFence_loader)."""


@dataclass(frozen=True, slots=True)
class AutopilotFence:
    """Polygons and circles without altitudes, one ceiling, one floor, one reaction.

    Parameters
    ----------
    inclusion : tuple of rings
        None or one; a ring is a tuple of LatLon, the first not repeated at the end. ArduPilot wants the vehicle
        inside every inclusion, not inside any.
    exclusions : tuple of rings
    alt_max_rel_m : float or None
        Below it everything the polygons admit is legal. ArduCopter counts reaching it as a breach.
    alt_min_rel_m : float or None
        ArduCopter holds it from the first time it is passed by `margin_m` until the landing.
    inclusion_circles : tuple of Circle
        None or one, and then no `inclusion`; the radius as ArduPilot reckons distances.
    exclusion_circles : tuple of Circle
        Likewise.
    margin_m : float
        How far from the fence the autopilot stays by itself; RTL climbs no higher than this below the ceiling.
    action : FenceAction
    account : tuple of NotCarried
        What is lost of the zones.
    """

    inclusion: tuple[tuple[LatLon, ...], ...]
    exclusions: tuple[tuple[LatLon, ...], ...]
    alt_max_rel_m: float | None
    alt_min_rel_m: float | None = None
    inclusion_circles: tuple[Circle, ...] = ()
    exclusion_circles: tuple[Circle, ...] = ()
    margin_m: float = 2.0
    action: FenceAction = FenceAction.RTL_OR_LAND
    account: tuple[NotCarried, ...] = ()

    @property
    def items(self) -> int:
        """How many fence items it takes: one a vertex, one a circle."""
        rings = sum(len(ring) for ring in (*self.inclusion, *self.exclusions))
        return rings + len(self.inclusion_circles) + len(self.exclusion_circles)
