"""A waypoint: where a flight goes next, in the plane it is planned in."""

from dataclasses import dataclass

from missions.plan.item import MissionItem
from missions.plan.plan import RouteKind
from missions.transit import XY


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A place of a flight, which begins and ends with the pad.

    Parameters
    ----------
    xy_m : (float, float)
        East and north in the plan's frame.
    kind : RouteKind
        What the leg that leads here is flown for.
    alt_rel_m : float
        Above home; of the pad that the flight begins at, what it takes off to.
    hold_s : float
        So long the drone stays here.
    actions : tuple of MissionItem
        Commands that are given here, such as a camera's or a loudspeaker's; their seq is not read.
    alt_agl_m : float or None
        Where the vehicle is to follow the ground by itself on the way here: its height above it. `alt_rel_m` is then
        what that makes at this place.
    """

    xy_m: XY
    kind: RouteKind
    alt_rel_m: float
    hold_s: float = 0.0
    actions: tuple[MissionItem, ...] = ()
    alt_agl_m: float | None = None

    @property
    def is_stop(self) -> bool:
        """Whether something is done here besides flying on."""
        return self.hold_s > 0.0 or bool(self.actions)
