"""A detector that looks at what a camera sees, and errs as detectors do."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.world.people.people import People
from simulator.world.sight.eye import Eye
from simulator.world.sight.kernels import lamp_light
from simulator.world.sight.picture import ground_at_pixel
from simulator.world.sight.scene import Scene
from simulator.world.world_frame import Floats

BODY_WIDTH_M = 0.5
CROWD_CELL_M = 15.0
_SAMPLES = np.linspace(0.02, 0.98, 48)


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """How well it sees.

    Parameters
    ----------
    period_s : float
        Between looks.
    half_seen_px : float
        Size in pixels at which half of the people in daylight are found.
    least_light : float
        Of the scene, below which it finds fewer.
    place_px, attitude_deg, position_m : float
        Standard deviations: in the picture, of where the camera points, of where the vehicle is.
    false_alarms_min : float
        People who are not there, a minute.
    crowd_at_least : int
        How many within 15 m are reported as one crowd.
    """

    period_s: float = 1.0
    half_seen_px: float = 9.0
    least_light: float = 0.25
    place_px: float = 1.5
    attitude_deg: float = 0.5
    position_m: float = 0.6
    false_alarms_min: float = 0.1
    crowd_at_least: int = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look found: a person, a crowd or a fire, on the ground of the world's frame."""

    label: str
    north_m: float
    east_m: float
    uncertainty_m: float
    count: int
    confidence: float
    x_px: float
    y_px: float
    people: tuple[int, ...]
    """Who they really are; empty for a false alarm."""


def visible(scene: Scene, eye: Eye, places_m: Floats) -> NDArray[np.bool_]:
    """Whether nothing of ground and water stands between the eye and places, shape (n, 3)."""
    if not len(places_m):
        return np.zeros(0, bool)
    ways = places_m[:, None, :] - eye.place_m
    points = eye.place_m + ways * _SAMPLES[None, :, None]
    ground_m = scene.terrain.at(points[..., 0], points[..., 1])
    return np.asarray((points[..., 2] > ground_m - 0.1).all(axis=1), bool)


class Detector:
    """One camera's detector.

    Parameters
    ----------
    settings : DetectorSettings
    seed, system_id : int
        Together they decide what it misses and where it errs.
    """

    def __init__(self, settings: DetectorSettings, seed: int, system_id: int) -> None:
        self._settings = settings
        self._random = np.random.default_rng([seed, 3, system_id])

    def look(self, scene: Scene, eye: Eye, people: People, feet_m: Floats) -> list[Finding]:
        """Give what it finds; `feet_m` are everybody's places, shape (n, 3)."""
        found: list[tuple[int, float, Floats, float, float, float]] = []
        middle_m = feet_m + np.column_stack((*(np.zeros(len(people)),) * 2, people.height_m / 2.0))
        x_px, y_px, depth_m = eye.pixels(middle_m)
        with np.errstate(invalid="ignore"):
            is_framed = people.is_present & (depth_m > 1.0)
            is_framed &= (x_px >= 0.0) & (x_px < eye.width_px) & (y_px >= 0.0) & (y_px < eye.height_px)
        framed = np.flatnonzero(is_framed)
        framed = framed[visible(scene, eye, middle_m[framed])]
        chances = self._chances(scene, eye, people, framed, middle_m)
        draws = self._random.random(len(framed))
        errors = self._random.normal(0.0, 1.0, (len(framed), 2))
        for number, chance, draw, error in zip(framed, chances, draws, errors, strict=True):
            if draw >= chance:
                continue
            along_m, across_m = self._spread_m(eye, middle_m[number])
            way = feet_m[number, :2] - eye.place_m[:2]
            far = way / max(float(np.hypot(*way)), 1e-6)
            side = np.array((-far[1], far[0]))
            place = feet_m[number, :2] + far * error[0] * along_m + side * error[1] * across_m
            uncertainty_m = math.sqrt((along_m**2 + across_m**2) / 2.0)
            found.append(
                (int(number), float(chance), place, uncertainty_m, float(x_px[number]), float(y_px[number]))
            )
        findings = self._grouped(found, people)
        return findings + self._false_alarms(scene, eye)

    def _chances(
        self, scene: Scene, eye: Eye, people: People, who: NDArray[np.intp], middle_m: Floats
    ) -> Floats:
        settings = self._settings
        ways = middle_m[who] - eye.place_m
        range_m = np.linalg.norm(ways, axis=1)
        level = np.hypot(ways[:, 0], ways[:, 1]) / np.maximum(range_m, 1e-6)
        # From straight above a person is as large as the shoulders.
        size_m = np.maximum(people.height_m[who] * level, BODY_WIDTH_M)
        size_m = np.where(people.is_in_water[who], 0.35, size_m)
        size_px = size_m * eye.focal_px / np.maximum(range_m, 1e-6)
        lamps = np.array([lamp_light(scene.lamps, *place) for place in middle_m[who].tolist()])
        light = scene.light + (lamps if len(lamps) else 0.0)
        is_fire = people.is_fire[who]
        light = np.where(is_fire, 1.0, light)
        chance = 1.0 / (1.0 + np.exp(-(size_px - settings.half_seen_px) / (0.25 * settings.half_seen_px)))
        return np.asarray(
            chance * np.minimum(light / settings.least_light, 1.0) * (1.0 - people.cover[who]), float
        )

    def _spread_m(self, eye: Eye, place_m: Floats) -> tuple[float, float]:
        settings = self._settings
        way = eye.place_m - place_m
        range_m = float(np.linalg.norm(way))
        steepness = max(float(way[2]) / max(range_m, 1e-6), 0.05)
        angle = math.hypot(settings.place_px / eye.focal_px, math.radians(settings.attitude_deg))
        across_m = math.hypot(range_m * angle, settings.position_m)
        along_m = math.hypot(range_m * angle / steepness, settings.position_m)
        return along_m, across_m

    def _grouped(
        self, found: list[tuple[int, float, Floats, float, float, float]], people: People
    ) -> list[Finding]:
        cells: dict[tuple[int, int], list[int]] = {}
        for order, (number, _, place, *_rest) in enumerate(found):
            if not people.is_fire[number]:
                cell = (math.floor(place[0] / CROWD_CELL_M), math.floor(place[1] / CROWD_CELL_M))
                cells.setdefault(cell, []).append(order)
        crowds = [orders for orders in cells.values() if len(orders) >= self._settings.crowd_at_least]
        crowded = {order for orders in crowds for order in orders}
        findings = []
        for order, (number, chance, place, spread_m, x_px, y_px) in enumerate(found):
            if order not in crowded:
                label = "fire" if people.is_fire[number] else "person"
                findings.append(
                    Finding(
                        label, float(place[0]), float(place[1]), spread_m, 1, chance, x_px, y_px, (number,)
                    )
                )
        for orders in crowds:
            members = [found[order] for order in orders]
            middle = np.mean([place for _, _, place, *_ in members], axis=0)
            chance = float(np.mean([each for _, each, *_ in members]))
            counted = max(1, round(len(members) / chance * self._random.normal(1.0, 0.1)))
            spread_m = float(np.mean([each[3] for each in members])) / math.sqrt(len(members))
            findings.append(
                Finding(
                    "crowd",
                    float(middle[0]),
                    float(middle[1]),
                    math.hypot(spread_m, self._settings.position_m),
                    counted,
                    chance,
                    float(np.mean([each[4] for each in members])),
                    float(np.mean([each[5] for each in members])),
                    tuple(each[0] for each in members),
                )
            )
        return findings

    def _false_alarms(self, scene: Scene, eye: Eye) -> list[Finding]:
        settings = self._settings
        wrong = self._random.poisson(settings.false_alarms_min * settings.period_s / 60.0)
        findings = []
        for _ in range(wrong):
            x_px, y_px = self._random.uniform((0.0, 0.0), (eye.width_px, eye.height_px))
            confidence = float(self._random.uniform(0.2, 0.6))
            place = ground_at_pixel(scene, eye, float(x_px), float(y_px))
            if place is not None:
                along_m, across_m = self._spread_m(eye, place)
                uncertainty_m = math.sqrt((along_m**2 + across_m**2) / 2.0)
                findings.append(
                    Finding(
                        "person",
                        float(place[0]),
                        float(place[1]),
                        uncertainty_m,
                        1,
                        confidence,
                        float(x_px),
                        float(y_px),
                        (),
                    )
                )
        return findings
