"""Search for the order of tasks of every drone: ruin and recreate, with the last one home soonest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from missions.fleet.split import Split, new_split, split_order
from missions.fleet.tables import Tables

_TRIED_PLACES = 4
_REMOVED_MEAN = 8.0
_STRING_AT_MOST = 8
_SUM_SHARE = 0.1
_AIR_SHARE = 0.02
_SWAPPED_SHARE = 0.25
_HEAT = 0.01
_COLD = 0.0002
_BLINK = 0.01
_FROM_LAST = 0.4


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


def searched(tables: Tables, orders: Orders, iterations: int, seed: int) -> Orders:
    """Complete and better orders; the same for the same input.

    What is left out is inserted by regret, then strings of neighbouring tasks are taken out and put back (slack induction
    by string removals, Christiaens and Vanden Berghe, 2020) for so many iterations.
    """
    drones, tasks = orders.codes.shape
    best = Orders(orders.codes.copy(), orders.counts.copy(), orders.is_left_out.copy())
    if drones and tasks:
        _search(tables, best, new_split(tasks), iterations, seed)
    return best


@compiled
def _search(tables: Tables, best: Orders, split: Split, iterations: int, seed: int) -> None:
    np.random.seed(seed)
    drones, tasks = best.codes.shape
    loads = _empty_loads(drones, tasks)
    for drone in range(drones):
        _weigh(tables, best, loads, drone, split)
    _insert_by_regret(tables, best, loads, split)
    codes, counts, is_left_out = best.codes.copy(), best.counts.copy(), best.is_left_out.copy()
    now = Orders(codes, counts, is_left_out)
    now_cost = _cost(tables, now, loads)
    best_cost = now_cost
    trial = Orders(codes.copy(), counts.copy(), is_left_out.copy())
    trial_loads = _empty_loads(drones, tasks)
    heat = 1.0
    for drone in range(drones):
        heat = max(heat, loads.home_s[drone] - tables.ready_s[drone])
    heat *= _HEAT
    cooling = (_COLD / _HEAT) ** (1.0 / max(iterations, 1))
    for _ in range(iterations):
        _copy(now, loads, trial, trial_loads)
        _ruin(tables, trial, trial_loads, split)
        _recreate(tables, trial, trial_loads, split)
        cost = _cost(tables, trial, trial_loads)
        heat *= cooling
        if cost < now_cost - heat * np.log(np.random.random()):
            _copy(trial, trial_loads, now, loads)
            now_cost = cost
            if cost < best_cost - 1e-9:
                best_cost = cost
                _copy_orders(trial, best)


@compiled
def _empty_loads(drones: int, tasks: int) -> Loads:
    return Loads(
        np.zeros(drones), np.zeros(drones), np.zeros(drones), np.zeros((drones, tasks + 1), dtype=np.bool_)
    )


# Loops, not slices: what numba needs to say that two slices do not fit takes it seconds to compile.
@compiled
def _copy_orders(orders: Orders, to: Orders) -> None:
    for drone in range(len(orders.counts)):
        to.counts[drone] = orders.counts[drone]
        for i in range(orders.counts[drone]):
            to.codes[drone, i] = orders.codes[drone, i]
    for task in range(len(orders.is_left_out)):
        to.is_left_out[task] = orders.is_left_out[task]


@compiled
def _copy(orders: Orders, loads: Loads, to: Orders, to_loads: Loads) -> None:
    _copy_orders(orders, to)
    for drone in range(len(orders.counts)):
        for i in range(orders.counts[drone] + 1):
            to_loads.is_cut[drone, i] = loads.is_cut[drone, i]
        to_loads.home_s[drone] = loads.home_s[drone]
        to_loads.air_s[drone] = loads.air_s[drone]
        to_loads.change_s[drone] = loads.change_s[drone]


@compiled
def _cost(tables: Tables, orders: Orders, loads: Loads) -> float:
    """Seconds: the last one home, a little of all, and what is left out or changed."""
    drones = len(orders.counts)
    last_s, cost = 0.0, 0.0
    for drone in range(drones):
        last_s = max(last_s, loads.home_s[drone])
        cost += _SUM_SHARE * loads.home_s[drone] / drones + _AIR_SHARE * loads.air_s[drone]
        cost += loads.change_s[drone]
    cost += last_s
    for task in range(len(orders.is_left_out)):
        if orders.is_left_out[task]:
            cost += tables.penalty_s[task]
    return cost


@compiled
def _change_s(tables: Tables, drone: int, order: NDArray[np.int64], count: int) -> float:
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
def _weigh(tables: Tables, orders: Orders, loads: Loads, drone: int, split: Split) -> None:
    """Cut a drone's order into flights and keep what it costs."""
    count = orders.counts[drone]
    home_s = split_order(tables, drone, orders.codes[drone], count, split)
    is_idle = count == 0 and tables.air[drone] < 0
    loads.home_s[drone] = tables.ready_s[drone] if is_idle else home_s
    loads.air_s[drone] = split.air_s[count] if home_s < np.inf else np.inf
    loads.change_s[drone] = _change_s(tables, drone, orders.codes[drone], count)
    for i in range(count + 1):
        loads.is_cut[drone, i] = False
    loads.is_cut[drone, 0] = loads.is_cut[drone, count] = True
    end = count
    while end > 0 and home_s < np.inf:
        end = split.first[end]
        if end >= 0:
            loads.is_cut[drone, end] = True


@compiled
def _best_place(
    tables: Tables,
    orders: Orders,
    loads: Loads,
    drone: int,
    task: int,
    blink: float,
    trial: NDArray[np.int64],
    split: Split,
) -> tuple[float, int, int]:
    """Place and code of a task in a drone's order that is home soonest, of those with the smallest detours."""
    kind, pad = tables.kind[drone], tables.pad[drone]
    travel_s = tables.travel_s[kind]
    count = orders.counts[drone]
    order = orders.codes[drone]
    detours_s = np.full(_TRIED_PLACES, np.inf)
    places = np.zeros(_TRIED_PLACES, dtype=np.int64)
    codes = np.zeros(_TRIED_PLACES, dtype=np.int64)
    for place in range(count + 1):
        before = order[place - 1] ^ 1 if place > 0 else pad
        if place == 0 and tables.air[drone] >= 0:
            before = tables.air[drone]
        after = order[place] if place < count else pad
        for reverse in range(2 if tables.is_reversible[task] else 1):
            code = 2 * task + reverse
            detour_s = travel_s[before, code] + travel_s[code ^ 1, after] - travel_s[before, after]
            if loads.is_cut[drone, place]:
                detour_s = min(
                    detour_s,
                    travel_s[before, code] + travel_s[code ^ 1, pad] - travel_s[before, pad],
                    travel_s[pad, code] + travel_s[code ^ 1, after] - travel_s[pad, after],
                )
            if detour_s >= detours_s[_TRIED_PLACES - 1] or (blink > 0.0 and np.random.random() < blink):
                continue
            at = _TRIED_PLACES - 1
            while at > 0 and detours_s[at - 1] > detour_s:
                detours_s[at], places[at], codes[at] = detours_s[at - 1], places[at - 1], codes[at - 1]
                at -= 1
            detours_s[at], places[at], codes[at] = detour_s, place, code
    others_s = 0.0
    for other in range(len(orders.counts)):
        if other != drone:
            others_s = max(others_s, loads.home_s[other])
    drones = len(orders.counts)
    before_cost = max(others_s, loads.home_s[drone]) + loads.change_s[drone]
    before_cost += _SUM_SHARE * loads.home_s[drone] / drones + _AIR_SHARE * loads.air_s[drone]
    best_cost, best_place, best_code = np.inf, np.int64(-1), np.int64(-1)
    for tried in range(_TRIED_PLACES):
        if detours_s[tried] == np.inf:
            break
        place = places[tried]
        for i in range(place):
            trial[i] = order[i]
        trial[place] = codes[tried]
        for i in range(place, count):
            trial[i + 1] = order[i]
        home_s = split_order(tables, drone, trial, count + 1, split)
        if home_s == np.inf:
            continue
        cost = max(others_s, home_s) + _SUM_SHARE * home_s / drones + _AIR_SHARE * split.air_s[count + 1]
        cost += _change_s(tables, drone, trial, count + 1) - before_cost
        if cost < best_cost:
            best_cost, best_place, best_code = cost, place, codes[tried]
    return best_cost, best_place, best_code


@compiled
def _insert(
    tables: Tables, orders: Orders, loads: Loads, drone: int, place: int, code: int, split: Split
) -> None:
    count = orders.counts[drone]
    order = orders.codes[drone]
    for i in range(count, place, -1):
        order[i] = order[i - 1]
    order[place] = code
    orders.counts[drone] = count + 1
    orders.is_left_out[code >> 1] = False
    _weigh(tables, orders, loads, drone, split)


@compiled
def _insert_by_regret(tables: Tables, orders: Orders, loads: Loads, split: Split) -> None:
    """Insert first what would lose most by having to take its second best drone."""
    drones, tasks = orders.codes.shape
    trial = np.empty(tasks + 1, dtype=np.int64)
    costs = np.full((drones, tasks), np.inf)
    places = np.zeros((drones, tasks), dtype=np.int64)
    codes = np.zeros((drones, tasks), dtype=np.int64)
    changed = np.int64(-1)
    while True:
        for task in range(tasks):
            if not orders.is_left_out[task]:
                continue
            for drone in range(drones):
                if tables.may_fly[drone, task] and (changed < 0 or drone == changed):
                    costs[drone, task], places[drone, task], codes[drone, task] = _best_place(
                        tables, orders, loads, drone, task, 0.0, trial, split
                    )
        best_task, best_drone, most = np.int64(-1), np.int64(-1), -np.inf
        for task in range(tasks):
            if not orders.is_left_out[task]:
                continue
            drone, least, second = np.int64(-1), np.inf, np.inf
            for other in range(drones):
                if costs[other, task] < least:
                    drone, least, second = np.int64(other), costs[other, task], least
                elif costs[other, task] < second:
                    second = costs[other, task]
            if drone < 0:
                continue
            worth = min(second - least, 1e6) + tables.penalty_s[task] * 1e3 - 1e-3 * least
            if worth > most:
                best_task, best_drone, most = task, drone, worth
        if best_task < 0:
            return
        _insert(
            tables, orders, loads, best_drone, places[best_drone, best_task], codes[best_drone, best_task], split
        )
        changed = best_drone


@compiled
def _ruin(tables: Tables, orders: Orders, loads: Loads, split: Split) -> None:
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
    strings = int(np.floor(np.random.random() * strings_mean + 1.0))
    last = 0
    for drone in range(drones):
        if loads.home_s[drone] > loads.home_s[last]:
            last = drone
    if np.random.random() < _FROM_LAST and orders.counts[last] > 0:
        seed_task = orders.codes[last, np.random.randint(orders.counts[last])] >> 1
    else:
        seed_task = np.random.randint(tasks)
    is_ruined = np.zeros(drones, dtype=np.bool_)
    for task in tables.near[seed_task]:
        if strings == 0:
            break
        drone = holder[task]
        if drone < 0 or is_ruined[drone]:
            continue
        count = orders.counts[drone]
        length_mean = min(string_mean, float(count))
        length = int(np.floor(np.random.random() * length_mean + 1.0))
        length = min(length, count)
        lowest = max(0, position[task] - length + 1)
        highest = min(position[task], count - length)
        begin = lowest + np.random.randint(highest - lowest + 1)
        for i in range(begin, begin + length):
            orders.is_left_out[orders.codes[drone, i] >> 1] = True
        for i in range(begin, count - length):
            orders.codes[drone, i] = orders.codes[drone, i + length]
        orders.counts[drone] = count - length
        is_ruined[drone] = True
        strings -= 1
        _weigh(tables, orders, loads, drone, split)


@compiled
def _recreate(tables: Tables, orders: Orders, loads: Loads, split: Split) -> None:
    """Put everything that is left out where it costs least, one after the other."""
    drones, tasks = orders.codes.shape
    trial = np.empty(tasks + 1, dtype=np.int64)
    waiting = np.flatnonzero(orders.is_left_out)
    keys = np.empty(len(waiting))
    rule = np.random.randint(4)
    for i in range(len(waiting)):
        task = waiting[i]
        pad_s = tables.travel_s[0, tables.pad[0], 2 * task]
        if rule == 0:
            keys[i] = np.random.random()
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
        best_cost, best_drone = np.inf, np.int64(-1)
        best_place, best_code = np.int64(-1), np.int64(-1)
        for drone in range(drones):
            if not tables.may_fly[drone, task]:
                continue
            cost, place, code = _best_place(tables, orders, loads, drone, task, _BLINK, trial, split)
            if cost < best_cost:
                best_cost, best_drone, best_place, best_code = cost, drone, place, code
        if best_drone >= 0:
            _insert(tables, orders, loads, best_drone, best_place, best_code, split)
