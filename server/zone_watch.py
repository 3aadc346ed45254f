"""Watches every drone's distance to forbidden space, whoever flies it."""

import math

from geofence.clearance import ZoneClearance
from geofence.zone import AltitudeDatum
from server.zone_store import ZoneStore
from telemetry.bus import Bus
from telemetry.events import ZoneViolated
from telemetry.vehicle_state import VehicleState

CLEARANCES_MAX = 64


class ZoneWatch:
    """Gives clearances and publishes `ZoneViolated` once an entry.

    Parameters
    ----------
    zones : ZoneStore
    bus : Bus
    """

    def __init__(self, zones: ZoneStore, bus: Bus) -> None:
        self._zones = zones
        self._bus = bus
        self._changed_at = -1
        self._clearances: dict[float | None, ZoneClearance] = {}
        self._inside: dict[str, str | None] = {}

    def clearance_m(self, state: VehicleState, *, is_supervised: bool) -> float | None:
        """Give the clearance of a drone's position and say so where it has entered forbidden space.

        None where the position is unknown or no zone bounds it. The supervision of a flight reports entries itself.
        """
        if state.position is None:
            return None
        clearance = self._clearance_from(state)
        clearance_m, zone_id = clearance.clearance_m(state.position, state.alt_rel_m or 0.0)
        if clearance_m >= 0.0:
            self._inside.pop(state.vehicle_id, None)
        elif not is_supervised and state.is_armed and state.is_flying is not False:
            self._report(state, zone_id, clearance_m)
        return clearance_m if math.isfinite(clearance_m) else None

    def clearance_at_m(self, state: VehicleState, alt_rel_m: float) -> tuple[float, str | None]:
        """Give the clearance of a drone's position at another altitude, and the nearest zone's id."""
        if state.position is None:
            return math.inf, None
        return self._clearance_from(state).clearance_m(state.position, alt_rel_m)

    def _report(self, state: VehicleState, zone_id: str | None, clearance_m: float) -> None:
        if self._inside.get(state.vehicle_id, "") == zone_id:
            return
        self._inside[state.vehicle_id] = zone_id
        self._bus.publish(
            ZoneViolated(
                time_s=state.updated_s,
                vehicle_id=state.vehicle_id,
                zone_id=zone_id or "",
                clearance_m=clearance_m,
            )
        )

    def _clearance_from(self, state: VehicleState) -> ZoneClearance:
        if self._changed_at != self._zones.changed_at:
            self._changed_at = self._zones.changed_at
            self._clearances.clear()
            self._inside.clear()
        home_alt_amsl_m = self._home_alt_amsl_m(state)
        clearance = self._clearances.get(home_alt_amsl_m)
        if clearance is None:
            if len(self._clearances) >= CLEARANCES_MAX:
                self._clearances.clear()
            clearance = ZoneClearance(self._zones.zones, home_alt_amsl_m=home_alt_amsl_m)
            self._clearances[home_alt_amsl_m] = clearance
        return clearance

    def _home_alt_amsl_m(self, state: VehicleState) -> float | None:
        """Give the home altitude to 1 m, and only where a zone is bounded above mean sea level."""
        if state.home_alt_amsl_m is None:
            return None
        if all(zone.band.datum is not AltitudeDatum.AMSL for zone in self._zones.zones):
            return None
        return round(state.home_alt_amsl_m, 0)
