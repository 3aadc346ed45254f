"""The fence as it is enforced: altitude, circle round home, polygons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Point, Polygon

from simulator.autopilot.mode import ModeNumber

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

FASTEST_M_S = 30.0
RECOVERY_S = 10.0
"""Breaches after the first are left to the pilot, or to the return under way, for so long."""


class FenceType(IntFlag):
    """Bits of FENCE_TYPE."""

    ALT_MAX = 1
    CIRCLE = 2
    POLYGON = 4
    ALT_MIN = 8


_NAMES = {
    FenceType.ALT_MAX: "Max Alt",
    FenceType.CIRCLE: "Circle",
    FenceType.POLYGON: "Polygon",
    FenceType.ALT_MIN: "Min Alt",
}
_ACTIONS: dict[int, tuple[ModeNumber, ...]] = {
    1: (ModeNumber.RTL, ModeNumber.LAND),
    2: (ModeNumber.LAND,),
    3: (ModeNumber.SMART_RTL, ModeNumber.RTL, ModeNumber.LAND),
    4: (ModeNumber.BRAKE, ModeNumber.LAND),
    5: (ModeNumber.SMART_RTL, ModeNumber.LAND),
}
GIVE_UP_M = 100.0
"""So far beyond a ceiling, a floor or the circle round home the vehicle lands, whatever the action."""
# FENCE_BREACH: 1 minimum altitude, 2 maximum altitude, 3 boundary.
_BREACH_NUMBERS = {
    FenceType.ALT_MAX: 2,
    FenceType.CIRCLE: 3,
    FenceType.POLYGON: 3,
    FenceType.ALT_MIN: 1,
}


@dataclass(frozen=True, slots=True)
class _Area:
    is_inclusion: bool
    shape: Polygon | Point
    radius_m: float

    def contains(self, north: float, east: float) -> bool:
        if self.radius_m > 0.0:
            return math.hypot(self.shape.x - east, self.shape.y - north) <= self.radius_m
        return bool(shapely.contains_xy(self.shape, east, north))

    def clearance_m(self, north: float, east: float) -> float:
        if self.radius_m > 0.0:
            return abs(math.hypot(self.shape.x - east, self.shape.y - north) - self.radius_m)
        return float(self.shape.exterior.distance(Point(east, north)))


class FenceGuard:
    """Watches where the vehicle is and where it is sent."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._areas: tuple[_Area, ...] = ()
        self._polygon_safe_until_s = 0.0
        self._recover_until_s = 0.0
        self._is_floor_on = False
        self.breaches = FenceType(0)
        self.breach_count = 0
        self.breach_number = 0
        self.breach_time_ms = 0

    def use(self, areas: object) -> None:
        """Enforce these areas from now on."""
        built = []
        frame = self._autopilot.frame
        for area in areas:  # type: ignore[attr-defined]
            corners = [frame.to_north_east_m(*corner) for corner in area.corners_e7]
            if area.radius_m > 0.0:
                built.append(_Area(area.is_inclusion, Point(corners[0][1], corners[0][0]), area.radius_m))
            else:
                shape = Polygon(np.array([(east, north) for north, east in corners]))
                shapely.prepare(shape)
                built.append(_Area(area.is_inclusion, shape, 0.0))
        self._areas = tuple(built)
        self._polygon_safe_until_s = 0.0

    @property
    def is_enabled(self) -> bool:
        """Whether FENCE_ENABLE is set."""
        return self._autopilot.parameters["FENCE_ENABLE"] != 0

    @property
    def types(self) -> FenceType:
        """Which fences are configured and present."""
        types = FenceType(int(self._autopilot.parameters["FENCE_TYPE"]) & 15)
        return types if self._areas else types & ~FenceType.POLYGON

    @property
    def _types_in_force(self) -> FenceType:
        """The floor is not until it was passed, and no more once the vehicle comes down to land."""
        return self.types if self._is_floor_on else self.types & ~FenceType.ALT_MIN

    @property
    def alt_max_rel_m(self) -> float | None:
        """The ceiling above home, where one is enforced."""
        if self.is_enabled and FenceType.ALT_MAX in self.types:
            return self._autopilot.parameters["FENCE_ALT_MAX"]
        return None

    def allows(self, north: float, east: float, up: float) -> bool:
        """Whether the vehicle may be sent there."""
        return not self.is_enabled or not self._breaches_at(north, east, up)

    def arming_reasons(self) -> list[str]:
        """Return why the fence forbids arming."""
        if not self.is_enabled:
            return []
        if not self.types:
            return ["Fences enabled, but none selected"]
        parameters = self._autopilot.parameters
        height_m = parameters["FENCE_ALT_MAX"] - parameters["FENCE_ALT_MIN"]
        if height_m < 0.0:
            return ["FENCE_ALT_MAX < FENCE_ALT_MIN"]
        if height_m <= 2.0 * parameters["FENCE_MARGIN"]:
            return ["FENCE_MARGIN too big"]
        if self.breaches:
            return [f"Vehicle breaching {self._names(self.breaches)} fence"]
        return []

    def _breaches_at(self, north: float, east: float, up: float, *, with_polygons: bool = True) -> FenceType:
        autopilot = self._autopilot
        parameters = autopilot.parameters
        types = self._types_in_force
        home_north, home_east, home_up = autopilot.home_place
        found = FenceType(0)
        if FenceType.ALT_MAX in types and up - home_up >= parameters["FENCE_ALT_MAX"]:
            found |= FenceType.ALT_MAX
        if FenceType.ALT_MIN in types and up - home_up <= parameters["FENCE_ALT_MIN"]:
            found |= FenceType.ALT_MIN
        if FenceType.CIRCLE in types:
            distance = math.hypot(north - home_north, east - home_east)
            if distance >= parameters["FENCE_RADIUS"]:
                found |= FenceType.CIRCLE
        if with_polygons and FenceType.POLYGON in types and self._is_outside_areas(north, east):
            found |= FenceType.POLYGON
        return found

    def _is_outside_areas(self, north: float, east: float) -> bool:
        is_union = int(self._autopilot.parameters["FENCE_OPTIONS"]) & 2
        inside = [area.contains(north, east) for area in self._areas if area.is_inclusion]
        if inside and not (any(inside) if is_union else all(inside)):
            return True
        return any(area.contains(north, east) for area in self._areas if not area.is_inclusion)

    def step(self) -> None:
        """Look where the vehicle is, and act on a new breach."""
        autopilot = self._autopilot
        now_s = autopilot.now_s
        if not self.is_enabled or not autopilot.has_position:
            self.breaches = FenceType(0)
            self._is_floor_on = False
            return
        self._switch_floor()
        body = autopilot.body
        # Far from every boundary the polygons need not be looked at until one could be reached.
        look = now_s >= self._polygon_safe_until_s
        found = self._breaches_at(body.north_m, body.east_m, body.up_m, with_polygons=look)
        if not look:
            found |= self.breaches & FenceType.POLYGON
        elif self._areas:
            nearest = min(area.clearance_m(body.north_m, body.east_m) for area in self._areas)
            self._polygon_safe_until_s = now_s + nearest / FASTEST_M_S
        fresh = found & ~self.breaches
        cleared = self.breaches & ~found
        self.breaches = found
        if fresh and autopilot.is_armed:
            self.breach_count += 1
            first = next(kind for kind in FenceType if kind in fresh)
            self.breach_number = _BREACH_NUMBERS[first]
            self.breach_time_ms = round(now_s * 1000)
            if now_s >= self._recover_until_s and not autopilot.is_landed:
                autopilot.say(5, f"{self._names(fresh)} fence breached")
                self._act(fresh)
                autopilot.announce("FENCE_STATUS")
        if cleared and not found:
            self.breach_number = 0
            if autopilot.is_armed:
                autopilot.say(5, "Fence breach cleared")

    def switch_floor_off(self) -> None:
        """Forget the floor until it is passed again."""
        self._is_floor_on = False

    def _switch_floor(self) -> None:
        autopilot = self._autopilot
        if not autopilot.is_armed or autopilot.is_landed or autopilot.is_descending_to_land:
            self._is_floor_on = False
            return
        parameters = autopilot.parameters
        above_m = parameters["FENCE_ALT_MIN"] + parameters["FENCE_MARGIN"]
        if not self._is_floor_on and FenceType.ALT_MIN in self.types and autopilot.alt_rel_m >= above_m:
            self._is_floor_on = True
            autopilot.say(5, "Min Alt fence enabled (auto enable)")

    def _act(self, fresh: FenceType) -> None:
        autopilot = self._autopilot
        modes = _ACTIONS.get(int(autopilot.parameters["FENCE_ACTION"]), ())
        if not modes:
            return
        self._recover_until_s = autopilot.now_s + RECOVERY_S
        if self._beyond_m(fresh) > GIVE_UP_M:
            modes = (ModeNumber.LAND,)
        if autopilot.mode.number is not ModeNumber.LAND:
            autopilot.set_first_mode(*modes)
        autopilot.say(6, "Manual recovery started")

    def _beyond_m(self, kinds: FenceType) -> float:
        autopilot = self._autopilot
        parameters, body = autopilot.parameters, autopilot.body
        away_m = math.dist((body.north_m, body.east_m), autopilot.home_place[:2])
        return max(
            (autopilot.alt_rel_m - parameters["FENCE_ALT_MAX"]) if FenceType.ALT_MAX in kinds else 0.0,
            (parameters["FENCE_ALT_MIN"] - autopilot.alt_rel_m) if FenceType.ALT_MIN in kinds else 0.0,
            (away_m - parameters["FENCE_RADIUS"]) if FenceType.CIRCLE in kinds else 0.0,
        )

    @staticmethod
    def _names(kinds: FenceType) -> str:
        return "+".join(_NAMES[kind] for kind in kinds)
