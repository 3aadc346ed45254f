"""A link to a simulated copter in this process, as bad as it is told to be."""

import asyncio
import random

from simulator.copter import Copter
from simulator.network.carrier import GOOD, Carrier, LinkCondition
from simulator.network.shared_link import SharedLink


class MemoryLink:
    """Carries bytes to and from one copter without a socket.

    Parameters
    ----------
    name : str
    copter : Copter
    condition : LinkCondition
        How well it always carries; faults come on top.
    seed : str
        Of what becomes of frames.
    """

    def __init__(self, name: str, copter: Copter, condition: LinkCondition = GOOD, *, seed: str = "") -> None:
        self.name = name
        self._copter = copter
        self._condition = condition
        self._seed = seed
        self._arrived: list[tuple[bytes, str]] = []
        self._has_arrived = asyncio.Event()
        self._carrier: Carrier | None = None
        self._shared: SharedLink | None = None

    async def open(self) -> None:
        """Let the copter speak to this link."""
        if self._carrier is None:
            chance = random.Random(self._seed)  # noqa: S311
            self._carrier = Carrier(asyncio.get_running_loop().call_later, chance, self._condition)
            self._shared = SharedLink([self._copter], self._carry_down, Copter.reboot_where_it_is)

    def set_faults(self, condition: LinkCondition) -> None:
        """Be as bad as faults make it on top of what it always is."""
        if self._carrier is not None:
            self._carrier.condition = self._condition.with_other(condition)

    async def read(self) -> list[tuple[bytes, str]]:
        """Wait for the next bytes."""
        await self._has_arrived.wait()
        self._has_arrived.clear()
        arrived, self._arrived = self._arrived, []
        return arrived

    def write(self, data: bytes, peer: str = "") -> None:  # noqa: ARG002
        """Send whole frames."""
        if self._carrier is not None and self._shared is not None:
            self._carrier.carry(data, self._shared.receive)

    async def close(self) -> None:
        """Let the copter speak here no more."""
        if self._shared is not None:
            self._shared.close()

    def _carry_down(self, data: bytes) -> None:
        assert self._carrier is not None
        self._carrier.carry(data, self._arrive)

    def _arrive(self, data: bytes) -> None:
        self._arrived.append((data, ""))
        self._has_arrived.set()
