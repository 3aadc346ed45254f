"""Where an item of a mission is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.mission_item import MissionItem

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot
    from simulator.autopilot.waypoint_navigation import Place


def place_of(item: MissionItem, autopilot: Autopilot, before: Place) -> Place:
    """Give the place of an item; what it leaves open is as `before`."""
    north, east, up = before
    if item.x or item.y:
        north, east = autopilot.frame.to_north_east_m(item.x, item.y)
    if item.frame == dialect.MAV_FRAME_GLOBAL:
        up = item.z - autopilot.origin_alt_amsl_m
    elif item.frame == dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT:
        ground_up = autopilot.ground_up_m(north, east)
        up = item.z + (autopilot.home_place[2] if ground_up is None else ground_up)
    elif item.z != 0 or item.x or item.y:
        up = autopilot.home_place[2] + item.z
    return north, east, up
