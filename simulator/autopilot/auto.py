"""AUTO: the mission, item by item."""

from __future__ import annotations

import math
from collections import deque
from enum import IntEnum
from typing import TYPE_CHECKING

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.circle import nearest_on_circle
from simulator.autopilot.descent import Descent
from simulator.autopilot.mode import Mode, ModeNumber
from simulator.autopilot.return_home import ReturnHome, ReturnPhase
from simulator.autopilot.takeoff import Takeoff
from simulator.autopilot.waypoint_navigation import LegLimits, Place
from simulator.protocol.mission_item import MissionItem

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

INFO, CRITICAL, WARNING = 6, 2, 4
PACE_PER_S = 0.27
"""How fast a pause takes effect."""
MAX_JUMPS_IN_A_ROW = 100

_FLOWN_TO = frozenset(
    {
        dialect.MAV_CMD_NAV_WAYPOINT,
        dialect.MAV_CMD_NAV_SPLINE_WAYPOINT,
        dialect.MAV_CMD_NAV_LOITER_UNLIM,
        dialect.MAV_CMD_NAV_LOITER_TIME,
        dialect.MAV_CMD_NAV_LOITER_TURNS,
        dialect.MAV_CMD_NAV_LOITER_TO_ALT,
    }
)
_PASSED_TO = frozenset(
    {
        dialect.MAV_CMD_NAV_WAYPOINT,
        dialect.MAV_CMD_NAV_SPLINE_WAYPOINT,
        dialect.MAV_CMD_NAV_LOITER_UNLIM,
        dialect.MAV_CMD_NAV_LOITER_TIME,
    }
)


class MissionState(IntEnum):
    """MISSION_STATE."""

    NO_MISSION = 1
    NOT_STARTED = 2
    ACTIVE = 3
    PAUSED = 4
    COMPLETE = 5


class Auto(Mode):
    """Runs the mission on board."""

    number = ModeNumber.AUTO
    is_armable = False

    def __init__(self, autopilot: Autopilot) -> None:
        super().__init__(autopilot)
        self._takeoff = Takeoff(autopilot)
        self._descent = Descent(autopilot)
        self._return = ReturnHome(autopilot)
        self._item: MissionItem | None = None
        self._todo: deque[MissionItem] = deque()
        self._condition_until_s = 0.0
        self._jumps_left: dict[int, int] = {}
        self._waited_s = 0.0
        self._is_there = False
        self._is_descending = False
        self._circle_rad = 0.0
        self._speed_m_s: float | None = None
        self._is_waiting_to_start = False
        self._is_running = False
        self._is_complete = False
        self._pace = 1.0
        self.is_paused = False
        self.may_take_off = False
        """Set by MISSION_START or a raised throttle; until then an armed vehicle stays on the ground."""

    @property
    def current_seq(self) -> int:
        """The navigation item being flown, or 0."""
        return self._item.seq if self._item is not None else 0

    @property
    def is_running(self) -> bool:
        """Whether the mission goes on."""
        return self._is_running

    @property
    def state(self) -> MissionState:
        """MISSION_STATE as reported."""
        if self.autopilot.mission.count() <= 1:
            return MissionState.NO_MISSION
        if self._is_complete:
            return MissionState.COMPLETE
        if self.autopilot.mode is not self or not self._is_running:
            return MissionState.NOT_STARTED
        return MissionState.PAUSED if self.is_paused else MissionState.ACTIVE

    @property
    def goal(self) -> Place | None:
        """Where the present item leads."""
        leg = self.autopilot.navigation.leg
        return leg.destination if leg is not None and self._is_running else None

    @property
    def is_taking_off(self) -> bool:
        """Whether it climbs from the ground."""
        return self._item is not None and self._item.command == dialect.MAV_CMD_NAV_TAKEOFF

    @property
    def is_landing(self) -> bool:
        """Whether it comes down to land."""
        return self._is_descending or self._return.phase is ReturnPhase.DESCEND

    def refusal(self) -> str:
        """Armed, the mission must exist and begin with a take-off if the vehicle stands on the ground."""
        autopilot = self.autopilot
        if not autopilot.is_armed:
            return ""
        if autopilot.mission.count() <= 1:
            return "init failed"
        if autopilot.is_landed and not self._starts_with_takeoff():
            autopilot.say(CRITICAL, "Auto: Missing Takeoff Cmd")
            return "init failed"
        return ""

    def _starts_with_takeoff(self) -> bool:
        mission = self.autopilot.mission
        for seq in range(1, mission.count()):
            item = mission.item(seq)
            if item.is_navigation:
                return bool(item.command == dialect.MAV_CMD_NAV_TAKEOFF)
        return False

    def enter(self) -> None:
        """Begin or resume at the next step."""
        autopilot = self.autopilot
        self._is_waiting_to_start = True
        self.is_paused = False
        self._pace = 1.0
        self._speed_m_s = None
        if not autopilot.body.is_on_ground:
            autopilot.control.start(autopilot.body)
        autopilot.navigation.start(autopilot.body)
        autopilot.heading.hold(autopilot.body)

    def leave(self) -> None:
        """Stop where the mission is; entering again resumes there."""
        self._is_running = False
        self._is_waiting_to_start = False

    def on_disarmed(self) -> None:
        """Begin the next flight at the start."""
        self._item = None
        self._todo.clear()
        self._jumps_left.clear()
        self._is_running = False
        self._is_waiting_to_start = False
        self.is_paused = False
        self.may_take_off = False

    def begin(self) -> None:
        """MISSION_START."""
        self.may_take_off = True
        if not self._is_running:
            self._start_or_resume()

    def service(self) -> None:
        """Start a mission that waits to be started, armed or not."""
        if self._is_waiting_to_start and self.autopilot.has_position:
            self._is_waiting_to_start = False
            self._start_or_resume()

    def _start_or_resume(self) -> None:
        has_begun = self._item is not None and not self._is_complete
        if has_begun and self.autopilot.parameters["MIS_RESTART"] == 0:
            assert self._item is not None
            self._start_from(self._item.seq)
        else:
            self._jumps_left.clear()
            self._start_from(1)

    def jump_to(self, seq: int) -> bool:
        """Make `seq` the current item; false where there is none."""
        mission = self.autopilot.mission
        if not 0 <= seq < mission.count():
            return False
        self._is_complete = False
        seq = max(seq, 1)
        if self._is_running:
            self._start_from(seq)
        elif seq < mission.count():
            self._item = mission.item(seq)
        self.autopilot.announce("MISSION_CURRENT")
        return True

    def restart_item(self) -> None:
        """Fly the present item again after the mission was changed."""
        autopilot = self.autopilot
        if not self._is_running:
            return
        if self._item is not None and 0 < self._item.seq < autopilot.mission.count():
            self._start_from(self._item.seq)
            autopilot.say(CRITICAL, "Auto mission changed, restarted command")
        else:
            autopilot.say(CRITICAL, "Auto mission changed but failed to restart command")

    def finish_on_ground(self) -> None:
        """Count the item that ended with this landing as reached."""
        if self._item is not None and self._item.command in (
            dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH,
            dialect.MAV_CMD_NAV_LAND,
        ):
            self.autopilot.report_reached(self._item.seq)
            self._is_complete = True

    def set_speed(self, speed_m_s: float) -> None:
        """Fly no faster than this until the mode is left."""
        self._speed_m_s = speed_m_s
        self.autopilot.navigation.change_speed(self.autopilot.leg_limits(speed_m_s=speed_m_s))

    def _start_from(self, seq: int) -> None:
        self._is_running, self._is_complete = True, False
        self._todo.clear()
        item, seen = self._next_navigation(seq, self._jumps_left)
        self._todo.extend(seen)
        if item is None:
            self._complete()
            return
        self._start_item(item)

    def _next_navigation(
        self, seq: int, jumps_left: dict[int, int]
    ) -> tuple[MissionItem | None, list[MissionItem]]:
        """Find the next item to fly from `seq` on, and what is to be done on the way; count down `jumps_left`."""
        mission = self.autopilot.mission
        seen: list[MissionItem] = []
        jumps = 0
        while 1 <= seq < mission.count():
            item = mission.item(seq)
            if item.is_navigation:
                return item, seen
            if item.command == dialect.MAV_CMD_DO_JUMP:
                left = jumps_left.setdefault(seq, int(item.param2))
                jumps += 1
                if left != 0 and jumps < MAX_JUMPS_IN_A_ROW:
                    if left > 0:
                        jumps_left[seq] = left - 1
                    seq = int(item.param1)
                    continue
            else:
                seen.append(item)
            seq += 1
        return None, seen

    def _advance(self) -> None:
        autopilot = self.autopilot
        assert self._item is not None
        autopilot.report_reached(self._item.seq)
        if self._item.command in (dialect.MAV_CMD_NAV_WAYPOINT, dialect.MAV_CMD_NAV_SPLINE_WAYPOINT):
            autopilot.say(INFO, f"Reached command #{self._item.seq}")
        self._start_from(self._item.seq + 1)

    def _complete(self) -> None:
        self._is_complete = True
        self._is_running = False
        self._item = None
        if self.autopilot.is_landed:
            self.autopilot.disarm()

    def _start_item(self, item: MissionItem) -> None:
        autopilot = self.autopilot
        self._item = item
        self._waited_s = 0.0
        self._is_there = self._is_descending = False
        autopilot.say(INFO, f"Mission: {item.seq} {item.name}")
        command = item.command
        if command == dialect.MAV_CMD_NAV_TAKEOFF:
            self._start_takeoff(item)
        elif command in _FLOWN_TO:
            self._fly_towards(item)
        elif command == dialect.MAV_CMD_NAV_LAND:
            if item.x or item.y:
                north, east = autopilot.frame.to_north_east_m(item.x, item.y)
                _, _, up = self._here()
                autopilot.navigation.fly_to((north, east, up), None, self._limits())
                self._look_ahead()
            else:
                self._is_there = self._is_descending = True
                self._descent.start()
        elif command == dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH:
            self._return.start()

    def _start_takeoff(self, item: MissionItem) -> None:
        autopilot = self.autopilot
        up = max(self._place_of(item)[2], autopilot.body.up_m)
        if autopilot.is_armed and (self.may_take_off or not autopilot.is_landed):
            self._is_there = True
            self._takeoff.start(up)

    def _fly_towards(self, item: MissionItem) -> None:
        autopilot = self.autopilot
        if autopilot.body.is_on_ground:
            return
        autopilot.control.start(autopilot.body)
        place = self._place_of(item)
        if item.command == dialect.MAV_CMD_NAV_LOITER_TURNS:
            place = nearest_on_circle(place, self._circle_radius_m(item), self._here())
        after: Place | None = None
        is_waypoint = item.command in (dialect.MAV_CMD_NAV_WAYPOINT, dialect.MAV_CMD_NAV_SPLINE_WAYPOINT)
        if is_waypoint and item.param1 == 0:
            upcoming, _ = self._next_navigation(item.seq + 1, dict(self._jumps_left))
            if upcoming is not None and upcoming.command in _PASSED_TO and (upcoming.x or upcoming.y):
                after = self._place_of(upcoming)
        autopilot.navigation.fly_to(place, after, self._limits())
        self._look_ahead()

    def _look_ahead(self) -> None:
        if self.autopilot.parameters["WP_YAW_BEHAVIOR"] != 0 and self.autopilot.heading.mode.name != "PLACE":
            self.autopilot.heading.travel(self.autopilot.body)

    def _limits(self) -> LegLimits:
        return self.autopilot.leg_limits(speed_m_s=self._speed_m_s)

    def _here(self) -> Place:
        leg = self.autopilot.navigation.leg
        return (
            leg.destination if leg is not None else self.autopilot.control.stopping_point(self.autopilot.body)
        )

    def _place_of(self, item: MissionItem) -> Place:
        autopilot = self.autopilot
        north, east, up = self._here()
        if item.x or item.y:
            north, east = autopilot.frame.to_north_east_m(item.x, item.y)
        if item.frame == dialect.MAV_FRAME_GLOBAL:
            up = item.z - autopilot.origin_alt_amsl_m
        elif item.z != 0 or item.x or item.y:
            up = autopilot.home_place[2] + item.z
        return north, east, up

    def step(self, dt: float) -> None:
        """Fly on."""
        autopilot = self.autopilot
        self.service()
        if autopilot.sticks.throttle > 0.1:
            self.may_take_off = True
        item = self._item
        if not self._is_running or item is None:
            if autopilot.body.is_on_ground:
                autopilot.watch_ground(dt)
            else:
                autopilot.fly_leg(dt)
            return
        self._do_next()
        wanted = 0.0 if self.is_paused else 1.0
        self._pace += min(max(wanted - self._pace, -PACE_PER_S * dt), PACE_PER_S * dt)
        if self._verify(item, dt):
            self._advance()

    def _verify(self, item: MissionItem, dt: float) -> bool:
        autopilot = self.autopilot
        command = item.command
        if command == dialect.MAV_CMD_NAV_TAKEOFF:
            if not self._is_there:
                if autopilot.is_armed and self.may_take_off:
                    self._start_takeoff(item)
                else:
                    autopilot.watch_ground(dt)
                return False
            if not self._takeoff.step(dt):
                return False
            autopilot.navigation.start(autopilot.body)
            return True
        if command == dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH or self._is_descending:
            is_down = self._descent.step(dt) if self._is_descending else self._return.step(dt)
            if is_down and self._next_navigation(item.seq + 1, dict(self._jumps_left))[0] is None:
                autopilot.disarm()
                return False
            return is_down
        if autopilot.body.is_on_ground:
            autopilot.watch_ground(dt)
            return False
        if command == dialect.MAV_CMD_NAV_LOITER_TURNS and self._is_there:
            return self._circle(item, dt)
        autopilot.fly_leg(dt, pace=self._pace)
        if command == dialect.MAV_CMD_NAV_DELAY:
            self._waited_s += dt
            return self._waited_s >= item.param1
        if not self._is_there:
            is_passing = autopilot.navigation.is_passing
            self._is_there = autopilot.navigation.is_finished if is_passing else autopilot.is_at_leg_end()
            if not self._is_there:
                return False
        if command == dialect.MAV_CMD_NAV_LAND:
            self._is_descending = True
            self._descent.start(autopilot.frame.to_north_east_m(item.x, item.y))
            return False
        if command == dialect.MAV_CMD_NAV_LOITER_UNLIM:
            return False
        if command == dialect.MAV_CMD_NAV_LOITER_TURNS:
            body = autopilot.body
            north, east, _ = self._place_of(item)
            self._circle_rad = math.atan2(body.east_m - east, body.north_m - north)
            return False
        wait_s = item.param1 if command != dialect.MAV_CMD_NAV_LOITER_TO_ALT else 0.0
        self._waited_s += dt
        return self._waited_s >= wait_s

    def _circle_radius_m(self, item: MissionItem) -> float:
        return abs(item.param3) or float(self.autopilot.parameters["CIRCLE_RADIUS"] * 0.01)

    def _circle(self, item: MissionItem, dt: float) -> bool:
        """Fly round the place; the angle runs as fast as speed and acceleration allow."""
        autopilot = self.autopilot
        limits = self._limits()
        radius = self._circle_radius_m(item)
        rate_rad_s = math.radians(abs(autopilot.parameters["CIRCLE_RATE"]))
        speed = min(limits.speed_m_s, math.sqrt(0.5 * limits.accel_m_s2 * radius), rate_rad_s * radius)
        turned = speed * dt / max(radius, 1.0) * self._pace
        self._waited_s += turned
        self._circle_rad += math.copysign(turned, item.param3 or 1.0)
        north, east, up = self._place_of(item)
        autopilot.control.shape_horizontal(
            dt,
            north + radius * math.cos(self._circle_rad),
            east + radius * math.sin(self._circle_rad),
            speed_m_s=limits.speed_m_s,
            accel_m_s2=limits.accel_m_s2,
        )
        autopilot.control.shape_vertical(
            dt,
            up,
            climb_m_s=limits.climb_m_s,
            descent_m_s=limits.descent_m_s,
            accel_m_s2=limits.accel_up_m_s2,
        )
        if self._waited_s < item.param1 * math.tau:
            return False
        autopilot.navigation.start(autopilot.body)
        return True

    def _do_next(self) -> None:
        autopilot = self.autopilot
        while self._todo:
            item = self._todo[0]
            if item.command == dialect.MAV_CMD_CONDITION_DELAY:
                if self._condition_until_s == 0.0:
                    self._condition_until_s = autopilot.now_s + item.param1
                if autopilot.now_s < self._condition_until_s:
                    return
                self._condition_until_s = 0.0
            elif item.command == dialect.MAV_CMD_CONDITION_DISTANCE:
                leg = autopilot.navigation.leg
                if leg is not None and autopilot.distance_to(leg.destination) > item.param1:
                    return
            else:
                self._do(item)
            self._todo.popleft()

    def _do(self, item: MissionItem) -> None:
        autopilot = self.autopilot
        autopilot.say(INFO, f"Mission: {item.seq} {item.name}")
        match item.command:
            case dialect.MAV_CMD_DO_CHANGE_SPEED:
                if item.param2 > 0 and int(item.param1) in (0, 1):
                    self.set_speed(item.param2)
            case dialect.MAV_CMD_CONDITION_YAW:
                autopilot.turn(item.param1, item.param2, item.param3, is_relative=item.param4 > 0)
            case dialect.MAV_CMD_DO_SET_ROI | dialect.MAV_CMD_DO_SET_ROI_LOCATION:
                if item.x or item.y:
                    autopilot.heading.look_at(*autopilot.frame.to_north_east_m(item.x, item.y))
                else:
                    autopilot.heading.travel(autopilot.body)
            case dialect.MAV_CMD_DO_SET_ROI_NONE:
                autopilot.heading.travel(autopilot.body)
            case dialect.MAV_CMD_DO_SET_SERVO:
                autopilot.outputs.set_servo(int(item.param1), item.param2)
            case dialect.MAV_CMD_DO_SET_RELAY:
                autopilot.outputs.set_relay(int(item.param1), item.param2)
            case dialect.MAV_CMD_DO_FENCE_ENABLE:
                autopilot.parameters["FENCE_ENABLE"] = float(item.param1 > 0)
            case dialect.MAV_CMD_DO_SET_HOME:
                if item.param1 == 1:
                    autopilot.set_home_here()
                else:
                    autopilot.set_home(item.x, item.y, item.z)
