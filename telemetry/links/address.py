"""Who speaks: system and component on the MAVLink network."""

from typing import NamedTuple

from telemetry.wire.message import Message


class Address(NamedTuple):
    """A MAVLink system and component id."""

    system_id: int
    component_id: int


GROUND_STATION = Address(255, 190)
"""Ourselves: the ids ground stations use (MAV_COMP_ID_MISSIONPLANNER)."""


def is_for(message: Message, own: Address) -> bool:
    """Whether a message is meant for `own`; 0 is everybody, and what a MAVLink 1 sender leaves unsaid."""
    return message.fields.get("target_system", 0) in (0, own.system_id) and message.fields.get(
        "target_component", 0
    ) in (0, own.component_id)
