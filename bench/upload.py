"""How long missions take on board, item by item and as files, and what becomes of them on a bad link."""

import asyncio
import time
from collections import Counter
from typing import Any

from bench.event_loop import run_as_served
from bench.lossy_link import LossyLink
from bench.pymavlink_station import PymavlinkStation
from bench.simulator_process import SimulatorProcess
from simulator.copter import Copter
from simulator.simulated_time import run_simulated
from telemetry.bridge import Bridge
from telemetry.links.link_address import open_link_for
from telemetry.protocol.mission_item_wire import WireItem
from telemetry.protocol.mission_type import MissionType
from telemetry.refusal import TelemetryError
from telemetry.vehicle.vehicle import Vehicle

ITEMS = 600
MOST_LOSSY_ITEMS = 60
"""Of a mission sent item by item over a bad link, where each takes about a second."""
FORMER_ITEMS = 12
LOSS, ROUND_TRIP_S, JITTER_S = 0.2, 0.2, 0.05


def survey(count: int, alt_rel_m: float) -> list[WireItem]:
    """Make a mission: home, then waypoints."""
    home = WireItem(0, 0, 16, x=360925000, y=1037080000, z=1520.0)
    return [home] + [
        WireItem(seq, 3, 16, x=360926797 + 1347 * seq, y=1037075553 + 13 * seq, z=alt_rel_m)
        for seq in range(1, count)
    ]


def run(*, items: int = ITEMS, uploads: int = 200, rounds: int = 3) -> dict[str, Any]:
    """Measure transactions and the lock-step floor against the same simulator, then lossy uploads in memory.

    A transaction reads what is on board, sends, and reads back; the floor is what a loop with pymavlink takes that
    does the same and checks nothing. Of several rounds taken in turn the best of each side counts.
    """
    measured: list[dict[str, float]] = []
    with SimulatorProcess() as simulator:
        mission = survey(items, 30.0)
        with PymavlinkStation(simulator.address) as station:
            station.upload(mission)
        for _ in range(rounds):
            figures = _measure_floor(simulator.address, mission)
            for name, has_files in (("items", False), ("files", True)):
                whole_s, sending_s = run_as_served(_measure(simulator.address, mission, has_files=has_files))
                figures |= {f"{name}_s": whole_s, f"{name}_sending_s": sending_s}
            measured.append(figures)
    best = {name: round(min(figures[name] for figures in measured), 3) for name in measured[0]}
    floor_s = best["floor_upload_s"] + 2 * best["floor_download_s"]
    return {
        "name": "upload",
        "items": items,
        "rounds": rounds,
        **best,
        "floor_s": round(floor_s, 3),
        "item_ms": round(1e3 * best["floor_upload_s"] / items, 2),
        "items_over_floor": round(best["items_s"] / floor_s, 3),
        "sending_over_floor": round(best["items_sending_s"] / best["floor_upload_s"], 3),
        "files_times_faster": round(best["items_s"] / best["files_s"], 1),
        "lossy": _measure_lossy(uploads, items),
    }


def _measure_floor(address: str, mission: list[WireItem]) -> dict[str, float]:
    with PymavlinkStation(address) as station:
        started_s = time.perf_counter()
        station.upload(mission)
        sent_s = time.perf_counter()
        if station.download() != len(mission):
            raise RuntimeError("the mission on board is not the one that was sent")
        return {
            "floor_upload_s": sent_s - started_s,
            "floor_download_s": time.perf_counter() - sent_s,
        }


async def _measure(address: str, mission: list[WireItem], *, has_files: bool) -> tuple[float, float]:
    moments: dict[str, float] = {}

    def note(what: str, done: int, _: int) -> None:
        if what.startswith("sending"):
            moments.setdefault("begun", time.perf_counter())
            if done == len(mission):
                moments["sent"] = time.perf_counter()

    async with Bridge() as bridge:
        await bridge.add_link(open_link_for(address))
        vehicle = await bridge.wait_for_vehicle(10.0)
        await _wait_for_version(vehicle)
        if not has_files:
            vehicle.files.distrust("")
        started_s = time.perf_counter()
        await vehicle.upload(MissionType.MISSION, mission, note)
        whole_s = time.perf_counter() - started_s
    return whole_s, moments["sent"] - moments["begun"]


async def _wait_for_version(vehicle: Vehicle) -> None:
    if not await vehicle.wait_until(lambda state: any(map(str.isdigit, state.autopilot)), 10.0):
        raise RuntimeError("the simulator did not tell its version")


def _measure_lossy(uploads: int, items: int) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    longest_s = {True: 0.0, False: 0.0}
    for seed in range(uploads):
        has_files = seed % 2 == 0
        outcome, took_s = run_simulated(
            _upload_lossy(
                seed,
                items if has_files else min(items, MOST_LOSSY_ITEMS),
                has_files=has_files,
                is_faulty=seed % 10 > 7,
            )
        )
        outcomes[outcome] += 1
        longest_s[has_files] = max(longest_s[has_files], took_s)
    return {
        "uploads": uploads,
        "loss": LOSS,
        "round_trip_s": ROUND_TRIP_S,
        "outcomes": dict(outcomes),
        "longest_files_s": round(longest_s[True], 1),
        "longest_items_s": round(longest_s[False], 1),
    }


async def _upload_lossy(seed: int, items: int, *, has_files: bool, is_faulty: bool) -> tuple[str, float]:
    """Upload over a bad link, one item in vain where `is_faulty`; the copter's own store tells what came of it."""
    loop = asyncio.get_running_loop()
    link = LossyLink(
        seed,
        loss=LOSS,
        round_trip_s=ROUND_TRIP_S,
        jitter_s=JITTER_S,
        is_heard=lambda message: has_files or message.name != "FILE_TRANSFER_PROTOCOL",
    )
    former, mission = survey(FORMER_ITEMS, 50.0), survey(items, 30.0)
    link.put_on_board(former)
    if is_faulty:
        at = len(mission) // 2
        mission[at] = WireItem(at, 3, 16, x=950_000_000, y=0, z=30.0)
    if has_files:
        await link.open()
    started_s = loop.time()
    said = ""
    try:
        await link.vehicle.upload(MissionType.MISSION, mission)
    except TelemetryError as refusal:
        said = str(refusal)
    took_s = loop.time() - started_s
    outcome = _judge(link.copter, mission, former, said)
    await link.close()
    return outcome, took_s


def _judge(copter: Copter, mission: list[WireItem], former: list[WireItem], said: str) -> str:
    on_board = [copter.mission.item(seq) for seq in range(copter.mission.count())]
    places = [(item.x, item.y, item.z) for item in on_board[1:]]
    is_new = places == [(item.x, item.y, item.z) for item in mission[1:]]
    is_former = places == [(item.x, item.y, item.z) for item in former[1:]]
    if not said:
        return "on board" if is_new else "WRONG, SAID TO BE RIGHT"
    if "former mission is" in said:
        return "restored" if is_former else "WRONG, SAID TO BE RESTORED"
    if "there is none on board now" in said:
        return "cleared" if not places else "WRONG, SAID TO BE CLEARED"
    return "unknown, and said to be"
