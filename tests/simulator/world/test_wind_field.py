import numpy as np
import pytest

from simulator.world.air.wind_field import WindField, WindSettings
from simulator.world.time_table import TimeTable


def test_wind_turns_by_the_table_and_grows_with_height_by_the_power_law() -> None:
    settings = WindSettings(
        TimeTable.of([(0.0, 0.0), (100.0, -8.0)]), TimeTable.of([(0.0, 4.0), (100.0, 0.0)]), exponent=0.2
    )
    field = WindField(settings, 3, seed=1)
    for _ in range(50):
        field.step(1.0)
    north_m_s, east_m_s = field.blow(np.array([10.0, 100.0, 0.0]))
    assert (north_m_s[0], east_m_s[0]) == pytest.approx((-4.0, 2.0))
    assert north_m_s[1] / north_m_s[0] == pytest.approx(10.0**0.2)
    assert north_m_s[2] / north_m_s[0] == pytest.approx(0.1**0.2)  # at the ground as a metre above it


def test_gusts_have_the_given_spread_and_memory_and_are_each_vehicles_own() -> None:
    settings = WindSettings(gust_m_s=1.5, gust_s=4.0, exponent=0.0)
    field = WindField(settings, 40, seed=3)
    history = []
    for _ in range(4_000):
        field.step(0.5)
        history.append(field.blow(np.full(40, 10.0))[0])
    gusts = np.array(history)
    assert gusts.std() == pytest.approx(1.5, rel=0.05)
    later = np.mean(gusts[:-8] * gusts[8:]) / gusts.var()
    assert later == pytest.approx(np.exp(-1.0), abs=0.05)
    assert abs(np.corrcoef(gusts[:, 0], gusts[:, 1])[0, 1]) < 0.2


def test_the_same_seed_blows_the_same_gusts() -> None:
    fields = [WindField(WindSettings(gust_m_s=1.0), 5, seed) for seed in (1, 1, 2)]
    for field in fields:
        for _ in range(20):
            field.step(0.02)
    winds = [field.blow(np.full(5, 10.0))[1].tolist() for field in fields]
    assert winds[0] == winds[1]
    assert winds[0] != winds[2]
