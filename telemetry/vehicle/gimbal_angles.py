"""Where a gimbal looks, from its quaternion (https://mavlink.io/en/services/gimbal_v2.html)."""

import math
from collections.abc import Sequence

YAW_IN_EARTH_FRAME = 64
"""GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME."""
YAW_LOCK = 16
"""GIMBAL_DEVICE_FLAGS_YAW_LOCK: the older way to say that yaw counts from north."""
YAW_IN_VEHICLE_FRAME = 32


def gimbal_angles_deg(
    quaternion: Sequence[float], flags: int, heading_deg: float | None
) -> tuple[float, float | None] | None:
    """Give pitch above the horizon, and yaw from north where it can be told; None for no rotation."""
    w, x, y, z = quaternion
    length = math.sqrt(w * w + x * x + y * y + z * z)
    if not 0.5 < length < 2.0:
        return None
    w, x, y, z = w / length, x / length, y / length, z / length
    pitch_deg = math.degrees(math.asin(max(-1.0, min(1.0, 2.0 * (w * y - z * x)))))
    yaw_deg = math.degrees(math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)))
    is_from_north = bool(flags & YAW_IN_EARTH_FRAME) or (
        bool(flags & YAW_LOCK) and not flags & YAW_IN_VEHICLE_FRAME
    )
    if is_from_north:
        return pitch_deg, yaw_deg % 360.0
    return pitch_deg, None if heading_deg is None else (yaw_deg + heading_deg) % 360.0
