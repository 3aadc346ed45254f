"""Commands to one vehicle: one call of a kind at a time, every answer an event, every denial with its reasons."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.control.actor import Actor
from telemetry.control.vehicle_control import VehicleControl
from telemetry.events import CommandAnswered, CommandProgressed
from telemetry.links.address import Address
from telemetry.protocol.command_call import CommandCall, CommandEnded, CommandEvent, CommandState
from telemetry.protocol.command_call import CommandProgressed as CallProgressed
from telemetry.protocol.command_result import CommandResult, command_name, command_result_words
from telemetry.protocol.conversation import Conversation
from telemetry.refusal import CommandRefused, TelemetryError, VehicleSilent
from telemetry.vehicle.denial_reasons import collect_reasons

_COMPONENT_ARM_DISARM = 400
_GIVING_UP_S = 2.0


class CommandChannel:
    """Sends MAV_CMDs and waits for what becomes of them.

    Parameters
    ----------
    conversation : Conversation
    target : Address
    vehicle_id : str
    place : str
        The vehicle, for the text of a refusal.
    control : VehicleControl
        Says who acts.
    bus : Bus
        Brings the vehicle's texts and takes the answers.
    clock : Clock
    prearm_reasons : callable
        Gives why the vehicle would not arm, as it said lately: it does not always say it again when it denies that.
    """

    def __init__(
        self,
        conversation: Conversation,
        target: Address,
        *,
        vehicle_id: str,
        place: str,
        control: VehicleControl,
        bus: Bus,
        clock: Clock,
        prearm_reasons: Callable[[], tuple[str, ...]],
    ) -> None:
        self._conversation = conversation
        self._target = target
        self._vehicle_id = vehicle_id
        self._place = place
        self._control = control
        self._bus = bus
        self._clock = clock
        self._prearm_reasons = prearm_reasons
        self._running: dict[int, CommandCall] = {}
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, command: int, *params: float, frame: int | None = None) -> int:
        """Send a command; returns after how many attempts it was accepted.

        Whoever ceases to wait for a command that the vehicle is at (IN_PROGRESS) takes it back.

        Raises
        ------
        ControlDenied
            If whoever acts here may not command the vehicle.
        CommandRefused
            With the texts that the vehicle gave for it.
        VehicleSilent
            If no acknowledgement comes.
        """
        name = command_name(command)
        async with self._locks[command]:
            actor = self._control.actor()
            call = self._running[command] = CommandCall(command, params, self._target, frame=frame)
            with self._bus.subscribe() as texts:
                try:
                    ended: CommandEvent = await self._conversation.run(
                        call, lambda event: self._publish_progress(name, actor, event)
                    )
                except asyncio.CancelledError:
                    if call.state is CommandState.IN_PROGRESS:
                        await self._take_back(call)
                    raise
                finally:
                    del self._running[command]
                if not isinstance(ended, CommandEnded):
                    raise TypeError(ended)
                if ended.result == CommandResult.ACCEPTED:
                    self._publish_answer(name, actor, accepted=True)
                    return ended.attempts
                if ended.result is None:
                    self._publish_answer(name, actor, accepted=False, reason="no answer")
                    raise VehicleSilent(
                        f"{name} was never acknowledged",
                        place=self._place,
                        remedy="Check the link and try again",
                    )
                reasons = await collect_reasons(texts, self._vehicle_id)
        if not reasons and command == _COMPONENT_ARM_DISARM and params[:1] == (1,):
            reasons = tuple(f"PreArm: {reason}" for reason in self._prearm_reasons())
        words = command_result_words(ended.result)
        self._publish_answer(name, actor, accepted=False, reason="; ".join(reasons) or words)
        raise CommandRefused(
            f"{name} was {words}" + (f" ({'; '.join(reasons)})" if reasons else ""),
            command=name,
            result=ended.result,
            reasons=reasons,
            place=self._place,
        )

    def cancel(self, command: int) -> None:
        """Ask the vehicle to give a command up that it is at; `send` then ends as it answers.

        Raises
        ------
        ControlDenied
            If whoever acts here may not command the vehicle.
        TelemetryError
            If it is not at it.
        """
        call = self._running.get(command)
        if call is None:
            raise TelemetryError(
                f"{command_name(command)} is not under way and cannot be cancelled", place=self._place
            )
        self._control.demand(f"cancelling {command_name(command)}")
        call.cancel(self._clock.monotonic_s())
        self._conversation.wake(call)

    async def _take_back(self, call: CommandCall) -> None:
        """Ask until the vehicle gives it up, for a while; not where the control has passed to somebody else."""
        call.cancel(self._clock.monotonic_s())
        with contextlib.suppress(TelemetryError, TimeoutError):
            async with asyncio.timeout(_GIVING_UP_S):
                await self._conversation.run(call)

    def _publish_progress(self, command: str, actor: Actor, event: CommandEvent) -> None:
        if isinstance(event, CallProgressed):
            self._bus.publish(
                CommandProgressed(
                    time_s=self._clock.utc_s(),
                    vehicle_id=self._vehicle_id,
                    who=actor.who,
                    why=actor.why,
                    command=command,
                    percent=event.percent,
                )
            )

    def _publish_answer(self, command: str, actor: Actor, *, accepted: bool, reason: str = "") -> None:
        self._bus.publish(
            CommandAnswered(
                time_s=self._clock.utc_s(),
                vehicle_id=self._vehicle_id,
                who=actor.who,
                why=actor.why,
                command=command,
                accepted=accepted,
                reason=reason,
            )
        )
