"""Search for the order of tasks of every drone: ruin and recreate, with the last one home soonest."""

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from missions.fleet.insertion import NONE, cheapest_place, insert, insert_by_regret
from missions.fleet.orders import Loads, Orders, copy_all, copy_orders, cost_of, empty_loads, weigh
from missions.fleet.split import Split, new_split
from missions.fleet.tables import Tables

_REMOVED_MEAN = 8.0
_STRING_AT_MOST = 8
_HEAT = 0.01
_COLD = 0.0002
_BLINK = 0.01
_FROM_LAST = 0.4
_TRIED_AGAIN = 4.0
"""Of the tasks that were left out before, about so many at most are tried again at a time."""


def searched(tables: Tables, orders: Orders, iterations: int, seed: int) -> Orders:
    """Complete and better orders; the same for the same input.

    What is left out is inserted by regret, then strings of neighbouring tasks are taken out and put back (slack induction
    by string removals, Christiaens and Vanden Berghe, 2020) for so many iterations.
    """
    drones, tasks = orders.codes.shape
    best = Orders(orders.codes.copy(), orders.counts.copy(), orders.is_left_out.copy())
    if drones and tasks:
        _search(tables, best, new_split(tasks), iterations, np.random.default_rng(seed))
    return best


@compiled
def _search(
    tables: Tables, best: Orders, split: Split, iterations: int, generator: np.random.Generator
) -> None:
    drones, tasks = best.codes.shape
    loads = empty_loads(drones, tasks)
    for drone in range(drones):
        weigh(tables, best, loads, drone, split)
    insert_by_regret(tables, best, loads, split, generator)
    codes, counts, is_left_out = best.codes.copy(), best.counts.copy(), best.is_left_out.copy()
    now = Orders(codes, counts, is_left_out)
    now_cost = cost_of(tables, now, loads)
    best_cost = now_cost
    trial = Orders(codes.copy(), counts.copy(), is_left_out.copy())
    trial_loads = empty_loads(drones, tasks)
    heat = 1.0
    for drone in range(drones):
        heat = max(heat, loads.home_s[drone] - tables.ready_s[drone])
    heat *= _HEAT
    cooling = (_COLD / _HEAT) ** (1.0 / max(iterations, 1))
    for _ in range(iterations):
        copy_all(now, loads, trial, trial_loads)
        _ruin(tables, trial, trial_loads, split, generator)
        _recreate(tables, trial, trial_loads, now.is_left_out, split, generator)
        cost = cost_of(tables, trial, trial_loads)
        heat *= cooling
        if cost < now_cost - heat * np.log(generator.random()):
            copy_all(trial, trial_loads, now, loads)
            now_cost = cost
            if cost < best_cost - 1e-9:
                best_cost = cost
                copy_orders(trial, best)


@compiled
def _ruin(tables: Tables, orders: Orders, loads: Loads, split: Split, generator: np.random.Generator) -> None:
    """Take strings of tasks out of the orders that pass near one task."""
    drones, tasks = orders.codes.shape
    holder = np.full(tasks, -1, dtype=np.int64)
    position = np.zeros(tasks, dtype=np.int64)
    flown = 0
    for drone in range(drones):
        for i in range(orders.counts[drone]):
            task = orders.codes[drone, i] >> 1
            holder[task] = drone
            position[task] = i
        flown += orders.counts[drone]
    if flown == 0:
        return
    string_mean = min(_STRING_AT_MOST * 1.0, flown / drones + 1.0)
    strings_mean = 4.0 * _REMOVED_MEAN / (1.0 + string_mean) - 1.0
    strings = int(np.floor(generator.random() * strings_mean + 1.0))
    last = 0
    for drone in range(drones):
        if loads.home_s[drone] > loads.home_s[last]:
            last = drone
    if generator.random() < _FROM_LAST and orders.counts[last] > 0:
        seed_task = orders.codes[last, int(generator.random() * orders.counts[last])] >> 1
    else:
        seed_task = int(generator.random() * tasks)
    is_ruined = np.zeros(drones, dtype=np.bool_)
    for task in tables.near[seed_task]:
        if strings == 0:
            break
        drone = holder[task]
        if drone < 0 or is_ruined[drone]:
            continue
        count = orders.counts[drone]
        length_mean = min(string_mean, float(count))
        length = int(np.floor(generator.random() * length_mean + 1.0))
        length = min(length, count)
        lowest = max(0, position[task] - length + 1)
        highest = min(position[task], count - length)
        begin = lowest + int(generator.random() * (highest - lowest + 1))
        for i in range(begin, begin + length):
            orders.is_left_out[orders.codes[drone, i] >> 1] = True
        for i in range(begin, count - length):
            orders.codes[drone, i] = orders.codes[drone, i + length]
        orders.counts[drone] = count - length
        is_ruined[drone] = True
        strings -= 1
        weigh(tables, orders, loads, drone, split)


@compiled
def _recreate(
    tables: Tables,
    orders: Orders,
    loads: Loads,
    was_left_out: NDArray[np.bool_],
    split: Split,
    generator: np.random.Generator,
) -> None:
    """Put what is left out where it costs least, one after the other; of very much only what was taken out, and some."""
    drones, tasks = orders.codes.shape
    trial = np.empty(tasks + 1, dtype=np.int64)
    share = _TRIED_AGAIN / max(was_left_out.sum(), 1)
    waiting = np.empty(tasks, dtype=np.int64)
    count = 0
    for task in range(tasks):
        if not orders.is_left_out[task]:
            continue
        if share < 1.0 and was_left_out[task] and generator.random() > share:
            continue
        waiting[count] = task
        count += 1
    waiting = waiting[:count]
    keys = np.empty(len(waiting))
    rule = int(generator.random() * 4)
    for i in range(len(waiting)):
        task = waiting[i]
        pad_s = tables.travel_s[0, tables.pad[0], 2 * task]
        if rule == 0:
            keys[i] = generator.random()
        elif rule == 1:
            keys[i] = -tables.work_s[0, task]
        elif rule == 2:
            keys[i] = -pad_s
        else:
            keys[i] = pad_s
        keys[i] -= 1e3 * tables.penalty_s[task]
    for i in range(len(waiting)):
        best = i
        for other in range(i + 1, len(waiting)):
            if keys[other] < keys[best]:
                best = other
        task = waiting[best]
        waiting[best], keys[best] = waiting[i], keys[i]
        best_cost, best_drone = np.inf, int(NONE)
        best_place, best_code = int(NONE), int(NONE)
        for drone in range(drones):
            if not tables.may_fly[drone, task]:
                continue
            cost, place, code = cheapest_place(
                tables, orders, loads, drone, task, _BLINK, trial, split, generator
            )
            if cost < best_cost:
                best_cost, best_drone, best_place, best_code = cost, drone, place, code
        if best_drone >= 0:
            insert(tables, orders, loads, best_drone, best_place, best_code, split)
