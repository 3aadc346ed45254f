"""What a vehicle carries on a patrol, and what it does with it where."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from shapely import MultiPolygon, Polygon

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone_set import ZoneSet
from missions.payload.action import Action
from missions.payload.bound_actions import (
    ON_ROUTE_M,
    AreaActions,
    passing_m,
    with_area_actions,
    with_point_actions,
)
from missions.payload.payload import Payload
from missions.plan.waypoint import Waypoint
from missions.refusal import MissionError
from missions.transit import polygons_of
from missions.vehicle.profile import VehicleProfile


@dataclass(frozen=True, slots=True)
class PointOrder:
    """What is done each time a flight passes a point.

    Parameters
    ----------
    position : LatLon
    actions : tuple of Action
    """

    position: LatLon
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class AreaOrder:
    """What is done while a flight is over an area, and ended behind it.

    Parameters
    ----------
    area : str or tuple of LatLon
        A zone's id, or corners.
    actions : tuple of Action
    """

    area: str | tuple[LatLon, ...]
    actions: tuple[Action, ...]

    def area_xy_m(self, zones: ZoneSet, frame: LocalFrame) -> Polygon | MultiPolygon:
        """Give the area in the plane.

        Raises
        ------
        GeofenceError
            There is no such zone.
        """
        if isinstance(self.area, str):
            return MultiPolygon(polygons_of(frame.project(zones.get(self.area).area)))
        return Polygon([frame.point_xy_m(corner) for corner in self.area])


@dataclass(frozen=True, slots=True)
class PayloadOrders:
    """A payload, and what is done with it.

    Parameters
    ----------
    payload : Payload
    points : tuple of PointOrder
    areas : tuple of AreaOrder
    mass_kg, power_w : float
        What it weighs and takes, over the vehicle's own.
    """

    payload: Payload = field(default_factory=Payload)
    points: tuple[PointOrder, ...] = ()
    areas: tuple[AreaOrder, ...] = ()
    mass_kg: float = 0.0
    power_w: float = 0.0

    def carried_by(self, profile: VehicleProfile) -> VehicleProfile:
        """Give the vehicle with what it carries."""
        if self.mass_kg == 0.0 and self.power_w == 0.0:
            return profile
        return profile.with_payload("payload", self.mass_kg, self.power_w)

    def refuse_unmet(self, flights: Sequence[Sequence[Waypoint]], frame: LocalFrame) -> None:
        """Refuse an order for a point that no flight passes.

        Raises
        ------
        MissionError
        """
        for order in self.points:
            place_xy_m = frame.point_xy_m(order.position)
            nearest_m = min((passing_m(flight, place_xy_m) for flight in flights), default=math.inf)
            if nearest_m > ON_ROUTE_M:
                raise MissionError(
                    f"the flight passes it no nearer than {nearest_m:.1f} m",
                    place=f"point {order.position}",
                    remedy="Make it a point of the route first",
                )


def with_orders(
    flights: Sequence[Sequence[Waypoint]], orders: PayloadOrders, zones: ZoneSet, frame: LocalFrame
) -> tuple[tuple[Waypoint, ...], ...]:
    """Give the actions of a patrol to its flights, one a drone.

    Raises
    ------
    MissionError
        No flight passes a point, or a vehicle does not carry what an action needs.
    GeofenceError
        There is no such zone.
    """
    orders.refuse_unmet(flights, frame)
    return tuple(with_orders_passed(flight, orders, zones, frame) for flight in flights)


def with_orders_passed(
    flight: Sequence[Waypoint], orders: PayloadOrders, zones: ZoneSet, frame: LocalFrame
) -> tuple[Waypoint, ...]:
    """Give one flight the actions of points that it passes, which need not be all, and of areas.

    Raises
    ------
    MissionError
        The vehicle does not carry what an action needs.
    GeofenceError
        There is no such zone.
    """
    done = tuple(flight)
    for order in orders.points:
        place_xy_m = frame.point_xy_m(order.position)
        if passing_m(done, place_xy_m) <= ON_ROUTE_M:
            done = with_point_actions(done, place_xy_m, order.actions, orders.payload)
    areas = [AreaActions.during(order.area_xy_m(zones, frame), *order.actions) for order in orders.areas]
    return with_area_actions(done, areas, orders.payload)
