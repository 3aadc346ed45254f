"""The page has words, in both languages, for all that the service may say by name."""

import inspect
import re
from pathlib import Path

import pytest

from geofence.altitude_band import AltitudeDatum
from geofence.lowering.account import Loss
from geofence.monitor.alert import AlertLimit
from geofence.monitor.route_conformance import RouteAspect
from geofence.verification.finding import FindingCode
from geofence.verification.return_policy import ReturnMode
from geofence.zone import ZoneAction, ZoneKind, ZoneSeverity
from missions.patterns.pattern import PatternName
from telemetry import events
from telemetry.flight.zone_guard import GuardOrder
from telemetry.subject import kind_of

WORDS = Path(__file__).parents[2] / "server" / "page" / "src" / "words"
SPOKEN_BY_THE_VEHICLE = {"text_reported"}
BREACHES = [f"{kind}.{limit}" for kind in ("exclusion", "inclusion") for limit in AlertLimit]


def words_in(language: str) -> set[str]:
    files = [WORDS / f"{name}{language}.ts" for name in ("", "fleet_", "plan_", "planner_", "transport_")]
    return {
        key for file in files for key in re.findall(r'^  "([^"]+)":', file.read_text("utf-8"), re.MULTILINE)
    }


def event_kinds() -> set[str]:
    classes = [
        found
        for _, found in inspect.getmembers(events, inspect.isclass)
        if issubclass(found, events.Event) and found not in (events.Event, events.OrderedEvent)
    ]
    return {kind_of(object.__new__(found)) for found in classes} - SPOKEN_BY_THE_VEHICLE


@pytest.fixture(params=["en", "zh"])
def words(request: pytest.FixtureRequest) -> set[str]:
    return words_in(request.param)


def test_every_event_kind_has_words(words: set[str]) -> None:
    families = {key.split(".")[1] for key in words if key.startswith("event.")}
    assert event_kinds() <= families


@pytest.mark.parametrize("action", GuardOrder)
def test_every_deed_of_the_guard_has_words(words: set[str], action: GuardOrder) -> None:
    wanted = {f"{what}.{action}" for what in ("guard.acted", "guard.refused", "event.guard_acted")}
    assert wanted | {f"event.guard_refused.{action}", f"alert.next.{action}"} <= words


@pytest.mark.parametrize("pattern", PatternName)
def test_every_pattern_has_a_name_and_is_explained(words: set[str], pattern: PatternName) -> None:
    assert {f"planner.{pattern}", f"planner.{pattern}.about"} <= words


@pytest.mark.parametrize("code", FindingCode)
def test_every_finding_has_words_and_a_remedy(words: set[str], code: FindingCode) -> None:
    assert {f"finding.{code}", f"finding.{code}.remedy"} <= words


@pytest.mark.parametrize("breach", BREACHES)
def test_every_breach_has_words_before_and_after(words: set[str], breach: str) -> None:
    assert {f"alert.{breach}.ahead", f"alert.{breach}.breached"} <= words


@pytest.mark.parametrize("loss", Loss)
def test_every_loss_of_a_fence_has_words(words: set[str], loss: Loss) -> None:
    assert {f"loss.{loss}.watched", f"loss.{loss}.stricter"} <= words


def test_zones_returns_and_deviations_have_words(words: set[str]) -> None:
    wanted = {
        *(f"legend.{kind}" for kind in ZoneKind),
        *(f"legend.{severity}" for severity in ZoneSeverity),
        *(f"severity.zone.{severity}" for severity in ZoneSeverity),
        *(f"zone_action.{action}" for action in ZoneAction),
        *(f"datum.{datum}" for datum in AltitudeDatum),
        *(f"returns.{mode}" for mode in ReturnMode),
        *(f"deviating.{aspect}" for aspect in RouteAspect),
    }
    assert wanted - words == set()
