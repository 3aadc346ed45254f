"""The items of QGroundControl's plan files: simple ones, and those that surveys and corridor scans carry."""

from collections.abc import Mapping
from typing import Any

from missions.files.document_reader import DocumentReader
from missions.files.item_values import COMMAND_AT_MOST, FRAMES, ITEMS_AT_MOST
from missions.plan.item import Command, Frame, MissionItem

_ALTITUDE_MODES = {Frame.GLOBAL_RELATIVE_ALT: 1, Frame.GLOBAL: 2, Frame.GLOBAL_TERRAIN_ALT: 4}
_CALCULATED_ABOVE_TERRAIN = 3
"""The altitude mode whose altitude above sea level QGroundControl fills in once it knows the ground."""

_MODE_FRAMES = {
    1: Frame.GLOBAL_RELATIVE_ALT,
    2: Frame.GLOBAL,
    _CALCULATED_ABOVE_TERRAIN: Frame.GLOBAL_TERRAIN_ALT,
    4: Frame.GLOBAL_TERRAIN_ALT,
}
_PARAMS = 7
_UNSET = (0, 1, 2, 3, 6)
"""Parameters 1 to 4 may be NaN: keep the heading, take the default; and the altitude, where `Altitude` says it."""
_ALWAYS_PLACED = frozenset(
    command
    for command in Command
    if command.is_navigation and command not in (Command.NAV_RETURN_TO_LAUNCH, Command.NAV_DELAY)
)


def simple_item(item: MissionItem) -> dict[str, Any]:
    """Write one item."""
    lat_deg, lon_deg = (
        (item.position.lat_deg, item.position.lon_deg) if item.position is not None else (0.0, 0.0)
    )
    document: dict[str, Any] = {
        "type": "SimpleItem",
        "doJumpId": item.seq,
        "command": item.command,
        "frame": int(item.frame),
        "params": [*item.params, lat_deg, lon_deg, item.alt_m],
        "autoContinue": item.autocontinue,
    }
    if item.frame in _ALTITUDE_MODES and item.is_navigation:
        document |= {
            "AMSLAltAboveTerrain": None,
            "Altitude": item.alt_m,
            "AltitudeMode": _ALTITUDE_MODES[item.frame],
        }
    return document


def items_from_document(reader: DocumentReader, value: Any) -> tuple[MissionItem, ...]:
    """Read the items of a mission in the order they are flown.

    Raises
    ------
    MissionError
        Names the item and the field at fault.
    """
    flat: list[tuple[str, Mapping[str, Any]]] = []
    for number, entry in enumerate(reader.sequence(value, "mission.items")):
        _flatten(reader, entry, f"mission.items[{number}]", flat)
    if not flat:
        raise reader.refuse("mission.items", "is empty", "A mission needs at least one item")
    if len(flat) > ITEMS_AT_MOST:
        raise reader.refuse("mission.items", f"holds {len(flat)} items", f"MAVLink counts to {ITEMS_AT_MOST}")
    seqs: dict[int, int] = {}
    for seq, (_, entry) in enumerate(flat, start=1):
        jump_id = entry.get("doJumpId")
        if isinstance(jump_id, int):
            seqs.setdefault(jump_id, seq)
    return tuple(_item(reader, entry, field, seq, seqs) for seq, (field, entry) in enumerate(flat, start=1))


def _flatten(
    reader: DocumentReader, value: Any, field: str, into: list[tuple[str, Mapping[str, Any]]]
) -> None:
    """Put simple items in a row; surveys and corridors carry theirs inside."""
    entry = reader.mapping(value, field)
    kind = entry.get("type")
    if kind == "SimpleItem":
        into.append((field, entry))
        return
    if kind != "ComplexItem":
        raise reader.refuse(f"{field}.type", f"is {kind!r}", "SimpleItem and ComplexItem are read")
    transects = entry.get("TransectStyleComplexItem")
    # An empty list is what programs write that leave the lines to QGroundControl: nobody says what is flown.
    if (
        not isinstance(transects, dict)
        or not isinstance(transects.get("Items"), list)
        or not transects["Items"]
    ):
        raise reader.refuse(
            field,
            f"is a complex item of type {entry.get('complexItemType')!r} without flown items",
            "Surveys and corridor scans are read as saved by QGroundControl 3.5 and later: save it there once more, "
            "plan it anew over its polygon, or replace it by waypoints",
        )
    for number, inner in enumerate(transects["Items"]):
        inner_field = f"{field}.TransectStyleComplexItem.Items[{number}]"
        if not isinstance(inner, dict) or inner.get("type") != "SimpleItem":
            raise reader.refuse(
                inner_field, "is not a SimpleItem", "Save the plan again from a ground station"
            )
        into.append((inner_field, inner))


def _item(
    reader: DocumentReader, entry: Mapping[str, Any], field: str, seq: int, seqs: Mapping[int, int]
) -> MissionItem:
    command = reader.whole(entry.get("command"), f"{field}.command", COMMAND_AT_MOST)
    number = reader.whole(entry.get("frame"), f"{field}.frame", 255)
    if number not in FRAMES:
        raise reader.refuse(f"{field}.frame", f"is {number}", "Frames 0, 2, 3, 5, 6, 10 and 11 are read")
    # Without a position parameters 5 to 7 are reserved: QGroundControl's camera commands leave them out.
    is_placeless = FRAMES[number] is Frame.MISSION and command not in _ALWAYS_PLACED
    unset = range(7) if is_placeless or command == Command.NAV_TAKEOFF else _UNSET
    raw, where = _seven(reader, entry, field)
    params = [
        0.0 if value is None and n in unset else reader.finite(value, where[n]) for n, value in enumerate(raw)
    ]
    autocontinue = entry.get("autoContinue", True)
    if not isinstance(autocontinue, bool):
        raise reader.refuse(f"{field}.autoContinue", f"is {autocontinue!r}", "Give true or false")
    first = params[0]
    if command == Command.DO_JUMP:
        if first not in seqs:
            raise reader.refuse(
                f"{field}.params[0]", f"jumps to item {first:g}, which does not exist", "Correct it"
            )
        first = float(seqs[int(first)])
    place = f"{field}.coordinate" if "coordinate" in entry else f"{field}.params[4..5]"
    position = reader.position(params[4], params[5], place)
    frame, alt_m = FRAMES[number], params[6]
    if raw[6] is None and (position is not None or command == Command.NAV_TAKEOFF):
        frame, alt_m = _stated_altitude(reader, entry, field)
    return MissionItem(
        seq=seq,
        command=command,
        frame=frame,
        position=position,
        alt_m=alt_m,
        params=(first, params[1], params[2], params[3]),
        autocontinue=autocontinue,
    )


def _seven(reader: DocumentReader, entry: Mapping[str, Any], field: str) -> tuple[list[Any], list[str]]:
    """Give the seven parameters and where they stand: once the place had a key of its own."""
    values, where = list(reader.sequence(entry.get("params"), f"{field}.params")), f"{field}.params"
    places = [f"{where}[{n}]" for n in range(len(values))]
    if "coordinate" in entry:
        coordinate = reader.sequence(entry["coordinate"], f"{field}.coordinate")
        values += coordinate
        places += [f"{field}.coordinate[{n}]" for n in range(len(coordinate))]
    if len(values) != _PARAMS:
        with_place = " with those of coordinate" if "coordinate" in entry else ""
        raise reader.refuse(where, f"holds {len(values)} values{with_place}", f"Give {_PARAMS} values")
    return values, places


def _stated_altitude(reader: DocumentReader, entry: Mapping[str, Any], field: str) -> tuple[Frame, float]:
    """Read what was asked for where the altitude on the wire is null: it waits for the height of the ground."""
    mode = entry.get("AltitudeMode")
    frame = _MODE_FRAMES.get(mode) if isinstance(mode, int) and not isinstance(mode, bool) else None
    if frame is None or entry.get("Altitude") is None:
        raise reader.refuse(
            f"{field}.params[6]", "is null: the altitude is not known", "Give Altitude and AltitudeMode"
        )
    return frame, reader.finite(entry["Altitude"], f"{field}.Altitude")
