"""Lets faults act on one copter and its link, and ends them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from simulator.copter import Copter
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
from simulator.faults.trigger import Trigger
from simulator.network.carrier import GOOD, LinkCondition


@dataclass(slots=True)
class PlannedFault:
    """A fault, when it begins, and how long it acts.

    Parameters
    ----------
    fault : Fault
    trigger : Trigger
        Of this fault alone.
    duration_s : float
        Infinite for good.
    """

    fault: Fault
    trigger: Trigger
    duration_s: float = math.inf
    ends_s: float | None = field(default=None, init=False)
    """Of simulated time, while it acts."""


class FaultInjector:
    """The faults of one copter; those that act at the same time add up.

    Parameters
    ----------
    copter : Copter
    planned : sequence of PlannedFault
    set_link : callable
        Takes what the faults make of the link, on top of its own condition.
    on_change : callable
        Takes a fault's name and whether it began.
    """

    def __init__(
        self,
        copter: Copter,
        planned: Sequence[PlannedFault],
        set_link: Callable[[LinkCondition], None] = lambda _: None,
        on_change: Callable[[str, bool], None] = lambda _name, _is_begun: None,
    ) -> None:
        self._copter = copter
        self._planned = tuple(planned)
        self._set_link = set_link
        self._on_change = on_change

    def step(self, now_s: float, dt: float) -> None:
        """Begin and end what is due; before the copter's own step."""
        if not self._planned:
            return
        place = self._copter.true_place
        is_changed = False
        for planned in self._planned:
            name = FAULT_NAMES[type(planned.fault)]
            if planned.ends_s is not None:
                if now_s < planned.ends_s:
                    continue
                planned.ends_s = None
                is_changed = True
                self._on_change(name, False)
            elif planned.trigger.is_pulled(now_s, dt, place):
                planned.ends_s = now_s + planned.duration_s
                is_changed = True
                self._on_change(name, True)
                self._begin(planned.fault)
        if is_changed:
            self._apply([planned.fault for planned in self._planned if planned.ends_s is not None])

    def _begin(self, fault: Fault) -> None:
        """Do what happens once and is not undone."""
        if isinstance(fault, BatteryJump):
            self._copter.autopilot.battery.consumed_mah += fault.lost_mah
        elif isinstance(fault, Reboot):
            self._copter.reboot_where_it_is()

    def _apply(self, acting: Sequence[Fault]) -> None:
        """Let the copter be as all acting faults together make it."""
        copter, link = self._copter, GOOD
        ailments = copter.ailments
        ailments.heal()
        for fault in acting:
            match fault:
                case GpsLoss():
                    ailments.has_gps = False
                case GpsGlitch():
                    ailments.gps_north_m += fault.north_m
                    ailments.gps_east_m += fault.east_m
                case CompassFault():
                    if fault.error_deg is None:
                        ailments.has_compass = False
                    else:
                        ailments.yaw_error_rad += math.radians(fault.error_deg)
                case MotorLoss():
                    ailments.lost_motor = fault.motor
                case BatterySag():
                    ailments.sag_v += fault.drop_v
                case LinkFault():
                    link = link.with_other(fault.condition)
                case ClockJump():
                    ailments.clock_jump_s += fault.seconds
                case StuckGimbal():
                    ailments.is_gimbal_stuck = True
                case WindGust():
                    from_rad = math.radians(fault.from_deg)
                    ailments.gust_north_m_s -= fault.speed_m_s * math.cos(from_rad)
                    ailments.gust_east_m_s -= fault.speed_m_s * math.sin(from_rad)
                case BatteryJump() | Reboot():
                    pass
                case _:
                    assert_never(fault)
        self._set_link(link)
