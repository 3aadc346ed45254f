"""What a vehicle says is wrong with its sensors and systems."""

from functools import cache

from pymavlink.dialects.v20 import ardupilotmega

FENCE_BIT = ardupilotmega.MAV_SYS_STATUS_GEOFENCE
_PREFIX = "MAV_SYS_STATUS_"
_IGNORED = ardupilotmega.MAV_SYS_STATUS_PREARM_CHECK
"""Said by itself."""


@cache
def unhealthy_systems(present: int, enabled: int, health: int) -> tuple[str, ...]:
    """Name what is there, switched on and not healthy, in MAVLink's words: "3d gps", "battery"."""
    bad = present & enabled & ~health & ~_IGNORED
    return tuple(
        entry.name.removeprefix(_PREFIX).removeprefix("SENSOR_").replace("_", " ").lower()
        for bit, entry in sorted(ardupilotmega.enums["MAV_SYS_STATUS_SENSOR"].items())
        if bad & bit and entry.name.startswith(_PREFIX) and bit & (bit - 1) == 0
    )
