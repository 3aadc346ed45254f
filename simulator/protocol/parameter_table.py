"""Every parameter of ArduCopter 4.6.2 with its SITL default, in the firmware's own order."""

import csv
import struct
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pymavlink.dialects.v20 import ardupilotmega as dialect

_UNGROUPED = """
FORMAT_VERSION SYSID_THISMAV SYSID_MYGCS PILOT_THR_FILT PILOT_TKOFF_ALT PILOT_THR_BHV TELEM_DELAY
GCS_PID_MASK RTL_ALT RTL_CONE_SLOPE RTL_SPEED RTL_ALT_FINAL RTL_CLIMB_MIN RTL_LOIT_TIME RTL_ALT_TYPE
FS_GCS_ENABLE GPS_HDOP_GOOD SUPER_SIMPLE WP_YAW_BEHAVIOR LAND_SPEED LAND_SPEED_HIGH PILOT_SPEED_UP
PILOT_ACCEL_Z FS_THR_ENABLE FS_THR_VALUE THR_DZ FLTMODE1 FLTMODE2 FLTMODE3 FLTMODE4 FLTMODE5 FLTMODE6
FLTMODE_CH INITIAL_MODE SIMPLE LOG_BITMASK ESC_CALIBRATION TUNE FRAME_TYPE DISARM_DELAY ANGLE_MAX
PHLD_BRAKE_RATE PHLD_BRAKE_ANGLE LAND_REPOSITION FS_EKF_ACTION FS_EKF_THRESH FS_CRASH_CHECK RC_SPEED
ACRO_BAL_ROLL ACRO_BAL_PITCH ACRO_TRAINER
"""
UNGROUPED_NAMES = frozenset(_UNGROUPED.split())
"""Parameters that ArduCopter keeps by themselves, in no group."""
_TYPES = {
    "int8": dialect.MAV_PARAM_TYPE_INT8,
    "int16": dialect.MAV_PARAM_TYPE_INT16,
    "int32": dialect.MAV_PARAM_TYPE_INT32,
    "real32": dialect.MAV_PARAM_TYPE_REAL32,
}
_RANGES = {
    dialect.MAV_PARAM_TYPE_INT8: (-128, 127),
    dialect.MAV_PARAM_TYPE_INT16: (-32768, 32767),
    dialect.MAV_PARAM_TYPE_INT32: (-2147483648, 2147483647),
}


@dataclass(frozen=True, slots=True)
class ParameterDefinition:
    """Name, place in the list, MAVLink type and default."""

    name: str
    index: int
    type: int
    default: float


@cache
def parameter_definitions() -> tuple[ParameterDefinition, ...]:
    """Read the table that comes with the package."""
    text = (files("simulator") / "data" / "arducopter-4.6.2.csv").read_text(encoding="ascii")
    return tuple(
        ParameterDefinition(row["name"], index, _TYPES[row["type"]], to_float32(float(row["value"])))
        for index, row in enumerate(csv.DictReader(text.splitlines()))
    )


@cache
def _definitions_by_name() -> dict[str, ParameterDefinition]:
    return {definition.name: definition for definition in parameter_definitions()}


def to_float32(value: float) -> float:
    """Round as storing in a C float does; what does not fit becomes infinite."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


class ParameterTable:
    """The values of one vehicle; they outlive a reboot."""

    def __init__(self) -> None:
        self._values = {definition.name: definition.default for definition in parameter_definitions()}
        self._saved: set[str] = set()
        self._is_forgotten = False
        self.revision = 0
        """Grows with every change, so that what is derived can be kept."""

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __setitem__(self, name: str, value: float) -> None:
        """Store as the parameter's type does: whole numbers are rounded and kept in range."""
        definition = self.definition(name)
        limits = _RANGES.get(definition.type)
        stored = to_float32(value) if limits is None else float(min(max(round(value), limits[0]), limits[1]))
        if stored != self._values[name]:
            self._values[name] = stored
            self.revision += 1

    def forget_at_restart(self) -> None:
        """Be the defaults again once restarted; the number of the vehicle stays, as its owner gives it."""
        self._saved.clear()
        self._is_forgotten = True

    def restart(self) -> None:
        """Come up again with what was saved."""
        if self._is_forgotten:
            self._is_forgotten = False
            for definition in parameter_definitions():
                if definition.name != "SYSID_THISMAV":
                    self[definition.name] = definition.default

    def is_saved(self, name: str) -> bool:
        """Whether the value was written to the vehicle's storage, rather than being the default."""
        return name in self._saved

    def save(self, name: str, value: float) -> None:
        """Set, and write to storage what differs from what was there."""
        before = self._values[name]
        self[name] = value
        if self._values[name] != before:
            self._saved.add(name)

    def definition(self, name: str) -> ParameterDefinition:
        """Type and place of a parameter."""
        return _definitions_by_name()[name]

    @staticmethod
    def at(index: int) -> ParameterDefinition | None:
        """Return the parameter at a place in the list, if there is one."""
        definitions = parameter_definitions()
        return definitions[index] if 0 <= index < len(definitions) else None
