"""What every event has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened to a vehicle or a link.

    Parameters
    ----------
    time_s : float
        Seconds since 1970, UTC; in a replay the recording's time.
    vehicle_id : str
        Our own name of the vehicle; empty for an event of a link.
    """

    time_s: float
    vehicle_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedEvent(Event):
    """Something that somebody wanted.

    Parameters
    ----------
    who, why : str
        Whoever wanted it, and the reason; empty where nobody said.
    """

    who: str = ""
    why: str = ""
