"""A link of any kind that is made worse by faults."""

import asyncio
import contextlib
import random

from simulator.network.carrier import GOOD, Carrier, LinkCondition
from telemetry.links.link import Link


class FaultyLink:
    """Carries what another link carries, as badly as it is told.

    Parameters
    ----------
    link : Link
    condition : LinkCondition
        How well it always carries; faults come on top.
    seed : str
    """

    def __init__(self, link: Link, condition: LinkCondition = GOOD, *, seed: str = "") -> None:
        self.name = link.name
        self._link = link
        self._condition = condition
        chance = random.Random(seed)  # noqa: S311
        self._carrier = Carrier(asyncio.get_running_loop().call_later, chance, condition)
        self._arrived: asyncio.Queue[tuple[bytes, str] | OSError | EOFError] = asyncio.Queue()
        self._pump: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open the other link."""
        await self._stop()
        await self._link.open()
        self._pump = asyncio.create_task(self._carry_down())

    def set_faults(self, condition: LinkCondition) -> None:
        """Be as bad as faults make it on top of what it always is."""
        self._carrier.condition = self._condition.with_other(condition)

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait for the next bytes."""
        arrived = await self._arrived.get()
        if isinstance(arrived, OSError | EOFError):
            raise arrived
        return [arrived]

    def write(self, data: bytes, peer: str = "") -> None:
        """Send whole frames."""
        self._carrier.carry(data, lambda carried: self._link.write(carried, peer))

    async def close(self) -> None:
        """Let go of the other link."""
        await self._stop()
        await self._link.close()

    async def _stop(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
            self._pump = None

    async def _carry_down(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            try:
                while True:
                    for data, peer in await self._link.read():
                        # Bytes of a stream may end inside a frame; what is cut is lost with it on a bad link only.
                        self._carrier.carry(
                            data,
                            lambda carried, peer=peer: self._arrived.put_nowait((carried, peer)),  # type: ignore[misc]
                        )
            except (OSError, EOFError) as error:
                self._arrived.put_nowait(error)
