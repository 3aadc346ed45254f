"""The autopilot of one vehicle: it is stepped with simulated time and does no I/O."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.airframe.ailments import Ailments
from simulator.autopilot import boot_sequence
from simulator.autopilot.arming import arming_reasons, arming_refusals
from simulator.autopilot.auto import Auto
from simulator.autopilot.boot_sequence import BootSequence
from simulator.autopilot.circle import Circle
from simulator.autopilot.crash_check import CrashCheck
from simulator.autopilot.descent import LANDED_AFTER_S
from simulator.autopilot.failsafe import Failsafe
from simulator.autopilot.fence_guard import FenceGuard
from simulator.autopilot.flown_path import FlownPath
from simulator.autopilot.guided import Guided
from simulator.autopilot.heading_control import HeadingMode
from simulator.autopilot.land import Land
from simulator.autopilot.lasting_ailments import lasting_ailments
from simulator.autopilot.mode import Mode, ModeNumber
from simulator.autopilot.outputs import Outputs
from simulator.autopilot.pilot_modes import AltHold, Brake, Loiter, PosHold, Stabilize
from simulator.autopilot.position_estimate import PositionEstimate
from simulator.autopilot.return_home import ReturnToLaunch
from simulator.autopilot.smart_return import SmartReturnToLaunch
from simulator.autopilot.sticks import Sticks
from simulator.autopilot.waypoint_navigation import LegLimits, Place, WaypointNavigation
from simulator.home import Home
from simulator.local_frame import LocalFrame
from simulator.protocol.mission_store import MissionStore
from simulator.protocol.parameter_table import ParameterTable
from simulator.protocol.rally_store import RallyStore
from simulator.vehicles import Vehicle

CRITICAL, WARNING, INFO = 2, 4, 6
PREARM_PERIOD_S = 30.0
GCS_BLOCK_BITS = (0, 1, 2, 3, 4, 5, 7, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)
"""Mode numbers by bit of FLTMODE_GCSBLOCK; RTL and LAND cannot be blocked."""

Carried = Callable[[tuple[float, ...], tuple[int, int]], int]
"""Takes a command's seven parameters and who sent it; gives a MAV_RESULT."""
Ground = Callable[[float, float], float | None]
"""Takes latitude and longitude in degrees; gives metres above sea level, or None where it is not known."""
WATCH_PERIOD_S = 0.04
"""How often fence and failsafes look."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Where the autopilot's words go.

    Parameters
    ----------
    say : callable
        Takes the severity and text of a STATUSTEXT.
    announce : callable
        Takes the name of a message to send at once.
    reached : callable
        Takes the number of a mission item that was completed.
    """

    say: Callable[[int, str], None]
    announce: Callable[[str], None]
    reached: Callable[[int], None]


class Autopilot:
    """Modes, arming, mission, fence and failsafes over a body and a battery.

    Parameters
    ----------
    home : Home
        Where the vehicle was switched on.
    parameters : ParameterTable
    mission : MissionStore
    rally : RallyStore
    reports : Reports
    vehicle : Vehicle
        What the autopilot steers.
    is_quick_boot : bool
    gust_seed : str
    ailments : Ailments, optional
        What is wrong with the vehicle.
    """

    def __init__(
        self,
        home: Home,
        parameters: ParameterTable,
        mission: MissionStore,
        rally: RallyStore,
        reports: Reports,
        vehicle: Vehicle,
        *,
        is_quick_boot: bool,
        gust_seed: str = "",
        ailments: Ailments | None = None,
    ) -> None:
        self.ailments = Ailments() if ailments is None else ailments
        self.parameters = parameters
        self.mission = mission
        self.rally = rally
        self.say = reports.say
        self.announce = reports.announce
        self.report_reached = reports.reached
        self.now_s = 0.0
        self.epoch_unix_s = 0.0
        """UTC at power-on."""
        self.link_s = 0.0
        self.frame = LocalFrame(home.lat_deg, home.lon_deg)
        self.origin_alt_amsl_m = home.alt_amsl_m
        self.home_place: Place = (0.0, 0.0, 0.0)
        self.has_home = False
        self.home_is_locked = False
        vehicle.reset()
        self._vehicle = vehicle
        self.body = vehicle.body
        self.body.yaw_rad = math.radians(home.heading_deg)
        self.battery = vehicle.battery
        self.wind = vehicle.wind
        self.wind.use_seed(gust_seed)
        self.control = vehicle.control
        self.navigation = WaypointNavigation(self.control, vehicle.legs, self.body)
        self.heading = vehicle.heading
        self.heading.hold(self.body)
        self.sticks = Sticks()
        self.outputs = Outputs(parameters, reports.say)
        self.carried: Mapping[int, Carried] = {}
        """By command, what gimbal and camera do about it."""
        self.ground: Ground | None = None
        """Ground by position, where terrain is known."""
        self.boot = BootSequence(
            reports.say,
            elevation_m=home.alt_amsl_m,
            is_quick=is_quick_boot,
            on_origin=self._set_first_home,
        )
        self.path = FlownPath(self)
        self.fence = FenceGuard(self)
        self.failsafe = Failsafe(self)
        self.estimate = PositionEstimate(self)
        self.crash_check = CrashCheck(self)
        self.auto = Auto(self)
        self.guided = Guided(self)
        modes: tuple[Mode, ...] = (
            Stabilize(self),
            AltHold(self),
            self.auto,
            self.guided,
            Loiter(self),
            ReturnToLaunch(self),
            Circle(self),
            Land(self),
            PosHold(self),
            Brake(self),
            SmartReturnToLaunch(self),
        )
        self._modes = {mode.number: mode for mode in modes}
        self.mode: Mode = self._modes[ModeNumber.STABILIZE]
        self.is_armed = False
        self.is_landed = True
        self.armed_at_s = 0.0
        self.mode_changed_s = 0.0
        self.armed_heading_rad = self.body.yaw_rad
        self.is_ready_to_arm = False
        self._idle_s = 0.0
        self._next_prearm_s = 1.0
        self._last_prearm_said_s = 0.0
        self._read_revision = -1
        self._next_watch_s = 0.0
        self._limits: LegLimits | None = None
        self.is_aligning = False
        self._is_suffering = False

    # --- time -------------------------------------------------------------------------------------------------

    def think(self, dt: float, link_dt: float) -> None:
        """Say where the vehicle is to move in the next `dt` of simulated time; `link_dt` passes for ground stations."""
        self.now_s = now_s = self.now_s + dt
        self.link_s += link_dt
        if not self.boot.is_done:
            self.boot.step(now_s)
        if self.parameters.revision != self._read_revision:
            self._read_simulated_world()
        if now_s >= self._next_prearm_s:
            self._watch_prearm()
        if self.is_armed:
            self.mode.step(dt)
            if now_s >= self.path.next_save_s and self.mode.number is not ModeNumber.SMART_RTL:
                self.path.step()
        else:
            self.auto.service()
        if now_s >= self._next_watch_s:
            self._next_watch_s = now_s + WATCH_PERIOD_S
            self._watch()
        if self._is_suffering or not self.ailments.are_none:
            self._suffer(dt)
        self._vehicle.is_due = True

    def _suffer(self, dt: float) -> None:
        """Let what is wrong with the vehicle act on it."""
        ailments, vehicle = self.ailments, self._vehicle
        if self.boot.is_done:
            self.estimate.step(dt)
        vehicle.wind.squall_north_m_s = ailments.gust_north_m_s
        vehicle.wind.squall_east_m_s = ailments.gust_east_m_s
        vehicle.battery.sag_v = ailments.sag_v
        upset = vehicle.upset
        upset.yaw_error_rad = ailments.yaw_error_rad
        upset.is_kept_level = self.estimate.is_lost
        upset.is_out_of_control = self.crash_check.is_out_of_control
        if upset.is_out_of_control:
            upset.up_m_s2, upset.turn_rad_s = self.crash_check.step(dt)
        self._is_suffering = not (ailments.are_none and self.estimate.is_settled)

    def _watch(self) -> None:
        self.fence.step()
        self.failsafe.step(self.link_s)

    def notice_motion(self) -> None:
        """Say what the last motion led to."""
        body = self.body
        if body.hit_ground_m_s > 0.0:
            self.say(INFO, f"SIM Hit ground at {body.hit_ground_m_s:.6f} m/s")
        if self.is_aligning and body.up_m > 2.5:
            self.is_aligning = False
            for imu in (0, 1):
                self.say(INFO, f"EKF3 IMU{imu} MAG0 in-flight yaw alignment complete")

    def _read_simulated_world(self) -> None:
        parameters = self.parameters
        self._read_revision = parameters.revision
        self._limits = None
        self.battery.charge(parameters["SIM_BATT_VOLTAGE"], parameters["SIM_BATT_CAP_AH"])
        self.wind.blow(
            parameters["SIM_WIND_SPD"],
            math.radians(parameters["SIM_WIND_DIR"]),
            turbulence_m_s=parameters["SIM_WIND_TURB"],
        )
        self.wind.weaken(
            int(parameters["SIM_WIND_T"]), parameters["SIM_WIND_T_ALT"], parameters["SIM_WIND_T_COEF"]
        )
        self.ailments.bear(**lasting_ailments(parameters, self.frame))
        self.heading.top_speed_m_s = parameters["WPNAV_SPEED"] * 0.01
        self.body.max_lean_rad = math.radians(min(max(parameters["ANGLE_MAX"] * 0.01, 10.0), 60.0))

    def leg_limits(self, *, speed_m_s: float | None = None) -> LegLimits:
        """Return what the WPNAV parameters allow, with another speed where one was ordered."""
        if speed_m_s is None and self._limits is not None:
            return self._limits
        parameters = self.parameters
        limits = LegLimits(
            speed_m_s=max(speed_m_s or parameters["WPNAV_SPEED"] * 0.01, 0.2),
            climb_m_s=max(parameters["WPNAV_SPEED_UP"] * 0.01, 0.1),
            descent_m_s=max(parameters["WPNAV_SPEED_DN"] * 0.01, 0.1),
            accel_m_s2=max(parameters["WPNAV_ACCEL"] * 0.01, 0.5),
            accel_up_m_s2=max(parameters["WPNAV_ACCEL_Z"] * 0.01, 0.5),
            jerk_m_s3=max(parameters["WPNAV_JERK"], 0.5),
            radius_m=max(parameters["WPNAV_RADIUS"] * 0.01, 0.05),
        )
        if speed_m_s is None:
            self._limits = limits
        return limits

    # --- flying ------------------------------------------------------------------------------------------------

    def fly_leg(self, dt: float, pace: float = 1.0) -> None:
        """Move the target along the legs."""
        self.navigation.step(dt, pace)

    def is_at_leg_end(self) -> bool:
        """Whether the leg is flown and the vehicle is within the acceptance radius of its end."""
        leg = self.navigation.leg
        if leg is None or not self.navigation.is_finished:
            return leg is None
        return self.distance_to(leg.destination) <= self.leg_limits().radius_m

    def distance_to(self, place: Place) -> float:
        """Distance from the body."""
        body = self.body
        return math.dist(place, (body.north_m, body.east_m, body.up_m))

    def watch_ground(self, dt: float) -> None:
        """Note the landing, and disarm after DISARM_DELAY of idling on the ground with the throttle down."""
        if (self.sticks.throttle > 0.1 and self.is_landed) or self.crash_check.is_out_of_control:
            self._idle_s = 0.0
            return
        self._idle_s += dt
        if not self.is_landed:
            if self._idle_s >= LANDED_AFTER_S:
                self.set_landed(True)
            return
        delay_s = self.parameters["DISARM_DELAY"]
        if delay_s > 0 and self._idle_s >= delay_s:
            self.disarm()

    def set_landed(self, is_landed: bool) -> None:
        """Note that the ground was left or reached."""
        if self.is_landed and not is_landed:
            self.is_aligning = True
        elif is_landed:
            self.is_aligning = False
        self.is_landed = is_landed
        self._vehicle.is_airborne = not is_landed
        self._idle_s = 0.0

    def turn(self, angle_deg: float, rate_deg_s: float, direction: float, *, is_relative: bool) -> None:
        """CONDITION_YAW."""
        angle = math.radians(angle_deg)
        if is_relative:
            angle = self.body.yaw_rad + math.copysign(angle, -1.0 if direction < 0 else 1.0)
        self.heading.turn_to(angle, rate_rad_s=math.radians(max(rate_deg_s, 0.0)))

    def look_at(self, place: tuple[float, float] | None) -> None:
        """Look at a place, or again where one flies."""
        if place is not None:
            self.heading.look_at(*place)
        elif self.heading.mode is HeadingMode.PLACE:
            if self.mode.is_pilot_flown:
                self.heading.hold(self.body)
            else:
                self.heading.travel(self.body)

    @property
    def is_taking_off(self) -> bool:
        """Whether the vehicle climbs from the ground."""
        return self.mode.is_taking_off

    @property
    def is_descending_to_land(self) -> bool:
        """Whether the vehicle comes down to land."""
        return self.mode.is_landing

    # --- position ----------------------------------------------------------------------------------------------

    @property
    def has_position(self) -> bool:
        """Whether the position estimate may be flown by."""
        return self.boot.has_passed(boot_sequence.POSITION_S) and not self.estimate.is_lost

    @property
    def has_origin(self) -> bool:
        """Whether the origin of the position estimate is known."""
        return self.boot.has_passed(boot_sequence.ORIGIN_S)

    @property
    def is_guided(self) -> bool:
        """Whether targets of ground stations are heeded, be it by a mission's leave."""
        return self.mode is self.guided or (self.mode is self.auto and self.auto.is_guided)

    def ground_up_m(self, north: float, east: float) -> float | None:
        """Ground above the origin; without terrain it is level with home."""
        if self.ground is None:
            return self.home_place[2]
        lat_e7, lon_e7 = self.frame.to_e7(north, east)
        ground_amsl_m = self.ground(lat_e7 * 1e-7, lon_e7 * 1e-7)
        return None if ground_amsl_m is None else ground_amsl_m - self.origin_alt_amsl_m

    @property
    def true_place_m(self) -> tuple[float, float]:
        """Where it really is, north and east of where it was switched on; `body` is where it takes itself to be."""
        return self.body.north_m + self.estimate.off_north_m, self.body.east_m + self.estimate.off_east_m

    @property
    def alt_rel_m(self) -> float:
        """Height above home."""
        return self.body.up_m - self.home_place[2]

    @property
    def home_e7(self) -> tuple[int, int, float]:
        """Home in degE7 and metres above sea level."""
        north, east, up = self.home_place
        return (*self.frame.to_e7(north, east), self.origin_alt_amsl_m + up)

    def _set_first_home(self) -> None:
        self.announce("GPS_GLOBAL_ORIGIN")
        self.set_home_here()

    def set_home_here(self) -> None:
        """Home is where the vehicle is."""
        self.home_place = (self.body.north_m, self.body.east_m, self.body.up_m)
        self.has_home = True
        self.announce("HOME_POSITION")

    def set_home(self, lat_e7: int, lon_e7: int, alt_amsl_m: float) -> None:
        """Home is there."""
        north, east = self.frame.to_north_east_m(lat_e7, lon_e7)
        self.home_place = (north, east, alt_amsl_m - self.origin_alt_amsl_m)
        self.has_home = True
        self.announce("HOME_POSITION")

    # --- arming and modes --------------------------------------------------------------------------------------

    def arm(self, *, is_forced: bool = False) -> bool:
        """Arm, or say why not."""
        if self.is_armed:
            return True
        refusals = arming_refusals(self, is_forced=is_forced)
        if refusals:
            for reason in refusals:
                self.say(CRITICAL, f"Arm: {reason}")
            return False
        self.is_armed = True
        self.armed_at_s = self.now_s
        self.armed_heading_rad = self.body.yaw_rad
        self._idle_s = 0.0
        if self.has_home:
            self.announce("GPS_GLOBAL_ORIGIN")
            if not self.home_is_locked:
                self.set_home_here()
        self.body.are_motors_on = True
        self.path.start()
        self.control.relax(self.body)
        self.mode.enter()
        self.say(INFO, "Arming motors")
        return True

    def disarm(self, *, is_forced: bool = False) -> bool:
        """Stop the motors; in the air only when forced."""
        if not self.is_armed:
            return True
        if not self.is_landed and not is_forced and not self.body.is_on_ground:
            return False
        if self.mode is self.auto and self.auto.is_running and self.auto.current_seq:
            self.auto.finish_on_ground()
        self.is_armed = self.body.are_motors_on = False
        self.set_landed(True)
        self.control.relax(self.body)
        self.say(INFO, "Disarming motors")
        for mode in self._modes.values():
            mode.on_disarmed()
        return True

    def set_first_mode(self, *numbers: int) -> None:
        """Change to the first of some modes that can be entered."""
        any(self.set_mode(number) for number in numbers)

    def change_mode(self, number: int) -> bool:
        """Change the mode as a ground station asks; a mission begins at once, not with the next step."""
        mode = self._modes.get(number)  # type: ignore[call-overload]
        if mode is not None and mode is not self.mode and self._is_blocked(mode.number):
            self.say(WARNING, f"Mode change to {mode.name} failed: GCS entry disabled (FLTMODE_GCSBLOCK)")
            return False
        is_changed = self.set_mode(number)
        self.auto.service()
        return is_changed

    def _is_blocked(self, number: int) -> bool:
        blocked = int(self.parameters["FLTMODE_GCSBLOCK"])
        return number in GCS_BLOCK_BITS and bool(blocked >> GCS_BLOCK_BITS.index(number) & 1)

    def set_mode(self, number: int) -> bool:
        """Change the mode, or say why not."""
        if number == ModeNumber.AUTO_RTL:
            return self.auto.jump_to_landing()
        mode = self._modes.get(number)  # type: ignore[call-overload]
        if mode is None:
            self.say(WARNING, f"No such mode {number}")
            return False
        if mode is self.mode:
            return True
        reason = ""
        if self.is_armed and mode.needs_position and not self.has_position:
            reason = "requires position"
        reason = reason or mode.refusal()
        if reason:
            self.say(WARNING, f"Mode change to {mode.name} failed: {reason}")
            return False
        self.mode.leave()
        self.mode = mode
        self.mode_changed_s = self.now_s
        mode.enter()
        self.announce("HEARTBEAT")
        return True

    def _watch_prearm(self) -> None:
        if self.now_s < self._next_prearm_s:
            return
        self._next_prearm_s += 1.0
        if self.is_armed:
            self.is_ready_to_arm = True
            return
        reasons = arming_reasons(self)
        was_ready, self.is_ready_to_arm = self.is_ready_to_arm, not reasons
        is_due = self.now_s - self._last_prearm_said_s >= PREARM_PERIOD_S
        if is_due or (was_ready and reasons):
            self._last_prearm_said_s = self.now_s
            for reason in reasons:
                self.say(CRITICAL, f"PreArm: {reason}")
