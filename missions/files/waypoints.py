"""Waypoint files of the text format `QGC WPL 110`: one item a line, item 0 is home."""

import math
from pathlib import PurePath

from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from missions.files.foreign_flight import Unsaid
from missions.files.item_values import COMMAND_AT_MOST, FRAMES, ITEMS_AT_MOST, VALUE_AT_MOST
from missions.plan.item import Frame, MissionItem
from missions.plan.plan import Plan
from missions.plan.route_items import rounded
from missions.refusal import MissionError

_HEADER = "QGC WPL 110"
_COLUMNS = (
    "number", "current", "frame", "command", "param 1", "param 2", "param 3", "param 4",
    "latitude", "longitude", "altitude", "autocontinue",
)  # fmt: skip


def plan_to_waypoints(plan: Plan) -> str:
    """Write the items; what the format has no place for is left out."""
    lines = [
        _HEADER,
        _line(0, Frame.GLOBAL, 16, (0.0,) * 4, plan.home, plan.home_alt_amsl_m or 0.0, is_current=True),
    ]
    lines += [
        _line(
            item.seq,
            item.frame,
            item.command,
            item.params,
            item.position,
            item.alt_m,
            autocontinue=item.autocontinue,
        )
        for item in plan.items
    ]
    return "\n".join(lines) + "\n"


def _line(
    seq: int,
    frame: Frame,
    command: int,
    params: tuple[float, ...],
    position: LatLon | None,
    alt_m: float,
    *,
    is_current: bool = False,
    autocontinue: bool = True,
) -> str:
    lat_deg, lon_deg = (position.lat_deg, position.lon_deg) if position is not None else (0.0, 0.0)
    values = [
        str(seq),
        str(int(is_current)),
        str(int(frame)),
        str(command),
        *(repr(float(value)) for value in params),
        f"{lat_deg:.8f}",
        f"{lon_deg:.8f}",
        repr(float(alt_m)),
        str(int(autocontinue)),
    ]
    return "\t".join(values)


def plan_from_waypoints(content: bytes, *, source: str, unsaid: Unsaid | None = None) -> Plan:
    """Read a waypoint file; the plan is named after the file.

    Parameters
    ----------
    content : bytes
    source : str
    unsaid : Unsaid, optional

    Raises
    ------
    MissionError
        Names the line and column at fault.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MissionError(
            "not a text file", place=source, remedy=f"Give a file that begins with {_HEADER!r}"
        ) from None
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines or lines[0][1].split() != _HEADER.split():
        raise MissionError(
            f"does not begin with {_HEADER!r}", place=source, remedy="Give a waypoint file of that version"
        )
    rows = [_row(line, f"{source}, line {number}") for number, line in lines[1:]]
    if len(rows) < 2:
        raise MissionError(
            "holds no items" if rows else "holds neither home nor items",
            place=source,
            remedy="Line 0 is home; at least one item must follow",
        )
    if len(rows) > ITEMS_AT_MOST:
        raise MissionError(
            f"holds {len(rows)} items",
            place=source,
            remedy=f"MAVLink counts to {ITEMS_AT_MOST}; cut it in pieces",
        )
    for seq, (place, item) in enumerate(rows):
        if item.seq != seq:
            raise MissionError(
                f"item {item.seq} stands where {seq} is due", place=place, remedy="Number from 0"
            )
    home_place, home = rows[0]
    if home.position is None and (unsaid is None or unsaid.home is None):
        raise MissionError(
            "home is not known", place=home_place, remedy="Give home's position in line 0, or with --home"
        )
    return Plan(
        name=PurePath(source).stem,
        home=home.position if home.position is not None else (unsaid or Unsaid()).home_for(home_place),
        items=tuple(item for _, item in rows[1:]),
        home_alt_amsl_m=home.alt_m if home.alt_m != 0.0 else None,
    )


def _row(line: str, place: str) -> tuple[str, MissionItem]:
    fields = line.split()
    if len(fields) != len(_COLUMNS):
        raise MissionError(
            f"holds {len(fields)} columns instead of {len(_COLUMNS)}",
            place=place,
            remedy="The file may be cut off",
        )
    values = dict(zip(_COLUMNS, fields, strict=True))
    seq = _whole(values, "number", place, ITEMS_AT_MOST)
    frame = _whole(values, "frame", place, 255)
    if frame not in FRAMES:
        raise MissionError(
            f"frame {frame} is not known", place=place, remedy="Frames 0, 2, 3, 5, 6, 10, 11 are read"
        )
    _whole(values, "current", place, 1)
    lat_deg, lon_deg = _number(values, "latitude", place), _number(values, "longitude", place)
    try:
        position = rounded(LatLon(lat_deg, lon_deg)) if (lat_deg, lon_deg) != (0.0, 0.0) else None
    except GeofenceError as error:
        raise MissionError(error.what, place=place, remedy="Correct it in the file") from None
    return place, MissionItem(
        seq=seq,
        command=_whole(values, "command", place, COMMAND_AT_MOST),
        frame=FRAMES[frame],
        position=position,
        alt_m=_number(values, "altitude", place),
        params=(
            _number(values, "param 1", place),
            _number(values, "param 2", place),
            _number(values, "param 3", place),
            _number(values, "param 4", place),
        ),
        autocontinue=bool(_whole(values, "autocontinue", place, 1)),
    )


def _number(values: dict[str, str], column: str, place: str) -> float:
    try:
        value = float(values[column])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and abs(value) <= VALUE_AT_MOST):
        raise MissionError(
            f"{column} {values[column][:40]!r} is not a finite number", place=place, remedy="Correct it"
        )
    return value


def _whole(values: dict[str, str], column: str, place: str, most: int) -> int:
    value = _number(values, column, place)
    if value != int(value) or not 0 <= value <= most:
        raise MissionError(
            f"{column} {values[column][:40]!r} is not a whole number from 0 to {most}",
            place=place,
            remedy="Correct it",
        )
    return int(value)
