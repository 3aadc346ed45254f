"""What `feiying plan` asks about a pattern, and the pattern that is made of the answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import shapely
import typer

from geofence.latlon import LatLon
from geofence.refusal import GeofenceError
from geofence.zone_set import ZoneSet
from missions.files.places import read_lines, read_points
from missions.patterns.drift import Drift
from missions.patterns.pattern import (
    AreaPattern,
    CorridorPattern,
    Direction,
    ExpandingSquarePattern,
    LinesPattern,
    OrbitPattern,
    Pattern,
    PatternName,
    PerimeterPattern,
    PointOfInterest,
    PointsPattern,
    SectorSearchPattern,
    SpiralPattern,
)
from missions.refusal import MissionError

_ZONES = "Area and perimeter"
_LINES = "Corridor, lines and points"
_CIRCLES = "Orbit and spiral"
_SEARCHES = "Expanding square and sector search"


def _option(flag: str, metavar: str | None, panel: str, help: str) -> Any:  # noqa: A002
    return typer.Option(flag, metavar=metavar, rich_help_panel=panel, help=help, show_default=False)


ZoneOption = Annotated[
    list[str] | None,
    _option(
        "--zone",
        "ID",
        _ZONES,
        "Zone to patrol. With --pads may be given again; areas of all inclusion zones where not given.",
    ),
]
SwathOption = Annotated[
    float | None,
    _option("--swath", "M", _ZONES, "Width the camera covers, of corridors too; 40 m where not given."),
]
OverlapOption = Annotated[
    float | None,
    typer.Option(
        "--overlap",
        "--side-overlap",
        metavar="SHARE",
        rich_help_panel=_ZONES,
        help="Share of the swath seen again by the next line, 0 to 0.9; of corridors too.",
        show_default=False,
    ),
]
CrosshatchOption = Annotated[
    bool | None,
    typer.Option(
        "--crosshatch", rich_help_panel=_ZONES, help="See an area again on lines across.", show_default=False
    ),
]
HeadlandOption = Annotated[
    bool | None,
    typer.Option(
        "--headland", rich_help_panel=_ZONES, help="Go once along an area's border first.", show_default=False
    ),
]
InsetOption = Annotated[
    float | None,
    _option(
        "--inset",
        "M",
        _ZONES,
        "Distance of a perimeter from the border; the least that is safe where not given.",
    ),
]
LapsOption = Annotated[int | None, _option("--laps", "N", _ZONES, "Laps of a perimeter; 1 where not given.")]
LineOption = Annotated[
    str | None,
    _option(
        "--line",
        "FILE|ID|PLACES",
        _LINES,
        "Line of a corridor: GeoJSON, a zone's border, or 'LAT,LON LAT,LON ...'.",
    ),
]
WidthOption = Annotated[
    float | None, _option("--width", "M", _LINES, "Width of a corridor; one line where not given.")
]
LinesOption = Annotated[Path | None, _option("--lines", "FILE", _LINES, "Patrol lines, GeoJSON.")]
PointsOption = Annotated[
    str | None, _option("--points", "FILE|PLACES", _LINES, "Points: GeoJSON, or 'LAT,LON LAT,LON ...'.")
]
DwellOption = Annotated[
    float | None, _option("--dwell", "S", _LINES, "Time at each point; 10 s where not given.")
]
LookAtOption = Annotated[
    str | None, _option("--look-at", "LAT,LON", _LINES, "What the camera looks at from each point.")
]
CentreOption = Annotated[str | None, _option("--centre", "LAT,LON", _CIRCLES, "What is circled.")]
RadiusOption = Annotated[
    float | None,
    _option("--radius", "M", _CIRCLES, "Of an orbit, 40 m, or of a sector search, 150 m, where not given."),
]
StartRadiusOption = Annotated[
    float | None, _option("--start-radius", "M", _CIRCLES, "Of a spiral; 10 m where not given.")
]
EndRadiusOption = Annotated[
    float | None, _option("--end-radius", "M", _CIRCLES, "Of a spiral; 100 m where not given.")
]
TurnsOption = Annotated[
    float | None, _option("--turns", "N", _CIRCLES, "2 of an orbit, 3 of a spiral where not given.")
]
EndAltOption = Annotated[
    float | None, _option("--end-alt", "M", _CIRCLES, "Altitude above home that a spiral ends at.")
]
LookAltOption = Annotated[
    float | None, _option("--look-alt", "M", _CIRCLES, "Height above home that the camera looks at.")
]
DirectionOption = Annotated[
    Direction | None,
    _option("--direction", None, _CIRCLES, "Of orbits, spirals, perimeters, and of the turns of searches."),
]
DatumOption = Annotated[
    str | None, _option("--datum", "LAT,LON", _SEARCHES, "Most probable position at take-off.")
]
TrackSpacingOption = Annotated[
    float | None, _option("--track-spacing", "M", _SEARCHES, "Of a square; 50 m where not given.")
]
LegsOption = Annotated[int | None, _option("--legs", "N", _SEARCHES, "Of a square; 12 where not given.")]
SearchesOption = Annotated[
    int | None, _option("--searches", "N", _SEARCHES, "Sector searches: 1, or 2 turned by 30 degrees.")
]
HeadingOption = Annotated[
    float | None, _option("--heading", "DEG", _SEARCHES, "Azimuth of the first leg; north where not given.")
]
DriftOption = Annotated[
    str | None,
    _option("--drift", "SET,RATE", _SEARCHES, "Where the datum drifts, degrees, and how fast, m/s."),
]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a pattern is made of options; the first ones are needed."""

    make: Callable[..., Pattern]
    parameters: Mapping[str, str]
    needed: tuple[str, ...]


_SWATH = {"--swath": "swath_m", "--overlap": "overlap"}
_TURNING = {"--turns": "turns", "--direction": "direction", "--look-alt": "look_alt_rel_m"}
_SEARCH = {"--datum": "datum", "--heading": "heading_deg", "--direction": "direction", "--drift": "drift"}
_SHAPES = {
    PatternName.AREA: _Shape(
        AreaPattern,
        {"--zone": "zone_id", **_SWATH, "--crosshatch": "crosshatch", "--headland": "headland"},
        ("--zone",),
    ),
    PatternName.PERIMETER: _Shape(
        PerimeterPattern,
        {
            "--zone": "zone_id",
            "--swath": "swath_m",
            "--inset": "inset_m",
            "--laps": "laps",
            "--direction": "direction",
        },
        ("--zone",),
    ),
    PatternName.CORRIDOR: _Shape(
        CorridorPattern, {"--line": "line", "--width": "width_m", **_SWATH}, ("--line",)
    ),
    PatternName.LINES: _Shape(LinesPattern, {"--lines": "lines"}, ("--lines",)),
    PatternName.POINTS: _Shape(
        PointsPattern, {"--points": "points", "--dwell": "", "--look-at": ""}, ("--points",)
    ),
    PatternName.ORBIT: _Shape(
        OrbitPattern, {"--centre": "centre", "--radius": "radius_m", **_TURNING}, ("--centre",)
    ),
    PatternName.SPIRAL: _Shape(
        SpiralPattern,
        {
            "--centre": "centre",
            "--start-radius": "start_radius_m",
            "--end-radius": "end_radius_m",
            "--end-alt": "end_alt_rel_m",
            **_TURNING,
        },
        ("--centre",),
    ),
    PatternName.EXPANDING_SQUARE: _Shape(
        ExpandingSquarePattern,
        {**_SEARCH, "--track-spacing": "track_spacing_m", "--legs": "legs"},
        ("--datum",),
    ),
    PatternName.SECTOR_SEARCH: _Shape(
        SectorSearchPattern,
        {**_SEARCH, "--radius": "radius_m", "--searches": "searches"},
        ("--datum",),
    ),
}


def takes_option(name: PatternName, option: str) -> bool:
    """Whether an option goes with a pattern."""
    return option in _SHAPES[name].parameters


def refuse_options(name: PatternName, given: Mapping[str, Any]) -> None:
    """Refuse options that do not go with a pattern, and what it lacks.

    Raises
    ------
    MissionError
    """
    shape = _SHAPES[name]
    known = ", ".join(shape.parameters)
    for option in given:
        if option not in shape.parameters:
            raise MissionError(
                f"does not go with the pattern {name.value}", place=option, remedy=f"It takes {known}"
            )
    for option in shape.needed:
        if option not in given:
            raise MissionError(
                f"the pattern {name.value} needs it", place=option, remedy=f"Give {option}; it takes {known}"
            )


def one_zone(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the options with the one zone that a pattern from one pad has.

    Raises
    ------
    MissionError
    """
    zones = given.get("--zone", ())
    if len(zones) > 1:
        raise MissionError(
            f"{len(zones)} zones are shared among the drones of --pads only",
            place="--zone",
            remedy="Give one, or --pads",
        )
    return {**given, "--zone": zones[0]} if zones else dict(given)


def pattern_of_options(name: PatternName, given: Mapping[str, Any], zones: ZoneSet) -> Pattern:
    """Make the pattern.

    Parameters
    ----------
    name : PatternName
    given : mapping
        Value by option, of those that were given.
    zones : ZoneSet
        Whose borders a line may name.

    Raises
    ------
    MissionError, GeofenceError
    """
    refuse_options(name, given)
    shape = _SHAPES[name]
    values = {option: _read(option, value, given, zones) for option, value in given.items()}
    return shape.make(
        **{field: values[option] for option, field in shape.parameters.items() if field and option in values}
    )


def _read(option: str, value: Any, given: Mapping[str, Any], zones: ZoneSet) -> Any:
    match option:
        case "--centre" | "--datum" | "--look-at":
            return parse_position(value, option)
        case "--line":
            return _line(value, zones)
        case "--lines":
            return read_lines(value)
        case "--points":
            return _points(value, given)
        case "--drift":
            return _drift(value)
        case _:
            return value


def parse_position(text: str, option: str) -> LatLon:
    """Read a position from `LAT,LON`.

    Raises
    ------
    MissionError
    """
    try:
        lat_deg, lon_deg = (float(part) for part in text.split(","))
        return LatLon(lat_deg, lon_deg)
    except ValueError:
        reason = "two numbers in degrees with a comma between are expected"
    except GeofenceError as error:
        reason = error.what
    raise MissionError(
        f"{text!r} is no position: {reason}",
        place=option,
        remedy="Write latitude first, for example 36.0925,103.7080",
    )


def _is_places(text: str) -> bool:
    return "," in text and not Path(text).exists()


def _line(text: str, zones: ZoneSet) -> tuple[LatLon, ...]:
    if text in zones:
        parts = shapely.get_parts(zones.get(text).area)
        border = max(parts, key=lambda part: float(part.area)).exterior
        return tuple(
            LatLon(lat_deg, lon_deg) for lon_deg, lat_deg in shapely.get_coordinates(border).tolist()
        )
    if _is_places(text):
        return tuple(parse_position(part, "--line") for part in text.split())
    if not Path(text).suffix and not Path(text).exists():
        raise MissionError(
            f"no zone and no file is called {text!r}",
            place="--line",
            remedy=f"Give a GeoJSON file, 'LAT,LON LAT,LON ...' or one of the zones {', '.join(zone.zone_id for zone in zones)}",
        )
    lines = read_lines(Path(text))
    if len(lines) > 1:
        raise MissionError(
            f"holds {len(lines)} lines, and a corridor follows one",
            place=text,
            remedy="Give one line, or take --pattern lines --lines FILE",
        )
    return lines[0]


def _points(text: str, given: Mapping[str, Any]) -> tuple[PointOfInterest, ...]:
    look_at = parse_position(given["--look-at"], "--look-at") if "--look-at" in given else None
    dwell_s: float | None = given.get("--dwell")
    if not _is_places(text):
        return read_points(Path(text), dwell_s=dwell_s, look_at=look_at)
    places = [parse_position(part, "--points") for part in text.split()]
    if dwell_s is None:
        return tuple(PointOfInterest(place, look_at=look_at) for place in places)
    return tuple(PointOfInterest(place, dwell_s, look_at) for place in places)


def _drift(text: str) -> Drift:
    try:
        set_deg, rate_m_s = (float(part) for part in text.split(","))
    except ValueError:
        raise MissionError(
            f"{text!r} is no drift: two numbers with a comma between are expected",
            place="--drift",
            remedy="Write where it drifts and how fast, for example 135,0.5",
        ) from None
    return Drift(set_deg, rate_m_s)
