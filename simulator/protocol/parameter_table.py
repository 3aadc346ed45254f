"""Every parameter of ArduCopter 4.6.2 with its SITL default, in the firmware's own order."""

import csv
import struct
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pymavlink.dialects.v20 import ardupilotmega as dialect

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

    def definition(self, name: str) -> ParameterDefinition:
        """Type and place of a parameter."""
        return _definitions_by_name()[name]

    @staticmethod
    def at(index: int) -> ParameterDefinition | None:
        """Return the parameter at a place in the list, if there is one."""
        definitions = parameter_definitions()
        return definitions[index] if 0 <= index < len(definitions) else None
