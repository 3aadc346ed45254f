"""Operations that point a gimbal (https://mavlink.io/en/services/gimbal_v2.html); where only an old mount is, that."""

import math

from telemetry.links.address import GROUND_STATION
from telemetry.operations.attitude_and_speed import turn_deg
from telemetry.operations.operation import Operation
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle import Vehicle
from telemetry.vehicle.vehicle_state import VehicleState

POINTED_DEG = 3.0
POINTING_LIMIT_S = 15.0

_DO_MOUNT_CONTROL, _DO_GIMBAL_MANAGER_PITCHYAW, _DO_GIMBAL_MANAGER_CONFIGURE = 205, 1000, 1001
_MOUNT_MODE_TARGETING = 2
_YAW_LOCK = 16
_UNCHANGED, _RELEASE = -1, -3
_CONTROL_LIMIT_S = 8.0


class PointGimbal(Operation):
    """Turn the gimbal to a pitch above the horizon and a yaw.

    It takes the gimbal's control first where somebody else, or nobody, has it. Proven by the angles that the gimbal says.

    Parameters
    ----------
    vehicle : Vehicle
    pitch_deg : float
        -90 is straight down.
    yaw_deg : float
        To the right of the nose; of north if `is_from_north`.
    is_from_north : bool
        Keep that direction when the nose turns.
    """

    name = "point_gimbal"

    def __init__(
        self, vehicle: Vehicle, pitch_deg: float, yaw_deg: float = 0.0, *, is_from_north: bool = False
    ) -> None:
        super().__init__(vehicle)
        if not -90.0 <= pitch_deg <= 90.0:
            raise TelemetryError(
                f"a gimbal has no pitch of {pitch_deg:g} degrees",
                remedy="Give -90 (straight down) to 90",
            )
        self.pitch_deg, self.is_from_north = pitch_deg, is_from_north
        self.yaw_deg = (yaw_deg + 180.0) % 360.0 - 180.0

    async def _do(self) -> None:
        vehicle, state = self.vehicle, self.vehicle.state
        component_id = state.gimbal_component
        if component_id is None:
            yaw_deg = self.yaw_deg
            if self.is_from_north:
                yaw_deg = (yaw_deg - (state.heading_deg or 0.0) + 180.0) % 360.0 - 180.0
            await vehicle.command(
                _DO_MOUNT_CONTROL, self.pitch_deg, 0.0, yaw_deg, 0.0, 0.0, 0.0, _MOUNT_MODE_TARGETING
            )
        else:
            await self._take_control(component_id, state)
            await vehicle.command_component(
                component_id,
                _DO_GIMBAL_MANAGER_PITCHYAW,
                self.pitch_deg,
                self.yaw_deg,
                math.nan,
                math.nan,
                _YAW_LOCK if self.is_from_north else 0,
                0.0,
                state.gimbal_device_id or 0,
            )
        await self._see(
            f"the gimbal at {self.pitch_deg:.0f} degrees", self._is_pointed, POINTING_LIMIT_S, gimbal_in_words
        )

    async def _take_control(self, component_id: int, state: VehicleState) -> None:
        if state.gimbal_controller == GROUND_STATION:
            return
        await self.vehicle.command_component(
            component_id,
            _DO_GIMBAL_MANAGER_CONFIGURE,
            *GROUND_STATION,
            _UNCHANGED,
            _UNCHANGED,
            0.0,
            0.0,
            state.gimbal_device_id or 0,
        )
        if state.gimbal_controller is not None:
            await self._see(
                "the control of the gimbal",
                lambda state: state.gimbal_controller == GROUND_STATION,
                _CONTROL_LIMIT_S,
                gimbal_in_words,
            )

    def _is_pointed(self, state: VehicleState) -> bool:
        if state.gimbal_pitch_deg is None or abs(state.gimbal_pitch_deg - self.pitch_deg) > POINTED_DEG:
            return False
        if abs(self.pitch_deg) > 85.0:
            # Straight down every yaw looks at the same place.
            return True
        if self.is_from_north:
            wanted_deg: float | None = self.yaw_deg
        else:
            wanted_deg = None if state.heading_deg is None else state.heading_deg + self.yaw_deg
        if wanted_deg is None or state.gimbal_yaw_deg is None:
            return True
        return turn_deg(state.gimbal_yaw_deg, wanted_deg) <= 2.0 * POINTED_DEG


class ReleaseGimbal(Operation):
    """Give the gimbal's control up; it stays as it points."""

    name = "release_gimbal"

    async def _do(self) -> None:
        state = self.vehicle.state
        if state.gimbal_component is None:
            raise TelemetryError(
                "there is no gimbal manager to be released",
                place=self.vehicle.place,
                remedy="An older mount has no control to give up; point it elsewhere",
            )
        await self.vehicle.command_component(
            state.gimbal_component,
            _DO_GIMBAL_MANAGER_CONFIGURE,
            _RELEASE,
            _RELEASE,
            _UNCHANGED,
            _UNCHANGED,
            0.0,
            0.0,
            state.gimbal_device_id or 0,
        )
        await self._see(
            "the gimbal released",
            lambda state: state.gimbal_controller != GROUND_STATION,
            _CONTROL_LIMIT_S,
            gimbal_in_words,
        )


def gimbal_in_words(state: VehicleState) -> str:
    """Say what is seen of a gimbal."""
    if state.gimbal_pitch_deg is None:
        return "silent about its gimbal"
    words = f"looking {state.gimbal_pitch_deg:.0f} degrees up"
    if state.gimbal_yaw_deg is not None:
        words += f", {state.gimbal_yaw_deg:.0f} degrees from north"
    if state.gimbal_controller not in (None, (0, 0)):
        words += f", its gimbal controlled by {state.gimbal_controller[0]}/{state.gimbal_controller[1]}"
    return words
