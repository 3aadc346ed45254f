"""The formats that plans come in and go out to."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import orjson

from geofence.formats.shown import show
from geofence.zone_set import ZoneSet
from missions.files.account import Account
from missions.files.foreign_flight import Unsaid
from missions.files.geojson import plan_from_geojson, plan_to_geojson
from missions.files.gpx import plan_from_gpx, plan_to_gpx
from missions.files.kml_reader import plan_from_kml
from missions.files.kml_writer import plan_to_kml, plan_to_kmz
from missions.files.qgc_plan import plan_from_document, plan_to_document
from missions.files.waypoints import plan_from_waypoints, plan_to_waypoints
from missions.files.wpml.reader import is_wpml, plan_from_wpml
from missions.files.wpml.writer import plan_to_wpml
from missions.plan.plan import Plan
from missions.refusal import MissionError


class PlanFormat(StrEnum):
    """The formats by their names."""

    PLAN = "plan"
    WAYPOINTS = "waypoints"
    GEOJSON = "geojson"
    KML = "kml"
    KMZ = "kmz"
    GPX = "gpx"
    WPML = "wpml"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class FormatHandler:
    """What can be done with one format.

    Parameters
    ----------
    title : str
        For people.
    suffixes : tuple of str
        The first is written.
    media_type : str
    write : callable
        Of a plan, zones to write beside it, and what the format cannot say.
    read : callable or None
        Of a content, its source, a name where it gives none, what to take where it says nothing, and what was done.
    """

    title: str
    suffixes: tuple[str, ...]
    media_type: str
    write: Callable[[Plan, ZoneSet | None, Account], bytes]
    read: Callable[[bytes, str, str, Unsaid, Account], Plan] | None = None


def _write_plan(plan: Plan, zones: ZoneSet | None, _: Account) -> bytes:
    return orjson.dumps(plan_to_document(plan, zones=zones), option=orjson.OPT_INDENT_2)


def _write_waypoints(plan: Plan, _: ZoneSet | None, account: Account) -> bytes:
    if plan.routes or plan.returns is not None or plan.zone_id:
        account.note("routes, the way back, rally points and what else is known of the patrol are left out")
    return plan_to_waypoints(plan).encode()


def _write_geojson(plan: Plan, zones: ZoneSet | None, _: Account) -> bytes:
    return orjson.dumps(plan_to_geojson(plan, zones=zones), option=orjson.OPT_INDENT_2)


def _write_html(plan: Plan, zones: ZoneSet | None, account: Account) -> bytes:
    from missions.report.report import plan_to_html

    account.note("a page is to be looked at; it is not read again")
    return plan_to_html(plan, zones=zones).encode()


def _read_kmz(content: bytes, source: str, name: str, unsaid: Unsaid, account: Account) -> Plan:
    read = plan_from_wpml if is_wpml(content) else plan_from_kml
    return read(content, source=source, name=name, unsaid=unsaid, account=account)


FORMATS = {
    PlanFormat.PLAN: FormatHandler(
        "QGroundControl plan",
        (".plan",),
        "application/json",
        _write_plan,
        lambda content, source, name, unsaid, account: plan_from_document(
            content, source=source, name=name, unsaid=unsaid, account=account
        ),
    ),
    PlanFormat.WAYPOINTS: FormatHandler(
        "QGC WPL 110",
        (".waypoints", ".txt"),
        "text/plain; charset=utf-8",
        _write_waypoints,
        lambda content, source, _name, unsaid, _: plan_from_waypoints(content, source=source, unsaid=unsaid),
    ),
    PlanFormat.GEOJSON: FormatHandler(
        "GeoJSON",
        (".geojson", ".json"),
        "application/geo+json",
        _write_geojson,
        lambda content, source, name, unsaid, account: plan_from_geojson(
            content, source=source, name=name, unsaid=unsaid, account=account
        ),
    ),
    PlanFormat.KML: FormatHandler(
        "KML 2.2",
        (".kml",),
        "application/vnd.google-earth.kml+xml",
        lambda plan, _, account: plan_to_kml(plan, account),
        lambda content, source, name, unsaid, account: plan_from_kml(
            content, source=source, name=name, unsaid=unsaid, account=account
        ),
    ),
    PlanFormat.WPML: FormatHandler(
        "DJI WPML",
        (".wpml.kmz",),
        "application/vnd.google-earth.kmz",
        lambda plan, _, account: plan_to_wpml(plan, account),
        _read_kmz,
    ),
    PlanFormat.KMZ: FormatHandler(
        "KMZ",
        (".kmz",),
        "application/vnd.google-earth.kmz",
        lambda plan, _, account: plan_to_kmz(plan, account),
        _read_kmz,
    ),
    PlanFormat.GPX: FormatHandler(
        "GPX 1.1",
        (".gpx",),
        "application/gpx+xml",
        lambda plan, _, account: plan_to_gpx(plan, account),
        lambda content, source, name, unsaid, account: plan_from_gpx(
            content, source=source, name=name, unsaid=unsaid, account=account
        ),
    ),
    PlanFormat.HTML: FormatHandler("page", (".html",), "text/html; charset=utf-8", _write_html),
}
"""Of two whose suffix ends alike, the longer comes first."""


def format_to_read(path: Path) -> PlanFormat:
    """Return the format of a file's ending that plans are read from.

    Raises
    ------
    MissionError
        There is none.
    """
    found = _format_of(path)
    if found is None or FORMATS[found].read is None:
        known = ", ".join(
            suffix for handler in FORMATS.values() if handler.read for suffix in handler.suffixes
        )
        raise MissionError(
            f"plans are not read from {path.suffix or 'files without ending'}",
            place=str(path),
            remedy=f"Give a file that ends with {known}",
        )
    return found


def format_to_write(path: Path) -> PlanFormat:
    """Return the format that a file's ending asks for.

    Raises
    ------
    MissionError
        Plans are not written with that ending.
    """
    found = _format_of(path)
    if found is None or path.name.lower().endswith(".json"):
        raise MissionError(
            f"the ending {path.suffix!r} names no plan format" if path.suffix else "has no ending",
            place=str(path),
            remedy=f"End it with {', '.join(handler.suffixes[0] for handler in FORMATS.values())}",
        )
    return found


def ending_of(path: Path) -> str:
    """Return the ending of a file that tells its format, as it is written; it may be of two parts."""
    name = path.name.lower()
    suffixes = [
        suffix for handler in FORMATS.values() for suffix in handler.suffixes if name.endswith(suffix)
    ]
    return path.name[-len(max(suffixes, key=len)) :] if suffixes else path.suffix


def format_named(name: str) -> PlanFormat:
    """Return a format by its name.

    Raises
    ------
    MissionError
        There is none of that name.
    """
    try:
        return PlanFormat(name)
    except ValueError:
        raise MissionError(
            f"there is no plan format {show(name)}", remedy=f"Choose one of {', '.join(PlanFormat)}"
        ) from None


def _format_of(path: Path) -> PlanFormat | None:
    name = path.name.lower()
    for known, handler in FORMATS.items():
        if any(name.endswith(suffix) for suffix in handler.suffixes):
            return known
    return None
