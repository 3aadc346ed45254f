"""Parameter values on the wire: a float32 field that ArduPilot fills by value and PX4 by bytes.

https://mavlink.io/en/services/parameter.html#parameter-encoding
"""

import struct
from dataclasses import dataclass

UINT8, INT8, UINT16, INT16, UINT32, INT32 = 1, 2, 3, 4, 5, 6
REAL32 = 9
"""MAV_PARAM_TYPE."""
_FORMATS = {UINT8: "<B3x", INT8: "<b3x", UINT16: "<H2x", INT16: "<h2x", UINT32: "<I", INT32: "<i"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One of a vehicle's parameters.

    Parameters
    ----------
    name : str
    value : float
    param_type : int
        MAV_PARAM_TYPE.
    default : float or None
        None where the vehicle did not tell.
    """

    name: str
    value: float
    param_type: int
    default: float | None = None

    @property
    def is_changed(self) -> bool:
        """Whether it is known to differ from its default."""
        return self.default is not None and not is_same_value(self.value, self.default)


def encode_parameter(value: float, param_type: int, *, is_bytewise: bool) -> float:
    """Make the `param_value` field."""
    if is_bytewise and param_type in _FORMATS:
        return float(struct.unpack("<f", struct.pack(_FORMATS[param_type], round(value)))[0])
    return value


def decode_parameter(param_value: float, param_type: int, *, is_bytewise: bool) -> float:
    """Read the `param_value` field."""
    if is_bytewise and param_type in _FORMATS:
        return float(struct.unpack(_FORMATS[param_type], struct.pack("<f", param_value))[0])
    return param_value


def is_same_value(wanted: float, got: float) -> bool:
    """Whether two values are one in single precision."""
    return struct.pack("<f", wanted) == struct.pack("<f", got) or wanted == got


_ALL_DIGITS_BELOW = 1e10


def as_text(value: float) -> str:
    """Write a whole number with all its digits, any other as short as single precision allows."""
    if abs(value) < _ALL_DIGITS_BELOW and value == int(value):
        return str(int(value))
    for digits in range(6, 18):
        text = f"{value:.{digits}g}"
        if is_same_value(float(text), value):
            return text
    return repr(value)
