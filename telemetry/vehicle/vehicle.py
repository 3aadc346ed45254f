"""One vehicle: its state, and what can be asked of it."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.events import TransferProgressed
from telemetry.links.address import Address
from telemetry.protocol.conversation import ANSWERS, Conversation
from telemetry.protocol.ftp.file_channel import FileChannel
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_transaction import MissionTransaction, Progress, UploadRefused
from telemetry.protocol.mission_type import MissionType
from telemetry.protocol.parameter_value import Parameter
from telemetry.refusal import CommandRefused, TelemetryError
from telemetry.vehicle.command_channel import CommandChannel
from telemetry.vehicle.denial_reasons import collect_reasons
from telemetry.vehicle.flight_mode import AUTOPILOT_PX4, mode_number, modes_of
from telemetry.vehicle.parameter_channel import ParameterChannel
from telemetry.vehicle.state_tracker import STATE_MESSAGES, StateTracker
from telemetry.vehicle.vehicle_state import VehicleState
from telemetry.wire.dialect import DEFINITIONS, definition_of
from telemetry.wire.message import Message

EFFECT_TIMEOUT_S = 5.0
"""A mode or the armed bit shows in the next heartbeat, once a second."""
VERSION_TIMEOUT_S = 2.5
TAKEOFF_TIMEOUT_S = 15.0
"""A copter winds its motors up for about 4 s before it leaves the ground."""

_NAV_RETURN_TO_LAUNCH, _NAV_LAND, _NAV_TAKEOFF = 20, 21, 22
_DO_SET_MODE, _DO_PAUSE_CONTINUE, _MISSION_START = 176, 193, 300
_COMPONENT_ARM_DISARM = 400
_TIMED = frozenset(definition_of(name).msg_id for name in ("GLOBAL_POSITION_INT", "SYSTEM_TIME"))
_ALL = frozenset(DEFINITIONS)
_HEEDED = STATE_MESSAGES | ANSWERS | _TIMED | {definition_of("TIMESYNC").msg_id}


class Vehicle:
    """Everything said to and by one autopilot.

    Commands return when the vehicle has acknowledged them and, where it shows, when the effect was seen. All raise
    `CommandRefused` with the vehicle's own reasons, or `VehicleSilent`.

    Parameters
    ----------
    vehicle_id : str
        Unique over all links.
    system_id, component_id : int
    link_name : str
    send : callable
        Takes a message for this vehicle; never waits.
    bus : Bus
        Takes the events.
    clock : Clock

    Attributes
    ----------
    files : FileChannel
        The vehicle's files, where it has any.
    heeded : frozenset of int
        Numbers of the messages that change anything here; of others it is enough to know that they came.
    """

    def __init__(
        self,
        vehicle_id: str,
        system_id: int,
        component_id: int,
        link_name: str,
        *,
        send: Callable[[Message], None],
        bus: Bus,
        clock: Clock,
    ) -> None:
        self.vehicle_id = vehicle_id
        self.address = Address(system_id, component_id)
        self.link_name = link_name
        self.bus = bus
        self.clock = clock
        self._tracker = StateTracker(vehicle_id, system_id, component_id, link_name, bus, clock)
        self._conversation = Conversation(send, clock)
        self._commands = CommandChannel(
            self._conversation, self.address, vehicle_id=vehicle_id, place=self.place, bus=bus, clock=clock
        )
        self.files = FileChannel(
            self._conversation, self.address, clock, has_files=self._has_files, place=self.place
        )
        self._parameters = ParameterChannel(
            self._conversation, self.address, self._tracker, self.files, place=self.place
        )
        self._transfer_lock = asyncio.Lock()
        self._listeners: list[Callable[[Message], None]] = []
        self.heeded: frozenset[int] = _HEEDED
        self._watchers: set[asyncio.Event] = set()
        self._timed_message: Message | None = None
        self._paused_mode = ""

    @property
    def place(self) -> str:
        """The vehicle for a sentence to people."""
        return f"vehicle {self.address.system_id} on {self.link_name}"

    @property
    def state(self) -> VehicleState:
        """All that is known of it now."""
        return self._tracker.snapshot()

    @property
    def boot_time_s(self) -> float | None:
        """The vehicle's own clock, which in a simulation may run at another pace than ours; None before it said."""
        return None if self._timed_message is None else self._timed_message.time_boot_ms / 1e3

    def speak_over(self, link_name: str) -> None:
        """Take note of the link that messages go over from now on."""
        self.link_name = link_name
        self._tracker.set_link(link_name)

    def note_heard(self, now_s: float) -> None:
        """Take note that something came that is not heeded."""
        self._tracker.note_heard(now_s)

    def handle_message(self, message: Message) -> None:
        """Take any message of this system."""
        if message.component_id == self.address.component_id:
            self._tracker.handle_message(message)
            if message.definition.msg_id in _TIMED:
                self._timed_message = message
            self._conversation.handle_message(message)
        for listener in self._listeners:
            listener(message)
        for watcher in self._watchers:
            watcher.set()

    def add_listener(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        """Hand every further message to `listener` too; returns what ends it."""
        self._listeners.append(listener)
        self.heeded = _ALL
        return lambda: self._remove_listener(listener)

    def _remove_listener(self, listener: Callable[[Message], None]) -> None:
        self._listeners.remove(listener)
        if not self._listeners:
            self.heeded = _HEEDED

    async def wait_until(self, holds: Callable[[VehicleState], bool], timeout_s: float) -> bool:
        """Wait until the state fulfils a condition; tells whether it did."""
        watcher = asyncio.Event()
        self._watchers.add(watcher)
        try:
            async with asyncio.timeout(timeout_s):
                while not holds(self.state):
                    await watcher.wait()
                    watcher.clear()
        except TimeoutError:
            return False
        finally:
            self._watchers.discard(watcher)
        return True

    async def close(self) -> None:
        """End every conversation; what still waits is refused."""
        self._conversation.close(TelemetryError("the link was closed", place=self.place))

    async def command(self, command: int, *params: float, frame: int | None = None) -> int:
        """Send any MAV_CMD; returns after how many attempts it was accepted.

        Raises
        ------
        CommandRefused
            With the texts that the vehicle gave for it.
        VehicleSilent
            If no acknowledgement comes.
        """
        return await self._commands.send(command, *params, frame=frame)

    async def arm(self) -> None:
        """Arm the motors and see them armed."""
        await self.command(_COMPONENT_ARM_DISARM, 1)
        await self._expect(lambda state: state.is_armed, "arming was accepted, but the motors stay disarmed")

    async def disarm(self) -> None:
        """Disarm the motors; refused in the air."""
        await self.command(_COMPONENT_ARM_DISARM, 0)
        await self._expect(
            lambda state: not state.is_armed, "disarming was accepted, but the motors stay armed"
        )

    async def takeoff(self, alt_rel_m: float) -> None:
        """Take off to a height above home in GUIDED; arms where it is not armed."""
        if self.state.is_flying:
            raise TelemetryError(
                "the vehicle flies already", place=self.place, remedy="Command its flight, or land it first"
            )
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
        autopilot, vehicle_type = self._tracker.autopilot or 0, self._tracker.vehicle_type or 0
        number = mode_number(autopilot, vehicle_type, name)
        if autopilot == AUTOPILOT_PX4:
            await self.command(_DO_SET_MODE, 1, number >> 16 & 0xFF, number >> 24)
        else:
            await self.command(_DO_SET_MODE, 1, number)

    def has_mode(self, name: str) -> bool:
        """Whether this kind of vehicle has a flight mode."""
        return name in modes_of(self._tracker.autopilot or 0, self._tracker.vehicle_type or 0)

    async def pause(self) -> None:
        """Hold the position: a running mission pauses, any other mode gives way to BRAKE."""
        mode = self.state.mode
        if mode == "AUTO":
            try:
                await self.command(_DO_PAUSE_CONTINUE, 0)
            except CommandRefused:
                pass
            else:
                self._tracker.pause(is_paused=True)
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
            self._tracker.pause(is_paused=False)
            return
        if self.state.mode != "BRAKE" or not self._paused_mode:
            raise TelemetryError("nothing was paused", place=self.place, remedy="Start a plan, or set a mode")
        mode, self._paused_mode = self._paused_mode, ""
        await self.set_mode(mode)

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

    async def read_parameter(self, name: str) -> float:
        """Read one parameter.

        Raises
        ------
        TelemetryError
            If the vehicle has no such parameter, which ArduPilot tells by silence.
        """
        return await self._parameters.read(name)

    async def set_parameter(self, name: str, value: float) -> float:
        """Set one parameter in its own type, and see the new value; returns the former.

        Raises
        ------
        TelemetryError
            If the vehicle has no such parameter or keeps another value.
        """
        return await self._parameters.set(name, value)

    async def read_parameters(
        self, on_progress: Callable[[int, int], None] | None = None
    ) -> dict[str, Parameter]:
        """Read all parameters by name, in the vehicle's order.

        Raises
        ------
        TelemetryError
            If not all of them come.
        """
        # How they travel depends on what the vehicle says it can; it is asked for that when it is first heard.
        await self.wait_until(lambda _: self._tracker.capabilities is not None, VERSION_TIMEOUT_S)
        return await self._parameters.read_all(on_progress)

    async def upload(
        self,
        mission_type: MissionType,
        items: Sequence[WireItem],
        on_progress: Progress | None = None,
    ) -> None:
        """Put a list on board whole, read back and compared; on failure the former list is put back.

        Raises
        ------
        TelemetryError
            If the vehicle flies a mission at the moment, does not take the list or does not answer.
        """
        self.demand_idle(f"the {mission_type.name.lower()} cannot be changed")
        async with self._transfer_lock:
            with self.bus.subscribe() as texts:
                try:
                    await self._transaction(mission_type, on_progress).upload(items)
                except UploadRefused as refusal:
                    refusal.add_reasons(await collect_reasons(texts, self.vehicle_id))
                    raise

    async def download(
        self, mission_type: MissionType, on_progress: Progress | None = None
    ) -> list[WireItem]:
        """Fetch a list from the vehicle."""
        async with self._transfer_lock:
            return list(await self._transaction(mission_type, on_progress).download())

    async def clear(self, mission_type: MissionType) -> None:
        """Empty a list on the vehicle."""
        self.demand_idle(f"the {mission_type.name.lower()} cannot be cleared")
        async with self._transfer_lock:
            await self._transaction(mission_type, None).clear()

    def demand_idle(self, what: str) -> None:
        """Refuse what must not happen while a mission is flown.

        Raises
        ------
        TelemetryError
        """
        # ArduCopter restarts the running command for every item it receives in AUTO.
        if self.state.is_armed and self.state.mode in ("AUTO", "MISSION"):
            raise TelemetryError(
                f"{what} while the vehicle flies a mission",
                place=self.place,
                remedy="Wait for its landing, or pause it in another mode first",
            )

    def _transaction(self, mission_type: MissionType, on_progress: Progress | None) -> MissionTransaction:
        def report(what: str, done: int, total: int) -> None:
            self.bus.publish(
                TransferProgressed(
                    time_s=self.clock.utc_s(), vehicle_id=self.vehicle_id, what=what, done=done, total=total
                )
            )
            if on_progress is not None:
                on_progress(what, done, total)

        return MissionTransaction(
            self._conversation,
            self.address,
            mission_type,
            files=self.files,
            place=self.place,
            on_progress=report,
        )

    def _has_files(self) -> bool:
        return bool((self._tracker.capabilities or 0) & ardupilotmega.MAV_PROTOCOL_CAPABILITY_FTP)

    async def _expect(
        self, holds: Callable[[VehicleState], bool], otherwise: str, timeout_s: float | None = None
    ) -> None:
        if not await self.wait_until(holds, timeout_s or EFFECT_TIMEOUT_S):
            raise TelemetryError(f"{otherwise} ({self.state.mode})", place=self.place)
