"""Parameter values on the wire: a float32 field that ArduPilot fills by value and PX4 by bytes.

https://mavlink.io/en/services/parameter.html#parameter-encoding
"""

import struct

REAL32 = 9
"""MAV_PARAM_TYPE_REAL32."""
_FORMATS = {1: "<B3x", 2: "<b3x", 3: "<H2x", 4: "<h2x", 5: "<I", 6: "<i"}


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
