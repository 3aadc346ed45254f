"""The texts of dBase tables, which seldom say truly how they are encoded."""

import codecs
from collections.abc import Iterable, Mapping

from geofence.formats.repair_log import RepairLog
from geofence.formats.text import decode_text
from geofence.repair import RepairCode

RAW = "ISO-8859-1"
"""Reads any byte as one letter, so that the bytes can be had back."""

_CODECS_OF_PAGES = {"65001": "utf-8", "936": "gb18030", "54936": "gb18030", "950": "cp950", "932": "cp932"}
_PAGES_OF_DRIVERS = {0x13: "932", 0x4D: "936", 0x4E: "949", 0x4F: "950", 0xC8: "1250", 0xC9: "1251"}
"""Language driver byte of a dBase header; the Western ones are what programs write that do not care."""
_CHINESE = ("gbk", "gb2312", "cp936")


class AttributeText:
    """Decodes the texts of one table, all in one way.

    What its files say of the encoding is believed where the texts bear it out; else they are UTF-8, or what
    `decode_text` makes of them.

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
        Where no encoding is certain.
    """

    def __init__(self, parts: Mapping[str, bytes], raw: Iterable[str], *, place: str, log: RepairLog) -> None:
        texts = list(dict.fromkeys(text for text in raw if not text.isascii()))
        claimed = _claimed(parts)
        self._decoded = _all_decoded(texts, claimed)
        if self._decoded is not None:
            return
        said = "no encoding is stated" if claimed is None else f"the texts are not in {claimed} as stated"
        self._decoded = _all_decoded(texts, "utf-8")
        if self._decoded is not None:
            log.note(RepairCode.ENCODING, f"{said}: they were read as utf-8", place=place)
            return
        lines = [text.encode(RAW).replace(b"\n", b" ") for text in texts]
        joined = decode_text(b"\n".join(lines), source=f"{place}, .dbf file", log=log)
        self._decoded = dict(zip(texts, joined.split("\n"), strict=True))

    def decode(self, raw: str) -> str:
        """Decode one of the texts that were read as `RAW`; a letter cut in two at its end is left out."""
        return raw if raw.isascii() else (self._decoded or {})[raw]


def _all_decoded(texts: list[str], encoding: str | None) -> dict[str, str] | None:
    if not texts:
        return {}
    if encoding is None:
        return None
    decode = codecs.getincrementaldecoder(encoding)
    try:
        return {text: decode().decode(text.encode(RAW)) for text in texts}
    except UnicodeDecodeError:
        return None


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
    except (LookupError, ValueError):  # a name with a zero byte is a ValueError
        return None
