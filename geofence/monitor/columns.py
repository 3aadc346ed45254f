"""Columns of the arrays that go into the assessment and come out of it."""

from typing import Final

ALERTS_MOST: Final = 12
"""Alerts kept of one drone; of more the most urgent."""

LAT_DEG: Final = 0
LON_DEG: Final = 1
ALT_REL_M: Final = 2
ALT_AMSL_M: Final = 3
ALT_AGL_M: Final = 4
EAST_M_S: Final = 5
NORTH_M_S: Final = 6
CLIMB_M_S: Final = 7
TIME_S: Final = 8
"""Of the drone's own clock."""
IS_WATCHED: Final = 9
"""0 for a drone that stands on the ground, or is disarmed."""
STRAIGHT_ON_M: Final = 10
"""How far ahead a drone that keeps to its verified route flies straight on; infinite otherwise."""
CLIMB_ON_M: Final = 11
"""How far it climbs (or sinks) there; infinite otherwise."""
OBSERVED: Final = 12
"""How many columns a drone's observation has."""

ZONE: Final = 0
"""Number of the zone, -1 where there is none."""
LEVEL: Final = 1
LIMIT: Final = 2
DISTANCE_M: Final = 3
BREACH_S: Final = 4
CALM_SINCE_S: Final = 5
"""Since when it would be lower but for the hysteresis; NaN where it would not."""
SIDE: Final = 0.0
FLOOR: Final = 1.0
CEILING: Final = 2.0
SCHEDULE: Final = 3.0
"""Values of LIMIT, in the order of `alert.AlertLimit`."""
OWNER: Final = 6
"""Number of the zone that is named for it."""
KEPT: Final = 7

EVENT_DRONE: Final = 0
EVENT_WAS: Final = 1
EVENT_ALERT: Final = 2
"""From here on the columns of an alert."""

MOVED_TIME_S: Final = 0
MOVED_EAST_M_S: Final = 1
MOVED_NORTH_M_S: Final = 2
ACCEL_EAST_M_S2: Final = 3
ACCEL_NORTH_M_S2: Final = 4
CLEAR_LAT_DEG: Final = 5
CLEAR_LON_DEG: Final = 6
CLEAR_M: Final = 7
"""Clearance at the last observation; infinite before."""
MOVED: Final = 8
