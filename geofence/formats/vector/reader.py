"""Zones from GeoPackages and Shapefiles.

Each feature is read as a Feature of our own GeoJSON whose properties are its attributes. A Shapefile cuts their names
to ten characters: `ceiling_da` is understood as `ceiling_datum`; capitals do not matter. `causes`, `authorities` and
`applicability` may be JSON in a text. A point is a circle where it has an attribute `radius_m`.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from geofence.crs import Crs
from geofence.formats.geojson import zones_of_document
from geofence.formats.repair_log import RepairLog
from geofence.formats.vector.layer import VectorLayer, features_of, refusing
from geofence.formats.vector.shapefile_parts import (
    PACKED_NAME,
    SHP_MAGIC,
    ShapefileParts,
    is_zip_of_shapefiles,
    shapefile_beside,
    shapefiles_in_zip,
)
from geofence.refusal import GeofenceError
from geofence.zone import Zone, ZoneKind


def is_geopackage(content: bytes) -> bool:
    """Whether a content is a GeoPackage."""
    return content.startswith(b"SQLite format 3\x00") and content[68:72] in (b"GPKG", b"GP10", b"GP11")


def is_shapefile(content: bytes) -> bool:
    """Whether a content is the .shp file of a Shapefile, or a zip file with some in it."""
    return content.startswith(SHP_MAGIC) or is_zip_of_shapefiles(content)


def read_geopackage(content: bytes, *, source: str, log: RepairLog, crs: Crs | None = None) -> list[Zone]:
    """Read the zones of all layers of a GeoPackage.

    Parameters
    ----------
    content : bytes
    source : str
    log : RepairLog
    crs : Crs or None
        What degrees are counted in where a layer does not say its coordinate system.

    Raises
    ------
    GeofenceError
        Names the layer, and the feature and attribute.
    """
    from pyogrio import list_layers  # GDAL, which takes its time to load

    _demand_whole(content, source=source)
    with refusing(source):
        layers = [str(name) for name, geometry_type in list_layers(content) if geometry_type is not None]
    return _zones(
        [
            VectorLayer(content, name, name, f"{source}, layer {name}" if len(layers) > 1 else source)
            for name in layers
        ],
        source=source,
        log=log,
        crs=crs,
    )


def _demand_whole(content: bytes, *, source: str) -> None:
    """Refuse a database with fewer pages than its head says (SQLite Database File Format, 1.3)."""
    page_size, pages = int.from_bytes(content[16:18], "big"), int.from_bytes(content[28:32], "big")
    page_size = 65_536 if page_size == 1 else page_size
    is_counted = content[24:28] == content[92:96]
    if is_counted and len(content) < pages * page_size:
        raise GeofenceError(
            f"it is damaged: the file ends after {len(content)} of its {pages * page_size} bytes",
            place=source,
            remedy="Export it again, or copy it whole",
        )


def read_geopackage_file(path: Path, *, source: str, log: RepairLog, crs: Crs | None = None) -> list[Zone]:
    """Read the zones of a GeoPackage on disk.

    Raises
    ------
    GeofenceError
        Also where a program has changes in hand that are not in the file yet.
    """
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and journal.stat().st_size > 0:
        raise GeofenceError(
            f"it is open in another program, and its last changes are in {journal.name}",
            place=source,
            remedy="Save and close it there",
        )
    return read_geopackage(path.read_bytes(), source=source, log=log, crs=crs)


def read_shapefile(content: bytes, *, source: str, log: RepairLog, crs: Crs | None = None) -> list[Zone]:
    """Read the zones of the Shapefiles in a zip file.

    Raises
    ------
    GeofenceError
        Also for a .shp file alone.

    See Also
    --------
    read_geopackage
    """
    if content.startswith(SHP_MAGIC):
        return _shapefile_zones(
            [ShapefileParts("", source, {"shp": content})], source=source, log=log, crs=crs
        )
    return _shapefile_zones(shapefiles_in_zip(content, source=source), source=source, log=log, crs=crs)


def read_shapefile_beside(path: Path, *, source: str, log: RepairLog, crs: Crs | None = None) -> list[Zone]:
    """Read the zones of a Shapefile on disk, with the files beside it or zipped."""
    content = path.read_bytes()
    if not content.startswith(SHP_MAGIC):
        return read_shapefile(content, source=source, log=log, crs=crs)
    return _shapefile_zones([shapefile_beside(path, source=source)], source=source, log=log, crs=crs)


def _shapefile_zones(
    shapefiles: Sequence[ShapefileParts], *, source: str, log: RepairLog, crs: Crs | None
) -> list[Zone]:
    layers = [
        VectorLayer(shapefile.packed(), PACKED_NAME, shapefile.name, shapefile.place, shapefile.parts)
        for shapefile in shapefiles
    ]
    return _zones(layers, source=source, log=log, crs=crs)


def _zones(layers: Sequence[VectorLayer], *, source: str, log: RepairLog, crs: Crs | None) -> list[Zone]:
    found = [(layer, features_of(layer, crs=crs, log=log)) for layer in layers]
    filled = [(layer, features) for layer, features in found if features]
    if not filled:
        raise GeofenceError(
            "there is no zone in it",
            place=source,
            remedy="Give at least one polygon, or a point with an attribute radius_m",
        )
    zones: list[Zone] = []
    for layer, features in filled:
        of_layer = zones_of_document(
            {"type": "FeatureCollection", "features": list(features.values())},
            source=layer.place,
            log=log,
            unsaid_kind=ZoneKind.EXCLUSION,
            numbers=list(features),
        )
        # Layers count for themselves: the first zone of one is another than the first of the next.
        zones += of_layer if len(filled) == 1 else [_within(layer, zone) for zone in of_layer]
    return zones


def _within(layer: VectorLayer, zone: Zone) -> Zone:
    return replace(zone, zone_id=f"{layer.title}/{zone.zone_id}")
