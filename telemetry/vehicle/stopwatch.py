"""Time as the vehicle lives it."""

from telemetry.vehicle.vehicle import Vehicle

STANDSTILL_S = 3.0
"""Silence of the vehicle's clock after which ours is counted."""


class VehicleStopwatch:
    """Counts seconds of the vehicle's own clock, since a simulated one may run faster or slower than ours.

    Where the vehicle says no time, or none any more, ours is counted.
    """

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self.restart()

    def restart(self) -> None:
        """Begin again at zero."""
        self._elapsed_s = 0.0
        self._boot_time_s = self._vehicle.boot_time_s
        self._advanced_s = self._started_s = self._vehicle.clock.monotonic_s()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start; a vehicle that restarts does not turn it back."""
        now_s = self._vehicle.clock.monotonic_s()
        boot_time_s = self._vehicle.boot_time_s
        if boot_time_s is None:
            return now_s - self._started_s
        if boot_time_s != self._boot_time_s:
            if self._boot_time_s is not None:
                self._elapsed_s += max(0.0, boot_time_s - self._boot_time_s)
            self._boot_time_s = boot_time_s
            self._advanced_s = now_s
        return self._elapsed_s + max(0.0, now_s - self._advanced_s - STANDSTILL_S)
