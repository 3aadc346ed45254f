"""A plan: what one drone is to fly, and what is known about it."""

from dataclasses import dataclass, field
from enum import StrEnum

from geofence.latlon import LatLon
from geofence.verification.finding import Finding, Severity
from geofence.verification.return_policy import ReturnPolicy
from missions.plan.item import MissionItem


class RouteKind(StrEnum):
    """What a stretch of route is flown for."""

    TRANSIT = "transit"
    COVERAGE = "coverage"
    PERIMETER = "perimeter"
    CORRIDOR = "corridor"
    LINE = "line"
    VISIT = "visit"
    """To the next point of interest."""
    ORBIT = "orbit"
    SEARCH = "search"


STROKES = frozenset(RouteKind) - {RouteKind.TRANSIT, RouteKind.VISIT}
"""What is flown to see what lies under it."""


@dataclass(frozen=True, slots=True)
class Route:
    """A stretch of the flight at one purpose.

    Parameters
    ----------
    kind : RouteKind
    positions : tuple of LatLon
        At least two, in flight order.
    alts_rel_m : tuple of float
        Above home, one a position.
    length_m : float
        Along the ground.
    """

    kind: RouteKind
    positions: tuple[LatLon, ...]
    alts_rel_m: tuple[float, ...]
    length_m: float


@dataclass(frozen=True, slots=True)
class DatumFix:
    """Where what is searched for is reckoned to be.

    Parameters
    ----------
    time_s : float
        After take-off.
    position : LatLon
    """

    time_s: float
    position: LatLon


@dataclass(frozen=True, slots=True)
class Plan:
    """Items to upload, the routes they make, and the findings of the verification.

    Parameters
    ----------
    name : str
    home : LatLon
        Where the drone is planned to take off and land.
    items : tuple of MissionItem
        seq 1..n; item 0 (home) is added where a file or a vehicle wants it.
    routes : tuple of Route
        Empty where a plan was read from a file that knows only items.
    findings : tuple of Finding
    home_alt_amsl_m : float or None
    speed_m_s : float or None
        Cruise speed; None leaves it to the vehicle.
    margin_m : float or None
        The clearance it was planned to keep from every boundary.
    pattern, zone_id : str
        What it was made from; empty where unknown.
    swath_m : float or None
    coverage : float or None
        Share of the zone that is seen, of an area patrol by all its drones together.
    returns : ReturnPolicy or None
        How the vehicle is to come back early; None leaves it to the vehicle's own settings.
    datum_track : tuple of DatumFix
        Of a search: where the datum is when the drone is at each of its vertices.
    max_wind_m_s : float or None
        The strongest gust that it keeps its margin in; None where nobody has stated any.
    """

    name: str
    home: LatLon
    items: tuple[MissionItem, ...]
    routes: tuple[Route, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    home_alt_amsl_m: float | None = None
    speed_m_s: float | None = None
    margin_m: float | None = None
    pattern: str = ""
    zone_id: str = ""
    swath_m: float | None = None
    coverage: float | None = None
    returns: ReturnPolicy | None = None
    datum_track: tuple[DatumFix, ...] = ()
    max_wind_m_s: float | None = None

    @property
    def is_legal(self) -> bool:
        """Whether no finding forbids the flight."""
        return all(finding.severity is not Severity.VIOLATION for finding in self.findings)

    @property
    def length_m(self) -> float:
        """Length of all routes along the ground."""
        return sum(route.length_m for route in self.routes)
