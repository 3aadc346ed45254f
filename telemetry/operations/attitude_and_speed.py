"""Operations that change how a vehicle flies and where it looks, and not where it goes."""

from geofence.latlon import LatLon
from telemetry.operations.guided_flight import RELATIVE_FRAME, bearing_deg
from telemetry.operations.operation import STILL_M_S, Operation
from telemetry.protocol.command_result import CommandResult
from telemetry.protocol.mission_item_wire import degrees_e7
from telemetry.refusal import CommandRefused, TelemetryError
from telemetry.vehicle.vehicle import Vehicle
from telemetry.vehicle.vehicle_state import VehicleState

TURNED_DEG = 6.0
TURN_RATE_DEG_S = 30.0

_DO_CHANGE_SPEED, _CONDITION_YAW = 178, 115
_DO_SET_ROI_LOCATION, _DO_SET_ROI_NONE, _DO_SET_ROI = 195, 197, 201
_GROUND_SPEED = 1


def turn_deg(one_deg: float, other_deg: float) -> float:
    """Give the smaller angle between two directions."""
    return abs((one_deg - other_deg + 180.0) % 360.0 - 180.0)


class ChangeSpeed(Operation):
    """Fly the rest at another speed.

    It is proven only on a vehicle that moves: one that stands tells nothing of its next speed.
    """

    name = "change_speed"
    wants_flight = True

    def __init__(self, vehicle: Vehicle, speed_m_s: float) -> None:
        super().__init__(vehicle)
        if not 0.5 <= speed_m_s <= 50.0:
            raise TelemetryError(f"a speed of {speed_m_s:g} m/s is not flown", remedy="Give 0.5 to 50 m/s")
        self.speed_m_s = speed_m_s

    async def _do(self) -> None:
        before_m_s = self.vehicle.state.ground_speed_m_s or 0.0
        await self.vehicle.command(_DO_CHANGE_SPEED, _GROUND_SPEED, self.speed_m_s, -1)
        if before_m_s <= STILL_M_S:
            return
        wanted_m_s, is_faster = self.speed_m_s, self.speed_m_s > before_m_s

        def is_right(state: VehicleState) -> bool:
            speed_m_s = state.ground_speed_m_s or 0.0
            # A leg may be too short for a higher speed, and ends at none.
            return speed_m_s <= wanted_m_s * 1.15 + 0.5 and (
                not is_faster or speed_m_s > before_m_s or speed_m_s <= STILL_M_S
            )

        await self._see(f"flying at {wanted_m_s:g} m/s", is_right, 20.0)


class Turn(Operation):
    """Turn the nose to a heading."""

    name = "turn"
    wants_flight = True

    def __init__(self, vehicle: Vehicle, heading_deg: float) -> None:
        super().__init__(vehicle)
        self.heading_deg = heading_deg % 360.0

    async def _do(self) -> None:
        await self.vehicle.command(_CONDITION_YAW, self.heading_deg, TURN_RATE_DEG_S, 0, 0)
        await self._see(
            f"heading {self.heading_deg:.0f} degrees",
            lambda state: (
                state.heading_deg is not None and turn_deg(state.heading_deg, self.heading_deg) <= TURNED_DEG
            ),
            30.0,
            lambda state: f"heading {state.heading_deg or 0.0:.0f} degrees",
        )


class LookAt(Operation):
    """Keep gimbal or nose towards a place, or, with none, let go of it.

    Proven by the nose, or by a gimbal that says its angles.
    """

    name = "look_at"
    wants_flight = True

    def __init__(self, vehicle: Vehicle, position: LatLon | None, alt_rel_m: float = 0.0) -> None:
        super().__init__(vehicle)
        self.position, self.alt_rel_m = position, alt_rel_m

    async def _do(self) -> None:
        vehicle, position = self.vehicle, self.position
        if position is None:
            await vehicle.command(_DO_SET_ROI_NONE)
            return
        place = (degrees_e7(position.lat_deg), degrees_e7(position.lon_deg), self.alt_rel_m)
        try:
            await vehicle.command(_DO_SET_ROI_LOCATION, 0, 0, 0, 0, *place, frame=RELATIVE_FRAME)
        except CommandRefused as refusal:
            if refusal.result != CommandResult.UNSUPPORTED:
                raise
            await vehicle.command(_DO_SET_ROI, 0, 0, 0, 0, *place, frame=RELATIVE_FRAME)

        def looks(state: VehicleState) -> bool:
            if state.position is None or state.heading_deg is None:
                return False
            wanted_deg = bearing_deg(state.position, position)
            directions_deg = (state.heading_deg, state.gimbal_yaw_deg)
            return any(
                direction_deg is not None and turn_deg(direction_deg, wanted_deg) <= 2.0 * TURNED_DEG
                for direction_deg in directions_deg
            )

        await self._see(
            f"looking at {position}",
            looks,
            30.0,
            lambda state: f"heading {state.heading_deg or 0.0:.0f} degrees",
        )
