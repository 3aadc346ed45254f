"""Times of a recording that damage has thrown far off."""

import numpy as np
import pytest

from telemetry.wire.stray_stamps import without_strays

ROW = np.arange(1000.0, 1100.0)


def test_what_leaps_away_and_back_is_put_among_its_neighbours():
    row = ROW.copy()
    row[[0, 40, 60, 61, 99]] = [1.8e13, -5.0, 4e14, 1.8e13, 1.8e13]
    mended = without_strays(row)
    assert np.abs(mended - ROW).max() <= 3.0
    micros = without_strays((np.minimum(row, 9e12) * 1e6).astype(np.int64), per_s=1e6)
    assert micros.dtype == np.int64
    assert np.abs(micros - ROW * 1e6).max() <= 3e6


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        np.concatenate([ROW, ROW + 86_400.0]),
        np.concatenate([ROW, ROW - 86_400.0]),
        np.array([1.0, 9e9]),
        np.array([5.0]),
    ],
)
def test_pauses_and_clocks_that_were_set_stay(row):
    assert (without_strays(row) == row).all()
