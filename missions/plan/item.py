"""A mission item: one step of a mission as the autopilot understands it."""

from dataclasses import dataclass
from enum import IntEnum

from geofence.latlon import LatLon


class Command(IntEnum):
    """The MAV_CMD values the planner writes or the verification understands (MAVLink common.xml)."""

    NAV_WAYPOINT = 16
    NAV_LOITER_UNLIM = 17
    NAV_LOITER_TURNS = 18
    NAV_LOITER_TIME = 19
    NAV_RETURN_TO_LAUNCH = 20
    NAV_LAND = 21
    NAV_TAKEOFF = 22
    NAV_SPLINE_WAYPOINT = 82
    NAV_DELAY = 93
    CONDITION_DELAY = 112
    CONDITION_YAW = 115
    DO_JUMP = 177
    DO_CHANGE_SPEED = 178
    DO_SET_RELAY = 181
    DO_SET_SERVO = 183
    DO_SET_ROI_LOCATION = 195
    DO_SET_ROI_NONE = 197
    DO_SET_CAM_TRIGG_DIST = 206
    DO_GIMBAL_MANAGER_PITCHYAW = 1000
    IMAGE_START_CAPTURE = 2000

    @property
    def is_navigation(self) -> bool:
        """Whether the vehicle flies somewhere for it (MAV_CMD below MAV_CMD_NAV_LAST = 95)."""
        return self < 95


class Frame(IntEnum):
    """The MAV_FRAME values in use."""

    GLOBAL = 0
    """Altitude above mean sea level."""
    MISSION = 2
    """No position."""
    GLOBAL_RELATIVE_ALT = 3
    """Altitude above home."""
    GLOBAL_TERRAIN_ALT = 10
    """Altitude above ground."""


@dataclass(frozen=True, slots=True)
class MissionItem:
    """One mission item.

    Parameters
    ----------
    seq : int
        Counted from 1; item 0 is the home position and belongs to the vehicle.
    command : int
        A MAV_CMD; `Command` names the known ones.
    frame : Frame
        Says what `alt_m` is counted from.
    position : LatLon or None
        None where the item names no place (take-off on the spot, return, do-commands).
    alt_m : float
        In `frame`.
    params : tuple of 4 floats
        MAV_CMD parameters 1 to 4.
    autocontinue : bool
    """

    seq: int
    command: int
    frame: Frame = Frame.GLOBAL_RELATIVE_ALT
    position: LatLon | None = None
    alt_m: float = 0.0
    params: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    autocontinue: bool = True

    @property
    def is_navigation(self) -> bool:
        """Whether the vehicle reports it as reached."""
        return self.command < 95
