"""A schedule with all that it takes to replan it."""

from dataclasses import dataclass

from missions.fleet.equipment import PLAIN, FleetEquipment
from missions.fleet.fleet_ground import FleetGround
from missions.fleet.patrol_window import PatrolWindow
from missions.fleet.schedule import Schedule
from missions.fleet.station import Station
from missions.vehicle.wind import Wind


@dataclass(frozen=True, slots=True)
class StandingSchedule:
    """A schedule that is being flown.

    Parameters
    ----------
    schedule : Schedule
    station : Station
    window : PatrolWindow
    ground : FleetGround
    wind : Wind
    equipment : FleetEquipment
    """

    schedule: Schedule
    station: Station
    window: PatrolWindow
    ground: FleetGround
    wind: Wind
    equipment: FleetEquipment = PLAIN
