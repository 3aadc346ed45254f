"""The operator's registration and place for the remote ID of all vehicles of a bridge."""

import contextlib

from telemetry.bridge import Bridge
from telemetry.refusal import TelemetryError
from telemetry.traffic.own_remote_id import Operator, OwnRemoteId
from telemetry.vehicle.vehicle import Vehicle


def tell_operator(bridge: Bridge, operator: Operator) -> None:
    """Tell every vehicle who its operator is from now on."""
    clock = bridge.clock

    def attend(vehicle: Vehicle) -> None:
        # A replayed vehicle refuses to be told.
        with contextlib.suppress(TelemetryError):
            machine = OwnRemoteId(operator, vehicle.address, clock.utc_s() - clock.monotonic_s())
            vehicle.attend(machine, frozenset())

    bridge.attend(attend)
