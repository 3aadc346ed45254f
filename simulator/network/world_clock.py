"""Simulated time: fixed steps, as many as the speed-up asks for, never skipped."""

import asyncio
import time
from collections.abc import Callable

STEP_S = 0.02
TICK_S = 0.01
"""How often the real clock is looked at."""
MAX_BUSY_S = 0.05
"""Longest time the steps of one tick may take before sockets are served again."""
MAX_DEBT_S = 1.0
"""Real time that is caught up with after a stall; what is beyond makes simulated time slower."""


class WorldClock:
    """Steps the world while real time passes.

    A machine that cannot keep up makes simulated time slower; it never makes steps longer or leaves one out, so the
    course of a simulation is the same at every speed-up.

    Parameters
    ----------
    step : callable
        Advances everything by `STEP_S`.
    after_tick : callable
        Called once after the steps of a tick.
    speedup : callable
        Simulated seconds per real second, asked at every tick.
    monotonic_s : callable
        The real clock.
    """

    def __init__(
        self,
        step: Callable[[], None],
        after_tick: Callable[[], None],
        speedup: Callable[[], float],
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._step = step
        self._after_tick = after_tick
        self._speedup = speedup
        self._monotonic_s = monotonic_s
        self.steps = 0

    async def run(self) -> None:
        """Go on until cancelled."""
        last_s = self._monotonic_s()
        owed_s = 0.0
        while True:
            await asyncio.sleep(TICK_S if owed_s < STEP_S else 0.0)
            now_s = self._monotonic_s()
            speedup = self._speedup()
            owed_s = min(owed_s + (now_s - last_s) * speedup, MAX_DEBT_S * speedup)
            last_s = now_s
            while owed_s >= STEP_S and self._monotonic_s() - now_s <= MAX_BUSY_S:
                self._step()
                self.steps += 1
                owed_s -= STEP_S
            self._after_tick()
