"""Putting a list on board whole: save the old one, send, read back, compare, repair or restore."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from telemetry.links.address import Address
from telemetry.protocol.conversation import Conversation
from telemetry.protocol.ftp.file_channel import FileChannel
from telemetry.protocol.mission_clear import MissionClear
from telemetry.protocol.mission_download import MissionDownload
from telemetry.protocol.mission_equality import differences
from telemetry.protocol.mission_file import PATHS, items_in, pack_items, unpack_items
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_outcome import (
    ItemsAccepted,
    ItemsCleared,
    ItemsDownloaded,
    MissionOutcome,
    TransferAdvanced,
    TransferFailed,
)
from telemetry.protocol.mission_partial_upload import MissionPartialUpload
from telemetry.protocol.mission_type import MissionResult, MissionType, mission_result_words
from telemetry.protocol.mission_upload import MissionUpload
from telemetry.refusal import TelemetryError, VehicleSilent

MAX_TRIES = 3
PART_SAVES = 20
"""Items that a part must spare to be sent in place of the whole: a vehicle that takes none is silent for seconds."""

_NAMES = {MissionType.MISSION: "mission", MissionType.FENCE: "fence", MissionType.RALLY: "rally points"}

Progress = Callable[[str, int, int], None]


class UploadRefused(TelemetryError):  # noqa: N818
    """A list that the vehicle did not take; what was on board before is there again unless the text says otherwise.

    Parameters
    ----------
    result : int or None
        MAV_MISSION_RESULT, None where read-back differed or nothing was answered.
    seq : int or None
        The item in question.
    """

    def __init__(self, what: str, *, result: int | None, seq: int | None, place: str, remedy: str) -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.result = result
        self.seq = seq
        self.reasons: tuple[str, ...] = ()

    def add_reasons(self, reasons: tuple[str, ...]) -> None:
        """Add what the vehicle said about it, such as "Only 650 items are supported"."""
        self.reasons = reasons
        if reasons:
            self.what = f"{self.what} ({'; '.join(reasons)})"
            self.add_remedy("")


class MissionTransaction:
    """One transfer of a whole list: as a file where the vehicle has them, and item by item where that fails.

    A vehicle that refuses a file does not say which item it is about; asked item by item it does.

    Parameters
    ----------
    conversation : Conversation
    target : Address
    mission_type : MissionType
    files : FileChannel, optional
    place : str
        The vehicle, for the text of a refusal.
    on_progress : callable, optional
        Called with what is going on, items done and items in all.
    """

    def __init__(
        self,
        conversation: Conversation,
        target: Address,
        mission_type: MissionType,
        *,
        files: FileChannel | None = None,
        place: str = "",
        on_progress: Progress | None = None,
    ) -> None:
        self._conversation = conversation
        self._files = files
        self._target = target
        self._mission_type = mission_type
        self._place = place
        self._on_progress = on_progress
        self._name = _NAMES[mission_type]

    async def download(self) -> tuple[WireItem, ...]:
        """Fetch the list on board.

        Raises
        ------
        VehicleSilent
            If nothing answers.
        TelemetryError
            If the vehicle refuses.
        """
        items = await self._read_file()
        return await self._download_items() if items is None else items

    async def _read_file(self) -> tuple[WireItem, ...] | None:
        if self._files is None:
            return None
        path = PATHS[self._mission_type]
        data = await self._files.read(path, self._report_bytes("reading"))
        if data is None:
            return None
        items = unpack_items(data, self._mission_type)
        if items is None:
            self._files.distrust(path)
        return items

    async def _download_items(self) -> tuple[WireItem, ...]:
        outcome = await self._run(MissionDownload(self._target, self._mission_type), "reading")
        match outcome:
            case ItemsDownloaded(items):
                return items
            case TransferFailed(None):
                raise VehicleSilent(
                    f"the vehicle stopped answering while its {self._name} was read",
                    place=self._place,
                    remedy="Check the link and try again",
                )
            case TransferFailed(result):
                raise TelemetryError(
                    f"the {self._name} cannot be read: {mission_result_words(result or 0)}", place=self._place
                )
        raise AssertionError(outcome)

    async def upload(self, items: Sequence[WireItem]) -> None:
        """Put `items` on board and prove it by reading back.

        Raises
        ------
        UploadRefused
            If the vehicle does not take them; the former list is on board again, or the text says what is.
        VehicleSilent
            If it stops answering.
        """
        await self._send(items, await self.download())

    async def update(self, first_seq: int, items: Sequence[WireItem]) -> tuple[WireItem, ...]:
        """Change the items from `first_seq` on, prove the whole list by reading back, and give it.

        Raises
        ------
        TelemetryError
            If the list on board has no such items; as `upload` otherwise.
        """
        before = await self.download()
        changed = [replace(item, seq=first_seq + place) for place, item in enumerate(items)]
        end = first_seq + len(changed)
        if not changed or first_seq < 1 or end > len(before):
            raise TelemetryError(
                f"the {self._name} on board has no items {first_seq} to {end - 1} to change",
                place=self._place,
                remedy=f"Give items from 1 to {len(before) - 1}" if len(before) > 1 else "Upload it whole",
            )
        wanted = (*before[:first_seq], *changed, *before[end:])
        try:
            if await self._send_part(changed, wanted):
                return wanted
        except (TelemetryError, asyncio.CancelledError) as failure:
            await self._restore(before, failure)
            raise
        await self._send(wanted, before, may_send_part=False)
        return wanted

    async def _send_part(self, part: Sequence[WireItem], wanted: Sequence[WireItem]) -> bool:
        """Send the items that differ; tells whether all of `wanted` is on board then.

        Raises
        ------
        UploadRefused
            If the vehicle refuses one of them; what is on board then is a mixture.
        """
        outcome = await self._run(
            MissionPartialUpload(part, self._target), "sending a part of the", len(part)
        )
        if isinstance(outcome, TransferFailed) and outcome.result is not None and outcome.seq is not None:
            raise self._refusal(outcome, len(wanted))
        return isinstance(outcome, ItemsAccepted) and await self._is_on_board(wanted)

    def _part_to_send(self, items: Sequence[WireItem], before: Sequence[WireItem]) -> Sequence[WireItem]:
        """Give the items from the first that differs to the last; none where the whole is to be sent."""
        if self._mission_type is not MissionType.MISSION or len(items) != len(before):
            return ()
        changed = [
            at
            for at, (ours, theirs) in enumerate(zip(items, before, strict=True))
            if differences([ours], [theirs], self._mission_type)
        ]
        part = items[changed[0] : changed[-1] + 1] if changed else ()
        return part if len(items) - len(part) >= PART_SAVES else ()

    async def _send(
        self, items: Sequence[WireItem], backup: tuple[WireItem, ...], *, may_send_part: bool = True
    ) -> None:
        is_touched = False
        try:
            is_touched = True
            if await self._write_file(items, "sending") and await self._is_on_board(items):
                return
            part = self._part_to_send(items, backup) if may_send_part else ()
            if part and await self._send_part(part, items):
                return
            for _ in range(MAX_TRIES):
                outcome = await self._run(
                    MissionUpload(items, self._target, self._mission_type), "sending", len(items)
                )
                if isinstance(outcome, TransferFailed):
                    raise self._refusal(outcome, len(items))
                found = differences(items, await self.download(), self._mission_type)
                if not found:
                    return
                if isinstance(outcome, ItemsAccepted) and outcome.result == MissionResult.ERROR:
                    # A fence is checked as a whole at its end, and refused with ERROR.
                    raise self._refusal(TransferFailed(outcome.result), len(items))
            raise UploadRefused(
                f"the {self._name} on board differs from the one sent after {MAX_TRIES} tries: {'; '.join(found[:3])}",
                result=None,
                seq=None,
                place=self._place,
                remedy="Check the link and try again",
            )
        except (TelemetryError, asyncio.CancelledError) as failure:
            if is_touched:
                await self._restore(backup, failure)
            raise

    async def clear(self) -> None:
        """Empty the list on board.

        Raises
        ------
        TelemetryError
            If the vehicle refuses or does not answer.
        """
        outcome = await self._run(MissionClear(self._target, self._mission_type), "clearing")
        if isinstance(outcome, TransferFailed):
            raise self._refusal(outcome, 0)

    async def _restore(self, backup: tuple[WireItem, ...], failure: BaseException) -> None:
        try:
            # In mid-transfer the vehicle lets nobody read, but the same station begin anew.
            if isinstance(failure, UploadRefused) and await self._is_on_board(backup):
                said = f"The former {self._name} is still on board"
            else:
                said = await self._put_back(backup)
        except TelemetryError:
            said = f"What {self._name} is on board now is unknown: upload again before flying"
        if isinstance(failure, TelemetryError):
            failure.add_remedy(said)
        else:
            failure.args = (said,)

    async def _is_on_board(self, items: Sequence[WireItem]) -> bool:
        return not differences(items, await self.download(), self._mission_type)

    async def _write_file(self, items: Sequence[WireItem], doing: str) -> bool:
        if self._files is None:
            return False
        data = pack_items(items, self._target, self._mission_type)
        return await self._files.write(PATHS[self._mission_type], data, self._report_bytes(doing))

    def _report_bytes(self, doing: str) -> Callable[[int, int], None]:
        """Tell a file's progress in items."""

        def report(done: int, total: int) -> None:
            if self._on_progress is not None:
                self._on_progress(f"{doing} {self._name}", items_in(done), items_in(total))

        return report

    async def _put_back(self, backup: tuple[WireItem, ...]) -> str:
        if await self._write_file(backup, "restoring") and await self._is_on_board(backup):
            return f"The former {self._name} is on board again"
        await self._run(MissionUpload(backup, self._target, self._mission_type), "restoring", len(backup))
        if await self._is_on_board(backup):
            return f"The former {self._name} is on board again"
        outcome = await self._run(MissionClear(self._target, self._mission_type), "clearing")
        if isinstance(outcome, ItemsCleared) and not await self.download():
            return f"The former {self._name} could not be put back; there is none on board now"
        return f"The {self._name} on board is a mixture and could not be cleared: do not fly it"

    def _refusal(self, failure: TransferFailed, count: int) -> TelemetryError:
        if failure.result is None:
            return VehicleSilent(
                f"the vehicle stopped answering during the transfer of the {self._name}",
                place=self._place,
                remedy="Check the link and try again",
            )
        remedy = ""
        if failure.result == MissionResult.NO_SPACE:
            what = f"the {self._name} of {count} items does not fit on the vehicle"
            remedy = "Divide the area over more flights or widen the swath"
        else:
            item = f"item {failure.seq} of " if failure.seq is not None else ""
            what = f"{item}the {self._name} was refused: {mission_result_words(failure.result)}"
        return UploadRefused(what, result=failure.result, seq=failure.seq, place=self._place, remedy=remedy)

    async def _run(
        self,
        machine: MissionUpload | MissionPartialUpload | MissionDownload | MissionClear,
        doing: str,
        total: int = 0,
    ) -> MissionOutcome:
        def report(event: MissionOutcome) -> None:
            if self._on_progress is not None and isinstance(event, TransferAdvanced):
                self._on_progress(f"{doing} {self._name}", event.done, event.total)

        if self._on_progress is not None and total:
            self._on_progress(f"{doing} {self._name}", 0, total)
        return await self._conversation.run(machine, report)
