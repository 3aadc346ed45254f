"""What happened, in the past tense: the plain data that travels on the bus."""

from collections.abc import Mapping
from dataclasses import dataclass

from telemetry.event import Event, OrderedEvent
from telemetry.service_events import (
    CorrectionsLost,
    CorrectionsStarted,
    TerrainMissing,
    TrafficAppeared,
    TrafficCleared,
    TrafficCrowded,
    TrafficLost,
    TrafficNear,
)

__all__ = (  # of what stands elsewhere
    "CorrectionsLost",
    "CorrectionsStarted",
    "Event",
    "OrderedEvent",
    "TerrainMissing",
    "TrafficAppeared",
    "TrafficCleared",
    "TrafficCrowded",
    "TrafficLost",
    "TrafficNear",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOpened(Event):
    """A link is up."""

    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLost(Event):
    """A link ended or a vehicle fell silent."""

    link: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCrowded(Event):
    """More senders speak on a link than can be kept apart, and the longest silent are forgotten.

    Told once for each link and kind of `senders`: addresses or components.
    """

    link: str
    senders: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingStarted(Event):
    """Other ground stations may look on over a link; `may_order` tells whether they may do more."""

    link: str
    may_order: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingEnded(Event):
    """A link to other ground stations broke or ended."""

    link: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StationHeard(Event):
    """Another ground station speaks on a link of its own."""

    link: str
    system_id: int
    component_id: int
    peer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleDiscovered(Event):
    """A first heartbeat came from an autopilot."""

    system_id: int
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleReturned(Event):
    """A vehicle that had fallen silent is heard again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFaded(Event):
    """A vehicle is not heard any more over one of its links; others may bring it."""

    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecovered(Event):
    """A vehicle is heard again over one of its links."""

    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSwitched(Event):
    """A vehicle is spoken to over another of its links from now on."""

    link: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemIdDuplicated(Event):
    """A second autopilot speaks as `system_id`; all it says is recorded.

    It is ignored where it can be told from the first (`is_ignored`); two that speak from one place cannot.
    """

    system_id: int
    link: str
    peer: str
    is_ignored: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningMismatched(Event):
    """Who speaks over a link and this station do not agree about signing; told once for each link and cause.

    `cause` is bad_signature, unsigned, unsigned_mavlink_1 or stale where frames are refused, key_missing where the other side signs and this station has no key.
    """

    link: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReported(Event):
    """A STATUSTEXT, whole; `severity` is MAV_SEVERITY (0 emergency .. 7 debug)."""

    severity: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeChanged(Event):
    """The flight mode is another one."""

    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Armed(Event):
    """The motors are armed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disarmed(Event):
    """The motors are disarmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TookOff(Event):
    """The vehicle has left the ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed(Event):
    """The vehicle is on the ground again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStarted(Event):
    """The mission went on to item `seq`."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReached(Event):
    """Mission item `seq` was reached."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswered(OrderedEvent):
    """A command was acknowledged; `accepted` tells how, `reason` why not."""

    command: str
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandProgressed(OrderedEvent):
    """The vehicle is at a command; `percent` is None where it does not say how far."""

    command: str
    percent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTaken(OrderedEvent):
    """Somebody has the control of a vehicle now; `former` had it before, or nobody (empty)."""

    former: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRequested(OrderedEvent):
    """Somebody wants the control that `holder` has, and takes it over in `notice_s` unless the holder objects."""

    holder: str
    notice_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlKept(OrderedEvent):
    """The holder objected: the control stays, `against` the one who asked for it."""

    against: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlReleased(OrderedEvent):
    """The holder gave the control up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlExpired(OrderedEvent):
    """The holder neither renewed the control nor used it, and has it no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlWithdrawn(OrderedEvent):
    """Whoever asked for the control wants it no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyCommanded(OrderedEvent):
    """Somebody let the vehicle hold, return or land although `holder` has the control, and keeps it."""

    holder: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferProgressed(Event):
    """A mission, fence or rally transfer moved on."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionUploaded(OrderedEvent):
    """A mission is on board, read back and equal to the plan; `count` is of its items, home (item 0) aside."""

    plan_name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceUploaded(OrderedEvent):
    """The zones are on board as the autopilot's fence, read back and equal."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametersChanged(OrderedEvent):
    """Settings of the vehicle were changed for a flight; `changes` holds each one's value before and after."""

    purpose: str
    changes: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceBreached(Event):
    """The autopilot says that its fence was breached."""

    breach: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneViolated(Event):
    """The vehicle was seen inside forbidden space."""

    zone_id: str
    clearance_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachPredicted(Event):
    """The vehicle is about to break a zone.

    `colour` is yellow within the warning time, red when only acting now keeps it out; `limit` is the zone's side,
    floor, ceiling or schedule, `action` what the zone asks for.
    """

    zone_id: str
    colour: str
    limit: str
    distance_m: float
    time_to_breach_s: float
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachCleared(Event):
    """The vehicle keeps clear of a zone again."""

    zone_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardActed(Event):
    """The vehicle was told to hold, return or land, and does so; `asked` is what the zone asks for."""

    zone_id: str
    action: str
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRefused(Event):
    """The vehicle did not hold, return or land as it was told."""

    zone_id: str
    action: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardOverruled(Event):
    """Somebody has taken over; the guard leaves the vehicle alone until its alerts are over."""

    zone_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSwitched(Event):
    """The guard of a vehicle was switched on or off."""

    is_on: bool
    who: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDeviated(Event):
    """The vehicle left its route, or came back to it; `aspect` is cross_track, altitude or schedule.

    `deviation` is in metres, of the schedule in seconds (positive: late).
    """

    aspect: str
    deviation: float
    is_deviating: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightFound(OrderedEvent):
    """A vehicle was in flight when it was first heard, at item `seq` of `count`.

    `plan_name` is the plan of an earlier run that it flies, empty where its mission is none of those.
    """

    plan_name: str
    count: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightEnded(OrderedEvent):
    """A supervised flight is over."""

    completed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationAdvanced(OrderedEvent):
    """An operation waits for a step to be seen."""

    operation: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationEnded(OrderedEvent):
    """An operation was seen done, or why not."""

    operation: str
    completed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed(Event):
    """What passes on a link can no longer be written down; the link itself goes on."""

    link: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResumed(Event):
    """Frames are written down again; `lost` of them were not."""

    link: str
    path: str
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayEnded(Event):
    """A recording was played to its end; `problem` says what was wrong with the file, or nothing."""

    link: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRepaired(Event):
    """A recording that a crash cut off ended inside a record; its last `cut_bytes` were taken off."""

    path: str
    cut_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingsDeleted(Event):
    """Old recordings were deleted; `reason` is age or size."""

    paths: tuple[str, ...]
    freed_bytes: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightLogged(Event):
    """A flight stands in the index with a log of its own; not `is_complete` where its end was not recorded."""

    flight_id: str
    path: str
    messages: int
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightLogFailed(Event):
    """The log of a flight could not be made; its frames are in the recordings of the links."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsDropped(Event):
    """A subscriber of the bus is too slow and begins to lose its oldest events; the others lose none."""

    subscriber: str
