"""From when until when something is, as far as anybody knows."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geofence.refusal import GeofenceError


@dataclass(frozen=True, slots=True)
class UtcSpan:
    """First and last moment of n queries (or of all, shape (1,)): seconds since 1970, NaN where unknown."""

    from_utc_s: NDArray[np.float64]
    to_utc_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        if np.any(self.from_utc_s > self.to_utc_s):
            raise GeofenceError("a time span ends before it starts", remedy="Give from and to in that order")
        if np.isinf(self.from_utc_s).any() or np.isinf(self.to_utc_s).any():
            raise GeofenceError("a time is infinite", remedy="Give seconds since 1970, or NaN where unknown")

    def __len__(self) -> int:
        return len(self.from_utc_s)

    @classmethod
    def at(cls, utc_s: ArrayLike) -> Self:
        """Say at which moments points are: one, or n of them."""
        return cls.between(utc_s, utc_s)

    @classmethod
    def between(cls, from_utc_s: ArrayLike, to_utc_s: ArrayLike) -> Self:
        """Say between which moments legs or sweeps are.

        Raises
        ------
        GeofenceError
            Where one ends before it starts.
        """
        return cls(
            np.atleast_1d(np.asarray(from_utc_s, dtype=np.float64)),
            np.atleast_1d(np.asarray(to_utc_s, dtype=np.float64)),
        )


UNKNOWN_TIME = UtcSpan.at(np.nan)
