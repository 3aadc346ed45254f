"""A flight's link to its vehicle: lost, heard again, given up."""

from collections.abc import Callable

from telemetry.clock import Clock


class LinkWatch:
    """Follows whether a vehicle is heard; the autopilot carries on by itself while it is not.

    Parameters
    ----------
    clock : Clock
    limit_s : float
        After which it is given up.
    on_note : callable
        Takes sentences for people.
    """

    def __init__(self, clock: Clock, limit_s: float, on_note: Callable[[str], None]) -> None:
        self._clock = clock
        self._limit_s = limit_s
        self._note = on_note
        self._lost_s: float | None = None

    @property
    def is_lost(self) -> bool:
        """Whether it was not heard when last looked at."""
        return self._lost_s is not None

    @property
    def is_given_up(self) -> bool:
        """Whether that has lasted too long."""
        return self._lost_s is not None and self._clock.monotonic_s() - self._lost_s > self._limit_s

    def follow(self, *, is_connected: bool) -> None:
        """Take note of whether it is heard."""
        if is_connected:
            if self._lost_s is not None:
                self._note("The vehicle is heard again.")
            self._lost_s = None
        elif self._lost_s is None:
            self._note(
                "The link is lost; the autopilot carries on by itself."
                f" Waiting up to {self._limit_s / 60:g} min to hear of it again."
            )
            self._lost_s = self._clock.monotonic_s()
