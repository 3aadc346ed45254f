"""Who acts, why, and what they may."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

from telemetry.links.address import Address


class Right(StrEnum):
    """What somebody may do with a vehicle besides looking at it."""

    CONTROL = "control"
    """Hold its control and command it."""
    EMERGENCY = "emergency"
    """Let it hold, return or land, whoever has its control."""
    OVERRULE = "overrule"
    """Take its control over although the holder objects."""


ALL_RIGHTS = frozenset(Right)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever gives an order.

    Parameters
    ----------
    who : str
        Control belongs to a name: two actors of one name are the same holder.
    why : str
    rights : frozenset of Right
    station : Address or None
        What a station of the actor's own speaks as on forwarded links; as long as the actor has the control its orders are the actor's.
    """

    who: str
    why: str = ""
    rights: frozenset[Right] = ALL_RIGHTS
    station: Address | None = None

    def __str__(self) -> str:
        return f"{self.who} ({self.why})" if self.why else self.who


PROCESS = Actor("this program")
"""Acts where nobody is named: a script, or a command line, that has its vehicles to itself."""
NOBODY = Actor("", rights=frozenset())

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Let every order in the block be the actor's; tasks that it starts inherit that."""
    token = _acting.set(actor)
    try:
        yield actor
    finally:
        _acting.reset(token)


def acting() -> Actor | None:
    """Give who acts here; None where nobody was named."""
    return _acting.get()
