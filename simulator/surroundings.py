"""Ground and air where one vehicle is: flat and calm, unless a world says otherwise."""

from collections.abc import Callable


class Surroundings:
    """What one vehicle meets; a world writes it before each step.

    Attributes
    ----------
    ground_up_m : float
        Height of the ground, or of the water over it, below the vehicle, over where it was switched on.
    air_north_m_s, air_east_m_s : float
        The air's motion, on top of what SIM_WIND_SPD blows.
    ground_up_m_at : callable, optional
        Takes metres north and east of where it was switched on; gives the height of the ground there. None where the
        vehicle knows no terrain.
    """

    __slots__ = ("air_east_m_s", "air_north_m_s", "ground_up_m", "ground_up_m_at")

    def __init__(self) -> None:
        self.ground_up_m = 0.0
        self.air_north_m_s = self.air_east_m_s = 0.0
        self.ground_up_m_at: Callable[[float, float], float] | None = None
