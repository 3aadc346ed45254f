"""`feiying bench replan`."""

from collections.abc import Iterator
from typing import Any

from server.cli.bench import bench_app
from server.cli.bench.said import JsonOption, measure


@bench_app.command()
def replan(json: JsonOption = False) -> None:
    """Plan a night of patrol lines for a fleet, and replan it in flight."""
    from bench.replan import run

    measure("replan", run, _words, json=json)


def _words(result: dict[str, Any]) -> Iterator[str]:
    plan = result["plan"]
    planned = (
        f"{plan['lines']} lines, {plan['drones']} drones, {plan['pads']} pads: planned in {plan['wall_s']} s, "
        f"home after {plan['home_s']} s, {plan['flown_once']} lines flown once, {plan['conflicts']} conflicts"
    )
    yield planned
    for figures in result["replan"]:
        replanned = (
            f"{figures['change']} at {figures['at_s']:g} s: {figures['wall_s']} s, {figures['moved']} tasks moved, "
            f"{figures['unserved']} not flown, {figures['conflicts']} conflicts"
        )
        yield replanned
