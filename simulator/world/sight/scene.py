"""All that can be seen at one moment, as arrays that nothing changes any more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.world.ground.surface import Paint
from simulator.world.ground.terrain import Grid
from simulator.world.world_frame import Floats

LAMP_REACH_M = 60.0
"""A searchlight lights the ground like day from here."""
LAMP_HALF_DEG = 14.0
"""Half of its beam; compiled into what draws."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """Thick lines in space.

    Parameters
    ----------
    starts_m, ends_m : array, shape (n, 3)
        North, east, height above sea level.
    radius_m : array, shape (n,)
    least_px : array, shape (n,)
        Radius below which it is drawn no thinner; 0 lets it fade away instead.
    colours : array, shape (n, 3)
    is_lit : array of bool, shape (n,)
        Whether it needs light to be seen.
    """

    starts_m: Floats
    ends_m: Floats
    radius_m: Floats
    least_px: Floats
    colours: Floats
    is_lit: NDArray[np.bool_]


def no_strokes() -> Strokes:
    """Nothing to draw."""
    return joined_strokes(())


def joined_strokes(parts: "tuple[Strokes, ...] | list[Strokes]") -> Strokes:
    """Put strokes behind one another."""

    def joined(name: str, *shape: int) -> Floats:
        arrays = [getattr(part, name) for part in parts]
        return np.concatenate(arrays) if arrays else np.zeros((0, *shape))

    return Strokes(
        joined("starts_m", 3),
        joined("ends_m", 3),
        joined("radius_m"),
        joined("least_px"),
        joined("colours", 3),
        joined("is_lit").astype(bool),
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment of the world.

    Parameters
    ----------
    terrain : Grid
        Heights, with the water's where it stands.
    floods : Grid
        Level from which on each place is under water.
    level_amsl_m : float
        Of the river; -inf without one.
    steepest : float
        Largest rise over run.
    paint : Paint
    strokes : Strokes
    lamps : array, shape (n, 6)
        Place and direction of searchlights.
    light : float
        0 to 1, of the sky.
    shades : array, shape as the terrain's
        How bright slopes are beside level ground.
    unix_s : float
    seed : int
        Of the texture and, with the time, of the sensor's noise.
    """

    terrain: Grid
    floods: Grid
    level_amsl_m: float
    steepest: float
    paint: Paint
    strokes: Strokes
    lamps: Floats
    light: float
    shades: Floats
    unix_s: float
    seed: int
