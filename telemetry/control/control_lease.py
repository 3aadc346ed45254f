"""The control of one vehicle, without I/O: at most one holder, for as long as it is renewed.

Whoever asks for a vehicle that is held gives notice. The holder may object, or give it up at once; silence for the time of the
notice is consent. Nobody objects with effect to the right to overrule.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from telemetry.control.actor import Actor, Right
from telemetry.control.refusal import ControlDenied, ControlHeld


class Order(StrEnum):
    """How an order stands to the control of a vehicle."""

    CONTROL = "control"
    """Wants the control."""
    EMERGENCY = "emergency"
    """Holds, returns or lands: wants the control, or the right to do so without it."""


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """How long control lasts.

    Parameters
    ----------
    lease_s : float
        Without a renewal or a command.
    notice_s : float
        From a request to the take-over, where the holder is silent.
    """

    lease_s: float = 60.0
    notice_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds the control; times are those that the lease was handed."""

    actor: Actor
    since_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants the control, and when it passes over."""

    actor: Actor
    due_s: float


@dataclass(frozen=True, slots=True)
class Taken:
    """Control was taken, from `former` where somebody had it."""

    actor: Actor
    former: Actor | None


@dataclass(frozen=True, slots=True)
class Requested:
    """Somebody wants the control of the holder within `notice_s`."""

    actor: Actor
    holder: Actor
    notice_s: float


@dataclass(frozen=True, slots=True)
class Objected:
    """The holder keeps the control, against `request`."""

    actor: Actor
    request: Actor


@dataclass(frozen=True, slots=True)
class Released:
    """The holder gave the control up."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class Expired:
    """The holder was not heard of any more."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Whoever wanted the control wants it no more."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class EmergencyOrdered:
    """Somebody without the control orders what anybody with the right may; the holder keeps the control."""

    actor: Actor
    holder: Actor
    what: str


LeaseEvent = Taken | Requested | Objected | Released | Expired | Withdrawn | EmergencyOrdered


class ControlLease:
    """The control of one vehicle.

    Parameters
    ----------
    place : str
        The vehicle, for the text of a refusal.
    terms : LeaseTerms
    """

    def __init__(self, place: str = "", terms: LeaseTerms | None = None) -> None:
        self.terms = terms or LeaseTerms()
        self._place = place
        self._holding: Holding | None = None
        self._request: Request | None = None
        self._occupations = 0
        self._events: deque[LeaseEvent] = deque()

    @property
    def holding(self) -> Holding | None:
        """Who holds it, as of the last time handed in."""
        return self._holding

    @property
    def request(self) -> Request | None:
        """Who wants it."""
        return self._request

    def is_held_by(self, actor: Actor) -> bool:
        """Whether the actor holds it."""
        return self._holding is not None and self._holding.actor.who == actor.who

    def take(self, actor: Actor, now_s: float, *, is_urgent: bool = False) -> bool:
        """Take the control, renew it, or give notice to its holder; tells whether the actor holds it now.

        Parameters
        ----------
        is_urgent : bool
            Take it at once, without notice; wants the right to overrule.

        Raises
        ------
        ControlDenied
            Without the right.
        ControlHeld
            If somebody else has given notice already.
        """
        self.handle_timer(now_s)
        if Right.CONTROL not in actor.rights:
            raise ControlDenied(f"{actor.who} may not control it", place=self._place)
        if is_urgent and Right.OVERRULE not in actor.rights:
            raise ControlDenied(
                f"{actor.who} may not take the control without notice",
                place=self._place,
                remedy="Ask for it and wait for the notice to pass",
            )
        if self._holding is None or self.is_held_by(actor):
            self._grant(actor, now_s)
            return True
        asked = self._request
        if asked is not None and asked.actor.who != actor.who and not self._outranks(actor, asked.actor):
            raise ControlHeld(
                f"{asked.actor} has asked {self._holding.actor} for the control already",
                holder=self._holding.actor,
                asked_by=asked.actor,
                place=self._place,
                remedy="Wait until that is decided, and ask again",
            )
        if is_urgent and not self._occupations:
            self._grant(actor, now_s)
            return True
        if asked is None or asked.actor.who != actor.who or is_urgent:
            notice_s = 0.0 if is_urgent else self.terms.notice_s
            self._request = Request(actor, now_s + notice_s)
            self._events.append(Requested(actor, self._holding.actor, notice_s))
        return False

    def object(self, actor: Actor, now_s: float) -> None:
        """Keep the control against a request.

        Raises
        ------
        ControlDenied
            If the actor does not hold it, nobody has asked, or whoever asked may overrule.
        """
        self.handle_timer(now_s)
        self._demand_holder(actor)
        asked = self._request
        if asked is None:
            raise ControlDenied("nobody has asked for the control", place=self._place)
        if Right.OVERRULE in asked.actor.rights:
            raise ControlDenied(
                f"{asked.actor.who} may overrule the holder", place=self._place, remedy="Hand it over"
            )
        self._request = None
        self._extend(now_s)
        self._events.append(Objected(actor, asked.actor))

    def renew(self, actor: Actor, now_s: float) -> None:
        """Keep the control for another while.

        Raises
        ------
        ControlDenied
            If the actor does not hold it.
        """
        self.handle_timer(now_s)
        self._demand_holder(actor)
        self._extend(now_s)

    def release(self, actor: Actor, now_s: float) -> None:
        """Give the control up, or withdraw one's request; whoever has asked has it then.

        Raises
        ------
        ControlDenied
            If the actor neither holds it nor has asked for it.
        """
        self.handle_timer(now_s)
        asked = self._request
        if asked is not None and asked.actor.who == actor.who:
            self._request = None
            self._events.append(Withdrawn(actor))
            return
        self._demand_holder(actor)
        self._holding = None
        self._events.append(Released(actor))
        if asked is not None:
            self._grant(asked.actor, now_s)

    def demand(self, actor: Actor, order: Order, now_s: float, *, what: str) -> None:
        """Let an order pass that the actor may give; that of the holder renews, and a vehicle nobody holds is taken.

        Raises
        ------
        ControlHeld
            If somebody else holds it.
        ControlDenied
            Without the right.
        """
        self.handle_timer(now_s)
        is_emergency = order is Order.EMERGENCY and Right.EMERGENCY in actor.rights
        if self.is_held_by(actor):
            self._extend(now_s)
        elif self._holding is not None:
            holder = self._holding.actor
            if not is_emergency:
                raise ControlHeld(
                    f"{what} is refused, since {holder} has the control",
                    holder=holder,
                    place=self._place,
                    remedy="Ask for the control first",
                )
            self._events.append(EmergencyOrdered(actor, holder, what))
        elif Right.CONTROL in actor.rights:
            self._grant(actor, now_s)
        elif not is_emergency:
            raise ControlDenied(f"{what} is refused: {actor.who} may not control it", place=self._place)

    @contextmanager
    def occupied(self) -> Iterator[None]:
        """Let the control neither pass over nor expire: half a transfer would leave a mixture on board."""
        self._occupations += 1
        try:
            yield
        finally:
            self._occupations -= 1

    def get_timer(self) -> float | None:
        """When `handle_timer` is wanted, or None."""
        if self._holding is None:
            return None
        return (
            self._holding.until_s
            if self._request is None
            else min(self._holding.until_s, self._request.due_s)
        )

    def handle_timer(self, now_s: float) -> None:
        """Let notices and leases run out."""
        if self._holding is None or self._occupations:
            return
        asked = self._request
        if asked is not None and now_s >= asked.due_s:
            self._grant(asked.actor, now_s)
        elif now_s >= self._holding.until_s:
            holder, self._holding = self._holding.actor, None
            self._events.append(Expired(holder))
            if asked is not None:
                self._grant(asked.actor, now_s)

    def next_event(self) -> LeaseEvent | None:
        """Hand out the next event, or None."""
        return self._events.popleft() if self._events else None

    def _grant(self, actor: Actor, now_s: float) -> None:
        holding = self._holding
        if holding is not None and holding.actor.who == actor.who:
            self._holding = Holding(actor, holding.since_s, now_s + self.terms.lease_s)
            return
        if self._request is not None and self._request.actor.who == actor.who:
            self._request = None
        self._holding = Holding(actor, now_s, now_s + self.terms.lease_s)
        self._events.append(Taken(actor, None if holding is None else holding.actor))

    def _extend(self, now_s: float) -> None:
        assert self._holding is not None
        self._holding = Holding(self._holding.actor, self._holding.since_s, now_s + self.terms.lease_s)

    def _demand_holder(self, actor: Actor) -> None:
        if self.is_held_by(actor):
            return
        if self._holding is not None:
            raise ControlHeld(
                f"{self._holding.actor} has the control", holder=self._holding.actor, place=self._place
            )
        raise ControlDenied(f"{actor.who} does not have the control", place=self._place)

    @staticmethod
    def _outranks(actor: Actor, other: Actor) -> bool:
        return Right.OVERRULE in actor.rights and Right.OVERRULE not in other.rights
