"""PARAM_REQUEST_LIST, PARAM_REQUEST_READ and PARAM_SET."""

import math
from collections.abc import Callable
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.protocol.channel import LIST_BACKLOG_BYTES, Channel
from simulator.protocol.parameter_table import UNGROUPED_NAMES, ParameterTable, parameter_definitions

UNINDEXED = 65535
PER_STEP = 60
"""Parameters of a list sent in one step of the simulation; 1,392 take half a second, as recorded."""


class ParameterService:
    """Answers on one vehicle's parameters; `broadcast` sends to every channel."""

    def __init__(self, table: ParameterTable, broadcast: Callable[[Any], None]) -> None:
        self._table = table
        self._broadcast = broadcast
        self._changed: list[Any] = []

    def announce(self, name: str) -> None:
        """Tell everybody a value that the vehicle changed itself."""
        self._broadcast(self._value(name, UNINDEXED))

    def assign(self, name: str, value: float) -> None:
        """Change a value; everybody is told once what is being answered is answered."""
        self._table[name] = value
        self._changed.append(self._value(name, UNINDEXED))

    def forget_changes(self) -> None:
        """Leave untold what was assigned before anybody could hear it."""
        self._changed.clear()

    def tell_changes(self) -> None:
        """Tell what was assigned since."""
        changed, self._changed = self._changed, []
        for message in changed:
            self._broadcast(message)

    def receive_message(self, message: Any, channel: Channel) -> None:
        """Handle one of the three requests; an unknown name gets no answer at all."""
        match message.get_type():
            case "PARAM_REQUEST_LIST":
                channel.parameters_from = 0
            case "PARAM_REQUEST_READ":
                self._read(message, channel)
            case "PARAM_SET":
                name = message.param_id
                if name in self._table and math.isfinite(message.param_value):
                    self._table.save(name, message.param_value)
                    self._broadcast(self._confirmation(name))

    def send_list(self, channel: Channel) -> None:
        """Go on with a list that was asked for, as far as the link takes it."""
        start = channel.parameters_from
        if start is None or channel.queued_bytes > LIST_BACKLOG_BYTES:
            return
        definitions = parameter_definitions()
        for definition in definitions[start : start + PER_STEP]:
            channel.send(self._value(definition.name, definition.index))
        start += PER_STEP
        channel.parameters_from = start if start < len(definitions) else None

    def _read(self, message: Any, channel: Channel) -> None:
        if message.param_index >= 0:
            definition = self._table.at(message.param_index)
            if definition is not None:
                channel.send(self._value(definition.name, definition.index))
        elif message.param_id in self._table:
            channel.send(self._value(message.param_id, UNINDEXED))

    def _confirmation(self, name: str) -> Any:
        """Answer PARAM_SET; ArduPilot gives a group's type where a default is set to itself."""
        message = self._value(name, UNINDEXED)
        if not self._table.is_saved(name) and name not in UNGROUPED_NAMES:
            message.param_type = dialect.MAV_PARAM_TYPE_REAL32
        return message

    def _value(self, name: str, index: int) -> Any:
        definition = self._table.definition(name)
        return dialect.MAVLink_param_value_message(
            name.encode("ascii"), self._table[name], definition.type, len(self._table), index
        )
