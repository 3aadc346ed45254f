"""What one vehicle carries, and at which outputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from missions.refusal import MissionError

_CHANNELS_AT_MOST, _RELAYS_AT_MOST = 32, 16
_PULSE_LEAST_US, _PULSE_MOST_US = 500, 2_500
_SERVO_DISABLED, _RELAY_BY_MISSION = 0.0, 1.0


@dataclass(frozen=True, slots=True)
class Servo:
    """A device switched by the pulse width of an output.

    Parameters
    ----------
    channel : int
        From 1.
    on_us, off_us : int
    """

    channel: int
    on_us: int = 1_900
    off_us: int = 1_100

    def __post_init__(self) -> None:
        is_pulse = all(
            _PULSE_LEAST_US <= pulse_us <= _PULSE_MOST_US for pulse_us in (self.on_us, self.off_us)
        )
        if not (1 <= self.channel <= _CHANNELS_AT_MOST and is_pulse):
            raise MissionError(
                f"output {self.channel} with {self.on_us} and {self.off_us} microseconds is no servo output",
                remedy=f"Give an output of 1 to {_CHANNELS_AT_MOST} and pulses of {_PULSE_LEAST_US} to {_PULSE_MOST_US}",
            )

    @property
    def parameters(self) -> Mapping[str, float]:
        """What must be set on board: DO_SET_SERVO moves only outputs that nothing else does."""
        return {f"SERVO{self.channel}_FUNCTION": _SERVO_DISABLED}


@dataclass(frozen=True, slots=True)
class Relay:
    """A device switched by a relay.

    Parameters
    ----------
    number : int
        As in the parameters on board, from 1 (RELAY1_PIN).
    """

    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= _RELAYS_AT_MOST:
            raise MissionError(
                f"there is no relay {self.number}", remedy=f"Give a number from 1 to {_RELAYS_AT_MOST}"
            )

    @property
    def parameters(self) -> Mapping[str, float]:
        """What must be set on board, besides the relay's pin."""
        return {f"RELAY{self.number}_FUNCTION": _RELAY_BY_MISSION}


@dataclass(frozen=True, slots=True)
class Payload:
    """What one vehicle carries.

    Parameters
    ----------
    devices : mapping of str to Servo or Relay
        By name, such as "loudspeaker" and "light".
    has_camera : bool
        Its trigger is known on board (CAM1_TYPE).
    has_gimbal : bool
        It is known on board (MNT1_TYPE).
    """

    devices: Mapping[str, Servo | Relay] = field(default_factory=dict)
    has_camera: bool = True
    has_gimbal: bool = True

    def device(self, name: str) -> Servo | Relay:
        """Give the output of a device.

        Raises
        ------
        MissionError
            The vehicle has none of that name.
        """
        try:
            return self.devices[name]
        except KeyError:
            known = ", ".join(sorted(self.devices)) or "none"
            raise MissionError(
                f"the vehicle carries no {name}",
                remedy=f"It carries: {known}; name its output, or send another vehicle",
            ) from None

    @property
    def parameters(self) -> Mapping[str, float]:
        """What must be set on board for its devices to be switched by a mission."""
        return {name: value for device in self.devices.values() for name, value in device.parameters.items()}
