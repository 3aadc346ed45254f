"""Refusals of the planner."""

from geofence.refusal import Refusal


class MissionError(Refusal):
    """A plan that cannot be made or read."""
