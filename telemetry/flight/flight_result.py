"""Where a flight is, what it came to, and how long it is waited for."""

from dataclasses import dataclass
from enum import StrEnum


class FlightPhase(StrEnum):
    """Where a flight is."""

    VERIFYING = "verifying"
    UPLOADING = "uploading"
    WAITING_TO_ARM = "waiting_to_arm"
    ARMING = "arming"
    TAKING_OFF = "taking_off"
    FLYING = "flying"
    RETURNING = "returning"
    LANDED = "landed"
    COMPLETED = "completed"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class FlightResult:
    """What a flight came to; times are the vehicle's own seconds since the start of its mission.

    Parameters
    ----------
    completed : bool
        Every navigation item was reached and the vehicle is down and disarmed.
    reason : str
        Why not; empty where completed.
    items, reached : int
        Navigation items.
    takeoff_s, landed_s : float or None
    length_m : float
        Along the ground, flown.
    min_zone_clearance_m : float or None
    violations : int
        How often forbidden space was entered.
    """

    completed: bool
    reason: str
    items: int
    reached: int
    takeoff_s: float | None
    landed_s: float | None
    length_m: float
    min_zone_clearance_m: float | None
    violations: int


@dataclass(frozen=True, slots=True)
class FlightLimits:
    """Bounds of patience and place; times in the vehicle's own seconds but for silence and a lost link."""

    home_distance_m: float = 100.0
    position_s: float = 120.0
    silence_s: float = 10.0
    arm_s: float = 120.0
    arm_interval_s: float = 4.0
    takeoff_s: float = 30.0
    no_progress_s: float = 180.0
    link_lost_s: float = 600.0
    starts: int = 3
    disarm_delay_s: float = 8.0
    """An ArduCopter disarms itself 10 s after arming where it is told nothing; before that somebody else did."""
