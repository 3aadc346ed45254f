"""Places on the wire, in the frames that ArduCopter knows."""

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.autopilot import Autopilot
from simulator.autopilot.waypoint_navigation import Place
from simulator.protocol.mission_item import MAX_ALT_M

RELATIVE_FRAMES = frozenset(
    {dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT, dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT_INT}
)
ABSOLUTE_FRAMES = frozenset({dialect.MAV_FRAME_GLOBAL, dialect.MAV_FRAME_GLOBAL_INT})
TERRAIN_FRAMES = frozenset({dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT, dialect.MAV_FRAME_GLOBAL_TERRAIN_ALT_INT})


def is_on_earth(x_e7: int, y_e7: int) -> bool:
    """Whether latitude and longitude can be."""
    return abs(x_e7) <= 900_000_000 and abs(y_e7) <= 1_800_000_000


def has_known_frame(frame: int, z: float) -> bool:
    """Whether frame and altitude can be kept."""
    return frame in RELATIVE_FRAMES | ABSOLUTE_FRAMES | TERRAIN_FRAMES and abs(z) <= MAX_ALT_M


def place_of(autopilot: Autopilot, x_e7: int, y_e7: int, z: float, frame: int) -> Place | None:
    """North, east and up of a place on the wire; None where it is none, or its ground is not known."""
    if not is_on_earth(x_e7, y_e7) or not has_known_frame(frame, z):
        return None
    north, east = autopilot.frame.to_north_east_m(x_e7, y_e7)
    if frame in RELATIVE_FRAMES:
        return north, east, autopilot.home_place[2] + z
    if frame in ABSOLUTE_FRAMES:
        return north, east, z - autopilot.origin_alt_amsl_m
    ground_up = autopilot.ground_up_m(north, east)
    return None if ground_up is None else (north, east, ground_up + z)
