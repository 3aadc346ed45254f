"""How long all parameters take, as a file and one message each, beside a plain pymavlink loop."""

import time
from typing import Any

from bench.event_loop import run_as_served
from bench.pymavlink_station import PymavlinkStation
from bench.simulator_process import SimulatorProcess
from telemetry.bridge import Bridge
from telemetry.links.link_address import open_link_for
from telemetry.protocol.parameter_value import is_same_value


def run(*, rounds: int = 3) -> dict[str, Any]:
    """Read all parameters of the same simulator three ways in turn; the best of several rounds counts."""
    measured: list[dict[str, float]] = []
    count = 0
    with SimulatorProcess() as simulator:
        for _ in range(rounds):
            with PymavlinkStation(simulator.address) as station:
                started_s = time.perf_counter()
                plain = station.parameters()
                figures = {"pymavlink_s": time.perf_counter() - started_s}
            for name, has_files in (("list_s", False), ("file_s", True)):
                took_s, found = run_as_served(_measure(simulator.address, has_files=has_files))
                if found.keys() != plain.keys() or not all(
                    is_same_value(plain[each], value) for each, value in found.items()
                ):
                    raise RuntimeError("the parameters are not those that pymavlink reads")
                figures[name] = took_s
            count = len(plain)
            measured.append(figures)
    best = {name: round(min(figures[name] for figures in measured), 3) for name in measured[0]}
    return {
        "name": "params",
        "parameters": count,
        "rounds": rounds,
        **best,
        "list_over_pymavlink": round(best["list_s"] / best["pymavlink_s"], 2),
        "file_times_faster": round(best["pymavlink_s"] / best["file_s"], 1),
        "values_are_identical": True,
    }


async def _measure(address: str, *, has_files: bool) -> tuple[float, dict[str, float]]:
    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(address))
        vehicle = await bridge.wait_for_vehicle(10.0)
        await vehicle.wait_until(lambda state: any(map(str.isdigit, state.autopilot)), 10.0)
        if not has_files:
            vehicle.files.distrust("")
        started_s = time.perf_counter()
        found = await vehicle.read_parameters()
        return time.perf_counter() - started_s, {name: each.value for name, each in found.items()}
