"""Opens links, and tries again while one is not there."""

import asyncio

from telemetry.bridge import Bridge
from telemetry.clock import Clock
from telemetry.events import LinkLost
from telemetry.links.link_address import network_of, open_link_for
from telemetry.refusal import TelemetryError

RETRY_S = 2.0


class LinkKeeper:
    """Gives links to a bridge.

    Parameters
    ----------
    bridge : Bridge
    clock : Clock
    """

    def __init__(self, bridge: Bridge, clock: Clock) -> None:
        self._bridge = bridge
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept = 0
        self.waiting: dict[str, str] = {}
        """Addresses that could not be opened yet, and why."""

    def keep(self, address: str) -> None:
        """Open a link now, or as soon as it can be; the first failure is told on the bus.

        Where it names no network, its number does, in the order of the calls: drones' ids must not depend on who answers first.

        Raises
        ------
        TelemetryError
            If the address cannot be understood.
        """
        open_link_for(address)
        self._kept += 1
        task = asyncio.create_task(
            self._open(address, network_of(address) or str(self._kept)), name=f"link {address}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up on links that are not there."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open(self, address: str, network: str) -> None:
        while True:
            try:
                await self._bridge.add_link(open_link_for(address), network)
            except TelemetryError as error:
                if self.waiting.get(address) != str(error):
                    self.waiting[address] = str(error)
                    self._bridge.bus.publish(
                        LinkLost(
                            time_s=self._clock.utc_s(),
                            link=address,
                            reason=f"{error} Trying again every {RETRY_S:g} s.",
                        )
                    )
                await asyncio.sleep(RETRY_S)
            else:
                self.waiting.pop(address, None)
                return
