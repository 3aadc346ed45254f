"""The zone file formats, and who reads and writes each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from geofence.crs import Crs
from geofence.formats.eurocae.ed269 import is_ed269, read_ed269, write_ed269
from geofence.formats.eurocae.ed318 import is_ed318, read_ed318, write_ed318
from geofence.formats.geojson import is_geojson, read_geojson, write_geojson
from geofence.formats.kml.document import is_kml, is_kmz
from geofence.formats.kml.reader import read_kml
from geofence.formats.kml.writer import write_kml, write_kmz
from geofence.formats.openair.reader import is_openair, read_openair
from geofence.formats.qgc.fence import write_qgc_fence
from geofence.formats.qgc.reader import is_qgc_plan, read_qgc_fence
from geofence.formats.repair_log import RepairLog
from geofence.formats.vector.reader import (
    is_geopackage,
    is_shapefile,
    read_geopackage,
    read_geopackage_file,
    read_shapefile,
    read_shapefile_beside,
)
from geofence.refusal import GeofenceError
from geofence.zone import Zone


class ZoneFormat(StrEnum):
    """The formats of zone files."""

    GEOPACKAGE = "geopackage"
    SHAPEFILE = "shapefile"
    QGC_PLAN = "qgc_plan"
    ED269 = "ed269"
    ED318 = "ed318"
    KML = "kml"
    KMZ = "kmz"
    OPENAIR = "openair"
    GEOJSON = "geojson"


class ReadZones(Protocol):
    """Reads what a file holds."""

    def __call__(self, content: bytes, *, source: str, log: RepairLog) -> list[Zone]:
        """Read zones."""
        ...


class WriteZones(Protocol):
    """Says zones in a format."""

    def __call__(self, zones: Iterable[Zone], *, log: RepairLog) -> bytes:
        """Write zones; what the format cannot say is noted in the log."""
        ...


class ReadZonesBeside(Protocol):
    """Reads a file together with those beside it, as a Shapefile wants, and one whose coordinate system is its own affair."""

    def __call__(self, path: Path, *, source: str, log: RepairLog, crs: Crs | None) -> list[Zone]:
        """Read zones; `crs` is what degrees are counted in where the file does not say."""
        ...


@dataclass(frozen=True, slots=True)
class FormatHandler:
    """What can be done with a format.

    Parameters
    ----------
    title : str
        For people.
    suffixes : tuple of str
        In lower case with the dot.
    sniff : callable
        Whether a content is of this format; cheap, and never refuses.
    read : callable
    write : callable or None
        None where it is only read.
    read_beside : callable or None
        Taken instead of `read` for a file on disk, where the format is spread over several.
    """

    title: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    read: ReadZones
    write: WriteZones | None = None
    read_beside: ReadZonesBeside | None = None


FORMATS: dict[ZoneFormat, FormatHandler] = {
    ZoneFormat.GEOPACKAGE: FormatHandler(
        "GeoPackage", (".gpkg",), is_geopackage, read_geopackage, read_beside=read_geopackage_file
    ),
    ZoneFormat.SHAPEFILE: FormatHandler(
        "Shapefile",
        (".shp", ".shp.zip", ".shz"),
        is_shapefile,
        read_shapefile,
        read_beside=read_shapefile_beside,
    ),
    ZoneFormat.QGC_PLAN: FormatHandler(
        "QGroundControl plan", (".plan", ".fence"), is_qgc_plan, read_qgc_fence, write_qgc_fence
    ),
    ZoneFormat.ED269: FormatHandler("ED-269", (".ed269.json",), is_ed269, read_ed269, write_ed269),
    ZoneFormat.ED318: FormatHandler(
        "ED-318", (".ed318.json", ".ed318.geojson"), is_ed318, read_ed318, write_ed318
    ),
    ZoneFormat.KML: FormatHandler("KML", (".kml",), is_kml, read_kml, write_kml),
    ZoneFormat.KMZ: FormatHandler("KMZ", (".kmz",), is_kmz, read_kml, write_kmz),
    ZoneFormat.OPENAIR: FormatHandler("OpenAir", (".openair", ".air", ".txt"), is_openair, read_openair),
    ZoneFormat.GEOJSON: FormatHandler(
        "GeoJSON", (".geojson", ".json"), is_geojson, read_geojson, write_geojson
    ),
}
"""In the order in which they are asked whether a content or a suffix is theirs: the narrower first."""


def format_to_read(content: bytes, path: Path) -> ZoneFormat:
    """Tell the format of a file by what it holds; by its suffix where nobody claims that.

    Raises
    ------
    GeofenceError
        Where neither tells.
    """
    for zone_format, handler in FORMATS.items():
        if handler.sniff(content):
            return zone_format
    return _format_of_suffix(path, FORMATS)


def format_to_write(path: Path) -> ZoneFormat:
    """Tell the format to write a file in, by its suffix.

    Raises
    ------
    GeofenceError
        Where no format that can be written has it.
    """
    return _format_of_suffix(
        path, {name: handler for name, handler in FORMATS.items() if handler.write is not None}
    )


def _format_of_suffix(path: Path, formats: Mapping[ZoneFormat, FormatHandler]) -> ZoneFormat:
    names = path.name.lower()
    for zone_format, handler in formats.items():
        if names.endswith(handler.suffixes):
            return zone_format
    known = "; ".join(f"{handler.title} {', '.join(handler.suffixes)}" for handler in formats.values())
    raise GeofenceError("this is no known kind of zone file", place=str(path), remedy=f"Give one of: {known}")
