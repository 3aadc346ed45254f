"""Text in the encodings that zone files come in."""

import codecs
import re
from collections import Counter

from geofence.formats.repair_log import RepairLog
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARABLE = re.compile(
    r"(gb2312|gbk|gb18030|big5|euc-(cn|jp|kr|tw)|shift_jis|koi8-[ru]|(windows-|cp)125\d|iso-?8859-\d+|latin-?1|us-ascii)",
    re.IGNORECASE,
)
_XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")
_HIGH_RUN = re.compile(r"[^\x00-\x7f]+")
_CYRILLIC_WORD = re.compile(r"[\u0401-\u045f]+")
_PUNCTUATION = frozenset("«»“”‘’„–—…•·№°§©®€£²³½¼ªº\xa0")
_PLAUSIBLE_SHARE = 0.85
_NAMES = {"gb18030": "GB18030", "cp1251": "windows-1251", "cp1252": "windows-1252"}


def decode_text(content: bytes, *, source: str, log: RepairLog) -> str:
    """Decode the text of a file; any choice but UTF-8 is logged.

    A byte order mark decides; else text that is UTF-8 is UTF-8, whatever its XML declaration says; else the declaration
    decides where the bytes bear it out. Without one GB18030, windows-1251 and windows-1252 are tried, and taken where
    the bytes look like what is written in one of them and in no other: GB18030 like common Chinese, windows-1251 like
    words of Cyrillic letters, windows-1252 like single accented letters between plain ones.

    Raises
    ------
    GeofenceError
        Where no encoding is certain: a wrong word for its kind would turn a zone into another.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _marked(content, encoding, source, log)
    if len(content) >= 2 and content[:2].count(0) == 1:
        return _marked(content, "utf-16-be" if content[0] == 0 else "utf-16-le", source, log)
    declaration = _XML_DECLARATION.match(content[:200])
    declared = declaration[1].decode("ascii") if declaration else ""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _undecided(content, declared, error, source, log)
    return _contested(text, content, declared, log)


def _marked(content: bytes, encoding: str, source: str, log: RepairLog) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise GeofenceError(
            f"the file is not text in {encoding.upper()}, as its first bytes say (byte {error.start + 1})",
            place=source,
            remedy="Save it as UTF-8",
        ) from None
    if encoding != "utf-8":
        _note(log, encoding.upper()[:6], "its first bytes say so")
    return text.removeprefix("\ufeff")


def _contested(text: str, content: bytes, declared: str, log: RepairLog) -> str:
    """Take UTF-8, unless what is declared is borne out better: two-byte characters alone are also common Chinese."""
    encoding = _declared_encoding(declared)
    if encoding is None or text.isascii():
        return text
    other = _decoded(content, encoding)
    if (
        encoding == "gb18030"
        and other is not None
        and _is_chinese(other)
        and all(letter < "\u0800" for letter in text)
    ):
        _note(log, "GB18030", "it declares so")
        return other
    _note(log, "UTF-8", f"it declares {declared}, but is not")
    return text


def _undecided(content: bytes, declared: str, error: UnicodeDecodeError, source: str, log: RepairLog) -> str:
    encoding = _declared_encoding(declared)
    text = None if encoding is None else _decoded(content, encoding)
    if encoding is not None and text is not None:
        _note(log, _NAMES.get(encoding, declared), "it declares so")
        return text
    found = {
        encoding: text
        for encoding, is_plausible in (
            ("gb18030", _is_chinese),
            ("cp1251", _is_cyrillic),
            ("cp1252", _is_latin),
        )
        if (text := _decoded(content, encoding)) is not None and is_plausible(text)
    }
    if len(found) == 1:
        ((encoding, text),) = found.items()
        lies = f"it declares {declared}, but is not" if declared else "it is not UTF-8"
        _note(log, _NAMES[encoding], f"{lies}, and what it says looks like that alone")
        return text
    rivals = " or ".join(_NAMES[encoding] for encoding in found)
    raise GeofenceError(
        f"the file is not text in UTF-8 (byte {error.start + 1})"
        + (f": it may be {rivals}" if rivals else ", nor for certain in another encoding"),
        place=source,
        remedy="Save it as UTF-8",
    )


def _declared_encoding(declared: str) -> str | None:
    if not _DECLARABLE.fullmatch(declared):
        return None
    name = declared.lower()
    if name in ("gb2312", "gbk", "euc-cn"):
        return "gb18030"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _is_chinese(text: str) -> bool:
    """Whether nearly all characters beyond ASCII are of the 3,755 common ones (GB 2312, level 1) or their punctuation."""
    letters = Counter(letter for letter in text if letter > "\x7f")
    common = sum(count for letter, count in letters.items() if _is_common_chinese(letter))
    return common >= _PLAUSIBLE_SHARE * sum(letters.values())


def _is_common_chinese(letter: str) -> bool:
    try:
        lead, _ = letter.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return False
    return lead in (0xA1, 0xA3) or 0xB0 <= lead <= 0xD7


def _is_cyrillic(text: str) -> bool:
    """Whether nearly all is words of some letters, in small letters, capitals, or with one capital in front."""
    high = sum(letter > "\x7f" and letter not in _PUNCTUATION for letter in text)
    words = [word for word in _CYRILLIC_WORD.findall(text) if len(word) > 1]
    well_formed: int = sum(len(word) for word in words if word[1:].islower() or word.isupper())
    return well_formed >= max(4, _PLAUSIBLE_SHARE * high)


def _is_latin(text: str) -> bool:
    """Whether nearly all is single letters beside plain ones."""
    runs = [run.strip("".join(_PUNCTUATION)) for run in _HIGH_RUN.findall(text)]
    alone: int = sum(len(run) == 1 and run.isalpha() for run in runs)
    return alone >= _PLAUSIBLE_SHARE * sum(map(len, runs))


def _note(log: RepairLog, name: str, reason: str) -> None:
    log.note(RepairCode.ENCODING, f"the text was read as {name}: {reason}")
