"""People: crowds by place and hour, walkers on paths, groups that stay; all as arrays."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from simulator.world.ground.river import River
from simulator.world.world_frame import Floats, LatLon, WorldFrame

STEP_S = 0.5
"""How often people are looked after."""
WARY_M = 0.25
"""Who stands less than this above the water steps back."""
SWEPT_M = 1.0
"""Deeper water carries a person away."""
RETREAT_M_S = 1.2
ADULT_M, CHILD_M = 1.7, 1.1
_CLOTHES = np.array(
    (
        (200, 40, 40),
        (40, 60, 160),
        (230, 230, 230),
        (30, 30, 30),
        (220, 180, 40),
        (60, 130, 70),
        (170, 90, 150),
    ),
    np.uint8,
)
_FLAME = (255, 140, 20)


@dataclass(frozen=True, slots=True)
class AreaSettings:
    """A place with more or fewer people by the hour.

    Parameters
    ----------
    name : str
    outline : tuple of LatLon
    hours : tuple of (hour, people per hectare)
        Of the local day, increasing; straight between them, and over midnight.
    cover : float
        Part of the looks that trees and roofs hide each person from.
    """

    name: str
    outline: tuple[LatLon, ...]
    hours: tuple[tuple[float, float], ...]
    cover: float = 0.0


@dataclass(frozen=True, slots=True)
class WalkerSettings:
    """People who walk a path to and fro."""

    name: str
    path: tuple[LatLon, ...]
    count: int = 1
    speed_m_s: float = 1.3
    cover: float = 0.0


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """People who stay about a place for a while.

    Parameters
    ----------
    kind : str
        One of adults, children, fire: what is seen of them.
    from_s, until_s : float
        When they are there.
    does_drift : bool
        The river carries them.
    """

    name: str
    at: LatLon
    count: int = 1
    radius_m: float = 3.0
    kind: str = "adults"
    from_s: float = 0.0
    until_s: float = math.inf
    does_drift: bool = False
    cover: float = 0.0


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Everybody."""

    areas: tuple[AreaSettings, ...] = ()
    walkers: tuple[WalkerSettings, ...] = ()
    groups: tuple[GroupSettings, ...] = ()


class People:
    """Everybody's place, and whether they are there.

    Parameters
    ----------
    settings : PeopleSettings
    frame : WorldFrame
    river : River, optional
    seed : int

    Attributes
    ----------
    north_m, east_m : array, shape (n,)
    is_present, is_in_water, is_fire : array of bool, shape (n,)
    height_m, cover : array, shape (n,)
    colours : array of uint8, shape (n, 3)
    """

    def __init__(self, settings: PeopleSettings, frame: WorldFrame, river: River | None, seed: int) -> None:
        self._settings = settings
        self._river = river
        random = np.random.default_rng([seed, 2])
        anchors: list[Floats] = []
        self._ranges: list[tuple[int, int]] = []
        strays_m: list[float] = []
        covers: list[float] = []
        heights_m: list[float] = []
        self._paths: list[tuple[Floats, Floats]] = []
        self._hectares: list[float] = []
        names: list[str] = []

        def add(name: str, xy_m: Floats, stray_m: float, cover: float, height_m: float) -> None:
            start = len(names)
            anchors.append(xy_m)
            names.extend([name] * len(xy_m))
            strays_m.extend([stray_m] * len(xy_m))
            covers.extend([cover] * len(xy_m))
            heights_m.extend([height_m] * len(xy_m))
            self._ranges.append((start, len(names)))

        for area in settings.areas:
            polygon = shapely.make_valid(shapely.Polygon(frame.xy_m(area.outline)))
            self._hectares.append(polygon.area / 10_000.0)
            most = round(self._hectares[-1] * max(density for _, density in area.hours))
            add(area.name, _inside(polygon, most, random), 4.0, area.cover, ADULT_M)
        for walker in settings.walkers:
            xy_m = frame.xy_m(walker.path)
            along_m = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(xy_m, axis=0), axis=1))))
            self._paths.append((along_m, xy_m))
            add(walker.name, np.repeat(xy_m[:1], walker.count, axis=0), 0.0, walker.cover, ADULT_M)
        for group in settings.groups:
            angle, part = random.uniform(0.0, math.tau, group.count), random.uniform(0.0, 1.0, group.count)
            off_m = group.radius_m * np.sqrt(part) * (group.count > 1)
            xy_m = frame.xy_m([group.at]) + np.column_stack((off_m * np.sin(angle), off_m * np.cos(angle)))
            height_m = CHILD_M if group.kind == "children" else ADULT_M
            stray_m = 0.0 if group.kind == "fire" or group.count == 1 else min(group.radius_m / 2.0, 2.0)
            add(group.name, xy_m, stray_m, group.cover, height_m)

        self._until_s = [group.until_s for group in settings.groups]
        self.names = names
        count = len(names)
        self._anchor_xy_m = np.concatenate(anchors) if anchors else np.zeros((0, 2))
        self._shift_xy_m = np.zeros((count, 2))
        self._stray_m = np.array(strays_m)
        self._phase = random.uniform(0.0, math.tau, (count, 2))
        self._pace = random.uniform(0.02, 0.08, (count, 2))
        self._start_m = random.uniform(0.0, 1.0, count)
        self._speed_part = random.uniform(0.8, 1.2, count)
        self._is_swept = np.zeros(count, bool)
        self.height_m = np.array(heights_m)
        self.cover = np.array(covers)
        self.colours: NDArray[np.uint8] = _CLOTHES[random.integers(0, len(_CLOTHES), count)]
        self._drifts = np.zeros(count, bool)
        self.is_fire = np.zeros(count, bool)
        for group, (start, end) in zip(settings.groups, self._group_ranges(), strict=True):
            self._drifts[start:end] = group.does_drift
            if group.kind == "fire":
                self.is_fire[start:end] = True
                self.colours[start:end] = _FLAME
        self.north_m, self.east_m = np.zeros(count), np.zeros(count)
        self.is_present = np.zeros(count, bool)
        self.is_in_water = np.zeros(count, bool)

    def __len__(self) -> int:
        return len(self.names)

    def _group_ranges(self) -> list[tuple[int, int]]:
        return self._ranges[len(self._settings.areas) + len(self._settings.walkers) :]

    def range_of_group(self, number: int) -> tuple[int, int]:
        """First and past the last index of a group's people."""
        return self._group_ranges()[number]

    def be_at(self, now_s: float, local_hour: float, dt: float) -> None:
        """Move on to a moment, `dt` after the last."""
        self._appear(now_s, local_hour)
        xy_m = self._wanted_xy_m(now_s) + self._shift_xy_m
        if self._river is not None and len(self):
            self._mind_water(xy_m, self._river, dt)
        self.east_m, self.north_m = xy_m[:, 0].copy(), xy_m[:, 1].copy()

    def end_group(self, number: int, now_s: float) -> None:
        """Let a group's people leave."""
        self._until_s[number] = min(self._until_s[number], now_s)

    def _appear(self, now_s: float, local_hour: float) -> None:
        settings = self._settings
        ranges = iter(self._ranges)
        for area, hectares in zip(settings.areas, self._hectares, strict=True):
            start, end = next(ranges)
            hours, densities = zip(*area.hours, strict=True)
            density = float(np.interp(local_hour, hours, densities, period=24.0))
            present = min(round(density * hectares), end - start)
            self.is_present[start : start + present] = True
            self.is_present[start + present : end] = False
        for _ in settings.walkers:
            start, end = next(ranges)
            self.is_present[start:end] = True
        for group, until_s in zip(settings.groups, self._until_s, strict=True):
            start, end = next(ranges)
            self.is_present[start:end] = group.from_s <= now_s < until_s

    def _wanted_xy_m(self, now_s: float) -> Floats:
        sway = np.sin(self._pace * now_s + self._phase)
        xy_m = self._anchor_xy_m + self._stray_m[:, None] * sway
        first = len(self._settings.areas)
        ranges = self._ranges[first : first + len(self._settings.walkers)]
        for walker, (start, end), (along_m, path_xy_m) in zip(
            self._settings.walkers, ranges, self._paths, strict=True
        ):
            length_m = along_m[-1]
            walked_m = (
                self._start_m[start:end] * 2.0 * length_m
                + walker.speed_m_s * self._speed_part[start:end] * now_s
            ) % (2.0 * length_m)
            walked_m = np.minimum(walked_m, 2.0 * length_m - walked_m)
            xy_m[start:end, 0] = np.interp(walked_m, along_m, path_xy_m[:, 0])
            xy_m[start:end, 1] = np.interp(walked_m, along_m, path_xy_m[:, 1])
        return np.asarray(xy_m, float)

    def _mind_water(self, xy_m: Floats, river: River, dt: float) -> None:
        depth_m = river.depth_m(xy_m[:, 1], xy_m[:, 0])
        wary = self.is_present & (depth_m > -WARY_M) & ~self._drifts & ~self._is_swept
        if wary.any():
            uphill = _uphill(river, xy_m[wary])
            self._shift_xy_m[wary] += uphill * RETREAT_M_S * dt
            xy_m[wary] += uphill * RETREAT_M_S * dt
        self._is_swept |= self.is_present & (depth_m > SWEPT_M) & ~self._drifts
        carried = self.is_present & (self._is_swept | self._drifts) & (depth_m > 0.3)
        if carried.any():
            north_m_s, east_m_s = river.flow_north_east_m_s(xy_m[carried, 1], xy_m[carried, 0])
            way_m = np.column_stack((east_m_s, north_m_s)) * dt
            self._shift_xy_m[carried] += way_m
            xy_m[carried] += way_m
        self.is_in_water = self.is_present & (depth_m > 0.5)


def _uphill(river: River, xy_m: Floats) -> Floats:
    reach_m = river.floods.spacing_m
    east_m, north_m = xy_m[:, 0], xy_m[:, 1]
    slope = np.column_stack(
        (
            river.floods.at(north_m, east_m + reach_m) - river.floods.at(north_m, east_m - reach_m),
            river.floods.at(north_m + reach_m, east_m) - river.floods.at(north_m - reach_m, east_m),
        )
    )
    length = np.linalg.norm(slope, axis=1, keepdims=True)
    return np.asarray(slope / np.maximum(length, 1e-9), float)


def _inside(polygon: shapely.Geometry, count: int, random: np.random.Generator) -> Floats:
    west, south, east, north = polygon.bounds
    shapely.prepare(polygon)
    found = np.zeros((0, 2))
    while len(found) < count:
        tried = random.uniform((west, south), (east, north), (2 * count + 16, 2))
        found = np.concatenate((found, tried[shapely.contains_xy(polygon, tried[:, 0], tried[:, 1])]))
    return found[:count]
