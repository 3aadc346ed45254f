"""NAV_DELAY: how long a mission waits."""

from simulator.protocol.mission_item import MissionItem

DAY_S = 86_400


def delay_s(item: MissionItem, now_utc_s: float) -> float:
    """Seconds to wait, or to the next time of day at which all given parts of the UTC fit."""
    if item.param1 > 0:
        return float(item.param1)
    hour, minute, second = (int(part) for part in (item.param2, item.param3, item.param4))
    for ahead_s in range(DAY_S):
        moment = int(now_utc_s % DAY_S + ahead_s) % DAY_S
        parts = moment // 3600, moment // 60 % 60, moment % 60
        if all(want in (-1, got) for want, got in zip((hour, minute, second), parts, strict=True)):
            return float(ahead_s)
    return 0.0
