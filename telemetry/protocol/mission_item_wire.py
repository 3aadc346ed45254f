"""Mission, fence and rally items as they travel (MISSION_ITEM_INT)."""

import math
import struct
from dataclasses import dataclass
from typing import Self

from missions.plan.item import Frame
from missions.plan.plan import Plan
from telemetry.links.address import Address
from telemetry.protocol.mission_type import MissionType
from telemetry.wire.message import Message


def as_float32(value: float) -> float:
    """Round to what an IEEE 754 single holds; NaN becomes 0, since ArduPilot refuses it."""
    if math.isnan(value):
        return 0.0
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


@dataclass(frozen=True, slots=True)
class WireItem:
    """One item in wire units.

    Parameters
    ----------
    seq : int
        Counted from 0; in a mission 0 is the home position.
    frame, command : int
        MAV_FRAME and MAV_CMD.
    params : tuple of 4 floats
    x, y : int
        Latitude and longitude in degE7; 0, 0 where the item names no place.
    z : float
        Metres, in `frame`.
    autocontinue : bool
    """

    seq: int
    frame: int
    command: int
    params: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    x: int = 0
    y: int = 0
    z: float = 0.0
    autocontinue: bool = True

    def to_message(self, target: Address, mission_type: MissionType) -> Message:
        """Make the message that carries it."""
        param1, param2, param3, param4 = (as_float32(param) for param in self.params)
        return Message.new(
            "MISSION_ITEM_INT",
            target_system=target.system_id,
            target_component=target.component_id,
            seq=self.seq,
            frame=self.frame,
            command=self.command,
            current=0,
            autocontinue=int(self.autocontinue),
            param1=param1,
            param2=param2,
            param3=param3,
            param4=param4,
            x=self.x,
            y=self.y,
            z=as_float32(self.z),
            mission_type=int(mission_type),
        )

    @classmethod
    def from_message(cls, message: Message) -> Self:
        """Read a MISSION_ITEM_INT."""
        return cls(
            seq=message.seq,
            frame=message.frame,
            command=message.command,
            params=(message.param1, message.param2, message.param3, message.param4),
            x=message.x,
            y=message.y,
            z=message.z,
            autocontinue=bool(message.autocontinue),
        )


def degrees_e7(angle_deg: float) -> int:
    """Convert degrees to the wire's unit."""
    return round(angle_deg * 1e7)


def items_of_plan(plan: Plan) -> list[WireItem]:
    """Make the list a vehicle is sent: item 0 is home, then the plan's items in order."""
    home = WireItem(
        seq=0,
        frame=Frame.GLOBAL,
        command=16,
        x=degrees_e7(plan.home.lat_deg),
        y=degrees_e7(plan.home.lon_deg),
        z=plan.home_alt_amsl_m or 0.0,
    )
    return [home] + [
        WireItem(
            seq=seq,
            frame=int(item.frame),
            command=int(item.command),
            params=item.params,
            x=degrees_e7(item.position.lat_deg) if item.position else 0,
            y=degrees_e7(item.position.lon_deg) if item.position else 0,
            z=item.alt_m,
            autocontinue=item.autocontinue,
        )
        for seq, item in enumerate(plan.items, start=1)
    ]
