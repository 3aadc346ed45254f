"""Watches every drone over the zones in force, whoever flies it."""

import math
from collections.abc import Callable, Sequence

from geofence.monitor.alert import Alert
from geofence.monitor.observation import Observation
from server.zone_store import ZoneStore
from telemetry.bus import Bus
from telemetry.flight.zone_sentry import ZoneSentry
from telemetry.vehicle.vehicle_state import VehicleState


class ZoneWatch:
    """The sentry over the zones in force; new zones are watched from the next look on.

    Parameters
    ----------
    zones : ZoneStore
    bus : Bus
    utc_s : callable
        Gives the time, for zones that are limited in it.
    """

    def __init__(self, zones: ZoneStore, bus: Bus, utc_s: Callable[[], float]) -> None:
        self._zones = zones
        self._bus = bus
        self._utc_s = utc_s
        self._sentry_at: tuple[int, ZoneSentry] | None = None

    def prepare(self) -> None:
        """Get ready to watch: compiling takes a while on a machine that has not done it before."""
        self._sentry.alerts_of("")

    def observe(self, observations: Sequence[tuple[str, Observation]]) -> list[float | None]:
        """Take in where drones are, say what they are about to break, and give their clearances.

        None where nothing is forbidden.
        """
        now_s = self._utc_s()
        clearances_m = self._sentry.observe(observations, utc_s=now_s, event_time_s=now_s)
        return [clearance_m if math.isfinite(clearance_m) else None for clearance_m in clearances_m]

    def alerts_of(self, drone_id: str) -> tuple[Alert, ...]:
        """Give the alerts of a drone, the most urgent first."""
        return self._sentry.alerts_of(drone_id)

    def forget(self, drone_id: str) -> None:
        """Forget a drone that is gone."""
        self._sentry.forget(drone_id)

    def clearance_at_m(self, state: VehicleState, alt_rel_m: float) -> tuple[float, str | None]:
        """Give the clearance of a drone's position at another altitude, and the nearest zone's id."""
        if state.position is None:
            return math.inf, None
        alt_amsl_m = math.nan if state.home_alt_amsl_m is None else state.home_alt_amsl_m + alt_rel_m
        return self._sentry.clearance_m(
            state.position, alt_rel_m=alt_rel_m, alt_amsl_m=alt_amsl_m, utc_s=self._utc_s()
        )

    def is_way_home_clear(self, state: VehicleState) -> bool:
        """Whether the straight way home leads through nothing forbidden."""
        return self._sentry.is_way_home_clear(state, self._utc_s())

    @property
    def _sentry(self) -> ZoneSentry:
        if self._sentry_at is None or self._sentry_at[0] != self._zones.changed_at:
            self._sentry_at = self._zones.changed_at, ZoneSentry(self._zones.zones, self._bus)
        return self._sentry_at[1]
