"""Where a vehicle returns to: set, and seen in what it says of its home; or asked.

https://mavlink.io/en/messages/common.html#MAV_CMD_DO_SET_HOME
"""

import asyncio
import contextlib
from dataclasses import dataclass

from geofence.latlon import LatLon
from telemetry.flight.return_order import RETURN_MODES
from telemetry.operations.flown_path import FlownPath, straight
from telemetry.operations.guided_flight import distance_m
from telemetry.operations.operation import Operation
from telemetry.protocol.mission_item_wire import degrees_e7
from telemetry.refusal import TelemetryError, VehicleSilent
from telemetry.vehicle.vehicle import Vehicle
from telemetry.vehicle.vehicle_state import VehicleState
from telemetry.wire.dialect import definition_of

PLACE_M, HERE_M = 0.5, 5.0
"""How far off a home may be that was set to a place, or to where a vehicle stands by a position that wanders."""
ALTITUDE_M = 1.0

_DO_SET_HOME, _REQUEST_MESSAGE = 179, 512
_HERE, _GLOBAL_FRAME = 1, 0
_HOME_POSITION = definition_of("HOME_POSITION").msg_id
_SEEN_S = 10.0
_ANSWER_S = 3.0
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class HomePlace:
    """A home as the vehicle said it."""

    position: LatLon
    alt_amsl_m: float


class SetHome(Operation):
    """Return to another place from now on.

    On the ground the vehicle takes what it measures as its home. In the air altitudes are counted from home, so that its altitude stays
    as it is: a copter that took its own place as home would call its altitude 0.

    Parameters
    ----------
    position : LatLon or None
        Where the vehicle is, where it is None.
    alt_amsl_m : float or None
        The altitude of the former home where it is None.
    """

    name = "set_home"

    def __init__(self, vehicle: Vehicle, position: LatLon | None, alt_amsl_m: float | None = None) -> None:
        super().__init__(vehicle)
        if position is None and alt_amsl_m is not None:
            raise TelemetryError("an altitude wants a place", remedy="Give the position of the home too")
        self.position, self.alt_amsl_m = position, alt_amsl_m

    def path(self) -> FlownPath:
        """Give the way there from where it flies, and down to the ground."""
        vehicle, state = self.vehicle, self.vehicle.state
        here = state.position
        if here is None:
            raise TelemetryError("it does not know where it is", place=vehicle.place)
        self._demand_no_return(state)
        place, ground_m = self.position or here, 0.0
        if self.alt_amsl_m is not None and state.home_alt_amsl_m is not None:
            ground_m = self.alt_amsl_m - state.home_alt_amsl_m
            if _is_in_air(state) and abs(ground_m) > ALTITUDE_M:
                raise TelemetryError(
                    f"the altitude of home would change by {ground_m:+.1f} m in flight, and all altitudes with it",
                    place=vehicle.place,
                    remedy="Leave alt_amsl_m out, or land first",
                )
        alt_rel_m = max(state.alt_rel_m or 0.0, ground_m) if _is_in_air(state) else ground_m
        descent = straight(place, alt_rel_m, place, ground_m, "The landing at home")
        way = (
            straight(here, alt_rel_m, place, alt_rel_m, "The way home") if _is_in_air(state) else FlownPath()
        )
        return way + descent

    async def _do(self) -> None:
        vehicle, state = self.vehicle, self.vehicle.state
        self._demand_no_return(state)
        is_here = self.position is None and not _is_in_air(state)
        place = self.position or state.position
        if place is None:
            raise TelemetryError("it does not know where it is", place=vehicle.place)
        alt_amsl_m = self.alt_amsl_m if self.alt_amsl_m is not None else state.home_alt_amsl_m
        if is_here:
            await vehicle.command(_DO_SET_HOME, _HERE)
        elif alt_amsl_m is None:
            raise TelemetryError(
                "the altitude of its home is not known",
                place=vehicle.place,
                remedy="Give alt_amsl_m, or wait until it tells its home",
            )
        else:
            where = degrees_e7(place.lat_deg), degrees_e7(place.lon_deg), alt_amsl_m
            await vehicle.command(_DO_SET_HOME, 0, 0, 0, 0, *where, frame=_GLOBAL_FRAME)
        with contextlib.suppress(TelemetryError):
            # It tells by itself too, but not every one at once.
            await read_home(vehicle)

        def is_set(state: VehicleState) -> bool:
            home, home_alt_m = state.home, state.home_alt_amsl_m
            if home is None or home_alt_m is None:
                return False
            if distance_m(home, place) > (HERE_M if is_here else PLACE_M):
                return False
            return _counts_from(state, home_alt_m) and (
                is_here or (alt_amsl_m is not None and abs(home_alt_m - alt_amsl_m) <= ALTITUDE_M)
            )

        await self._see(
            f"its home at {place}",
            is_set,
            _SEEN_S,
            lambda state: f"at home {'nowhere' if state.home is None else f'at {state.home}'}",
        )

    def _demand_no_return(self, state: VehicleState) -> None:
        if _is_in_air(state) and (state.mode in RETURN_MODES or state.mode == "AUTO"):
            why = "a mission may end at home" if state.mode == "AUTO" else "it returns"
            raise TelemetryError(
                f"its home is not moved in {state.mode}: {why}",
                place=self.vehicle.place,
                remedy="Pause it first",
            )


async def read_home(vehicle: Vehicle) -> HomePlace:
    """Ask a vehicle for its home.

    Raises
    ------
    CommandRefused, VehicleSilent
        As it answers; ArduCopter has none before its first position.
    """
    answered = asyncio.Event()
    end = vehicle.add_listener(lambda _: answered.set(), frozenset({_HOME_POSITION}))
    try:
        for _ in range(_ATTEMPTS):
            await vehicle.command(_REQUEST_MESSAGE, _HOME_POSITION)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ANSWER_S):
                    await answered.wait()
                    break
    finally:
        end()
    state = vehicle.state
    if not answered.is_set() or state.home is None or state.home_alt_amsl_m is None:
        raise VehicleSilent("it did not tell its home", place=vehicle.place)
    return HomePlace(state.home, state.home_alt_amsl_m)


def _is_in_air(state: VehicleState) -> bool:
    return state.is_armed and state.is_flying is not False


def _counts_from(state: VehicleState, home_alt_amsl_m: float) -> bool:
    """Whether the altitudes that it says are counted from a home."""
    if state.alt_rel_m is None or state.alt_amsl_m is None:
        return True
    return abs(state.alt_amsl_m - home_alt_amsl_m - state.alt_rel_m) <= ALTITUDE_M
