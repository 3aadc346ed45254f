"""Refusals of orders for the sake of who gave them."""

from telemetry.control.actor import Actor
from telemetry.refusal import TelemetryError


class ControlDenied(TelemetryError):  # noqa: N818
    """Whoever gave an order may not give it."""


class ControlHeld(ControlDenied):
    """Somebody else has the control, or has asked for it before."""

    def __init__(self, what: str, *, holder: Actor, place: str = "", remedy: str = "") -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.holder = holder
