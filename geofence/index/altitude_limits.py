"""The bands of many volumes as arrays."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geofence.altitude_band import AltitudeBand, AltitudeDatum
from geofence.index.altitude_span import AltitudeSpan
from geofence.zone import Volume, ZoneKind

_DATUMS = tuple(AltitudeDatum)


class AltitudeLimits:
    """Floors and ceilings of volumes, each in its own datum.

    Parameters
    ----------
    volumes : sequence of Volume
    kinds : sequence of ZoneKind
        Of their zones: where an altitude is unknown, inclusions do not hold.
    """

    def __init__(self, volumes: Sequence[Volume], kinds: Sequence[ZoneKind]) -> None:
        bands = [volume.band for volume in volumes]
        self._floors_m = np.array([_floor_m(band) for band in bands], dtype=np.float64)
        self._ceilings_m = np.array(
            [np.inf if band.ceiling_m is None else band.ceiling_m for band in bands], dtype=np.float64
        )
        self._floor_datums = np.array([_DATUMS.index(band.datums[0]) for band in bands], dtype=np.int8)
        self._ceiling_datums = np.array([_DATUMS.index(band.datums[1]) for band in bands], dtype=np.int8)
        self._holds_when_unknown = np.array(
            [kind is not ZoneKind.INCLUSION for kind in kinds], dtype=np.bool_
        )

    def meets(
        self, volumes: NDArray[np.int32], queries: NDArray[np.int64], altitudes: AltitudeSpan
    ) -> NDArray[np.bool_]:
        """Say of pairs of a volume and a query whether the band meets the query's altitudes, limits included."""
        lows_m, highs_m = (
            np.stack([np.broadcast_to(altitudes.of(datum)[side], len(altitudes)) for datum in _DATUMS])
            for side in (0, 1)
        )
        if len(altitudes) == 1:
            queries = np.zeros_like(queries)
        highs_m = highs_m[self._floor_datums[volumes], queries]
        lows_m = lows_m[self._ceiling_datums[volumes], queries]
        floors_m, ceilings_m = self._floors_m[volumes], self._ceilings_m[volumes]
        when_unknown = self._holds_when_unknown[volumes]
        is_above_floor = np.where(np.isnan(highs_m), when_unknown, highs_m >= floors_m) | np.isneginf(
            floors_m
        )
        is_below_ceiling = np.where(np.isnan(lows_m), when_unknown, lows_m <= ceilings_m) | np.isposinf(
            ceilings_m
        )
        meets: NDArray[np.bool_] = is_above_floor & is_below_ceiling
        return meets


def _floor_m(band: AltitudeBand) -> float:
    # Nothing lies below the ground.
    if band.floor_m is None or (band.datum is AltitudeDatum.AGL and band.floor_m <= 0.0):
        return -np.inf
    return band.floor_m
