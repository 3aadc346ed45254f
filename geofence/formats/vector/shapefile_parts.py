"""The files that make up a Shapefile, beside each other in a folder or together in a zip file."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from geofence.refusal import GeofenceError

SHP_MAGIC = b"\x00\x00\x27\x0a"
PACKED_NAME = "layer"

SHAPEFILE_SUFFIXES = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED = {
    "shx": "the index of its shapes",
    "dbf": "its attributes, without which nobody knows what is forbidden",
}
_SHP_HEAD, _DBF_HEAD, _INDEX_ENTRY, _RECORD_HEAD = 100, 32, 8, 8
"""Bytes."""
_SIZE_AT_MOST = 512 * 2**20
_FILES_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class ShapefileParts:
    """One Shapefile.

    Parameters
    ----------
    name : str
        Without suffix.
    place : str
        For refusals.
    parts : mapping of str to bytes
        By suffix in lower case without the dot.

    Raises
    ------
    GeofenceError
        Where one that is needed is missing or cut off, or they count different shapes.
    """

    name: str
    place: str
    parts: Mapping[str, bytes]

    def __post_init__(self) -> None:
        for suffix, what in _NEEDED.items():
            if suffix not in self.parts:
                raise GeofenceError(
                    f"the .{suffix} file is missing: {what}",
                    place=self.place,
                    remedy="Give all files of the Shapefile, best in one .zip",
                )
        self._demand_whole()

    def _demand_whole(self) -> None:
        """Hold the files against what their own heads say (ESRI Shapefile Technical Description, dBase III)."""
        for suffix in ("shp", "shx"):
            content = self.parts[suffix]
            said = 2 * int.from_bytes(content[24:28], "big") if len(content) >= _SHP_HEAD else _SHP_HEAD
            if len(content) < said:
                raise self._damage(f"the .{suffix} file ends after {len(content)} of its {said} bytes")
        table, index = self.parts["dbf"], self.parts["shx"]
        rows, head, width = (
            int.from_bytes(table[start:end], "little") for start, end in ((4, 8), (8, 10), (10, 12))
        )
        if len(table) < _DBF_HEAD or len(table) < head + rows * width:
            raise self._damage(f"the .dbf file ends after {len(table)} of its {head + rows * width} bytes")
        shapes = (len(index) - _SHP_HEAD) // _INDEX_ENTRY
        if shapes != rows:
            raise self._damage(f"the .shx file counts {shapes} shapes and the .dbf file {rows}")
        words = np.frombuffer(index, dtype=">u4", count=2 * shapes, offset=_SHP_HEAD).astype(np.int64)
        ends = 2 * words.reshape(-1, 2).sum(axis=1) + _RECORD_HEAD
        if (ends > len(self.parts["shp"])).any():
            raise self._damage("the .shx file names shapes beyond the end of the .shp file")

    def _damage(self, what: str) -> GeofenceError:
        return GeofenceError(
            f"it is damaged: {what}", place=self.place, remedy="Export the Shapefile again, or copy it whole"
        )

    def packed(self) -> bytes:
        """Put them together under one plain name; the encoding is left to whoever reads."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for suffix, content in self.parts.items():
                if suffix != "cpg":
                    archive.writestr(f"{PACKED_NAME}.{suffix}", content)
        return packed.getvalue()


def is_zip_of_shapefiles(content: bytes) -> bool:
    """Whether a content is a zip file that holds a Shapefile."""
    if content[:4] != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.lower().endswith(".shp") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def shapefiles_in_zip(content: bytes, *, source: str) -> list[ShapefileParts]:
    """Take the Shapefiles out of a zip file, in the order of their names.

    Raises
    ------
    GeofenceError
        Where the zip file is broken, too large, or one of them is not whole.
    """
    found: dict[str, dict[str, bytes]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [
                (member, PurePosixPath(member.filename))
                for member in archive.infolist()
                if not member.is_dir() and not member.filename.startswith("__MACOSX/")
            ]
            if (
                len(members) > _FILES_AT_MOST
                or sum(member.file_size for member, _ in members) > _SIZE_AT_MOST
            ):
                raise GeofenceError(
                    "larger than 512 MB unpacked", place=source, remedy="Give the zones of one region"
                )
            for member, path in members:
                suffix = path.suffix[1:].lower()
                if f".{suffix}" in SHAPEFILE_SUFFIXES:
                    found.setdefault(str(path.with_suffix("")), {})[suffix] = archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise GeofenceError(
            "the zip file is broken or locked", place=source, remedy="Pack it again, without a password"
        ) from None
    return [
        ShapefileParts(name, f"{source}, {name}", parts)
        for name, parts in sorted(found.items())
        if "shp" in parts
    ]


def shapefile_beside(path: Path, *, source: str) -> ShapefileParts:
    """Take a .shp file and those of the same name beside it.

    Raises
    ------
    GeofenceError
        Where one cannot be read, or is missing.
    """
    parts = {}
    try:
        for other in sorted(path.parent.iterdir()):
            suffix = other.suffix[1:].lower()
            if f".{suffix}" in SHAPEFILE_SUFFIXES and other.stem.casefold() == path.stem.casefold():
                parts[suffix] = other.read_bytes()
        parts["shp"] = path.read_bytes()
    except OSError as error:
        raise GeofenceError(
            f"a file of the Shapefile cannot be read ({(error.strerror or 'unknown').lower()})", place=source
        ) from None
    return ShapefileParts(path.stem, source, parts)
