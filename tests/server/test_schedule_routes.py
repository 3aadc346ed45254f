"""Schedules of a fleet through the service: planned, shown, kept with the plans of their flights, removed."""

from typing import Any

import pytest

NAV_DELAY, DO_SET_CAM_TRIGG_DIST = 93, 206

STATION = {
    "pads": [
        {"id": "west", "position": {"lat_deg": 36.0942, "lon_deg": 103.7023}, "swap_s": 60},
        {"id": "east", "position": {"lat_deg": 36.0942, "lon_deg": 103.7073}},
    ],
    "drones": [
        {"id": "red", "pad": "west"},
        {"id": "blue", "pad": "east", "vehicle": "quad-50", "capabilities": ["horn"]},
    ],
}


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


LINES = [
    feature("LineString", [[103.702, lat], [103.708, lat]], name=f"row {number}")
    for number, lat in enumerate((36.0925, 36.0935, 36.0955, 36.0965), start=1)
]
BEACON = feature("Point", [103.705, 36.0945], name="beacon", needs=["horn"], dwell_s=5)
REQUEST = {
    "station": STATION,
    "wanted": {"type": "FeatureCollection", "features": [*LINES, BEACON]},
    "window": "21:00-22:00",
    "alt_rel_m": 50,
    "wind": {"speed_m_s": 3, "from_deg": 270},
}


async def post(service: Any, path: str = "/api/schedules", **changes: Any) -> Any:
    # compiled as they are first used, on a machine that may be slow
    return await service.client.post(path, json={**REQUEST, **changes}, timeout=220.0)


async def test_a_schedule_is_kept_with_the_plans_of_its_flights(service: Any) -> None:
    answer = await post(service)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    schedule, plans = made["schedule"], made["plans"]
    assert schedule["id"] == "s1"
    assert schedule["is_legal"]
    assert schedule["window"]["begins"] == "21:00"
    assert [drone["id"] for drone in schedule["drones"]] == ["red", "blue"]
    flights = [flight for drone in schedule["drones"] for flight in drone["flights"]]
    assert {flight["plan_id"] for flight in flights} == {plan["id"] for plan in plans}
    names = {plan["id"]: plan["name"] for plan in plans}
    assert all(names[flight["plan_id"]] == flight["name"] for flight in flights)
    tasks = sorted(task["name"] for flight in flights for task in flight["tasks"])
    assert tasks == ["beacon", "row 1", "row 2", "row 3", "row 4"]
    assert {plan["wind"]["speed_m_s"] for plan in plans} == {3}
    assert all(plan["keeps_reserve"] for plan in plans)
    blue = next(drone for drone in schedule["drones"] if drone["id"] == "blue")
    assert "beacon" in {task["name"] for flight in blue["flights"] for task in flight["tasks"]}

    assert (await service.client.get("/api/plans")).json()["plans"] == plans
    assert (await service.client.get("/api/schedules")).json() == {"schedules": [schedule]}
    assert (await service.client.get("/api/schedules/s1")).json() == schedule
    assert (await service.client.delete("/api/schedules/s1")).status_code == 204
    assert (await service.client.get("/api/plans")).json()["plans"] == []
    assert (await service.client.get("/api/schedules/s1")).status_code == 404


async def test_a_lost_drone_and_a_new_point_make_another_schedule(service: Any) -> None:
    first = (await post(service)).json()["schedule"]
    change = {
        "time_s": 10,
        "lost": ["red"],
        "withdraw": ["row 1"],
        "add": feature("Point", [103.706, 36.0950], name="crash"),
        "drones": [{"id": "blue"}],
    }
    answer = await service.client.post("/api/schedules/s1/replan", json=change, timeout=220.0)
    assert answer.status_code == 201, answer.text
    schedule = answer.json()["schedule"]
    assert (schedule["id"], schedule["replaces"]) == ("s2", "s1")
    assert [drone["id"] for drone in schedule["drones"]] == ["blue"]
    tasks = {
        task["name"]
        for drone in schedule["drones"]
        for flight in drone["flights"]
        for task in flight["tasks"]
    }
    assert tasks == {"crash", "beacon", "row 2", "row 3", "row 4"}
    moved = {move["task"] for move in schedule["changes"]["moves"]}
    had = {
        task["name"]
        for drone in first["drones"]
        if drone["id"] == "red"
        for flight in drone["flights"]
        for task in flight["tasks"]
    }
    assert had - {"row 1"} <= moved
    for wrong in ({**change, "lost": ["green"]}, {**change, "withdraw": ["row 9"]}, {"time_s": 9e4}):
        assert (await service.client.post("/api/schedules/s1/replan", json=wrong)).status_code == 422
    assert len((await service.client.get("/api/schedules")).json()["schedules"]) == 2


async def test_a_previewed_schedule_is_not_kept(service: Any) -> None:
    answer = await post(service, "/api/schedules/preview", wanted=LINES[0])
    assert answer.status_code == 200, answer.text
    assert answer.json()["schedule"]["id"] == ""
    assert {plan["id"] for plan in answer.json()["plans"]} == {""}
    assert (await service.client.get("/api/schedules")).json() == {"schedules": []}
    assert (await service.client.get("/api/plans")).json()["plans"] == []


async def test_an_area_is_shared(service: Any) -> None:
    area = {"name": "area", "zone_id": "precinct", "swath_m": 200}
    answer = await post(service, "/api/schedules/preview", wanted=None, patterns=[{"pattern": area}])
    assert answer.status_code == 200, answer.text
    drones = answer.json()["schedule"]["drones"]
    assert all(drone["flights"] for drone in drones), "both take a part"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"station": {"pads": [], "drones": []}}, "pads is empty"),
        ({"station": {**STATION, "drones": [{"id": "red", "pad": "north"}]}}, "there is no such pad"),
        (
            {"station": {**STATION, "drones": [{"id": "red", "pad": "west", "vehicle": "/etc/passwd.json"}]}},
            "no drone is called",
        ),
        ({"wanted": None}, "nothing is to be flown"),
        ({"wanted": {"type": "FeatureCollection", "features": []}}, "holds no line"),
        ({"window": "noon"}, "is no window"),
        ({"vehicle": "ufo"}, "no drone is called"),
        ({"alt_rel_m": 500}, "out of range"),
    ],
)
async def test_what_cannot_be_planned_is_refused_and_changes_nothing(
    service: Any, changes: dict[str, Any], words: str
) -> None:
    answer = await post(service, **changes)
    assert answer.status_code == 422, answer.text
    assert words in answer.json()["detail"]
    assert (await service.client.get("/api/schedules")).json() == {"schedules": []}
    assert (await service.client.get("/api/plans")).json()["plans"] == []


async def test_the_stock_vehicles_are_told(service: Any) -> None:
    vehicles = (await service.client.get("/api/vehicles")).json()["vehicles"]
    assert [vehicle["name"] for vehicle in vehicles if vehicle["is_assumed"]] == ["quad-30"]
    assert {"quad-30", "arducopter-sitl", "quad-50"} == {vehicle["name"] for vehicle in vehicles}
    assert all(vehicle["hover_s"] > 300 and vehicle["usable_wh"] > 40 for vehicle in vehicles)


async def test_pictures_and_payload_orders_are_flown_and_kept_by_a_replan(service: Any) -> None:
    call = {"position": {"lat_deg": 36.0945, "lon_deg": 103.705}, "actions": [{"hover_s": 25}]}
    payload = {"devices": {"lamp": {"relay": 1}}, "points": [call], "mass_kg": 0.1}
    bad = await post(service, payload={"points": [{**call, "actions": [{"switch_on": "gong"}]}]})
    assert bad.status_code == 422
    assert "gong" in bad.text

    answer = await post(service, payload=payload, pictures_every_m=15)
    assert answer.status_code == 201, answer.text
    plan_ids = [plan["id"] for plan in answer.json()["plans"]]
    assert {NAV_DELAY, DO_SET_CAM_TRIGG_DIST} <= await _commands(service, plan_ids)
    state = {"time_s": 0, "drones": [{"id": "blue"}], "lost": ["red"]}
    new = await service.client.post("/api/schedules/s1/replan", json=state, timeout=220.0)
    assert new.status_code == 201, new.text
    plan_ids = [plan["id"] for plan in new.json()["plans"]]
    assert {NAV_DELAY, DO_SET_CAM_TRIGG_DIST} <= await _commands(service, plan_ids)


async def _commands(service: Any, plan_ids: list[str]) -> set[int]:
    """Commands of plans, as their files have them."""
    found: set[int] = set()
    for plan_id in plan_ids:
        plan = (await service.client.get(f"/api/plans/{plan_id}/export", params={"format": "plan"})).json()
        found |= {item["command"] for item in plan["mission"]["items"] if "command" in item}
    return found
