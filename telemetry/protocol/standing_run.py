"""Runs a protocol machine that has no end: it answers whenever a vehicle asks."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from telemetry.clock import Clock
from telemetry.protocol.machine import Machine
from telemetry.wire.message import Message

EventT = TypeVar("EventT")


class StandingRun(Generic[EventT]):
    """One machine at work until it is closed.

    Parameters
    ----------
    machine : Machine
    send : callable
        Takes what it says; never waits.
    clock : Clock
    on_event : callable
        Takes what it tells.
    """

    def __init__(
        self,
        machine: Machine[EventT],
        send: Callable[[Message], None],
        clock: Clock,
        on_event: Callable[[EventT], None],
    ) -> None:
        self._machine = machine
        self._send = send
        self._clock = clock
        self._on_event = on_event
        self._timer: asyncio.TimerHandle | None = None
        machine.start(clock.monotonic_s())
        self._go_on()

    def handle_message(self, message: Message) -> None:
        """Hand a message of the vehicle to the machine."""
        self._machine.receive_message(message, self._clock.monotonic_s())
        self._go_on()

    def close(self) -> None:
        """Say nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _handle_timer(self) -> None:
        self._timer = None
        self._machine.handle_timer(self._clock.monotonic_s())
        self._go_on()

    def _go_on(self) -> None:
        for message in self._machine.messages_to_send():
            self._send(message)
        while (event := self._machine.next_event()) is not None:
            self._on_event(event)
        self.close()
        timer_s = self._machine.get_timer()
        if timer_s is not None:
            delay_s = max(0.0, timer_s - self._clock.monotonic_s())
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._handle_timer)
