"""GUIDED: goes where a ground station says."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from simulator.autopilot.mode import Mode, ModeNumber
from simulator.autopilot.takeoff import Takeoff

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot


class GuidedTask(Enum):
    """What was asked for last."""

    HOLD = auto()
    TAKEOFF = auto()
    PLACE = auto()
    VELOCITY = auto()


class Guided(Mode):
    """Holds its place until told where to go."""

    number = ModeNumber.GUIDED

    def __init__(self, autopilot: Autopilot) -> None:
        super().__init__(autopilot)
        self._takeoff = Takeoff(autopilot)
        self._task = GuidedTask.HOLD
        self._place = (0.0, 0.0, 0.0)
        self._velocity = (0.0, 0.0, 0.0)
        self._velocity_until_s = 0.0
        self._speed_m_s: float | None = None
        self.is_paused = False

    @property
    def target(self) -> tuple[float, float, float] | None:
        """The place being flown to."""
        return self._place if self._task is GuidedTask.PLACE else None

    @property
    def is_taking_off(self) -> bool:
        """Whether it climbs from the ground."""
        return self._task is GuidedTask.TAKEOFF

    def enter(self) -> None:
        """Stop and hold."""
        self._task = GuidedTask.HOLD
        self._speed_m_s = None
        self.is_paused = False
        if not self.autopilot.body.is_on_ground:
            self.autopilot.control.start(self.autopilot.body)
        self.autopilot.heading.hold(self.autopilot.body)

    def take_off(self, up: float) -> None:
        """Climb to `up` metres above the origin."""
        self._task = GuidedTask.TAKEOFF
        self.is_paused = False
        self._takeoff.start(up)

    def fly_to(self, place: tuple[float, float, float]) -> None:
        """Fly to a place and hold there."""
        self._task, self._place = GuidedTask.PLACE, place
        self.is_paused = False
        if not self.autopilot.body.is_on_ground:
            self.autopilot.control.start(self.autopilot.body)
        if self.autopilot.parameters["WP_YAW_BEHAVIOR"] != 0:
            self.autopilot.heading.travel(self.autopilot.body)

    def fly_at(self, velocity: tuple[float, float, float]) -> None:
        """Fly at a velocity until GUID_TIMEOUT passes without another."""
        self._task, self._velocity = GuidedTask.VELOCITY, velocity
        self._velocity_until_s = self.autopilot.now_s + self.autopilot.parameters["GUID_TIMEOUT"]
        if not self.autopilot.body.is_on_ground:
            self.autopilot.control.start(self.autopilot.body)

    def set_speed(self, speed_m_s: float) -> None:
        """Fly no faster than this until the mode is left."""
        self._speed_m_s = speed_m_s

    def step(self, dt: float) -> None:
        """Move the target."""
        autopilot = self.autopilot
        control = autopilot.control
        limits = autopilot.leg_limits(speed_m_s=self._speed_m_s)
        if self._task is GuidedTask.TAKEOFF:
            if self._takeoff.step(dt):
                self._task, self._place = (
                    GuidedTask.PLACE,
                    (control.north, control.east, self._takeoff.target_up),
                )
            return
        if autopilot.body.is_on_ground:
            control.relax(autopilot.body)
            autopilot.watch_ground(dt)
            return
        if self._task is GuidedTask.PLACE and not self.is_paused:
            north, east, up = self._place
            control.shape_horizontal(
                dt, north, east, speed_m_s=limits.speed_m_s, accel_m_s2=limits.accel_m_s2
            )
            control.shape_vertical(
                dt,
                up,
                climb_m_s=limits.climb_m_s,
                descent_m_s=limits.descent_m_s,
                accel_m_s2=limits.accel_up_m_s2,
            )
            return
        north, east, up = (0.0, 0.0, 0.0)
        if self._task is GuidedTask.VELOCITY and autopilot.now_s < self._velocity_until_s:
            north, east, up = self._velocity
        control.shape_velocity(dt, north, east, accel_m_s2=limits.accel_m_s2)
        control.shape_climb(dt, up, accel_m_s2=limits.accel_up_m_s2)

    def on_disarmed(self) -> None:
        """Nothing is asked for any more."""
        self._task = GuidedTask.HOLD
        self._speed_m_s = None
