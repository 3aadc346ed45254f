"""Finds a vehicle's gimbal managers and cameras, and asks them to say how they are.

https://mavlink.io/en/services/gimbal_v2.html#gimbal-manager-discovery, https://mavlink.io/en/services/camera.html#camera-identification
"""

from dataclasses import dataclass
from typing import Never

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.links.address import Address
from telemetry.protocol.machine import Machine, Retry
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

ASK = Retry(first_s=3.0, growth=3.0, longest_s=30.0, attempts=4)
"""Not every vehicle carries anything: after half a minute it is left alone."""
_GIMBAL, _CAMERA = "GIMBAL_MANAGER_INFORMATION", "CAMERA_INFORMATION"
_RATES_HZ = {
    _GIMBAL: {"GIMBAL_MANAGER_STATUS": 0.5, "GIMBAL_DEVICE_ATTITUDE_STATUS": 4.0},
    _CAMERA: {"CAMERA_CAPTURE_STATUS": 0.5, "CAMERA_SETTINGS": 0.5},
}
_CARRIERS = {ardupilotmega.MAV_TYPE_CAMERA: _CAMERA, ardupilotmega.MAV_TYPE_GIMBAL: _GIMBAL}
HEARD = frozenset(definition_of(name).msg_id for name in ("HEARTBEAT", _GIMBAL, _CAMERA))


@dataclass(slots=True)
class _Question:
    attempt: int = 0
    due_s: float = 0.0
    is_answered: bool = False


class PayloadDiscovery(Machine[Never]):
    """Ask the autopilot, and components that call themselves cameras or gimbals, what they are.

    Parameters
    ----------
    vehicle : Address
    """

    is_reading = True
    doing = "looking for gimbals and cameras"

    def __init__(self, vehicle: Address) -> None:
        super().__init__()
        self._vehicle = vehicle
        self._questions: dict[tuple[int, str], _Question] = {}

    def start(self, now_s: float) -> None:
        """Ask the autopilot, which often speaks for what it carries."""
        if not self._questions:
            for name in (_GIMBAL, _CAMERA):
                self._ask(self._vehicle.component_id, name, now_s)

    def receive_message(self, message: Message, now_s: float) -> None:
        """Take heartbeats and answers."""
        if message.name == "HEARTBEAT":
            name = _CARRIERS.get(message.type)
            if name is not None and (message.component_id, name) not in self._questions:
                self._ask(message.component_id, name, now_s)
        elif message.name in _RATES_HZ:
            question = self._questions.setdefault((message.component_id, message.name), _Question())
            if not question.is_answered:
                question.is_answered = True
                self._request_streams(message.component_id, message.name)
        self._set_timer()

    def handle_timer(self, now_s: float) -> None:
        """Ask again what was not answered."""
        for (component_id, name), question in self._questions.items():
            if not question.is_answered and question.attempt < ASK.attempts and now_s >= question.due_s:
                self._ask(component_id, name, now_s)
        self._set_timer()

    def _ask(self, component_id: int, name: str, now_s: float) -> None:
        question = self._questions.setdefault((component_id, name), _Question())
        question.due_s = now_s + ASK.delay_s(question.attempt)
        question.attempt += 1
        self._command(component_id, ardupilotmega.MAV_CMD_REQUEST_MESSAGE, definition_of(name).msg_id, 0.0)
        self._set_timer()

    def _request_streams(self, component_id: int, name: str) -> None:
        for wanted, rate_hz in _RATES_HZ[name].items():
            command = ardupilotmega.MAV_CMD_SET_MESSAGE_INTERVAL
            self._command(component_id, command, definition_of(wanted).msg_id, 1e6 / rate_hz)

    def _command(self, component_id: int, command: int, param1: float, param2: float) -> None:
        self._outgoing.append(
            Message.new(
                "COMMAND_LONG",
                target_system=self._vehicle.system_id,
                target_component=component_id,
                command=command,
                param1=param1,
                param2=param2,
            )
        )

    def _set_timer(self) -> None:
        self._timer_s = min(
            (
                question.due_s
                for question in self._questions.values()
                if not question.is_answered and question.attempt < ASK.attempts
            ),
            default=None,
        )
