"""The guard over the interface, and what a drone's document says of zones ahead."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from geofence.latlon import LatLon
from server.simulator_process import simulator_process
from tests.server.conftest import PAD, PRECINCT, collection


@pytest.fixture
async def simulated(run_service: Any, precinct: Any, until: Any) -> AsyncIterator[Any]:
    """A service with one simulated copter that has its position."""
    home = LatLon(36.0942, 103.7063)
    async with (
        simulator_process(1, home=home, home_alt_amsl_m=1520.0, speedup=20.0) as simulator,
        run_service(zones=precinct, links=simulator.addresses) as service,
    ):
        drones = service.station.fleet.drones
        await until(lambda: "1-1" in drones and drones["1-1"].state.prearm_ok is True)
        yield service


async def test_the_guard_is_switched_with_a_reason(simulated: Any) -> None:
    client = simulated.client
    drone = (await client.get("/api/drones/1-1")).json()
    assert drone["guard"] == {"is_on": True, "who": "", "why": "", "is_overruled": False}
    refused = await client.put("/api/drones/1-1/guard", json={"is_on": False})
    assert refused.status_code == 422
    assert "reason" in refused.json()["detail"]
    switched = await client.put(
        "/api/drones/1-1/guard", json={"is_on": False, "who": "Li", "why": "rescue on the island"}
    )
    assert switched.json()["guard"] == {
        "is_on": False,
        "who": "Li",
        "why": "rescue on the island",
        "is_overruled": False,
    }
    assert (await client.get("/api/drones/1-1")).json()["guard"]["is_on"] is False
    kinds = [event["kind"] for event in (await client.get("/api/events")).json()["events"]]
    assert kinds.count("guard_switched") == 1
    assert (await client.put("/api/drones/9-9/guard", json={"is_on": True})).status_code == 404


async def test_the_guard_is_switched_off_by_whoever_has_the_control(simulated: Any) -> None:
    client, guard = simulated.client, "/api/drones/1-1/guard"
    taken = await client.post("/api/drones/1-1/control", json={"who": "Li", "why": "patrol"})
    assert taken.status_code == 200
    off = {"is_on": False, "who": "Wang", "why": "my own flight"}
    refused = await client.put(guard, json=off)
    assert refused.status_code == 423
    assert "switching its guard off is refused, since Li (patrol) has the control" in refused.json()["detail"]
    assert (await client.get("/api/drones/1-1")).json()["guard"]["is_on"] is True
    assert (await client.put(guard, json={**off, "who": "Li"})).json()["guard"]["is_on"] is False
    # What makes it safer anybody may do, and that is told.
    on = await client.put(guard, json={"is_on": True, "who": "Wang", "why": "it is unguarded"})
    assert on.json()["guard"] == {
        "is_on": True,
        "who": "Wang",
        "why": "it is unguarded",
        "is_overruled": False,
    }
    assert on.json()["control"]["holder"]["who"] == "Li"
    events = (await client.get("/api/events")).json()["events"]
    (overruled,) = [event for event in events if event["kind"] == "emergency_commanded"]
    assert (overruled["data"]["who"], overruled["data"]["holder"]) == ("Wang", "Li")


async def test_a_zone_put_round_a_flying_drone_is_acted_upon(simulated: Any, until: Any) -> None:
    """No flight of ours: whoever flies it, it is guarded."""
    client, fleet = simulated.client, simulated.station.fleet
    await client.put("/api/zones", json=collection(PRECINCT))
    taken_off = await client.post("/api/drones/1-1/commands", json={"command": "takeoff", "alt_rel_m": 20})
    assert taken_off.status_code == 200, taken_off.text
    await until(lambda: (fleet.drones["1-1"].state.alt_rel_m or 0.0) > 15.0, 60.0)
    assert fleet.drones["1-1"].document["alerts"] == []
    place = fleet.drones["1-1"].state.position
    west, south = place.lon_deg - 0.001, place.lat_deg - 0.001
    ring = [
        [west, south],
        [west + 0.002, south],
        [west + 0.002, south + 0.002],
        [west, south + 0.002],
        [west, south],
    ]
    square = {**PAD, "id": "event", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    square["properties"] = {**PAD["properties"], "name": "event"}
    assert (await client.put("/api/zones/event", json=square)).status_code in (200, 201)
    await until(lambda: fleet.drones["1-1"].state.mode == "BRAKE", 30.0)
    (alert,) = fleet.drones["1-1"].document["alerts"]
    assert (alert["zone_id"], alert["colour"], alert["is_breached"]) == ("event", "red", True)
    assert alert["action"] == "hold"
    await until(lambda: "guard_acted" in _kinds(simulated), 10.0)
    assert _kinds(simulated).count("zone_violated") == 1
    # The operator's word counts from now on.
    assert (await client.post("/api/drones/1-1/commands", json={"command": "land"})).status_code == 200
    await until(lambda: fleet.drones["1-1"].document["guard"]["is_overruled"], 10.0)
    await until(lambda: fleet.drones["1-1"].state.mode == "LAND", 10.0)
    assert _kinds(simulated).count("guard_acted") == 1


def _kinds(service: Any) -> list[str]:
    return [logged.document["kind"] for logged in service.station.events.after(0)]
