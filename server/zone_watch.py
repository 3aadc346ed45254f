"""Watches every drone's distance to forbidden space, whoever flies it."""

import math
from collections.abc import Callable, Sequence

from geofence.altitude_band import AltitudeDatum
from geofence.latlon import LatLon
from geofence.plane.clearance import ZoneClearance
from server.zone_store import ZoneStore
from telemetry.bus import Bus
from telemetry.events import ZoneViolated
from telemetry.vehicle.vehicle_state import VehicleState

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
        self._counts_amsl = False
        self._clearances: dict[float | None, ZoneClearance] = {}
        self._inside: dict[str, str | None] = {}

    def clearances_m(
        self, states: Sequence[VehicleState], is_supervised: Callable[[str], bool]
    ) -> list[float | None]:
        """Give the clearances of drones and say so where one has entered forbidden space.

        None where a position is unknown or no zone bounds it. The supervision of a flight reports entries itself.
        """
        clearances_m: list[float | None] = [None] * len(states)
        for clearance, numbers in self._by_home(states):
            placed = [states[number] for number in numbers]
            distances_m = clearance.clearances_m(
                [state.position.lat_deg for state in placed if state.position],
                [state.position.lon_deg for state in placed if state.position],
                [math.nan if state.alt_rel_m is None else state.alt_rel_m for state in placed],
            )
            for number, state, distance_m in zip(numbers, placed, distances_m.tolist(), strict=True):
                if math.isfinite(distance_m):
                    clearances_m[number] = distance_m
                if distance_m >= 0.0:
                    self._inside.pop(state.vehicle_id, None)
                elif state.is_armed and state.is_flying is not False and not is_supervised(state.vehicle_id):
                    self._report(state, clearance, distance_m)
        return clearances_m

    def clearance_at_m(self, state: VehicleState, alt_rel_m: float) -> tuple[float, str | None]:
        """Give the clearance of a drone's position at another altitude, and the nearest zone's id."""
        if state.position is None:
            return math.inf, None
        return self._clearance_from(state).clearance_m(state.position, alt_rel_m)

    def _by_home(self, states: Sequence[VehicleState]) -> list[tuple[ZoneClearance, list[int]]]:
        """Part drones of known position by the clearance that counts for their home's altitude."""
        groups: dict[int, tuple[ZoneClearance, list[int]]] = {}
        for number, state in enumerate(states):
            if state.position is not None:
                clearance = self._clearance_from(state)
                groups.setdefault(id(clearance), (clearance, []))[1].append(number)
        return list(groups.values())

    def _report(self, state: VehicleState, clearance: ZoneClearance, clearance_m: float) -> None:
        assert isinstance(state.position, LatLon)
        alt_rel_m = math.nan if state.alt_rel_m is None else state.alt_rel_m
        _, zone_id = clearance.clearance_m(state.position, alt_rel_m)
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
            self._counts_amsl = any(
                AltitudeDatum.AMSL in volume.band.datums
                for zone in self._zones.zones
                for volume in zone.volumes
            )
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
        if state.home_alt_amsl_m is None or not self._counts_amsl:
            return None
        return round(state.home_alt_amsl_m, 0)
