"""Commands that fly the vehicle."""

import math

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.arming import FORCE_CODE
from simulator.autopilot.autopilot import Autopilot
from simulator.autopilot.mode import ModeNumber
from simulator.protocol.command import ACCEPTED, DENIED, FAILED, UNSUPPORTED, Command, Handler, whole
from simulator.protocol.place_frame import RELATIVE_FRAMES, has_known_frame, is_on_earth, place_of

FARTHEST_HOME_M = 245_000.0
HIGHEST_HOME_M = 50_000.0
"""Home is not set farther from the origin than that."""


class FlightCommands:
    """Arming, modes, mission, take-off and where to go."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self.handlers: dict[int, Handler] = {
            dialect.MAV_CMD_COMPONENT_ARM_DISARM: self._arm_disarm,
            dialect.MAV_CMD_DO_FLIGHTTERMINATION: self._terminate,
            dialect.MAV_CMD_DO_SET_MODE: self._set_mode,
            dialect.MAV_CMD_NAV_TAKEOFF: self._take_off,
            dialect.MAV_CMD_NAV_VTOL_TAKEOFF: self._take_off,
            dialect.MAV_CMD_NAV_LAND: lambda _: self._change_mode(ModeNumber.LAND),
            dialect.MAV_CMD_NAV_VTOL_LAND: lambda _: self._change_mode(ModeNumber.LAND),
            dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH: lambda _: self._change_mode(ModeNumber.RTL),
            dialect.MAV_CMD_NAV_LOITER_UNLIM: lambda _: self._change_mode(ModeNumber.LOITER),
            dialect.MAV_CMD_DO_LAND_START: self._start_landing,
            dialect.MAV_CMD_MISSION_START: self._start_mission,
            dialect.MAV_CMD_DO_SET_MISSION_CURRENT: self._set_current,
            dialect.MAV_CMD_DO_PAUSE_CONTINUE: self._pause,
            dialect.MAV_CMD_DO_REPOSITION: self._reposition,
            dialect.MAV_CMD_DO_CHANGE_SPEED: self._change_speed,
            dialect.MAV_CMD_CONDITION_YAW: self._turn,
            dialect.MAV_CMD_DO_SET_ROI: self._look_at,
            dialect.MAV_CMD_DO_SET_ROI_LOCATION: self._look_at,
            dialect.MAV_CMD_DO_SET_ROI_NONE: self._look_ahead,
            dialect.MAV_CMD_DO_SET_HOME: self._set_home,
            dialect.MAV_CMD_DO_FENCE_ENABLE: self._enable_fence,
        }

    # --- arming, modes, mission --------------------------------------------------------------------------------

    def _arm_disarm(self, command: Command) -> int:
        is_forced = command.param2 == FORCE_CODE
        if command.param1 == 1.0:
            return ACCEPTED if self._autopilot.arm(is_forced=is_forced) else FAILED
        if command.param1 == 0.0:
            return ACCEPTED if self._autopilot.disarm(is_forced=is_forced) else FAILED
        return UNSUPPORTED

    def _terminate(self, command: Command) -> int:
        if not command.param1 > 0.5:
            return FAILED
        self._autopilot.disarm(is_forced=True)
        return ACCEPTED

    def _set_mode(self, command: Command) -> int:
        flags = whole(command.param1)
        if flags > 0 and flags & dialect.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED:
            return ACCEPTED if self._autopilot.change_mode(whole(command.param2)) else FAILED
        is_safety_switch = flags == dialect.MAV_MODE_FLAG_DECODE_POSITION_SAFETY
        return ACCEPTED if is_safety_switch and command.param2 in (0.0, 1.0) else DENIED

    def _change_mode(self, number: int) -> int:
        return ACCEPTED if self._autopilot.set_mode(number) else FAILED

    def _take_off(self, command: Command) -> int:
        autopilot = self._autopilot
        body = autopilot.body
        if command.frame != dialect.MAV_FRAME_GLOBAL_RELATIVE_ALT:
            return DENIED
        if not autopilot.is_armed or not autopilot.is_landed or not math.isfinite(command.z):
            return FAILED
        up = autopilot.home_place[2] + command.z
        if up <= body.up_m or not autopilot.fence.allows(body.north_m, body.east_m, up):
            return FAILED
        return ACCEPTED if autopilot.mode.take_off(up, must_hold_place=command.param3 == 0.0) else FAILED

    def _start_mission(self, command: Command) -> int:
        autopilot = self._autopilot
        if command.param1 != 0.0 or command.param2 != 0.0:
            # ArduCopter starts at the first item only.
            return DENIED
        if not autopilot.set_mode(ModeNumber.AUTO):
            return FAILED
        autopilot.auto.begin()
        return ACCEPTED

    def _start_landing(self, _: Command) -> int:
        return ACCEPTED if self._autopilot.auto.jump_to_landing() else FAILED

    def _pause(self, command: Command) -> int:
        mode = self._autopilot.mode
        if command.param1 not in (0.0, 1.0):
            return DENIED
        is_pause = command.param1 == 0.0
        if mode.pause() if is_pause else mode.resume():
            return ACCEPTED
        self._autopilot.say(dialect.MAV_SEVERITY_INFO, f"Failed to {'pause' if is_pause else 'resume'}")
        return FAILED

    def _set_current(self, command: Command) -> int:
        if command.param1 < 0 or not math.isfinite(command.param1):
            return DENIED
        if command.param2 == 1.0:
            self._autopilot.auto.reset()
        return ACCEPTED if self._autopilot.auto.jump_to(whole(command.param1)) else DENIED

    # --- places ------------------------------------------------------------------------------------------------

    def _reposition(self, command: Command) -> int:
        autopilot = self._autopilot
        does_change = whole(command.param2) & dialect.MAV_DO_REPOSITION_FLAGS_CHANGE_MODE
        if not autopilot.is_guided and not does_change:
            return DENIED
        is_sane = (command.x or command.y) and not (command.frame in RELATIVE_FRAMES and command.z == 0.0)
        if (
            not is_sane
            or not is_on_earth(command.x, command.y)
            or not has_known_frame(command.frame, command.z)
        ):
            return DENIED
        place = place_of(autopilot, command.x, command.y, command.z, command.frame)
        if place is None or not autopilot.fence.allows(*place):
            return FAILED
        if not autopilot.is_guided and not autopilot.set_mode(ModeNumber.GUIDED):
            return FAILED
        autopilot.guided.fly_to(place)
        return ACCEPTED

    def _set_home(self, command: Command) -> int:
        autopilot = self._autopilot
        if command.param1 == 1.0 or (command.x == 0 and command.y == 0):
            if not autopilot.has_origin:
                return FAILED
            autopilot.set_home_here()
            autopilot.home_is_locked = True
            return ACCEPTED
        if command.param1 != 0.0:
            return FAILED
        if not has_known_frame(command.frame, command.z):
            return DENIED
        place = place_of(autopilot, command.x, command.y, command.z, command.frame)
        if not autopilot.has_origin or place is None:
            return FAILED
        if math.hypot(*place[:2]) > FARTHEST_HOME_M or abs(place[2]) > HIGHEST_HOME_M:
            return FAILED
        autopilot.set_home(command.x, command.y, place[2] + autopilot.origin_alt_amsl_m)
        # Arming moves it no more.
        autopilot.home_is_locked = True
        return ACCEPTED

    def _look_at(self, command: Command) -> int:
        if not has_known_frame(command.frame, command.z):
            return DENIED
        if not is_on_earth(command.x, command.y):
            return FAILED
        if command.x == 0 and command.y == 0:
            return self._look_ahead(command)
        self._autopilot.look_at(self._autopilot.frame.to_north_east_m(command.x, command.y))
        return ACCEPTED

    def _look_ahead(self, _: Command) -> int:
        self._autopilot.look_at(None)
        return ACCEPTED

    # --- flying ------------------------------------------------------------------------------------------------

    def _change_speed(self, command: Command) -> int:
        kind, speed_m_s = whole(command.param1), command.param2
        if not speed_m_s > 0.0 or kind == dialect.SPEED_TYPE_ENUM_END:
            return DENIED
        return ACCEPTED if self._autopilot.mode.change_speed(kind, speed_m_s) else FAILED

    def _turn(self, command: Command) -> int:
        if not 0.0 <= command.param1 <= 360.0 or command.param4 not in (0.0, 1.0):
            return FAILED
        self._autopilot.turn(command.param1, command.param2, command.param3, is_relative=command.param4 > 0)
        return ACCEPTED

    def _enable_fence(self, command: Command) -> int:
        number = whole(command.param1)
        if number not in (0, 1, 2):
            return FAILED
        if number == 1 and not self._autopilot.fence.types:
            return FAILED
        if number < 2:
            self._autopilot.parameters["FENCE_ENABLE"] = float(number)
        else:
            self._autopilot.fence.switch_floor_off()
        return ACCEPTED
