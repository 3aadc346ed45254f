"""What a patrol is asked to be, and what no patrol can be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from geofence.latlon import LatLon
from geofence.terrain import Terrain
from geofence.zone import Zone, ZoneKind
from missions.camera.photo_spacing import PhotoSpacing
from missions.patterns.pattern import (
    TURN_SPACINGS,
    AreaPattern,
    CorridorPattern,
    LinesPattern,
    Pattern,
    PerimeterPattern,
    PointsPattern,
    SpiralPattern,
)
from missions.payload.payload_orders import PayloadOrders
from missions.plan.check import LEGAL_LIMIT_AGL_M
from missions.refusal import MissionError
from missions.terrain.follow_terrain import TerrainHeight
from missions.terrain.terrain_frame import VEHICLE_PARAMETERS
from missions.vehicle.profile import VehicleProfile
from missions.vehicle.stock_profiles import QUAD_30
from missions.vehicle.wind import CALM, Wind
from missions.ways.leg_wind import held_drift_m

_ALT_AT_MOST_M = 10_000.0
_SPEED_AT_MOST_M_S = 50.0
_DRONES_AT_MOST = 255
"""MAVLink's system ids."""


@dataclass(frozen=True, slots=True)
class GroundFollowing:
    """How a patrol keeps its height above uneven ground.

    Parameters
    ----------
    tolerance_m : float
    is_on_board : bool
        The vehicle follows it by its own terrain data (MAV_FRAME_GLOBAL_TERRAIN_ALT), not the plan.
    """

    tolerance_m: float = 5.0
    is_on_board: bool = False


@dataclass(frozen=True, slots=True)
class PatrolRequest:
    """What is to be flown, and with what.

    Parameters
    ----------
    pattern : Pattern
    alt_rel_m : float
        Above home; where the ground is followed, that at home, and so everywhere above ground.
    home : LatLon
        Pad where all drones start and land.
    drones : int
        Areas, corridors, lines and points are shared; all other patterns take one.
    speed_m_s : float or None
        None leaves the speed to the vehicle.
    margin_m : float or None
        Least distance to every boundary; by default 5 m or a quarter of the swath, and less where that would
        close the way to a good part of the pattern.
    allow_above_120 : bool
    alt_step_m : float
        Each further drone flies higher by this.
    home_alt_amsl_m : float or None
        Needed where zones count altitudes from mean sea level; by default that of the terrain.
    vehicle : VehicleProfile or None
        None assumes a quadcopter of half an hour; what it says is advice then.
    wind : Wind
    terrain : Terrain or None
        Plans are verified over it.
    following : GroundFollowing or None
        Needs terrain. None flies at one altitude above home.
    pictures : PhotoSpacing or None
        Taken by distance on all strokes.
    pictures_in_turns : bool
        Also on the short ways from one stroke of an area to the next.
    orders : PayloadOrders or None
    splits_by_battery : bool
        Whether a flight that would touch its reserve is cut into several; searches never are, as their datum drifts.
    keeps_level : bool
        Fly all ways at the pattern's altitude; else they may lead over what is low, or under what is high.
    """

    pattern: Pattern
    alt_rel_m: float
    home: LatLon
    drones: int = 1
    speed_m_s: float | None = None
    margin_m: float | None = None
    allow_above_120: bool = False
    alt_step_m: float = 0.0
    home_alt_amsl_m: float | None = None
    vehicle: VehicleProfile | None = None
    wind: Wind = CALM
    terrain: Terrain | None = None
    following: GroundFollowing | None = None
    pictures: PhotoSpacing | None = None
    pictures_in_turns: bool = True
    orders: PayloadOrders | None = None
    splits_by_battery: bool = False
    keeps_level: bool = False

    @property
    def profile(self) -> VehicleProfile:
        """The vehicle with what it carries."""
        bare = QUAD_30 if self.vehicle is None else self.vehicle
        return bare if self.orders is None else self.orders.carried_by(bare)

    @property
    def flown_speed_m_s(self) -> float:
        """What is asked for, else what the vehicle is set to."""
        return self.profile.motion.speed_m_s if self.speed_m_s is None else self.speed_m_s

    @property
    def unpictured_turns_m(self) -> float:
        """Length up to which legs between strokes are turns, where no pictures are wanted there."""
        if self.pictures_in_turns or not isinstance(self.pattern, AreaPattern):
            return 0.0
        return TURN_SPACINGS * self.pattern.spacing_m

    @property
    def max_wind_m_s(self) -> float | None:
        """The strongest gust at the pattern's altitude; None in calm air, which nobody states."""
        return self.wind.stated_m_s(self.alt_rel_m)

    @property
    def drift_m(self) -> float:
        """How far that carries a drone off its legs; kept on top of every margin.

        Raises
        ------
        MissionError
            No leg is held in it.
        """
        motion = replace(self.profile.motion, wind_m_s=self.max_wind_m_s)
        return held_drift_m(motion, max(self.flown_speed_m_s, motion.speed_m_s))

    @property
    def parameters(self) -> Mapping[str, float]:
        """What must be set on board for the vehicle to carry it out."""
        on_board = VEHICLE_PARAMETERS if self.following is not None and self.following.is_on_board else {}
        return {**on_board, **({} if self.orders is None else self.orders.payload.parameters)}

    def height_agl(self, step_m: float = 0.0) -> TerrainHeight | None:
        """Give the height above ground that is followed, and more by a step.

        Raises
        ------
        MissionError
            It cannot be kept.
        """
        if self.following is None:
            return None
        return TerrainHeight(
            self.alt_rel_m + step_m,
            self.following.tolerance_m,
            None if self.allow_above_120 else LEGAL_LIMIT_AGL_M,
            self.profile.motion,
            self.speed_m_s,
        )

    @property
    def swath_m(self) -> float | None:
        """Width that the camera covers, where the pattern is flown to see a width."""
        match self.pattern:
            case AreaPattern() | PerimeterPattern() | CorridorPattern():
                return self.pattern.swath_m
            case _:
                return None

    @property
    def pattern_alts_rel_m(self) -> tuple[float, float]:
        """Lowest and highest altitude of the first drone."""
        last_m = self.alt_rel_m
        if isinstance(self.pattern, SpiralPattern) and self.pattern.end_alt_rel_m is not None:
            last_m = self.pattern.end_alt_rel_m
        return min(self.alt_rel_m, last_m), max(self.alt_rel_m, last_m)

    @property
    def flown_alts_rel_m(self) -> tuple[float, float]:
        """Lowest and highest altitude of all drones."""
        low_m, high_m = self.pattern_alts_rel_m
        steps_m = self.alt_step_m * (self.drones - 1)
        return low_m + min(0.0, steps_m), high_m + max(0.0, steps_m)


def refuse_bad_numbers(request: PatrolRequest) -> None:
    """Refuse numbers that no flight can have."""
    for name, value, most, unit in (
        ("altitude", request.alt_rel_m, _ALT_AT_MOST_M, "m"),
        ("speed", request.speed_m_s, _SPEED_AT_MOST_M_S, "m/s"),
    ):
        if value is not None and not (math.isfinite(value) and 0.0 < value <= most):
            raise MissionError(
                f"{name} {value:g} {unit} is out of range",
                remedy=f"Give a number above 0 and at most {most:g} {unit}",
            )
    if request.margin_m is not None and not (math.isfinite(request.margin_m) and request.margin_m >= 0.0):
        raise MissionError(f"margin {request.margin_m:g} m is not a distance", remedy="Give 0 m or more")
    if not 0.0 <= request.alt_step_m < math.inf:
        raise MissionError(
            f"an altitude step of {request.alt_step_m:g} m leads no higher", remedy="Give 0 m or more"
        )
    if not 1 <= request.drones <= _DRONES_AT_MOST:
        raise MissionError(
            f"{request.drones} drones cannot fly a patrol", remedy=f"Send 1 to {_DRONES_AT_MOST}"
        )
    is_shared = isinstance(request.pattern, AreaPattern | CorridorPattern | LinesPattern | PointsPattern)
    if request.drones > 1 and not is_shared:
        name = request.pattern.name.value.replace("_", " ")
        raise MissionError(f"the pattern {name} is flown by one drone", remedy="Ask for one drone")
    _refuse_bad_parts(request)


def _refuse_bad_parts(request: PatrolRequest) -> None:
    pattern = request.pattern
    if request.following is not None:
        if request.terrain is None:
            raise MissionError("ground that is not known cannot be followed", remedy="Give terrain")
        if isinstance(pattern, SpiralPattern) and pattern.end_alt_rel_m is not None:
            raise MissionError(
                "a spiral to another altitude keeps no height above ground",
                remedy="Leave out the end altitude (--end-alt), or fly it above home",
            )
    if request.pictures is not None:
        if isinstance(pattern, PointsPattern):
            raise MissionError(
                "points have no strokes to take pictures along",
                remedy="Order a picture at each point with the payload",
            )
        request.pictures.interval_s(request.flown_speed_m_s)


def refuse_altitude(zone: Zone | None, request: PatrolRequest) -> None:
    """Refuse altitudes that the law or the zone forbids, and an area pattern over a forbidden area.

    Parameters
    ----------
    zone : Zone or None
        Flown in, where there is one.
    request : PatrolRequest
    """
    if zone is not None and zone.kind is not ZoneKind.INCLUSION and isinstance(request.pattern, AreaPattern):
        raise MissionError(
            f"an area patrol flies inside, and this is an {zone.kind.value} zone",
            place=f"zone {zone.zone_id}",
            remedy="Choose an inclusion zone, or the perimeter pattern",
        )
    bottom_m, top_m = request.flown_alts_rel_m
    if bottom_m <= 0.0:
        raise MissionError(
            f"drone {request.drones} would fly at {bottom_m:g} m", remedy="Take a smaller altitude step"
        )
    if top_m > LEGAL_LIMIT_AGL_M and not request.allow_above_120:
        raise MissionError(
            f"altitude {top_m:g} m is above the legal limit of {LEGAL_LIMIT_AGL_M:g} m above ground",
            remedy=f"Stay at or below {LEGAL_LIMIT_AGL_M:g} m, or allow more (--allow-above-120, allow_above_120) where you hold a permit",
        )
    if zone is not None and zone.kind is ZoneKind.INCLUSION:
        _refuse_altitude_in(zone, request)


def is_altitude_allowed(zone: Zone, request: PatrolRequest) -> bool:
    """Whether an inclusion zone allows all altitudes of a request."""
    bottom_m, top_m = request.flown_alts_rel_m
    limits_rel_m = [volume.band.limits_rel_m(request.home_alt_amsl_m) for volume in zone.volumes]
    return any(
        floor_m - 1e-6 <= bottom_m and top_m <= ceiling_m + 1e-6 for floor_m, ceiling_m in limits_rel_m
    )


def _refuse_altitude_in(zone: Zone, request: PatrolRequest) -> None:
    if is_altitude_allowed(zone, request):
        return
    place = f"zone {zone.zone_id}"
    bottom_m, top_m = request.flown_alts_rel_m
    limits_rel_m = [volume.band.limits_rel_m(request.home_alt_amsl_m) for volume in zone.volumes]
    floors_m, ceilings_m = zip(*limits_rel_m, strict=True)
    if any(math.isnan(limit_m) for limit_m in (*floors_m, *ceilings_m)):
        raise MissionError(
            "its altitudes count from mean sea level, and home's altitude is not known",
            place=place,
            remedy="Give the altitude of home above mean sea level, or altitudes above ground in the zone",
        )
    ceiling_m, floor_m = max(ceilings_m), min(floors_m)
    if top_m > ceiling_m:
        raise MissionError(
            f"altitude {top_m:g} m is above its ceiling of {ceiling_m:g} m above home",
            place=place,
            remedy=f"Fly at {ceiling_m:g} m or lower",
        )
    if bottom_m < floor_m:
        raise MissionError(
            f"altitude {bottom_m:g} m is below its floor of {floor_m:g} m above home",
            place=place,
            remedy=f"Fly at {floor_m:g} m or higher",
        )
    bands = ", ".join(f"{low_m:g} to {high_m:g} m" for low_m, high_m in limits_rel_m)
    raise MissionError(
        f"altitudes {bottom_m:g} to {top_m:g} m do not fit into one of its bands ({bands} above home)",
        place=place,
        remedy="Fly within one band, or with fewer drones or a smaller altitude step",
    )
