"""Commands that turn camera and nose to a place (region of interest, ROI)."""

from dataclasses import replace

from geofence.latlon import LatLon
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.route_items import rounded
from missions.plan.waypoint import Waypoint


def look_at(position: LatLon, alt_rel_m: float) -> MissionItem:
    """Look at a place from here on."""
    return MissionItem(0, Command.DO_SET_ROI_LOCATION, position=rounded(position), alt_m=alt_rel_m)


def look_ahead() -> MissionItem:
    """Look along the track again."""
    return MissionItem(0, Command.DO_SET_ROI_NONE, frame=Frame.MISSION)


def looking_at(waypoints: tuple[Waypoint, ...], position: LatLon, alt_rel_m: float) -> tuple[Waypoint, ...]:
    """Look at a place from the first waypoint to the last."""
    first, last = waypoints[0], waypoints[-1]
    if len(waypoints) == 1:
        return (replace(first, actions=(*first.actions, look_at(position, alt_rel_m), look_ahead())),)
    return (
        replace(first, actions=(*first.actions, look_at(position, alt_rel_m))),
        *waypoints[1:-1],
        replace(last, actions=(*last.actions, look_ahead())),
    )
