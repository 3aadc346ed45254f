"""When a fault begins: at a time, at a place, or by chance."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shapely import Polygon, contains_xy, prepare

from simulator.local_frame import METRES_PER_DEGREE, longitude_scale


@dataclass(frozen=True, slots=True)
class Place:
    """Where a vehicle really is."""

    lat_deg: float
    lon_deg: float
    alt_rel_m: float


class Trigger(Protocol):
    """Decides when a fault begins; each fault has one of its own."""

    def is_pulled(self, now_s: float, dt: float, place: Place) -> bool:
        """Whether it begins now; asked at every step while it does not act."""


class AtTime:
    """Once, at a simulated time."""

    def __init__(self, at_s: float) -> None:
        self._at_s = at_s
        self._is_spent = False

    def is_pulled(self, now_s: float, dt: float, place: Place) -> bool:  # noqa: ARG002
        """Once the time has come."""
        if self._is_spent or now_s < self._at_s:
            return False
        self._is_spent = True
        return True


class Area:
    """A circle or a polygon, perhaps from an altitude on; all of the world where neither is given.

    Parameters
    ----------
    circle : tuple of three float, optional
        Latitude, longitude, radius in metres.
    polygon : sequence of tuple of two float
        Latitude and longitude of the corners.
    above_alt_rel_m, below_alt_rel_m : float
    """

    def __init__(
        self,
        *,
        circle: tuple[float, float, float] | None = None,
        polygon: Sequence[tuple[float, float]] = (),
        above_alt_rel_m: float = -math.inf,
        below_alt_rel_m: float = math.inf,
    ) -> None:
        self._circle = circle
        self._polygon = Polygon([(lon, lat) for lat, lon in polygon]) if polygon else None
        if self._polygon is not None:
            prepare(self._polygon)
        self._above_m, self._below_m = above_alt_rel_m, below_alt_rel_m

    def holds(self, place: Place) -> bool:
        """Whether a place is in it."""
        if not self._above_m <= place.alt_rel_m <= self._below_m:
            return False
        if self._circle is not None:
            lat, lon, radius_m = self._circle
            north_m = (place.lat_deg - lat) * METRES_PER_DEGREE
            east_m = (place.lon_deg - lon) * METRES_PER_DEGREE * longitude_scale(lat)
            return math.hypot(north_m, east_m) <= radius_m
        return self._polygon is None or bool(contains_xy(self._polygon, place.lon_deg, place.lat_deg))


class InPlace:
    """Whenever the vehicle comes into an area."""

    def __init__(self, area: Area) -> None:
        self._area = area
        self._was_inside = False

    def is_pulled(self, now_s: float, dt: float, place: Place) -> bool:  # noqa: ARG002
        """As it comes in."""
        is_inside = self._area.holds(place)
        has_come, self._was_inside = is_inside and not self._was_inside, is_inside
        return has_come


class ByChance:
    """At random, so often an hour in the mean."""

    def __init__(self, per_hour: float, chance: random.Random) -> None:
        self._per_s = per_hour / 3600.0
        self._chance = chance

    def is_pulled(self, now_s: float, dt: float, place: Place) -> bool:  # noqa: ARG002
        """With the probability that belongs to a step."""
        return self._chance.random() < -math.expm1(-self._per_s * dt)


class WhenTold:
    """Once, whenever somebody says so."""

    def __init__(self) -> None:
        self._is_due = False

    def pull(self) -> None:
        """Let it begin with the next step."""
        self._is_due = True

    def is_pulled(self, now_s: float, dt: float, place: Place) -> bool:  # noqa: ARG002
        """Once it was told."""
        is_due, self._is_due = self._is_due, False
        return is_due
