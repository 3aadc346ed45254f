"""From a document (YAML, JSON, a scenario's `world`) to the settings of a world."""

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.refusal import SimulatorError
from simulator.world.air.traffic import AircraftSettings
from simulator.world.air.wind_field import WindSettings
from simulator.world.document.section import ALT_RANGE_M, TIME_RANGE_S, Section, number, sequence
from simulator.world.ground.river import RiverSettings
from simulator.world.ground.surface import KINDS, ROAD_WIDTH_M, SurfaceSettings
from simulator.world.ground.terrain import IslandSettings, TerrainSettings, ValleySettings
from simulator.world.people.incident import IncidentSettings
from simulator.world.people.people import AreaSettings, GroupSettings, PeopleSettings, WalkerSettings
from simulator.world.sight.detector import DetectorSettings
from simulator.world.sight.eye import CameraSettings
from simulator.world.time_table import TimeTable
from simulator.world.world_frame import LatLon
from simulator.world.world_settings import LIGHT, LOUDSPEAKER, Output, WorldSettings
from simulator.world.zone_outline import ZoneOutline

PEOPLE_AT_MOST = 20_000
_ZONE_KINDS = ("inclusion", "exclusion", "advisory")


def world_settings(document: Mapping[str, Any]) -> WorldSettings:
    """Read a world; `docs/simulator-world.md` describes the form.

    Raises
    ------
    SimulatorError
        With the place, such as `river.level_m[2]`, and what would be accepted.
    """
    world = Section(document)
    starts_unix_s, utc_offset_h = _moment(world)
    valley_axis = _valley_axis(document)
    settings = WorldSettings(
        origin=world.lat_lon("origin"),
        starts_unix_s=starts_unix_s,
        utc_offset_h=utc_offset_h,
        seed=world.whole("seed", 0, 2**31 - 1, 0),
        terrain=_terrain(world.section("terrain")),
        wind=_wind(world.section("wind")),
        river=_river(world.section("river"), valley_axis),
        surfaces=world.each("surfaces", _surface),
        people=_people(world.section("people")),
        incidents=world.each("incidents", _incident),
        traffic=world.each("traffic", _aircraft),
        zones=world.each("zones", _zone),
        camera=_camera(world.section("camera")),
        detectors=_detectors(world.section("detectors")),
        devices=_devices(world.section("devices")),
    )
    world.close()
    names = [incident.incident_id for incident in settings.incidents]
    for row, name in enumerate(names):
        if name in names[:row]:
            raise SimulatorError(
                f"{name!r} is there twice", place=f"incidents[{row}].id", remedy="Give each its own id"
            )
    return settings


def _moment(world: Section) -> tuple[float | None, float]:
    value = world.raw("starts")
    if value is None:
        return None, 0.0
    remedy = "Give a moment with its offset from UTC, such as 2026-07-18T19:30:00+08:00"
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            raise SimulatorError(f"{value!r} is no moment", place=world.at("starts"), remedy=remedy) from None
    offset = value.utcoffset() if isinstance(value, dt.datetime) else None
    if offset is None:
        raise SimulatorError(f"{value} is no moment", place=world.at("starts"), remedy=remedy)
    return value.timestamp(), offset.total_seconds() / 3600.0


def _valley_axis(document: Mapping[str, Any]) -> tuple[LatLon, ...]:
    terrain = document.get("terrain")
    valley = terrain.get("valley") if isinstance(terrain, Mapping) else None
    if not isinstance(valley, Mapping):
        return ()
    return Section(valley, "terrain.valley").places("axis", least=2)


def _terrain(section: Section | None) -> TerrainSettings:
    if section is None:
        return TerrainSettings()
    given = [name for name in ("flat_m", "valley", "file") if name in section]
    if len(given) > 1:
        raise SimulatorError(
            f"{given[0]} and {given[1]} exclude each other", place=section.place, remedy="Give one of them"
        )
    file = section.text("file", "")
    extent_m = section.number("extent_m", 50.0, 20_000.0, 2_000.0)
    spacing_m = section.number("spacing_m", 1.0, 100.0, 10.0)
    if extent_m / spacing_m > 1_000.0:
        raise SimulatorError(
            f"{extent_m:g} m in steps of {spacing_m:g} m are too many",
            place=section.at("spacing_m"),
            remedy=f"Give {extent_m / 1_000.0:g} or more",
        )
    settings = TerrainSettings(
        flat_amsl_m=section.number("flat_m", *ALT_RANGE_M, 0.0),
        valley=_valley(section.section("valley")),
        file=Path(file) if file else None,
        islands=section.each("islands", _island),
        extent_m=extent_m,
        spacing_m=spacing_m,
    )
    section.close()
    return settings


def _valley(section: Section | None) -> ValleySettings | None:
    if section is None:
        return None
    valley = ValleySettings(
        axis=section.places("axis", least=2),
        bed_amsl_m=section.number("bed_m", *ALT_RANGE_M),
        plain_amsl_m=section.number("plain_m", *ALT_RANGE_M),
        bed_width_m=section.number("bed_width_m", 1.0, 5_000.0, 80.0),
        bank_slope=section.number("bank_slope", 0.005, 5.0, 0.1),
        plain_width_m=section.number("plain_width_m", 0.0, 50_000.0, 600.0),
        hill_slope=section.number("hill_slope", 0.005, 5.0, 0.2),
        hill_amsl_m=section.number("hills_m", *ALT_RANGE_M, ALT_RANGE_M[0]),
    )
    section.close()
    if valley.plain_amsl_m <= valley.bed_amsl_m:
        raise SimulatorError(
            f"the plain at {valley.plain_amsl_m:g} m is not above the bed",
            place=section.at("plain_m"),
            remedy=f"Give more than {valley.bed_amsl_m:g}",
        )
    return valley


def _island(section: Section) -> IslandSettings:
    shore_m = section.number("shore_m", *ALT_RANGE_M)
    return IslandSettings(
        shore=section.places("shore", least=3),
        shore_amsl_m=shore_m,
        top_amsl_m=section.number("top_m", shore_m, ALT_RANGE_M[1]),
        slope=section.number("slope", 0.005, 5.0, 0.05),
    )


def _wind(section: Section | None) -> WindSettings:
    if section is None:
        return WindSettings()
    speed = section.table("speed_m_s", 0.0, 60.0, 0.0)
    towards = section.table("from_deg", 0.0, 360.0, 0.0)
    # Components turn the short way between two directions, and need the moments of both tables.
    moments = sorted({*speed.at_s, *towards.at_s})
    north, east = [], []
    for at_s in moments:
        direction = math.radians(towards.at(at_s))
        north.append((at_s, -speed.at(at_s) * math.cos(direction)))
        east.append((at_s, -speed.at(at_s) * math.sin(direction)))
    settings = WindSettings(
        north_m_s=TimeTable.of(north),
        east_m_s=TimeTable.of(east),
        exponent=section.number("exponent", 0.0, 0.6, 0.14),
        gust_m_s=section.number("gust_m_s", 0.0, 20.0, 0.0),
        gust_s=section.number("gust_s", 0.5, 120.0, 5.0),
    )
    section.close()
    return settings


def _river(section: Section | None, valley_axis: tuple[LatLon, ...]) -> RiverSettings | None:
    if section is None:
        return None
    has_own = "axis" in section or not valley_axis
    river = RiverSettings(
        axis=section.places("axis", least=2) if has_own else valley_axis,
        level_amsl_m=section.table("level_m", *ALT_RANGE_M),
        flow_m_s=section.table("flow_m_s", 0.0, 10.0, 0.0),
    )
    section.close()
    return river


def _surface(section: Section) -> SurfaceSettings:
    kind = section.text("kind", words=KINDS)
    if "line" in section:
        width_m = section.number("width_m", 0.5, 500.0, ROAD_WIDTH_M)
        return SurfaceSettings(kind, section.places("line", least=2), width_m)
    return SurfaceSettings(kind, section.places("area", least=3))


def _people(section: Section | None) -> PeopleSettings:
    if section is None:
        return PeopleSettings()
    people = PeopleSettings(
        areas=section.each("areas", _area),
        walkers=section.each("walkers", _walkers),
        groups=section.each("groups", _group),
    )
    section.close()
    return people


def _area(section: Section) -> AreaSettings:
    place = section.at("per_hectare")
    value = section.raw("per_hectare", needed_as="a number, or a list of [hour, number]")
    if isinstance(value, list | tuple):
        hours: list[tuple[float, float]] = []
        for row, pair in enumerate(sequence(value, place, "[hour, number] pairs", least=1)):
            here = f"{place}[{row}]"
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise SimulatorError(f"{pair!r} is no pair", place=here, remedy="Give [hour, number]")
            hour = number(pair[0], here, 0.0, 24.0)
            if hours and hour <= hours[-1][0]:
                raise SimulatorError(
                    f"hour {hour:g} is not after {hours[-1][0]:g}", place=here, remedy="Give hours in order"
                )
            hours.append((hour, number(pair[1], here, 0.0, 20_000.0)))
    else:
        hours = [(0.0, number(value, place, 0.0, 20_000.0))]
    return AreaSettings(
        name=section.text("name", "area"),
        outline=section.places("area", least=3),
        hours=tuple(hours),
        cover=section.number("cover", 0.0, 1.0, 0.0),
    )


def _walkers(section: Section) -> WalkerSettings:
    return WalkerSettings(
        name=section.text("name", "walkers"),
        path=section.places("path", least=2),
        count=section.whole("count", 1, PEOPLE_AT_MOST, 1),
        speed_m_s=section.number("speed_m_s", 0.1, 12.0, 1.3),
        cover=section.number("cover", 0.0, 1.0, 0.0),
    )


def _group(section: Section) -> GroupSettings:
    from_s = section.number("from_s", *TIME_RANGE_S, 0.0)
    return GroupSettings(
        name=section.text("name", "group"),
        at=section.lat_lon("at"),
        count=section.whole("count", 1, PEOPLE_AT_MOST, 1),
        radius_m=section.number("radius_m", 0.0, 1_000.0, 3.0),
        kind=section.text("kind", "adults", words=("adults", "children")),
        from_s=from_s,
        until_s=section.number("until_s", from_s, TIME_RANGE_S[1], math.inf),
        cover=section.number("cover", 0.0, 1.0, 0.0),
    )


def _incident(section: Section) -> IncidentSettings:
    at_s = section.number("at_s", *TIME_RANGE_S, 0.0)
    return IncidentSettings(
        incident_id=section.text("id"),
        kind=section.text("kind"),
        at=section.lat_lon("at"),
        at_s=at_s,
        ends_s=section.number("ends_s", at_s, TIME_RANGE_S[1], math.inf),
        people=section.whole("people", 1, PEOPLE_AT_MOST, 1),
        radius_m=section.number("radius_m", 0.0, 1_000.0, 3.0),
        does_drift=section.flag("drifts"),
    )


def _aircraft(section: Section) -> AircraftSettings:
    place = section.at("route")
    route: list[tuple[float, float, float]] = []
    for row, each in enumerate(sequence(section.raw("route", needed_as="places"), place, "places", least=2)):
        here = f"{place}[{row}]"
        if not isinstance(each, list | tuple) or len(each) != 3:
            raise SimulatorError(
                f"{each!r} is no place",
                place=here,
                remedy="Give [latitude, longitude, metres above sea level]",
            )
        bounds = ((-85.0, 85.0), (-180.0, 180.0), (-500.0, 20_000.0))
        lat_deg, lon_deg, alt_m = (
            number(value, f"{here}[{column}]", *bound)
            for column, (value, bound) in enumerate(zip(each, bounds, strict=True))
        )
        if route and route[-1] == (lat_deg, lon_deg, alt_m):
            raise SimulatorError("it does not move from there", place=here, remedy="Give another place")
        route.append((lat_deg, lon_deg, alt_m))
    callsign = section.text("callsign")
    if len(callsign) > 8 or not callsign.isascii() or not callsign.isalnum():
        raise SimulatorError(
            f"{callsign!r} is no callsign",
            place=section.at("callsign"),
            remedy="Give 1 to 8 letters and digits",
        )
    does_loop = section.flag("loops")
    if does_loop and route[0] == route[-1]:
        route.pop()
    return AircraftSettings(
        icao_address=section.whole("icao", 1, 0xFFFFFF),
        callsign=callsign,
        route=tuple(route),
        speed_m_s=section.number("speed_m_s", 1.0, 350.0),
        starts_s=section.number("starts_s", *TIME_RANGE_S, 0.0),
        does_loop=does_loop,
        emitter_type=section.whole("emitter_type", 0, 19, 1),
    )


def _zone(section: Section) -> ZoneOutline:
    return ZoneOutline(section.text("kind", "exclusion", words=_ZONE_KINDS), section.places("area", least=3))


def _camera(section: Section | None) -> CameraSettings:
    default = CameraSettings()
    if section is None:
        return default
    camera = CameraSettings(
        width_px=section.whole("width_px", 64, 1_920, default.width_px),
        height_px=section.whole("height_px", 36, 1_080, default.height_px),
        field_of_view_deg=section.number("field_of_view_deg", 5.0, 120.0, default.field_of_view_deg),
        pitch_deg=section.number("pitch_deg", -90.0, 25.0, default.pitch_deg),
    )
    section.close()
    return camera


def _detectors(section: Section | None) -> DetectorSettings | None:
    if section is None:
        return None
    default = DetectorSettings()
    detectors = DetectorSettings(
        period_s=section.number("period_s", 0.1, 3_600.0, default.period_s),
        half_seen_px=section.number("half_seen_px", 1.0, 500.0, default.half_seen_px),
        least_light=section.number("least_light", 0.001, 1.0, default.least_light),
        place_px=section.number("place_px", 0.0, 100.0, default.place_px),
        attitude_deg=section.number("attitude_deg", 0.0, 20.0, default.attitude_deg),
        position_m=section.number("position_m", 0.0, 100.0, default.position_m),
        false_alarms_min=section.number("false_alarms_min", 0.0, 600.0, default.false_alarms_min),
        crowd_at_least=section.whole("crowd_at_least", 2, PEOPLE_AT_MOST, default.crowd_at_least),
    )
    section.close()
    return detectors


def _devices(section: Section | None) -> Mapping[str, Output]:
    if section is None:
        return {}
    devices = {}
    for name in (LOUDSPEAKER, LIGHT):
        device = section.section(name)
        if device is None:
            continue
        if ("servo" in device) is ("relay" in device):
            raise SimulatorError(
                f"no output for the {name}", place=device.place, remedy="Give servo: N, or relay: N"
            )
        if "relay" in device:
            devices[name] = Output(relay=device.whole("relay", 1, 6))
        else:
            devices[name] = Output(
                servo=device.whole("servo", 1, 16),
                on_us=device.whole("on_us", 500, 2_500, 1_900),
                off_us=device.whole("off_us", 500, 2_500, 1_100),
            )
        device.close()
    section.close()
    return devices
