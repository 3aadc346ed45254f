"""GUIDED: goes where a ground station says."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from simulator.autopilot.mode import Mode, ModeNumber
from simulator.autopilot.ordered_speeds import OrderedSpeeds
from simulator.autopilot.takeoff import Takeoff

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot


class GuidedTask(Enum):
    """What was asked for last."""

    HOLD = auto()
    TAKEOFF = auto()
    PLACE = auto()
    VELOCITY = auto()
    ACCELERATION = auto()


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
        self._acceleration = (0.0, 0.0, 0.0)
        self._drift: tuple[float, float, float] | None = None
        self._speeds = OrderedSpeeds()
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
        self._speeds.forget()
        self.stop()

    def stop(self) -> None:
        """Hold where that is possible soonest, as after a target that makes no sense."""
        self._task = GuidedTask.HOLD
        self.is_paused = False
        if not self.autopilot.body.is_on_ground:
            self.autopilot.control.start(self.autopilot.body)
        self.autopilot.heading.hold(self.autopilot.body)

    def take_off(self, up: float, *, must_hold_place: bool = True) -> bool:  # noqa: ARG002
        """Climb to `up` metres above the origin."""
        self._task = GuidedTask.TAKEOFF
        self.is_paused = False
        self._takeoff.start(up)
        return True

    def pause(self) -> bool:
        """Stop on the way."""
        self.is_paused = True
        return True

    def resume(self) -> bool:
        """Go on."""
        self.is_paused = False
        return True

    def change_speed(self, kind: int, speed_m_s: float) -> bool:
        """Fly at this speed until the mode is left."""
        return self._speeds.order(kind, speed_m_s)

    def fly_to(
        self, place: tuple[float, float, float], velocity: tuple[float, float, float] | None = None
    ) -> None:
        """Fly to a place and hold there; with a velocity, the place moves on with it for GUID_TIMEOUT."""
        self._task, self._place, self._drift = GuidedTask.PLACE, place, velocity
        self._velocity_until_s = self.autopilot.now_s + self.autopilot.parameters["GUID_TIMEOUT"]
        self.is_paused = False
        if not self.autopilot.body.is_on_ground:
            self.autopilot.control.start(self.autopilot.body)
        if self.autopilot.parameters["WP_YAW_BEHAVIOR"] != 0:
            self.autopilot.heading.travel(self.autopilot.body)

    def fly_at(
        self, velocity: tuple[float, float, float], acceleration: tuple[float, float, float] | None = None
    ) -> None:
        """Fly at a velocity, that may change, until GUID_TIMEOUT passes without another."""
        self._task, self._velocity = GuidedTask.VELOCITY, velocity
        self._acceleration = acceleration or (0.0, 0.0, 0.0)
        self._velocity_until_s = self.autopilot.now_s + self.autopilot.parameters["GUID_TIMEOUT"]
        if not self.autopilot.body.is_on_ground:
            self.autopilot.control.start(self.autopilot.body)

    def accelerate(self, acceleration: tuple[float, float, float]) -> None:
        """Change the present velocity until GUID_TIMEOUT passes without another word."""
        body = self.autopilot.body
        if self._task is not GuidedTask.ACCELERATION:
            self._velocity = (body.velocity_north_m_s, body.velocity_east_m_s, body.velocity_up_m_s)
        velocity = self._velocity
        self.fly_at(velocity, acceleration)
        self._task = GuidedTask.ACCELERATION

    def step(self, dt: float) -> None:
        """Move the target."""
        autopilot = self.autopilot
        control = autopilot.control
        limits = self._speeds.limits(autopilot)
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
            if self._drift is not None and autopilot.now_s < self._velocity_until_s:
                north, east, up = (
                    at + along * dt for at, along in zip(self._place, self._drift, strict=True)
                )
                self._place = (north, east, up)
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
        is_moving = self._task in (GuidedTask.VELOCITY, GuidedTask.ACCELERATION)
        if is_moving and autopilot.now_s < self._velocity_until_s:
            north, east, up = (
                speed + faster * dt for speed, faster in zip(self._velocity, self._acceleration, strict=True)
            )
            self._velocity = (north, east, up)
        control.shape_velocity(dt, north, east, accel_m_s2=limits.accel_m_s2)
        control.shape_climb(dt, up, accel_m_s2=limits.accel_up_m_s2)

    def on_disarmed(self) -> None:
        """Nothing is asked for any more."""
        self._task = GuidedTask.HOLD
        self._speeds.forget()
