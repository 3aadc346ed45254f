"""What a fleet's flights do besides flying their tasks: follow the ground, take pictures, obey orders."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from geofence.zone_set import ZoneSet
from missions.fleet.task import Task
from missions.fleet.wanted import Wanted, WantedPattern
from missions.patterns.pattern import TURN_SPACINGS, AreaPattern
from missions.payload.action import StartPictures
from missions.payload.action_items import action_items
from missions.payload.bound_actions import with_pictures
from missions.payload.payload import Payload
from missions.payload.payload_orders import PayloadOrders, with_orders_passed
from missions.plan.check import LEGAL_LIMIT_AGL_M
from missions.plan.item import Command, MissionItem
from missions.plan.plan import STROKES
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.terrain.follow_terrain import TerrainHeight, follow_terrain
from missions.transit import XY
from missions.ways.copter_motion import CopterMotion

_AS_SHIPPED = CopterMotion()


@dataclass(frozen=True, slots=True)
class FleetEquipment:
    """What is asked of all flights of a fleet.

    Parameters
    ----------
    orders : PayloadOrders or None
        Every drone carries its payload.
    pictures_m : float or None
        From one picture to the next on all strokes.
    unpictured_turns_m : float
        Legs as short as this lead from one stroke to the next, and no pictures are taken there.
    tolerance_agl_m : float or None
        Layers are heights above ground, kept within this; None flies them level.
    """

    orders: PayloadOrders | None = None
    pictures_m: float | None = None
    unpictured_turns_m: float = 0.0
    tolerance_agl_m: float | None = None

    @property
    def follows_ground(self) -> bool:
        """Whether layers are heights above ground."""
        return self.tolerance_agl_m is not None

    @property
    def is_any(self) -> bool:
        """Whether anything is asked for."""
        return self != PLAIN

    @property
    def parameters(self) -> Mapping[str, float]:
        """What must be set on board for the vehicles to carry it out."""
        return {} if self.orders is None else self.orders.payload.parameters


PLAIN = FleetEquipment()
"""Flights only fly."""


@dataclass(frozen=True, slots=True)
class Equipping:
    """Carries out a fleet's equipment in the plane of its schedule.

    Parameters
    ----------
    equipment : FleetEquipment
    zones : ZoneSet
    frame : LocalFrame
    home_alt_amsl_m : float or None
        Of the pads' common level.
    terrain : Terrain or None
    allow_above_120 : bool
    motions : mapping
        How drones fly, by their ids.

    Raises
    ------
    MissionError
        The ground is to be followed, and is not known.
    """

    equipment: FleetEquipment
    zones: ZoneSet
    frame: LocalFrame
    home_alt_amsl_m: float | None = None
    terrain: Terrain | None = None
    allow_above_120: bool = False
    motions: Mapping[str, CopterMotion] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.follows_ground and (self.terrain is None or self.home_alt_amsl_m is None):
            raise MissionError(
                "heights above ground are to be kept, and the ground is not known",
                remedy="Give terrain (--terrain) that covers all pads and all of the patrol",
            )

    @property
    def follows_ground(self) -> bool:
        """Whether layers are heights above ground."""
        return self.equipment.follows_ground

    def equipped(
        self,
        waypoints: Sequence[Waypoint],
        layer_m: float,
        drone_id: str = "",
        speed_m_s: float | None = None,
    ) -> tuple[Waypoint, ...]:
        """Give a flight, or a part of one, its altitudes above ground, pictures and actions.

        Altitudes are above the pads' common level. All given waypoints are kept, in order.

        Raises
        ------
        MissionError
            The ground is not known or not to be followed, or an order cannot be carried out.
        """
        done = self.over_ground(waypoints, layer_m, drone_id, speed_m_s)
        equipment = self.equipment
        if equipment.pictures_m is not None:
            payload = Payload() if equipment.orders is None else equipment.orders.payload
            done = with_pictures(
                done,
                equipment.pictures_m,
                payload,
                kinds=STROKES,
                turns_at_most_m=equipment.unpictured_turns_m,
            )
        if equipment.orders is not None:
            done = with_orders_passed(done, equipment.orders, self.zones, self.frame)
        return done

    def over_ground(
        self,
        waypoints: Sequence[Waypoint],
        layer_m: float,
        drone_id: str = "",
        speed_m_s: float | None = None,
    ) -> tuple[Waypoint, ...]:
        """Let a flight keep its layer's height above ground, where that is asked for.

        Raises
        ------
        MissionError
            The ground is not known, or a ceiling leaves no room.
        """
        tolerance_m = self.equipment.tolerance_agl_m
        if tolerance_m is None or self.terrain is None or len(waypoints) < 2:
            return tuple(waypoints)
        height = TerrainHeight(
            layer_m,
            tolerance_m,
            None if self.allow_above_120 else LEGAL_LIMIT_AGL_M,
            self.motions.get(drone_id, _AS_SHIPPED),
            speed_m_s,
        )
        return follow_terrain(
            waypoints,
            self.terrain,
            self.frame,
            self.frame.origin,
            height,
            home_alt_amsl_m=self.home_alt_amsl_m,
            zones=self.zones,
        )

    def ground_m(self, xy_m: XY) -> float:
        """How high the ground that is followed lies over the pads' common level; 0 where none is, or it is not known."""
        if not self.follows_ground or self.terrain is None or self.home_alt_amsl_m is None:
            return 0.0
        place = self.frame.position(*xy_m)
        ground_amsl_m = float(self.terrain.ground_alt_amsl_m(place.lat_deg, place.lon_deg)[0])
        return ground_amsl_m - self.home_alt_amsl_m if math.isfinite(ground_amsl_m) else 0.0

    def effort(self, task: Task, layer_m: float) -> tuple[float, float]:
        """Seconds that a task's actions take, and metres that are climbed along it.

        Raises
        ------
        MissionError
            It cannot be flown so.
        """
        flown = self.equipped([Waypoint(point, task.kind, layer_m) for point in task.xy_m], layer_m)
        seconds = sum(action_seconds(waypoint.actions) for waypoint in flown)
        climbs_m = [max(b.alt_rel_m - a.alt_rel_m, 0.0) for a, b in itertools.pairwise(flown)]
        return seconds, sum(climbs_m)

    def refuse_bad_orders(self, tasks: Sequence[Task]) -> None:
        """Refuse an order for a point that no task passes, or for what is not carried.

        Raises
        ------
        MissionError
        """
        orders = self.equipment.orders
        if self.equipment.pictures_m is not None:
            payload = Payload() if orders is None else orders.payload
            action_items([StartPictures(self.equipment.pictures_m)], payload)
        if orders is None:
            return
        every = [order.actions for order in orders.points] + [order.actions for order in orders.areas]
        for actions in every:
            action_items(actions, orders.payload)
        orders.refuse_unmet(
            [[Waypoint(point, task.kind, 0.0) for point in task.xy_m] for task in tasks], self.frame
        )


def unpictured_turns_m(wanted: Sequence[Wanted | WantedPattern]) -> float:
    """Give the length up to which legs between strokes are turns of the areas that are wanted."""
    patterns = [one.pattern for one in wanted if isinstance(one, WantedPattern)]
    spacings_m = [pattern.spacing_m for pattern in patterns if isinstance(pattern, AreaPattern)]
    return TURN_SPACINGS * max(spacings_m, default=0.0)


def action_seconds(actions: Sequence[MissionItem]) -> float:
    """How long a drone stays where it is given these."""
    return sum(item.params[0] for item in actions if item.command == Command.NAV_DELAY)
