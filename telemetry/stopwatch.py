"""Time as the vehicle lives it."""

from telemetry.vehicle import Vehicle


class VehicleStopwatch:
    """Counts seconds of the vehicle's own clock, since a simulated one may run faster or slower than ours.

    It stands still while the vehicle is silent. A vehicle that never says its time is counted by our clock.
    """

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self.restart()

    def restart(self) -> None:
        """Begin again at zero."""
        self._elapsed_s = 0.0
        self._boot_time_s = self._vehicle.boot_time_s
        self._started_s = self._vehicle.clock.monotonic_s()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start; never runs back, not even where the vehicle restarts."""
        boot_time_s = self._vehicle.boot_time_s
        if boot_time_s is None:
            return self._vehicle.clock.monotonic_s() - self._started_s
        if self._boot_time_s is not None:
            self._elapsed_s += max(0.0, boot_time_s - self._boot_time_s)
        self._boot_time_s = boot_time_s
        return self._elapsed_s
