"""Refusals of the bridge."""

from geofence.refusal import Refusal


class TelemetryError(Refusal):
    """A link, a vehicle or a transfer that cannot do what was asked."""

    def add_remedy(self, clause: str) -> None:
        """Say one thing more, found out after it was refused."""
        self.remedy = ". ".join(part for part in (self.remedy, clause) if part)
        self.args = (str(TelemetryError(self.what, place=self.place, remedy=self.remedy)),)


class CommandRefused(TelemetryError):  # noqa: N818
    """The vehicle answered a command with a refusal.

    Parameters
    ----------
    command : str
        MAV_CMD without its prefix.
    result : int
        MAV_RESULT.
    reasons : tuple of str
        The vehicle's own texts, such as "Arm: Need Position Estimate".
    """

    def __init__(
        self,
        what: str,
        *,
        command: str,
        result: int,
        reasons: tuple[str, ...] = (),
        place: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.command = command
        self.result = result
        self.reasons = reasons


class VehicleSilent(TelemetryError):  # noqa: N818
    """The vehicle never answered."""
