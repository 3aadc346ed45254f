"""Asks a vehicle for the messages its state is made of, again and again until they come.

MAV_CMD_SET_MESSAGE_INTERVAL and MAV_CMD_REQUEST_MESSAGE: https://mavlink.io/en/mavgen_python/howto_requestmessages.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

STREAM_RATES_HZ: dict[str, float] = {
    "GLOBAL_POSITION_INT": 5.0,
    "ATTITUDE": 4.0,
    "VFR_HUD": 4.0,
    "EXTENDED_SYS_STATE": 2.0,
    "SYS_STATUS": 1.0,
    "BATTERY_STATUS": 1.0,
    "GPS_RAW_INT": 1.0,
    "MISSION_CURRENT": 2.0,
    "FENCE_STATUS": 1.0,
    "HOME_POSITION": 0.5,
}
ONCE = ("AUTOPILOT_VERSION", "HOME_POSITION")

_FIRST_PATIENCE_S = 2.0
_LONGEST_PATIENCE_S = 30.0
_ENOUGH = 0.5


@dataclass(slots=True)
class _Wish:
    msg_id: int
    rate_hz: float | None
    """None for a message wanted once."""
    check_at_s: float = 0.0
    asked_s: float | None = None
    heard_before: int = 0
    patience_s: float = _FIRST_PATIENCE_S


class StreamRequests:
    """The wishes towards one vehicle.

    A message that comes at less than half the wished rate is asked for again, at first after 2 s, at last every
    30 s: not every vehicle has every message, and one that was restarted has forgotten all.

    Parameters
    ----------
    system_id, component_id : int
        Of the vehicle.
    """

    def __init__(self, system_id: int, component_id: int) -> None:
        self._system_id = system_id
        self._component_id = component_id
        self._wishes = [_Wish(definition_of(name).msg_id, rate) for name, rate in STREAM_RATES_HZ.items()]
        self._wishes += [_Wish(definition_of(name).msg_id, None) for name in ONCE]
        self._outgoing: list[Message] = []

    def start(self, now_s: float, heard: Mapping[int, int]) -> None:
        """Ask for everything, at once; also when a vehicle returns, for it may have been restarted."""
        for wish in self._wishes:
            wish.patience_s = _FIRST_PATIENCE_S
            self._ask(wish, now_s, heard)

    def get_timer(self) -> float:
        """When `handle_timer` wants to be called."""
        return min(wish.check_at_s for wish in self._wishes)

    def handle_timer(self, now_s: float, heard: Mapping[int, int]) -> None:
        """Compare what came with what was wished.

        Parameters
        ----------
        now_s : float
        heard : mapping of int to int
            How many messages of each number have come from the vehicle.
        """
        for wish in self._wishes:
            if now_s < wish.check_at_s or wish.asked_s is None:
                continue
            count = heard.get(wish.msg_id, 0) - wish.heard_before
            wanted = 1.0 if wish.rate_hz is None else wish.rate_hz * (now_s - wish.asked_s) * _ENOUGH
            if count >= max(1.0, wanted):
                wish.patience_s = _LONGEST_PATIENCE_S
                wish.asked_s = now_s
                wish.heard_before += 0 if wish.rate_hz is None else count
                wish.check_at_s = now_s + wish.patience_s
            else:
                wish.patience_s = min(wish.patience_s * 2.0, _LONGEST_PATIENCE_S)
                self._ask(wish, now_s, heard)

    def messages_to_send(self) -> list[Message]:
        """Take what is to be sent."""
        messages, self._outgoing = self._outgoing, []
        return messages

    def _ask(self, wish: _Wish, now_s: float, heard: Mapping[int, int]) -> None:
        wish.asked_s = now_s
        wish.heard_before = heard.get(wish.msg_id, 0)
        wish.check_at_s = now_s + wish.patience_s
        if wish.rate_hz is None:
            command, interval_us = ardupilotmega.MAV_CMD_REQUEST_MESSAGE, 0
        else:
            command, interval_us = ardupilotmega.MAV_CMD_SET_MESSAGE_INTERVAL, round(1e6 / wish.rate_hz)
        self._outgoing.append(
            Message.new(
                "COMMAND_LONG",
                target_system=self._system_id,
                target_component=self._component_id,
                command=command,
                param1=wish.msg_id,
                param2=interval_us,
            )
        )
