"""Plan files, chosen by their ending."""

import os
import tempfile
from pathlib import Path

import orjson

from geofence.zone_set import ZoneSet
from missions.files.geojson import plan_to_geojson
from missions.files.qgc_plan import plan_from_document, plan_to_document
from missions.files.waypoints import plan_from_waypoints, plan_to_waypoints
from missions.plan.plan import Plan
from missions.refusal import MissionError

WRITTEN = ("plan", "geojson", "waypoints", "html")
"""Endings, and names of formats, that plans are written in."""

_READ = ("plan", "waypoints", "txt")
_SIZE_AT_MOST = 64 * 2**20


def read_plan(path: Path) -> Plan:
    """Read a plan: `.plan` of QGroundControl, `.waypoints` or `.txt` of the format QGC WPL 110.

    Raises
    ------
    MissionError
        The file cannot be read or understood; names the place in it.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in _READ:
        raise MissionError(
            f"plans are not read from {path.suffix or 'files without ending'}",
            place=str(path),
            remedy="Give a .plan, .waypoints or .txt file",
        )
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_AT_MOST + 1)
    except OSError as error:
        raise MissionError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="Check the path"
        ) from None
    if len(content) > _SIZE_AT_MOST:
        raise MissionError("larger than 64 MB", place=str(path), remedy="Give a plan file")
    if ending == "plan":
        return plan_from_document(content, source=str(path), name=path.stem)
    return plan_from_waypoints(content, source=str(path))


def export_plan(plan: Plan, format: str, *, zones: ZoneSet | None = None) -> bytes:  # noqa: A002
    """Write a plan as the content of a file.

    Parameters
    ----------
    format : str
        "plan", "geojson", "waypoints" or "html".
    zones : ZoneSet, optional
        Written too where the format has a place for them.

    Raises
    ------
    MissionError
        There is no such format.
    """
    if format == "plan":
        return orjson.dumps(plan_to_document(plan, zones=zones), option=orjson.OPT_INDENT_2)
    if format == "geojson":
        return orjson.dumps(plan_to_geojson(plan, zones=zones), option=orjson.OPT_INDENT_2)
    if format == "waypoints":
        return plan_to_waypoints(plan).encode()
    if format == "html":
        from missions.report.preview import plan_to_html

        return plan_to_html(plan, zones=zones).encode()
    raise MissionError(f"there is no plan format {format!r}", remedy=f"Choose one of {', '.join(WRITTEN)}")


def format_of(path: Path) -> str:
    """Return the format that a file's ending asks for.

    Raises
    ------
    MissionError
        Plans are not written with that ending.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in WRITTEN:
        raise MissionError(
            f"the ending {path.suffix!r} names no plan format" if path.suffix else "has no ending",
            place=str(path),
            remedy=f"End it with {', '.join('.' + known for known in WRITTEN)}",
        )
    return ending


def write_plan(plan: Plan, path: Path, *, zones: ZoneSet | None = None) -> None:
    """Write a plan; the file is whole or not there.

    Raises
    ------
    MissionError
        The ending is not known, or the folder cannot be written to.
    """
    content = export_plan(plan, format_of(path), zones=zones)
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(draft).chmod(0o644)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MissionError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="Check the folder"
        ) from None
