"""Watches vehicles over zones and says on the bus what they are about to break."""

import math
from collections.abc import Sequence
from typing import assert_never

import numpy as np
from pyproj import Geod

from geofence.latlon import LatLon
from geofence.monitor import columns
from geofence.monitor.alert import Alert, AlertLevel, AlertLimit, Announcement
from geofence.monitor.observation import Observation
from geofence.monitor.zone_monitor import ZoneMonitor
from geofence.zone_set import ZoneSet
from telemetry.bus import Bus
from telemetry.events import BreachCleared, BreachPredicted, Event, ZoneViolated
from telemetry.vehicle.vehicle_state import VehicleState

RETURN_ALT_M = 15.0
"""RTL_ALT as ArduCopter ships it: it climbs so far before it flies home."""
_STEP_M = 1.0
_STEPS_MOST = 3000
_LEAVES_WITHIN_M = 50.0
_GEOD = Geod(ellps="WGS84")


class ZoneSentry:
    """A zone monitor whose announcements become events.

    Parameters
    ----------
    zones : ZoneSet
    bus : Bus
    """

    def __init__(self, zones: ZoneSet, bus: Bus) -> None:
        self._monitor = ZoneMonitor(zones)
        self._bus = bus
        self._observed = np.empty((0, columns.OBSERVED))

    def observe(
        self, observations: Sequence[tuple[str, Observation]], *, utc_s: float, event_time_s: float
    ) -> list[float]:
        """Take in where vehicles are; returns their clearances in metres, infinite where nothing is forbidden.

        Parameters
        ----------
        observations : sequence of (str, Observation)
            With the ids of the vehicles.
        utc_s : float
            For zones that are limited in time.
        event_time_s : float
            What the events say.
        """
        count = len(observations)
        if count == 0:
            return []
        if len(self._observed) < count:
            self._observed = np.empty((2 * count, columns.OBSERVED))
        for number, (_, observation) in enumerate(observations):
            observation.write(self._observed[number])
        ids = [vehicle_id for vehicle_id, _ in observations]
        for announcement in self._monitor.observe(ids, self._observed[:count], utc_s):
            event = _event_of(announcement, event_time_s)
            if event is not None:
                self._bus.publish(event)
        clearances_m, _ = self._monitor.clearances(count)
        return [float(clearance_m) for clearance_m in clearances_m]

    def alerts_of(self, vehicle_id: str) -> tuple[Alert, ...]:
        """Give the alerts of a vehicle, the most urgent first."""
        return self._monitor.alerts_of(vehicle_id)

    def forget(self, vehicle_id: str) -> None:
        """Forget a vehicle that is gone."""
        self._monitor.forget(vehicle_id)

    def clearance_m(
        self, position: LatLon, *, alt_rel_m: float, alt_amsl_m: float = math.nan, utc_s: float | None
    ) -> tuple[float, str | None]:
        """Give the clearance of a place, and the nearest zone's id."""
        return self._monitor.clearance_m(position, alt_rel_m=alt_rel_m, alt_amsl_m=alt_amsl_m, utc_s=utc_s)

    def is_way_home_clear(self, state: VehicleState, utc_s: float | None) -> bool:
        """Whether the straight way home leads through nothing forbidden, at the present and the return's altitude.

        A vehicle inside forbidden space may leave it on the way. Where home is not known nobody can say, and it is not.
        """
        if state.position is None or state.home is None or state.alt_rel_m is None:
            return False
        alts_m = {state.alt_rel_m, max(state.alt_rel_m, RETURN_ALT_M)}
        return all(self._is_clear(state.position, state.home, state, alt_m, utc_s) for alt_m in alts_m)

    def _is_clear(
        self, start: LatLon, end: LatLon, state: VehicleState, alt_rel_m: float, utc_s: float | None
    ) -> bool:
        azimuth_deg, _, length_m = _GEOD.inv(start.lon_deg, start.lat_deg, end.lon_deg, end.lat_deg)
        lift_m = math.nan
        if state.alt_amsl_m is not None and state.alt_rel_m is not None:
            lift_m = state.alt_amsl_m - state.alt_rel_m
        away_m, was_clear = 0.0, False
        for _ in range(_STEPS_MOST):
            lon_deg, lat_deg, _ = _GEOD.fwd(start.lon_deg, start.lat_deg, azimuth_deg, min(away_m, length_m))
            clearance_m, _ = self.clearance_m(
                LatLon(float(lat_deg), float(lon_deg)),
                alt_rel_m=alt_rel_m,
                alt_amsl_m=alt_rel_m + lift_m,
                utc_s=utc_s,
            )
            if clearance_m < 0.0 and (was_clear or max(away_m, -clearance_m) > _LEAVES_WITHIN_M):
                return False
            was_clear = was_clear or clearance_m >= 0.0
            if away_m >= length_m:
                return was_clear
            away_m += max(abs(clearance_m), _STEP_M)
        return False


def _event_of(announcement: Announcement, time_s: float) -> Event | None:
    alert, vehicle_id = announcement.alert, announcement.drone_id
    match alert.level:
        case AlertLevel.NONE:
            return BreachCleared(time_s=time_s, vehicle_id=vehicle_id, zone_id=alert.zone.zone_id)
        case AlertLevel.BREACHED:
            is_known = alert.limit is not AlertLimit.SCHEDULE
            return ZoneViolated(
                time_s=time_s,
                vehicle_id=vehicle_id,
                zone_id=alert.zone.zone_id,
                clearance_m=-abs(alert.distance_m) if is_known else -math.inf,
            )
        case AlertLevel.PREDICTED | AlertLevel.CERTAIN:
            if announcement.was > alert.level:
                return None
            return BreachPredicted(
                time_s=time_s,
                vehicle_id=vehicle_id,
                zone_id=alert.zone.zone_id,
                colour=alert.colour.value,
                limit=alert.limit.value,
                distance_m=alert.distance_m,
                time_to_breach_s=alert.time_to_breach_s,
                action=alert.action.value,
            )
        case _:
            assert_never(alert.level)
