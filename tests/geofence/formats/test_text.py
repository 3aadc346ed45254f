import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.formats.repair_log import RepairLog
from geofence.formats.text import decode_text
from geofence.refusal import GeofenceError
from geofence.repair import RepairCode

CHINESE = "兰州中川机场禁飞区，适飞区"
LIES = "<?xml version='1.0' encoding='{}'?><a>{}</a>"


def decode(content):
    log = RepairLog("zones.txt")
    text = decode_text(content, source="zones.txt", log=log)
    assert all((note.code, note.place) == (RepairCode.ENCODING, "zones.txt") for note in log.repairs)
    return text, [note.message for note in log.repairs]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_without_a_word(encoding):
    assert decode(CHINESE.encode(encoding)) == (CHINESE, [])


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (CHINESE, "utf-16", "UTF-16"),
        ("{}", "utf-16-le", "UTF-16"),
        ("{}", "utf-16-be", "UTF-16"),
        (CHINESE, "gb18030", "GB18030"),
        ("机场", "gbk", "GB18030"),
        ("Забранена зона за полети София", "cp1251", "windows-1251"),
        ("Zone interdite de l'aéroport à Genève", "cp1252", "windows-1252"),
        ("bis 45°30 N", "cp1252", "windows-1252"),
        (LIES.format("gb2312", "联通"), "gbk", "GB18030: it declares so"),
        (LIES.format("windows-1251", "ЗОНА"), "cp1251", "windows-1251: it declares so"),
        (LIES.format("gb2312", CHINESE), "utf-8", "UTF-8: it declares gb2312, but is not"),
        (LIES.format("utf-8", CHINESE), "gbk", "GB18030: it declares utf-8, but is not"),
        (LIES.format("utf-8", CHINESE), "utf-16", "UTF-16: its first bytes say so"),
        (LIES.format("no-such-thing", CHINESE), "gbk", "GB18030"),
    ],
)
def test_other_encodings_are_told_apart_and_reported(text, encoding, name):
    read, (message,) = decode(text.encode(encoding))
    assert read == text
    assert message.startswith(f"the text was read as {name}")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("ЗОНА".encode("cp1251"), r"not text in UTF-8 \(byte 1\): it may be GB18030 or windows-1251"),
        ("湝".encode("gb18030"), "nor for certain in another encoding. Save it as UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "not text in UTF-8"),
        (b"\xff\xfe{\x00}", r"not text in UTF-16, as its first bytes say \(byte 5\)"),
        (b"\xef\xbb\xbfa\xff", r"not text in UTF-8, as its first bytes say \(byte 5\)"),
    ],
)
def test_what_is_not_certain_is_refused(content, fault):
    with pytest.raises(GeofenceError, match=fault):
        decode(content)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40) | st.text("аЯ禁é°a <", max_size=20).map(lambda text: text.encode("gb18030")))
def test_any_bytes_are_decoded_or_refused(content):
    try:
        text, notes = decode(content)
    except GeofenceError:
        return
    if not notes:
        assert text.encode() == content.removeprefix(b"\xef\xbb\xbf")
