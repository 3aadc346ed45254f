"""Flight modes in the autopilot's own words, and back.

ArduPilot numbers its modes per kind of vehicle (the dialect's COPTER_MODE, PLANE_MODE, ...). PX4 packs a main and a sub
mode in the two upper bytes: https://docs.px4.io/main/en/flight_modes/
"""

from functools import cache

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.refusal import TelemetryError

AUTOPILOT_ARDUPILOT = 3
AUTOPILOT_PX4 = 12

_COPTER_TYPES = frozenset({2, 3, 4, 13, 14, 15, 29, 35})
_PLANE_TYPES = frozenset({1, 19, 20, 21, 22, 23, 24, 25})
_ROVER_TYPES = frozenset({10, 11})
_SUB_TYPES = frozenset({12})
_TRACKER_TYPES = frozenset({5})

_PX4_MODES: dict[str, tuple[int, int]] = {
    "MANUAL": (1, 0),
    "ALTCTL": (2, 0),
    "POSCTL": (3, 0),
    "ORBIT": (3, 1),
    "POSITION_SLOW": (3, 2),
    "READY": (4, 1),
    "TAKEOFF": (4, 2),
    "LOITER": (4, 3),
    "MISSION": (4, 4),
    "RTL": (4, 5),
    "LAND": (4, 6),
    "FOLLOWME": (4, 8),
    "PRECLAND": (4, 9),
    "VTOL_TAKEOFF": (4, 10),
    **{f"EXTERNAL{number}": (4, 10 + number) for number in range(1, 9)},
    "ACRO": (5, 0),
    "OFFBOARD": (6, 0),
    "STABILIZED": (7, 0),
    "RATTITUDE": (8, 0),
    "TERMINATION": (10, 0),
    "ALTITUDE_CRUISE": (11, 0),
}


@cache
def modes_of(autopilot: int, vehicle_type: int) -> dict[str, int]:
    """Every mode by name as `custom_mode`; empty for an autopilot whose modes are not known."""
    if autopilot == AUTOPILOT_PX4:
        return {name: main << 16 | sub << 24 for name, (main, sub) in _PX4_MODES.items()}
    if autopilot != AUTOPILOT_ARDUPILOT:
        return {}
    kinds = {
        "COPTER": _COPTER_TYPES,
        "PLANE": _PLANE_TYPES,
        "ROVER": _ROVER_TYPES,
        "SUB": _SUB_TYPES,
        "TRACKER": _TRACKER_TYPES,
    }
    for kind, types in kinds.items():
        if vehicle_type in types:
            prefix = f"{kind}_MODE_"
            return {
                entry.name.removeprefix(prefix): number
                for number, entry in ardupilotmega.enums[f"{kind}_MODE"].items()
                if not entry.name.endswith("_ENUM_END")
            }
    return {}


@cache
def mode_name(autopilot: int, vehicle_type: int, custom_mode: int) -> str:
    """Name a mode; "MODE n" where it has no name."""
    for name, number in modes_of(autopilot, vehicle_type).items():
        if number == custom_mode:
            return name
    return f"MODE {custom_mode}"


def mode_number(autopilot: int, vehicle_type: int, name: str) -> int:
    """Find a mode's `custom_mode`.

    Raises
    ------
    TelemetryError
        If this kind of vehicle has no such mode; the modes it has are named.
    """
    modes = modes_of(autopilot, vehicle_type)
    if name.upper() not in modes:
        remedy = f"It has {', '.join(sorted(modes))}" if modes else ""
        raise TelemetryError(f"the vehicle has no flight mode {name}", remedy=remedy)
    return modes[name.upper()]
