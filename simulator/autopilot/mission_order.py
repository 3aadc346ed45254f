"""In which order the items of a mission are flown: jumps, and what is done between two that are flown."""

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.item_kinds import TAKEOFFS
from simulator.protocol.mission_item import MissionItem
from simulator.protocol.mission_store import MissionStore

MAX_JUMPS_IN_A_ROW = 100
SKIPPED_AT_START = 16
"""So many items are looked through for the take-off."""

Step = tuple[MissionItem | None, list[MissionItem]]
"""The item to fly, None where there is none, and what is to be done on the way to it."""


class MissionOrder:
    """Goes through a mission and counts its jumps.

    Parameters
    ----------
    mission : MissionStore
    """

    def __init__(self, mission: MissionStore) -> None:
        self._mission = mission
        self._jumps_left: dict[int, int] = {}

    def reset(self) -> None:
        """Count jumps anew."""
        self._jumps_left.clear()

    def advance(self, seq: int) -> Step:
        """Go to the next item to fly, from `seq` on."""
        return self._step(seq, self._jumps_left)

    def after(self, item: MissionItem) -> MissionItem | None:
        """Tell which item will be flown after one."""
        return self._step(item.seq + 1, dict(self._jumps_left))[0]

    def starts_with_takeoff(self) -> bool:
        """Whether a vehicle on the ground may begin with it."""
        for seq in range(1, min(self._mission.count(), SKIPPED_AT_START)):
            item = self._mission.item(seq)
            if item.is_navigation and item.command != dialect.MAV_CMD_NAV_DELAY:
                return item.command in TAKEOFFS
        return False

    def landing_starts(self) -> list[MissionItem]:
        """Give the items from which on it lands."""
        items = map(self._mission.item, range(1, self._mission.count()))
        return [item for item in items if item.command == dialect.MAV_CMD_DO_LAND_START]

    def _step(self, seq: int, jumps_left: dict[int, int]) -> Step:
        seen: list[MissionItem] = []
        jumps = 0
        while 1 <= seq < self._mission.count():
            item = self._mission.item(seq)
            if item.is_navigation:
                return item, seen
            if item.command in (dialect.MAV_CMD_DO_JUMP, dialect.MAV_CMD_DO_JUMP_TAG):
                left = jumps_left.setdefault(seq, int(item.param2))
                jumps += 1
                if left != 0 and jumps < MAX_JUMPS_IN_A_ROW:
                    if left > 0:
                        jumps_left[seq] = left - 1
                    seq = self._target_of(item)
                    continue
            else:
                seen.append(item)
            seq += 1
        return None, seen

    def _target_of(self, jump: MissionItem) -> int:
        """Give the item that is jumped to; none where its tag is not on board, which ends the mission."""
        if jump.command == dialect.MAV_CMD_DO_JUMP:
            return int(jump.param1)
        for seq in range(1, self._mission.count()):
            item = self._mission.item(seq)
            if item.command == dialect.MAV_CMD_JUMP_TAG and item.param1 == jump.param1:
                return seq
        return 0
