"""Planning a patrol for a fleet: what is wanted in, a schedule and one verified plan a flight out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geofence.local_frame import LocalFrame
from geofence.plane.legal_space import LegalSpace
from geofence.verification.finding import Finding
from geofence.zone_set import ZoneSet
from missions.fleet.drone import Pad
from missions.fleet.flight_plan import FlightPlan, plan_flights
from missions.fleet.legal_transit import fleet_transit
from missions.fleet.patrol_window import PatrolWindow
from missions.fleet.planner import plan_fleet
from missions.fleet.schedule import FleetSettings, Schedule, Unserved
from missions.fleet.separation import Separation
from missions.fleet.station import Station
from missions.fleet.task import Task
from missions.fleet.wanted import Wanted
from missions.patrol.ground import CLEARANCE_FACTORS, DEFAULT_MARGIN_M
from missions.patterns.left_out import not_flown
from missions.patterns.run import cut_line, drawn
from missions.patterns.space import PatternSpace
from missions.plan.check import LEGAL_LIMIT_AGL_M
from missions.plan.plan import RouteKind
from missions.refusal import MissionError
from missions.transit import Transit
from missions.vehicle.prediction import FlightPrediction, predict_flight
from missions.vehicle.wind import CALM, Wind

_LAYERS_AT_MOST = 6
_LAYER_STEP_M = 10.0
_SAME_M = 0.01
"""Lines are cut so far inside of legal space that rounding does not put their ends out of it."""
_SLACK_SHARE = 0.01
"""So much sooner or later than predicted a long flight may be: simulated ones differ by less."""


@dataclass(frozen=True, slots=True)
class FleetRequest:
    """How a fleet is to fly.

    Parameters
    ----------
    alt_rel_m : float
        Of the lowest layer, above the pads' common level.
    alt_step_m : float
        From one layer to the next.
    window : PatrolWindow
    margin_m : float or None
        Least distance to every boundary; 5 m by default.
    allow_above_120 : bool
    home_alt_amsl_m : float or None
        Of the pads' common level.
    wind : Wind
    iterations : int or None
        Of the search; None for what a whole evening wants.
    """

    alt_rel_m: float
    window: PatrolWindow
    alt_step_m: float = _LAYER_STEP_M
    margin_m: float | None = None
    allow_above_120: bool = False
    home_alt_amsl_m: float | None = None
    wind: Wind = CALM
    iterations: int | None = None


@dataclass(frozen=True, slots=True)
class FleetPatrol:
    """A planned evening.

    Parameters
    ----------
    schedule : Schedule
    flights : tuple of FlightPlan
        In order of departure.
    predictions : tuple of FlightPrediction
        One a flight.
    findings : tuple of Finding
        On what of the lines is not flown.
    station : Station
    window : PatrolWindow
    """

    schedule: Schedule
    flights: tuple[FlightPlan, ...]
    predictions: tuple[FlightPrediction, ...]
    findings: tuple[Finding, ...]
    station: Station
    window: PatrolWindow

    @property
    def is_legal(self) -> bool:
        """Whether every flight may be flown."""
        return all(made.plan.is_legal for made in self.flights)


def plan_fleet_patrol(
    zones: ZoneSet,
    station: Station,
    wanted: Sequence[Wanted],
    request: FleetRequest,
    *,
    on_progress: Callable[[str, float], None] | None = None,
) -> FleetPatrol:
    """Plan who flies what and when, and make and verify the plan of every flight.

    Raises
    ------
    MissionError
        Nothing of it can be flown, or a flight's prediction does not keep its reserve; says why and what would be accepted.
    """
    tell = on_progress or (lambda _stage, _share: None)
    _refuse_bad_numbers(request)
    tell("legal space", 0.0)
    frame = LocalFrame.around([*station.places, *(place for one in wanted for place in one.places)])
    separation = Separation(slack_s=max(Separation().slack_s, _SLACK_SHARE * station.endurance_s))
    pads = station.pads_in(frame, slack_s=separation.slack_s)
    margin_m = DEFAULT_MARGIN_M if request.margin_m is None else request.margin_m
    layers_m, transit, clearance_m = _space(zones, frame, pads, wanted, request, margin_m)
    settings = FleetSettings(
        layers_m=layers_m,
        window_s=(0.0, request.window.length_s),
        separation=separation,
        iterations=FleetSettings().iterations if request.iterations is None else request.iterations,
    )
    drones = station.drones_in(
        frame,
        alt_m=0.5 * (layers_m[0] + layers_m[-1]),
        home_alt_amsl_m=request.home_alt_amsl_m,
        wind=request.wind,
    )
    space = PatternSpace(
        frame=frame,
        legal=transit.area,
        transit=transit,
        pad=pads[0].xy_m,
        margin_m=margin_m,
        clearance_m=clearance_m,
        alt_rel_m=request.alt_rel_m,
        speed_m_s=drones[0].speed_m_s or 0.0,
        drones=len(drones),
        zone_id="",
    )
    tasks, unserved, findings = _tasks(wanted, space, request.window)
    tell("schedule", 0.1)
    schedule = plan_fleet(tasks, drones, pads, transit, settings)
    schedule = replace(schedule, unserved=(*unserved, *schedule.unserved))
    if not schedule.flights:
        first = schedule.unserved[0]
        raise MissionError(
            f"nothing of it can be flown; {first.task_id}: {first.reason}", remedy=first.remedy
        )
    tell("verification", 0.8)
    flights = plan_flights(
        schedule,
        zones,
        frame,
        transit,
        margin_m=margin_m,
        home_alt_amsl_m=request.home_alt_amsl_m,
        start_utc_s=request.window.begins_utc_s,
        allow_above_120=request.allow_above_120,
    )
    predictions = [
        predict_flight(made.plan, station.drone(made.flight.drone_id).profile, request.wind)
        for made in flights
    ]
    for made, prediction in zip(flights, predictions, strict=True):
        _refuse_broken_reserve(made, prediction)
    tell("done", 1.0)
    return FleetPatrol(schedule, tuple(flights), tuple(predictions), findings, station, request.window)


def _refuse_bad_numbers(request: FleetRequest) -> None:
    limit_m = 10_000.0 if request.allow_above_120 else LEGAL_LIMIT_AGL_M
    if not 0.0 < request.alt_rel_m <= limit_m:
        raise MissionError(
            f"altitude {request.alt_rel_m:g} m is out of range",
            remedy=f"Give a number above 0 and at most {limit_m:g} m",
        )
    least_m = Separation().vertical_m
    if not least_m <= request.alt_step_m < math.inf:
        raise MissionError(
            f"layers {request.alt_step_m:g} m apart do not separate drones",
            place="--alt-step",
            remedy=f"Give {least_m:g} m or more",
        )
    if request.margin_m is not None and not 0.0 <= request.margin_m < math.inf:
        raise MissionError(f"margin {request.margin_m:g} m is not a distance", remedy="Give 0 m or more")


def _space(
    zones: ZoneSet,
    frame: LocalFrame,
    pads: Sequence[Pad],
    wanted: Sequence[Wanted],
    request: FleetRequest,
    margin_m: float,
) -> tuple[tuple[float, ...], Transit, float]:
    """Choose layers, and the clearance, lower only where the higher closes the way between pads."""
    refused: MissionError | None = None
    for factor in CLEARANCE_FACTORS:
        clearance_m = factor * margin_m
        layers_m = _layers_m(zones, frame, pads, wanted, request, clearance_m)
        try:
            transit = fleet_transit(
                zones,
                frame,
                pads,
                layers_m,
                clearance_m=clearance_m,
                home_alt_amsl_m=request.home_alt_amsl_m,
            )
        except MissionError as refusal:
            refused = refused or refusal
        else:
            return layers_m, transit, clearance_m
    assert refused is not None
    raise refused


def _layers_m(
    zones: ZoneSet,
    frame: LocalFrame,
    pads: Sequence[Pad],
    wanted: Sequence[Wanted],
    request: FleetRequest,
    clearance_m: float,
) -> tuple[float, ...]:
    """Layers from the lowest up, as long as none of them takes a line, a place or a pad away."""
    limit_m = math.inf if request.allow_above_120 else LEGAL_LIMIT_AGL_M
    shapes = np.array(
        [
            *(_shape(frame, one) for one in wanted),
            *(shapely.buffer(shapely.Point(pad.xy_m), clearance_m + _SAME_M) for pad in pads),
        ]
    )
    chosen: list[float] = []
    lowest_m = np.zeros(len(shapes))
    for number in range(_LAYERS_AT_MOST):
        alt_m = request.alt_rel_m + number * request.alt_step_m
        if number > 0 and alt_m >= limit_m:
            break
        legal = LegalSpace(
            zones,
            frame=frame,
            alt_rel_m=alt_m,
            margin_m=clearance_m,
            home_alt_amsl_m=request.home_alt_amsl_m,
        ).area_xy_m
        shapely.prepare(legal)
        # Of lines what is legal, of pads whether any of them is, of places whether they are.
        flown_m = shapely.length(shapely.intersection(shapes, legal)) + shapely.intersects(legal, shapes)
        if number == 0:
            lowest_m = flown_m
        if (flown_m < lowest_m - _SAME_M).any():
            break
        chosen.append(alt_m)
    return tuple(chosen)


def _shape(frame: LocalFrame, one: Wanted) -> shapely.geometry.base.BaseGeometry:
    points = [frame.point_xy_m(place) for place in one.places]
    if len(points) > 1:
        return shapely.LineString(points)
    return shapely.Point(points[0])


def _tasks(
    wanted: Sequence[Wanted], space: PatternSpace, window: PatrolWindow
) -> tuple[list[Task], list[Unserved], tuple[Finding, ...]]:
    """Cut what is wanted at the borders of legal space; what nothing is left of cannot be served."""
    inside = shapely.buffer(space.transit.area, -_SAME_M, join_style="mitre")
    tasks: list[Task] = []
    unserved: list[Unserved] = []
    findings: list[Finding] = []
    for one in wanted:
        points = [space.frame.point_xy_m(place) for place in one.places]
        pieces = [tuple(points)]
        if len(points) > 1:
            cut = cut_line(drawn(points, RouteKind.LINE, space.alt_rel_m), inside)
            pieces = [tuple(waypoint.xy_m for waypoint in run) for run in cut.runs]
            if pieces:
                findings += not_flown(space, cut.left_out, one.name)
        elif not shapely.intersects_xy(space.transit.area, np.array(points)).all():
            pieces = []
        if not pieces:
            unserved.append(
                Unserved(
                    one.name,
                    "no part of it can be reached from the pads without leaving legal space",
                    "Move it, lower the margin, or take another altitude",
                )
            )
        for number, piece in enumerate(pieces, start=1):
            tasks.append(
                Task(
                    one.name if len(pieces) == 1 else f"{one.name} ({number}/{len(pieces)})",
                    piece,
                    RouteKind.LINE if len(points) > 1 else RouteKind.VISIT,
                    is_reversible=not one.is_one_way,
                    dwell_s=float(math.ceil(one.dwell_s)),  # ArduCopter keeps whole seconds
                    window_s=(
                        (0.0, math.inf)
                        if one.window is None
                        else window.seconds(one.window, place=f"window of {one.name}")
                    ),
                    priority=one.priority,
                    needs=one.needs,
                )
            )
    return tasks, unserved, tuple(findings)


def _refuse_broken_reserve(made: FlightPlan, prediction: FlightPrediction) -> None:
    if not prediction.keeps_reserve:
        raise MissionError(
            f"{made.plan.name} would land with {100.0 * prediction.state_of_charge:.1f} % of its battery, less than "
            f"the reserve of {100.0 * prediction.profile.battery.reserve_share:g} %",
            remedy="Give the drone a larger reserve, or shorter lines",
        )
