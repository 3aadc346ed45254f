"""The control of one vehicle: its lease, the time and the bus."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import assert_never

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.control.actor import NOBODY, PROCESS, Actor, acting, acting_as
from telemetry.control.control_lease import (
    ControlLease,
    EmergencyOrdered,
    Expired,
    Holding,
    LeaseEvent,
    LeaseTerms,
    Objected,
    Order,
    Released,
    Request,
    Requested,
    Taken,
    Withdrawn,
)
from telemetry.control.refusal import ControlDenied
from telemetry.events import (
    ControlExpired,
    ControlKept,
    ControlReleased,
    ControlRequested,
    ControlTaken,
    ControlWithdrawn,
    EmergencyCommanded,
    Event,
)


class VehicleControl:
    """Who may command a vehicle.

    At first the process has it to itself: orders of nobody in particular are `PROCESS`'s. Once it is `share`d, every order has
    to say whose it is.

    Parameters
    ----------
    vehicle_id : str
    place : str
        The vehicle, for the text of a refusal.
    bus : Bus
        Takes the events.
    clock : Clock
    terms : LeaseTerms, optional
    """

    def __init__(
        self, vehicle_id: str, *, place: str, bus: Bus, clock: Clock, terms: LeaseTerms | None = None
    ) -> None:
        self._lease = ControlLease(place, terms)
        self._vehicle_id = vehicle_id
        self._place = place
        self._bus = bus
        self._clock = clock
        self._sole = PROCESS

    @property
    def terms(self) -> LeaseTerms:
        """How long control lasts."""
        return self._lease.terms

    @property
    def holding(self) -> Holding | None:
        """Who holds it; times are monotonic."""
        self.observe()
        return self._lease.holding

    @property
    def request(self) -> Request | None:
        """Who wants it from the holder."""
        self.observe()
        return self._lease.request

    def share(self) -> None:
        """Refuse from now on what nobody in particular orders."""
        self._sole = NOBODY

    def actor(self) -> Actor:
        """Give who acts here."""
        return acting() or self._sole

    def demand(self, what: str, order: Order = Order.CONTROL) -> Actor:
        """Let an order pass that whoever acts here may give; gives who that is.

        Raises
        ------
        ControlDenied, ControlHeld
        """
        actor = self.actor()
        if actor is NOBODY:
            raise ControlDenied(f"{what} is refused, since nobody is named who orders it", place=self._place)
        with self._telling():
            self._lease.demand(actor, order, self._clock.monotonic_s(), what=what)
        return actor

    def is_held_by(self, actor: Actor) -> bool:
        """Whether the actor has the control now."""
        self.observe()
        return self._lease.is_held_by(actor)

    def take(self, actor: Actor, *, is_urgent: bool = False) -> bool:
        """Take or renew the control, or give notice to its holder; tells whether the actor has it now.

        Raises
        ------
        ControlDenied, ControlHeld
        """
        with self._telling():
            return self._lease.take(actor, self._clock.monotonic_s(), is_urgent=is_urgent)

    def renew(self, actor: Actor) -> None:
        """Keep the control for another while.

        Raises
        ------
        ControlDenied, ControlHeld
        """
        with self._telling():
            self._lease.renew(actor, self._clock.monotonic_s())

    def object(self, actor: Actor) -> None:
        """Keep the control against a request.

        Raises
        ------
        ControlDenied, ControlHeld
        """
        with self._telling():
            self._lease.object(actor, self._clock.monotonic_s())

    def release(self, actor: Actor) -> None:
        """Give the control up, or withdraw a request for it.

        Raises
        ------
        ControlDenied, ControlHeld
        """
        with self._telling():
            self._lease.release(actor, self._clock.monotonic_s())

    def observe(self) -> None:
        """Let notices and leases run out."""
        timer_s = self._lease.get_timer()
        if timer_s is not None and self._clock.monotonic_s() >= timer_s:
            with self._telling():
                self._lease.handle_timer(self._clock.monotonic_s())

    @contextmanager
    def occupied(self) -> Iterator[None]:
        """Let the control neither pass over nor expire in the block."""
        with self._lease.occupied():
            yield
        self.observe()

    @asynccontextmanager
    async def kept(self, what: str) -> AsyncIterator[Actor]:
        """Take the control for whoever acts here and renew it in the block, for as long as nobody takes it over.

        Raises
        ------
        ControlDenied, ControlHeld
        """
        actor = self.demand(what)
        task = asyncio.create_task(self._keep(actor), name=f"control of {self._vehicle_id}")
        try:
            with acting_as(actor):
                yield actor
        finally:
            task.cancel()

    async def _keep(self, actor: Actor) -> None:
        while self.is_held_by(actor):
            self.renew(actor)
            await asyncio.sleep(min(1.0, self.terms.lease_s / 4.0))

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        finally:
            while (event := self._lease.next_event()) is not None:
                self._bus.publish(self._event_of(event))

    def _event_of(self, event: LeaseEvent) -> Event:
        time_s, vehicle_id = self._clock.utc_s(), self._vehicle_id
        who, why = event.actor.who, event.actor.why
        match event:
            case Taken(_, former):
                name = "" if former is None else former.who
                return ControlTaken(time_s=time_s, vehicle_id=vehicle_id, who=who, why=why, former=name)
            case Requested(_, holder, notice_s):
                return ControlRequested(
                    time_s=time_s,
                    vehicle_id=vehicle_id,
                    who=who,
                    why=why,
                    holder=holder.who,
                    notice_s=notice_s,
                )
            case Objected(_, asked):
                return ControlKept(time_s=time_s, vehicle_id=vehicle_id, who=who, why=why, against=asked.who)
            case Released():
                return ControlReleased(time_s=time_s, vehicle_id=vehicle_id, who=who, why=why)
            case Expired():
                return ControlExpired(time_s=time_s, vehicle_id=vehicle_id, who=who, why=why)
            case Withdrawn():
                return ControlWithdrawn(time_s=time_s, vehicle_id=vehicle_id, who=who, why=why)
            case EmergencyOrdered(_, holder, what):
                return EmergencyCommanded(
                    time_s=time_s, vehicle_id=vehicle_id, who=who, why=why, holder=holder.who, command=what
                )
            case _:
                assert_never(event)
