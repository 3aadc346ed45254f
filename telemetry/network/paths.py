"""The links over which one vehicle is heard, and the one over which it is spoken to."""

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.events import LinkFaded, LinkLost, LinkRecovered, LinkSwitched, VehicleReturned
from telemetry.network.repeats import Repeats
from telemetry.network.source import Source
from telemetry.refusal import TelemetryError
from telemetry.vehicle.state_tracker import SILENCE_S
from telemetry.vehicle.vehicle import Vehicle
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message

FADED_S = 1.5
"""Silence of the link spoken over, while another brings news, after which the other is taken."""
_FRESHER_S = 1.0
_BETTER_S = 0.3
"""A link must cost so much less, for `_PATIENCE_S`, before it is taken instead of one that works."""
_PATIENCE_S = 5.0


class Paths:
    """All ways to one vehicle.

    Parameters
    ----------
    first : Source
        Its autopilot on the link that found it.
    bus : Bus
    clock : Clock

    Attributes
    ----------
    vehicle : Vehicle
        Set by who makes it.
    sources : list of Source
        Its autopilot on each link.
    active : Source
        The one that is spoken to.
    """

    vehicle: Vehicle

    def __init__(self, first: Source, *, bus: Bus, clock: Clock) -> None:
        self.sources = [first]
        self.active = first
        self._bus = bus
        self._clock = clock
        self._repeats = Repeats()
        self._better_since_s: float | None = None
        self._is_silent = False

    def add(self, source: Source) -> None:
        """Take in a further link that the vehicle is heard over."""
        self.sources.append(source)

    def is_news(self, source: Source, frame: Frame, now_s: float) -> bool:
        """Whether a frame says what no other link said before."""
        return self._repeats.is_news(source, frame, now_s, is_active=source.link is self.active.link)

    def send(self, message: Message) -> None:
        """Say something to the vehicle over the link that is best now.

        Raises
        ------
        TelemetryError
            If it is a recording.
        """
        self._demand_live()
        self.active.send(message)

    def pass_on(self, frame: Frame) -> None:
        """Let a frame of another ground station go to the vehicle, as it is.

        Raises
        ------
        TelemetryError
            If it is a recording.
        """
        self._demand_live()
        self.active.link.pass_on(frame.raw, self.active.peer)

    def handle_timer(self, now_s: float) -> None:
        """Tell silence and return, ask for what does not come, and choose the link."""
        returned = []
        for source in self.sources:
            was_silent, source.is_silent = source.is_silent, now_s - source.heard_s > SILENCE_S
            if source.is_silent != was_silent and len(self.sources) > 1:
                self._tell_of(source)
            if was_silent and not source.is_silent:
                returned.append(source)
        self._tell_silence()
        if len(self.sources) > 1:
            self._choose(now_s)
        for source in self.sources:
            if source.is_silent or source.link.is_passive or source.is_twin:
                continue
            # One that returns may have been restarted, and has forgotten what it was asked for.
            if source in returned:
                source.request_streams(now_s)
            source.handle_timer(now_s)

    def _demand_live(self) -> None:
        if self.active.link.is_passive:
            raise TelemetryError(
                "a replayed vehicle takes no commands",
                place=self.active.link.name,
                remedy="Connect to a vehicle",
            )
        if not self.active.is_usable:
            self._choose(self._clock.monotonic_s())

    def _tell_of(self, source: Source) -> None:
        kind = LinkFaded if source.is_silent else LinkRecovered
        self._bus.publish(
            kind(time_s=self._clock.utc_s(), vehicle_id=self.vehicle.vehicle_id, link=source.link.name)
        )

    def _tell_silence(self) -> None:
        is_silent = all(source.is_silent for source in self.sources)
        if is_silent and not self._is_silent:
            self._bus.publish(
                LinkLost(
                    time_s=self._clock.utc_s(),
                    vehicle_id=self.vehicle.vehicle_id,
                    link=self.active.link.name,
                    reason=f"not heard for {SILENCE_S:g} s",
                )
            )
        elif self._is_silent and not is_silent:
            self._bus.publish(VehicleReturned(time_s=self._clock.utc_s(), vehicle_id=self.vehicle.vehicle_id))
        self._is_silent = is_silent

    def _choose(self, now_s: float) -> None:
        """Leave a link that is closed or silent at once, one that is worse than another after a while."""
        active = self.active
        usable = [source for source in self.sources if source.is_usable and not source.is_twin]
        if not usable:
            return
        freshest = max(usable, key=lambda source: source.heard_s)
        if not active.is_usable or active.is_twin:
            self._switch(freshest, "the other is closed")
            return
        if now_s - active.heard_s > FADED_S and freshest.heard_s > active.heard_s + _FRESHER_S:
            self._switch(freshest, "the other is silent")
            return
        heard = [source for source in usable if now_s - source.heard_s <= FADED_S]
        best = min(heard, key=lambda source: source.quality.cost_s, default=active)
        if best is active or best.quality.cost_s > active.quality.cost_s - _BETTER_S:
            self._better_since_s = None
        elif self._better_since_s is None:
            self._better_since_s = now_s
        elif now_s - self._better_since_s >= _PATIENCE_S:
            self._switch(best, "it is the better one")

    def _switch(self, source: Source, reason: str) -> None:
        self._better_since_s = None
        if source is self.active:
            return
        self.active = source
        self.vehicle.speak_over(source.link.name)
        self._bus.publish(
            LinkSwitched(
                time_s=self._clock.utc_s(),
                vehicle_id=self.vehicle.vehicle_id,
                link=source.link.name,
                reason=reason,
            )
        )
