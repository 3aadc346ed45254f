"""Orders of tasks, a drone each, and what they cost."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from missions.fleet.split import Split, split_order
from missions.fleet.tables import Tables

SUM_SHARE = 0.1
AIR_SHARE = 0.02
"""Of the mean homecoming and of all time in the air, beside the last homecoming."""

_SWAPPED_SHARE = 0.25


class Orders(NamedTuple):
    """What every drone flies: D drones, K tasks.

    Parameters
    ----------
    codes : array, shape (D, K)
        Codes of tasks in order, see `Tables`.
    counts : array, shape (D,)
    is_left_out : array, shape (K,)
        Tasks that nobody flies.
    """

    codes: NDArray[np.int64]
    counts: NDArray[np.int64]
    is_left_out: NDArray[np.bool_]


class Loads(NamedTuple):
    """What the orders cost.

    Parameters
    ----------
    home_s, air_s : arrays, shape (D,)
        When each drone is home, and how long it is in the air.
    change_s : array, shape (D,)
        What was taken from others or out of order.
    is_cut : array, shape (D, K + 1)
        Whether a flight ends after so many tasks.
    """

    home_s: NDArray[np.float64]
    air_s: NDArray[np.float64]
    change_s: NDArray[np.float64]
    is_cut: NDArray[np.bool_]


def no_orders(drones: int, tasks: int) -> Orders:
    """Nobody flies anything."""
    return Orders(
        np.zeros((drones, tasks), dtype=np.int64),
        np.zeros(drones, dtype=np.int64),
        np.ones(tasks, dtype=np.bool_),
    )


@compiled
def empty_loads(drones: int, tasks: int) -> Loads:
    """Make room for the loads of so many drones."""
    return Loads(
        np.zeros(drones), np.zeros(drones), np.zeros(drones), np.zeros((drones, tasks + 1), dtype=np.bool_)
    )


# Loops, not slices: what numba needs to say that two slices do not fit takes it seconds to compile.
@compiled
def copy_orders(orders: Orders, to: Orders) -> None:
    """Copy orders over others."""
    for drone in range(len(orders.counts)):
        to.counts[drone] = orders.counts[drone]
        for i in range(orders.counts[drone]):
            to.codes[drone, i] = orders.codes[drone, i]
    for task in range(len(orders.is_left_out)):
        to.is_left_out[task] = orders.is_left_out[task]


@compiled
def copy_all(orders: Orders, loads: Loads, to: Orders, to_loads: Loads) -> None:
    """Copy orders and loads over others."""
    copy_orders(orders, to)
    for drone in range(len(orders.counts)):
        for i in range(orders.counts[drone] + 1):
            to_loads.is_cut[drone, i] = loads.is_cut[drone, i]
        to_loads.home_s[drone] = loads.home_s[drone]
        to_loads.air_s[drone] = loads.air_s[drone]
        to_loads.change_s[drone] = loads.change_s[drone]


@compiled
def cost_of(tables: Tables, orders: Orders, loads: Loads) -> float:
    """Seconds: the last one home, a little of all, and what is left out or changed."""
    drones = len(orders.counts)
    last_s, cost = 0.0, 0.0
    for drone in range(drones):
        last_s = max(last_s, loads.home_s[drone])
        cost += SUM_SHARE * loads.home_s[drone] / drones + AIR_SHARE * loads.air_s[drone]
        cost += loads.change_s[drone]
    cost += last_s
    for task in range(len(orders.is_left_out)):
        if orders.is_left_out[task]:
            cost += tables.penalty_s[task]
    return cost


@compiled
def change_of(tables: Tables, drone: int, order: NDArray[np.int64], count: int) -> float:
    """Seconds that count for tasks taken from other drones, and a quarter for each out of its order."""
    changed = 0.0
    highest = -1
    for i in range(count):
        task = order[i] >> 1
        if tables.owner[task] == drone:
            if tables.rank[task] < highest:
                changed += _SWAPPED_SHARE
            else:
                highest = tables.rank[task]
        elif tables.owner[task] >= 0:
            changed += 1.0
    return changed * tables.change_s


@compiled
def weigh(tables: Tables, orders: Orders, loads: Loads, drone: int, split: Split) -> None:
    """Cut a drone's order into flights and keep what it costs."""
    count = orders.counts[drone]
    home_s = split_order(tables, drone, orders.codes[drone], count, split)
    is_idle = count == 0 and tables.air[drone] < 0
    # One that stays on its pad is home from the beginning, not only when it could take off: else all before that were free.
    loads.home_s[drone] = tables.ready_s.min() if is_idle else home_s
    loads.air_s[drone] = split.air_s[count] if home_s < np.inf else np.inf
    loads.change_s[drone] = change_of(tables, drone, orders.codes[drone], count)
    for i in range(count + 1):
        loads.is_cut[drone, i] = False
    loads.is_cut[drone, 0] = loads.is_cut[drone, count] = True
    end = count
    while end > 0 and home_s < np.inf:
        end = split.first[end]
        if end >= 0:
            loads.is_cut[drone, end] = True
