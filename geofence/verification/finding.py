"""What a verification has to say about one place of a route."""

from dataclasses import dataclass
from enum import StrEnum

from geofence.latlon import LatLon


class Severity(StrEnum):
    """Whether a finding forbids the flight."""

    VIOLATION = "violation"
    ADVICE = "advice"


class FindingCode(StrEnum):
    """The kinds of finding."""

    OUTSIDE_INCLUSION = "outside_inclusion"
    INSIDE_EXCLUSION = "inside_exclusion"
    MARGIN = "margin"
    ABOVE_CEILING = "above_ceiling"
    BELOW_FLOOR = "below_floor"
    ABOVE_LEGAL_LIMIT = "above_legal_limit"
    UNKNOWN_ALTITUDE = "unknown_altitude"
    OUTSIDE_HOURS = "outside_hours"
    """In an inclusion zone while it does not hold."""
    UNKNOWN_TIME = "unknown_time"
    """A zone that holds at times only was taken the stricter way."""
    TERRAIN = "terrain"
    """Too close to the ground."""
    LOW = "low"
    """Close to the ground, as far as is known without terrain."""
    UNKNOWN_TERRAIN = "unknown_terrain"
    CORNER = "corner"
    """A turn that is cut enters forbidden space."""
    CIRCLE = "circle"
    """A circle is not kept to, and what is flown in its place enters forbidden space."""
    TRACKING = "tracking"
    """Overshoot or drift in wind may."""
    ADVISORY = "advisory"
    UNSUPPORTED_ITEM = "unsupported_item"
    MANY_ITEMS = "many_items"
    NOT_COVERED = "not_covered"
    """A part of an area stays unseen."""
    NOT_FLOWN = "not_flown"
    """A part of a drawn line, or a place, is left out."""
    VEHICLE = "vehicle"
    """The plan may be for a vehicle that flies otherwise than what is verified."""
    RESERVE = "reserve"
    """The battery's reserve is touched before the landing."""
    RETURN_CROSSES = "return_crosses"
    """From some place of the route the way back enters an exclusion zone."""
    RETURN_OUTSIDE = "return_outside"
    """It leaves the inclusion zones."""
    RETURN_MARGIN = "return_margin"
    RETURN_ABOVE = "return_above"
    """It climbs over a ceiling or the legal limit."""
    RETURN_BELOW_FLOOR = "return_below_floor"
    RETURN_TERRAIN = "return_terrain"
    """It comes too close to the ground."""
    RETURN_UNKNOWN_ALTITUDE = "return_unknown_altitude"
    RETURN_ADVISORY = "return_advisory"
    """The vehicle would land in an advisory zone."""
    RETURN_OVERFLOW = "return_overflow"
    """The flown path has more corners than the vehicle remembers."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, as data.

    Parameters
    ----------
    severity, code
        How grave, and what.
    message : str
        One sentence for people: place, what, how far.
    remedy : str
        What would make it legal.
    item_seq : int or None
        The mission item at the end of the leg.
    from_seq : int or None
        The item at its start (0 is home).
    zone_id : str or None
    clearance_m : float or None
        Horizontal distance to the zone's boundary; negative is the depth inside forbidden space.
    position : LatLon or None
        The worst place of the leg.
    """

    severity: Severity
    code: FindingCode
    message: str
    remedy: str = ""
    item_seq: int | None = None
    from_seq: int | None = None
    zone_id: str | None = None
    clearance_m: float | None = None
    position: LatLon | None = None
