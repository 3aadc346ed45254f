"""One vehicle: its state, and what can be asked of it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.control.orders import order_of, words_of
from telemetry.control.vehicle_control import VehicleControl
from telemetry.events import TransferProgressed
from telemetry.links.address import Address
from telemetry.protocol.conversation import ANSWERS, Conversation
from telemetry.protocol.ftp.file_channel import FileChannel
from telemetry.protocol.machine import Machine
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_transaction import MissionTransaction, Progress, UploadRefused
from telemetry.protocol.mission_type import MissionType
from telemetry.protocol.parameter_value import Parameter
from telemetry.refusal import TelemetryError
from telemetry.vehicle.command_channel import CommandChannel
from telemetry.vehicle.denial_reasons import collect_reasons
from telemetry.vehicle.flight_orders import FlightOrders
from telemetry.vehicle.mission_to_go import MissionOnBoard, ToGo
from telemetry.vehicle.parameter_channel import ParameterChannel
from telemetry.vehicle.state_tracker import STATE_MESSAGES, StateTracker
from telemetry.vehicle.vehicle_state import VehicleState
from telemetry.wire.dialect import DEFINITIONS, definition_of
from telemetry.wire.message import Message

VERSION_TIMEOUT_S = 2.5

_TIMED = frozenset(definition_of(name).msg_id for name in ("GLOBAL_POSITION_INT", "SYSTEM_TIME"))
_ALL = frozenset(DEFINITIONS)
_HEEDED = STATE_MESSAGES | ANSWERS | _TIMED | {definition_of("TIMESYNC").msg_id}


class Vehicle(FlightOrders):
    """Everything said to and by one autopilot.

    Commands return when the vehicle has acknowledged them and, where it shows, when the effect was seen. All raise
    `CommandRefused` with the vehicle's own reasons, `VehicleSilent`, or `ControlDenied` where somebody else has the control: whatever
    is not reading only wants it (`telemetry/control`).

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
        super().__init__()
        self.vehicle_id = vehicle_id
        self.address = Address(system_id, component_id)
        self.link_name = link_name
        self.bus = bus
        self.clock = clock
        self._tracker = StateTracker(vehicle_id, system_id, component_id, link_name, bus, clock)
        self.control = VehicleControl(vehicle_id, place=self.place, bus=bus, clock=clock)
        self._conversation = Conversation(send, clock, self.demand_control)
        self._commands = CommandChannel(
            self._conversation,
            self.address,
            vehicle_id=vehicle_id,
            place=self.place,
            control=self.control,
            bus=bus,
            clock=clock,
            prearm_reasons=lambda: self.state.prearm_reasons,
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
        self._mission: MissionOnBoard | None = None

    @property
    def place(self) -> str:
        """The vehicle for a sentence to people."""
        return f"vehicle {self.address.system_id} on {self.link_name}"

    @property
    def state(self) -> VehicleState:
        """All that is known of it now."""
        return self._tracker.snapshot()

    @property
    def kind(self) -> tuple[int, int]:
        """MAV_AUTOPILOT and MAV_TYPE; zeros before the first heartbeat."""
        return self._tracker.autopilot or 0, self._tracker.vehicle_type or 0

    @property
    def to_go(self) -> ToGo | None:
        """What is left of the mission, where it is known and flown."""
        state = self.state
        if self._mission is None or state.is_flying is False or state.mode not in ("AUTO", "MISSION"):
            return None
        return self._mission.to_go(state)

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

    def cancel_command(self, command: int) -> None:
        """Ask the vehicle to give a command up that it is at; `command` then ends as it answers.

        Raises
        ------
        TelemetryError
            If it is not at it.
        """
        self._commands.cancel(command)

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
            self.control.demand(f"uploading a {mission_type.name.lower()}")
            with self.control.occupied(), self.bus.subscribe() as texts:
                try:
                    self._remember(mission_type, None)
                    await self._transaction(mission_type, on_progress).upload(items)
                    self._remember(mission_type, items)
                except UploadRefused as refusal:
                    refusal.add_reasons(await collect_reasons(texts, self.vehicle_id))
                    raise

    async def download(
        self, mission_type: MissionType, on_progress: Progress | None = None
    ) -> list[WireItem]:
        """Fetch a list from the vehicle."""
        async with self._transfer_lock:
            items = await self._transaction(mission_type, on_progress).download()
            self._remember(mission_type, items)
            return list(items)

    async def clear(self, mission_type: MissionType) -> None:
        """Empty a list on the vehicle."""
        self.demand_idle(f"the {mission_type.name.lower()} cannot be cleared")
        async with self._transfer_lock:
            with self.control.occupied():
                self._remember(mission_type, None)
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

    def _note_paused(self, *, is_paused: bool) -> None:
        self._tracker.pause(is_paused=is_paused)

    def _remember(self, mission_type: MissionType, items: Sequence[WireItem] | None) -> None:
        if mission_type is MissionType.MISSION:
            self._mission = None if items is None else MissionOnBoard(items)

    def demand_control(self, machine: Machine[Any]) -> None:
        """Let pass what whoever acts here may begin.

        Raises
        ------
        ControlDenied
        """
        order = order_of(machine, *self.kind)
        if order is not None:
            self.control.demand(words_of(machine), order)

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
