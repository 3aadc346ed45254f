"""Servo outputs and relays that the vehicle switches."""


class Outputs:
    """What is switched on board.

    Attributes
    ----------
    pwm : dict
        By output, from 1, in microseconds.
    relays : dict
        By relay, from 0.
    """

    def __init__(self) -> None:
        self.pwm: dict[int, int] = {}
        self.relays: dict[int, bool] = {}

    def set_servo(self, number: int, pwm: float) -> bool:
        """DO_SET_SERVO."""
        self.pwm[number] = int(pwm)
        return True

    def set_relay(self, number: int, state: float) -> bool:
        """DO_SET_RELAY."""
        self.relays[number] = bool(state)
        return True
