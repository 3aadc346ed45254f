"""From which to which altitude something is, as far as anybody knows."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geofence.altitude_band import AltitudeDatum
from geofence.refusal import GeofenceError

Limits = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class AltitudeSpan:
    """The lowest and the highest altitude of n queries (or of all, shape (1,)), by datum.

    Parameters
    ----------
    limits_m : dict of AltitudeDatum to (low, high)
        Metres, both included. NaN where unknown; a datum that is left out is unknown altogether.
    """

    limits_m: dict[AltitudeDatum, Limits]

    def __post_init__(self) -> None:
        for datum, (low_m, high_m) in self.limits_m.items():
            if np.any(low_m > high_m):
                raise GeofenceError(
                    f"the lowest altitude ({datum}) is above the highest",
                    remedy="Give low and high in that order",
                )

    def __len__(self) -> int:
        return max((len(low_m) for low_m, _ in self.limits_m.values()), default=1)

    @classmethod
    def at(
        cls,
        *,
        rel_m: ArrayLike | None = None,
        amsl_m: ArrayLike | None = None,
        agl_m: ArrayLike | None = None,
        ellipsoid_m: ArrayLike | None = None,
    ) -> Self:
        """Say at which altitudes points are; every argument is one number or n of them, NaN where unknown."""
        return cls.between(
            rel_m=None if rel_m is None else (rel_m, rel_m),
            amsl_m=None if amsl_m is None else (amsl_m, amsl_m),
            agl_m=None if agl_m is None else (agl_m, agl_m),
            ellipsoid_m=None if ellipsoid_m is None else (ellipsoid_m, ellipsoid_m),
        )

    @classmethod
    def between(
        cls,
        *,
        rel_m: tuple[ArrayLike, ArrayLike] | None = None,
        amsl_m: tuple[ArrayLike, ArrayLike] | None = None,
        agl_m: tuple[ArrayLike, ArrayLike] | None = None,
        ellipsoid_m: tuple[ArrayLike, ArrayLike] | None = None,
    ) -> Self:
        """Say between which altitudes legs or sweeps are: (lowest, highest).

        Raises
        ------
        GeofenceError
            Where the lowest is above the highest.
        """
        given = {
            AltitudeDatum.REL: rel_m,
            AltitudeDatum.AMSL: amsl_m,
            AltitudeDatum.AGL: agl_m,
            AltitudeDatum.ELLIPSOID: ellipsoid_m,
        }
        return cls(
            {
                datum: (_row_m(limits[0]), _row_m(limits[1]))
                for datum, limits in given.items()
                if limits is not None
            }
        )

    def of(self, datum: AltitudeDatum) -> Limits:
        """Give lowest and highest counted from a datum, shape (n,) or (1,); NaN where unknown."""
        unknown = np.full(1, np.nan)
        return self.limits_m.get(datum, (unknown, unknown))


UNKNOWN_ALTITUDE = AltitudeSpan({})


def _row_m(altitude_m: ArrayLike) -> NDArray[np.float64]:
    return np.atleast_1d(np.asarray(altitude_m, dtype=np.float64))
