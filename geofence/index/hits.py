"""What many queries hit, as plain arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Hits:
    """Which volumes each of n queries hits, in compressed rows.

    Parameters
    ----------
    starts : array of int64, shape (n + 1,)
        The hits of query i are `volumes[starts[i]:starts[i + 1]]`.
    volumes : array of int32
        Rows of `ZoneIndex.volumes`, ascending within a query, each at most once.
    """

    starts: NDArray[np.int64]
    volumes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def queries(self) -> NDArray[np.int64]:
        """Number of the query of each hit."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.starts))

    def of_query(self, number: int) -> NDArray[np.int32]:
        """Give the volumes that one query hits."""
        return self.volumes[self.starts[number] : self.starts[number + 1]]

    def only(self, is_kept: NDArray[np.bool_]) -> "Hits":
        """Keep some of the hits; one flag each."""
        if is_kept.all():
            return self
        kept_before = np.concatenate(([0], np.cumsum(is_kept, dtype=np.int64)))
        return Hits(kept_before[self.starts], self.volumes[is_kept])
