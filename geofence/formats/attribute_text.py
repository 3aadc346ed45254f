"""The texts of dBase tables, which seldom say truly how they are encoded."""

import codecs
from collections.abc import Iterable, Mapping

from geofence.formats.repair_log import RepairLog
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode

RAW = "ISO-8859-1"
"""Reads any byte as one letter, so that the bytes can be had back."""

_CODECS_OF_PAGES = {"65001": "utf-8", "936": "gb18030", "54936": "gb18030", "950": "cp950", "932": "cp932"}
_PAGES_OF_DRIVERS = {0x13: "932", 0x4D: "936", 0x4E: "949", 0x4F: "950", 0xC8: "1250", 0xC9: "1251"}
"""Language driver byte of a dBase header; the Western ones are what programs write that do not care."""
_CHINESE = ("gbk", "gb2312", "cp936")
_UNSAID = ("utf-8", "gb18030")


class AttributeText:
    """Decodes the texts of one table, all in one way.

    Parameters
    ----------
    parts : mapping of str to bytes
        The files of a Shapefile by suffix; its `cpg` or the header of its `dbf` may say the encoding.
    raw : iterable of str
        All texts of the table, read as `RAW`.
    place : str
    log : RepairLog
        Told where the encoding had to be found out.

    Raises
    ------
    GeofenceError
        Where no known encoding fits.
    """

    def __init__(self, parts: Mapping[str, bytes], raw: Iterable[str], *, place: str, log: RepairLog) -> None:
        texts = [text.encode(RAW) for text in raw if not text.isascii()]
        claimed = _claimed(parts)
        for encoding in dict.fromkeys((claimed, *_UNSAID)):
            if encoding is not None and all(_decoded(text, encoding) is not None for text in texts):
                self._encoding = encoding
                break
        else:
            raise GeofenceError(
                "the texts of its .dbf file are in no known encoding",
                place=place,
                remedy="Save it again as UTF-8 with a .cpg file beside it",
            )
        if texts and claimed != self._encoding:
            said = "no encoding is stated" if claimed is None else f"the texts are not in {claimed} as stated"
            log.note(RepairCode.ENCODING, f"{said}: they were read as {self._encoding}", place=place)

    def decode(self, raw: str) -> str:
        """Decode one text that was read as `RAW`; a letter cut in two at its end is left out."""
        return raw if raw.isascii() else _decoded(raw.encode(RAW), self._encoding) or ""


def _claimed(parts: Mapping[str, bytes]) -> str | None:
    words = parts.get("cpg", b"").decode("ascii", "replace").split()
    table = parts.get("dbf", b"")
    page = words[-1].lower() if words else _PAGES_OF_DRIVERS.get(table[29] if len(table) > 29 else 0)
    if page is None:
        return None
    name = (
        "gb18030" if page in _CHINESE else _CODECS_OF_PAGES.get(page, f"cp{page}" if page.isdigit() else page)
    )
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _decoded(text: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(text)
    except UnicodeDecodeError:
        return None
