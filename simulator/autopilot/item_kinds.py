"""Kinds of mission items, by how they are flown."""

from pymavlink.dialects.v20 import ardupilotmega as dialect

FLOWN_TO = frozenset(
    {
        dialect.MAV_CMD_NAV_WAYPOINT,
        dialect.MAV_CMD_NAV_SPLINE_WAYPOINT,
        dialect.MAV_CMD_NAV_LOITER_UNLIM,
        dialect.MAV_CMD_NAV_LOITER_TIME,
        dialect.MAV_CMD_NAV_LOITER_TURNS,
        dialect.MAV_CMD_NAV_LOITER_TO_ALT,
        dialect.MAV_CMD_NAV_PAYLOAD_PLACE,
    }
)
TAKEOFFS = frozenset({dialect.MAV_CMD_NAV_TAKEOFF, dialect.MAV_CMD_NAV_VTOL_TAKEOFF})
LANDINGS = frozenset({dialect.MAV_CMD_NAV_LAND, dialect.MAV_CMD_NAV_VTOL_LAND})
WAYPOINTS = frozenset({dialect.MAV_CMD_NAV_WAYPOINT, dialect.MAV_CMD_NAV_SPLINE_WAYPOINT})
PAUSABLE = WAYPOINTS | {dialect.MAV_CMD_NAV_LOITER_UNLIM, dialect.MAV_CMD_NAV_LOITER_TIME}
UNFLOWN = frozenset(
    {
        dialect.MAV_CMD_NAV_CONTINUE_AND_CHANGE_ALT,
        dialect.MAV_CMD_NAV_ALTITUDE_WAIT,
        dialect.MAV_CMD_NAV_SET_YAW_SPEED,
    }
)
"""Kept on board, but not for copters: they are named and passed over."""
PASSED_TO = frozenset(
    {
        dialect.MAV_CMD_NAV_WAYPOINT,
        dialect.MAV_CMD_NAV_LOITER_UNLIM,
        dialect.MAV_CMD_NAV_LOITER_TIME,
        dialect.MAV_CMD_NAV_PAYLOAD_PLACE,
    }
)
