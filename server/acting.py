"""Who acts through the service: the one place that decides it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from telemetry.control.actor import Actor, Right

OPERATOR = "operator"
"""Whoever does not say a name."""
_RIGHTS = frozenset({Right.CONTROL, Right.EMERGENCY})

Name = Annotated[str, Field(max_length=100)]
Reason = Annotated[str, Field(max_length=500)]


class Ordered(BaseModel):
    """A request that somebody orders, for a reason; until there are users, the name is taken as it is said."""

    model_config = ConfigDict(extra="forbid")

    who: Name = ""
    why: Reason = ""

    def actor(self) -> Actor:
        """Give who acts, with the rights of everybody who is let in: to control, and to act in an emergency."""
        return actor_named(self.who, self.why)


def actor_named(who: str, why: str) -> Actor:
    """Give who acts by name."""
    return Actor(who.strip() or OPERATOR, why.strip(), _RIGHTS)
