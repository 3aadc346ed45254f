"""What a mission does on the way: the items between those that are flown, one after another."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.mission_item import MissionItem

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

INFO, WARNING = 6, 4
TURNED_RAD = math.radians(2.0)

_TOLD_AS_REACHED = frozenset(
    {
        dialect.MAV_CMD_CONDITION_DELAY,
        dialect.MAV_CMD_CONDITION_DISTANCE,
        dialect.MAV_CMD_CONDITION_YAW,
        dialect.MAV_CMD_DO_CHANGE_SPEED,
        dialect.MAV_CMD_DO_SET_HOME,
        dialect.MAV_CMD_DO_SET_ROI,
        dialect.MAV_CMD_DO_SET_ROI_LOCATION,
        dialect.MAV_CMD_DO_SET_ROI_NONE,
        dialect.MAV_CMD_DO_MOUNT_CONTROL,
        dialect.MAV_CMD_DO_GUIDED_LIMITS,
        dialect.MAV_CMD_DO_FENCE_ENABLE,
        dialect.MAV_CMD_DO_WINCH,
        dialect.MAV_CMD_DO_RETURN_PATH_START,
        dialect.MAV_CMD_DO_LAND_START,
    }
)
"""ArduCopter tells MISSION_ITEM_REACHED of these too; what its mission library does itself, it does not."""
_LEFT_TO_LIBRARY = frozenset(
    {
        dialect.MAV_CMD_JUMP_TAG,
        dialect.MAV_CMD_DO_SET_SERVO,
        dialect.MAV_CMD_DO_SET_RELAY,
        dialect.MAV_CMD_DO_REPEAT_SERVO,
        dialect.MAV_CMD_DO_REPEAT_RELAY,
        dialect.MAV_CMD_DO_DIGICAM_CONFIGURE,
        dialect.MAV_CMD_DO_DIGICAM_CONTROL,
        dialect.MAV_CMD_DO_SET_CAM_TRIGG_DIST,
        dialect.MAV_CMD_DO_PARACHUTE,
        dialect.MAV_CMD_DO_GRIPPER,
        dialect.MAV_CMD_DO_SPRAYER,
        dialect.MAV_CMD_DO_AUX_FUNCTION,
        dialect.MAV_CMD_DO_SET_RESUME_REPEAT_DIST,
        dialect.MAV_CMD_DO_SEND_SCRIPT_MESSAGE,
        dialect.MAV_CMD_DO_GIMBAL_MANAGER_PITCHYAW,
        dialect.MAV_CMD_IMAGE_START_CAPTURE,
        dialect.MAV_CMD_IMAGE_STOP_CAPTURE,
        dialect.MAV_CMD_SET_CAMERA_ZOOM,
        dialect.MAV_CMD_SET_CAMERA_FOCUS,
        dialect.MAV_CMD_VIDEO_START_CAPTURE,
        dialect.MAV_CMD_VIDEO_STOP_CAPTURE,
    }
)


class MissionActions:
    """Carries the items out; conditions hold back those after them.

    Parameters
    ----------
    autopilot : Autopilot
    change_speed : callable
        Takes the kind of speed and the speed.
    """

    def __init__(self, autopilot: Autopilot, change_speed: Callable[[int, float], bool]) -> None:
        self._autopilot = autopilot
        self._change_speed = change_speed
        self._waiting: deque[MissionItem] = deque()
        self._present: MissionItem | None = None
        self._began_s = 0.0

    def forget(self) -> None:
        """Do nothing more."""
        self._waiting.clear()
        self._present = None

    def begin(self, items: Iterable[MissionItem]) -> None:
        """Begin with the first at once, before the next item is flown, as ArduCopter does."""
        self._waiting = deque(items)
        self._present = None
        self._begin_next()

    def step(self) -> None:
        """Finish what is done and begin what is next, as far as conditions allow."""
        while self._present is not None:
            if not self._is_done(self._present):
                return
            if self._present.command in _TOLD_AS_REACHED:
                self._autopilot.report_reached(self._present.seq)
            elif self._present.command not in _LEFT_TO_LIBRARY:
                self._autopilot.say(WARNING, f"Skipping invalid cmd #{self._present.command}")
                self._autopilot.report_reached(self._present.seq)
            self._present = None
            self._begin_next()

    def _begin_next(self) -> None:
        if self._waiting:
            self._present = self._waiting.popleft()
            self._began_s = self._autopilot.now_s
            self._autopilot.say(INFO, f"Mission: {self._present.seq} {self._present.name}")
            self._do(self._present)

    def _is_done(self, item: MissionItem) -> bool:
        autopilot = self._autopilot
        match item.command:
            case dialect.MAV_CMD_CONDITION_DELAY:
                return autopilot.now_s - self._began_s >= max(item.param1, 0.0)
            case dialect.MAV_CMD_CONDITION_DISTANCE:
                goal = autopilot.auto.goal
                body = autopilot.body
                return goal is None or math.dist(goal[:2], (body.north_m, body.east_m)) < max(
                    item.param1, 0.0
                )
            case dialect.MAV_CMD_CONDITION_YAW:
                heading = autopilot.heading
                error = math.remainder(heading.target_rad - autopilot.body.yaw_rad, math.tau)
                return heading.mode.name != "FIXED" or abs(error) <= TURNED_RAD
        return True

    def _do(self, item: MissionItem) -> None:
        autopilot = self._autopilot
        match item.command:
            case dialect.MAV_CMD_DO_CHANGE_SPEED:
                if item.param2 > 0:
                    self._change_speed(int(item.param1), item.param2)
            case dialect.MAV_CMD_CONDITION_YAW:
                autopilot.turn(item.param1, item.param2, item.param3, is_relative=item.param4 > 0)
            case dialect.MAV_CMD_DO_SET_ROI | dialect.MAV_CMD_DO_SET_ROI_LOCATION:
                if item.x or item.y:
                    autopilot.heading.look_at(*autopilot.frame.to_north_east_m(item.x, item.y))
                else:
                    autopilot.heading.travel(autopilot.body)
            case dialect.MAV_CMD_DO_SET_ROI_NONE:
                autopilot.heading.travel(autopilot.body)
            case dialect.MAV_CMD_DO_FENCE_ENABLE:
                if item.param1 < 2:
                    autopilot.parameters["FENCE_ENABLE"] = float(item.param1 > 0)
                else:
                    autopilot.fence.switch_floor_off()
            case dialect.MAV_CMD_DO_SET_HOME:
                if item.param1 == 1 or not (item.x or item.y):
                    autopilot.set_home_here()
                else:
                    autopilot.set_home(item.x, item.y, item.z)
            case dialect.MAV_CMD_DO_GUIDED_LIMITS:
                autopilot.auto.limit_guided(item)
            case _:
                self._switch(item)

    def _switch(self, item: MissionItem) -> None:
        autopilot = self._autopilot
        outputs, number, now_s = autopilot.outputs, int(item.param1), autopilot.now_s
        match item.command:
            case dialect.MAV_CMD_DO_SET_SERVO:
                outputs.set_servo(number, item.param2)
            case dialect.MAV_CMD_DO_SET_RELAY:
                outputs.set_relay(number, item.param2)
            case dialect.MAV_CMD_DO_REPEAT_SERVO:
                outputs.repeat_servo(number, item.param2, item.param3, item.param4, now_s)
            case dialect.MAV_CMD_DO_REPEAT_RELAY:
                outputs.repeat_relay(number, item.param2, item.param3, now_s)
            case _:
                carried = autopilot.carried.get(item.command)
                if carried is not None:
                    params = (item.param1, item.param2, item.param3, item.param4)
                    carried((*params, float(item.x), float(item.y), item.z), (0, 0))
