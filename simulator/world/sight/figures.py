"""People, vehicles and aircraft as strokes of a picture."""

import numpy as np

from simulator.world.air.traffic import Aircraft
from simulator.world.people.people import People
from simulator.world.sight.scene import Strokes, no_strokes
from simulator.world.world_frame import Floats

SKIN = (224, 180, 150)
BODY_M, HEAD_M, FIRE_M = 0.24, 0.13, 1.2
ARM_M = 0.45
WING_M = 6.0


def _strokes(
    starts_m: Floats, ends_m: Floats, radius_m: Floats, least_px: float, colours: Floats, *, is_lit: bool
) -> Strokes:
    count = len(starts_m)
    return Strokes(starts_m, ends_m, radius_m, np.full(count, least_px), colours, np.full(count, is_lit))


def people_strokes(people: People, feet_m: Floats) -> list[Strokes]:
    """Bodies and heads of those who are present; of those in the water the heads."""
    up = np.array((0.0, 0.0, 1.0))
    dry = np.flatnonzero(people.is_present & ~people.is_in_water & ~people.is_fire)
    height_m = people.height_m[dry, None]
    bodies = _strokes(
        feet_m[dry] + BODY_M * up,
        feet_m[dry] + (height_m - 3.0 * HEAD_M) * up,
        np.full(len(dry), BODY_M) * height_m[:, 0] / 1.7,
        0.0,
        people.colours[dry].astype(float),
        is_lit=True,
    )
    heads = np.flatnonzero(people.is_present & ~people.is_fire)
    top_m = np.where(people.is_in_water[heads], 0.25, people.height_m[heads] - HEAD_M)[:, None] * up
    skins = np.tile(np.array(SKIN, float), (len(heads), 1))
    crowns = _strokes(
        feet_m[heads] + top_m, feet_m[heads] + top_m, np.full(len(heads), HEAD_M), 0.0, skins, is_lit=True
    )
    fires = np.flatnonzero(people.is_present & people.is_fire)
    flames = _strokes(
        feet_m[fires] + up,
        feet_m[fires] + 2.5 * up,
        np.full(len(fires), FIRE_M),
        1.0,
        people.colours[fires].astype(float),
        is_lit=False,
    )
    return [bodies, crowns, flames]


def vehicle_strokes(places_m: Floats, yaws_rad: Floats) -> list[Strokes]:
    """Two crossed arms each, and a lamp that can be seen at night."""
    if not len(places_m):
        return [no_strokes()]
    parts = []
    for turn in (np.pi / 4.0, 3.0 * np.pi / 4.0):
        arm_m = ARM_M * np.column_stack(
            (np.cos(yaws_rad + turn), np.sin(yaws_rad + turn), np.zeros(len(yaws_rad)))
        )
        dark = np.full((len(places_m), 3), 35.0)
        parts.append(
            _strokes(places_m - arm_m, places_m + arm_m, np.full(len(places_m), 0.06), 0.6, dark, is_lit=True)
        )
    lamp = np.tile(np.array((255.0, 60.0, 60.0)), (len(places_m), 1))
    parts.append(_strokes(places_m, places_m, np.full(len(places_m), 0.08), 0.7, lamp, is_lit=False))
    return parts


def aircraft_strokes(aircraft: list[Aircraft]) -> list[Strokes]:
    """Fuselage and wings each."""
    parts = []
    for each in aircraft:
        place = np.array((each.north_m, each.east_m, each.alt_amsl_m))
        way = np.array((each.velocity_north_m_s, each.velocity_east_m_s, each.velocity_up_m_s))
        way = way / max(float(np.linalg.norm(way)), 1e-6)
        side = np.array((-way[1], way[0], 0.0))
        ends_m = np.stack((place + way * WING_M * 0.8, place + side * WING_M))
        starts_m = np.stack((place - way * WING_M * 0.8, place - side * WING_M))
        white = np.full((2, 3), 235.0)
        parts.append(_strokes(starts_m, ends_m, np.array((0.7, 0.4)), 0.6, white, is_lit=True))
    return parts
