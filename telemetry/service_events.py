"""Events of what a station does for its vehicles: terrain, RTK corrections, other aircraft."""

from dataclasses import dataclass

from telemetry.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TerrainMissing(Event):
    """The vehicle asks for the height of the ground in a square of a degree, named by its south-west corner, that no file covers whole."""

    lat_deg: int
    lon_deg: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsStarted(Event):
    """RTK corrections come from a source and go to all vehicles."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsLost(Event):
    """RTK corrections come no more."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficAppeared(Event):
    """Another aircraft is heard, by ADS-B or remote ID (`source`)."""

    traffic_id: str
    source: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficNear(Event):
    """Another aircraft is near the vehicle; `vertical_m` is positive above it, None where it is not known."""

    traffic_id: str
    name: str
    distance_m: float
    vertical_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficCrowded(Event):
    """More happens among other aircraft within a second than is told: `near` more came near vehicles, `others` appeared, went or were lost.

    The nearest are told; the traffic itself shows all.
    """

    near: int
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficCleared(Event):
    """Another aircraft is no longer near the vehicle."""

    traffic_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficLost(Event):
    """Another aircraft was not heard for a minute."""

    traffic_id: str
    name: str
