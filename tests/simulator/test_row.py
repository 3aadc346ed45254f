"""Rows are attributes for Python and fields of an array for kernels."""

import ctypes

import numpy as np

from simulator.airframe.wind import GUST_TIME_S, Wind, WindProfile
from simulator.row import Row
from simulator.vehicles import Vehicle, Vehicles


class Inner(Row):
    number: float = 2.5
    is_on: bool


class Outer(Row):
    count: int
    inner: Inner


def test_a_row_begins_with_the_values_of_its_class() -> None:
    row = Outer()
    row.count, row.inner.is_on, row.inner.number = 3, True, 7.0
    assert (row.count, row.inner.is_on, row.inner.number) == (3, True, 7.0)
    row.reset()
    assert (row.count, row.inner.is_on, row.inner.number) == (0, False, 2.5)


def test_arrays_and_attributes_are_the_same_memory() -> None:
    vehicles = Vehicles(3)
    vehicles.rows[1].body.ground_up_m = 4.0
    assert list(vehicles.array["body"]["ground_up_m"]) == [0.0, 4.0, 0.0]
    vehicles.array["wind"]["mean_north_m_s"][:] = (1.0, 2.0, 3.0)
    assert [row.wind.mean_north_m_s for row in vehicles.rows] == [1.0, 2.0, 3.0]
    assert vehicles.array.itemsize == ctypes.sizeof(Vehicle)


def test_only_vehicles_that_are_due_move_and_ground_lies_where_the_array_says() -> None:
    vehicles = Vehicles(3)
    for number, row in enumerate(vehicles.rows):
        row.body.up_m, row.body.is_on_ground = 10.0, False
        row.is_due = number != 1
    vehicles.array["body"]["ground_up_m"] = (0.0, 0.0, 9.5)
    for _ in range(100):
        vehicles.step(0.02)
        for number, row in enumerate(vehicles.rows):
            row.is_due = number != 1
    assert [round(row.body.up_m, 6) for row in vehicles.rows] == [0.0, 10.0, 9.5]
    assert [row.body.is_on_ground for row in vehicles.rows] == [True, False, True]


def test_gusts_are_as_strong_and_as_long_as_asked_for() -> None:
    vehicles = Vehicles(1)
    row = vehicles.rows[0]
    row.wind.use_seed("any")
    row.body.up_m, row.wind.profile_alt_m = 0.0, 1.0
    row.wind.profile = WindProfile.NONE
    row.wind.blow(8.0, np.pi, turbulence_m_s=2.0)
    north = np.empty(50_000)
    for number in range(len(north)):
        row.is_due = True
        vehicles.step(GUST_TIME_S / 5)
        north[number] = row.body.wind_north_m_s
    assert abs(north.mean() - 8.0) < 0.3
    assert abs(north.std() - 2.0) < 0.2
    apart = north - north.mean()
    after_a_gust = (apart[5:] * apart[:-5]).mean() / apart.var()
    assert abs(after_a_gust - np.exp(-1.0)) < 0.1
    calm = Wind()
    assert (calm.gust_north_m_s, calm.turbulence_m_s) == (0.0, 0.0)
