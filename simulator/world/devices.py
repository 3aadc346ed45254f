"""Loudspeaker and light of a vehicle, switched by its outputs as missions and commands switch them."""

from collections.abc import Mapping

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.world.world_settings import Output

_SERVO: int = dialect.MAV_CMD_DO_SET_SERVO
_RELAY: int = dialect.MAV_CMD_DO_SET_RELAY


def is_on(output: Output, outputs: Mapping[tuple[int, float], float]) -> bool:
    """Whether a device is on.

    Parameters
    ----------
    output : Output
    outputs : mapping
        What was set, by command and number; relays count from 0 there.
    """
    if output.relay:
        return outputs.get((_RELAY, float(output.relay - 1)), 0.0) > 0.0
    pulse_us = outputs.get((_SERVO, float(output.servo)))
    return pulse_us is not None and abs(pulse_us - output.on_us) < abs(pulse_us - output.off_us)
