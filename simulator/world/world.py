"""The world: stepped with simulated time, the same for the same settings and seed."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from simulator.home import Home
from simulator.world.air.sun import light_level, sun_place_deg
from simulator.world.air.traffic import Traffic
from simulator.world.air.wind_field import WindField
from simulator.world.events import (
    DetectionReported,
    IncidentEnded,
    IncidentReported,
    IncidentSeen,
    LightSwitched,
    RiverLevelChanged,
    SpeakerHeard,
    WaterReached,
    WorldEvent,
)
from simulator.world.ground.river import River, RiverSettings
from simulator.world.ground.surface import PATH_WIDTH_M, SurfaceSettings, painted
from simulator.world.ground.terrain import Grid, Terrain, TerrainSettings
from simulator.world.people.incident import Incident, IncidentState
from simulator.world.people.people import STEP_S as PEOPLE_STEP_S
from simulator.world.people.people import GroupSettings, People, PeopleSettings
from simulator.world.sight.detector import Detector
from simulator.world.sight.eye import Eye, axes
from simulator.world.sight.figures import aircraft_strokes, people_strokes, vehicle_strokes
from simulator.world.sight.picture import draw, ground_at_pixel
from simulator.world.sight.scene import Scene, Strokes, joined_strokes, no_strokes
from simulator.world.time_table import TimeTable
from simulator.world.world_frame import Floats, WorldFrame
from simulator.world.world_settings import WorldSettings
from simulator.world.zone_outline import zone_strokes

EARSHOT_M = 150.0
LAMPS_WITHIN_M, VEHICLES_WITHIN_M = 400.0, 2_000.0
LAMPS_AT_MOST = 8
GAUGE_STEP_M = 0.05
SHADE_S = 300.0
"""How often the sun's shading of slopes is renewed."""
DEFAULT_UNIX_S = 1_767_225_600.0


@dataclass(frozen=True, slots=True, eq=False)
class Onlooker:
    """A vehicle as the world knows it.

    Parameters
    ----------
    system_id : int
    eye : Eye
        Its camera's, or where it would be.
    yaw_rad : float
    has_camera : bool
    has_light_on : bool
    """

    system_id: int
    eye: Eye
    yaw_rad: float
    has_camera: bool = True
    has_light_on: bool = False


class World:
    """Everything but the vehicles.

    Parameters
    ----------
    settings : WorldSettings
    vehicles : int
        How many have gusts of their own.
    starts_unix_s : float
        Where the settings name no moment.
    """

    def __init__(
        self, settings: WorldSettings, *, vehicles: int = 1, starts_unix_s: float = DEFAULT_UNIX_S
    ) -> None:
        self.settings = settings
        self.frame = WorldFrame(*settings.origin)
        self.starts_unix_s = starts_unix_s if settings.starts_unix_s is None else settings.starts_unix_s
        self.now_s = 0.0
        self.terrain = Terrain(settings.terrain, self.frame)
        self.river = River(settings.river, self.terrain, self.frame) if settings.river else None
        self.wind = WindField(settings.wind, vehicles, settings.seed)
        self.traffic = Traffic(settings.traffic, self.frame)
        groups = tuple(incident.group for incident in settings.incidents)
        crowd = replace(settings.people, groups=settings.people.groups + groups)
        self.people = People(crowd, self.frame, self.river, settings.seed)
        self.incidents = [Incident(incident) for incident in settings.incidents]
        paths = tuple(
            SurfaceSettings("road", walker.path, PATH_WIDTH_M) for walker in settings.people.walkers
        )
        self._paint = painted(settings.surfaces + paths, self.frame, settings.terrain.extent_m)
        self._zones = zone_strokes(settings.zones, self.frame, self.terrain.grid)
        self._wet_grid, self._wet_level_m = self.terrain.grid, -math.inf
        self._no_floods = Grid(np.full((2, 2), math.inf), 0.0, 1.0)
        self._shades, self._shades_at = self.terrain.grid.values, -1
        self._listeners: list[Callable[[WorldEvent], None]] = []
        self._detectors: dict[int, Detector] = {}
        self._looked_s = 0.0
        self._people_s = 0.0
        self._was_in_water = np.zeros(len(self.people), bool)
        self._gauge_amsl_m = 0.0 if self.river is None else self.river.level_amsl_m
        self._be_at(0.0)

    # --- time --------------------------------------------------------------------------------------------------

    def listen(self, listener: Callable[[WorldEvent], None]) -> None:
        """Hand every event to a listener from now on."""
        self._listeners.append(listener)

    def tell(self, event: WorldEvent) -> None:
        """Hand an event to all listeners."""
        for listener in self._listeners:
            listener(event)

    def step(self, dt: float) -> None:
        """Advance by `dt`."""
        self.now_s += dt
        self.wind.step(dt)
        if self.now_s - self._people_s >= PEOPLE_STEP_S - 1e-9:
            self._be_at(self.now_s - self._people_s)

    def _be_at(self, dt: float) -> None:
        now_s, people = self.now_s, self.people
        self._people_s = now_s
        if self.river is not None:
            self.river.be_at(now_s)
            self._read_gauge(self.river.level_amsl_m)
        for incident in self.incidents:
            self._tell_state(incident, incident.be_at(now_s))
        people.be_at(now_s, self.local_hour, dt)
        fresh = people.is_in_water & ~self._was_in_water
        self._was_in_water = people.is_in_water.copy()
        for number in np.flatnonzero(fresh).tolist():
            self.tell(WaterReached(now_s, people.names[number], *self._degrees(number)))

    def _read_gauge(self, level_amsl_m: float) -> None:
        change_m = level_amsl_m - self._gauge_amsl_m
        if abs(change_m) >= GAUGE_STEP_M - 1e-9:
            self._gauge_amsl_m = level_amsl_m
            self.tell(RiverLevelChanged(self.now_s, level_amsl_m, change_m > 0.0))

    def _degrees(self, number: int) -> tuple[float, float]:
        lat_deg, lon_deg = self.frame.to_degrees(self.people.north_m[number], self.people.east_m[number])
        return float(lat_deg), float(lon_deg)

    def _tell_state(self, incident: Incident, state: IncidentState | None) -> None:
        settings = incident.settings
        if state is IncidentState.REPORTED:
            self.tell(IncidentReported(self.now_s, settings.incident_id, settings.kind, *settings.at))
        elif state is IncidentState.ENDED:
            self.tell(IncidentEnded(self.now_s, settings.incident_id))

    def end_incident(self, incident_id: str) -> bool:
        """End an incident now; false if there is none of that name that is open."""
        for number, incident in enumerate(self.incidents):
            if incident.settings.incident_id == incident_id and incident.is_open:
                incident.ends_s = self.now_s
                self.people.end_group(len(self.settings.people.groups) + number, self.now_s)
                self._tell_state(incident, incident.be_at(self.now_s))
                return True
        return False

    # --- what is there -----------------------------------------------------------------------------------------

    @property
    def unix_s(self) -> float:
        """UTC."""
        return self.starts_unix_s + self.now_s

    @property
    def local_hour(self) -> float:
        """Of the local day, 0 to 24."""
        return (self.unix_s / 3600.0 + self.settings.utc_offset_h) % 24.0

    @property
    def light(self) -> float:
        """Of the sky, 0 to 1."""
        return light_level(sun_place_deg(self.unix_s, *self.settings.origin)[0])

    def ground_amsl_m(self, north_m: Floats, east_m: Floats) -> Floats:
        """Heights of the ground at places of the world's frame, under water too."""
        return self.terrain.ground_amsl_m(north_m, east_m)

    def ground_amsl_m_at(self, lat_deg: float, lon_deg: float) -> float:
        """Height of the ground at one place in degrees."""
        return float(self.terrain.ground_amsl_m(*self.frame.to_metres(lat_deg, lon_deg)))

    def landing_amsl_m(self, north_m: Floats, east_m: Floats) -> Floats:
        """Heights on which a vehicle comes to rest: the ground, or the water over it."""
        ground_m = self.terrain.ground_amsl_m(north_m, east_m)
        if self.river is None:
            return ground_m
        is_wet = self.river.depth_m(north_m, east_m) > 0.0
        return np.where(is_wet, np.maximum(ground_m, self.river.level_amsl_m), ground_m)

    def landing_amsl_m_at(self, lat_deg: float, lon_deg: float) -> float:
        """Height on which a vehicle comes to rest at one place in degrees."""
        return float(self.landing_amsl_m(*self.frame.to_metres(lat_deg, lon_deg)))

    def feet_m(self) -> Floats:
        """Where everybody stands or swims: north, east and height, shape (n, 3)."""
        north_m, east_m = self.people.north_m, self.people.east_m
        return np.column_stack((north_m, east_m, self.landing_amsl_m(north_m, east_m)))

    # --- seeing and hearing ------------------------------------------------------------------------------------

    def _wet_ground(self, level_m: float) -> Grid:
        """Heights of ground and water."""
        if self.river is not None and self._wet_level_m != level_m:
            ground = self.terrain.grid
            wet = self.river.floods.values < level_m
            heights = np.where(wet, level_m, ground.values)
            self._wet_grid = Grid(heights, ground.corner_m, ground.spacing_m)
            self._wet_level_m = level_m
            self._zones = zone_strokes(self.settings.zones, self.frame, self._wet_grid)
        return self._wet_grid

    def scene(
        self, eye: Eye, onlookers: tuple[Onlooker, ...] | list[Onlooker] = (), *, has_figures: bool = True
    ) -> Scene:
        """Give what there is to be seen by one eye among vehicles; without figures only what hides and lights."""
        level_m = -math.inf if self.river is None else self.river.level_amsl_m
        floods = self._no_floods if self.river is None else self.river.floods
        grid = self._wet_ground(level_m)
        lit = [
            np.concatenate((each.eye.place_m, each.eye.axes[2]))
            for each in onlookers
            if each.has_light_on and float(np.linalg.norm(each.eye.place_m - eye.place_m)) < LAMPS_WITHIN_M
        ][:LAMPS_AT_MOST]
        elevation_deg, azimuth_deg = sun_place_deg(self.unix_s, *self.settings.origin)
        period = round(self.unix_s / SHADE_S)
        if period != self._shades_at:
            self._shades, self._shades_at = self.terrain.shades(elevation_deg, azimuth_deg), period
        return Scene(
            grid,
            floods,
            level_m,
            self.terrain.steepest,
            self._paint,
            self._strokes(eye, onlookers) if has_figures else no_strokes(),
            np.array(lit).reshape(-1, 6),
            light_level(elevation_deg),
            self._shades,
            self.unix_s,
            self.settings.seed,
        )

    def _strokes(self, eye: Eye, onlookers: tuple[Onlooker, ...] | list[Onlooker]) -> Strokes:
        near = [
            each
            for each in onlookers
            if 0.5 < float(np.linalg.norm(each.eye.place_m - eye.place_m)) < VEHICLES_WITHIN_M
        ]
        places_m = np.array([each.eye.place_m for each in near]).reshape(-1, 3)
        yaws_rad = np.array([each.yaw_rad for each in near])
        return joined_strokes(
            [
                self._zones,
                *people_strokes(self.people, self.feet_m()),
                *vehicle_strokes(places_m, yaws_rad),
                *aircraft_strokes(self.traffic.at(self.now_s)),
            ]
        )

    @property
    def is_look_due(self) -> bool:
        """Whether detectors look now."""
        detectors = self.settings.detectors
        return detectors is not None and self.now_s - self._looked_s >= detectors.period_s - 1e-9

    def look(self, onlookers: list[Onlooker]) -> None:
        """Let every detector look once, and tell what it finds."""
        detectors = self.settings.detectors
        if detectors is None:
            return
        self._looked_s = self.now_s
        feet_m = self.feet_m()
        for onlooker in onlookers:
            if not onlooker.has_camera:
                continue
            number = onlooker.system_id
            if number not in self._detectors:
                self._detectors[number] = Detector(detectors, self.settings.seed, number)
            scene = self.scene(onlooker.eye, onlookers, has_figures=False)
            for finding in self._detectors[number].look(scene, onlooker.eye, self.people, feet_m):
                lat_deg, lon_deg = self.frame.to_degrees(finding.north_m, finding.east_m)
                self.tell(
                    DetectionReported(
                        self.now_s,
                        number,
                        finding.label,
                        float(lat_deg),
                        float(lon_deg),
                        finding.uncertainty_m,
                        finding.count,
                        finding.confidence,
                        finding.x_px,
                        finding.y_px,
                    )
                )
                self._see_incidents(number, finding.people)

    def _see_incidents(self, system_id: int, people: tuple[int, ...]) -> None:
        first = len(self.settings.people.groups)
        for number, incident in enumerate(self.incidents):
            start, end = self.people.range_of_group(first + number)
            if any(start <= person < end for person in people) and incident.see():
                self.tell(IncidentSeen(self.now_s, incident.settings.incident_id, system_id))

    def hear_speaker(self, onlooker: Onlooker, *, is_on: bool, number: int = 0, text: str = "") -> None:
        """Note what a loudspeaker does, and how many can hear it."""
        place_m = onlooker.eye.place_m
        off_m = np.hypot(self.people.north_m - place_m[0], self.people.east_m - place_m[1])
        heard = int(np.count_nonzero(self.people.is_present & (off_m <= EARSHOT_M)))
        self.tell(
            SpeakerHeard(
                self.now_s, onlooker.system_id, is_on, *self._degrees_of(place_m), heard, number, text
            )
        )

    def switch_light(self, onlooker: Onlooker, *, is_on: bool) -> None:
        """Note that a searchlight was switched."""
        place = self._degrees_of(onlooker.eye.place_m)
        self.tell(LightSwitched(self.now_s, onlooker.system_id, is_on, *place))

    def _degrees_of(self, place_m: Floats) -> tuple[float, float]:
        lat_deg, lon_deg = self.frame.to_degrees(place_m[0], place_m[1])
        return float(lat_deg), float(lon_deg)


def level_world(home: Home) -> WorldSettings:
    """Return flat ground round a home."""
    return WorldSettings((home.lat_deg, home.lon_deg), terrain=TerrainSettings(flat_amsl_m=home.alt_amsl_m))


def warm_up() -> None:
    """Compile what floods and draws, before anybody waits for it."""
    origin = (0.0, 0.0)
    river = RiverSettings(((0.0, -0.001), (0.0, 0.001)), TimeTable.steady(1.0))
    settings = WorldSettings(
        origin,
        terrain=TerrainSettings(extent_m=100.0),
        river=river,
        people=PeopleSettings(groups=(GroupSettings("somebody", origin),)),
    )
    eye = Eye(np.array((0.0, 0.0, 50.0)), axes(0.0, -1.5, 0.0), 8.0, 16, 8)
    world = World(settings)
    scene = world.scene(eye, [Onlooker(1, eye, 0.0, has_light_on=True)])
    draw(scene, eye)
    ground_at_pixel(scene, eye, 8.0, 4.0)
