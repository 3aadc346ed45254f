"""Watches whether a vehicle keeps to the route of its plan."""

from geofence.monitor.observation import Observation
from geofence.monitor.route_conformance import RouteAspect, RouteConformance
from missions.plan.check import margin_of
from missions.plan.legs import legs_of
from missions.plan.plan import Plan
from telemetry.bus import Bus
from telemetry.events import RouteDeviated
from telemetry.vehicle.observed_state import observation_of
from telemetry.vehicle.vehicle_state import VehicleState


class RouteWatch:
    """Follows one vehicle along one plan, as long as it flies its mission.

    Parameters
    ----------
    plan : Plan
    bus : Bus
    """

    def __init__(self, plan: Plan, bus: Bus) -> None:
        legs, _ = legs_of(plan)
        self._conformance = RouteConformance(legs, margin_m=margin_of(plan)) if legs else None
        self._bus = bus

    @property
    def cross_track_m(self) -> float | None:
        """How far off its route it is; None where it flies no mission."""
        return None if self._conformance is None else self._conformance.cross_track_m

    @property
    def deviating(self) -> tuple[RouteAspect, ...]:
        """In what it deviates."""
        return () if self._conformance is None else self._conformance.deviating

    def observe(
        self, state: VehicleState, *, elapsed_s: float | None, event_time_s: float
    ) -> Observation | None:
        """Take in where the vehicle is; returns that with how far ahead its route turns."""
        observation = observation_of(state)
        conformance = self._conformance
        if observation is None or conformance is None:
            return observation
        if state.mode != "AUTO" or state.is_paused or not observation.is_watched:
            conformance.suspend()
            return observation
        for deviation in conformance.observe(observation, state.mission_seq, elapsed_s):
            self._bus.publish(
                RouteDeviated(
                    time_s=event_time_s,
                    vehicle_id=state.vehicle_id,
                    aspect=deviation.aspect.value,
                    deviation=deviation.deviation,
                    is_deviating=deviation.is_deviating,
                )
            )
        return observation_of(
            state, straight_on_m=conformance.straight_on_m, climb_on_m=conformance.climb_on_m
        )
