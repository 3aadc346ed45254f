"""What a planner of a pattern hands out."""

from dataclasses import dataclass

from geofence.verification.finding import Finding
from missions.plan.plan import DatumFix
from missions.plan.waypoint import Waypoint


@dataclass(frozen=True, slots=True)
class PatternFlights:
    """One flight a drone.

    Parameters
    ----------
    flights : tuple of tuple of Waypoint
        From pad to pad.
    findings : tuple of Finding
        What of the pattern is not flown, and why.
    coverage : float or None
        Share of what is to be seen that is, by all drones together.
    datum_track : tuple of DatumFix
        Of a search: where the datum is when the drone is at each of its vertices.
    """

    flights: tuple[tuple[Waypoint, ...], ...]
    findings: tuple[Finding, ...] = ()
    coverage: float | None = None
    datum_track: tuple[DatumFix, ...] = ()
