"""A straight stretch of a route, and an area that a drone may be anywhere in."""

import math
from dataclasses import dataclass

from shapely import MultiPolygon, Polygon

from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.verification.finding import FindingCode


@dataclass(frozen=True, slots=True)
class Leg:
    """A straight stretch of a route.

    Parameters
    ----------
    from_seq, item_seq : int
        The mission items at its start (0 is home) and end.
    start, end : LatLon
        The same place for a vertical leg: take-off, landing, a climb on the spot.
    start_alt_rel_m, end_alt_rel_m : float
        Above home; in between the altitude changes evenly.
    start_s, end_s : (float, float) or None
        The earliest and the latest time after departure at which the drone is at its start and at its end;
        in between both run evenly. None where nobody can say, infinite where there is no latest.
    meets_ground : bool
        Take-off and landing: no clearance to the ground is asked of it.
    name : str
        What findings call it; by default "Leg 3 to 4".

    Raises
    ------
    GeofenceError
        For an altitude that is not finite, and for times that run backwards.
    """

    from_seq: int
    item_seq: int
    start: LatLon
    end: LatLon
    start_alt_rel_m: float
    end_alt_rel_m: float
    start_s: tuple[float, float] | None = None
    end_s: tuple[float, float] | None = None
    meets_ground: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        place = f"the leg from item {self.from_seq} to {self.item_seq}"
        if not (math.isfinite(self.start_alt_rel_m) and math.isfinite(self.end_alt_rel_m)):
            raise GeofenceError(f"{place} has no altitude", remedy="Give both ends an altitude above home")
        if self.start_s is None or self.end_s is None:
            return
        (start_first_s, start_last_s), (end_first_s, end_last_s) = self.start_s, self.end_s
        if not (start_first_s <= end_first_s <= end_last_s and start_first_s <= start_last_s <= end_last_s):
            raise GeofenceError(f"the times of {place} run backwards", remedy="Give earliest before latest")


@dataclass(frozen=True, slots=True)
class SweptArea:
    """An area and altitudes, anywhere in which a drone may be during a span of time.

    Parameters
    ----------
    from_seq, item_seq : int
        The mission items it belongs to.
    area : Polygon or MultiPolygon
        Longitude, latitude in degrees; its edges straight in a plane of metres.
    low_alt_rel_m, high_alt_rel_m : float
        Above home.
    span_s : (float, float) or None
        Earliest and latest time after departure; None where nobody can say.
    name : str
        What findings call it: "The turn at item 3".
    code : FindingCode or None
        What violations are filed under, in place of entering an exclusion or leaving the inclusions.
    remedy : str
        What would be legal, where that is known better than from the zone.
    meets_ground : bool
        Take-off and landing: the floors of inclusion zones do not hold.
    """

    from_seq: int
    item_seq: int
    area: Polygon | MultiPolygon
    low_alt_rel_m: float
    high_alt_rel_m: float
    span_s: tuple[float, float] | None = None
    name: str = ""
    code: FindingCode | None = None
    meets_ground: bool = False
    remedy: str = ""
