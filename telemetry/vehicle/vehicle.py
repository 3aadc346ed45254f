"""One vehicle: its state, and what can be asked of it."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random, SystemRandom
from typing import Any, TypeVar

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.control.orders import order_of, words_of
from telemetry.control.vehicle_control import VehicleControl
from telemetry.links.address import Address
from telemetry.protocol.conversation import ANSWERS, Conversation
from telemetry.protocol.ftp.file_channel import FileChannel
from telemetry.protocol.ftp.numbers import FtpNumbers
from telemetry.protocol.machine import Machine
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_transaction import Progress
from telemetry.protocol.mission_type import MissionType
from telemetry.protocol.parameter_value import Parameter
from telemetry.protocol.standing_run import StandingRun
from telemetry.refusal import TelemetryError
from telemetry.vehicle.command_channel import CommandChannel
from telemetry.vehicle.component_commands import ComponentCommands
from telemetry.vehicle.flight_orders import FlightOrders
from telemetry.vehicle.item_lists import ItemLists
from telemetry.vehicle.listeners import EVERY_MESSAGE, Listeners
from telemetry.vehicle.mission_to_go import ToGo
from telemetry.vehicle.parameter_channel import ParameterChannel
from telemetry.vehicle.state_tracker import STATE_MESSAGES, StateTracker
from telemetry.vehicle.vehicle_state import VehicleState
from telemetry.wire.dialect import definition_of
from telemetry.wire.message import Message

EventT = TypeVar("EventT")

VERSION_TIMEOUT_S = 2.5

_TIMED = frozenset(definition_of(name).msg_id for name in ("GLOBAL_POSITION_INT", "SYSTEM_TIME"))
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
    chance : Random, optional
        The machine's own where none is given.

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
        chance: Random | None = None,
    ) -> None:
        super().__init__()
        self.vehicle_id = vehicle_id
        self.address = Address(system_id, component_id)
        self.link_name = link_name
        self.bus = bus
        self.clock = clock
        self._tracker = StateTracker(vehicle_id, system_id, component_id, link_name, bus, clock)
        self.control = VehicleControl(vehicle_id, place=self.place, bus=bus, clock=clock)
        self._send = send
        self._conversation = Conversation(send, clock, self.demand_control)
        self._commands = self._command_channel(self._conversation, self.address)
        self._component_commands = ComponentCommands(
            system_id, lambda: Conversation(send, clock, self.demand_control), self._command_channel
        )
        self.files = FileChannel(
            self._conversation,
            self.address,
            clock,
            has_files=self._has_files,
            numbers=FtpNumbers.by(SystemRandom() if chance is None else chance),
            place=self.place,
        )
        self._parameters = ParameterChannel(
            self._conversation, self.address, self._tracker, self.files, place=self.place
        )
        self._lists = ItemLists(
            self._conversation,
            self.address,
            self.files,
            vehicle_id=vehicle_id,
            place=self.place,
            control=self.control,
            demand_idle=self.demand_idle,
            bus=bus,
            clock=clock,
        )
        self._listeners = Listeners()
        self._standing: list[StandingRun[Any]] = []
        self.heeded: frozenset[int] = _HEEDED
        self._watchers: set[asyncio.Event] = set()
        self._timed_message: Message | None = None

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
        state, mission = self.state, self._lists.mission
        if mission is None or state.is_flying is False or state.mode not in ("AUTO", "MISSION"):
            return None
        return mission.to_go(state)

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
        else:
            self._tracker.handle_part(message)
            self._component_commands.handle_message(message)
        self._listeners.handle_message(message)
        for watcher in self._watchers:
            watcher.set()

    def add_listener(
        self, listener: Callable[[Message], None], numbers: frozenset[int] = EVERY_MESSAGE
    ) -> Callable[[], None]:
        """Hand further messages, of these numbers, to `listener` too; returns what ends it."""
        remove = self._listeners.add(listener, numbers)
        self.heeded = _HEEDED | self._listeners.heeded

        def end() -> None:
            remove()
            self.heeded = _HEEDED | self._listeners.heeded

        return end

    def attend(
        self,
        machine: Machine[EventT],
        numbers: frozenset[int],
        on_event: Callable[[EventT], None] = lambda _: None,
    ) -> None:
        """Let a machine that has no end answer the vehicle's messages of these numbers.

        Raises
        ------
        ControlDenied
            If it is more than reading, and whoever acts here may not.
        """
        self.demand_control(machine)
        run = StandingRun(machine, self._send, self.clock, on_event)
        self._standing.append(run)
        self.add_listener(run.handle_message, numbers)

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
        reason = TelemetryError("the link was closed", place=self.place)
        self._conversation.close(reason)
        self._component_commands.close(reason)
        for run in self._standing:
            run.close()

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

    async def command_component(self, component_id: int, command: int, *params: float) -> int:
        """Send a MAV_CMD to a gimbal or camera of the vehicle, or to the autopilot where that is it; as `command`."""
        if component_id == self.address.component_id:
            return await self._commands.send(command, *params)
        return await self._component_commands.send(component_id, command, *params)

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
        await self._lists.upload(mission_type, items, on_progress)

    async def update_mission(
        self, first_seq: int, items: Sequence[WireItem], on_progress: Progress | None = None
    ) -> None:
        """Change the mission's items from `first_seq` on, and see the whole of it right.

        Only these items are sent where the vehicle takes a part; where it does not, or what is read back differs, the whole
        mission is. On failure the former one is put back.

        Raises
        ------
        TelemetryError
            If the mission has no such items, the vehicle flies one at the moment, does not take it or does not answer.
        """
        await self._lists.update_mission(first_seq, items, on_progress)

    async def download(
        self, mission_type: MissionType, on_progress: Progress | None = None
    ) -> list[WireItem]:
        """Fetch a list from the vehicle."""
        return await self._lists.download(mission_type, on_progress)

    async def clear(self, mission_type: MissionType) -> None:
        """Empty a list on the vehicle."""
        await self._lists.clear(mission_type)

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

    def demand_control(self, machine: Machine[Any]) -> None:
        """Let pass what whoever acts here may begin.

        Raises
        ------
        ControlDenied
        """
        order = order_of(machine, *self.kind)
        if order is not None:
            self.control.demand(words_of(machine), order)

    def _command_channel(self, conversation: Conversation, target: Address) -> CommandChannel:
        return CommandChannel(
            conversation,
            target,
            vehicle_id=self.vehicle_id,
            place=self.place,
            control=self.control,
            bus=self.bus,
            clock=self.clock,
            prearm_reasons=lambda: self.state.prearm_reasons,
        )

    def _has_files(self) -> bool:
        return bool((self._tracker.capabilities or 0) & ardupilotmega.MAV_PROTOCOL_CAPABILITY_FTP)
