"""What may change in flight, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from missions.fleet.flight_costs import FlightCosts
from missions.fleet.schedule import Schedule
from missions.fleet.separation import Conflict
from missions.fleet.task import Task
from missions.transit import Transit


@dataclass(frozen=True, slots=True)
class DroneLost:
    """A drone flies no more."""

    drone_id: str


@dataclass(frozen=True, slots=True)
class SpaceChanged:
    """Zones were activated or lifted: the legal space is another one."""

    transit: Transit


@dataclass(frozen=True, slots=True)
class CostsChanged:
    """Flying costs more or less than it did, by wind or by load; by id of the drone."""

    costs: Mapping[str, FlightCosts]


@dataclass(frozen=True, slots=True)
class TaskAdded:
    """A task is to be flown too."""

    task: Task


@dataclass(frozen=True, slots=True)
class TaskWithdrawn:
    """A task is not to be flown any more."""

    task_id: str


Change = DroneLost | SpaceChanged | CostsChanged | TaskAdded | TaskWithdrawn


@dataclass(frozen=True, slots=True)
class Move:
    """A task that another drone flies now; empty ids stand for nobody."""

    task_id: str
    from_drone_id: str
    to_drone_id: str


@dataclass(frozen=True, slots=True)
class Note:
    """What an operator has to know of one drone or task."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Replanned:
    """A new schedule from now on, and how it differs.

    Parameters
    ----------
    schedule : Schedule
        Its tasks are what was left to do: a task that is under way is there with its rest, one that a zone cuts with
        its pieces.
    moves : tuple of Move
    reordered_ids : tuple of str
        Tasks that their drone flies in another order than before.
    notes : tuple of Note
        What could not be kept, such as a reserve that is gone already.
    conflicts : tuple of Conflict
        Between drones that were too near already and have no better way home.
    """

    schedule: Schedule
    moves: tuple[Move, ...]
    reordered_ids: tuple[str, ...]
    notes: tuple[Note, ...]
    conflicts: tuple[Conflict, ...]
