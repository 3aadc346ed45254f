"""Texts in chunks."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry.vehicle.statustext import StatusText, StatusTextAssembler
from telemetry.wire.message import Message


def chunks_of(text, text_id, severity=4):
    pieces = [text[start : start + 50] for start in range(0, len(text), 50)] or [""]
    if len(pieces[-1]) == 50:
        pieces.append("")
    return [
        Message.new("STATUSTEXT", severity=severity, text=piece, id=text_id, chunk_seq=number)
        for number, piece in enumerate(pieces)
    ]


def test_a_short_text_is_whole_at_once():
    assembler = StatusTextAssembler()
    message = Message.new("STATUSTEXT", severity=2, text="x" * 50)
    assert assembler.receive_message(message, 0.0) == [StatusText(2, "x" * 50)]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=254), st.integers(1, 65535))
def test_any_long_text_is_put_together(text, text_id):
    assembler = StatusTextAssembler()
    found = [one for chunk in chunks_of(text, text_id) for one in assembler.receive_message(chunk, 0.0)]
    assert found == [StatusText(4, text)]


def test_a_lost_chunk_shows_as_a_gap():
    first, _, last = chunks_of("a" * 50 + "b" * 50 + "c" * 10, 7)
    assembler = StatusTextAssembler()
    assert assembler.receive_message(first, 0.0) == []
    assert assembler.receive_message(last, 0.1) == [StatusText(4, "a" * 50 + "..." + "c" * 10)]


def test_an_end_that_never_comes_is_given_up():
    first, *_ = chunks_of("a" * 120, 7)
    assembler = StatusTextAssembler()
    assembler.receive_message(first, 0.0)
    assert assembler.handle_timer(1.9) == []
    assert assembler.handle_timer(2.0) == [StatusText(4, "a" * 50 + "...")]
    assert assembler.handle_timer(9.0) == []


def test_another_text_ends_the_wait():
    first, *_ = chunks_of("a" * 120, 7)
    assembler = StatusTextAssembler()
    assembler.receive_message(first, 0.0)
    other = Message.new("STATUSTEXT", severity=6, text="short", id=8)
    assert assembler.receive_message(other, 0.1) == [StatusText(4, "a" * 50 + "..."), StatusText(6, "short")]
