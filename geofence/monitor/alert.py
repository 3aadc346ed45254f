"""What the monitor says about one drone and one zone."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from geofence.zone import Zone, ZoneAction


class AlertColour(StrEnum):
    """How near a breach is."""

    YELLOW = "yellow"
    """Predicted within the warning time."""
    RED = "red"
    """It has happened, or the last moment has come at which the action asked for still keeps the drone out."""
    CLEARED = "cleared"


class AlertLimit(StrEnum):
    """Which limit of a zone is meant."""

    SIDE = "side"
    FLOOR = "floor"
    CEILING = "ceiling"
    SCHEDULE = "schedule"
    """The zone begins to forbid, or ceases to allow, where the drone is."""


class AlertLevel(IntEnum):
    """How grave an alert is, in the order in which it grows."""

    NONE = 0
    PREDICTED = 1
    CERTAIN = 2
    BREACHED = 3

    @property
    def colour(self) -> AlertColour:
        """What it is shown as."""
        if self is AlertLevel.NONE:
            return AlertColour.CLEARED
        return AlertColour.YELLOW if self is AlertLevel.PREDICTED else AlertColour.RED


@dataclass(frozen=True, slots=True)
class Alert:
    """One zone that a drone breaks or is about to break.

    Parameters
    ----------
    zone : Zone
        Of inclusions the one whose edge, ceiling or end is met.
    level : AlertLevel
    limit : AlertLimit
    distance_m : float
        To that limit: along the ground to a side, up or down to a floor or ceiling; negative where it is crossed.
    time_to_breach_s : float
        0 where it has happened; NaN for an alert that is cleared.
    """

    zone: Zone
    level: AlertLevel
    limit: AlertLimit
    distance_m: float
    time_to_breach_s: float

    @property
    def colour(self) -> AlertColour:
        """Yellow, red or cleared."""
        return self.level.colour

    @property
    def action(self) -> ZoneAction:
        """What the zone asks for."""
        return self.zone.action

    @property
    def is_breached(self) -> bool:
        """Whether the drone is where it must not be."""
        return self.level is AlertLevel.BREACHED


@dataclass(frozen=True, slots=True)
class Announcement:
    """An alert of a drone came up, grew, shrank or was cleared.

    Parameters
    ----------
    drone_id : str
    alert : Alert
        As it is now.
    was : AlertLevel
    """

    drone_id: str
    alert: Alert
    was: AlertLevel
