"""Cutting a drone's order of tasks into flights, one battery each, so that it is home soonest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geofence.compiled import compiled
from missions.fleet.tables import Tables

IN_THE_AIR = -2
"""In place of a first task: the flight that a drone is already on, from where it is."""

_ROUNDING_WH = 1e-9


class Split(NamedTuple):
    """Where one order of n tasks is cut; arrays of one more than that.

    Parameters
    ----------
    home_s : array
        When the drone is home, having done so many tasks; infinite where it cannot be.
    first : array
        Index of the first task of the flight that ends so; `IN_THE_AIR` where it began in the air.
    air_s : array
        Time in the air until then.
    flights : array
        Batteries used.
    """

    home_s: NDArray[np.float64]
    first: NDArray[np.int64]
    air_s: NDArray[np.float64]
    flights: NDArray[np.int64]


def new_split(most: int) -> Split:
    """Make room for orders of so many tasks."""
    return Split(
        np.empty(most + 1),
        np.empty(most + 1, dtype=np.int64),
        np.empty(most + 1),
        np.empty(most + 1, dtype=np.int64),
    )


@compiled
def split_order(tables: Tables, drone: int, order: NDArray[np.int64], count: int, split: Split) -> float:
    """Cut an order into flights; exact, for a flight that may begin sooner never ends later (Prins, 2004).

    Waiting for a window is done on the pad as far as possible: a flight is a chain of tasks with one span of
    departures that all take it the least time (Vidal et al., 2013).

    Returns
    -------
    float
        When the drone is home after all; infinite where that cannot be.
    """
    home_s, first, air_s, flights = split.home_s, split.first, split.air_s, split.flights
    kind, pad = tables.kind[drone], tables.pad[drone]
    start = tables.air[drone]
    hover_wh_s = tables.hover_w[drone] / 3600.0
    for i in range(count + 1):
        home_s[i] = np.inf
    first[0], air_s[0], flights[0] = -1, 0.0, 0
    if start >= 0:
        home_s[0] = tables.air_s[drone] + tables.travel_s[kind, start, pad] + tables.down_s[drone]
        air_s[0] = home_s[0] - tables.air_s[drone]
    else:
        home_s[0] = tables.ready_s[drone]
    for i in range(count):
        if home_s[i] == np.inf:
            continue
        for mode in range(2):
            is_airborne = mode == 1
            if is_airborne and (start < 0 or i > 0):
                break
            if is_airborne:
                ready_s, node = tables.air_s[drone], start
                duration_s, energy_wh, limit_wh = 0.0, 0.0, tables.air_wh[drone]
            else:
                if flights[i] >= tables.flights[drone]:
                    continue
                ready_s, node = home_s[i], pad
                if i > 0 or start >= 0:
                    ready_s += tables.swap_s[drone]
                duration_s, energy_wh = tables.up_s[drone], tables.up_wh[drone]
                limit_wh = tables.usable_wh[drone]
            limit_wh += _ROUNDING_WH
            earliest_s, latest_s, waiting_s = -np.inf, np.inf, 0.0
            for j in range(i, count):
                code = order[j]
                task = code >> 1
                work_s = tables.work_s[kind, task]
                reached_s = duration_s + tables.travel_s[kind, node, code]
                begin_s, end_s = tables.early_s[task], tables.late_s[task] - work_s
                wait_s = max(begin_s - reached_s - latest_s, 0.0)
                duration_s = reached_s + wait_s + work_s
                waiting_s += wait_s
                earliest_s = max(begin_s - reached_s, earliest_s) - wait_s
                latest_s = min(end_s - reached_s, latest_s)
                energy_wh += tables.travel_wh[kind, node, code] + tables.work_wh[kind, task]
                if earliest_s > latest_s + 1e-9 or ready_s > latest_s + 1e-9 or energy_wh > limit_wh:
                    break
                node = code ^ 1
                departure_s = max(ready_s, earliest_s)
                held_s = waiting_s
                if is_airborne:
                    held_s += departure_s - ready_s
                needed_wh = (
                    energy_wh
                    + held_s * hover_wh_s
                    + tables.travel_wh[kind, node, pad]
                    + tables.down_wh[drone]
                )
                landing_s = departure_s + duration_s + tables.travel_s[kind, node, pad] + tables.down_s[drone]
                if needed_wh > limit_wh or landing_s > tables.until_s[drone] + 1e-9:
                    continue
                if not is_airborne and landing_s - departure_s > tables.longest_s[drone] + 1e-9:
                    continue
                if landing_s < home_s[j + 1]:
                    home_s[j + 1] = landing_s
                    first[j + 1] = IN_THE_AIR if is_airborne else i
                    since_s = ready_s if is_airborne else departure_s
                    air_s[j + 1] = (0.0 if is_airborne else air_s[i]) + landing_s - since_s
                    flights[j + 1] = 0 if is_airborne else flights[i] + 1
    return float(home_s[count])
