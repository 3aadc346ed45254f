"""A zone set as the arrays that compiled code judges by."""

import math

import numpy as np
from numpy.typing import NDArray

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.monitor.allowed_unions import AllowedUnions
from geofence.monitor.monitored_zones import (
    END_UTC_S,
    IS_ADVISORY,
    START_UTC_S,
    ZONE_NUMBER,
    MonitoredZones,
)
from geofence.monitor.packed_areas import beyond_antimeridian, joined, pack_areas
from geofence.monitor.schedule import ZoneSchedule
from geofence.zone import Volume, ZoneKind
from geofence.zone_set import ZoneSet

GROUP_VOLUMES = 16
_DATUMS = (AltitudeDatum.AGL, AltitudeDatum.REL, AltitudeDatum.AMSL, AltitudeDatum.ELLIPSOID)
_CELLS = 1024.0


class ZoneArrays:
    """The arrays of a zone set, kept up with the time and with the unions of inclusions that are asked for.

    Parameters
    ----------
    zones : ZoneSet

    Attributes
    ----------
    arrays : MonitoredZones
    """

    def __init__(self, zones: ZoneSet) -> None:
        self._schedule = ZoneSchedule(zones.zones)
        numbered = list(enumerate(zones.zones))
        forbidding = _in_order(
            [
                (number, volume)
                for number, zone in numbered
                if zone.kind is not ZoneKind.INCLUSION
                for volume in zone.volumes
            ]
        )
        allowing = [
            (number, volume)
            for number, zone in numbered
            if zone.kind is ZoneKind.INCLUSION
            for volume in zone.volumes
        ]
        rows = [*forbidding, *allowing]
        self._row_zones = np.array([number for number, _ in rows], dtype=np.int64)
        inclusions = np.empty(len(allowing), dtype=object)
        inclusions[:] = [volume.area for _, volume in allowing]
        self._unions = AllowedUnions(inclusions, self._row_zones[len(forbidding) :])
        self._areas = pack_areas([volume.area for _, volume in rows])
        group_boxes_deg, group_starts = _groups(self._areas.boxes_deg[: len(forbidding)])
        limits = np.empty((len(rows), 4))
        limits[:, :2] = np.array([_limits_m(volume.band) for _, volume in rows]).reshape(-1, 2)
        marks = np.empty((len(rows), 4), dtype=np.int64)
        marks[:, :2] = np.array(
            [[_DATUMS.index(datum) for datum in volume.band.datums] for _, volume in rows], dtype=np.int64
        ).reshape(-1, 2)
        marks[:, ZONE_NUMBER] = self._row_zones
        marks[:, IS_ADVISORY] = [zones.zones[number].kind is ZoneKind.ADVISORY for number, _ in rows]
        self.arrays = MonitoredZones(
            areas=self._areas,
            group_boxes_deg=group_boxes_deg,
            group_starts=group_starts,
            limits=limits,
            marks=marks,
            union_keys=self._unions.keys,
            edge_owners=self._unions.edge_owners,
        )
        self._write_times()

    @property
    def first_inclusion(self) -> int:
        """The row of the first inclusion."""
        return int(self.arrays.group_starts[-1])

    @property
    def has_inclusions(self) -> bool:
        """Whether flight is bounded at all."""
        return self.first_inclusion < len(self._row_zones)

    def follow(self, utc_s: float | None) -> None:
        """Bring the times of the zones up to date."""
        if self._schedule.follow(utc_s):
            self._write_times()

    def add_union(self, key: int, is_chosen: NDArray[np.bool_]) -> None:
        """Unite some of the inclusion volumes for those who ask for the key."""
        self._unions.add(key, is_chosen)
        self.arrays = self.arrays._replace(
            areas=joined(self._areas, self._unions.packed()),
            union_keys=self._unions.keys,
            edge_owners=self._unions.edge_owners,
        )

    def _write_times(self) -> None:
        self.arrays.limits[:, [START_UTC_S, END_UTC_S]] = self._schedule.times_utc_s[self._row_zones]


def _limits_m(band: AltitudeBand) -> tuple[float, float]:
    floor_m = -math.inf if band.floor_m is None else band.floor_m
    # Nothing lies below the ground.
    if band.datum is AltitudeDatum.AGL and floor_m <= 0.0:
        floor_m = -math.inf
    return floor_m, math.inf if band.ceiling_m is None else band.ceiling_m


def _in_order(rows: list[tuple[int, Volume]]) -> list[tuple[int, Volume]]:
    """Put neighbours next to one another (Morton's order of their middles), those beyond 180 degrees last."""
    if not rows:
        return rows
    boxes_deg = np.array([beyond_antimeridian(volume.area).bounds for _, volume in rows])
    middles = 0.5 * (boxes_deg[:, :2] + boxes_deg[:, 2:])
    low, high = middles.min(axis=0), middles.max(axis=0)
    cells = ((middles - low) / np.maximum(high - low, 1e-9) * (_CELLS - 1.0)).astype(np.int64)
    codes = np.zeros(len(rows), dtype=np.int64)
    for bit in range(10):
        codes |= (cells[:, 0] >> bit & 1) << 2 * bit | (cells[:, 1] >> bit & 1) << 2 * bit + 1
    return [rows[row] for row in np.lexsort((codes, boxes_deg[:, 2] > 180.0))]


def _groups(boxes_deg: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Group runs of volumes; those beyond 180 degrees are in no group with others."""
    is_beyond = boxes_deg[:, 2] > 180.0
    border = len(boxes_deg) - int(is_beyond.sum())
    starts = [*range(0, border, GROUP_VOLUMES), *range(border, len(boxes_deg), GROUP_VOLUMES)]
    ends = [*starts, len(boxes_deg)][1:]
    boxes = [
        (*boxes_deg[start:end, :2].min(axis=0), *boxes_deg[start:end, 2:].max(axis=0))
        for start, end in zip(starts, ends, strict=True)
        if end > start
    ]
    group_starts = [*starts, len(boxes_deg)] if boxes else [0]
    return np.array(boxes, dtype=np.float64).reshape(-1, 4), np.array(group_starts, dtype=np.int64)
