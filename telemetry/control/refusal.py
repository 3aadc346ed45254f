"""Refusals of orders for the sake of who gave them."""

from telemetry.control.actor import Actor
from telemetry.refusal import TelemetryError


class ControlDenied(TelemetryError):  # noqa: N818
    """Whoever gave an order may not give it."""


class ControlHeld(ControlDenied):
    """Somebody else has the control, or has asked its holder for it before (`asked_by`)."""

    def __init__(
        self, what: str, *, holder: Actor, asked_by: Actor | None = None, place: str = "", remedy: str = ""
    ) -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.holder = holder
        self.asked_by = asked_by
