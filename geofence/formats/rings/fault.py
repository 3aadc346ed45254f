"""What is wrong with rings, in words."""

import math
import re
from dataclasses import dataclass

from shapely import MultiPolygon, Polygon
from shapely.validation import explain_validity

from geofence.latlon import LatLon
from geofence.refusal import GeofenceError

_EXPLANATION = re.compile(r"^(?P<fault>[^\[]*)\[(?P<lon>\S+) (?P<lat>\S+)\]$")

_WORDS = {
    "Self-intersection": "crosses itself",
    "Ring Self-intersection": "touches itself",
    "Hole lies outside shell": "has a hole outside its outline",
    "Holes are nested": "has a hole within a hole",
    "Interior is disconnected": "is cut in two by its holes",
    "Duplicate Rings": "has the same ring twice",
    "Nested shells": "has one part within another",
}


class DegenerateRingError(GeofenceError):
    """A ring or a polygon that is a point or a line."""


@dataclass(frozen=True, slots=True)
class RingFault:
    """What is wrong, and where it is first.

    Parameters
    ----------
    words : str
        Such as "crosses itself".
    position : LatLon or None
    """

    words: str
    position: LatLon | None

    def __str__(self) -> str:
        return (
            self.words if self.position is None else f"{self.words} at {self.position} (latitude, longitude)"
        )


def find_fault(area: Polygon | MultiPolygon) -> RingFault | None:
    """Tell what makes an area invalid, or None where it is valid; longitudes may run on beyond 180 degrees."""
    if area.is_valid:
        return None
    match = _EXPLANATION.match(explain_validity(area))
    if match is None or not (math.isfinite(float(match["lon"])) and abs(float(match["lat"])) <= 90.0):
        return RingFault("is not valid", None)
    position = LatLon(float(match["lat"]), (float(match["lon"]) + 180.0) % 360.0 - 180.0)
    return RingFault(_WORDS.get(match["fault"], f"is not valid ({match['fault'].lower()})"), position)
