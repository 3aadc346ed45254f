"""Where RTL goes: home, or the closest rally point that the fence admits (AP_Rally)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pymavlink.dialects.v20 import ardupilotmega as dialect

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot
    from simulator.autopilot.waypoint_navigation import Place


def return_target(autopilot: Autopilot) -> Place:
    """Choose by the distance over ground; home where it is closer, or every rally point beyond RALLY_LIMIT_KM."""
    here = (autopilot.body.north_m, autopilot.body.east_m)
    home = autopilot.home_place
    places = [_place_of(autopilot, seq) for seq in range(autopilot.rally.count())]
    places = [place for place in places if autopilot.fence.allows(*place)]
    if not places:
        return home
    closest = min(places, key=lambda place: math.dist(here, place[:2]))
    distance_m = math.dist(here, closest[:2])
    limit_m = autopilot.parameters["RALLY_LIMIT_KM"] * 1000.0
    if limit_m > 0.0 and distance_m > limit_m:
        return home
    if autopilot.parameters["RALLY_INCL_HOME"] and distance_m >= math.dist(here, home[:2]):
        return home
    return closest


def _place_of(autopilot: Autopilot, seq: int) -> Place:
    item = autopilot.rally.item(seq)
    north, east = autopilot.frame.to_north_east_m(item.x, item.y)
    if item.frame == dialect.MAV_FRAME_GLOBAL:
        return north, east, item.z - autopilot.origin_alt_amsl_m
    return north, east, autopilot.home_place[2] + item.z
