"""What was mended in a zone that could not be taken as it stood."""

from dataclasses import dataclass
from enum import StrEnum

from geofence.latlon import LatLon


class RepairCode(StrEnum):
    """The kinds of repair."""

    SELF_INTERSECTION = "self_intersection"
    REPEATED_POINT = "repeated_point"
    UNCLOSED_RING = "unclosed_ring"
    WINDING = "winding"
    SWAPPED_AXES = "swapped_axes"
    HOLE = "hole"
    OVERLAP = "overlap"
    DEGENERATE = "degenerate"
    """A line or a point where an area should be."""
    ANTIMERIDIAN = "antimeridian"
    ENCODING = "encoding"
    VALUE = "value"
    LOST = "lost"
    """Not mended: something the target format cannot say was left out."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair, as data. What is forbidden may only have grown by it, what is allowed only shrunk.

    Parameters
    ----------
    code : RepairCode
    zone_id : str
        Empty where the whole file was mended.
    place : str
        File, feature, ring or field.
    message : str
        One sentence for people.
    position : LatLon or None
        Where.
    area_m2 : float
        How much the zone's area changed: positive where it grew.
    """

    code: RepairCode
    zone_id: str
    place: str
    message: str
    position: LatLon | None = None
    area_m2: float = 0.0
