"""Mission, fence and rally points of one vehicle: up, down, changed, emptied."""

import asyncio
from collections.abc import Callable, Sequence

from telemetry.bus import Bus
from telemetry.clock import Clock
from telemetry.control.vehicle_control import VehicleControl
from telemetry.events import TransferProgressed
from telemetry.links.address import Address
from telemetry.protocol.conversation import Conversation
from telemetry.protocol.ftp.file_channel import FileChannel
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_transaction import MissionTransaction, Progress, UploadRefused
from telemetry.protocol.mission_type import MissionType
from telemetry.vehicle.denial_reasons import collect_reasons
from telemetry.vehicle.mission_to_go import MissionOnBoard


class ItemLists:
    """One transfer at a time, each an event as it moves on.

    Parameters
    ----------
    conversation : Conversation
    target : Address
    files : FileChannel
    vehicle_id : str
    place : str
        The vehicle, for the text of a refusal.
    control : VehicleControl
        Not passed over in mid-transfer.
    demand_idle : callable
        Refuses, with the words for it, while the vehicle flies a mission.
    bus : Bus
    clock : Clock

    Attributes
    ----------
    mission : MissionOnBoard or None
        As last seen on board.
    """

    def __init__(
        self,
        conversation: Conversation,
        target: Address,
        files: FileChannel,
        *,
        vehicle_id: str,
        place: str,
        control: VehicleControl,
        demand_idle: Callable[[str], None],
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._conversation = conversation
        self._target = target
        self._files = files
        self._vehicle_id = vehicle_id
        self._place = place
        self._control = control
        self._demand_idle = demand_idle
        self._bus = bus
        self._clock = clock
        self._lock = asyncio.Lock()
        self.mission: MissionOnBoard | None = None

    async def upload(
        self, mission_type: MissionType, items: Sequence[WireItem], on_progress: Progress | None
    ) -> None:
        """Put a list on board whole."""
        name = mission_type.name.lower()
        self._demand_idle(f"the {name} cannot be changed")
        async with self._lock:
            self._control.demand(f"uploading a {name}")
            with self._control.occupied(), self._bus.subscribe() as texts:
                try:
                    self._remember(mission_type, None)
                    await self._transaction(mission_type, on_progress).upload(items)
                    self._remember(mission_type, items)
                except UploadRefused as refusal:
                    refusal.add_reasons(await collect_reasons(texts, self._vehicle_id))
                    raise

    async def update_mission(
        self, first_seq: int, items: Sequence[WireItem], on_progress: Progress | None
    ) -> None:
        """Change the items from `first_seq` on."""
        self._demand_idle("the mission cannot be changed")
        async with self._lock:
            self._control.demand("changing a part of the mission")
            with self._control.occupied(), self._bus.subscribe() as texts:
                try:
                    self._remember(MissionType.MISSION, None)
                    transaction = self._transaction(MissionType.MISSION, on_progress)
                    self._remember(MissionType.MISSION, await transaction.update(first_seq, items))
                except UploadRefused as refusal:
                    refusal.add_reasons(await collect_reasons(texts, self._vehicle_id))
                    raise

    async def download(self, mission_type: MissionType, on_progress: Progress | None) -> list[WireItem]:
        """Fetch a list."""
        async with self._lock:
            items = await self._transaction(mission_type, on_progress).download()
            self._remember(mission_type, items)
            return list(items)

    async def clear(self, mission_type: MissionType) -> None:
        """Empty a list."""
        self._demand_idle(f"the {mission_type.name.lower()} cannot be cleared")
        async with self._lock:
            with self._control.occupied():
                self._remember(mission_type, None)
                await self._transaction(mission_type, None).clear()

    def _remember(self, mission_type: MissionType, items: Sequence[WireItem] | None) -> None:
        if mission_type is MissionType.MISSION:
            self.mission = None if items is None else MissionOnBoard(items)

    def _transaction(self, mission_type: MissionType, on_progress: Progress | None) -> MissionTransaction:
        def report(what: str, done: int, total: int) -> None:
            self._bus.publish(
                TransferProgressed(
                    time_s=self._clock.utc_s(), vehicle_id=self._vehicle_id, what=what, done=done, total=total
                )
            )
            if on_progress is not None:
                on_progress(what, done, total)

        return MissionTransaction(
            self._conversation,
            self._target,
            mission_type,
            files=self._files,
            place=self._place,
            on_progress=report,
        )
