"""The service is killed while three drones fly; they fly on, and the next one knows them, their plans and how far they are."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from telemetry.logbook.flight_index import FlightIndex
from telemetry.logbook.journal import journals_in
from telemetry.wire.codec import decode
from telemetry.wire.tlog import TlogReader
from tests.simulated_copters import simulated_copters

DRONES = ("1-1", "2-2", "3-3")
SPEEDUP = 4
FOUND_S = 5.0
"""From the answer of the service to the last of the three known; ours is a loaded machine at times."""
LAST_S = 2.0
"""A second, and another for a machine that is too busy to hear the drones."""
GLOBAL_POSITION_INT = 33
GCS_PATIENCE = "FS_GCS_TIMEOUT=120"
"""In the drones' own seconds, of which there are more than ours: by default they come home after 5."""
HOME = (36.0942, 103.7063)
ZONE = {
    "type": "Feature",
    "id": "precinct",
    "properties": {"name": "precinct", "kind": "inclusion", "ceiling_m": 120, "datum": "agl"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [
            [[103.70, 36.09], [103.72, 36.09], [103.72, 36.10], [103.70, 36.10], [103.70, 36.09]]
        ],
    },
}


async def until(condition: Any, deadline_s: float = 60.0) -> Any:
    """Ask again and again until something true comes."""
    async with asyncio.timeout(deadline_s):
        while not (found := await condition()):
            await asyncio.sleep(0.05)
    return found


async def drones_of(client: httpx.AsyncClient) -> dict[str, Any]:
    return {drone["id"]: drone for drone in (await client.get("/api/drones")).json()["drones"]}


async def plan_for(client: httpx.AsyncClient, drone: dict[str, Any]) -> dict[str, Any]:
    """Plan a flight of some minutes."""
    lat_deg, lon_deg = drone["position"]["lat_deg"], drone["position"]["lon_deg"]
    request = {
        "pattern": {
            "name": "points",
            "points": [
                {"lat_deg": lat_deg + 0.0005 * number, "lon_deg": lon_deg, "dwell_s": 25}
                for number in range(1, 9)
            ],
        },
        "alt_rel_m": 12,
        "home": drone["position"],
        "speed_m_s": 8,
    }
    answer = await client.post("/api/plans", json=request)
    assert answer.status_code == 201, answer.text
    plan: dict[str, Any] = answer.json()["plans"][0]
    return plan


def positions_in(run: Path) -> dict[int, list[tuple[float, float, float]]]:
    """Give what each drone has said of its place in a run, by system id: UTC, latitude and longitude."""
    found: dict[int, list[tuple[float, float, float]]] = {}
    for journal in journals_in(run):
        for path in journal.segments:
            for time_s, frame in TlogReader(path):
                if frame.msg_id == GLOBAL_POSITION_INT:
                    said = decode(frame)
                    found.setdefault(frame.system_id, []).append((time_s, said.lat / 1e7, said.lon / 1e7))
    return found


@pytest.mark.soak
async def test_three_drones_fly_on_and_are_found(feiying: Any, tmp_path: Path) -> None:
    records = tmp_path / "records"
    (tmp_path / "zones.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [ZONE]}))
    home = f"{HOME[0]},{HOME[1]},1520,0"
    copters = ("--count", 3, "--speedup", SPEEDUP, "--home", home, "--param", GCS_PATIENCE)
    with simulated_copters(*copters) as addresses:
        options = [part for address in addresses for part in ("--connect", address)]
        serve = ("serve", "--port", 0, "--record", records, "--zones", tmp_path / "zones.geojson", *options)

        first = await feiying(*serve)
        async with httpx.AsyncClient(base_url=await first.page_url(), timeout=200, trust_env=False) as client:

            async def ready() -> Any:
                drones = await drones_of(client)
                is_ready = len(drones) == 3 and all(drone["prearm"]["ok"] for drone in drones.values())
                return drones if is_ready else None

            standing = await until(ready)
            plans = {}
            for drone_id, drone in standing.items():
                plans[drone_id] = plan = await plan_for(client, drone)
                begun = await client.post(
                    f"/api/drones/{drone_id}/flights",
                    json={"plan_id": plan["id"], "who": "li", "why": f"patrol of {drone_id}"},
                )
                assert begun.status_code == 202, begun.text

            async def under_way() -> Any:
                drones = await drones_of(client)
                return (
                    drones if all((drone["mission"]["seq"] or 0) >= 2 for drone in drones.values()) else None
                )

            before = await until(under_way, 120)
        killed_s = time.time()
        first.process.kill()
        await first.process.wait()
        [run] = [path for path in records.iterdir() if path.name[0].isdigit()]
        recorded = positions_in(run)
        for drone in before.values():
            *_, last = places = recorded[drone["system_id"]]
            shown = drone["position"]["lat_deg"], drone["position"]["lon_deg"]
            assert any(place == pytest.approx(shown, abs=1e-6) for _, *place in places)
            assert killed_s - last[0] < LAST_S

        second = await feiying(*serve)
        async with httpx.AsyncClient(
            base_url=await second.page_url(), timeout=200, trust_env=False
        ) as client:
            begun_s = time.monotonic()

            async def known() -> Any:
                drones = await drones_of(client)
                is_known = len(drones) == 3 and all(
                    drone["plan_id"] and drone["mission"]["to_go_m"] and drone["control"]["holder"]
                    for drone in drones.values()
                )
                return drones if is_known else None

            after = await until(known)
            took_s = time.monotonic() - begun_s
            for drone_id, drone in after.items():
                assert drone["is_armed"]
                assert drone["mode"] == "AUTO"
                assert drone["flight_phase"] == "flying"
                assert drone["mission"]["count"] == before[drone_id]["mission"]["count"]
                assert drone["mission"]["seq"] >= before[drone_id]["mission"]["seq"]
                assert drone["control"]["holder"] == {"who": "li", "why": f"patrol of {drone_id}"}
                assert drone["zone_clearance_m"] is not None
                plan = (await client.get(f"/api/plans/{drone['plan_id']}")).json()
                for name in (
                    "id",
                    "name",
                    "items",
                    "length_m",
                    "home",
                    "margin_m",
                    "speed_m_s",
                    "routes",
                    "returns",
                ):
                    assert plan[name] == plans[drone_id][name], name
            events = (await client.get("/api/events")).json()["events"]
            assert sorted(event["drone_id"] for event in events if event["kind"] == "flight_found") == [
                *DRONES
            ]

            for drone_id in DRONES:
                order = {"command": "rtl", "who": "li", "why": "enough"}
                assert (await client.post(f"/api/drones/{drone_id}/commands", json=order)).status_code == 200

            async def landed() -> Any:
                flights = (await client.get("/api/flights")).json()["flights"]
                return flights if all(flight["ended_s"] for flight in flights) else None

            for flight in await until(landed, 120):
                assert "mode RTL" in flight["reason"]
                assert 1 <= flight["reached"] < flight["items"]
        second.process.terminate()
        code, _, said = await second.end()
    assert code == 0, said
    assert "Traceback" not in said
    print(f"found after {took_s:.2f} s")
    assert took_s < FOUND_S
    assert not list((records / "running").iterdir())
    logged = FlightIndex(records).flights.values()
    assert sorted(flight.vehicle_id for flight in logged) == sorted(DRONES * 2)
    assert {flight.plan_name for flight in logged} == {plan["name"] for plan in plans.values()}
