"""Who has the control of a drone, as the service shows it."""

from typing_extensions import TypedDict

from telemetry.control.actor import Actor
from telemetry.vehicle.vehicle import Vehicle

ControlState = tuple[Actor | None, Actor | None]
"""Who has it, and who asks for it."""


class ActorDocument(TypedDict):
    """Somebody, and why."""

    who: str
    why: str


class ControlDocument(TypedDict):
    """Who has the control of a drone, and who has asked for it."""

    holder: ActorDocument | None
    request: ActorDocument | None


class LeaseDocument(ControlDocument):
    """The same with times: until the control runs out, and until it passes to who has asked."""

    expires_in_s: float | None
    passes_in_s: float | None


def control_state(vehicle: Vehicle) -> ControlState:
    """Give what is shown of it, cheaply compared."""
    holding, request = vehicle.control.holding, vehicle.control.request
    return None if holding is None else holding.actor, None if request is None else request.actor


def control_document(state: ControlState) -> ControlDocument:
    """Give the control as JSON shows it."""
    holder, request = state
    return {"holder": _actor_document(holder), "request": _actor_document(request)}


def lease_document(vehicle: Vehicle) -> LeaseDocument:
    """Give the control with its times as JSON shows it."""
    holding, request = vehicle.control.holding, vehicle.control.request
    now_s = vehicle.clock.monotonic_s()
    return {
        **control_document(control_state(vehicle)),
        "expires_in_s": None if holding is None else round(max(0.0, holding.until_s - now_s), 1),
        "passes_in_s": None if request is None else round(max(0.0, request.due_s - now_s), 1),
    }


def _actor_document(actor: Actor | None) -> ActorDocument | None:
    return None if actor is None else {"who": actor.who, "why": actor.why}
