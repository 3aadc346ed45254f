"""Who has the control of a vehicle in flight: whoever takes it over is followed, not fought."""

from telemetry.control.actor import Actor
from telemetry.vehicle.vehicle import Vehicle


class ControlWatch:
    """Follows the control of one vehicle for whoever started its flight.

    Parameters
    ----------
    vehicle : Vehicle
    """

    def __init__(self, vehicle: Vehicle) -> None:
        self._control = vehicle.control
        self.actor = vehicle.control.actor()
        self.is_taken_over = False

    def other_holder(self) -> Actor | None:
        """Give who else has the control."""
        holding = self._control.holding
        return None if holding is None or self._control.is_held_by(self.actor) else holding.actor

    def follow(self) -> Actor | None:
        """Take note of who has it; gives who has just taken it over."""
        other, was_taken_over = self.other_holder(), self.is_taken_over
        self.is_taken_over = other is not None
        return None if was_taken_over else other
