"""A fleet without sockets, whose time passes when it is told to: the same bytes in every run."""

import heapq
from collections.abc import Callable, Sequence

from simulator.copter import Copter
from simulator.copters import CopterGroup
from simulator.network.shared_link import SharedLink
from simulator.network.world_clock import STEP_S


class LockStepLink:
    """A ground station's end of a link to one or several vehicles.

    Parameters
    ----------
    lock_step : LockStep
    copters : sequence of Copter
    hear : callable
        Takes the simulated time and what a vehicle said then: whole frames.
    """

    def __init__(
        self, lock_step: "LockStep", copters: Sequence[Copter], hear: Callable[[float, bytes], None]
    ) -> None:
        self._lock_step = lock_step
        self._shared = SharedLink(copters, lambda data: hear(lock_step.now_s, data))

    def send(self, data: bytes, at_s: float | None = None) -> None:
        """Have bytes arrive at a simulated time, or now; vehicles answer what arrives now before this returns."""
        if at_s is None:
            self._shared.receive(data)
        else:
            self._lock_step.call_at(at_s, lambda: self._shared.receive(data))

    def close(self) -> None:
        """Hear no more."""
        self._shared.close()


class LockStep:
    """Steps a fleet as fast as it can.

    All that happens depends on the fleet's options and on what is sent when, in simulated time; timeouts and retries of
    transfers count that time, too.

    Parameters
    ----------
    copters : CopterGroup
    """

    def __init__(self, copters: CopterGroup) -> None:
        self.copters = copters
        self.steps = 0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._calls = 0

    @property
    def now_s(self) -> float:
        """Simulated time since the start."""
        return round(self.steps * STEP_S, 6)

    def connect(
        self, hear: Callable[[float, bytes], None], copters: Sequence[Copter] | None = None
    ) -> LockStepLink:
        """Open a link to vehicles with system ids of their own; to the first network, if none are named."""
        return LockStepLink(self, self.copters.networks[0] if copters is None else copters, hear)

    def call_at(self, at_s: float, act: Callable[[], None]) -> None:
        """Do something before the first step from `at_s` on; what is due at the same time is done in this order."""
        self._calls += 1
        heapq.heappush(self._due, (at_s, self._calls, act))

    def step(self) -> None:
        """Do what is due, advance all by one step, and let links hear what was said."""
        while self._due and self._due[0][0] <= self.now_s:
            heapq.heappop(self._due)[2]()
        self.steps += 1
        self.copters.step(STEP_S, STEP_S)
        self.copters.flush()

    def run_until(self, end_s: float, condition: Callable[[], bool] | None = None) -> bool:
        """Step until `end_s`, or until a condition holds after a step; gives whether it did."""
        while self.now_s < end_s:
            self.step()
            if condition is not None and condition():
                return True
        return False
