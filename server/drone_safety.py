"""How safe a drone is from breaking a zone, and who sees to that."""

from dataclasses import dataclass

from typing_extensions import TypedDict

from geofence.monitor.alert import Alert
from geofence.monitor.route_conformance import RouteAspect
from telemetry.flight.zone_guard import GUARDED, GuardSwitch


@dataclass(frozen=True, slots=True)
class DroneSafety:
    """What the watch over the zones says of a drone.

    Parameters
    ----------
    clearance_m : float or None
        To forbidden space; None where there is none.
    alerts : tuple of Alert
        The most urgent first.
    guard : GuardSwitch
    is_overruled : bool
        Somebody has taken over from the guard until the alerts are over.
    cross_track_m : float or None
        Off its route; None where it flies none.
    deviating : tuple of RouteAspect
    """

    clearance_m: float | None = None
    alerts: tuple[Alert, ...] = ()
    guard: GuardSwitch = GUARDED
    is_overruled: bool = False
    cross_track_m: float | None = None
    deviating: tuple[RouteAspect, ...] = ()


class AlertDocument(TypedDict):
    """A zone that a drone breaks or is about to break.

    `distance_m` is null where an alert is about time; `time_to_breach_s` is 0 where the zone is broken.
    """

    zone_id: str
    colour: str
    is_breached: bool
    limit: str
    distance_m: float | None
    time_to_breach_s: float | None
    action: str


class GuardDocument(TypedDict):
    """Whether a drone is guarded, who decided that and why, and whether somebody has taken over for now."""

    is_on: bool
    who: str
    why: str
    is_overruled: bool


class ConformanceDocument(TypedDict):
    """How a drone keeps to its route; `deviating` names cross_track, altitude, schedule."""

    cross_track_m: float | None
    deviating: list[str]


def alert_document(alert: Alert) -> AlertDocument:
    """Give an alert as JSON shows it."""
    return {
        "zone_id": alert.zone.zone_id,
        "colour": alert.colour.value,
        "is_breached": alert.is_breached,
        "limit": alert.limit.value,
        "distance_m": _finite(alert.distance_m),
        "time_to_breach_s": _finite(alert.time_to_breach_s),
        "action": alert.action.value,
    }


def guard_document(safety: DroneSafety) -> GuardDocument:
    """Give a guard as JSON shows it."""
    return {
        "is_on": safety.guard.is_on,
        "who": safety.guard.who,
        "why": safety.guard.why,
        "is_overruled": safety.is_overruled,
    }


def conformance_document(safety: DroneSafety) -> ConformanceDocument:
    """Give how a drone keeps to its route as JSON shows it."""
    return {
        "cross_track_m": None if safety.cross_track_m is None else round(safety.cross_track_m, 1),
        "deviating": [aspect.value for aspect in safety.deviating],
    }


def _finite(value: float) -> float | None:
    return round(value, 1) if abs(value) < 1e9 else None
