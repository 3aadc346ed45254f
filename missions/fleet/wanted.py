"""What is asked of a fleet, on the map."""

from dataclasses import dataclass

from geofence.latlon import LatLon
from missions.patterns.numbers import refuse_outside
from missions.patterns.pattern import DWELL_AT_MOST_S
from missions.refusal import MissionError


@dataclass(frozen=True, slots=True)
class Wanted:
    """A patrol line to be flown once, or a place to dwell at.

    Parameters
    ----------
    name : str
    places : tuple of LatLon
        Of a line from end to end; one for a place.
    dwell_s : float
        So long a drone stays at its end.
    priority : float
        What cannot be flown all together is left out from the lowest.
    needs : frozenset of str
        Capabilities that its drone must have.
    window : str or None
        Hours within which it is begun and ended, such as `21:30-22:00`.
    is_one_way : bool
        Whether a line may be flown from its first place to its last only.
    """

    name: str
    places: tuple[LatLon, ...]
    dwell_s: float = 0.0
    priority: float = 1.0
    needs: frozenset[str] = frozenset()
    window: str | None = None
    is_one_way: bool = False

    def __post_init__(self) -> None:
        if not self.places or (len(self.places) > 1 and len(set(self.places)) == 1):
            raise MissionError("a line has two places or more", place=self.name, remedy="Give them")
        refuse_outside("dwell", self.dwell_s, DWELL_AT_MOST_S, "s", at_least=0.0)
        refuse_outside("priority", self.priority, 1_000.0)
