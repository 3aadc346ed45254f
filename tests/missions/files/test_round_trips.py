import contextlib
import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.files.account import Account
from missions.files.foreign_flight import Unsaid
from missions.files.plan_files import export_plan, read_plan, write_plan
from missions.files.plan_format import FORMATS, PlanFormat
from missions.plan.plan import Plan
from missions.refusal import MissionError
from tests.missions.files.plans import ENDS, GO, TAKE_OFF, plans, waylines

WHOLE = (PlanFormat.PLAN, PlanFormat.GEOJSON, PlanFormat.KML, PlanFormat.KMZ, PlanFormat.GPX)
READ = tuple(known for known, handler in FORMATS.items() if handler.read is not None)


def back(content, known, *, unsaid=None):
    return FORMATS[known].read(content, f"a.{known}", "a", unsaid or Unsaid(), Account())


@pytest.mark.parametrize("known", WHOLE)
@settings(max_examples=25, deadline=None)
@given(plan=plans())
def test_any_plan_comes_back_whole(known, plan):
    assert back(export_plan(plan, known), known) == plan


@settings(max_examples=25, deadline=None)
@given(plan=plans())
def test_any_items_come_back_from_a_waypoint_file(plan):
    read = back(export_plan(plan, "waypoints"), PlanFormat.WAYPOINTS)
    assert (read.items, read.home) == (plan.items, plan.home)


@settings(max_examples=40, deadline=None)
@given(plan=waylines())
def test_a_wayline_comes_back(plan):
    assert replace(back(export_plan(plan, "wpml"), PlanFormat.WPML), name="x") == plan


@pytest.mark.parametrize("known", PlanFormat)
@settings(max_examples=5, deadline=None)
@given(plan=waylines())
def test_the_same_plan_gives_the_same_bytes(known, plan):
    if known is not PlanFormat.HTML:
        assert export_plan(plan, known) == export_plan(plan, known)


@pytest.mark.parametrize("known", READ)
@settings(max_examples=25, deadline=None)
@given(plan=waylines(), data=st.data())
def test_no_spoiled_file_breaks_a_reader(known, plan, data):
    content = export_plan(plan, known)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        name = data.draw(st.sampled_from(sorted(files)))
        files[name] = spoiled(files[name], data)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for each, text in files.items():
                archive.writestr(each, text)
        content = packed.getvalue()
    else:
        content = spoiled(content, data)
    with contextlib.suppress(MissionError):
        assert isinstance(back(content, known), Plan)


def spoiled(content, data):
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content)))
        words = [
            b"nan",
            b"1e999",
            b"-1",
            b"<x/>",
            b"",
            b"null",
            b"{}",
            b"[]",
            b'"',
            b"9" * 40,
            b"\xff",
            b"&lt;",
        ]
        content = (
            content[:at] + data.draw(st.sampled_from(words)) + content[at + data.draw(st.integers(0, 9)) :]
        )
    return content


@pytest.mark.parametrize("known", READ)
@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=80) | st.text(max_size=60).map(str.encode))
def test_no_bytes_break_a_reader(known, content):
    with pytest.raises(MissionError):
        back(content, known)


@pytest.mark.parametrize("known", READ)
def test_files_are_known_by_their_endings(known, tmp_path):
    items = (replace(TAKE_OFF, seq=1), replace(GO, seq=2), replace(ENDS[0], seq=3))
    for suffix in FORMATS[known].suffixes:
        path = tmp_path / f"x{suffix}"
        write_plan(Plan("x", GO.position, items, speed_m_s=5.0), path, format=known)
        assert [item.command for item in read_plan(path).items if item.is_navigation] == [22, 16, 20]
