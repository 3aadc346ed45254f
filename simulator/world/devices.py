"""Loudspeaker and light of a vehicle, switched by its outputs as missions and commands switch them."""

from simulator.autopilot.outputs import Outputs
from simulator.world.world_settings import Output


def switched(output: Output, outputs: Outputs) -> tuple[bool, int]:
    """Whether a device is on, and at which pulse width in microseconds; 1 or 0 of a relay."""
    if output.relay:
        # Relays count from 1 in parameters and payload files, from 0 in missions.
        is_closed = outputs.relays.get(output.relay - 1, False)
        return is_closed, int(is_closed)
    pulse_us = outputs.pwm.get(output.servo)
    if pulse_us is None:
        return False, 0
    return abs(pulse_us - output.on_us) < abs(pulse_us - output.off_us), pulse_us
