"""AUTO: the mission, item by item."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.circle import CircleFlight
from simulator.autopilot.descent import Descent
from simulator.autopilot.guided_item import GuidedItem
from simulator.autopilot.item_delay import delay_s
from simulator.autopilot.item_kinds import (
    FLOWN_TO,
    LANDINGS,
    PAUSABLE,
    TAKEOFFS,
    UNFLOWN,
    WAYPOINTS,
)
from simulator.autopilot.item_way import ItemWay
from simulator.autopilot.mission_actions import MissionActions
from simulator.autopilot.mission_order import MissionOrder
from simulator.autopilot.mode import Mode, ModeNumber
from simulator.autopilot.ordered_speeds import OrderedSpeeds
from simulator.autopilot.pace import Pace
from simulator.autopilot.payload_place import PayloadPlace
from simulator.autopilot.return_home import ReturnHome, ReturnPhase
from simulator.autopilot.takeoff import Takeoff
from simulator.autopilot.waypoint_navigation import LegLimits, Place
from simulator.protocol.mission_item import MissionItem

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

INFO, CRITICAL, WARNING = 6, 2, 4
LEAST_TAKEOFF_M = 1.0
"""Above the origin; ArduCopter climbs there whatever the item says."""


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
        self._circle = CircleFlight(autopilot)
        self._place = PayloadPlace(autopilot)
        self._actions = MissionActions(autopilot, self.change_speed)
        self._speeds = OrderedSpeeds()
        self._order = MissionOrder(autopilot.mission)
        self._guided = GuidedItem(autopilot)
        self._way = ItemWay(autopilot, self._order, self._limits)
        self._delay_s = 0.0
        self._waited_s = 0.0
        self._is_there = False
        self._is_descending = False
        self._is_waiting_to_start = False
        self._is_running = False
        self._is_complete = False
        self._is_returning = False
        self._pace = Pace()
        self.is_paused = False
        self.is_auto_rtl = False
        """Whether the mode is shown as AUTO_RTL, as it is after a jump to the landing."""
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
    def is_returning(self) -> bool:
        """Whether it flies home or has last done so."""
        return self._is_returning

    @property
    def goal(self) -> Place | None:
        """Where the present item leads."""
        return self._way.goal if self._is_running else None

    @property
    def is_taking_off(self) -> bool:
        """Whether it climbs from the ground."""
        return self._item is not None and self._item.command in TAKEOFFS

    @property
    def is_guided(self) -> bool:
        """Whether the present item leaves the flying to a ground station."""
        item = self._item
        return (
            self._is_running
            and item is not None
            and item.command == dialect.MAV_CMD_NAV_GUIDED_ENABLE
            and item.param1 > 0
        )

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
        if autopilot.is_landed and not self._order.starts_with_takeoff():
            autopilot.say(CRITICAL, "Auto: Missing Takeoff Cmd")
            return "init failed"
        return ""

    def enter(self) -> None:
        """Begin or resume at the next step."""
        autopilot = self.autopilot
        self._is_returning = False
        self._is_waiting_to_start = True
        self.is_paused = False
        self._pace.reset()
        self._speeds.forget()
        self._way.forget_curve()
        self.is_auto_rtl = False
        if not autopilot.body.is_on_ground:
            autopilot.control.start(autopilot.body)
        autopilot.navigation.start(autopilot.body)
        autopilot.heading.hold(autopilot.body)

    def leave(self) -> None:
        """Stop where the mission is; entering again resumes there."""
        self._is_running = False
        self._is_waiting_to_start = False
        self.is_auto_rtl = False

    def pause(self) -> bool:
        """Stop on a way; what is reached, or no way, cannot be paused."""
        item = self._item
        if not self._is_running or item is None or item.command not in PAUSABLE or self._is_there:
            return False
        self.is_paused = True
        return True

    def resume(self) -> bool:
        """Go on."""
        self.is_paused = False
        return True

    def reset(self) -> None:
        """Count jumps anew and forget where the mission was."""
        self._order.reset()
        self._is_complete = False

    def limit_guided(self, item: MissionItem) -> None:
        """DO_GUIDED_LIMITS."""
        self._guided.limit(item)

    def jump_to_landing(self) -> bool:
        """Fly on from the closest DO_LAND_START, and be shown as AUTO_RTL; false where there is none."""
        autopilot = self.autopilot
        body = autopilot.body
        starts = self._order.landing_starts()
        if not starts:
            autopilot.say(WARNING, "Unable to start landing sequence")
            return False

        def away_m(item: MissionItem) -> float:
            return math.dist(autopilot.frame.to_north_east_m(item.x, item.y), (body.north_m, body.east_m))

        if autopilot.mode is not self and not autopilot.set_mode(ModeNumber.AUTO):
            return False
        self.begin()
        self.jump_to(min(starts, key=away_m).seq)
        self._is_waiting_to_start = False
        self.is_auto_rtl = True
        autopilot.say(INFO, "Landing sequence start")
        autopilot.announce("HEARTBEAT")
        return True

    def on_disarmed(self) -> None:
        """Begin the next flight at the start."""
        self._item = None
        self._actions.forget()
        self._way.forget_curve()
        self._guided.forget()
        self._order.reset()
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
            self._order.reset()
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

    def change_speed(self, kind: int, speed_m_s: float) -> bool:
        """Fly no faster than this until the mode is left."""
        is_known = self._speeds.order(kind, speed_m_s)
        self.autopilot.navigation.change_speed(self._limits())
        return is_known

    def _start_from(self, seq: int) -> None:
        self._is_running, self._is_complete = True, False
        item, seen = self._order.advance(seq)
        while item is not None and item.command in UNFLOWN:
            self.autopilot.say(INFO, f"Mission: {item.seq} {item.name}")
            item, more = self._order.advance(item.seq + 1)
            seen.extend(more)
        self._actions.begin(seen)
        if item is None:
            self._complete()
            return
        self._start_item(item)

    def _advance(self) -> None:
        autopilot = self.autopilot
        assert self._item is not None
        if self._item.command != dialect.MAV_CMD_NAV_LOITER_TO_ALT:
            # ArduCopter does not tell of this one.
            autopilot.report_reached(self._item.seq)
        if self._item.command in WAYPOINTS:
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
        self._is_returning = item.command == dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH
        autopilot.say(INFO, f"Mission: {item.seq} {item.name}")
        command = item.command
        if command not in WAYPOINTS:
            self._way.leave_curve()
        if command in TAKEOFFS:
            self._start_takeoff(item)
        elif command in FLOWN_TO:
            self._way.start(item)
        elif command == dialect.MAV_CMD_NAV_DELAY:
            self._delay_s = delay_s(item, autopilot.epoch_unix_s + autopilot.now_s)
            autopilot.say(INFO, f"Delaying {self._delay_s:.0f} sec")
        elif command == dialect.MAV_CMD_NAV_GUIDED_ENABLE and item.param1 > 0:
            self._guided.start()
        elif command in LANDINGS:
            if item.x or item.y:
                self._way.start_level(item)
            else:
                self._is_there = self._is_descending = True
                self._descent.start()
        elif command == dialect.MAV_CMD_NAV_RETURN_TO_LAUNCH:
            self._return.start()

    def _start_takeoff(self, item: MissionItem) -> None:
        autopilot = self.autopilot
        up = max(self._way.place_of(item)[2], autopilot.body.up_m, LEAST_TAKEOFF_M)
        if autopilot.is_armed and (self.may_take_off or not autopilot.is_landed):
            self._is_there = True
            self._takeoff.start(up)

    def _limits(self) -> LegLimits:
        return self._speeds.limits(self.autopilot)

    def step(self, dt: float) -> None:
        """Fly on."""
        autopilot = self.autopilot
        self.service()
        if not self.may_take_off and autopilot.sticks.throttle > 0.1:
            self.may_take_off = True
        item = self._item
        if not self._is_running or item is None:
            if autopilot.body.is_on_ground:
                autopilot.watch_ground(dt)
            else:
                autopilot.fly_leg(dt)
            return
        self._actions.step()
        self._pace.step(dt, 0.0 if self.is_paused else 1.0, self._limits())
        if self._verify(item, dt):
            self._advance()

    def _verify(self, item: MissionItem, dt: float) -> bool:
        autopilot = self.autopilot
        command = item.command
        if command in TAKEOFFS:
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
            if is_down and self._order.after(item) is None:
                autopilot.disarm()
                return False
            return is_down
        if command == dialect.MAV_CMD_NAV_PAYLOAD_PLACE and self._is_there:
            return self._place.step(dt)
        if command == dialect.MAV_CMD_NAV_DELAY:
            self._waited_s += dt
            if self._waited_s >= self._delay_s:
                return True
        if autopilot.body.is_on_ground:
            autopilot.watch_ground(dt)
            return False
        if command == dialect.MAV_CMD_NAV_GUIDED_ENABLE:
            return item.param1 == 0 or self._guided.step(dt)
        if command == dialect.MAV_CMD_NAV_LOITER_TURNS and self._is_there:
            return self._go_round(item, dt)
        self._way.step(dt, self._pace.share)
        if command == dialect.MAV_CMD_NAV_DELAY:
            return False
        self._is_there = self._is_there or self._way.is_flown
        if not self._is_there:
            return False
        if command in LANDINGS:
            self._is_descending = True
            self._descent.start(autopilot.frame.to_north_east_m(item.x, item.y))
            return False
        if command == dialect.MAV_CMD_NAV_LOITER_UNLIM:
            return False
        if command == dialect.MAV_CMD_NAV_LOITER_TURNS:
            self._circle.start(
                self._way.place_of(item)[:2], self._way.circle_radius_m(item), item.param3 or 1.0
            )
            if not self._way.is_roi_kept:
                self._circle.face()
            return False
        if command == dialect.MAV_CMD_NAV_PAYLOAD_PLACE:
            self._place.start(self._way.place_of(item)[:2], item.param1)
            return False
        wait_s = item.param1 if command != dialect.MAV_CMD_NAV_LOITER_TO_ALT else 0.0
        self._waited_s += dt
        return self._waited_s >= wait_s

    def _go_round(self, item: MissionItem, dt: float) -> bool:
        autopilot = self.autopilot
        limits = self._limits()
        self._circle.step(dt, limits, self._pace.share)
        autopilot.control.shape_vertical(
            dt,
            self._way.place_of(item)[2],
            climb_m_s=limits.climb_m_s,
            descent_m_s=limits.descent_m_s,
            accel_m_s2=limits.accel_up_m_s2,
        )
        if self._circle.turned_rad < item.param1 * math.tau:
            return False
        autopilot.navigation.start(autopilot.body)
        if not self._way.is_roi_kept:
            autopilot.heading.travel(autopilot.body)
        return True
