"""What the autopilot does by itself when the battery runs low or the ground station falls silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.autopilot.mode import ModeNumber

if TYPE_CHECKING:
    from simulator.autopilot.autopilot import Autopilot

WARNING = 4
CHECK_PERIOD_S = 0.1
_BATTERY_ACTIONS: dict[int, tuple[ModeNumber, ...]] = {
    1: (ModeNumber.LAND,),
    2: (ModeNumber.RTL, ModeNumber.LAND),
    3: (ModeNumber.SMART_RTL, ModeNumber.RTL, ModeNumber.LAND),
    4: (ModeNumber.SMART_RTL, ModeNumber.LAND),
    7: (ModeNumber.BRAKE, ModeNumber.LAND),
}
_STATION_ACTIONS: dict[int, tuple[ModeNumber, ...]] = {
    1: (ModeNumber.RTL, ModeNumber.LAND),
    3: (ModeNumber.SMART_RTL, ModeNumber.RTL, ModeNumber.LAND),
    4: (ModeNumber.SMART_RTL, ModeNumber.LAND),
    5: (ModeNumber.LAND,),
    7: (ModeNumber.BRAKE, ModeNumber.LAND),
}
CONTINUE_IN_AUTO = 1 << 1
CONTINUE_LANDING = 1 << 3
CONTINUE_IN_PILOT_MODES = 1 << 4
"""Bits of FS_OPTIONS."""


class Failsafe:
    """Battery and ground station failsafes; a tripped battery failsafe stays until the next boot."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._next_check_s = 0.0
        self._low_since_s: float | None = None
        self._critical_since_s: float | None = None
        self._is_critical = False
        self._heard_s: float | None = None
        self.is_battery_tripped = False
        self.is_station_lost = False

    @property
    def is_active(self) -> bool:
        """Whether the vehicle reports a critical state."""
        return self.is_battery_tripped or self.is_station_lost or self._autopilot.estimate.is_failsafe_on

    def hear_station(self, link_s: float) -> None:
        """Note a heartbeat of the ground station in charge."""
        self._heard_s = link_s
        if self.is_station_lost:
            self.is_station_lost = False
            self._autopilot.say(WARNING, "GCS Failsafe Cleared")

    def forget_battery(self) -> None:
        """Begin anew with a battery that was changed."""
        self._low_since_s = self._critical_since_s = None
        self._is_critical = self.is_battery_tripped = False

    def step(self, link_s: float) -> None:
        """Watch battery and link, ten times a second."""
        autopilot = self._autopilot
        if autopilot.now_s < self._next_check_s:
            return
        self._next_check_s = autopilot.now_s + CHECK_PERIOD_S
        if autopilot.is_armed:
            self._watch_battery()
        parameters = autopilot.parameters
        action = int(parameters["FS_GCS_ENABLE"])
        if action == 0 or self._heard_s is None:
            return
        if not self.is_station_lost and link_s - self._heard_s > parameters["FS_GCS_TIMEOUT"]:
            self.is_station_lost = True
            self._lose_station(_STATION_ACTIONS.get(action, ()))

    def _watch_battery(self) -> None:
        autopilot = self._autopilot
        parameters, battery = autopilot.parameters, autopilot.battery
        now_s = autopilot.now_s
        timer_s = parameters["BATT_LOW_TIMER"]
        left_mah = parameters["BATT_CAPACITY"] - battery.consumed_mah

        def is_below(volt_name: str, charge_name: str) -> tuple[bool, bool]:
            volt, charge = parameters[volt_name], parameters[charge_name]
            return volt > 0 and battery.voltage_v < volt, charge > 0 and left_mah < charge

        is_low_volt, is_low_charge = is_below("BATT_LOW_VOLT", "BATT_LOW_MAH")
        is_crt_volt, is_crt_charge = is_below("BATT_CRT_VOLT", "BATT_CRT_MAH")
        self._low_since_s = (
            (now_s if self._low_since_s is None else self._low_since_s) if is_low_volt else None
        )
        self._critical_since_s = (
            (now_s if self._critical_since_s is None else self._critical_since_s) if is_crt_volt else None
        )
        is_low = is_low_charge or (self._low_since_s is not None and now_s - self._low_since_s >= timer_s)
        is_critical = is_crt_charge or (
            self._critical_since_s is not None and now_s - self._critical_since_s >= timer_s
        )
        if is_critical and not self._is_critical:
            self._is_critical = True
            self._trip("critical", int(parameters["BATT_FS_CRT_ACT"]))
        elif is_low and not self.is_battery_tripped:
            self._trip("low", int(parameters["BATT_FS_LOW_ACT"]))

    def _trip(self, degree: str, action: int) -> None:
        autopilot = self._autopilot
        battery = autopilot.battery
        self.is_battery_tripped = True
        autopilot.say(
            WARNING, f"Battery 1 is {degree} {battery.voltage_v:.2f}V used {battery.consumed_mah:.0f} mAh"
        )
        if self._must_disarm:
            autopilot.disarm(is_forced=True)
            self._announce("Battery", "Disarming")
        elif action and autopilot.mode.number is ModeNumber.LAND and self._options & CONTINUE_LANDING:
            self._announce("Battery", "Continuing Landing")
        else:
            self._announce("Battery")
            self._change_mode(_BATTERY_ACTIONS.get(action, ()))

    def _lose_station(self, modes: tuple[ModeNumber, ...]) -> None:
        autopilot = self._autopilot
        is_landing = autopilot.mode.number is ModeNumber.LAND
        if not autopilot.is_armed:
            self._announce("GCS")
        elif self._must_disarm:
            autopilot.disarm(is_forced=True)
            self._announce("GCS", "Disarming")
        elif is_landing and self.is_battery_tripped:
            self._announce("GCS + Battery", "Continuing Landing")
        elif is_landing and self._options & CONTINUE_LANDING:
            self._announce("GCS", "Continuing Landing")
        elif autopilot.mode is autopilot.auto and self._options & CONTINUE_IN_AUTO:
            self._announce("GCS", "Continuing Auto Mode")
        elif autopilot.mode.is_pilot_flown and self._options & CONTINUE_IN_PILOT_MODES:
            self._announce("GCS", "Continuing Pilot Control")
        else:
            self._announce("GCS")
            self._change_mode(modes)

    @property
    def _options(self) -> int:
        return int(self._autopilot.parameters["FS_OPTIONS"])

    @property
    def _must_disarm(self) -> bool:
        """Whether the vehicle stands, or the pilot of STABILIZE has the throttle down."""
        autopilot = self._autopilot
        if autopilot.mode.number is ModeNumber.STABILIZE and autopilot.sticks.throttle == 0.0:
            return True
        if autopilot.mode is autopilot.auto and autopilot.auto.may_take_off:
            return False
        return autopilot.is_landed

    def _announce(self, kind: str, what: str = "") -> None:
        self._autopilot.say(WARNING, f"{kind} Failsafe - {what}" if what else f"{kind} Failsafe")

    def _change_mode(self, modes: tuple[ModeNumber, ...]) -> None:
        if self._autopilot.mode.number is not ModeNumber.LAND:
            self._autopilot.set_first_mode(*modes)
