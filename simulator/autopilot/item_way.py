"""The way to an item of a mission: a leg, or a curve where a spline waypoint is next to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.circle import nearest_on_circle
from simulator.autopilot.item_kinds import PASSED_TO, WAYPOINTS
from simulator.autopilot.item_place import place_of
from simulator.autopilot.mission_order import MissionOrder
from simulator.autopilot.spline_flight import SplineFlight
from simulator.autopilot.waypoint_navigation import LegLimits, Place
from simulator.protocol.mission_item import MissionItem

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

_STOP: Place = (0.0, 0.0, 0.0)


class ItemWay:
    """Leads the target from item to item.

    Parameters
    ----------
    autopilot : Autopilot
    order : MissionOrder
    limits : callable
        Gives what speeds are allowed.
    """

    def __init__(self, autopilot: Autopilot, order: MissionOrder, limits: Callable[[], LegLimits]) -> None:
        self._autopilot = autopilot
        self._order = order
        self._limits = limits
        self._spline = SplineFlight(autopilot)
        self.is_roi_kept = False
        """Whether the nose stays with what it was told to look at."""

    @property
    def goal(self) -> Place | None:
        """Where it leads."""
        if self._spline.is_active:
            return self._spline.destination
        leg = self._autopilot.navigation.leg
        return None if leg is None else leg.destination

    @property
    def here(self) -> Place:
        """Where the next way begins: at the goal, or where the vehicle would come to rest."""
        return self.goal or self._autopilot.control.stopping_point(self._autopilot.body)

    def place_of(self, item: MissionItem) -> Place:
        """Give the place of an item; what it leaves open is as here."""
        return place_of(item, self._autopilot, self.here)

    def circle_radius_m(self, item: MissionItem) -> float:
        """Give the radius of LOITER_TURNS."""
        return abs(item.param3) or float(self._autopilot.parameters["CIRCLE_RADIUS"] * 0.01)

    def start(self, item: MissionItem) -> None:
        """Fly to an item."""
        autopilot = self._autopilot
        if autopilot.body.is_on_ground:
            return
        autopilot.control.start(autopilot.body)
        if item.command in WAYPOINTS and self._start_curve(item):
            self._look_ahead()
            return
        self.leave_curve()
        place = self.place_of(item)
        if item.command == dialect.MAV_CMD_NAV_PAYLOAD_PLACE:
            place = (*place[:2], self.here[2])
        if item.command == dialect.MAV_CMD_NAV_LOITER_TURNS:
            place = nearest_on_circle(place, self.circle_radius_m(item), self.here)
        after: Place | None = None
        if item.command == dialect.MAV_CMD_NAV_WAYPOINT and item.param1 == 0:
            upcoming = self._order.after(item)
            if upcoming is not None and upcoming.command in PASSED_TO and (upcoming.x or upcoming.y):
                after = self.place_of(upcoming)
        autopilot.navigation.fly_to(place, after, self._limits())
        self._look_ahead()

    def start_level(self, item: MissionItem) -> None:
        """Fly over an item at the present altitude."""
        autopilot = self._autopilot
        north, east = autopilot.frame.to_north_east_m(item.x, item.y)
        autopilot.navigation.fly_to((north, east, self.here[2]), None, self._limits())
        self._look_ahead()

    def leave_curve(self) -> None:
        """Go on by legs."""
        if self._spline.is_active:
            self._spline.stop()
            self._autopilot.navigation.start(self._autopilot.body)

    def forget_curve(self) -> None:
        """Begin the next way with a stop."""
        self._spline.stop()

    def step(self, dt: float, pace: float) -> None:
        """Go on for a while."""
        if self._spline.is_active:
            self._spline.step(dt, self._limits(), pace)
        else:
            self._autopilot.fly_leg(dt, pace=pace)

    @property
    def is_flown(self) -> bool:
        """Whether the item is reached, or passed where it need not be stopped at."""
        autopilot, spline = self._autopilot, self._spline
        if spline.is_active:
            is_near = autopilot.distance_to(spline.destination) <= self._limits().radius_m
            return spline.is_finished and (is_near or any(spline.tangent))
        if autopilot.navigation.is_passing:
            return autopilot.navigation.is_finished
        return autopilot.is_at_leg_end()

    def _start_curve(self, item: MissionItem) -> bool:
        """Fly a curve where this waypoint, or the one after it, is a spline; false where neither is."""
        autopilot = self._autopilot
        is_spline = item.command == dialect.MAV_CMD_NAV_SPLINE_WAYPOINT
        after: Place | None = None
        is_before_spline = False
        destination = self.place_of(item)
        if item.param1 == 0:
            upcoming = self._order.after(item)
            if upcoming is not None and (upcoming.command in PASSED_TO or upcoming.command in WAYPOINTS):
                after = place_of(upcoming, autopilot, destination)
                is_before_spline = upcoming.command == dialect.MAV_CMD_NAV_SPLINE_WAYPOINT
        if not is_spline and not is_before_spline and not self._spline.is_active:
            return False
        origin = self.here
        tangent = _STOP
        if after is not None and is_spline:
            # Towards what is next, from here where that is a spline too, as ArduCopter chooses it.
            tangent = _between(origin if is_before_spline else destination, after)
        elif is_before_spline:
            tangent = _between(origin, destination)
        if not self._spline.is_active and not is_spline:
            self._spline.tangent = _STOP
        self._spline.start(origin, destination, tangent, self._limits())
        autopilot.navigation.start(autopilot.body)
        return True

    def _look_ahead(self) -> None:
        heading = self._autopilot.heading
        self.is_roi_kept = heading.mode.name == "PLACE"
        if self._autopilot.parameters["WP_YAW_BEHAVIOR"] != 0 and not self.is_roi_kept:
            heading.travel(self._autopilot.body)


def _between(begin: Place, end: Place) -> Place:
    return end[0] - begin[0], end[1] - begin[1], end[2] - begin[2]
