"""Refusals of the bridge."""

from geofence.refusal import Refusal


class TelemetryError(Refusal):
    """A link, a vehicle or a transfer that cannot do what was asked."""
