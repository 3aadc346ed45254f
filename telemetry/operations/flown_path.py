"""Where an operation leads, and whether that is allowed: asked before anything is sent."""

import math
from dataclasses import dataclass

import numpy as np
from shapely import LinearRing, LineString

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.verification.finding import Finding, Severity
from geofence.verification.leg import Leg, SweptArea
from geofence.verification.route_rules import RouteRules
from geofence.verification.verification import RouteVerifier
from geofence.zone_set import ZoneSet
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle_state import VehicleState

MARGIN_M = 5.0
"""What a copter in GUIDED may stray in wind and at the end of a leg."""
LEGAL_LIMIT_AGL_M = 120.0
LONGEST_S = 1800.0
"""An operation is over by then."""


class PathForbidden(TelemetryError):  # noqa: N818
    """An operation that would lead through forbidden space; `findings` says where."""

    def __init__(self, what: str, *, place: str, remedy: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(what, place=place, remedy=remedy)
        self.findings = findings


@dataclass(frozen=True, slots=True)
class FlownPath:
    """Legs, and the space round them that the vehicle may be in: it changes altitude as fast as it can, not evenly."""

    legs: tuple[Leg, ...] = ()
    areas: tuple[SweptArea, ...] = ()

    def __add__(self, other: "FlownPath") -> "FlownPath":
        return FlownPath(self.legs + other.legs, self.areas + other.areas)


def straight(
    start: LatLon, start_alt_rel_m: float, end: LatLon, end_alt_rel_m: float, name: str
) -> FlownPath:
    """Lead from one place to another."""
    leg = Leg(
        0,
        1,
        start,
        end,
        start_alt_rel_m,
        end_alt_rel_m,
        (0.0, LONGEST_S),
        (0.0, LONGEST_S),
        name=name,
    )
    frame = LocalFrame(start)
    line = LineString([(0.0, 0.0), frame.point_xy_m(end)])
    low_m, high_m = sorted((start_alt_rel_m, end_alt_rel_m))
    return FlownPath((leg,), (_area(frame, line, low_m, high_m, name),))


def circle(centre: LatLon, radius_m: float, alt_rel_m: float, name: str) -> FlownPath:
    """Lead round a place."""
    frame = LocalFrame(centre)
    angles = np.linspace(0.0, 2.0 * math.pi, 72, endpoint=False)
    # Chords between neighbours stay inside, the circle itself outside of them by 0.1 %.
    ring = LinearRing(radius_m * np.column_stack((np.sin(angles), np.cos(angles))))
    return FlownPath((), (_area(frame, ring, alt_rel_m, alt_rel_m, name),))


def demand_allowed(
    path: FlownPath, zones: ZoneSet, state: VehicleState, *, place: str, now_utc_s: float
) -> None:
    """Verify a path against the zones.

    Raises
    ------
    PathForbidden
        With the findings.
    """
    if not path.legs and not path.areas:
        return
    rules = RouteRules(
        MARGIN_M,
        LEGAL_LIMIT_AGL_M,
        state.home_alt_amsl_m,
        (now_utc_s, now_utc_s),
    )
    legs = path.legs or _legs_for(path.areas)
    verifier = RouteVerifier(legs, zones, rules)
    found = (*verifier.verify_legs().findings, *verifier.verify_swept(path.areas))
    violations = tuple(finding for finding in found if finding.severity is Severity.VIOLATION)
    if violations:
        raise PathForbidden(
            violations[0].message.rstrip("."),
            place=place,
            remedy=violations[0].remedy.rstrip("."),
            findings=violations,
        )


def _area(
    frame: LocalFrame, line: LineString | LinearRing, low_m: float, high_m: float, name: str
) -> SweptArea:
    area = frame.unproject(line.buffer(MARGIN_M))
    return SweptArea(0, 1, area, low_m, high_m, (0.0, LONGEST_S), name)


def _legs_for(areas: tuple[SweptArea, ...]) -> tuple[Leg, ...]:
    """Give the altitudes of areas legs to be judged by."""
    legs = []
    for area in areas:
        spot = area.area.representative_point()
        place = LatLon(spot.y, spot.x)
        span_s = (0.0, LONGEST_S)
        legs.append(
            Leg(0, 1, place, place, area.high_alt_rel_m, area.high_alt_rel_m, span_s, span_s, name=area.name)
        )
    return tuple(legs)
