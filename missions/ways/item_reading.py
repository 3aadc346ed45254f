"""What the numbers of a mission item mean to ArduCopter."""

import math
from collections.abc import Iterator
from dataclasses import replace

from geofence.latlon import LatLon
from geofence.verification.finding import Finding, FindingCode, Severity
from missions.plan.item import Command, Frame, MissionItem
from missions.plan.plan import Plan
from missions.ways.flight_step import FlightStep, Place
from missions.ways.plan_ground import PlanGround

AT_ONCE = (0.0, 0.0)
"""Shortest and longest time of what takes none."""

_DAY_S = 86_400.0
_HORIZONTAL_SPEEDS = {0, 1}


class ItemReading:
    """Reads altitudes, speeds and jumps of a plan's items.

    Parameters
    ----------
    plan : Plan
    ground : PlanGround

    Attributes
    ----------
    findings : dict
        On items that cannot be followed.
    """

    def __init__(self, plan: Plan, ground: PlanGround) -> None:
        self.findings: dict[tuple[int, FindingCode], Finding] = {}
        self._plan = plan
        self._ground = ground

    def note(self, item: MissionItem, code: FindingCode, what: str, remedy: str = "") -> None:
        """Add a violation: the item's way cannot be verified."""
        self.findings.setdefault(
            (item.seq, code),
            Finding(
                Severity.VIOLATION,
                code,
                f"Item {item.seq}: {what}, so its way cannot be verified",
                remedy or "Replace it by waypoints",
                item_seq=item.seq,
                position=item.position,
            ),
        )

    def jump(self, item: MissionItem, place: Place) -> Iterator[FlightStep]:
        """Jump, where there is an item to jump to."""
        target, repeats = item.params[0], item.params[1]
        if not (math.isfinite(target) and 1 <= round(target) <= len(self._plan.items)):
            self.note(
                item,
                FindingCode.UNSUPPORTED_ITEM,
                f"jumps to item {target:g}, which does not exist",
                f"Jump to an item from 1 to {len(self._plan.items)}",
            )
        elif repeats != 0.0:
            often = math.ceil(repeats) if math.isfinite(repeats) else -1
            yield FlightStep(place, round(target) - 1, repeats=often)

    def changed_speed(self, item: MissionItem, place: Place) -> Place:
        """Return the place with the speed that the item asks for; of climbs and descents it changes nothing."""
        kind, speed_m_s = item.params[:2]
        is_horizontal = math.isfinite(kind) and int(kind) in _HORIZONTAL_SPEEDS
        if not (is_horizontal and math.isfinite(speed_m_s) and speed_m_s > 0.0):
            return place
        return replace(place, speed_m_s=speed_m_s)

    def alt_rel_m(self, item: MissionItem, place: Place, target: LatLon) -> float:
        """Altitude above home that the item asks for at its target."""
        if item.alt_m == 0.0:  # ArduCopter keeps its altitude where an item gives none
            return place.alt_rel_m
        match item.frame:
            case Frame.GLOBAL:
                if self._ground.home_alt_amsl_m is not None:
                    return item.alt_m - self._ground.home_alt_amsl_m
                self.note(
                    item,
                    FindingCode.UNKNOWN_ALTITUDE,
                    f"{item.alt_m:g} m above mean sea level, and the altitude of home is not known",
                    "Give home's altitude in the plan, or altitudes above home",
                )
                return place.alt_rel_m
            case Frame.GLOBAL_TERRAIN_ALT:
                ground_m = self._ground.alt_rel_m(target)
                if ground_m is not None:
                    return item.alt_m + ground_m
                self.note(
                    item,
                    FindingCode.UNKNOWN_TERRAIN,
                    f"{item.alt_m:g} m above ground, which the terrain model does not know there",
                    "Give terrain that covers it, or altitudes above home",
                )
                return place.alt_rel_m
            case _:
                return item.alt_m


def hold_s(item: MissionItem) -> tuple[float, float]:
    """Shortest and longest time that an item holds its place."""
    if item.command == Command.NAV_LOITER_UNLIM:
        return 0.0, math.inf
    if item.command in (Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME, Command.NAV_SPLINE_WAYPOINT):
        delay_s = item.params[0]
        return (0.0, delay_s) if math.isfinite(delay_s) and delay_s > 0.0 else AT_ONCE
    return AT_ONCE


def delay_s(item: MissionItem) -> tuple[float, float]:
    """NAV_DELAY: so many seconds, or until a time of the day."""
    delay_s = item.params[0]
    return (0.0, delay_s) if math.isfinite(delay_s) and delay_s > 0.0 else (0.0, _DAY_S)
