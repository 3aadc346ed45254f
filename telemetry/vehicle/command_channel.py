"""Commands to one vehicle: one call of a kind at a time, every answer an event, every denial with its reasons."""

import asyncio
from collections import defaultdict

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.events import CommandAnswered
from telemetry.links.address import Address
from telemetry.protocol.command_call import CommandCall, CommandEnded, CommandEvent
from telemetry.protocol.command_result import CommandResult, command_name, command_result_words
from telemetry.protocol.conversation import Conversation
from telemetry.refusal import CommandRefused, VehicleSilent
from telemetry.vehicle.denial_reasons import collect_reasons


class CommandChannel:
    """Sends MAV_CMDs and waits for what becomes of them.

    Parameters
    ----------
    conversation : Conversation
    target : Address
    vehicle_id : str
    place : str
        The vehicle, for the text of a refusal.
    bus : Bus
        Brings the vehicle's texts and takes the answers.
    clock : Clock
    """

    def __init__(
        self,
        conversation: Conversation,
        target: Address,
        *,
        vehicle_id: str,
        place: str,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._conversation = conversation
        self._target = target
        self._vehicle_id = vehicle_id
        self._place = place
        self._bus = bus
        self._clock = clock
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, command: int, *params: float, frame: int | None = None) -> int:
        """Send a command; returns after how many attempts it was accepted.

        Raises
        ------
        CommandRefused
            With the texts that the vehicle gave for it.
        VehicleSilent
            If no acknowledgement comes.
        """
        name = command_name(command)
        async with self._locks[command]:
            with self._bus.subscribe() as texts:
                ended: CommandEvent = await self._conversation.run(
                    CommandCall(command, params, self._target, frame=frame)
                )
                if not isinstance(ended, CommandEnded):
                    raise TypeError(ended)
                if ended.result == CommandResult.ACCEPTED:
                    self._publish_answer(name, accepted=True)
                    return ended.attempts
                if ended.result is None:
                    self._publish_answer(name, accepted=False, reason="no answer")
                    raise VehicleSilent(
                        f"{name} was never acknowledged",
                        place=self._place,
                        remedy="Check the link and try again",
                    )
                reasons = await collect_reasons(texts, self._vehicle_id)
        words = command_result_words(ended.result)
        self._publish_answer(name, accepted=False, reason="; ".join(reasons) or words)
        raise CommandRefused(
            f"{name} was {words}" + (f" ({'; '.join(reasons)})" if reasons else ""),
            command=name,
            result=ended.result,
            reasons=reasons,
            place=self._place,
        )

    def _publish_answer(self, command: str, *, accepted: bool, reason: str = "") -> None:
        self._bus.publish(
            CommandAnswered(
                time_s=self._clock.utc_s(),
                vehicle_id=self._vehicle_id,
                command=command,
                accepted=accepted,
                reason=reason,
            )
        )
