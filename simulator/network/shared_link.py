"""Several vehicles on one link: each hears what is meant for it."""

from collections.abc import Callable, Sequence

from simulator.copter import Copter
from simulator.protocol.channel import Channel, Message, MessageReader


class SharedLink:
    """Gives each vehicle a channel, and hands messages to those they are for.

    Parameters
    ----------
    copters : sequence of Copter
        With system ids of their own.
    write : callable
        Takes what a vehicle says: whole frames.
    reboot : callable
        Boots one that was told to.
    """

    def __init__(
        self,
        copters: Sequence[Copter],
        write: Callable[[bytes], None],
        reboot: Callable[[Copter], None] = Copter.power_on,
    ) -> None:
        self._copters = copters
        self._reboot = reboot
        self._reader = MessageReader()
        self._by_id: dict[int, Copter] = {}
        self._channels = {copter: Channel(write) for copter in copters}
        for copter, channel in self._channels.items():
            copter.attach(channel)

    def receive(self, data: bytes) -> None:
        """Hand messages over; what a vehicle answers is written at once."""
        for message in self._reader.feed(data):
            for copter in self._addressees(message):
                copter.handle_message(message, self._channels[copter])
                copter.flush()
                if copter.wants_reboot:
                    self._reboot(copter)

    def _addressees(self, message: Message) -> Sequence[Copter]:
        target = getattr(message, "target_system", 0)
        if target == 0:
            return self._copters
        copter = self._by_id.get(target)
        if copter is None or copter.system_id != target:
            # SYSID_THISMAV may be changed at any time.
            self._by_id = {each.system_id: each for each in self._copters}
            copter = self._by_id.get(target)
        return () if copter is None else (copter,)

    def close(self) -> None:
        """Let the vehicles speak here no more."""
        for copter, channel in self._channels.items():
            copter.detach(channel)
