import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from geofence.latlon import LatLon
from server.errors import status_of
from server.simulator_process import simulator_process
from telemetry.refusal import CommandRefused, TelemetryError, VehicleSilent

SPEEDUP = 40.0
HOME = LatLon(36.0942, 103.7063)
AREA = {"name": "area", "zone_id": "precinct", "swath_m": 60}
REQUEST = {
    "pattern": {"name": "perimeter", "zone_id": "precinct", "swath_m": 60},
    "alt_rel_m": 30,
    "home": {"lat_deg": HOME.lat_deg, "lon_deg": HOME.lon_deg},
    "speed_m_s": 10,
}


@pytest.fixture
async def simulated(run_service: Any, precinct: Any, until: Any) -> AsyncIterator[Any]:
    """A service with one simulated copter that has its position."""
    async with (
        simulator_process(1, home=HOME, home_alt_amsl_m=1520.0, speedup=SPEEDUP) as simulator,
        run_service(zones=precinct, links=simulator.addresses) as service,
    ):
        drones = service.station.fleet.drones
        await until(lambda: "1-1" in drones and drones["1-1"].state.prearm_ok is True)
        yield service


async def command(service: Any, name: str, **more: Any) -> Any:
    return await service.client.post("/api/drones/1-1/commands", json={"command": name, **more})


async def test_a_drone_obeys_commands_and_viewers_see_it(simulated: Any, next_frame: Any) -> None:
    async with simulated.watch() as viewer:
        await next_frame(viewer, "snapshot")
        taken_off = await command(simulated, "takeoff", alt_rel_m=25)
        assert taken_off.json() == {"command": "takeoff", "accepted": True}
        drone: dict[str, Any] = {}
        while (drone.get("alt_rel_m") or 0.0) < 24.0:
            drone = next(iter((await next_frame(viewer, "update")).get("drones", ())), drone)
        assert drone["mode"] == "GUIDED"
        assert drone["is_flying"] is True
        assert drone["zone_clearance_m"] > 100

        refused = await command(simulated, "disarm")
        assert refused.status_code == 409
        assert refused.headers["content-type"] == "application/problem+json"
        assert "refused" in refused.json()["detail"] or "failed" in refused.json()["detail"]

        for name, mode in (("pause", "BRAKE"), ("resume", "GUIDED"), ("rtl", "RTL"), ("land", "LAND")):
            answer = await command(simulated, name)
            assert answer.status_code == 200, answer.text
            while drone["mode"] != mode:
                drone = next(iter((await next_frame(viewer, "update")).get("drones", ())), drone)
        while drone["is_armed"]:
            drone = next(iter((await next_frame(viewer, "update")).get("drones", ())), drone)
    kinds = [event["kind"] for event in (await simulated.client.get("/api/events")).json()["events"]]
    assert [kind for kind in kinds if kind in ("armed", "took_off", "landed", "disarmed")] == [
        *("armed", "took_off", "landed", "disarmed")
    ]


async def test_a_take_off_into_forbidden_space_is_refused_and_nothing_sent(
    simulated: Any, feature: Any
) -> None:
    lid = feature("lid", 36.093, 103.705, 0.003, kind="exclusion", floor_m=40, datum="rel")
    assert (await simulated.client.put("/api/zones/lid", json=lid)).status_code == 200
    refused = await command(simulated, "takeoff", alt_rel_m=50)
    assert refused.status_code == 409
    assert "lid" in refused.json()["detail"]
    assert (await command(simulated, "pause", alt_rel_m=50)).status_code == 422
    assert (await command(simulated, "takeoff", alt_rel_m=121)).status_code == 422
    drone = (await simulated.client.get("/api/drones/1-1")).json()
    assert drone["is_armed"] is False
    assert drone["mode"] != "GUIDED"


async def test_a_plan_is_flown_whole(simulated: Any, next_frame: Any, feature: Any) -> None:
    client = simulated.client
    await client.put("/api/zones/islet", json=feature("islet", 36.0945, 103.7060, 0.0015))
    (plan,) = (
        await client.post(
            "/api/plans", json={**REQUEST, "pattern": {**REQUEST["pattern"], "zone_id": "islet"}}
        )
    ).json()["plans"]
    async with simulated.watch() as viewer:
        await next_frame(viewer, "snapshot")
        begun = await client.post("/api/drones/1-1/flights", json={"plan_id": plan["id"]})
        assert begun.status_code == 202, begun.text
        flight = begun.json()["flight"]
        assert flight["drone_id"] == "1-1"
        assert flight["plan_id"] == plan["id"]

        second = await client.post("/api/drones/1-1/flights", json={"plan_id": plan["id"]})
        assert second.status_code == 409
        assert flight["id"] in second.json()["detail"]
        assert (await client.delete(f"/api/plans/{plan['id']}")).status_code == 409

        phases: list[str] = []
        drone: dict[str, Any] = {}
        while flight["ended_s"] is None:
            update = await next_frame(viewer, "update", 60.0)
            drone = next(iter(update.get("drones", ())), drone)
            for flight in update.get("flights", ()):
                if flight["phase"] not in phases:
                    phases.append(flight["phase"])
        assert flight["phase"] == "completed", flight["reason"]
        assert flight["reached"] == flight["items"] > 3
        assert set(phases) >= {"flying", "completed"}
    assert (await client.get("/api/flights")).json()["flights"] == [flight]
    drone = (await client.get("/api/drones/1-1")).json()
    assert drone["plan_id"] == plan["id"]
    assert drone["flight_phase"] == "completed"
    events = (await client.get("/api/events")).json()["events"]
    kinds = {event["kind"] for event in events}
    assert {"mission_uploaded", "fence_uploaded", "took_off", "landed", "flight_ended"} <= kinds
    assert "zone_violated" not in kinds
    assert (await client.delete(f"/api/plans/{plan['id']}")).status_code == 204


async def test_a_plan_the_zones_in_force_forbid_is_not_flown(simulated: Any, feature: Any) -> None:
    client = simulated.client
    (plan,) = (await client.post("/api/plans", json={**REQUEST, "pattern": {**AREA, "swath_m": 200}})).json()[
        "plans"
    ]
    wall = feature("wall", 36.096, 103.702, 0.002, kind="exclusion")
    assert (await client.put("/api/zones/wall", json=wall)).status_code == 200
    refused = await client.post("/api/drones/1-1/flights", json={"plan_id": plan["id"]})
    assert refused.status_code == 409
    assert any(finding["zone_id"] == "wall" for finding in refused.json()["findings"])
    assert (await client.get("/api/flights")).json() == {"flights": []}
    assert (await client.get("/api/drones/1-1")).json()["mission"]["count"] in (None, 0, 1)


async def test_a_plan_that_the_wind_is_too_strong_for_is_not_flown(simulated: Any) -> None:
    client = simulated.client
    (plan,) = (await client.post("/api/plans", json={**REQUEST, "pattern": {**AREA, "swath_m": 200}})).json()[
        "plans"
    ]
    stormy = {"plan_id": plan["id"], "max_wind_m_s": 12}
    refused = await client.post("/api/drones/1-1/flights", json=stormy)
    assert refused.status_code == 409
    assert "Gusts of 12 m/s carry the copter off any leg" in refused.json()["detail"]
    assert (await client.get("/api/flights")).json() == {"flights": []}


async def test_a_plan_for_another_place_ends_in_a_reason(simulated: Any, feature: Any, until: Any) -> None:
    client = simulated.client
    elsewhere = {"lat_deg": 36.0915, "lon_deg": 103.7015}
    (plan,) = (await client.post("/api/plans", json={**REQUEST, "home": elsewhere})).json()["plans"]
    times = {"periods": [{"end": "2020-01-01T00:00:00Z"}]}
    past = feature("past", 36.09, 103.70, 0.01, kind="exclusion", datum="agl", applicability=times)
    assert (await client.put("/api/zones/past", json=past)).status_code == 200
    assert (await client.post("/api/drones/1-1/flights", json={"plan_id": plan["id"]})).status_code == 202
    await until(lambda: simulated.station.flights.all()[0].ended_s is not None)
    (flight,) = (await client.get("/api/flights")).json()["flights"]
    assert flight["phase"] == "aborted"
    assert "another place" in flight["reason"]
    again = await client.post("/api/drones/1-1/flights", json={"plan_id": plan["id"]})
    assert again.status_code == 202


async def test_missing_plans_and_drones_are_not_found(simulated: Any) -> None:
    client = simulated.client
    assert (await client.post("/api/drones/1-1/flights", json={"plan_id": "p9"})).status_code == 404
    assert (await client.post("/api/drones/7-7/flights", json={"plan_id": "p9"})).status_code == 404
    assert (await client.post("/api/drones/1-1/flights", json={})).status_code == 422


async def test_the_simulator_ends_with_its_block() -> None:
    async with simulator_process(1, home=HOME, home_alt_amsl_m=1520.0, speedup=1.0) as simulator:
        host, port = simulator.addresses[0].removeprefix("tcp:").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.close()
        await writer.wait_closed()
    with pytest.raises(OSError):
        await asyncio.open_connection(host, int(port))


def test_statuses_of_vehicles() -> None:
    assert status_of(VehicleSilent("x")) == 504
    assert status_of(CommandRefused("x", command="RUN", result=4)) == 409
    assert status_of(TelemetryError("x")) == 409


async def test_one_plan_is_flown_by_one_drone_at_a_time(run_service: Any, precinct: Any, until: Any) -> None:
    async with (
        simulator_process(2, home=HOME, home_alt_amsl_m=1520.0, speedup=SPEEDUP) as simulator,
        run_service(zones=precinct, links=simulator.addresses) as service,
    ):
        drones = service.station.fleet.drones
        await until(lambda: len(drones) == 2)
        (plan,) = (await service.client.post("/api/plans", json={**REQUEST, "pattern": AREA})).json()["plans"]
        first, second = sorted(drones)
        begun = await service.client.post(f"/api/drones/{first}/flights", json={"plan_id": plan["id"]})
        assert begun.status_code == 202, begun.text
        refused = await service.client.post(f"/api/drones/{second}/flights", json={"plan_id": plan["id"]})
        assert refused.status_code == 409
        assert f"flown by drone {first}" in refused.json()["detail"]
        assert (await service.client.get(f"/api/drones/{second}")).json()["is_armed"] is False
