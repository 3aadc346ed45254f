"""Operations in GUIDED: take off, go to a place, change altitude, fly round a place."""

import math

from pyproj import Geod

from geofence.latlon import LatLon
from telemetry.operations.flown_path import FlownPath, circle, straight
from telemetry.operations.operation import STILL_M_S, Operation
from telemetry.protocol.command_result import CommandResult
from telemetry.protocol.mission_item_wire import degrees_e7
from telemetry.refusal import CommandRefused, TelemetryError
from telemetry.vehicle.flight_mode import AUTOPILOT_PX4
from telemetry.vehicle.vehicle import Vehicle
from telemetry.vehicle.vehicle_state import VehicleState

RELATIVE_FRAME = 3
"""MAV_FRAME_GLOBAL_RELATIVE_ALT."""
NEAR_M = 3.0
LEVEL_M = 1.5
SLOWEST_M_S = 1.5
"""Slower than this nothing flies on its way but in a storm."""
ORBIT_POINTS = 24
ALT_MIN_REL_M, ALT_MAX_REL_M = 1.0, 1000.0

_NAV_TAKEOFF_LIMIT_S = 30.0
_DO_REPOSITION, _DO_ORBIT = 192, 34
_CHANGE_MODE = 1
_GEOD = Geod(ellps="WGS84")


def distance_m(start: LatLon, end: LatLon) -> float:
    """Give the way along the ground."""
    return float(_GEOD.inv(start.lon_deg, start.lat_deg, end.lon_deg, end.lat_deg)[2])


def bearing_deg(start: LatLon, end: LatLon) -> float:
    """Give the direction from one place to another, 0 to 360."""
    return float(_GEOD.inv(start.lon_deg, start.lat_deg, end.lon_deg, end.lat_deg)[0]) % 360.0


def place_at(start: LatLon, azimuth_deg: float, length_m: float) -> LatLon:
    """Give a place in a direction and distance."""
    lon_deg, lat_deg, _ = _GEOD.fwd(start.lon_deg, start.lat_deg, azimuth_deg, length_m)
    return LatLon(float(lat_deg), float(lon_deg))


class TakeOff(Operation):
    """Take off and climb to a height above home."""

    name = "take_off"

    def __init__(self, vehicle: Vehicle, alt_rel_m: float) -> None:
        super().__init__(vehicle)
        _demand_altitude(alt_rel_m)
        self.alt_rel_m = alt_rel_m

    def demand_ready(self) -> None:
        """Refuse in the air."""
        self.vehicle.demand_landed()

    def path(self) -> FlownPath:
        """Straight up."""
        position = self.vehicle.state.position
        if position is None:
            return FlownPath()
        ground_m = min(self.vehicle.state.alt_rel_m or 0.0, self.alt_rel_m)
        return straight(position, ground_m, position, self.alt_rel_m, "Take-off")

    async def _do(self) -> None:
        await self.vehicle.takeoff(self.alt_rel_m)
        await self._see(
            f"climbing to {self.alt_rel_m:g} m",
            lambda state: state.alt_rel_m is not None and state.alt_rel_m >= self.alt_rel_m - LEVEL_M,
            _NAV_TAKEOFF_LIMIT_S + self.alt_rel_m,
        )


class GoTo(Operation):
    """Fly straight to a place and hold there.

    Parameters
    ----------
    position : LatLon
    alt_rel_m : float
    speed_m_s : float or None
        The vehicle's own where it is None.
    """

    name = "go_to"
    wants_flight = True
    keeps_mode = "GUIDED"

    def __init__(
        self, vehicle: Vehicle, position: LatLon, alt_rel_m: float, speed_m_s: float | None = None
    ) -> None:
        super().__init__(vehicle)
        _demand_altitude(alt_rel_m)
        self.position, self.alt_rel_m, self.speed_m_s = position, alt_rel_m, speed_m_s

    def path(self) -> FlownPath:
        """Straight on."""
        here, alt_rel_m = place_of(self.vehicle)
        return straight(here, alt_rel_m, self.position, self.alt_rel_m, "The way there")

    async def _do(self) -> None:
        await self.reach(self.position, self.alt_rel_m, self.speed_m_s, stops=True)

    async def reach(
        self, position: LatLon, alt_rel_m: float, speed_m_s: float | None, *, stops: bool
    ) -> None:
        """Fly to one place, and see it reached."""
        here, here_alt_m = place_of(self.vehicle)
        await reposition(self.vehicle, position, alt_rel_m, speed_m_s)
        away_m = distance_m(here, position)
        limit_s = 30.0 + 1.5 * away_m / (speed_m_s or SLOWEST_M_S) + abs(alt_rel_m - here_alt_m) / 0.5

        def is_there(state: VehicleState) -> bool:
            left = left_m(state, position, alt_rel_m)
            if left is None or state.mode != "GUIDED":
                return False
            is_near = left[0] <= (NEAR_M if stops else max(NEAR_M, away_m / 4.0)) and left[1] <= LEVEL_M
            return is_near and (not stops or (state.ground_speed_m_s or 0.0) <= STILL_M_S)

        def words(state: VehicleState) -> str:
            left = left_m(state, position, alt_rel_m)
            return "" if left is None else f"{left[0]:.0f} m away and {left[1]:.0f} m off in altitude"

        await self._see(f"reaching {position} at {alt_rel_m:g} m", is_there, limit_s, words)


class ChangeAltitude(GoTo):
    """Climb or sink on the spot."""

    name = "change_altitude"

    def __init__(self, vehicle: Vehicle, alt_rel_m: float) -> None:
        super().__init__(vehicle, place_of(vehicle)[0], alt_rel_m)


class Orbit(GoTo):
    """Fly round a place, as often as is wished, and hold.

    DO_ORBIT where the vehicle has it. ArduCopter's own CIRCLE sinks with no sticks in hand, so it is flown from point to point.

    Parameters
    ----------
    centre : LatLon
    radius_m, alt_rel_m : float
    speed_m_s : float
    turns : float
    is_clockwise : bool
    """

    name = "orbit"

    def __init__(
        self,
        vehicle: Vehicle,
        centre: LatLon,
        radius_m: float,
        alt_rel_m: float,
        *,
        speed_m_s: float = 5.0,
        turns: float = 1.0,
        is_clockwise: bool = True,
    ) -> None:
        if not (5.0 <= radius_m <= 2000.0 and 0.0 < turns <= 100.0):
            raise TelemetryError(
                f"an orbit of {radius_m:g} m and {turns:g} turns is not flown",
                remedy="Give a radius of 5 to 2000 m and up to 100 turns",
            )
        self.centre, self.radius_m = centre, radius_m
        self.turns, self.is_clockwise = turns, is_clockwise
        start_deg = bearing_deg(centre, place_of(vehicle)[0])
        self._start_deg = start_deg
        super().__init__(vehicle, place_at(centre, start_deg, radius_m), alt_rel_m, speed_m_s)

    def path(self) -> FlownPath:
        """Straight to the circle, and round."""
        return super().path() + circle(self.centre, self.radius_m, self.alt_rel_m, "The orbit")

    async def _do(self) -> None:
        await self.reach(self.position, self.alt_rel_m, self.speed_m_s, stops=True)
        if not await self._order_orbit():
            for number in range(1, math.ceil(self.turns * ORBIT_POINTS) + 1):
                turned_deg = min(number / ORBIT_POINTS, self.turns) * 360.0
                azimuth_deg = self._start_deg + (turned_deg if self.is_clockwise else -turned_deg)
                is_last = number >= self.turns * ORBIT_POINTS
                await self.reach(
                    place_at(self.centre, azimuth_deg, self.radius_m),
                    self.alt_rel_m,
                    self.speed_m_s,
                    stops=is_last,
                )

    async def _order_orbit(self) -> bool:
        """Let the vehicle fly it by itself and see it move; False where it does not know how."""
        radius_m = self.radius_m if self.is_clockwise else -self.radius_m
        turns_rad = 2.0 * math.pi * self.turns
        vehicle = self.vehicle
        if vehicle.has_mode("BRAKE"):
            return False  # ArduCopter
        try:
            await vehicle.command(
                _DO_ORBIT,
                radius_m,
                self.speed_m_s or math.nan,
                0,
                turns_rad,
                degrees_e7(self.centre.lat_deg),
                degrees_e7(self.centre.lon_deg),
                self.alt_rel_m,
                frame=RELATIVE_FRAME,
            )
        except CommandRefused as refusal:
            if refusal.result != CommandResult.UNSUPPORTED:
                raise
            return False
        await self._see("moving round", lambda state: (state.ground_speed_m_s or 0.0) > STILL_M_S, 20.0)
        return True


async def reposition(vehicle: Vehicle, position: LatLon, alt_rel_m: float, speed_m_s: float | None) -> None:
    """Order a vehicle to a place, in GUIDED."""
    await vehicle.command(
        _DO_REPOSITION,
        -1.0 if speed_m_s is None else speed_m_s,
        _CHANGE_MODE,
        0,
        # PX4 would turn north for a 0; ArduCopter does not look at it.
        math.nan if vehicle.kind[0] == AUTOPILOT_PX4 else 0.0,
        degrees_e7(position.lat_deg),
        degrees_e7(position.lon_deg),
        alt_rel_m,
        frame=RELATIVE_FRAME,
    )


def place_of(vehicle: Vehicle) -> tuple[LatLon, float]:
    """Give where a vehicle is.

    Raises
    ------
    TelemetryError
        If it does not know.
    """
    state = vehicle.state
    if state.position is None or state.alt_rel_m is None:
        raise TelemetryError(
            "the vehicle does not know its position",
            place=vehicle.place,
            remedy="Wait until its GPS has a fix",
        )
    return state.position, state.alt_rel_m


def left_m(state: VehicleState, position: LatLon, alt_rel_m: float) -> tuple[float, float] | None:
    """Give how far a vehicle is from a place, along the ground and in altitude."""
    if state.position is None or state.alt_rel_m is None:
        return None
    return distance_m(state.position, position), abs(state.alt_rel_m - alt_rel_m)


def _demand_altitude(alt_rel_m: float) -> None:
    if not ALT_MIN_REL_M <= alt_rel_m <= ALT_MAX_REL_M:
        raise TelemetryError(
            f"an altitude of {alt_rel_m:g} m above home is not flown",
            remedy=f"Give {ALT_MIN_REL_M:g} to {ALT_MAX_REL_M:g} m",
        )
