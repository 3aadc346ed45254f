"""Runs a scenario: the service's own station over a deck of vehicles, watched and judged."""

import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from server.scenario.deck import Deck
from server.scenario.director import Director
from server.scenario.judgement import Verdict, judge
from server.scenario.observer import Observer, vehicle_named
from server.scenario.record import Record
from server.scenario.scenario_file import Scenario
from server.scenario.simulated_deck import SimulatedDeck
from server.scenario.track_picture import track_picture
from server.station import Station
from simulator.simulated_time import run_simulated
from telemetry.bridge import Bridge
from telemetry.recorder import Recorder

LOOK_S = 1.0
QUIET_S = 3.0
"""A scenario ends so long after nothing is left to happen."""


@dataclass(frozen=True)
class ScenarioResult:
    """What a scenario came to.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    verdicts : tuple of Verdict
    record : Record
    skipped : tuple of str
        What could not be done on these vehicles.
    pictures : dict of int to Path
        Of expectations that were not met, by number.
    """

    scenario: Scenario
    seed: int
    verdicts: tuple[Verdict, ...]
    record: Record
    skipped: tuple[str, ...]
    pictures: dict[int, Path]

    @property
    def is_passed(self) -> bool:
        """Whether every expectation was met."""
        return all(verdict.is_met for verdict in self.verdicts)


def run_scenario(
    scenario: Scenario, *, seed: int | None = None, speedup: float | None = None, records: Path | None = None
) -> ScenarioResult:
    """Run a scenario on simulated copters, in simulated time.

    Parameters
    ----------
    scenario : Scenario
    seed : int, optional
        By default the scenario's own.
    speedup : float, optional
        At most so many simulated seconds a real one; it changes nothing of what happens.
    records : Path, optional
        Folder for the recording of every link and the pictures of failures.
    """
    chosen = scenario.body.seed if seed is None else seed

    async def run() -> ScenarioResult:
        return await run_on(SimulatedDeck(scenario, chosen), scenario, seed=chosen, records=records)

    return run_simulated(run(), speedup=speedup)


async def run_on(deck: Deck, scenario: Scenario, *, seed: int, records: Path | None) -> ScenarioResult:
    """Run a scenario on a deck, which is closed whatever happens."""
    record = Record(tuple(scenario.vehicles))
    zones = scenario.zones

    async with AsyncExitStack() as stack:
        stack.push_async_callback(deck.close)
        recorder = None if records is None else Recorder(records, clock=deck.clock, is_synced=False)
        if recorder is not None:
            stack.callback(recorder.close)
        bridge = await stack.enter_async_context(
            Bridge(clock=deck.clock, recorder=recorder, chance=random.Random(seed))  # noqa: S311
        )
        station = await stack.enter_async_context(Station(bridge, zones=zones))
        station.start()
        observer = Observer(station, deck, record)
        director = Director(scenario, station, deck, record)
        await deck.start(lambda vehicle, event: record.note(deck.now_s(), vehicle, event))
        for name, link in deck.links().items():
            await bridge.add_link(link, network=name)
        await deck.settle(lambda name: vehicle_named(station, name))
        observer.start()
        director.start()
        try:
            await _wait(scenario, station, deck, director, record)
        finally:
            await director.close()
            await observer.close()
        record.ended_s = deck.now_s()
    verdicts = tuple(judge(at, each, record) for at, each in enumerate(scenario.body.expectations))
    folder = None if recorder is None else recorder.folder
    pictures = {} if folder is None else _draw(scenario, record, verdicts, folder)
    return ScenarioResult(scenario, seed, verdicts, record, tuple(deck.skipped), pictures)


async def _wait(scenario: Scenario, station: Station, deck: Deck, director: Director, record: Record) -> None:
    """Wait until nothing is left to happen, at the longest for the scenario's duration."""
    body = scenario.body
    begins_s = max([fault.at_s for fault in body.faults if fault.at_s is not None], default=0.0)
    holds_s = max(
        [each.before_s or each.after_s for each in body.expectations if each.seen is None], default=0.0
    )
    earliest_s = max(begins_s, min(holds_s, body.duration_s))
    quiet_since_s: float | None = None
    while deck.now_s() < body.duration_s:
        await deck.sleep(min(LOOK_S, max(body.duration_s - deck.now_s(), 0.001)))
        is_quiet = (
            deck.now_s() >= earliest_s
            and len(station.bridge.vehicles) == len(record.names)
            and director.is_done
            and not any(vehicle.state.is_armed for vehicle in station.bridge.vehicles.values())
            and all(flight.ended_s is not None for flight in station.flights.all())
        )
        if not is_quiet:
            quiet_since_s = None
        elif quiet_since_s is None:
            quiet_since_s = deck.now_s()
        elif deck.now_s() - quiet_since_s >= QUIET_S and _all_seen(scenario, record, deck.now_s()):
            return


def _all_seen(scenario: Scenario, record: Record, now_s: float) -> bool:
    """Whether every event that is expected was seen, or its time is over."""
    record.ended_s = now_s
    return all(
        (each.before_s is not None and now_s >= each.before_s) or judge(0, each, record).is_met
        for each in scenario.body.expectations
        if each.seen is not None
    )


def _draw(scenario: Scenario, record: Record, verdicts: tuple[Verdict, ...], folder: Path) -> dict[int, Path]:
    pictures = {}
    for verdict in verdicts:
        if not verdict.is_met:
            expectation = scenario.body.expectations[verdict.number]
            area = expectation.inside or expectation.outside
            path = folder / f"expectation-{verdict.number + 1}.svg"
            path.write_text(track_picture(scenario.zones, record, verdict, area), encoding="utf-8")
            pictures[verdict.number] = path
    return pictures
