"""KML and KMZ from outside, unpacked and parsed without being led astray."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from geofence.formats.repair_log import RepairLog
from geofence.formats.shown import show
from geofence.formats.text import decode_text
from geofence.refusal import GeofenceError

_ZIP = b"PK\x03\x04"
_UNPACKED_AT_MOST = 64 * 2**20
_ENTRIES_AT_MOST = 10_000
_ROOTS = ("kml", "Document", "Folder", "Placemark")
_SNIFF = re.compile(rb"<(?:\w+:)?(?:kml|Document|Folder|Placemark)[\s>]")


def is_kml(content: bytes) -> bool:
    """Whether a content is XML that begins like KML."""
    head = content[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<") and _SNIFF.search(head) is not None


def is_kmz(content: bytes) -> bool:
    """Whether a content is a zip file with a KML file in it."""
    if not content.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(map(_is_kml_name, archive.namelist()))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def kml_roots(content: bytes, *, source: str, log: RepairLog) -> dict[str, Element]:
    """Parse a KML file, or all that are in a KMZ file.

    Returns
    -------
    dict of str to Element
        By their names in the archive; a KML file alone has none.

    Raises
    ------
    GeofenceError
        For a broken or an outsized archive, XML that is broken or declares entities, and what is no KML.
    """
    if not content.startswith(_ZIP):
        return {"": _root(content, source=source, log=log)}
    unpacked = _unpacked(content, source=source)
    return {
        name: _root(text, source=source if len(unpacked) == 1 else f"{source}, {name}", log=log)
        for name, text in unpacked.items()
    }


def _root(content: bytes, *, source: str, log: RepairLog) -> Element:
    text = decode_text(content, source=source, log=log)
    if not text.strip():
        raise GeofenceError("the file is empty", place=source, remedy="Give a KML file with a polygon")
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise GeofenceError(
            f"the XML is broken at line {line}, column {column + 1} ({str(error).split(':')[0]})",
            place=source,
            remedy="Mend the file there, or export it again",
        ) from None
    except DefusedXmlException:
        raise GeofenceError(
            "the XML has a document type or entities of its own", place=source, remedy="Give plain KML"
        ) from None
    except (ValueError, LookupError, RecursionError) as error:
        raise GeofenceError(
            f"the XML cannot be read ({show(str(error))})", place=source, remedy="Export it again"
        ) from None
    if local_name(root) not in _ROOTS:
        raise GeofenceError(
            f"this is not KML but {show(local_name(root))}",
            place=source,
            remedy="Give a file whose root is kml",
        )
    return root


def local_name(element: Element) -> str:
    """Give the name of an element without its namespace, of which KML has had many."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, *names: str) -> Iterator[Element]:
    """Give the children of some names."""
    return (child for child in element if local_name(child) in names)


def child_text(element: Element, name: str) -> str | None:
    """Give the text of the first child of a name, stripped; None where there is none."""
    for child in children(element, name):
        return "".join(child.itertext()).strip()
    return None


def _unpacked(content: bytes, *, source: str) -> dict[str, bytes]:
    unpacked: dict[str, bytes] = {}
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            found = [entry for entry in entries if _is_kml_name(entry.filename)]
            if len(entries) > _ENTRIES_AT_MOST:
                raise GeofenceError(
                    f"the archive has {len(entries):,} files", place=source, remedy="Give the KML file alone"
                )
            if not found:
                raise GeofenceError(
                    "there is no KML file in the archive", place=source, remedy="Put a doc.kml into it"
                )
            for entry in found:
                if entry.filename in unpacked:
                    raise GeofenceError(
                        f"{show(entry.filename)} is there twice in the archive",
                        place=source,
                        remedy="Leave the wrong one out",
                    )
                # The size that the archive states is not believed.
                with archive.open(entry) as file:
                    unpacked[entry.filename] = file.read(_UNPACKED_AT_MOST - size + 1)
                size += len(unpacked[entry.filename])
                if size > _UNPACKED_AT_MOST:
                    raise GeofenceError(
                        "larger than 64 MB when unpacked", place=source, remedy="Give the zones of one region"
                    )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        # A password or an unknown compression is a RuntimeError.
        raise GeofenceError(
            f"the archive cannot be unpacked ({show(str(error))})", place=source, remedy="Pack it again"
        ) from None
    return unpacked


def _is_kml_name(name: str) -> bool:
    """Whether a file of an archive is KML; what macOS packs beside each file only looks like it."""
    return name.lower().endswith(".kml") and not name.startswith("__MACOSX/")
