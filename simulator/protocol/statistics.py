"""What the vehicle notes of its use, and tells: run and flight time every half minute, and when a flight ends."""

from collections.abc import Callable

from simulator.autopilot.autopilot import Autopilot

FIRST_LOOK_S = 0.45
LOOK_EVERY_S = 1.0
WRITE_EVERY_S = 30.0
LEARN_AND_SAVE = 2


class Statistics:
    """Adds to what former flights left.

    Parameters
    ----------
    autopilot : Autopilot
    assign : callable
        Takes name and value; tells every station.
    """

    def __init__(self, autopilot: Autopilot, assign: Callable[[str, float], None]) -> None:
        self._autopilot = autopilot
        self._assign = assign
        self._before_s = {name: autopilot.parameters[name] for name in ("STAT_FLTTIME", "STAT_RUNTIME")}
        self._next_look_s = FIRST_LOOK_S
        self._written_s = 0.0
        self._flight_s = 0.0
        self._was_flying = self._was_armed = False

    def step(self, dt: float) -> None:
        """Count `dt`, and write where it is time to."""
        autopilot = self._autopilot
        is_flying = autopilot.is_armed and not autopilot.is_landed
        if is_flying:
            self._flight_s += dt
        has_ended = self._was_flying and not is_flying
        self._was_flying = is_flying
        if has_ended:
            self._write()
        if (
            self._was_armed
            and not autopilot.is_armed
            and autopilot.parameters["MOT_HOVER_LEARN"] == LEARN_AND_SAVE
        ):
            self._assign("MOT_THST_HOVER", autopilot.parameters["MOT_THST_HOVER"])
        self._was_armed = autopilot.is_armed
        if has_ended:
            return
        if autopilot.now_s >= self._next_look_s:
            self._next_look_s += LOOK_EVERY_S
            # Both count in whole loops, so that the look after exactly half a minute comes too early.
            if autopilot.now_s - self._written_s > WRITE_EVERY_S + 0.05:
                self._write()

    def _write(self) -> None:
        autopilot = self._autopilot
        self._written_s = autopilot.now_s
        for name, more_s in (("STAT_FLTTIME", self._flight_s), ("STAT_RUNTIME", autopilot.now_s)):
            value = self._before_s[name] + int(more_s)
            if value != autopilot.parameters[name]:
                self._assign(name, value)
