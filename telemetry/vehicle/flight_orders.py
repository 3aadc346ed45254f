"""What a vehicle is told about its flight, in words rather than numbers, and seen done where it shows at once."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable

from telemetry.refusal import CommandRefused, TelemetryError
from telemetry.vehicle.flight_mode import AUTOPILOT_PX4, mode_number, modes_of
from telemetry.vehicle.vehicle_state import VehicleState

EFFECT_TIMEOUT_S = 5.0
"""A mode or the armed bit shows in the next heartbeat, once a second."""
TAKEOFF_TIMEOUT_S = 15.0
"""A copter winds its motors up for about 4 s before it leaves the ground."""

_NAV_RETURN_TO_LAUNCH, _NAV_LAND, _NAV_TAKEOFF = 20, 21, 22
_DO_SET_MODE, _DO_PAUSE_CONTINUE, _MISSION_START = 176, 193, 300
_COMPONENT_ARM_DISARM = 400


class FlightOrders(ABC):
    """Orders to one vehicle, over its commands and its state."""

    def __init__(self) -> None:
        self._paused_mode = ""

    @property
    @abstractmethod
    def place(self) -> str:
        """The vehicle for a sentence to people."""

    @property
    @abstractmethod
    def state(self) -> VehicleState:
        """All that is known of it now."""

    @property
    @abstractmethod
    def kind(self) -> tuple[int, int]:
        """MAV_AUTOPILOT and MAV_TYPE; zeros before the first heartbeat."""

    @abstractmethod
    async def command(self, command: int, *params: float, frame: int | None = None) -> int:
        """Send any MAV_CMD; returns after how many attempts it was accepted."""

    @abstractmethod
    async def wait_until(self, holds: Callable[[VehicleState], bool], timeout_s: float) -> bool:
        """Wait until the state fulfils a condition; tells whether it did."""

    @abstractmethod
    def _note_paused(self, *, is_paused: bool) -> None:
        """Take note that the vehicle accepted a pause, or its end."""

    async def arm(self) -> None:
        """Arm the motors and see them armed."""
        await self.command(_COMPONENT_ARM_DISARM, 1)
        await self._expect(lambda state: state.is_armed, "arming was accepted, but the motors stay disarmed")

    async def disarm(self) -> None:
        """Disarm the motors; refused in the air."""
        try:
            await self.command(_COMPONENT_ARM_DISARM, 0)
        except CommandRefused as refusal:
            if self.state.is_flying:
                refusal.add_remedy("Land first")
            raise
        await self._expect(
            lambda state: not state.is_armed, "disarming was accepted, but the motors stay armed"
        )

    def demand_landed(self) -> None:
        """Refuse what is only for a vehicle on the ground.

        Raises
        ------
        TelemetryError
        """
        if self.state.is_flying:
            raise TelemetryError(
                "the vehicle flies already", place=self.place, remedy="Command its flight, or land it first"
            )

    async def takeoff(self, alt_rel_m: float) -> None:
        """Take off to a height above home in GUIDED; arms where it is not armed."""
        self.demand_landed()
        if self.state.mode != "GUIDED":
            await self.set_mode("GUIDED")
        was_armed = self.state.is_armed
        if not was_armed:
            await self.command(_COMPONENT_ARM_DISARM, 1)
        try:
            await self.command(_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, alt_rel_m)
        except CommandRefused:
            if not was_armed:
                with contextlib.suppress(TelemetryError):
                    await self.disarm()
            raise
        await self._expect(
            lambda state: state.is_flying is not False,
            "take-off was accepted, but the vehicle stays on the ground",
            TAKEOFF_TIMEOUT_S,
        )

    async def set_mode(self, name: str) -> None:
        """Change the flight mode and see it in the heartbeat."""
        await self.request_mode(name)
        wanted = name.upper()
        await self._expect(
            lambda state: state.mode == wanted,
            f"mode {wanted} was accepted, but the vehicle stays in another",
        )

    async def request_mode(self, name: str) -> None:
        """Change the flight mode; returns at the acknowledgement."""
        autopilot, vehicle_type = self.kind
        number = mode_number(autopilot, vehicle_type, name)
        if autopilot == AUTOPILOT_PX4:
            await self.command(_DO_SET_MODE, 1, number >> 16 & 0xFF, number >> 24)
        else:
            await self.command(_DO_SET_MODE, 1, number)

    def has_mode(self, name: str) -> bool:
        """Whether this kind of vehicle has a flight mode."""
        return name in modes_of(*self.kind)

    async def pause(self) -> None:
        """Hold the position: a running mission pauses, any other mode gives way to BRAKE."""
        mode = self.state.mode
        if mode == "AUTO":
            try:
                await self.command(_DO_PAUSE_CONTINUE, 0)
            except CommandRefused:
                pass
            else:
                self._note_paused(is_paused=True)
                return
        # Not LOITER: with no sticks in hand it sinks at the throttle's lowest.
        await self.set_mode("BRAKE")
        if mode != "BRAKE":
            self._paused_mode = mode

    async def resume(self) -> None:
        """Go on with what `pause` interrupted.

        Raises
        ------
        TelemetryError
            If nothing was: what mission is on board then, nobody here has verified.
        """
        if self.state.mode == "AUTO":
            await self.command(_DO_PAUSE_CONTINUE, 1)
            self._note_paused(is_paused=False)
            return
        self.demand_paused()
        mode, self._paused_mode = self._paused_mode, ""
        await self.set_mode(mode)

    def demand_paused(self) -> None:
        """Refuse where there is nothing to go on with.

        Raises
        ------
        TelemetryError
        """
        if self.state.mode != "AUTO" and (self.state.mode != "BRAKE" or not self._paused_mode):
            raise TelemetryError("nothing was paused", place=self.place, remedy="Start a plan, or set a mode")

    async def return_to_launch(self) -> None:
        """Fly home and land."""
        await self.command(_NAV_RETURN_TO_LAUNCH)
        await self._expect(
            lambda state: state.mode in ("RTL", "SMART_RTL", "LAND", "AUTO_RTL"),
            "return to launch was accepted, but the vehicle stays in its mode",
        )

    async def land(self) -> None:
        """Land on the spot."""
        await self.command(_NAV_LAND)
        await self._expect(
            lambda state: state.mode == "LAND", "landing was accepted, but the vehicle stays in its mode"
        )

    async def start_mission(self) -> None:
        """Begin the mission on board, in AUTO and armed."""
        await self.command(_MISSION_START)

    async def _expect(
        self, holds: Callable[[VehicleState], bool], otherwise: str, timeout_s: float | None = None
    ) -> None:
        if not await self.wait_until(holds, timeout_s or EFFECT_TIMEOUT_S):
            raise TelemetryError(f"{otherwise} ({self.state.mode})", place=self.place)
