"""Commands to a vehicle's other components: gimbals and cameras that speak for themselves."""

from collections.abc import Callable

from telemetry.links.address import Address
from telemetry.protocol.conversation import Conversation
from telemetry.vehicle.command_channel import CommandChannel
from telemetry.wire.message import Message


class ComponentCommands:
    """A conversation with each component, begun as it is first spoken to.

    Parameters
    ----------
    system_id : int
    converse : callable
        Makes a conversation.
    channel : callable
        Makes a command channel of a conversation and an address.
    """

    def __init__(
        self,
        system_id: int,
        converse: Callable[[], Conversation],
        channel: Callable[[Conversation, Address], CommandChannel],
    ) -> None:
        self._system_id = system_id
        self._converse = converse
        self._channel = channel
        self._components: dict[int, tuple[Conversation, CommandChannel]] = {}

    async def send(self, component_id: int, command: int, *params: float) -> int:
        """Send a command to a component, as `CommandChannel.send` does."""
        known = self._components.get(component_id)
        if known is None:
            conversation = self._converse()
            known = conversation, self._channel(conversation, Address(self._system_id, component_id))
            self._components[component_id] = known
        return await known[1].send(command, *params)

    def handle_message(self, message: Message) -> None:
        """Hand a component's message to its conversation."""
        known = self._components.get(message.component_id)
        if known is not None:
            known[0].handle_message(message)

    def close(self, reason: Exception) -> None:
        """Let everything that runs fail with `reason`."""
        for conversation, _ in self._components.values():
            conversation.close(reason)
