"""A station's evening made up from a seed: patrol lines, drones and pads over the illustrative precinct."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from geofence.formats.zone_files import read_zones
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone_set import ZoneSet
from missions.fleet.drone import Drone, Pad
from missions.fleet.flight_costs import SteadyFlight
from missions.fleet.legal_transit import fleet_transit
from missions.fleet.schedule import FleetSettings
from missions.fleet.task import Task
from missions.transit import Transit

_ZONES = Path(__file__).parents[1] / "examples" / "lanzhou" / "zones.geojson"
_CLEARANCE_M = 10.0
_LENGTHS_M = (200.0, 900.0)
_INSET_M = 5.0


@dataclass(frozen=True, slots=True)
class Evening:
    """What a fleet is planned for."""

    zones: ZoneSet
    frame: LocalFrame
    transit: Transit
    tasks: tuple[Task, ...]
    drones: tuple[Drone, ...]
    pads: tuple[Pad, ...]
    settings: FleetSettings


def patrol_evening(
    *, lines: int = 165, drones: int = 6, pads: int = 2, seed: int = 1, hours: float = 2.0
) -> Evening:
    """Lines of 200 to 900 m inside of the legal space, drones of two kinds, pads far apart."""
    generator = np.random.default_rng(seed)
    zones = read_zones(_ZONES)
    centre = shapely.union_all([zone.area for zone in zones]).centroid
    frame = LocalFrame(LatLon(float(centre.y), float(centre.x)))
    settings = FleetSettings(window_s=(0.0, 3600.0 * hours))
    rough = fleet_transit(zones, frame, [Pad("any", (0.0, 0.0))], settings.layers_m, clearance_m=_CLEARANCE_M)
    inner = shapely.buffer(rough.area, -_INSET_M)
    shapely.prepare(inner)
    west, south, east, north = inner.bounds
    places = [(west + (east - west) * (number + 0.5) / pads, 0.5 * (south + north)) for number in range(pads)]
    made_pads = tuple(Pad(f"pad {number + 1}", _nearest(inner, place)) for number, place in enumerate(places))
    made: list[Task] = []
    while len(made) < lines:
        start = generator.uniform((west, south), (east, north))
        heading = generator.uniform(0.0, 2.0 * np.pi)
        end = start + generator.uniform(*_LENGTHS_M) * np.array((np.sin(heading), np.cos(heading)))
        if shapely.contains(inner, shapely.linestrings([start, end])):
            made.append(Task(f"line {len(made) + 1}", (tuple(start.tolist()), tuple(end.tolist()))))
    kinds = (
        SteadyFlight(speed_m_s=12.0, cruise_w=320.0, hover_w=300.0),
        SteadyFlight(speed_m_s=10.0, cruise_w=300.0, hover_w=290.0),
    )
    made_drones = tuple(
        Drone(
            f"drone {number + 1}",
            made_pads[number % pads].pad_id,
            battery_wh=(180.0, 160.0)[number // pads % 2],
            costs=kinds[number // pads % 2],
            speed_m_s=kinds[number // pads % 2].speed_m_s,
        )
        for number in range(drones)
    )
    return Evening(zones, frame, rough, tuple(made), made_drones, made_pads, settings)


def _nearest(area: shapely.Polygon, place: tuple[float, float]) -> tuple[float, float]:
    line = shapely.shortest_line(shapely.points(place), area)
    x_m, y_m = shapely.get_coordinates(line)[-1]
    inside = shapely.get_coordinates(shapely.points(x_m, y_m))[0]
    return float(inside[0]), float(inside[1])
