"""Whether the autopilot knows where it is, and how wrong it is about that.

The body's place is what the autopilot takes it to be; the truth lies off by `off_north_m` and `off_east_m`. Small errors of the
receiver are followed. Larger ones are rejected for a while, as EKF3 does, and then believed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.autopilot import boot_sequence
from simulator.autopilot.mode import ModeNumber

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

CHECK_PERIOD_S = 0.1
LOST_AFTER_S = 14.0
"""Without a receiver the filter goes on by itself for so long."""
FOUND_AFTER_S = 3.0
FOLLOWED_M = 5.0
"""An error up to here passes the filter's gate."""
BELIEVED_AFTER_S = 10.0
FOLLOW_TIME_S = 1.5
GLITCH_SAID_AFTER_S = 0.6
FAILSAFE_AFTER_S = 1.0
WARNING_PERIOD_S = 30.0
LAND, ALT_HOLD, LAND_ALWAYS = 1, 2, 3
"""FS_EKF_ACTION."""
CRITICAL = 2

EKF_ALIGNED = 167
EKF_USING_GPS = 831
EKF_UNINITIALISED = 1024
EKF_GPS_GLITCHING = 0x8000
"""Flags of EKF_STATUS_REPORT."""


class PositionEstimate:
    """Stepped with the autopilot; its failsafe is ArduCopter's EKF failsafe."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self.is_settled = True
        """Whether it is right about where it is, and stays so while the receiver is."""
        self.is_lost = False
        self.is_glitching = False
        self.is_failsafe_on = False
        self.off_north_m = 0.0
        self.off_east_m = 0.0
        self._has_acted = False
        self._without_s = 0.0
        self._with_s = 0.0
        self._rejected_s = 0.0
        self._bad_s = 0.0
        self._next_check_s = 0.0
        self._said_s = -math.inf

    @property
    def ekf_flags(self) -> int:
        """Flags of EKF_STATUS_REPORT."""
        autopilot = self._autopilot
        if autopilot.has_position:
            return EKF_USING_GPS | (EKF_GPS_GLITCHING if self.is_glitching else 0)
        is_aligned = autopilot.boot.has_passed(boot_sequence.YAW_ALIGNED_S)
        return EKF_ALIGNED if is_aligned else EKF_UNINITIALISED

    def step(self, dt: float) -> None:
        """Take in what the receiver gives, and act when the position is gone."""
        ailments = self._autopilot.ailments
        self._take_receiver(dt, has_gps=ailments.has_gps)
        if ailments.has_gps and not self.is_lost:
            self._follow(dt, ailments.gps_north_m, ailments.gps_east_m)
        if self._autopilot.now_s >= self._next_check_s:
            self._next_check_s = self._autopilot.now_s + CHECK_PERIOD_S
            self._check()
        self.is_settled = (
            ailments.has_gps
            and not (self.is_lost or self.is_glitching or self.is_failsafe_on)
            and self._bad_s <= 1e-9
            and math.hypot(self.off_north_m + ailments.gps_north_m, self.off_east_m + ailments.gps_east_m)
            <= 1e-6
        )

    def _take_receiver(self, dt: float, *, has_gps: bool) -> None:
        if has_gps:
            self._without_s = 0.0
            self._with_s += dt
            if self.is_lost and self._with_s >= FOUND_AFTER_S:
                self.is_lost = False
                self._say_of_both("is using GPS", severity=6)
            return
        self._with_s = 0.0
        self._without_s += dt
        if not self.is_lost and self._without_s >= LOST_AFTER_S:
            self.is_lost = True
            self._say_of_both("stopped aiding", severity=4)

    def _say_of_both(self, what: str, *, severity: int) -> None:
        for imu in (0, 1):
            self._autopilot.say(severity, f"EKF3 IMU{imu} {what}")

    def _follow(self, dt: float, north_m: float, east_m: float) -> None:
        # Where the receiver is off by (north, east), a vehicle that believes it is really off the other way.
        to_north_m, to_east_m = -north_m - self.off_north_m, -east_m - self.off_east_m
        gap_m = math.hypot(to_north_m, to_east_m)
        if gap_m <= FOLLOWED_M:
            self._rejected_s = 0.0
            share = dt / (FOLLOW_TIME_S + dt)
        else:
            self._rejected_s += dt
            share = 1.0 if self._rejected_s >= BELIEVED_AFTER_S else 0.0
        self._note_glitch(is_on=self._rejected_s >= GLITCH_SAID_AFTER_S and share == 0.0)
        if gap_m > 1e-6 and share > 0.0:
            self._shift(to_north_m * share, to_east_m * share)

    def _shift(self, north_m: float, east_m: float) -> None:
        """Take oneself to be elsewhere; where one really is does not change by that."""
        body = self._autopilot.body
        self.off_north_m += north_m
        self.off_east_m += east_m
        body.north_m -= north_m
        body.east_m -= east_m

    def _note_glitch(self, *, is_on: bool) -> None:
        if is_on == self.is_glitching:
            return
        self.is_glitching = is_on
        self._autopilot.say(CRITICAL, "GPS Glitch or Compass error" if is_on else "Glitch cleared")

    def _check(self) -> None:
        autopilot = self._autopilot
        threshold = autopilot.parameters["FS_EKF_THRESH"]
        if threshold <= 0.0 or not autopilot.has_origin or not autopilot.boot.is_done:
            return
        if self.is_lost:
            self._bad_s = min(self._bad_s + CHECK_PERIOD_S, FAILSAFE_AFTER_S)
            if self._bad_s >= FAILSAFE_AFTER_S - 1e-9 and not self.is_failsafe_on:
                self._trip()
            return
        self._bad_s = max(0.0, self._bad_s - CHECK_PERIOD_S)
        if self.is_failsafe_on and self._bad_s <= 1e-9:
            self.is_failsafe_on = False
            if self._has_acted:
                self._has_acted = False
                autopilot.say(CRITICAL, "EKF Failsafe Cleared")

    def _trip(self) -> None:
        autopilot = self._autopilot
        self.is_failsafe_on = True
        if autopilot.now_s - self._said_s > WARNING_PERIOD_S:
            self._said_s = autopilot.now_s
            autopilot.say(CRITICAL, "EKF variance: position lost")
        if not autopilot.is_armed:
            return
        action = int(autopilot.parameters["FS_EKF_ACTION"])
        if not autopilot.mode.needs_position and action != LAND_ALWAYS:
            return
        modes = (ModeNumber.ALT_HOLD, ModeNumber.LAND) if action == ALT_HOLD else (ModeNumber.LAND,)
        autopilot.set_first_mode(*modes)
        self._has_acted = True
        autopilot.say(CRITICAL, f"EKF Failsafe: changed to {autopilot.mode.name} Mode")
