"""What many queries hit, as plain arrays."""

from dataclasses import dataclass
from typing import Any

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
        return Hits(kept_starts(self.starts, is_kept), self.volumes[is_kept])


def lengthened(array: NDArray[Any], done: int, count: int, reserve: int) -> NDArray[Any]:
    """Copy an array to a longer one: room for as much again as the share that is done suggests, and a reserve."""
    expected = 1.2 * len(array) * count / done if done > count // 8 else 4.0 * len(array)
    longer = np.empty(int(expected) + reserve, dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def kept_starts(starts: NDArray[np.int64], is_kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give where rows start once only some of their entries are kept."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(is_kept, dtype=np.int64)))[starts]


def united(hits: Hits, more: Hits, numbers: NDArray[np.intp]) -> Hits:
    """Add hits of some queries, whose numbers are given, to those of all."""
    pairs = np.unique(
        np.column_stack(
            (
                np.concatenate((hits.queries, numbers[more.queries])),
                np.concatenate((hits.volumes, more.volumes)),
            )
        ),
        axis=0,
    )
    return Hits(np.searchsorted(pairs[:, 0], np.arange(len(hits) + 1)), pairs[:, 1].astype(np.int32))
