"""Where all drones are, for replanning."""

import itertools
import math
from dataclasses import dataclass

from missions.fleet.schedule import Flight, Schedule
from missions.refusal import MissionError
from missions.transit import XY


@dataclass(frozen=True, slots=True)
class DroneState:
    """What one drone is doing.

    Parameters
    ----------
    drone_id : str
    xy_m : (float, float)
    alt_m : float
        Above the pads' common level.
    left_wh : float
        In the battery it carries; on the ground, in the one it takes off with.
    batteries : int
        Flights that it may still begin.
    is_airborne : bool
    ready_s : float
        On the ground: from when on it may take off.
    task_id : str
        The task it is on; empty for none.
    is_reversed : bool
        Whether that one is flown from its last point to its first.
    done_share : float
        So much of its length, or of its dwelling, is done.
    """

    drone_id: str
    xy_m: XY
    alt_m: float
    left_wh: float
    batteries: int
    is_airborne: bool
    ready_s: float = 0.0
    task_id: str = ""
    is_reversed: bool = False
    done_share: float = 0.0

    def __post_init__(self) -> None:
        numbers = (*self.xy_m, self.alt_m, self.left_wh, self.ready_s)
        if not all(map(math.isfinite, numbers)) or not 0.0 <= self.done_share <= 1.0:
            raise MissionError(
                "its state is no state",
                place=f"drone {self.drone_id}",
                remedy="Give finite numbers, and a share of 0 to 1",
            )


@dataclass(frozen=True, slots=True)
class FleetState:
    """What all drones are doing at one time of the schedule.

    Parameters
    ----------
    now_s : float
    drones : tuple of DroneState
    done_ids : frozenset of str
        Tasks that are done.
    """

    now_s: float
    drones: tuple[DroneState, ...]
    done_ids: frozenset[str]


def state_at(schedule: Schedule, now_s: float) -> FleetState:
    """Predict the state at a time: everything as it is scheduled, energy in step with time."""
    done = {visit.task_id for flight in schedule.flights for visit in flight.visits if visit.end_s <= now_s}
    states = []
    for drone in schedule.drones:
        flights = schedule.of_drone(drone.drone_id)
        pad = next(pad for pad in schedule.pads if pad.pad_id == drone.pad_id)
        begun = [flight for flight in flights if flight.departure_s <= now_s]
        batteries = drone.batteries - sum(not flight.is_airborne for flight in begun)
        if begun and begun[-1].landing_s > now_s:
            states.append(_in_flight(schedule, begun[-1], now_s, batteries, drone.battery_wh))
            continue
        ready_s = begun[-1].landing_s + pad.swap_s if begun else drone.ready_s
        home = drone.stand_xy_m if drone.stand_xy_m is not None else pad.xy_m
        states.append(
            DroneState(
                drone.drone_id, home, pad.ground_m, drone.battery_wh, batteries, False, max(ready_s, now_s)
            )
        )
    return FleetState(now_s, tuple(states), frozenset(done))


def _in_flight(
    schedule: Schedule, flight: Flight, now_s: float, batteries: int, battery_wh: float
) -> DroneState:
    before, after = next(
        pair for pair in itertools.pairwise(flight.track) if pair[0].time_s <= now_s < pair[1].time_s
    )
    share = (now_s - before.time_s) / (after.time_s - before.time_s)
    x_m, y_m = (a + share * (b - a) for a, b in zip(before.xy_m, after.xy_m, strict=True))
    visit = next((visit for visit in flight.visits if visit.start_s <= now_s < visit.end_s), None)
    done = 0.0
    if visit is not None:
        lengths_m = schedule.task(visit.task_id).leg_lengths_m
        if lengths_m.sum() > 0.0:
            flown_m = sum(
                math.dist(a.xy_m, b.xy_m)
                for a, b in itertools.pairwise(flight.track)
                if a.time_s >= visit.start_s and b.time_s <= now_s
            )
            flown_m += math.dist(before.xy_m, (x_m, y_m)) if before.time_s >= visit.start_s else 0.0
            done = min(1.0, flown_m / float(lengths_m.sum()))
        else:
            done = (now_s - visit.start_s) / (visit.end_s - visit.start_s)
    used_share = (now_s - flight.departure_s) / (flight.landing_s - flight.departure_s)
    reserve_wh = next(drone.reserve_wh for drone in schedule.drones if drone.drone_id == flight.drone_id)
    full_wh = flight.limit_wh + reserve_wh if flight.is_airborne else battery_wh
    return DroneState(
        flight.drone_id,
        (x_m, y_m),
        before.alt_m + share * (after.alt_m - before.alt_m),
        full_wh - used_share * flight.energy_wh,
        batteries,
        True,
        task_id=visit.task_id if visit is not None else "",
        is_reversed=visit.is_reversed if visit is not None else False,
        done_share=done,
    )
