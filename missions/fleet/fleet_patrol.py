"""Planning a patrol for a fleet: what is wanted in, a schedule and one verified plan a flight out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import shapely

from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.terrain import Terrain
from geofence.verification.finding import Finding
from geofence.zone_set import ZoneSet
from missions.fleet.area_proof import AreaSeen, prove_areas
from missions.fleet.drone import Drone
from missions.fleet.equipment import PLAIN, Equipping, FleetEquipment
from missions.fleet.fleet_ground import LAYERS_AT_MOST, FleetGround, choose_fleet_ground
from missions.fleet.flight_plan import FlightPlan, plan_flights
from missions.fleet.patrol_window import PatrolWindow
from missions.fleet.pieces import Reach
from missions.fleet.planner import plan_fleet
from missions.fleet.schedule import FleetSettings, Schedule
from missions.fleet.separation import Separation
from missions.fleet.standing_schedule import StandingSchedule
from missions.fleet.station import Station
from missions.fleet.wanted import Wanted, WantedPattern, refuse_too_many
from missions.fleet.wanted_tasks import extent_of, tasks_of
from missions.patrol.ground import DEFAULT_MARGIN_M
from missions.patterns.pattern import AreaPattern, PerimeterPattern
from missions.patterns.space import PatternSpace
from missions.plan.check import LEGAL_LIMIT_AGL_M
from missions.refusal import MissionError
from missions.terrain.follow_terrain import TerrainHeight
from missions.vehicle.prediction import FlightPrediction, predict_flight
from missions.vehicle.wind import CALM, Wind
from missions.ways.leg_wind import held_drift_m

_LAYER_STEP_M = 10.0
_SLACK_SHARE = 0.01
"""So much sooner or later than predicted a long flight may be: simulated ones differ by less."""


@dataclass(frozen=True, slots=True)
class FleetRequest:
    """How a fleet is to fly.

    Parameters
    ----------
    alt_rel_m : float
        Of the lowest layer, above the pads' common level; where the ground is followed, above it.
    alt_step_m : float or None
        From one layer to the next; by default 10 m, and where the ground is followed as much as keeps layers apart whatever
        their flights make of their tolerance.
    window : PatrolWindow
    margin_m : float or None
        Least distance to every boundary; 5 m by default.
    allow_above_120 : bool
    home_alt_amsl_m : float or None
        Of the pads' common level; by default that of the terrain.
    wind : Wind
    iterations : int or None
        Of the search; None for what a whole evening wants.
    terrain : Terrain or None
        Plans are verified over it; layers stay level where the equipment does not say otherwise.
    equipment : FleetEquipment
    """

    alt_rel_m: float
    window: PatrolWindow
    alt_step_m: float | None = None
    margin_m: float | None = None
    allow_above_120: bool = False
    home_alt_amsl_m: float | None = None
    wind: Wind = CALM
    iterations: int | None = None
    terrain: Terrain | None = None
    equipment: FleetEquipment = PLAIN

    @property
    def layer_step_m(self) -> float:
        """What is asked for from one layer to the next, else what suits."""
        if self.alt_step_m is not None:
            return self.alt_step_m
        tolerance_m = self.equipment.tolerance_agl_m
        return _LAYER_STEP_M if tolerance_m is None else Separation().vertical_m + 2.0 * tolerance_m


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
        On what of the lines is not flown, and of the areas not seen.
    station : Station
    window : PatrolWindow
    ground : FleetGround
    wind : Wind
    areas : tuple of AreaSeen
    equipment : FleetEquipment
    """

    schedule: Schedule
    flights: tuple[FlightPlan, ...]
    predictions: tuple[FlightPrediction, ...]
    findings: tuple[Finding, ...]
    station: Station
    window: PatrolWindow
    ground: FleetGround
    wind: Wind
    areas: tuple[AreaSeen, ...] = ()
    equipment: FleetEquipment = PLAIN

    @property
    def is_legal(self) -> bool:
        """Whether every flight may be flown."""
        return all(made.plan.is_legal for made in self.flights)

    @property
    def standing(self) -> StandingSchedule:
        """What it takes to replan it."""
        return StandingSchedule(
            self.schedule, self.station, self.window, self.ground, self.wind, self.equipment
        )


def plan_fleet_patrol(
    zones: ZoneSet,
    station: Station,
    wanted: Sequence[Wanted | WantedPattern],
    request: FleetRequest,
    *,
    on_progress: Callable[[str, float], None] | None = None,
) -> FleetPatrol:
    """Plan who flies what and when, and make and verify the plan of every flight.

    Raises
    ------
    MissionError
        Nothing of it can be flown, or a flight's prediction does not keep its reserve; says why and what would be accepted.
    GeofenceError
        There is no such zone.
    """
    tell = on_progress or (lambda _stage, _share: None)
    _refuse_bad_numbers(request)
    refuse_too_many(len(wanted))
    tell("legal space", 0.0)
    equipment = request.equipment
    if equipment.orders is not None:
        station = station.carrying(equipment.orders)
    if request.terrain is not None:
        station, level_amsl_m = station.over(request.terrain)
        if request.home_alt_amsl_m is None:
            request = replace(request, home_alt_amsl_m=level_amsl_m)
    frame = LocalFrame.around([*station.places, *(place for one in wanted for place in _places(one, zones))])
    slack_s = max(Separation().slack_s, _SLACK_SHARE * station.endurance_s)
    pads = station.pads_in(frame, slack_s=slack_s)
    extents = [extent_of(one, zones, frame, pads[0].xy_m, alt_m=request.alt_rel_m) for one in wanted]
    margin_m = DEFAULT_MARGIN_M if request.margin_m is None else request.margin_m
    ground, transit = choose_fleet_ground(
        FleetGround(
            frame,
            (request.alt_rel_m,),
            margin_m,
            margin_m,
            request.home_alt_amsl_m,
            request.allow_above_120,
        ),
        zones,
        pads,
        extents,
        alt_step_m=request.layer_step_m,
        follows_ground=equipment.follows_ground,
        drift_m=_drift_m(station, request),
        terrain=request.terrain,
    )
    settings = FleetSettings(
        layers_m=ground.layers_m,
        window_s=(0.0, request.window.length_s),
        separation=Separation(slack_s=slack_s),
        iterations=FleetSettings().iterations if request.iterations is None else request.iterations,
        tolerance_agl_m=equipment.tolerance_agl_m,
    )
    equipping = equipping_of(equipment, zones, ground, station, request.terrain)
    drones = drones_over(station, ground, request.wind)
    space = PatternSpace(
        frame=frame,
        legal=shapely.union_all([transit.area, *transit.unreachable]),
        transit=transit,
        pad=pads[0].xy_m,
        margin_m=margin_m,
        clearance_m=ground.clearance_m,
        alt_rel_m=request.alt_rel_m,
        speed_m_s=drones[0].speed_m_s or 0.0,
        drones=1,
        zone_id="",
    )
    tell("route", 0.1)
    made = tasks_of(
        wanted,
        zones,
        space,
        request.window,
        Reach(drones, pads, transit, max(ground.layers_m)),
        home_alt_amsl_m=request.home_alt_amsl_m,
        on_progress=lambda share: tell("route", 0.1 + 0.2 * share),
    )
    if equipping is not None:
        equipping.refuse_bad_orders(made.tasks)
    tell("schedule", 0.3)
    schedule = plan_fleet(made.tasks, drones, pads, transit, settings, equipping=equipping)
    schedule = replace(schedule, unserved=(*made.unserved, *schedule.unserved))
    if not schedule.flights:
        first = schedule.unserved[0]
        raise MissionError(
            f"nothing of it can be flown; {first.task_id}: {first.reason}", remedy=first.remedy
        )
    areas, not_seen = prove_areas(schedule, made, space)
    tell("verification", 0.8)
    flights = plan_flights(
        schedule,
        zones,
        ground,
        transit,
        start_utc_s=request.window.begins_utc_s,
        terrain=request.terrain,
        motions=station.motions,
        wind=request.wind,
        equipping=equipping,
    )
    predictions = [
        predict_flight(
            made.plan, station.drone(made.flight.drone_id).profile, request.wind, terrain=request.terrain
        )
        for made in flights
    ]
    for planned, prediction in zip(flights, predictions, strict=True):
        refuse_broken_reserve(planned, prediction)
    tell("done", 1.0)
    return FleetPatrol(
        schedule,
        tuple(flights),
        tuple(predictions),
        (*made.findings, *not_seen),
        station,
        request.window,
        ground,
        request.wind,
        areas,
        equipment,
    )


def _drift_m(station: Station, request: FleetRequest) -> float:
    """Give how far wind at the highest layer there may be carries any drone off its legs.

    Raises
    ------
    MissionError
        No leg is held in it.
    """
    highest_m = request.alt_rel_m + (LAYERS_AT_MOST - 1) * request.layer_step_m
    gusts_m_s = request.wind.stated_m_s(highest_m)
    return max(
        held_drift_m(
            replace(drone.profile.motion, wind_m_s=gusts_m_s),
            max(drone.speed_m_s or 0.0, drone.profile.motion.speed_m_s),
        )
        for drone in station.drones
    )


def equipping_of(
    equipment: FleetEquipment, zones: ZoneSet, ground: FleetGround, station: Station, terrain: Terrain | None
) -> Equipping | None:
    """Put what is asked of all flights into the plane; None where nothing is.

    Raises
    ------
    MissionError
        The ground is to be followed, and is not known.
    """
    if not equipment.is_any:
        return None
    return Equipping(
        equipment,
        zones,
        ground.frame,
        ground.home_alt_amsl_m,
        terrain,
        ground.allow_above_120,
        station.motions,
    )


def drones_over(station: Station, ground: FleetGround, wind: Wind) -> tuple[Drone, ...]:
    """Put a station's drones into the plane, with what flying costs them at the middle of the layers.

    Raises
    ------
    MissionError
        For wind that a drone must not fly in.
    """
    return station.drones_in(
        ground.frame,
        alt_m=0.5 * (ground.layers_m[0] + ground.layers_m[-1]),
        home_alt_amsl_m=ground.home_alt_amsl_m,
        wind=wind,
    )


def _places(one: Wanted | WantedPattern, zones: ZoneSet) -> Sequence[LatLon]:
    """Where something lies, roughly: the plane is put round it."""
    if isinstance(one, Wanted):
        return one.places
    if not isinstance(one.pattern, AreaPattern | PerimeterPattern):
        return one.pattern.places
    middle = shapely.centroid(zones.get(one.pattern.zone_id).area)
    return (LatLon(float(middle.y), float(middle.x)),)


def _refuse_bad_numbers(request: FleetRequest) -> None:
    limit_m = 10_000.0 if request.allow_above_120 else LEGAL_LIMIT_AGL_M
    if not 0.0 < request.alt_rel_m <= limit_m:
        raise MissionError(
            f"altitude {request.alt_rel_m:g} m is out of range",
            remedy=f"Give a number above 0 and at most {limit_m:g} m",
        )
    least_m = Separation().vertical_m
    if not least_m <= request.layer_step_m < math.inf:
        raise MissionError(
            f"layers {request.layer_step_m:g} m apart do not separate drones",
            remedy=f"Give {least_m:g} m or more",
        )
    tolerance_m = request.equipment.tolerance_agl_m
    if tolerance_m is not None:
        TerrainHeight(request.alt_rel_m, tolerance_m, None if request.allow_above_120 else LEGAL_LIMIT_AGL_M)
    if request.margin_m is not None and not 0.0 <= request.margin_m < math.inf:
        raise MissionError(f"margin {request.margin_m:g} m is not a distance", remedy="Give 0 m or more")


def refuse_broken_reserve(made: FlightPlan, prediction: FlightPrediction) -> None:
    """Refuse a flight that would land with less than its reserve.

    Raises
    ------
    MissionError
    """
    if not prediction.keeps_reserve:
        raise MissionError(
            f"{made.plan.name} would land with {100.0 * prediction.state_of_charge:.1f} % of its battery, less than "
            f"the reserve of {100.0 * prediction.profile.battery.reserve_share:g} %",
            remedy="Give the drone a larger reserve, or shorter lines",
        )
