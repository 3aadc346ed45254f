"""Servo outputs and relays that the vehicle switches, once or again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.protocol.parameter_table import ParameterTable

SERVOS, RELAYS = 16, 6
_FREE_FUNCTIONS = frozenset({0.0, 1.0, 22.0, 23.0, 28.0, *(float(number) for number in range(51, 67))})
"""SERVOn_FUNCTION: nothing, passing sticks through, sprayer, gripper; all else belongs to the autopilot."""
TRIM_PWM = 1500

Say = Callable[[int, str], None]
INFO = 6


@dataclass(slots=True)
class _Repeat:
    number: int
    values: tuple[float, float]
    left: int
    half_s: float
    due_s: float


class Outputs:
    """What is switched on board.

    Parameters
    ----------
    parameters : ParameterTable
        SERVOn_FUNCTION and RELAYn_FUNCTION say what may be switched.
    say : callable

    Attributes
    ----------
    pwm : dict
        By output, from 1, in microseconds.
    relays : dict
        By relay, from 0.
    """

    def __init__(self, parameters: ParameterTable, say: Say) -> None:
        self._parameters = parameters
        self._say = say
        self.pwm: dict[int, int] = {}
        self.relays: dict[int, bool] = {}
        self._servo_repeat: _Repeat | None = None
        self._relay_repeat: _Repeat | None = None

    def set_servo(self, number: int, pwm: float) -> bool:
        """DO_SET_SERVO; false where the output is not free."""
        if not self._is_free(number):
            return False
        self._servo_repeat = None
        self.pwm[number] = int(pwm)
        return True

    def set_relay(self, number: int, state: float) -> bool:
        """DO_SET_RELAY: 0 is off, 1 on, all else the other way; false where there is no such relay."""
        if not self._has_relay(number):
            return False
        self._relay_repeat = None
        self.relays[number] = bool(state) if state in (0.0, 1.0) else not self.relays.get(number, False)
        return True

    def repeat_servo(self, number: int, pwm: float, count: float, cycle_s: float, now_s: float) -> bool:
        """DO_REPEAT_SERVO: there and back to the middle, `count` times."""
        if not self._is_free(number):
            return False
        self._servo_repeat = _Repeat(number, (pwm, TRIM_PWM), int(count) * 2, 0.5 * cycle_s, now_s)
        return True

    def repeat_relay(self, number: int, count: float, cycle_s: float, now_s: float) -> bool:
        """DO_REPEAT_RELAY: the other way and back, `count` times."""
        if not self._has_relay(number):
            return False
        is_on = self.relays.get(number, False)
        values = (float(not is_on), float(is_on))
        self._relay_repeat = _Repeat(number, values, int(count) * 2, 0.5 * cycle_s, now_s)
        return True

    def step(self, now_s: float) -> None:
        """Go on with what repeats."""
        servo, relay = self._servo_repeat, self._relay_repeat
        if servo is not None and now_s >= servo.due_s:
            self.pwm[servo.number] = int(servo.values[servo.left % 2])
            self._servo_repeat = self._after(servo)
        if relay is not None and now_s >= relay.due_s:
            self.relays[relay.number] = bool(relay.values[relay.left % 2])
            self._relay_repeat = self._after(relay)

    @staticmethod
    def _after(repeat: _Repeat) -> _Repeat | None:
        repeat.left -= 1
        repeat.due_s += max(repeat.half_s, 0.01)
        return repeat if repeat.left > 0 else None

    def _is_free(self, number: int) -> bool:
        if not 1 <= number <= SERVOS:
            return False
        if self._parameters[f"SERVO{number}_FUNCTION"] in _FREE_FUNCTIONS:
            return True
        self._say(INFO, f"ServoRelayEvent: Channel {number} is already in use")
        return False

    def _has_relay(self, number: int) -> bool:
        name = f"RELAY{number + 1}_FUNCTION"
        return 0 <= number < RELAYS and name in self._parameters and self._parameters[name] > 0
