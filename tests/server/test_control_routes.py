"""Who has the control of a drone, over the interface."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from geofence.latlon import LatLon
from server.simulator_process import simulator_process

CONTROL = "/api/drones/1-1/control"
COMMANDS = "/api/drones/1-1/commands"
LI, WANG = {"who": "Li", "why": "patrol"}, {"who": "Wang", "why": "fire"}


@pytest.fixture
async def simulated(run_service: Any, precinct: Any, until: Any) -> AsyncIterator[Any]:
    """A service with one simulated copter that has its position."""
    home = LatLon(36.0942, 103.7063)
    async with (
        simulator_process(1, home=home, home_alt_amsl_m=1520.0, speedup=30.0) as simulator,
        run_service(zones=precinct, links=simulator.addresses) as service,
    ):
        drones = service.station.fleet.drones
        await until(lambda: "1-1" in drones and drones["1-1"].state.prearm_ok is True)
        yield service


async def test_one_commands_and_others_ask(simulated: Any, until: Any) -> None:
    client = simulated.client
    assert (await client.get(CONTROL)).json() == {
        "holder": None,
        "request": None,
        "expires_in_s": None,
        "passes_in_s": None,
    }
    taken = await client.post(CONTROL, json=LI)
    assert taken.status_code == 200
    assert taken.json()["holder"] == LI
    assert 50 < taken.json()["expires_in_s"] <= 60

    refused = await client.post(COMMANDS, json={"command": "takeoff", **WANG})
    assert refused.status_code == 423
    assert refused.json()["holder"] == "Li"
    assert "asked_by" not in refused.json()
    assert "Li (patrol)" in refused.json()["detail"]
    flight = await client.post("/api/drones/1-1/flights", json={"plan_id": "p1", **WANG})
    assert flight.status_code in (404, 423)
    assert (await client.get("/api/drones/1-1")).json()["is_armed"] is False

    asked = await client.post(CONTROL, json=WANG)
    assert asked.status_code == 202
    assert asked.json()["request"] == WANG
    third = await client.post(CONTROL, json={"who": "Sun", "why": "flood"})
    assert third.status_code == 423
    assert (third.json()["holder"], third.json()["asked_by"]) == ("Li", "Wang")
    assert (await client.post(CONTROL, json={"action": "object", **WANG})).status_code == 423
    assert (await client.post(CONTROL, json={"action": "object", **LI})).json()["request"] is None
    await client.post(CONTROL, json=WANG)
    released = await client.delete(CONTROL, params=LI)
    assert released.json()["holder"] == WANG
    drone = simulated.station.fleet.drones["1-1"]
    await until(lambda: drone.document["control"] == {"holder": WANG, "request": None})

    assert (
        await client.post(COMMANDS, json={"command": "takeoff", "alt_rel_m": 10, **WANG})
    ).status_code == 200
    home = await client.post(COMMANDS, json={"command": "rtl", "who": "Zhao", "why": "wrong drone"})
    assert home.status_code == 200
    events = (await client.get("/api/events")).json()["events"]
    kinds = [event["kind"] for event in events]
    for kind in (
        "control_taken",
        "control_requested",
        "control_kept",
        "control_released",
        "emergency_commanded",
    ):
        assert kind in kinds
    answers = [event["data"] for event in events if event["kind"] == "command_answered"]
    assert {(answer["who"], answer["why"]) for answer in answers} == {
        ("Wang", "fire"),
        ("Zhao", "wrong drone"),
    }
    assert (await client.get(CONTROL)).json()["holder"] == WANG

    assert (await client.delete(CONTROL)).status_code == 423
    assert (await client.delete(CONTROL, params=WANG)).json()["holder"] is None
    # Who says no name is the operator.
    assert (await client.delete(CONTROL)).status_code == 409
    assert (await client.post(COMMANDS, json={"command": "resume"})).status_code in (200, 409)
    assert (await client.get(CONTROL)).json()["holder"] == {"who": "operator", "why": ""}
    assert (await client.post(CONTROL, json={"action": "seize"})).status_code == 422
