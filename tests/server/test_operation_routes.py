"""Operations and the check list over the interface."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from geofence.latlon import LatLon
from server.simulator_process import simulator_process

HOME = {"lat_deg": 36.0942, "lon_deg": 103.7063}
OPERATIONS = "/api/drones/1-1/operations"


@pytest.fixture
async def simulated(run_service: Any, precinct: Any, until: Any) -> AsyncIterator[Any]:
    """A service with two simulated copters that have their position."""
    home = LatLon(HOME["lat_deg"], HOME["lon_deg"])
    async with (
        simulator_process(2, home=home, home_alt_amsl_m=1520.0, speedup=40.0) as simulator,
        run_service(zones=precinct, links=simulator.addresses) as service,
    ):
        drones = service.station.fleet.drones
        await until(lambda: len(drones) == 2 and all(drone.state.prearm_ok for drone in drones.values()))
        yield service


async def ended(service: Any, until: Any, drone_id: str = "1-1") -> dict[str, Any]:
    await until(lambda: service.station.operations.newest_of(drone_id).ended_s is not None, 60.0)
    operation: dict[str, Any] = (await service.client.get(f"/api/drones/{drone_id}/operations")).json()[
        "operation"
    ]
    return operation


async def test_ordered_verified_and_seen_done(simulated: Any, until: Any) -> None:
    client = simulated.client
    assert (await client.get(OPERATIONS)).json() == {"operation": None}
    listed = (await client.get("/api/drones/1-1/preflight")).json()
    assert listed["is_ready"], listed
    assert {check["name"] for check in listed["checks"]} >= {
        "link",
        "position",
        "home",
        "battery",
        "prearm",
        "fence",
    }

    order = {"operation": "take_off", "alt_rel_m": 15, "who": "Li", "why": "look"}
    begun = await client.post(OPERATIONS, json=order)
    assert begun.status_code == 202, begun.text
    assert begun.json()["operation"]["state"] == "running"
    done = await ended(simulated, until)
    assert (done["state"], done["who"], done["why"]) == ("completed", "Li", "look")

    other = {"operation": "go_to", "position": {"lat_deg": 36.0945, "lon_deg": 103.7065}, "who": "Wang"}
    assert (await client.post(OPERATIONS, json=other)).status_code == 423
    outside = {"operation": "go_to", "position": {"lat_deg": 36.2, "lon_deg": 103.7065}, "who": "Li"}
    refused = await client.post(OPERATIONS, json=outside)
    assert refused.status_code == 409
    assert any(finding["zone_id"] == "precinct" for finding in refused.json()["findings"])
    assert (await client.get("/api/drones/1-1")).json()["ground_speed_m_s"] < 1.0

    assert (await client.post(OPERATIONS, json={**other, "who": "Li"})).status_code == 202
    assert (await ended(simulated, until))["state"] == "completed"
    blocked = (await client.get("/api/drones/1-1/preflight")).json()
    assert any(check["name"] == "prearm" and check["verdict"] == "warning" for check in blocked["checks"])
    # Anybody may send it home.
    assert (await client.post(OPERATIONS, json={"operation": "return", "who": "Wang"})).status_code == 202
    assert (await ended(simulated, until))["state"] == "completed"
    # The service looks at its vehicles ten times a second.
    await until(lambda: not simulated.station.fleet.drones["1-1"].state.is_armed)
    drone = (await client.get("/api/drones/1-1")).json()
    assert drone["is_armed"] is False
    assert len(drone["velocity_m_s"]) == 3
    assert drone["ages"]["position_s"] < 5.0
    kinds = {event["kind"] for event in (await client.get("/api/events")).json()["events"]}
    assert {"operation_advanced", "operation_ended"} <= kinds
    assert (await client.post(OPERATIONS, json={"operation": "loop"})).status_code == 422

    drones = sorted(simulated.station.fleet.drones)
    body = {"drones": [*drones, "9-9"], "order": {"operation": "take_off", "alt_rel_m": 10, "who": "Li"}}
    answer = (await client.post("/api/operations", json=body)).json()
    assert sorted(operation["drone_id"] for operation in answer["operations"]) == drones
    assert [(refused["drone_id"], refused["problem"]["status"]) for refused in answer["refused"]] == [
        ("9-9", 404)
    ]
    for drone_id in drones:
        assert (await ended(simulated, until, drone_id))["state"] == "completed"


async def test_home_is_set_by_whoever_has_the_control(simulated: Any, until: Any) -> None:
    client = simulated.client
    home = (await client.get("/api/drones/1-1/home")).json()
    assert home["position"]["lat_deg"] == pytest.approx(HOME["lat_deg"], abs=1e-5)
    other = {"lat_deg": HOME["lat_deg"] + 0.0001, "lon_deg": HOME["lon_deg"]}
    order = {"operation": "set_home", "position": other, "alt_amsl_m": 1521.0, "who": "Li", "why": "new pad"}
    assert (await client.post(OPERATIONS, json=order)).status_code == 202
    done = await ended(simulated, until)
    assert (done["operation"], done["state"], done["who"]) == ("set_home", "completed", "Li")
    moved = (await client.get("/api/drones/1-1/home")).json()
    assert moved["position"]["lat_deg"] == pytest.approx(other["lat_deg"], abs=1e-6)
    assert moved["alt_amsl_m"] == pytest.approx(1521.0, abs=0.01)
    assert (await client.post(OPERATIONS, json={**order, "who": "Wang"})).status_code == 423
    outside = {**order, "position": {"lat_deg": 36.2, "lon_deg": 103.7}}
    refused = await client.post(OPERATIONS, json=outside)
    assert refused.status_code == 409
    assert any(finding["zone_id"] == "precinct" for finding in refused.json()["findings"])
    assert (
        await client.post(OPERATIONS, json={"operation": "set_home", "alt_amsl_m": 3.0})
    ).status_code == 409
    assert (await client.get("/api/drones/1-1/home")).json() == moved


async def test_what_cannot_be_begun_is_refused_and_leaves_what_is_at_work(simulated: Any, until: Any) -> None:
    client = simulated.client
    for order, words in (
        ("go_to", "Take off first"),
        ("continue", "Take off first"),
        ("land", "Take off first"),
    ):
        body = {"operation": order, **({"position": HOME} if order == "go_to" else {})}
        refused = await client.post(OPERATIONS, json=body)
        assert (refused.status_code, words in refused.json()["detail"]) == (409, True), refused.text
    assert (await client.get(OPERATIONS)).json() == {"operation": None}
    assert (await client.post(OPERATIONS, json={"operation": "take_off", "alt_rel_m": 15})).status_code == 202
    assert (await ended(simulated, until))["state"] == "completed"
    for order, words in (("take_off", "flies already"), ("continue", "nothing was paused")):
        refused = await client.post(OPERATIONS, json={"operation": order})
        assert (refused.status_code, words in refused.json()["detail"]) == (409, True), refused.text
    assert (await client.get(OPERATIONS)).json()["operation"]["operation"] == "take_off"
