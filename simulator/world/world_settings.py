"""A world as it is at its start, with all that will happen in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.world.air.traffic import AircraftSettings
from simulator.world.air.wind_field import WindSettings
from simulator.world.ground.river import RiverSettings
from simulator.world.ground.surface import SurfaceSettings
from simulator.world.ground.terrain import TerrainSettings
from simulator.world.people.incident import IncidentSettings
from simulator.world.people.people import PeopleSettings
from simulator.world.sight.detector import DetectorSettings
from simulator.world.sight.eye import CameraSettings
from simulator.world.world_frame import LatLon
from simulator.world.zone_outline import ZoneOutline

LOUDSPEAKER, LIGHT = "loudspeaker", "light"


@dataclass(frozen=True, slots=True)
class Output:
    """Where a device is switched: a servo output by its pulse width, or a relay.

    Parameters
    ----------
    servo, relay : int
        From 1; one of them is 0.
    on_us, off_us : int
        The device is on where the pulse is nearer to `on_us`.
    """

    servo: int = 0
    relay: int = 0
    on_us: int = 1_900
    off_us: int = 1_100


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """Everything of a world.

    Parameters
    ----------
    origin : LatLon
        Middle of the terrain.
    starts_unix_s : float, optional
        When it begins; None where the simulation decides.
    utc_offset_h : float
        Of local time, by which people come and go.
    seed : int
        Of gusts, people, textures and detectors.
    """

    origin: LatLon
    starts_unix_s: float | None = None
    utc_offset_h: float = 0.0
    seed: int = 0
    terrain: TerrainSettings = field(default_factory=TerrainSettings)
    wind: WindSettings = field(default_factory=WindSettings)
    river: RiverSettings | None = None
    surfaces: tuple[SurfaceSettings, ...] = ()
    people: PeopleSettings = field(default_factory=PeopleSettings)
    incidents: tuple[IncidentSettings, ...] = ()
    traffic: tuple[AircraftSettings, ...] = ()
    zones: tuple[ZoneOutline, ...] = ()
    camera: CameraSettings = field(default_factory=CameraSettings)
    detectors: DetectorSettings | None = None
    devices: Mapping[str, Output] = field(default_factory=dict)
