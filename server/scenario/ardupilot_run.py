"""Runs a scenario on real ArduCopters."""

import asyncio
import contextlib
import signal
import tempfile
from pathlib import Path

from geofence.refusal import Refusal
from server.scenario.ardupilot_deck import ArduPilotDeck
from server.scenario.scenario_file import Scenario
from server.scenario.scenario_run import ScenarioResult, run_on
from simulator.refusal import SimulatorError


def run_on_ardupilot(
    scenario: Scenario,
    binary: Path,
    *,
    seed: int | None = None,
    speedup: float | None = None,
    records: Path | None = None,
) -> ScenarioResult:
    """Start an instance a vehicle, run, and stop them all, also when interrupted or told to end.

    Raises
    ------
    Refusal
        If an instance cannot be started, or the process is told to end.
    """
    chosen = scenario.body.seed if seed is None else seed

    async def run() -> ScenarioResult:
        task = asyncio.current_task()
        assert task is not None
        # An interrupt cancels the task by itself.
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        with tempfile.TemporaryDirectory(prefix="feiying-ardupilot-", ignore_cleanup_errors=True) as folder:
            deck = ArduPilotDeck(scenario, binary, Path(folder), seed=chosen, speedup=speedup or 1.0)
            return await run_on(deck, scenario, seed=chosen, records=records)

    try:
        return asyncio.run(run())
    except asyncio.CancelledError:
        raise Refusal("told to end; all instances are stopped", place=str(scenario.source)) from None
    except SimulatorError as refused:
        raise Refusal(refused.what, place=refused.place, remedy=refused.remedy) from None
