"""What a copter flies for one item."""

from dataclasses import dataclass

from geofence.latlon import LatLon
from geofence.verification.leg import Leg, SweptArea
from missions.ways.turns import Turn


@dataclass(frozen=True, slots=True)
class Place:
    """Where the drone is when it turns to the next item.

    Parameters
    ----------
    seq : int
        The item that brought it there; 0 is home.
    position : LatLon
    alt_rel_m, speed_m_s : float
    before : LatLon or None
        Where the last leg came from.
    before_alt_rel_m : float
    is_passed : bool
        It need not stop there.
    spread : tuple of (LatLon, float)
        Discs, of radii in metres, anywhere in whose hull it may be instead; empty where it is at the position.
    """

    seq: int
    position: LatLon
    alt_rel_m: float
    speed_m_s: float
    before: LatLon | None = None
    before_alt_rel_m: float = 0.0
    is_passed: bool = False
    spread: tuple[tuple[LatLon, float], ...] = ()


@dataclass(frozen=True, slots=True)
class StepPart:
    """Legs flown in one span of time; one leg, or those of a curve together.

    Parameters
    ----------
    legs : tuple of Leg
        Their times not yet known.
    duration_s : (float, float)
        Shortest and longest, of all together.
    """

    legs: tuple[Leg, ...]
    duration_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class FlightStep:
    """What is flown for an item, from one place to the next.

    Parameters
    ----------
    end : Place
    next_index : int
        Of the item after it in the plan.
    parts : tuple of StepPart
        One after the other; empty where nothing is flown.
    turns : tuple of Turn
    areas : tuple of SweptArea
        Their times not yet known.
    repeats : int
        How often a jump is taken; negative for ever. 0 where it is none.
    """

    end: Place
    next_index: int
    parts: tuple[StepPart, ...] = ()
    turns: tuple[Turn, ...] = ()
    areas: tuple[SweptArea, ...] = ()
    repeats: int = 0

    @property
    def duration_s(self) -> tuple[float, float]:
        """Shortest and longest time of all parts."""
        return (
            sum(part.duration_s[0] for part in self.parts),
            sum(part.duration_s[1] for part in self.parts),
        )
