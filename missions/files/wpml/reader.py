"""Plans from DJI wayline files: what the drone would carry out, in `waylines.wpml`; home from the template."""

import io
import math
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from geofence.formats.shown import show
from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from missions.files.account import Account
from missions.files.document_reader import DocumentReader
from missions.files.foreign_flight import Unsaid
from missions.files.item_values import ITEMS_AT_MOST, numbered
from missions.files.wpml import words
from missions.files.wpml.actions import Action, end_of_distance_trigger, items_of_action
from missions.files.wpml.words import KML, RELATIVE, SEA_LEVEL, STOP_AT_POINT, TEMPLATE, WAYLINES
from missions.files.xml_document import xml_root
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.plan.route_items import rounded
from missions.refusal import MissionError

_ZIP = b"PK\x03\x04"
_UNPACKED_AT_MOST = 64 * 2**20
_ENTRIES_AT_MOST = 10_000
_POINTS_AT_MOST = 20_000
_GROUND_SPEED, _KEEP_THROTTLE = 1.0, -1.0


@dataclass(slots=True)
class _Point:
    position: LatLon
    alt_m: float
    frame: Frame
    speed_m_s: float | None
    hold_s: float
    actions: list[MissionItem] = field(default_factory=list)
    looks_at: tuple[LatLon, float] | None = None


def is_wpml(content: bytes) -> bool:
    """Whether a content is a zip archive with a wayline in it."""
    if not content.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return WAYLINES in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def plan_from_wpml(content: bytes, *, source: str, name: str, unsaid: Unsaid, account: Account) -> Plan:
    """Read a plan of the one wayline in a file.

    Raises
    ------
    MissionError
        Names the file of the archive and the element at fault.
    """
    files = _unpacked(content, source)
    if WAYLINES not in files:
        raise MissionError(f"holds no {WAYLINES}", place=source, remedy="Give a wayline file of DJI")
    waylines = xml_root(files[WAYLINES], source=f"{source}, {WAYLINES}")
    template = xml_root(files[TEMPLATE], source=f"{source}, {TEMPLATE}") if TEMPLATE in files else None
    reader = DocumentReader(f"{source}, {WAYLINES}")
    folders = list(waylines.iter(f"{{{KML}}}Folder"))
    if len(folders) != 1:
        raise reader.refuse("Folder", f"is there {len(folders)} times", "A plan is one wayline; leave one")
    (folder,) = folders
    points = _points(folder, reader, _sea_level_heights(template, source), account)
    config = _first(waylines, "missionConfig")
    mission = config if config is not None else waylines
    speed_m_s = _number_or_none(folder, "autoFlightSpeed", reader, "Folder")
    items = _items(points, speed_m_s, mission, reader, account)
    home = _home(template, source) or _home(waylines, source)
    return Plan(
        name=name,
        home=home if home is not None else unsaid.home_for(source),
        items=items,
        speed_m_s=speed_m_s,
    )


def _items(
    points: list[_Point], speed_m_s: float | None, mission: Element, reader: DocumentReader, account: Account
) -> tuple[MissionItem, ...]:
    first = points[0]
    safe_m = _number_or_none(mission, "takeOffSecurityHeight", reader, "missionConfig") or 0.0
    is_safe = _text(mission, "flyToWaylineMode") != "pointToPoint"
    take_off_m = max(safe_m, first.alt_m) if is_safe and first.frame is Frame.GLOBAL_RELATIVE_ALT else safe_m
    items = [MissionItem(0, Command.NAV_TAKEOFF, alt_m=take_off_m or first.alt_m)]
    if speed_m_s is not None:
        items.append(_speed(speed_m_s))
    looks_at: tuple[LatLon, float] | None = None
    for point in points:
        hold = (point.hold_s, 0.0, 0.0, 0.0)
        items.append(MissionItem(0, Command.NAV_WAYPOINT, point.frame, point.position, point.alt_m, hold))
        items += point.actions
        if point.looks_at != looks_at:
            looks_at = point.looks_at
            items.append(_look(looks_at))
        if point is not points[-1] and point.speed_m_s not in (None, speed_m_s):
            assert point.speed_m_s is not None
            speed_m_s = point.speed_m_s
            items.append(_speed(speed_m_s))
    match _text(mission, "finishAction"):
        case words.HOME_AFTERWARDS:
            items.append(MissionItem(0, Command.NAV_RETURN_TO_LAUNCH, Frame.MISSION))
        case words.LAND_AFTERWARDS:
            items.append(MissionItem(0, Command.NAV_LAND))
        case words.FIRST_AFTERWARDS:
            items.append(MissionItem(0, Command.NAV_WAYPOINT, first.frame, first.position, first.alt_m))
        case _:
            account.note("the wayline ends in the air, at its last waypoint")
    if len(items) > ITEMS_AT_MOST:
        raise reader.refuse("Folder", f"makes {len(items)} items", f"MAVLink counts to {ITEMS_AT_MOST}")
    return numbered(items)


def _points(
    folder: Element, reader: DocumentReader, sea_level_m: dict[int, float], account: Account
) -> list[_Point]:
    mode = _text(folder, "executeHeightMode")
    placemarks = list(folder.iter(f"{{{KML}}}Placemark"))
    if not 0 < len(placemarks) <= _POINTS_AT_MOST:
        raise reader.refuse("Placemark", f"is there {len(placemarks)} times", f"Give 1 to {_POINTS_AT_MOST}")
    points = []
    ends: dict[int, list[MissionItem]] = {}
    for number, placemark in enumerate(placemarks):
        where = f"Placemark {number}"
        index = _number(placemark, "index", reader, where)
        if index != number:
            raise reader.refuse(f"{where}, index", f"is {index:g}", f"Number from 0; {number} is due")
        height_m = _number(placemark, "executeHeight", reader, where)
        frame = Frame.GLOBAL_RELATIVE_ALT
        if mode != RELATIVE:
            if number not in sea_level_m:
                raise reader.refuse(
                    "executeHeightMode",
                    f"is {show(mode)}",
                    f"Plan it {RELATIVE}, or with {SEA_LEVEL} heights",
                )
            frame, height_m = Frame.GLOBAL, sea_level_m[number]
        point = _Point(
            _position(placemark, reader, where),
            height_m,
            frame,
            _number_or_none(placemark, "waypointSpeed", reader, where),
            0.0,
            looks_at=_looked_at(placemark, reader, where),
        )
        turn = _first(placemark, "waypointTurnMode")
        if turn is not None and (turn.text or "").strip() != STOP_AT_POINT:
            account.note("turns are flown as the autopilot flies them, not as the wayline rounds them")
        _read_actions(placemark, point, ends, number, reader, where, account)
        point.actions += ends.pop(number, [])
        points.append(point)
    return points


def _look(place: tuple[LatLon, float] | None) -> MissionItem:
    if place is None:
        return MissionItem(0, Command.DO_SET_ROI_NONE, Frame.MISSION)
    return MissionItem(0, Command.DO_SET_ROI_LOCATION, position=place[0], alt_m=place[1])


def _looked_at(placemark: Element, reader: DocumentReader, where: str) -> tuple[LatLon, float] | None:
    """Give the place, and its height, that the nose is turned to."""
    if _text(placemark, "waypointHeadingMode") != words.TOWARD_POI:
        return None
    text = _text(placemark, "waypointPoiPoint")
    field_ = f"{where}, waypointPoiPoint"
    try:
        lat_deg, lon_deg, height_m = (float(part) for part in text.split(","))
    except ValueError:
        raise reader.refuse(field_, f"is {show(text)}", "Give latitude,longitude,height") from None
    position = reader.position(lat_deg, lon_deg, field_)
    return None if position is None else (position, reader.finite(height_m, field_))


def _read_actions(
    placemark: Element,
    point: _Point,
    ends: dict[int, list[MissionItem]],
    index: int,
    reader: DocumentReader,
    where: str,
    account: Account,
) -> None:
    for group in _all(placemark, "actionGroup"):
        trigger = _text(group, "actionTriggerType")
        every_m = 0.0
        if trigger == "multipleDistance":
            every_m = _number(group, "actionTriggerParam", reader, where)
            last = _number(group, "actionGroupEndIndex", reader, where)
            if last > index:
                ends.setdefault(int(min(last, _POINTS_AT_MOST)), []).append(end_of_distance_trigger())
        elif trigger != "reachPoint":
            account.note(f"actions on the trigger {show(trigger)} are left out")
            continue
        for element in _all(group, "action"):
            name = _text(element, "actionActuatorFunc")
            if name == "hover" and not every_m:
                point.hold_s += max(0.0, _number(element, "hoverTime", reader, where))
                continue
            values = {_local(value): (value.text or "").strip() for value in element.iter()}
            try:
                items = items_of_action(Action(name, values, every_m))
            except ValueError:
                raise reader.refuse(
                    f"{where}, {show(name)}", "has a value that is no number", "Correct it"
                ) from None
            if items is None:
                account.note(f"the action {show(name)} has no command that means the same, and is left out")
            else:
                for item in items:
                    reader.numbers(list(item.params), f"{where}, {show(name)}", (4,))
                point.actions += items


def _sea_level_heights(template: Element | None, source: str) -> dict[int, float]:
    """Give the template's heights above mean sea level by the numbers of their waypoints."""
    if template is None or _text(template, "heightMode") != SEA_LEVEL:
        return {}
    reader = DocumentReader(f"{source}, {TEMPLATE}")
    heights_m = {}
    for number, placemark in enumerate(template.iter(f"{{{KML}}}Placemark")):
        where = f"Placemark {number}"
        height_m = _number_or_none(placemark, "height", reader, where)
        if height_m is not None and _text(placemark, "useGlobalHeight") != "1":
            heights_m[number] = height_m
    return heights_m


def _home(root: Element | None, source: str) -> LatLon | None:
    point = None if root is None else _first(root, "takeOffRefPoint")
    if point is None or not (point.text or "").strip():
        return None
    given = (point.text or "").strip().split(",")
    reader = DocumentReader(source)
    try:
        lat_deg, lon_deg = (float(word) for word in given[:2])
    except ValueError:
        raise reader.refuse(
            "takeOffRefPoint", f"is {show(point.text)}", "Give latitude,longitude,height"
        ) from None
    return reader.position(lat_deg, lon_deg, "takeOffRefPoint")


def _position(placemark: Element, reader: DocumentReader, where: str) -> LatLon:
    element = next(placemark.iter(f"{{{KML}}}coordinates"), None)
    given = ((element.text if element is not None else None) or "").strip().split(",")
    try:
        lon_deg, lat_deg = (float(word) for word in given[:2])
        return rounded(LatLon(lat_deg, lon_deg))
    except ValueError:
        raise reader.refuse(f"{where}, coordinates", "are no position", "Give longitude,latitude") from None
    except GeofenceError as error:
        raise reader.refuse(
            f"{where}, coordinates", f"are no position: {error.what}", "Correct them"
        ) from None


def _number(element: Element, name: str, reader: DocumentReader, where: str) -> float:
    value = _number_or_none(element, name, reader, where)
    if value is None:
        raise reader.refuse(f"{where}, {name}", "is missing", "Export the wayline again")
    return value


def _number_or_none(element: Element, name: str, reader: DocumentReader, where: str) -> float | None:
    child = _first(element, name)
    if child is None:
        return None
    try:
        value = float(child.text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise reader.refuse(f"{where}, {name}", f"is {show(child.text)}", "Give a finite number")
    return reader.finite(value, f"{where}, {name}")


def _text(element: Element, name: str) -> str:
    child = _first(element, name)
    return "" if child is None else (child.text or "").strip()


def _first(element: Element, name: str) -> Element | None:
    return next(_all(element, name), None)


def _all(element: Element, name: str) -> Iterator[Element]:
    """Elements below of a name, in any of the namespaces WPML has had."""
    return (child for child in element.iter() if _local(child) == name)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _speed(speed_m_s: float) -> MissionItem:
    params = (_GROUND_SPEED, speed_m_s, _KEEP_THROTTLE, 0.0)
    return MissionItem(0, Command.DO_CHANGE_SPEED, Frame.MISSION, params=params)


def _unpacked(content: bytes, source: str) -> dict[str, bytes]:
    """Unpack the two files of a wayline; the sizes that the archive states are not believed."""
    files = {}
    left = _UNPACKED_AT_MOST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > _ENTRIES_AT_MOST:
                raise MissionError(
                    f"the archive has {len(names)} files", place=source, remedy="Give the wayline alone"
                )
            for name in (TEMPLATE, WAYLINES):
                if names.count(name) > 1:
                    raise MissionError(f"{name} is there twice", place=source, remedy="Leave one")
                if name in names:
                    with archive.open(name) as file:
                        files[name] = file.read(left + 1)
                    left -= len(files[name])
                    if left < 0:
                        raise MissionError(
                            "larger than 64 MB when unpacked", place=source, remedy="Give the wayline alone"
                        )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        # A password or an unknown compression is a RuntimeError.
        raise MissionError(
            f"the archive cannot be unpacked ({show(str(error))})", place=source, remedy="Pack it again"
        ) from None
    return files
