"""What the values of mission items may be, in every file that holds them."""

from collections.abc import Sequence
from dataclasses import replace

from missions.plan.item import Frame, MissionItem

FRAMES = {
    0: Frame.GLOBAL,
    2: Frame.MISSION,
    3: Frame.GLOBAL_RELATIVE_ALT,
    5: Frame.GLOBAL,
    6: Frame.GLOBAL_RELATIVE_ALT,
    10: Frame.GLOBAL_TERRAIN_ALT,
    11: Frame.GLOBAL_TERRAIN_ALT,
}
"""By MAV_FRAME; those of the wire's whole numbers mean the same."""

ITEMS_AT_MOST = 65_534
"""MAVLink counts items in 16 bits."""

COMMAND_AT_MOST = 65_535

VALUE_AT_MOST = 3.4e38
"""What a MAVLink float can hold."""


def numbered(items: Sequence[MissionItem]) -> tuple[MissionItem, ...]:
    """Give items their numbers, from 1."""
    return tuple(replace(item, seq=seq) for seq, item in enumerate(items, start=1))
