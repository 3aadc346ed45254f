"""Inserting tasks into orders where it costs least."""

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from missions.fleet.orders import AIR_SHARE, SUM_SHARE, Loads, Orders, change_of, weigh
from missions.fleet.split import Split, split_order
from missions.fleet.tables import Tables

NONE = np.int64(-1)
"""No task, drone or place; a plain -1 would have kernels compiled twice, once for that number alone."""

_TRIED_PLACES = 4
_WEIGHED_AGAIN_AT_MOST = 250
"""So many waiting tasks are all weighed again after each insertion."""


@compiled
def cheapest_place(
    tables: Tables,
    orders: Orders,
    loads: Loads,
    drone: int,
    task: int,
    blink: float,
    trial: NDArray[np.int64],
    split: Split,
    generator: np.random.Generator,
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
            if detour_s >= detours_s[_TRIED_PLACES - 1] or (blink > 0.0 and generator.random() < blink):
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
    before_cost += SUM_SHARE * loads.home_s[drone] / drones + AIR_SHARE * loads.air_s[drone]
    best_cost, best_place, best_code = np.inf, int(NONE), int(NONE)
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
        cost = max(others_s, home_s) + SUM_SHARE * home_s / drones + AIR_SHARE * split.air_s[count + 1]
        cost += change_of(tables, drone, trial, count + 1) - before_cost
        if cost < best_cost:
            best_cost, best_place, best_code = cost, place, codes[tried]
    return best_cost, best_place, best_code


@compiled
def insert(
    tables: Tables, orders: Orders, loads: Loads, drone: int, place: int, code: int, split: Split
) -> None:
    """Put a task into a drone's order."""
    count = orders.counts[drone]
    order = orders.codes[drone]
    for i in range(count, place, -1):
        order[i] = order[i - 1]
    order[place] = code
    orders.counts[drone] = count + 1
    orders.is_left_out[code >> 1] = False
    weigh(tables, orders, loads, drone, split)


@compiled
def insert_by_regret(
    tables: Tables, orders: Orders, loads: Loads, split: Split, generator: np.random.Generator
) -> None:
    """Insert first what would lose most by having to take its second best drone.

    Of very many tasks only those are weighed again, after an insertion, that would be next by what is known of them; and none
    for a drone that could not take it before.
    """
    drones, tasks = orders.codes.shape
    trial = np.empty(tasks + 1, dtype=np.int64)
    costs = np.full((drones, tasks), np.inf)
    places = np.zeros((drones, tasks), dtype=np.int64)
    codes = np.zeros((drones, tasks), dtype=np.int64)
    is_stale = np.ones((drones, tasks), dtype=np.bool_)
    waiting = 0
    for task in range(tasks):
        waiting += orders.is_left_out[task]
    is_lazy = waiting > _WEIGHED_AGAIN_AT_MOST
    for task in range(tasks):
        if orders.is_left_out[task]:
            _weigh_again(tables, orders, loads, task, is_stale, costs, places, codes, trial, split, generator)
    while True:
        best_task, best_drone, most = int(NONE), int(NONE), -np.inf
        for task in range(tasks):
            if not orders.is_left_out[task]:
                continue
            if not is_lazy:
                _weigh_again(
                    tables, orders, loads, task, is_stale, costs, places, codes, trial, split, generator
                )
            drone, least, second = int(NONE), np.inf, np.inf
            for other in range(drones):
                if costs[other, task] < least:
                    drone, least, second = other, costs[other, task], least
                elif costs[other, task] < second:
                    second = costs[other, task]
            if drone < 0:
                continue
            worth = min(second - least, 1e6) + tables.penalty_s[task] * 1e3 - 1e-3 * least
            if worth > most:
                best_task, best_drone, most = task, drone, worth
        if best_task < 0:
            return
        if is_lazy and _weigh_again(
            tables, orders, loads, best_task, is_stale, costs, places, codes, trial, split, generator
        ):
            continue
        insert(
            tables,
            orders,
            loads,
            best_drone,
            places[best_drone, best_task],
            codes[best_drone, best_task],
            split,
        )
        for task in range(tasks):
            is_stale[best_drone, task] = not is_lazy or costs[best_drone, task] < np.inf


@compiled
def _weigh_again(
    tables: Tables,
    orders: Orders,
    loads: Loads,
    task: int,
    is_stale: NDArray[np.bool_],
    costs: NDArray[np.float64],
    places: NDArray[np.int64],
    codes: NDArray[np.int64],
    trial: NDArray[np.int64],
    split: Split,
    generator: np.random.Generator,
) -> bool:
    """Find the cheapest places of a task with the drones whose orders have changed since; whether there were any."""
    is_any = False
    for drone in range(len(orders.counts)):
        if is_stale[drone, task] and tables.may_fly[drone, task]:
            costs[drone, task], places[drone, task], codes[drone, task] = cheapest_place(
                tables, orders, loads, drone, task, 0.0, trial, split, generator
            )
            is_any = True
        is_stale[drone, task] = False
    return is_any
