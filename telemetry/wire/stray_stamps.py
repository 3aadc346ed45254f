"""Stamps of a damaged recording that leap away from those round them and back."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Number = TypeVar("_Number", np.int64, np.float64)

_FAR_S = 60.0
_EACH_SIDE = 2


def without_strays(stamps: NDArray[_Number], *, per_s: float = 1.0) -> NDArray[_Number]:
    """Put what lies farther than a minute from the median of the five round it on that median.

    Pauses and clocks that were set stay as they are: of a row that rises, each stamp is its own median.

    Parameters
    ----------
    stamps : numpy.ndarray
        In the order of the recording.
    per_s : float
        How many of their units make a second.
    """
    far = _FAR_S * per_s
    leaps = np.flatnonzero(np.abs(np.diff(stamps.astype(np.float64))) > far)
    if not len(leaps) or len(stamps) <= 2 * _EACH_SIDE:
        return stamps
    reach = np.arange(-_EACH_SIDE, _EACH_SIDE + 1)
    places = np.unique(np.concatenate([leaps, leaps + 1]))
    round_them = np.clip(places, _EACH_SIDE, len(stamps) - 1 - _EACH_SIDE)[:, None] + reach
    middle = np.sort(stamps[round_them], axis=1)[:, _EACH_SIDE]
    is_stray = np.abs(stamps[places].astype(np.float64) - middle.astype(np.float64)) > far
    mended = stamps.copy()
    mended[places[is_stray]] = middle[is_stray]
    return mended
