"""Runs protocol machines over a vehicle's link: messages in, messages out, timers."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from telemetry.clock import Clock
from telemetry.protocol.machine import Machine
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

EventT = TypeVar("EventT")

ANSWERS = frozenset(
    definition_of(name).msg_id
    for name in (
        "COMMAND_ACK",
        "FILE_TRANSFER_PROTOCOL",
        "MISSION_ACK",
        "MISSION_COUNT",
        "MISSION_ITEM_INT",
        "MISSION_REQUEST",
        "MISSION_REQUEST_INT",
        "PARAM_VALUE",
    )
)
"""Numbers of the messages that machines take."""


class Conversation:
    """The machines that talk to one vehicle at the moment.

    Parameters
    ----------
    send : callable
        Takes a message for the vehicle; never waits.
    clock : Clock
    demand : callable
        Called with every machine before it starts; raises where it may not.
    """

    def __init__(
        self,
        send: Callable[[Message], None],
        clock: Clock,
        demand: Callable[[Machine[Any]], None] = lambda _: None,
    ) -> None:
        self._send = send
        self._clock = clock
        self._demand = demand
        self._machines: dict[Machine[Any], asyncio.Event] = {}
        self._end: Exception | None = None

    def close(self, reason: Exception) -> None:
        """Let everything that runs, and everything asked later, fail with `reason`."""
        self._end = reason
        for changed in self._machines.values():
            changed.set()

    def handle_message(self, message: Message) -> None:
        """Hand a message of the vehicle to every machine."""
        if not self._machines or message.definition.msg_id not in ANSWERS:
            return
        now_s = self._clock.monotonic_s()
        for machine, changed in list(self._machines.items()):
            machine.receive_message(message, now_s)
            self._flush(machine)
            changed.set()

    async def run(self, machine: Machine[EventT], on_event: Callable[[EventT], None] | None = None) -> EventT:
        """Run a machine to its end; returns its last event, the others go to `on_event`."""
        self._demand(machine)
        changed = asyncio.Event()
        self._machines[machine] = changed
        try:
            machine.start(self._clock.monotonic_s())
            while self._end is None:
                self._flush(machine)
                while (event := machine.next_event()) is not None:
                    if machine.is_done and not machine.has_events:
                        return event
                    if on_event is not None:
                        on_event(event)
                await self._wait(machine, changed)
        finally:
            del self._machines[machine]
        raise self._end

    def wake(self, machine: Machine[Any]) -> None:
        """Send what a machine wants to send, and look at its timer anew."""
        if machine in self._machines:
            self._flush(machine)
            self._machines[machine].set()

    async def _wait(self, machine: Machine[EventT], changed: asyncio.Event) -> None:
        timer_s = machine.get_timer()
        delay_s = None if timer_s is None else max(0.0, timer_s - self._clock.monotonic_s())
        try:
            async with asyncio.timeout(delay_s):
                await changed.wait()
        except TimeoutError:
            machine.handle_timer(self._clock.monotonic_s())
        changed.clear()

    def _flush(self, machine: Machine[EventT]) -> None:
        for message in machine.messages_to_send():
            self._send(message)
