"""Mission items in formats that know of places alone: what they have no word for, beside each place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from geofence.latlon import LatLon
from missions.files.document_reader import DocumentReader
from missions.files.item_values import COMMAND_AT_MOST, FRAMES, ITEMS_AT_MOST, numbered
from missions.plan.item import Command, MissionItem
from missions.refusal import MissionError

ITEM_WORDS = ("seq", "command", "frame", "alt_m", "params", "autocontinue")
"""What `item_document` says."""

_SEQ_AT_MOST = 10 * ITEMS_AT_MOST


def item_document(item: MissionItem) -> dict[str, Any]:
    """Give everything of an item but its position."""
    return {
        "seq": item.seq,
        "command": item.command,
        "frame": int(item.frame),
        "alt_m": item.alt_m,
        "params": list(item.params),
        "autocontinue": item.autocontinue,
    }


def item_from_document(
    reader: DocumentReader, values: Mapping[str, Any], field: str, position: LatLon | None
) -> MissionItem:
    """Read an item; its position is read elsewhere.

    Raises
    ------
    MissionError
        Names the field at fault.
    """
    frame = reader.whole(values.get("frame"), f"{field}.frame", 255)
    if frame not in FRAMES:
        raise reader.refuse(f"{field}.frame", f"is {frame}", "Frames 0, 2, 3, 5, 6, 10 and 11 are read")
    autocontinue = values.get("autocontinue", True)
    if not isinstance(autocontinue, bool):
        raise reader.refuse(f"{field}.autocontinue", f"is {autocontinue!r}", "Give true or false")
    first, second, third, fourth = reader.numbers(values.get("params"), f"{field}.params", (4,))
    return MissionItem(
        seq=reader.whole(values.get("seq"), f"{field}.seq", _SEQ_AT_MOST),
        command=reader.whole(values.get("command"), f"{field}.command", COMMAND_AT_MOST),
        frame=FRAMES[frame],
        position=position,
        alt_m=reader.finite(values.get("alt_m"), f"{field}.alt_m"),
        params=(first, second, third, fourth),
        autocontinue=autocontinue,
    )


def items_in_order(
    placed: Sequence[MissionItem], placeless: Sequence[MissionItem], *, source: str
) -> tuple[MissionItem, ...]:
    """Put items into one row: those with a place as the file has them, the others before what they preceded.

    Another program may have moved, added (seq 0) or removed places.

    Raises
    ------
    MissionError
        For no item, too many, and a jump to one that is gone.
    """
    row: list[MissionItem] = []
    waiting = sorted(placeless, key=lambda item: item.seq)
    for item in placed:
        while waiting and item.seq and waiting[0].seq < item.seq:
            row.append(waiting.pop(0))
        row.append(item)
    row += waiting
    if not row:
        raise MissionError("holds no items", place=source, remedy="A mission needs at least one item")
    if len(row) > ITEMS_AT_MOST:
        raise MissionError(
            f"holds {len(row)} items", place=source, remedy=f"MAVLink counts to {ITEMS_AT_MOST}"
        )
    seqs = {item.seq: seq for seq, item in reversed(list(enumerate(row, start=1))) if item.seq}
    jumped = []
    for item in row:
        if item.command == Command.DO_JUMP:
            if item.params[0] not in seqs:
                raise MissionError(
                    f"item {item.seq} jumps to item {item.params[0]:g}, which does not exist",
                    place=source,
                    remedy="Correct it",
                )
            item = replace(item, params=(float(seqs[int(item.params[0])]), *item.params[1:]))
        jumped.append(item)
    return numbered(jumped)
