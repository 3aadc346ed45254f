"""Loudspeaker and light of a vehicle, switched by its outputs as missions and commands switch them."""

from collections.abc import Mapping

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.world.world_settings import Output

_SERVO: int = dialect.MAV_CMD_DO_SET_SERVO
_RELAY: int = dialect.MAV_CMD_DO_SET_RELAY


def switched(output: Output, outputs: Mapping[tuple[int, float], float]) -> tuple[bool, int]:
    """Whether a device is on, and at which pulse width in microseconds; 1 or 0 of a relay.

    Parameters
    ----------
    output : Output
    outputs : mapping
        What was set, by command and number; relays count from 0 there.
    """
    if output.relay:
        is_closed = outputs.get((_RELAY, float(output.relay - 1)), 0.0) > 0.0
        return is_closed, int(is_closed)
    pulse_us = outputs.get((_SERVO, float(output.servo)))
    if pulse_us is None:
        return False, 0
    return abs(pulse_us - output.on_us) < abs(pulse_us - output.off_us), round(pulse_us)
