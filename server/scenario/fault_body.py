"""Faults, as scenarios say them."""

import math
import random
from typing import Annotated, Any, ClassVar

from pydantic import Field

from server.pattern_body import Azimuth, Body
from server.scenario.area_body import AreaBody
from server.scenario.event_match import EventMatch, Second, VehicleName
from server.scenario.one_of import OneOf
from simulator.faults.fault import (
    FAULT_NAMES,
    BatteryJump,
    BatterySag,
    ClockJump,
    CompassFault,
    Fault,
    GpsGlitch,
    GpsLoss,
    LinkFault,
    MotorLoss,
    Reboot,
    StuckGimbal,
    WindGust,
)
from simulator.faults.injector import PlannedFault
from simulator.faults.trigger import AtTime, ByChance, InPlace, Trigger, WhenTold
from simulator.network.carrier import LinkCondition

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Shift = Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False)]


class GlitchBody(Body):
    """How far the reported place is off."""

    north_m: Shift = 0.0
    east_m: Shift = 0.0


class CompassBody(Body):
    """How far the compass is off; silent where it is not said."""

    error_deg: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None


class MotorBody(Body):
    """Which motor fails."""

    motor: Annotated[int, Field(ge=1, le=8)] = 1


class SagBody(Body):
    """By how much the voltage drops."""

    drop_v: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)]


class JumpBody(Body):
    """How much charge is gone at once."""

    lost_mah: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]


class LinkBody(Body):
    """How badly the link carries, each way."""

    loss: Share = 0.0
    latency_s: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = 0.0
    jitter_s: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = 0.0
    duplication: Share = 0.0
    corruption: Share = 0.0

    @property
    def condition(self) -> LinkCondition:
        """In the simulator's words."""
        return LinkCondition(self.loss, self.latency_s, self.jitter_s, self.duplication, self.corruption)


class ClockBody(Body):
    """By how much the clock is off."""

    seconds: Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]


class GustBody(Body):
    """Wind on top of what blows."""

    speed_m_s: Annotated[float, Field(gt=0, le=50, allow_inf_nan=False)]
    from_deg: Azimuth


class NothingBody(Body):
    """Needs no more than its name."""


class FaultBody(OneOf):
    """One fault of one vehicle: which, when, and for how long."""

    choices: ClassVar = tuple(FAULT_NAMES.values())
    triggers: ClassVar = ("at_s", "when", "inside", "per_hour")

    vehicle: VehicleName
    at_s: Second | None = None
    when: EventMatch | None = None
    inside: AreaBody | None = None
    per_hour: Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)] | None = None
    for_s: Second | None = None
    gps_loss: NothingBody | None = None
    gps_glitch: GlitchBody | None = None
    compass: CompassBody | None = None
    motor_loss: MotorBody | None = None
    battery_sag: SagBody | None = None
    battery_jump: JumpBody | None = None
    link: LinkBody | None = None
    clock_jump: ClockBody | None = None
    stuck_gimbal: NothingBody | None = None
    wind_gust: GustBody | None = None
    reboot: NothingBody | None = None

    @property
    def fault(self) -> Fault:
        """In the simulator's words."""
        made: dict[str, Any] = {}
        if self.gps_glitch is not None:
            made["gps_glitch"] = GpsGlitch(self.gps_glitch.north_m, self.gps_glitch.east_m)
        if self.compass is not None:
            made["compass"] = CompassFault(self.compass.error_deg)
        if self.motor_loss is not None:
            made["motor_loss"] = MotorLoss(self.motor_loss.motor)
        if self.battery_sag is not None:
            made["battery_sag"] = BatterySag(self.battery_sag.drop_v)
        if self.battery_jump is not None:
            made["battery_jump"] = BatteryJump(self.battery_jump.lost_mah)
        if self.link is not None:
            made["link"] = LinkFault(self.link.condition)
        if self.clock_jump is not None:
            made["clock_jump"] = ClockJump(self.clock_jump.seconds)
        if self.wind_gust is not None:
            made["wind_gust"] = WindGust(self.wind_gust.speed_m_s, self.wind_gust.from_deg)
        plain: dict[str, Fault] = {"gps_loss": GpsLoss(), "stuck_gimbal": StuckGimbal(), "reboot": Reboot()}
        fault: Fault = made.get(self.choice) or plain[self.choice]
        return fault

    def planned(self, seed: str) -> PlannedFault:
        """Plan it for one vehicle; what happens by chance follows from the seed."""
        trigger: Trigger
        if self.at_s is not None:
            trigger = AtTime(self.at_s)
        elif self.inside is not None:
            trigger = InPlace(self.inside.area)
        elif self.per_hour is not None:
            trigger = ByChance(self.per_hour, random.Random(seed))  # noqa: S311
        else:
            trigger = WhenTold()
        return PlannedFault(self.fault, trigger, math.inf if self.for_s is None else self.for_s)
