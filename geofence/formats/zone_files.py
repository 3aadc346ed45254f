"""Zone files of any known format, read and written."""

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from geofence.crs import Crs, zones_in_wgs84
from geofence.formats.repair_log import RepairLog
from geofence.formats.zone_format import FORMATS, ZoneFormat, format_to_read, format_to_write
from geofence.refusal import GeofenceError
from geofence.repair import Repair
from geofence.zone import Zone, ZoneKind
from geofence.zone_set import ZoneSet

_SIZE_AT_MOST = 256 * 2**20


def read_zones(path: Path, *, crs: Crs | None = None, unsaid_kind: ZoneKind | None = None) -> ZoneSet:
    """Read the zones of a file; what it holds tells its format, its suffix only where that does not.

    Parameters
    ----------
    path : Path
    crs : Crs or None
        The shifted system of Chinese maps its degrees are counted in; they are brought to WGS-84. None for what
        the file says, and WGS-84 where that is nothing.
    unsaid_kind : ZoneKind or None
        What zones are that do not say their kind. None for what the format has for them: our own GeoJSON takes
        them for inclusion zones, all others for exclusion zones, and both tell.

    Returns
    -------
    ZoneSet
        With what was mended in `repairs`.

    Raises
    ------
    GeofenceError
        Whatever the file holds: the sentence names the file, and the line or the feature.
    """
    source = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_AT_MOST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable path"
        raise GeofenceError(
            f"cannot be read ({reason.lower()})", place=source, remedy="Give a zone file that exists"
        ) from None
    if len(content) > _SIZE_AT_MOST:
        raise GeofenceError("larger than 256 MB", place=source, remedy="Give the zones of one region")
    handler = FORMATS[format_to_read(content, path)]
    log = RepairLog(source, unsaid_kind=unsaid_kind)
    try:
        zones = (
            handler.read(content, source=source, log=log)
            if handler.read_beside is None
            else handler.read_beside(path, source=source, log=log, crs=crs)
        )
        if crs is not None:
            zones = zones_in_wgs84(zones, crs, log=log)
        return ZoneSet(zones, source=source, repairs=log.repairs)
    except GeofenceError as refusal:
        if refusal.place.startswith(source):
            raise
        # What refuses a zone as such knows no file.
        place = ", ".join(filter(None, (source, refusal.place)))
        raise GeofenceError(refusal.what, place=place, remedy=refusal.remedy) from None


def write_zones(
    zones: Iterable[Zone],
    path: Path,
    *,
    format: ZoneFormat | None = None,  # noqa: A002 - the word of the field
) -> tuple[Repair, ...]:
    """Write zones to a file, whole or not at all.

    Parameters
    ----------
    format : ZoneFormat or None
        None for the one of the suffix.

    Returns
    -------
    tuple of Repair
        What the format cannot say.

    Raises
    ------
    GeofenceError
        Where the file cannot be written, or a zone cannot be said in the format; what was there stays.
    """
    handler = FORMATS[format_to_write(path) if format is None else format]
    if handler.write is None:
        raise GeofenceError(f"{handler.title} is only read", place=str(path), remedy="Choose another format")
    log = RepairLog(str(path))
    try:
        content = handler.write(zones, log=log)
        whole = path.resolve()  # a link stays one
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=whole.parent)
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "not a usable path"
        raise GeofenceError(
            f"cannot be written ({reason.lower()})",
            place=str(path),
            remedy="Name a file in a folder that exists",
        ) from None
    except GeofenceError as refusal:
        if refusal.place:
            raise
        raise GeofenceError(refusal.what, place=str(path), remedy=refusal.remedy) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(part).chmod(0o644)
        Path(part).replace(whole)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(part).unlink()
        if not isinstance(error, OSError):
            raise
        reason = (error.strerror or "unknown").lower()
        raise GeofenceError(f"cannot be written ({reason})", place=str(path)) from None
    return tuple(log.repairs)
