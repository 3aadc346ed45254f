"""Holds what was seen against what was expected."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import hypot, inf

import numpy as np
import shapely

from geofence.local_frame import LocalFrame
from server.scenario.event_match import EventMatch
from server.scenario.expectation_body import ExpectationBody
from server.scenario.record import Record, Sample, SeenEvent
from simulator.faults.trigger import Place
from telemetry.operations.guided_flight import distance_m

LAST_EVENTS = 4
LINE_STEP_M = 5.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """An expectation, in words, and why it was not met.

    Parameters
    ----------
    number : int
        Of the expectation, from 0.
    words : str
    reason : str
        Empty where it was met.
    at_s : float
        The moment that decided it.
    vehicle : str
        Whose place is shown; empty for all.
    """

    number: int
    words: str
    reason: str = ""
    at_s: float = 0.0
    vehicle: str = ""

    @property
    def is_met(self) -> bool:
        """Whether it was."""
        return not self.reason


def judge(number: int, expectation: ExpectationBody, record: Record) -> Verdict:
    """Judge one expectation."""
    words = words_of(expectation)
    failure = next(_JUDGES[expectation.choice](expectation, record), None)
    if failure is None:
        return Verdict(number, words)
    at_s, vehicle, seen = failure
    return Verdict(number, words, _explained(record, words, at_s, vehicle, seen), at_s, vehicle)


def clock_text(at_s: float) -> str:
    """Give a time as 00:03:12.4."""
    tenths = round(at_s * 10)
    return f"{tenths // 36000:02d}:{tenths // 600 % 60:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _explained(record: Record, words: str, at_s: float, vehicle: str, seen: str) -> str:
    parts = [f"At {clock_text(at_s)} ({at_s:.1f} s): expected {words}; {seen}."]
    sample = record.sample_at(vehicle, at_s) if vehicle else None
    if sample is not None:
        parts.append(f"{vehicle} was {sample.words()}.")
    before = [event for event in record.events if event.at_s <= at_s and event.vehicle in ("", vehicle)]
    if before:
        parts.append("Last before that: " + "; ".join(event.words() for event in before[-LAST_EVENTS:]) + ".")
    return " ".join(parts)


# --- words ---------------------------------------------------------------------------------------------------


def words_of(expectation: ExpectationBody) -> str:
    """Say what is expected."""
    what, span = _kind_words(expectation), _span_words(expectation)
    if what.startswith("to "):
        return f"{expectation.vehicle or 'every vehicle'} {what}{span}"
    return what + (f" of {expectation.vehicle}" if expectation.vehicle else "") + span


def _kind_words(expectation: ExpectationBody) -> str:
    seen, never = expectation.seen, expectation.never
    if seen is not None:
        times = f"{seen.at_least} times " if seen.at_least > 1 else ""
        after = "" if seen.after is None else f" after {seen.after.words()}"
        within = "" if seen.within_s is None else f" within {seen.within_s:g} s"
        return f"{times}{seen.words()}{within}{after}"
    if never is not None:
        return f"no {never.words()}"
    if expectation.inside is not None:
        always = "all the time " if expectation.inside.all_the_time else ""
        return f"to be {always}inside {expectation.inside.words()}"
    if expectation.outside is not None:
        return f"to stay outside {expectation.outside.words()}"
    if expectation.lands is not None:
        of = expectation.lands.of
        place = "home" if isinstance(of, str) else f"{of.lat_deg:.6f}, {of.lon_deg:.6f}"
        return f"to land within {expectation.lands.within_m:g} m of {place}"
    if expectation.separation is not None:
        return f"vehicles in the air at least {expectation.separation.least_m:g} m apart"
    if expectation.zones_kept is not None:
        return f"to keep at least {expectation.zones_kept.least_m:g} m inside what the zones allow"
    if expectation.flown is not None:
        return f"every line (of {len(expectation.flown.lines)}) flown within {expectation.flown.within_m:g} m"
    assert expectation.battery is not None
    return f"at least {expectation.battery.least_pct:g} % of the battery left"


def _span_words(expectation: ExpectationBody) -> str:
    words = f", after {expectation.after_s:g} s" if expectation.after_s else ""
    return words + (f", before {expectation.before_s:g} s" if expectation.before_s is not None else "")


# --- judges: each yields the moment, the vehicle and what was seen, first of all failures ---------------------

Failures = Iterator[tuple[float, str, str]]


def _names(expectation: ExpectationBody, record: Record) -> tuple[str, ...]:
    return record.names if expectation.vehicle is None else (expectation.vehicle,)


def _is_in_time(expectation: ExpectationBody, at_s: float) -> bool:
    return expectation.after_s <= at_s <= (inf if expectation.before_s is None else expectation.before_s)


def _deadline_s(expectation: ExpectationBody, record: Record) -> float:
    return record.ended_s if expectation.before_s is None else min(expectation.before_s, record.ended_s)


def _matching(match: EventMatch, expectation: ExpectationBody, record: Record) -> list[SeenEvent]:
    return [
        seen
        for seen in record.events
        if match.holds(seen.event, seen.vehicle)
        and (expectation.vehicle is None or seen.vehicle == expectation.vehicle)
    ]


def _judge_seen(expectation: ExpectationBody, record: Record) -> Failures:
    wanted = expectation.seen
    assert wanted is not None
    vehicle = wanted.vehicle or expectation.vehicle or ""
    until_s = _deadline_s(expectation, record)
    all_seen = _matching(wanted, expectation, record)
    seen = [event for event in all_seen if _is_in_time(expectation, event.at_s)]
    if wanted.after is not None:
        first = next((each for each in record.events if wanted.after.holds(each.event, each.vehicle)), None)
        if first is None:
            yield record.ended_s, vehicle, f"{wanted.after.words()}, which it is to follow, was never seen"
            return
        latest_s = inf if wanted.within_s is None else first.at_s + wanted.within_s
        seen = [event for event in seen if first.at_s <= event.at_s <= latest_s]
        until_s = min(until_s, latest_s)
    if len(seen) < wanted.at_least:
        others = [event for event in all_seen if event not in seen]
        elsewhen = f" (but at {', '.join(f'{event.at_s:.1f} s' for event in others[:3])})" if others else ""
        count = "it was never seen" if not seen else f"it was seen {len(seen)} times only"
        yield until_s, vehicle, f"{count} in that time{elsewhen}"


def _judge_never(expectation: ExpectationBody, record: Record) -> Failures:
    assert expectation.never is not None
    for seen in _matching(expectation.never, expectation, record):
        if _is_in_time(expectation, seen.at_s):
            yield seen.at_s, seen.vehicle, f"it was seen: {seen.words()}"


def _samples(expectation: ExpectationBody, record: Record) -> Iterator[tuple[str, Sample]]:
    for name in _names(expectation, record):
        for sample in record.tracks.get(name, ()):
            if _is_in_time(expectation, sample.at_s):
                yield name, sample


def _holds(holds: Callable[[Place], bool], sample: Sample) -> bool:
    return holds(Place(sample.position.lat_deg, sample.position.lon_deg, sample.alt_rel_m))


def _judge_inside(expectation: ExpectationBody, record: Record) -> Failures:
    presence = expectation.inside
    assert presence is not None
    holds = presence.area.holds
    if presence.all_the_time:
        for name, sample in _samples(expectation, record):
            if not _holds(holds, sample):
                yield sample.at_s, name, f"{name} was outside"
        return
    for name in _names(expectation, record):
        own = [sample for whose, sample in _samples(expectation, record) if whose == name]
        if not any(_holds(holds, sample) for sample in own):
            yield _deadline_s(expectation, record), name, f"{name} was never there"


def _judge_outside(expectation: ExpectationBody, record: Record) -> Failures:
    assert expectation.outside is not None
    holds = expectation.outside.area.holds
    for name, sample in _samples(expectation, record):
        if _holds(holds, sample):
            yield sample.at_s, name, f"{name} was inside"


def _judge_lands(expectation: ExpectationBody, record: Record) -> Failures:
    lands = expectation.lands
    assert lands is not None
    for name in _names(expectation, record):
        sample = record.sample_at(name, _deadline_s(expectation, record))
        if sample is None or sample.is_airborne or sample.is_armed:
            what = "was never seen" if sample is None else "was still in the air or armed"
            yield _deadline_s(expectation, record), name, f"{name} {what}"
            continue
        if not any(each.is_airborne for each in record.tracks[name]):
            yield _deadline_s(expectation, record), name, f"{name} never left the ground"
            continue
        target = record.homes[name] if isinstance(lands.of, str) else lands.of.position
        away_m = distance_m(sample.position, target)
        if away_m > lands.within_m:
            yield sample.at_s, name, f"{name} stands {away_m:.1f} m away"


def _judge_separation(expectation: ExpectationBody, record: Record) -> Failures:
    assert expectation.separation is not None
    least_m = expectation.separation.least_m
    worst: tuple[float, float, str, str] | None = None
    for one, other in combinations(record.names, 2):
        if expectation.vehicle is not None and expectation.vehicle not in (one, other):
            continue
        for first, second in zip(record.tracks.get(one, ()), record.tracks.get(other, ()), strict=False):
            if not (first.is_airborne and second.is_airborne and _is_in_time(expectation, first.at_s)):
                continue
            apart_m = hypot(distance_m(first.position, second.position), first.alt_rel_m - second.alt_rel_m)
            if apart_m < least_m and (worst is None or apart_m < worst[0]):
                worst = apart_m, first.at_s, one, other
    if worst is not None:
        apart_m, at_s, one, other = worst
        yield at_s, one, f"{one} and {other} were {apart_m:.1f} m apart, at the least"


def _judge_zones_kept(expectation: ExpectationBody, record: Record) -> Failures:
    assert expectation.zones_kept is not None
    for name, sample in _samples(expectation, record):
        if sample.is_airborne and sample.clearance_m < expectation.zones_kept.least_m:
            side = "beyond" if sample.clearance_m < 0.0 else "only inside by"
            yield (
                sample.at_s,
                name,
                f"{name} was {side} {abs(sample.clearance_m):.1f} m at zone {sample.zone_id}",
            )


def _judge_battery(expectation: ExpectationBody, record: Record) -> Failures:
    assert expectation.battery is not None
    for name in _names(expectation, record):
        state = record.states.get(name)
        left_pct = None if state is None else state.battery_pct
        if left_pct is None or left_pct < expectation.battery.least_pct:
            said = "it did not say" if left_pct is None else f"{name} had {left_pct} % left"
            yield record.ended_s, name, said


def _judge_flown(expectation: ExpectationBody, record: Record) -> Failures:
    flown = expectation.flown
    assert flown is not None
    tracks = [sample.position for _, sample in _samples(expectation, record) if sample.is_airborne]
    frame = LocalFrame(flown.lines[0][0].position)
    track_xy_m = frame.xy_m([at.lat_deg for at in tracks], [at.lon_deg for at in tracks])
    near = None if not tracks else shapely.STRtree(shapely.points(track_xy_m))
    for number, line in enumerate(flown.lines, 1):
        way = shapely.LineString(frame.xy_m([at.lat_deg for at in line], [at.lon_deg for at in line]))
        places = way.interpolate(np.arange(0.0, way.length + LINE_STEP_M, LINE_STEP_M))
        is_seen = np.zeros(len(places), bool)
        if near is not None:
            is_seen[near.query(places, "dwithin", flown.within_m)[0]] = True
        if not is_seen.all():
            missed_m = float(way.length * (1.0 - is_seen.mean()))
            first = frame.position(shapely.get_x(places[~is_seen][0]), shapely.get_y(places[~is_seen][0]))
            yield (
                _deadline_s(expectation, record),
                "",
                f"{missed_m:.0f} m of line {number} were not flown, at {first.lat_deg:.6f}, {first.lon_deg:.6f} for one",
            )


_JUDGES: dict[str, Callable[[ExpectationBody, Record], Failures]] = {
    "seen": _judge_seen,
    "never": _judge_never,
    "inside": _judge_inside,
    "outside": _judge_outside,
    "lands": _judge_lands,
    "separation": _judge_separation,
    "zones_kept": _judge_zones_kept,
    "battery": _judge_battery,
    "flown": _judge_flown,
}
