"""Emptying a mission, fence or rally list (https://mavlink.io/en/services/mission.html#clear_mission)."""

from telemetry.links.address import GROUND_STATION, Address, is_for
from telemetry.protocol.machine import Machine, Retry
from telemetry.protocol.mission_outcome import ItemsCleared, MissionOutcome, TransferFailed
from telemetry.protocol.mission_type import MissionResult, MissionType
from telemetry.wire.message import Message

CLEAR = Retry(first_s=0.8, growth=1.3, longest_s=1.5, attempts=9)


class MissionClear(Machine[MissionOutcome]):
    """Ask for an empty list until it is acknowledged."""

    doing = "emptying a list on board"

    def __init__(
        self,
        target: Address,
        mission_type: MissionType = MissionType.MISSION,
        *,
        own: Address = GROUND_STATION,
    ) -> None:
        super().__init__()
        self._target = target
        self._mission_type = mission_type
        self._own = own
        self._attempt = 0
        self._is_started = False
        self._refusal: int | None = None

    def start(self, now_s: float) -> None:
        """Ask."""
        if not self._is_started:
            self._is_started = True
            self._send(now_s)

    def receive_message(self, message: Message, now_s: float) -> None:  # noqa: ARG002
        """Take the acknowledgement; a refusal stands if a repetition is refused too."""
        if (
            not self._is_started
            or self.is_done
            or message.name != "MISSION_ACK"
            or not is_for(message, self._own)
            or message.mission_type != self._mission_type
        ):
            return
        if message.type == MissionResult.ACCEPTED:
            self._finish(ItemsCleared())
        elif self._refusal is not None and self._attempt > 0:
            self._finish(TransferFailed(message.type))
        else:
            self._refusal = message.type

    def handle_timer(self, now_s: float) -> None:
        """Ask again, or give up."""
        if self._timer_s is None or now_s < self._timer_s:
            return
        self._attempt += 1
        if self._attempt >= CLEAR.attempts:
            self._finish(TransferFailed(self._refusal))
        else:
            self._send(now_s)

    def _send(self, now_s: float) -> None:
        self._outgoing.append(
            Message.new(
                "MISSION_CLEAR_ALL",
                target_system=self._target.system_id,
                target_component=self._target.component_id,
                mission_type=int(self._mission_type),
            )
        )
        self._timer_s = now_s + CLEAR.delay_s(self._attempt)
