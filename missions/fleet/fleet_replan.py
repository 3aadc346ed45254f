"""Replanning a fleet in flight: what is known of its drones in, a schedule and verified plans from now on out."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely

from geofence.latlon import LatLon
from geofence.terrain import Terrain
from geofence.zone_set import ZoneSet
from missions.fleet.change import Change, CostsChanged, DroneLost, Replanned, TaskAdded, TaskWithdrawn
from missions.fleet.drone import Drone
from missions.fleet.fleet_patrol import FleetPatrol, drones_over, equipping_of, refuse_broken_reserve
from missions.fleet.flight_plan import plan_flights
from missions.fleet.pieces import Reach
from missions.fleet.problem import stand_of
from missions.fleet.replan import DEFAULT_ITERATIONS, replan
from missions.fleet.schedule import Schedule, Visit
from missions.fleet.standing_schedule import StandingSchedule
from missions.fleet.state import DroneState, FleetState
from missions.fleet.wanted import Wanted, WantedPattern, refuse_too_many
from missions.fleet.wanted_tasks import WantedTasks, tasks_of
from missions.patterns.space import PatternSpace
from missions.refusal import MissionError
from missions.transit import XY, Transit
from missions.vehicle.prediction import predict_flight
from missions.vehicle.wind import Wind

_ON_TASK_M = 20.0
_AMBIGUOUS_M = 5.0


@dataclass(frozen=True, slots=True)
class ReportedDrone:
    """What is known of one drone.

    Parameters
    ----------
    drone_id : str
    position : LatLon or None
        Where it is in the air; None on its pad.
    alt_rel_m : float
        Above its pad.
    left_share : float
        Of its battery's usable energy; in the air only, on the ground it takes off with a full one.
    batteries : int or None
        Flights that it may still begin; by default those of the schedule that it has not begun.
    ready_s : float or None
        On the ground: from when on it may take off; by default a swap after its landing, or now.
    task_id : str or None
        What it is on, empty for nothing; by default what the schedule has it on, where it is there.
    """

    drone_id: str
    position: LatLon | None = None
    alt_rel_m: float = 0.0
    left_share: float = 1.0
    batteries: int | None = None
    ready_s: float | None = None
    task_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReportedFleet:
    """What is known of all drones at one time.

    Parameters
    ----------
    now_s : float
        From the beginning of the schedule's window.
    drones : tuple of ReportedDrone
        All but those that are lost.
    done_ids : frozenset of str or None
        Tasks that are done; by default those that the schedule has ended by now.
    """

    now_s: float
    drones: tuple[ReportedDrone, ...]
    done_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class FleetChanges:
    """What is other than it was planned.

    Parameters
    ----------
    lost_ids : tuple of str
        Drones that fly no more.
    added : tuple of Wanted or WantedPattern
    withdrawn : tuple of str
        Names of tasks, or of what was wanted with all its pieces.
    wind : Wind or None
        None as it was planned for.
    """

    lost_ids: tuple[str, ...] = ()
    added: tuple[Wanted | WantedPattern, ...] = ()
    withdrawn: tuple[str, ...] = ()
    wind: Wind | None = None


@dataclass(frozen=True, slots=True)
class ReplannedPatrol:
    """A new schedule with its plans, and how it differs.

    Parameters
    ----------
    patrol : FleetPatrol
        From now on; flights of drones in the air begin where they are.
    replanned : Replanned
    """

    patrol: FleetPatrol
    replanned: Replanned


def replan_fleet_patrol(
    standing: StandingSchedule,
    zones: ZoneSet,
    reported: ReportedFleet,
    changes: FleetChanges,
    *,
    terrain: Terrain | None = None,
    iterations: int = DEFAULT_ITERATIONS,
) -> ReplannedPatrol:
    """Plan anew who flies what from now on, and make and verify the plans.

    Parameters
    ----------
    standing : StandingSchedule
    zones : ZoneSet
        As they hold now.
    reported : ReportedFleet
    changes : FleetChanges
    terrain : Terrain, optional
    iterations : int
        Of the search.

    Raises
    ------
    MissionError
        What is reported or changed speaks of what is not in the schedule, or a pad cannot be flown to any more.
    """
    schedule, ground, wind = standing.schedule, standing.ground, changes.wind or standing.wind
    transit = ground.transit(zones, schedule.pads)
    if changes.lost_ids and {drone.drone_id for drone in schedule.drones} <= set(changes.lost_ids):
        raise MissionError(
            "no drone of the schedule is left to fly", remedy="Leave one, or plan anew for other drones"
        )
    refuse_too_many(len(changes.added))
    state = state_of(standing, reported, changes.lost_ids)
    made = _added(standing, zones, transit, changes.added)
    orders: list[Change] = [DroneLost(drone_id) for drone_id in changes.lost_ids]
    orders += [
        TaskWithdrawn(task_id) for name in changes.withdrawn for task_id in _pieces(schedule, state, name)
    ]
    if changes.wind is not None:
        drones = drones_over(standing.station, ground, wind)
        orders.append(CostsChanged({drone.drone_id: drone.costs for drone in drones}))
    orders += [TaskAdded(task) for task in made.tasks]
    equipping = equipping_of(standing.equipment, zones, ground, standing.station, terrain)
    replanned = replan(schedule, state, orders, transit, iterations=iterations, equipping=equipping)
    lost = set(changes.lost_ids)
    new = replace(
        replanned.schedule,
        unserved=(*made.unserved, *replanned.schedule.unserved),
        drones=tuple(drone for drone in replanned.schedule.drones if drone.drone_id not in lost),
    )
    left = tuple(drone for drone in standing.station.drones if drone.drone_id not in lost)
    flights = plan_flights(
        new,
        zones,
        ground,
        transit,
        start_utc_s=standing.window.begins_utc_s,
        terrain=terrain,
        motions=standing.station.motions,
        wind=wind,
        equipping=equipping,
    )
    predictions = [
        predict_flight(made.plan, standing.station.drone(made.flight.drone_id).profile, wind, terrain=terrain)
        for made in flights
    ]
    for planned, prediction in zip(flights, predictions, strict=True):
        if not planned.flight.is_airborne:
            refuse_broken_reserve(planned, prediction)
    patrol = FleetPatrol(
        new,
        tuple(flights),
        tuple(predictions),
        tuple(made.findings),
        replace(standing.station, drones=left),
        standing.window,
        ground,
        wind,
        equipment=standing.equipment,
    )
    return ReplannedPatrol(patrol, replace(replanned, schedule=new))


def _added(
    standing: StandingSchedule,
    zones: ZoneSet,
    transit: Transit,
    added: Sequence[Wanted | WantedPattern],
) -> WantedTasks:
    ground, schedule = standing.ground, standing.schedule
    known = {task.task_id for task in schedule.tasks}
    for one in added:
        if one.name in known:
            raise MissionError(
                f"there is a task {one.name} already", place=one.name, remedy="Give it a name of its own"
            )
    space = PatternSpace(
        frame=ground.frame,
        legal=shapely.union_all([transit.area, *transit.unreachable]),
        transit=transit,
        pad=schedule.pads[0].xy_m,
        margin_m=ground.margin_m,
        clearance_m=ground.clearance_m,
        alt_rel_m=ground.layers_m[0],
        speed_m_s=schedule.drones[0].speed_m_s or 0.0,
        drones=1,
        zone_id="",
    )
    reach = Reach(schedule.drones, schedule.pads, transit, max(ground.layers_m))
    return tasks_of(added, zones, space, standing.window, reach, home_alt_amsl_m=ground.home_alt_amsl_m)


def _pieces(schedule: Schedule, state: FleetState, name: str) -> list[str]:
    """Give the tasks, not done yet, of what has a name."""
    found = [
        task.task_id
        for task in schedule.tasks
        if task.task_id == name or task.task_id.startswith((f"{name} (", f"{name}/"))
    ]
    left = [task_id for task_id in found if task_id not in state.done_ids]
    if not left:
        raise MissionError(
            f"there is no task {name} left to fly" if found else f"there is no task {name}",
            place=name,
            remedy="Give a task of the schedule that is not done",
        )
    return left


def state_of(standing: StandingSchedule, reported: ReportedFleet, lost_ids: Sequence[str] = ()) -> FleetState:
    """Put what is reported beside the schedule: batteries begun, and how far the task at hand is done.

    Raises
    ------
    MissionError
        A drone is not in the schedule, or one of the schedule is not reported; a task is not known.
    """
    schedule, now_s = standing.schedule, reported.now_s
    if not 0.0 <= now_s <= schedule.settings.window_s[1]:
        raise MissionError(
            f"{now_s:g} s is not within the schedule's window of {schedule.settings.window_s[1]:g} s",
            place="time",
            remedy="Give the time since the window's beginning",
        )
    known = {drone.drone_id: drone for drone in schedule.drones}
    told = {drone.drone_id: drone for drone in reported.drones}
    if len(told) < len(reported.drones):
        raise MissionError("a drone is reported twice", place="state", remedy="Give the state of each once")
    missing = known.keys() - told.keys() - set(lost_ids)
    odd = told.keys() - known.keys()
    if missing or odd:
        raise MissionError(
            "is in the schedule, and nothing is known of it" if missing else "is not in the schedule",
            place=f"drone {min(missing or odd)}",
            remedy="Give the state of every drone, or name it as lost" if missing else "Leave it out",
        )
    done_ids = reported.done_ids
    if done_ids is None:
        visits = [visit for flight in schedule.flights for visit in flight.visits]
        done_ids = frozenset(visit.task_id for visit in visits if visit.end_s <= now_s)
    unknown = done_ids - {task.task_id for task in schedule.tasks}
    if unknown:
        raise MissionError(
            f"there is no task {min(unknown)}", place="done", remedy="Name tasks of the schedule"
        )
    states = [
        _drone_state(standing, drone, told.get(drone_id), now_s, done_ids)
        for drone_id, drone in known.items()
    ]
    return FleetState(now_s, tuple(states), done_ids)


def _drone_state(
    standing: StandingSchedule,
    drone: Drone,
    told: ReportedDrone | None,
    now_s: float,
    done_ids: frozenset[str],
) -> DroneState:
    schedule = standing.schedule
    pad = next(pad for pad in schedule.pads if pad.pad_id == drone.pad_id)
    if told is None:  # lost
        return DroneState(drone.drone_id, stand_of(drone, pad), pad.ground_m, 0.0, 0, False)
    if not 0.0 <= told.left_share <= 1.0:
        raise MissionError(
            f"{told.left_share:g} of a battery cannot be left",
            place=f"drone {drone.drone_id}",
            remedy="Give a share of 0 to 1",
        )
    flights = schedule.of_drone(drone.drone_id)
    begun = [flight for flight in flights if flight.departure_s <= now_s]
    if told.position is not None and not begun:
        begun = list(flights[:1])  # it left early
    batteries = told.batteries
    if batteries is None:
        batteries = max(0, drone.batteries - sum(not flight.is_airborne for flight in begun))
    if told.position is None:
        ready_s = told.ready_s
        if ready_s is None:
            landed_s = min(begun[-1].landing_s, now_s) if begun else None
            ready_s = drone.ready_s if landed_s is None else landed_s + pad.swap_s
        home = stand_of(drone, pad)
        return DroneState(
            drone.drone_id, home, pad.ground_m, drone.battery_wh, batteries, False, max(ready_s, now_s)
        )
    xy_m = standing.ground.frame.point_xy_m(told.position)
    visits = [visit for visit in (begun[-1].visits if begun else ()) if visit.task_id not in done_ids]
    visit, share = _at_hand(schedule, visits, told, xy_m, now_s)
    return DroneState(
        drone.drone_id,
        xy_m,
        told.alt_rel_m + pad.ground_m,
        told.left_share * drone.battery_wh,
        batteries,
        True,
        task_id="" if visit is None else visit.task_id,
        is_reversed=False if visit is None else visit.is_reversed,
        done_share=share,
    )


def _at_hand(
    schedule: Schedule, visits: Sequence[Visit], told: ReportedDrone, xy_m: XY, now_s: float
) -> tuple[Visit | None, float]:
    """Give what a drone is on, and how much of that is done."""
    if told.task_id == "":
        return None, 0.0
    if told.task_id is not None:
        visit = next((one for one in visits if one.task_id == told.task_id), None)
        if visit is None:
            raise MissionError(
                f"it is not to fly {told.task_id} now, or has done that",
                place=f"drone {told.drone_id}",
                remedy="Give what it flies by the schedule, or an empty text for nothing",
            )
        return visit, _done_share(schedule, visit, xy_m, now_s)[0]
    for visit in visits:
        # Sooner than scheduled it may only be near: what is taken for done wrongly would never be flown.
        if visit.start_s > now_s:
            break
        share, away_m = _done_share(schedule, visit, xy_m, now_s)
        if away_m <= _ON_TASK_M and share > 0.0:
            return visit, share
    return None, 0.0


def _done_share(schedule: Schedule, visit: Visit, xy_m: XY, now_s: float) -> tuple[float, float]:
    """Share of a task that lies behind a drone, and how far the drone is from it.

    Where a task passes the drone more than once, that place is taken which it is at soonest by the schedule.
    """
    task = schedule.task(visit.task_id)
    points = task.points(is_reversed=visit.is_reversed)
    by_time = min(1.0, max(0.0, (now_s - visit.start_s) / max(visit.end_s - visit.start_s, 1e-9)))
    if len(points) == 1:
        return by_time, math.dist(xy_m, points[0])
    total_m = float(task.leg_lengths_m.sum())
    behind_m, places = 0.0, []
    for a, b in itertools.pairwise(points):
        length_m = math.dist(a, b)
        along_m = _along_m(a, b, xy_m)
        share = along_m / length_m if length_m > 0.0 else 0.0
        place = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
        places.append((math.dist(place, xy_m), behind_m + along_m))
        behind_m += length_m
    nearest_m = min(away_m for away_m, _ in places)
    expected_m = by_time * total_m
    _, done_m = min(
        ((abs(at_m - expected_m), at_m) for away_m, at_m in places if away_m <= nearest_m + _AMBIGUOUS_M)
    )
    return min(1.0, done_m / max(total_m, 1e-9)), nearest_m


def _along_m(a: XY, b: XY, point: XY) -> float:
    """How far along the leg the place nearest to a point is."""
    length_m = math.dist(a, b)
    if length_m == 0.0:
        return 0.0
    dot = (point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])
    return min(length_m, max(0.0, dot / length_m))
