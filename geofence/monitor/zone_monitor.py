"""Watches drones over zones: how far each is from every limit, and how long until it breaks one."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geofence.latlon import LatLon
from geofence.monitor import columns as c
from geofence.monitor.alert import Alert, AlertLevel, AlertLimit, Announcement
from geofence.monitor.observation import Observation
from geofence.monitor.zone_arrays import ZoneArrays
from geofence.zone_set import ZoneSet

_LIMITS = tuple(AlertLimit)
_FIRST_SLOTS = 16


class ZoneMonitor:
    """Judges every drone by every zone near it.

    Forbidden is what lies inside exclusions, within their bands and times, and outside the union of the inclusions
    that allow the altitude at that time. Floors of inclusions are left out: a drone that takes off or lands passes
    them rightly. Altitudes above ground count as above home where the drone does not say the ground's. On doubt the
    stricter reading holds: a band or a time that nobody knows is one of an exclusion and none of an inclusion; only
    a drone that says no altitude at all is not judged by the ceilings of inclusions.

    An alert is yellow when a breach is predicted within the warning time (`motion.LEAD` of it, from speed, climb and
    acceleration), red when the last moment has come at which the drone can be stopped, as `stopping` says, or when it
    is where it must not be. Advisories are never red. An alert grows at once and falls only after the drone has kept
    well clear of it for `alert_memory.CLEAR_S`. A drone that keeps to its verified route is trusted to turn where the
    route does, as long as it is slow enough for that.

    What is judged is compiled at the first use on a machine, which takes some seconds, and kept.

    Parameters
    ----------
    zones : ZoneSet
        Of any extent.
    """

    def __init__(self, zones: ZoneSet) -> None:
        # Compiled code is loaded where it is wanted only.
        from geofence.monitor import assessment, inclusion_allowance

        self._assess_drones: Any = assessment.assess
        self._allowance: Any = inclusion_allowance
        self._zones = zones.zones
        self._arrays = ZoneArrays(zones)
        self._slots: dict[str, int] = {}
        self._free: list[int] = []
        self._moved = np.empty((0, c.MOVED))
        self._kept = np.empty((0, c.ALERTS_MOST, c.KEPT))
        self._found = np.empty((c.ALERTS_MOST, c.KEPT))
        self._rooms: dict[int, _Room] = {}
        self._grow(_FIRST_SLOTS)
        self._asking = (np.zeros((1, c.MOVED)), np.full((1, c.ALERTS_MOST, c.KEPT), -1.0))
        # Compiles now what is not compiled yet, and not while drones fly.
        self.clearance_m(LatLon(0.0, 0.0), alt_rel_m=0.0)

    def observe(
        self, drone_ids: Sequence[str], observed: NDArray[np.float64], utc_s: float | None
    ) -> list[Announcement]:
        """Take in where drones are now.

        Parameters
        ----------
        drone_ids : sequence of str
            Each once.
        observed : array of shape (n, columns.OBSERVED)
            As `Observation.write` fills it.
        utc_s : float or None
            For zones that are limited in time.

        Returns
        -------
        list of Announcement
            Every alert that came up, grew, fell or was cleared.
        """
        slots = np.array([self._slot(drone_id) for drone_id in drone_ids], dtype=np.int64)
        room = self._room(len(slots))
        count = self._assess(observed, slots, utc_s, self._moved, self._kept, room)
        return [self._announcement(drone_ids, room.events[number]) for number in range(count)]

    def observe_one(self, drone_id: str, observation: Observation, utc_s: float | None) -> list[Announcement]:
        """Take in where one drone is now."""
        room = self._room(1)
        observation.write(room.observed[0])
        slot = self._slots.get(drone_id)
        room.slots[0] = self._slot(drone_id) if slot is None else slot
        count = self._assess(room.observed, room.slots, utc_s, self._moved, self._kept, room)
        return [self._announcement((drone_id,), room.events[number]) for number in range(count)]

    def clearances(self, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the clearances of the last `count` drones observed together, and the numbers of their zones or -1.

        See Also
        --------
        ZoneMonitor.clearance_m
        """
        clearances = self._room(count).clearances
        return clearances[:, 0], clearances[:, 1]

    def zone_id(self, number: float) -> str | None:
        """Give the id of a zone by its number; None for -1."""
        return None if number < 0 else self._zones[int(number)].zone_id

    def clearance_m(
        self,
        position: LatLon,
        *,
        alt_rel_m: float = math.nan,
        alt_amsl_m: float = math.nan,
        utc_s: float | None = None,
    ) -> tuple[float, str | None]:
        """Distance of a position to the nearest edge of forbidden space, and the zone that edge belongs to.

        Negative inside forbidden space, in depth; the zone is then the deepest of the exclusions round the position,
        or the nearest inclusion. Infinite, and None, where nothing is forbidden at that altitude; minus infinity
        where everything is, for instance above the ceiling of every inclusion. Changes nothing.
        """
        room = self._room(1)
        Observation(
            position=position, time_s=0.0, alt_rel_m=alt_rel_m, alt_amsl_m=alt_amsl_m, is_watched=False
        ).write(room.observed[0])
        room.observed[0, c.EAST_M_S] = room.observed[0, c.NORTH_M_S] = room.observed[0, c.CLIMB_M_S] = 0.0
        room.slots[0] = 0
        self._asking[0][0, c.CLEAR_M] = math.inf
        self._assess(room.observed, room.slots, utc_s, *self._asking, room)
        clearance_m, number = room.clearances[0]
        return float(clearance_m), self.zone_id(number)

    def alerts_of(self, drone_id: str) -> tuple[Alert, ...]:
        """Give the alerts of a drone, the most urgent first."""
        slot = self._slots.get(drone_id)
        if slot is None:
            return ()
        kept = self._kept[slot]
        alerts = [self._alert(row) for row in kept[kept[:, c.ZONE] >= 0.0]]
        return tuple(sorted(alerts, key=lambda alert: (-alert.level, alert.time_to_breach_s)))

    def forget(self, drone_id: str) -> None:
        """Forget a drone that is gone."""
        slot = self._slots.pop(drone_id, None)
        if slot is not None:
            self._clear(slot)
            self._free.append(slot)

    def _assess(
        self,
        observed: NDArray[np.float64],
        slots: NDArray[np.int64],
        utc_s: float | None,
        moved: NDArray[np.float64],
        kept: NDArray[np.float64],
        room: "_Room",
    ) -> int:
        self._arrays.follow(utc_s)
        now_utc_s = 0.0 if utc_s is None or not math.isfinite(utc_s) else utc_s
        drone = count = 0
        while True:
            drone, missing, count = self._assess_drones(
                drone,
                observed,
                slots,
                self._arrays.arrays,
                now_utc_s,
                moved,
                kept,
                self._found,
                room.unions,
                room.clearances,
                room.events,
                count,
            )
            if missing < 0:
                return int(count)
            self._add_union(observed[drone], moved[slots[drone]], now_utc_s, missing, room)

    def _add_union(
        self,
        row: NDArray[np.float64],
        moved: NDArray[np.float64],
        utc_s: float,
        number: int,
        room: "_Room",
    ) -> None:
        """Make one of the unions of inclusions that a drone is judged by."""
        zones = self._arrays.arrays
        look = self._allowance.looks(row, moved, utc_s, number)
        is_chosen = np.array(
            [
                self._allowance.allows(row, zones, inclusion, *look)
                for inclusion in range(self._arrays.first_inclusion, len(zones.marks))
            ]
        )
        self._arrays.add_union(int(room.unions[number]), is_chosen)

    def _announcement(self, drone_ids: Sequence[str], event: NDArray[np.float64]) -> Announcement:
        return Announcement(
            drone_ids[int(event[c.EVENT_DRONE])],
            self._alert(event[c.EVENT_ALERT :]),
            AlertLevel(int(event[c.EVENT_WAS])),
        )

    def _alert(self, row: NDArray[np.float64]) -> Alert:
        _, level, limit, distance_m, breach_s, _, owner = row.tolist()
        return Alert(
            zone=self._zones[int(owner)],
            level=AlertLevel(int(level)),
            limit=_LIMITS[int(limit)],
            distance_m=distance_m,
            time_to_breach_s=breach_s,
        )

    def _slot(self, drone_id: str) -> int:
        slot = self._slots.get(drone_id)
        if slot is None:
            if not self._free:
                self._grow(len(self._moved))
            slot = self._slots[drone_id] = self._free.pop()
        return slot

    def _grow(self, more: int) -> None:
        first = len(self._moved)
        self._moved = np.vstack((self._moved, np.empty((more, c.MOVED))))
        self._kept = np.vstack((self._kept, np.empty((more, c.ALERTS_MOST, c.KEPT))))
        for slot in range(first, first + more):
            self._clear(slot)
        self._free += reversed(range(first, first + more))

    def _clear(self, slot: int) -> None:
        self._moved[slot] = 0.0
        self._moved[slot, c.MOVED_TIME_S] = -math.inf
        self._moved[slot, c.CLEAR_M] = math.inf
        self._kept[slot] = -1.0

    def _room(self, count: int) -> "_Room":
        room = self._rooms.get(count)
        if room is None:
            if len(self._rooms) > 32:
                self._rooms.clear()
            room = self._rooms[count] = _Room(count)
        return room


class _Room:
    """Arrays to work in for some drones."""

    def __init__(self, count: int) -> None:
        self.observed = np.empty((count, c.OBSERVED))
        self.slots = np.empty(count, dtype=np.int64)
        self.unions = np.empty(3, dtype=np.int64)
        self.clearances = np.empty((count, 2))
        self.events = np.empty((2 * count * c.ALERTS_MOST, c.EVENT_ALERT + c.KEPT))
