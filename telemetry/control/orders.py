"""What a protocol machine is about to do to a vehicle: nothing, an emergency's order, or another one."""

from typing import Any

from telemetry.control.control_lease import Order
from telemetry.protocol.command_call import CommandCall
from telemetry.protocol.command_result import command_name
from telemetry.protocol.machine import Machine
from telemetry.vehicle.flight_mode import AUTOPILOT_PX4, mode_name

READING_COMMANDS = frozenset({401, 410, 510, 512, 519, 520, 521, 525, 527, 2504, 2505})
"""RUN_PREARM_CHECKS, GET_HOME_POSITION, GET_MESSAGE_INTERVAL, REQUEST_MESSAGE and its older kin; they ask, and change nothing."""
EMERGENCY_MODES = frozenset({"BRAKE", "RTL", "SMART_RTL", "AUTO_RTL", "LAND", "QRTL", "QLAND"})
PX4_EMERGENCY_MODES = frozenset({"LOITER", "RTL", "LAND", "PRECLAND"})
"""PX4's LOITER is its hold."""

_NAV_RETURN_TO_LAUNCH, _NAV_LAND, _DO_SET_MODE, _DO_PAUSE_CONTINUE = 20, 21, 176, 193


def order_of(machine: Machine[Any], autopilot: int, vehicle_type: int) -> Order | None:
    """Tell how a machine stands to the control of a vehicle; None for one that only reads."""
    if machine.is_reading:
        return None
    if isinstance(machine, CommandCall):
        return _order_of_command(machine, autopilot, vehicle_type)
    return Order.CONTROL


def words_of(machine: Machine[Any]) -> str:
    """Name what a machine does, for the text of a refusal."""
    if isinstance(machine, CommandCall):
        return command_name(machine.command)
    return machine.doing


def _order_of_command(call: CommandCall, autopilot: int, vehicle_type: int) -> Order | None:
    if call.command in READING_COMMANDS:
        return None
    if call.command in (_NAV_RETURN_TO_LAUNCH, _NAV_LAND):
        return Order.EMERGENCY
    if call.command == _DO_PAUSE_CONTINUE:
        return Order.EMERGENCY if call.params[0] == 0.0 else Order.CONTROL
    if call.command == _DO_SET_MODE:
        is_px4 = autopilot == AUTOPILOT_PX4
        mode = round(call.params[1])
        if is_px4:
            mode = mode << 16 | round(call.params[2]) << 24
        modes = PX4_EMERGENCY_MODES if is_px4 else EMERGENCY_MODES
        return Order.EMERGENCY if mode_name(autopilot, vehicle_type, mode) in modes else Order.CONTROL
    return Order.CONTROL
