"""All that a vehicle carries, by MNT1_TYPE, CAM1_TYPE and RNGFND1_TYPE at power-on."""

import math
from collections.abc import Callable

from simulator.autopilot.autopilot import Autopilot
from simulator.payload.camera import Camera, Whereabouts
from simulator.payload.gimbal import Gimbal
from simulator.payload.rangefinder import Rangefinder
from simulator.protocol.channel import Message
from simulator.protocol.command import PayloadHandler


class Payload:
    """Gimbal and camera of one vehicle, where it has them.

    Parameters
    ----------
    autopilot : Autopilot
    announce : callable
        Takes a message for all ground stations.
    """

    def __init__(self, autopilot: Autopilot, announce: Callable[[Message], None]) -> None:
        def heading_deg() -> float:
            return math.degrees(autopilot.body.yaw_rad)

        def time_ms() -> int:
            return round(autopilot.now_s * 1000) & 0xFFFFFFFF

        def whereabouts() -> Whereabouts:
            body = autopilot.body
            return (
                *autopilot.frame.to_e7(body.north_m, body.east_m),
                autopilot.origin_alt_amsl_m + body.up_m,
                autopilot.alt_rel_m,
                math.degrees(body.roll_rad),
                math.degrees(body.pitch_rad),
                math.degrees(body.yaw_rad) % 360.0,
            )

        def place_m() -> tuple[float, float, float]:
            body = autopilot.body
            return body.north_m, body.east_m, body.up_m

        parameters = autopilot.parameters
        self._ailments = autopilot.ailments
        self.gimbal = Gimbal(heading_deg, time_ms) if parameters["MNT1_TYPE"] > 0 else None
        self.camera = Camera(time_ms, announce, whereabouts, place_m) if parameters["CAM1_TYPE"] > 0 else None
        rangefinder = Rangefinder(autopilot) if parameters["RNGFND1_TYPE"] > 0 else None
        self._carried = [part for part in (self.gimbal, self.camera, rangefinder) if part is not None]
        self.is_carried = bool(self._carried)

    @property
    def handlers(self) -> dict[int, PayloadHandler]:
        """What is done about commands, by number."""
        return {number: handler for part in self._carried for number, handler in part.handlers.items()}

    @property
    def builders(self) -> dict[int, Callable[[], Message | None]]:
        """What is said, by number."""
        return {number: builder for part in self._carried for number, builder in part.builders.items()}

    def step(self, dt: float) -> None:
        """Advance by `dt` of simulated time."""
        if self.gimbal is not None:
            self.gimbal.is_stuck = self._ailments.is_gimbal_stuck
        for part in self._carried:
            part.step(dt)
