"""The recorded flights, flown again with what the station said then."""

from pathlib import Path

import pytest

from tests.simulator.recorded_flight import read_and_fly_again

pytestmark = pytest.mark.recorded


@pytest.mark.parametrize(
    ("name", "legs", "off_track_m"),
    [
        ("01-auto-survey-rtl", 12, 0.5),
        ("04-guided-and-mission-control", 2, 1.5),
        # At the end of what the lean allows, in gusts that nobody recorded.
        ("07-wind-ekf-prearm", 4, 2.0),
    ],
)
def test_a_recorded_flight_is_flown_as_it_was(
    recordings: Path, name: str, legs: int, off_track_m: float
) -> None:
    recorded, flown = read_and_fly_again(recordings / f"{name}.tlog")
    assert [seq for _, seq in flown.reached] == [seq for _, seq in recorded.reached]
    recorded_s, flown_s = (each.item_times_s() + each.leg_times_s() for each in (recorded, flown))
    assert len(recorded_s) == legs
    assert flown_s == pytest.approx(recorded_s, rel=0.10)
    whole_s, flown_whole_s = (each.disarmed_s - each.armed_s for each in (recorded, flown))
    assert flown_whole_s == pytest.approx(whole_s, rel=0.05)
    assert flown.consumed_mah == pytest.approx(recorded.consumed_mah, rel=0.15)
    assert recorded.off_track_rms_m(flown) < off_track_m
