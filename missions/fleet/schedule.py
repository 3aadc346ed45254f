"""A schedule: who flies what and when."""

import math
from dataclasses import dataclass, field

from missions.fleet.drone import Drone, Pad
from missions.fleet.separation import Separation
from missions.fleet.task import Task
from missions.plan.item import MissionItem
from missions.plan.plan import RouteKind
from missions.transit import XY


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """Where a drone is at a time; straight and steady from one to the next.

    Parameters
    ----------
    time_s : float
        From the schedule's zero.
    xy_m : (float, float)
    alt_m : float
        Above the pads' common level.
    kind : RouteKind
        What the leg that leads here is flown for.
    actions : tuple of MissionItem
        Commands that are given here.
    """

    time_s: float
    xy_m: XY
    alt_m: float
    kind: RouteKind
    actions: tuple[MissionItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """A task as it is flown.

    Parameters
    ----------
    task_id : str
    is_reversed : bool
    start_s, end_s : float
    """

    task_id: str
    is_reversed: bool
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Flight:
    """From one take-off to the landing, or from where the drone is in the air.

    Parameters
    ----------
    drone_id, pad_id : str
    layer_m : float
        Altitude of its legs above the pads' common level.
    visits : tuple of Visit
    track : tuple of TrackPoint
        From lifting off to standing on the ground.
    energy_wh : float
    limit_wh : float
        What it may use: of a battery what is left over the reserve.
    is_airborne : bool
        Whether it begins in the air.
    """

    drone_id: str
    pad_id: str
    layer_m: float
    visits: tuple[Visit, ...]
    track: tuple[TrackPoint, ...]
    energy_wh: float
    limit_wh: float
    is_airborne: bool = False

    @property
    def departure_s(self) -> float:
        """When it lifts off, or is where its track begins."""
        return self.track[0].time_s

    @property
    def landing_s(self) -> float:
        """When it stands on the ground."""
        return self.track[-1].time_s


@dataclass(frozen=True, slots=True)
class Unserved:
    """A task that nobody flies.

    Parameters
    ----------
    task_id : str
    reason, remedy : str
    """

    task_id: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class FleetSettings:
    """What holds for a schedule whole.

    Parameters
    ----------
    layers_m : tuple of float
        Altitudes that flights may have, above the pads' common level, in order of preference.
    window_s : (float, float)
        Take-offs and landings lie within.
    separation : Separation
    iterations : int
        Of the search; the same number gives the same schedule.
    seed : int
    change_weight_s : float
        Seconds of later return that are accepted to leave one task with the drone that has it.
    tolerance_agl_m : float or None
        Layers are heights above ground, kept within this; None where they are level.
    """

    layers_m: tuple[float, ...] = (60.0, 70.0, 80.0, 90.0, 100.0, 110.0)
    window_s: tuple[float, float] = (0.0, math.inf)
    separation: Separation = field(default_factory=Separation)
    iterations: int = 12_000
    seed: int = 1
    change_weight_s: float = 20.0
    tolerance_agl_m: float | None = None

    def over_pad_m(self, layer_m: float, ground_m: float) -> float:
        """How far above a pad a layer is at most."""
        return layer_m - ground_m if self.tolerance_agl_m is None else layer_m + self.tolerance_agl_m


@dataclass(frozen=True, slots=True)
class Schedule:
    """Flights of all drones, in order of departure.

    Parameters
    ----------
    flights : tuple of Flight
    unserved : tuple of Unserved
    tasks : tuple of Task
        All that were asked for.
    drones : tuple of Drone
    pads : tuple of Pad
    settings : FleetSettings
    """

    flights: tuple[Flight, ...]
    unserved: tuple[Unserved, ...]
    tasks: tuple[Task, ...]
    drones: tuple[Drone, ...]
    pads: tuple[Pad, ...]
    settings: FleetSettings

    @property
    def home_s(self) -> float:
        """When the last drone is home."""
        return max((flight.landing_s for flight in self.flights), default=self.settings.window_s[0])

    def of_drone(self, drone_id: str) -> tuple[Flight, ...]:
        """Flights of one drone, in order."""
        return tuple(flight for flight in self.flights if flight.drone_id == drone_id)

    def task(self, task_id: str) -> Task:
        """Give a task by its id."""
        return next(task for task in self.tasks if task.task_id == task_id)
