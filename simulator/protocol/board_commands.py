"""Commands to the board: calibration, checks, storage, outputs, restart."""

from collections.abc import Callable

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.autopilot.arming import arming_reasons
from simulator.autopilot.autopilot import Autopilot
from simulator.autopilot.mode import ModeNumber
from simulator.protocol.command import (
    ACCEPTED,
    DENIED,
    FAILED,
    TEMPORARILY_REJECTED,
    UNSUPPORTED,
    Command,
    Handler,
    whole,
)

CRITICAL, WARNING, NOTICE, INFO = 2, 4, 5, 6
FORCED_REBOOT = 20190226
AGAIN_AFTER_S = 5.0
"""Accelerometers are not calibrated again sooner."""
_AUX_MODES = {
    4: ModeNumber.RTL,
    16: ModeNumber.AUTO,
    18: ModeNumber.LAND,
    33: ModeNumber.BRAKE,
    42: ModeNumber.SMART_RTL,
    55: ModeNumber.GUIDED,
    56: ModeNumber.LOITER,
    68: ModeNumber.STABILIZE,
    69: ModeNumber.POSHOLD,
    70: ModeNumber.ALT_HOLD,
    72: ModeNumber.CIRCLE,
}
_AUX_FENCE, _AUX_DISARM, _AUX_ARM = 11, 81, 153
_AUX_RELAYS = {28: 0, 34: 1, 35: 2, 36: 3}
LOW, MIDDLE, HIGH = 0, 1, 2


class BoardCommands:
    """Carries them out.

    Parameters
    ----------
    autopilot : Autopilot
    reboot : callable
        Asks for a restart once the answer is sent.
    say_banner : callable
        Tells firmware, board and frame.
    """

    def __init__(
        self, autopilot: Autopilot, reboot: Callable[[], None], say_banner: Callable[[], None]
    ) -> None:
        self._autopilot = autopilot
        self._reboot = reboot
        self._say_banner = say_banner
        self._levelled_s: float | None = None
        outputs = autopilot.outputs

        def switched(is_done: bool) -> int:
            return ACCEPTED if is_done else FAILED

        def now_s() -> float:
            return autopilot.now_s

        self.handlers: dict[int, Handler] = {
            dialect.MAV_CMD_PREFLIGHT_CALIBRATION: self._calibrate,
            dialect.MAV_CMD_PREFLIGHT_SET_SENSOR_OFFSETS: lambda c: (
                ACCEPTED if c.param1 in (2.0, 5.0, 6.0) else FAILED
            ),
            dialect.MAV_CMD_PREFLIGHT_STORAGE: self._store,
            dialect.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN: self._restart,
            dialect.MAV_CMD_RUN_PREARM_CHECKS: self._check,
            dialect.MAV_CMD_DO_SEND_BANNER: self._tell_banner,
            dialect.MAV_CMD_BATTERY_RESET: self._reset_battery,
            dialect.MAV_CMD_SET_EKF_SOURCE_SET: lambda c: ACCEPTED if 1 <= whole(c.param1) <= 3 else DENIED,
            dialect.MAV_CMD_DO_START_MAG_CAL: self._calibrate_compass,
            dialect.MAV_CMD_DO_ACCEPT_MAG_CAL: lambda _: FAILED,
            dialect.MAV_CMD_DO_CANCEL_MAG_CAL: lambda _: ACCEPTED,
            dialect.MAV_CMD_DO_MOTOR_TEST: self._test_motor,
            dialect.MAV_CMD_DO_PARACHUTE: lambda c: ACCEPTED if whole(c.param1) in (0, 1, 2) else FAILED,
            dialect.MAV_CMD_DO_GRIPPER: lambda _: FAILED,
            dialect.MAV_CMD_DO_WINCH: lambda _: FAILED,
            dialect.MAV_CMD_DO_SPRAYER: lambda _: ACCEPTED,
            dialect.MAV_CMD_DO_AUX_FUNCTION: self._switch,
            dialect.MAV_CMD_DO_SET_SERVO: lambda c: switched(outputs.set_servo(whole(c.param1), c.param2)),
            dialect.MAV_CMD_DO_SET_RELAY: lambda c: switched(outputs.set_relay(whole(c.param1), c.param2)),
            dialect.MAV_CMD_DO_REPEAT_SERVO: lambda c: switched(
                outputs.repeat_servo(whole(c.param1), c.param2, c.param3, c.param4, now_s())
            ),
            dialect.MAV_CMD_DO_REPEAT_RELAY: lambda c: switched(
                outputs.repeat_relay(whole(c.param1), c.param2, c.param3, now_s())
            ),
        }

    def _calibrate(self, command: Command) -> int:
        autopilot = self._autopilot
        if autopilot.is_armed:
            autopilot.say(NOTICE, "Disarm to allow calibration")
            return FAILED
        if command.param1 == 1.0:
            return ACCEPTED
        if command.param3 == 1.0:
            autopilot.say(INFO, "Updating barometer calibration")
            autopilot.say(INFO, "Barometer calibration complete")
            return ACCEPTED
        if command.x in (2, 4):
            since_s = None if self._levelled_s is None else autopilot.now_s - self._levelled_s
            self._levelled_s = autopilot.now_s
            return TEMPORARILY_REJECTED if since_s is not None and since_s < AGAIN_AFTER_S else ACCEPTED
        return ACCEPTED if command.x in (1, 76) or command.param2 == 76.0 else UNSUPPORTED

    def _calibrate_compass(self, _: Command) -> int:
        if self._autopilot.is_armed:
            self._autopilot.say(NOTICE, "Disarm to allow compass calibration")
            return FAILED
        return ACCEPTED

    def _store(self, command: Command) -> int:
        if command.param1 != 2.0:
            return FAILED
        self._autopilot.parameters.forget_at_restart()
        self._autopilot.say(WARNING, "All parameters reset, reboot board")
        return ACCEPTED

    def _restart(self, command: Command) -> int:
        if command.param1 not in (1.0, 3.0):
            return UNSUPPORTED
        if self._autopilot.is_armed and command.y != FORCED_REBOOT:
            return FAILED
        self._reboot()
        return ACCEPTED

    def _check(self, _: Command) -> int:
        autopilot = self._autopilot
        if autopilot.is_armed:
            return TEMPORARILY_REJECTED
        for reason in arming_reasons(autopilot):
            autopilot.say(CRITICAL, f"PreArm: {reason}")
        return ACCEPTED

    def _tell_banner(self, _: Command) -> int:
        self._say_banner()
        return ACCEPTED

    def _reset_battery(self, command: Command) -> int:
        if not whole(command.param1) & 1 or whole(command.param1) < 0:
            return ACCEPTED
        autopilot = self._autopilot
        share = min(max(command.param2, 0.0), 100.0) * 0.01
        autopilot.battery.consumed_mah = autopilot.parameters["BATT_CAPACITY"] * (1.0 - share)
        autopilot.failsafe.forget_battery()
        return ACCEPTED

    def _test_motor(self, command: Command) -> int:
        autopilot = self._autopilot
        if autopilot.is_armed or not autopilot.is_landed:
            autopilot.say(CRITICAL, "Motor Test: vehicle not landed")
            return FAILED
        if not 0.0 <= command.param2 <= 3.0:
            return FAILED
        autopilot.say(INFO, "starting motor test")
        return ACCEPTED

    def _switch(self, command: Command) -> int:
        autopilot = self._autopilot
        number, position = whole(command.param1), whole(command.param2)
        if position not in (LOW, MIDDLE, HIGH):
            return DENIED
        if number in _AUX_MODES:
            if position == HIGH:
                autopilot.change_mode(_AUX_MODES[number])
        elif number in _AUX_RELAYS:
            if position != MIDDLE:
                autopilot.outputs.set_relay(_AUX_RELAYS[number], float(position == HIGH))
        elif number == _AUX_FENCE:
            autopilot.parameters["FENCE_ENABLE"] = float(position == HIGH)
        elif number == _AUX_ARM and position == HIGH:
            autopilot.arm()
        elif number in (_AUX_ARM, _AUX_DISARM):
            if (position == LOW) == (number == _AUX_ARM):
                autopilot.disarm()
        else:
            autopilot.say(INFO, f"Invalid channel option ({number})")
            return FAILED
        return ACCEPTED
