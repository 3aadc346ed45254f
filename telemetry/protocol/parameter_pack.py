"""The file `@PARAM/param.pck` of ArduPilot: names by what they share with the name before, values in their own types."""

import struct

from telemetry.protocol.parameter_value import INT8, INT16, INT32, REAL32, Parameter

PATH = "@PARAM/param.pck?withdefaults=1"
_MAGIC, _MAGIC_WITH_DEFAULTS = 0x671B, 0x671C
_HEADER = struct.Struct("<3H")
"""Magic, parameters in the file, parameters in all."""
_TYPES = {
    1: (INT8, struct.Struct("<b")),
    2: (INT16, struct.Struct("<h")),
    3: (INT32, struct.Struct("<i")),
    4: (REAL32, struct.Struct("<f")),
}
_HAS_DEFAULT = 1
_LONGEST_NAME = 16


def unpack_parameters(data: bytes) -> dict[str, Parameter] | None:
    """Read all parameters by name, in the vehicle's order; None where the file is none, or not whole.

    A default is told where it differs from the value; without one, in a file with defaults, the value is the default.
    """
    if len(data) < _HEADER.size:
        return None
    magic, count, total = _HEADER.unpack_from(data)
    if magic not in (_MAGIC, _MAGIC_WITH_DEFAULTS) or count != total:
        return None
    found: dict[str, Parameter] = {}
    at, last_name = _HEADER.size, b""
    while True:
        # Zeros before a parameter keep its value within one reply.
        while at < len(data) and data[at] == 0:
            at += 1
        if at == len(data):
            break
        if at + 2 > len(data) or data[at] & 0x0F not in _TYPES:
            return None
        param_type, layout = _TYPES[data[at] & 0x0F]
        has_default = magic == _MAGIC_WITH_DEFAULTS and bool(data[at] >> 4 & _HAS_DEFAULT)
        shared, own = data[at + 1] & 0x0F, (data[at + 1] >> 4) + 1
        value_at = at + 2 + own
        at = value_at + layout.size * (1 + has_default)
        if at > len(data) or shared > len(last_name) or shared + own > _LONGEST_NAME:
            return None
        last_name = last_name[:shared] + data[value_at - own : value_at]
        (value,) = layout.unpack_from(data, value_at)
        default = value
        if has_default:
            (default,) = layout.unpack_from(data, value_at + layout.size)
        if not last_name.isascii():
            return None
        name = last_name.decode()
        found[name] = Parameter(
            name, float(value), param_type, float(default) if magic == _MAGIC_WITH_DEFAULTS else None
        )
    return found if len(found) == count else None
