"""Plans as DJI wayline files.

WPML flies straight from point to point and stops at each, so that a legal route stays one. What has no such meaning and
would change where the drone flies is refused; cameras and gimbals that it has no action for are told of.
"""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from geofence.latlon import LatLon
from geofence.verification.return_policy import ReturnMode
from missions.files.account import Account
from missions.files.kml_writer import packed
from missions.files.wpml.actions import Action, action_of, ends_distance_trigger, hover, number
from missions.files.wpml.words import (
    DRONE,
    FOLLOW_WAYLINE,
    HOME_AFTERWARDS,
    INDEX_AT_MOST,
    KML,
    LAND_AFTERWARDS,
    NOTHING_AFTERWARDS,
    PAYLOAD,
    RELATIVE,
    SAFE_HEIGHT_M,
    SPEED_M_S_AT_MOST,
    STOP_AT_POINT,
    TEMPLATE,
    TOWARD_POI,
    WAYLINES,
    WPML,
)
from missions.files.xml_document import say, xml_bytes
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.refusal import MissionError

_SPEED_M_S = 10.0
_AIR_OR_GROUND_SPEED = (0.0, 1.0)
_ENDS = (Command.NAV_RETURN_TO_LAUNCH, Command.NAV_LAND)


@dataclass(slots=True)
class _Point:
    """A waypoint of a wayline; its speed is that of the leg that leaves it."""

    position: LatLon
    height_m: float
    speed_m_s: float
    actions: list[Action] = field(default_factory=list)
    until: dict[int, int] = field(default_factory=dict)
    """By place in `actions`, the index of the waypoint where an action that is repeated ends."""
    looks_at: tuple[LatLon, float] | None = None
    """Place, and its height, that the nose is turned to on the leg that leaves it."""


@dataclass(slots=True)
class _Wayline:
    """A plan in the words of WPML, as far as it has been followed."""

    plan: Plan
    account: Account
    speed_m_s: float
    points: list[_Point] = field(default_factory=list)
    take_off_m: float | None = None
    first_speed_m_s: float | None = None
    afterwards: str = NOTHING_AFTERWARDS
    waiting: list[Action] = field(default_factory=list)
    looks_at: tuple[LatLon, float] | None = None
    is_over: bool = False

    def follow(self, item: MissionItem) -> None:
        """Take the next item."""
        if item.is_navigation or item.command == Command.DO_JUMP:
            self._fly(item)
        elif self.is_over:
            self.account.note("commands after the landing are left out", seq=item.seq)
        elif item.command == Command.DO_CHANGE_SPEED:
            self._change_speed(item)
        elif item.command in (Command.DO_SET_ROI_LOCATION, Command.DO_SET_ROI_NONE):
            self._look(item)
        elif ends_distance_trigger(item):
            self._end_triggers()
        else:
            action = action_of(item)
            if action is None:
                self.account.note(
                    f"WPML has no action for MAV_CMD {item.command}, which is left out", seq=item.seq
                )
            else:
                self._act(action, item)

    def _fly(self, item: MissionItem) -> None:
        if self.is_over:
            raise self._refusal(item, "comes after the landing")
        match item.command:
            case Command.NAV_TAKEOFF if self.take_off_m is None and not self.points:
                self.take_off_m = self._height_m(item)
            case Command.NAV_WAYPOINT:
                self._add(item, item.params[0])
            case Command.NAV_LOITER_TIME:
                self._add(item, item.params[0])
                self.account.note("a timed circle becomes a hover at its centre", seq=item.seq)
            case Command.NAV_DELAY if item.params[0] > 0.0 and self.points:
                self.points[-1].actions.append(hover(item.params[0]))
            case Command.NAV_RETURN_TO_LAUNCH:
                self.afterwards, self.is_over = HOME_AFTERWARDS, True
            case Command.NAV_LAND:
                last = self.points[-1].position if self.points else self.plan.home
                if item.position not in (None, last):
                    height_m = self.points[-1].height_m if self.points else (self.take_off_m or 0.0)
                    assert item.position is not None
                    self.points.append(_Point(item.position, height_m, self.speed_m_s))
                self.afterwards, self.is_over = LAND_AFTERWARDS, True
            case _:
                raise self._refusal(item, "has no meaning in WPML, and leaving it out would change the route")

    def _add(self, item: MissionItem, hold_s: float) -> None:
        position = item.position
        if position is None:
            position = self.points[-1].position if self.points else self.plan.home
        self.points.append(_Point(position, self._height_m(item), self.speed_m_s, looks_at=self.looks_at))
        if len(self.points) > INDEX_AT_MOST + 1:
            raise self._refusal(item, f"is one of more than {INDEX_AT_MOST + 1} waypoints")
        if hold_s > 0.0:
            self.points[-1].actions.append(hover(hold_s))
        if self.waiting:
            self.points[-1].actions += self.waiting
            self.waiting.clear()

    def _look(self, item: MissionItem) -> None:
        self.looks_at = None
        if item.command == Command.DO_SET_ROI_LOCATION and item.position is not None:
            self.looks_at = item.position, self._height_m(item)
            self.account.note(
                "the nose is turned to the place looked at, and the camera's pitch is not", seq=item.seq
            )
        if self.points:
            self.points[-1].looks_at = self.looks_at

    def _act(self, action: Action, item: MissionItem) -> None:
        if not self.points:
            self.account.note("commands before the first waypoint are given at it", seq=item.seq)
            self.waiting.append(action)
            return
        if action.every_m > 0.0:
            self._end_triggers()
        self.points[-1].actions.append(action)

    def _end_triggers(self) -> None:
        here = len(self.points) - 1
        for point in self.points:
            for place, action in enumerate(point.actions):
                if action.every_m > 0.0:
                    point.until.setdefault(place, here)

    def _change_speed(self, item: MissionItem) -> None:
        kind, speed_m_s = item.params[:2]
        if kind not in _AIR_OR_GROUND_SPEED or speed_m_s <= 0.0:
            self.account.note("only speeds along the ground are changed", seq=item.seq)
            return
        self.speed_m_s = speed_m_s
        if self.points:
            self.points[-1].speed_m_s = speed_m_s
        else:
            self.first_speed_m_s = speed_m_s

    def _height_m(self, item: MissionItem) -> float:
        if item.frame is Frame.GLOBAL_RELATIVE_ALT:
            return item.alt_m
        if item.frame is Frame.GLOBAL and self.plan.home_alt_amsl_m is not None:
            return item.alt_m - self.plan.home_alt_amsl_m
        what = (
            "is above mean sea level, and home's altitude is not known"
            if item.frame is Frame.GLOBAL
            else "is above the ground"
        )
        raise self._refusal(item, f"{what}: WPML counts from the place of take-off", "Plan it above home")

    def _refusal(self, item: MissionItem, what: str, remedy: str = "Plan it with waypoints") -> MissionError:
        name = Command(item.command).name if item.command in set(Command) else f"MAV_CMD {item.command}"
        return MissionError(f"{name} {what}", place=f"item {item.seq}", remedy=remedy)


def plan_to_wpml(plan: Plan, account: Account) -> bytes:
    """Write a plan as the bytes of a WPML `.kmz`.

    Raises
    ------
    MissionError
        For an item that WPML cannot fly; names it.
    """
    known_speed_m_s = plan.speed_m_s
    wayline = _Wayline(plan, account, known_speed_m_s if known_speed_m_s is not None else _SPEED_M_S)
    for item in plan.items:
        wayline.follow(item)
    if not wayline.points:
        raise MissionError("has no waypoint", place=plan.name, remedy="A wayline has one or more")
    if wayline.take_off_m is None:
        wayline.take_off_m = wayline.points[0].height_m
    if known_speed_m_s is None and wayline.first_speed_m_s is None:
        account.note(f"WPML wants a speed, and the plan has none: it says {_SPEED_M_S:g} m/s")
    account.note("the aircraft is called an M30 with its camera; choose yours in DJI Pilot")
    account.note("the drone stops at every waypoint")
    if plan.returns is not None and plan.returns.mode is not ReturnMode.RTL:
        account.note(f"an early return is DJI's own, not by {plan.returns.mode.value.upper()}")
    if plan.returns is not None and plan.returns.rally_points:
        account.note("rally points are left out")
    if plan.routes or plan.zone_id:
        account.note("routes, zones and what else is known of the patrol are left out")
    return packed({TEMPLATE: xml_bytes(_template(wayline)), WAYLINES: xml_bytes(_waylines(wayline))})


def _template(wayline: _Wayline) -> Element:
    root, document = _document()
    _say(document, "author", "Feiying")
    _mission(document, wayline, has_home=True)
    folder = SubElement(document, "Folder")
    _say(folder, "templateType", "waypoint")
    _say(folder, "templateId", "0")
    system = _say(folder, "waylineCoordinateSysParam")
    _say(system, "coordinateMode", "WGS84")
    _say(system, "heightMode", RELATIVE)
    _say(folder, "autoFlightSpeed", number(_first_speed_m_s(wayline)))
    _say(folder, "gimbalPitchMode", "manual")
    _heading(_say(folder, "globalWaypointHeadingParam"))
    _say(folder, "globalWaypointTurnMode", STOP_AT_POINT)
    _say(folder, "globalUseStraightLine", "1")
    for index, point in enumerate(wayline.points):
        placemark = _placemark(folder, index, point)
        _say(placemark, "ellipsoidHeight", number(point.height_m))
        _say(placemark, "height", number(point.height_m))
        _say(placemark, "useGlobalHeight", "0")
        _say(placemark, "useGlobalSpeed", "0")
        _say(placemark, "waypointSpeed", number(point.speed_m_s))
        _say(placemark, "useGlobalHeadingParam", "0" if point.looks_at else "1")
        if point.looks_at:
            _heading(_say(placemark, "waypointHeadingParam"), point.looks_at)
        _say(placemark, "useGlobalTurnParam", "1")
        _actions(placemark, index, point, len(wayline.points) - 1)
    return root


def _waylines(wayline: _Wayline) -> Element:
    root, document = _document()
    _mission(document, wayline, has_home=False)
    folder = SubElement(document, "Folder")
    _say(folder, "templateId", "0")
    _say(folder, "executeHeightMode", RELATIVE)
    _say(folder, "waylineId", "0")
    _say(folder, "autoFlightSpeed", number(_first_speed_m_s(wayline)))
    for index, point in enumerate(wayline.points):
        placemark = _placemark(folder, index, point)
        _say(placemark, "executeHeight", number(point.height_m))
        _say(placemark, "waypointSpeed", number(point.speed_m_s))
        _heading(_say(placemark, "waypointHeadingParam"), point.looks_at)
        turn = _say(placemark, "waypointTurnParam")
        _say(turn, "waypointTurnMode", STOP_AT_POINT)
        _say(turn, "waypointTurnDampingDist", "0")
        _say(placemark, "useStraightLine", "1")
        _actions(placemark, index, point, len(wayline.points) - 1)
    return root


def _document() -> tuple[Element, Element]:
    root = Element("kml", {"xmlns": KML, "xmlns:wpml": WPML})
    return root, SubElement(root, "Document")


def _mission(document: Element, wayline: _Wayline, *, has_home: bool) -> None:
    plan, returns = wayline.plan, wayline.plan.returns
    low_m, high_m = SAFE_HEIGHT_M
    assert wayline.take_off_m is not None
    if not low_m <= wayline.take_off_m <= high_m:
        wayline.account.note(f"the height of take-off is kept between {low_m:g} and {high_m:g} m")
    config = _say(document, "missionConfig")
    _say(config, "flyToWaylineMode", "safely")
    _say(config, "finishAction", wayline.afterwards)
    _say(config, "exitOnRCLost", "executeLostAction")
    is_landing = returns is not None and returns.mode is ReturnMode.LAND
    _say(config, "executeRCLostAction", "landing" if is_landing else "goBack")
    _say(config, "takeOffSecurityHeight", number(min(max(wayline.take_off_m, low_m), high_m)))
    if has_home:
        # Its height counts from the ellipsoid, which home's does not.
        _say(config, "takeOffRefPoint", f"{plan.home.lat_deg:.7f},{plan.home.lon_deg:.7f},0.000000")
        _say(config, "takeOffRefPointAGLHeight", "0")
    _say(config, "globalTransitionalSpeed", number(min(_first_speed_m_s(wayline), SPEED_M_S_AT_MOST)))
    highest_m = max(point.height_m for point in wayline.points)
    _say(config, "globalRTHHeight", number(returns.alt_rel_m if returns is not None else highest_m))
    drone = _say(config, "droneInfo")
    _say(drone, "droneEnumValue", str(DRONE[0]))
    _say(drone, "droneSubEnumValue", str(DRONE[1]))
    payload = _say(config, "payloadInfo")
    _say(payload, "payloadEnumValue", str(PAYLOAD[0]))
    _say(payload, "payloadPositionIndex", str(PAYLOAD[1]))


def _first_speed_m_s(wayline: _Wayline) -> float:
    if wayline.first_speed_m_s is not None:
        return wayline.first_speed_m_s
    return wayline.plan.speed_m_s if wayline.plan.speed_m_s is not None else _SPEED_M_S


def _placemark(folder: Element, index: int, point: _Point) -> Element:
    placemark = SubElement(folder, "Placemark")
    coordinates = f"{point.position.lon_deg:.7f},{point.position.lat_deg:.7f}"
    say(SubElement(placemark, "Point"), "coordinates", coordinates)
    _say(placemark, "index", str(index))
    return placemark


def _heading(parent: Element, looks_at: tuple[LatLon, float] | None = None) -> None:
    _say(parent, "waypointHeadingMode", FOLLOW_WAYLINE if looks_at is None else TOWARD_POI)
    _say(parent, "waypointHeadingAngle", "0")
    place, height_m = looks_at or (LatLon(0.0, 0.0), 0.0)
    _say(parent, "waypointPoiPoint", f"{place.lat_deg:.7f},{place.lon_deg:.7f},{number(height_m)}")
    _say(parent, "waypointHeadingPathMode", "followBadArc")


def _actions(placemark: Element, index: int, point: _Point, last: int) -> None:
    once = [action for action in point.actions if action.every_m == 0.0]
    if once:
        group = _group(placemark, 2 * index, index, index, "reachPoint")
        for number_, action in enumerate(once):
            _action(group, number_, action)
    for place, action in enumerate(point.actions):
        if action.every_m > 0.0:
            group = _group(placemark, 2 * index + 1, index, point.until.get(place, last), "multipleDistance")
            _say(group[-1], "actionTriggerParam", number(action.every_m))
            _action(group, 0, action)


def _group(placemark: Element, group_id: int, first: int, last: int, trigger: str) -> Element:
    group = _say(placemark, "actionGroup")
    _say(group, "actionGroupId", str(group_id))
    _say(group, "actionGroupStartIndex", str(first))
    _say(group, "actionGroupEndIndex", str(last))
    _say(group, "actionGroupMode", "sequence")
    _say(_say(group, "actionTrigger"), "actionTriggerType", trigger)
    return group


def _action(group: Element, action_id: int, action: Action) -> None:
    element = _say(group, "action")
    _say(element, "actionId", str(action_id))
    _say(element, "actionActuatorFunc", action.name)
    values = _say(element, "actionActuatorFuncParam")
    for name, value in action.values.items():
        _say(values, name, value)


def _say(parent: Element, name: str, text: str = "") -> Element:
    return say(parent, f"wpml:{name}", text)
