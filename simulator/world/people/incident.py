"""Incidents: who is where from when on, and whether it has been seen."""

import math
from dataclasses import dataclass
from enum import Enum

from simulator.world.people.people import GroupSettings
from simulator.world.world_frame import LatLon

_SEEN_AS = {"fire": "fire", "children": "children"}


class IncidentState(Enum):
    """How far it is known."""

    WAITING = "waiting"
    REPORTED = "reported"
    SEEN = "seen"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class IncidentSettings:
    """Something that happens.

    Parameters
    ----------
    incident_id : str
    kind : str
        Any word; `fire` and `children` are seen as such, all others as adults.
    at : LatLon
    at_s : float
        When it begins and is reported.
    ends_s : float
    people : int
    radius_m : float
    does_drift : bool
        The river carries them.
    """

    incident_id: str
    kind: str
    at: LatLon
    at_s: float = 0.0
    ends_s: float = math.inf
    people: int = 1
    radius_m: float = 3.0
    does_drift: bool = False

    @property
    def group(self) -> GroupSettings:
        """Its people."""
        return GroupSettings(
            self.incident_id,
            self.at,
            self.people,
            self.radius_m,
            _SEEN_AS.get(self.kind, "adults"),
            self.at_s,
            self.ends_s,
            self.does_drift,
        )


class Incident:
    """One of them, with its state."""

    def __init__(self, settings: IncidentSettings) -> None:
        self.settings = settings
        self.state = IncidentState.WAITING
        self.ends_s = settings.ends_s

    @property
    def is_open(self) -> bool:
        """Whether it has begun and not ended."""
        return self.state in (IncidentState.REPORTED, IncidentState.SEEN)

    def be_at(self, now_s: float) -> IncidentState | None:
        """Return the state it takes at this moment, or None where it keeps its own."""
        if self.state is IncidentState.WAITING and now_s >= self.settings.at_s:
            self.state = IncidentState.REPORTED
            return self.state
        if self.is_open and now_s >= self.ends_s:
            self.state = IncidentState.ENDED
            return self.state
        return None

    def see(self) -> bool:
        """Note that it was seen; true the first time."""
        if self.state is not IncidentState.REPORTED:
            return False
        self.state = IncidentState.SEEN
        return True
