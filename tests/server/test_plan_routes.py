import asyncio
import contextlib
from typing import Any

import orjson
import pytest

from missions.patterns.pattern import PatternName

HOME = {"lat_deg": 36.0942, "lon_deg": 103.7063}
REQUEST = {
    "pattern": {"name": "area", "zone_id": "precinct", "swath_m": 100},
    "alt_rel_m": 50,
    "home": HOME,
    "drones": 2,
    "speed_m_s": 8,
}


def area(**changes: Any) -> dict[str, Any]:
    return {"pattern": {"name": "area", "zone_id": "precinct", "swath_m": 100, **changes}}


async def make_plans(service: Any, **changes: Any) -> list[dict[str, Any]]:
    answer = await service.client.post("/api/plans", json={**REQUEST, **changes})
    assert answer.status_code == 201, answer.text
    plans: list[dict[str, Any]] = answer.json()["plans"]
    return plans


async def test_a_patrol_is_planned_shown_and_removed(service: Any) -> None:
    plans = await make_plans(service)
    assert [plan["id"] for plan in plans] == ["p1", "p2"]
    for plan in plans:
        assert plan["is_legal"] is True
        assert plan["zone_id"] == "precinct"
        assert plan["swath_m"] == 100
        assert plan["items"] > 2
        assert plan["length_m"] == pytest.approx(sum(route["length_m"] for route in plan["routes"]), abs=1.0)
        assert {route["kind"] for route in plan["routes"]} >= {"coverage", "transit"}
        assert all(len(route["positions"]) >= 2 for route in plan["routes"])
    assert (await service.client.get("/api/plans")).json() == {"plans": plans}
    assert (await service.client.get("/api/plans/p2")).json() == plans[1]
    assert (await service.client.delete("/api/plans/p1")).status_code == 204
    assert (await service.client.get("/api/plans/p1")).status_code == 404
    assert [plan["id"] for plan in await make_plans(service, drones=1)] == ["p3"]


async def test_a_stored_plan_is_checked_with_its_ways_back(service: Any) -> None:
    await make_plans(service, drones=1)
    answer = await service.client.post("/api/plans/p1/check", json={})
    assert answer.status_code == 200, answer.text
    checked = answer.json()
    plan = (await service.client.get("/api/plans/p1")).json()
    assert checked["is_legal"] is True
    assert checked["returns"] == plan["returns"]
    assert checked["returns"]["mode"] in {"rtl", "smart_rtl", "land"}
    assert len(checked["legs"]) >= plan["items"] - 2
    assert {"clearance_m", "zone_id", "from_seq", "item_seq"} <= checked["legs"][0].keys()
    at_noon = {"departure_utc_s": [1_748_750_400, 1_748_754_000], "returns": "advise"}
    assert checked["max_wind_m_s"] is None
    windy = (await service.client.post("/api/plans/p1/check", json={"max_wind_m_s": 9.9})).json()
    assert windy["max_wind_m_s"] == 9.9
    assert not windy["is_legal"]
    assert any("for gusts of 9.9 m/s" in finding["message"] for finding in windy["findings"])
    answer = await service.client.post("/api/plans/p1/check", json=at_noon)
    assert answer.json()["departure_utc_s"] == at_noon["departure_utc_s"]
    backwards = {"departure_utc_s": [1_748_754_000, 1_748_750_400]}
    assert (await service.client.post("/api/plans/p1/check", json=backwards)).status_code == 422
    assert (await service.client.post("/api/plans/p9/check", json={})).status_code == 404


async def test_the_fence_of_a_plan_and_its_account_are_shown(service: Any, feature: Any) -> None:
    await make_plans(service, drones=1)
    park = feature("park", 36.095, 103.705, 0.001, kind="advisory")
    assert (await service.client.put("/api/zones/park", json=park)).status_code == 200
    fence = (await service.client.get("/api/plans/p1/fence")).json()
    assert len(fence["inclusion"][0]) == 4
    assert len(fence["exclusions"]) == 1
    assert fence["items"] == 8
    assert fence["alt_max_rel_m"] == 120
    assert fence["action"] in ("rtl_or_land", "smart_rtl_or_land")
    losses = {(entry["zone_id"], entry["loss"], entry["is_stricter"]) for entry in fence["account"]}
    assert ("park", "advisory", False) in losses
    assert all(entry["watched_by"] == "live_monitor" for entry in fence["account"])
    assert any(line.startswith("park: ") for line in fence["account_lines"])
    span = {"departure_utc_s": [1_748_750_400, 1_748_754_000]}
    assert (await service.client.get("/api/plans/p1/fence", params=span)).status_code == 200
    assert (await service.client.get("/api/plans/p1/fence?departure_utc_s=5")).status_code == 422
    wall = feature("wall", 36.0942, 103.7, 0.009, kind="exclusion")
    assert (await service.client.put("/api/zones/wall", json=wall)).status_code == 200
    refused = await service.client.get("/api/plans/p1/fence")
    assert refused.status_code in (409, 422)
    assert "excluded area" in refused.json()["detail"]


async def test_layers_keep_drones_apart(service: Any) -> None:
    plans = await make_plans(service, alt_step_m=5)
    altitudes = [max(max(route["alts_rel_m"]) for route in plan["routes"]) for plan in plans]
    assert altitudes == [50, 55]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (area(zone_id="atlantis"), "atlantis"),
        ({"home": {"lat_deg": 37.0, "lon_deg": 103.7}}, "home"),
        ({"alt_rel_m": 119.5, **area(swath_m=100_000)}, "swath_m"),
        ({"alt_rel_m": 130}, "120"),
        (area(swath_m=-1), "swath_m"),
        (area(swath_m=0.01), "swath_m"),
        (area(swath_m=5000), "swath"),
        ({"pattern": "spiral"}, "pattern"),
        (area(name="zigzag"), "zigzag"),
        (area(radius_m=40), "radius_m"),
        ({"pattern": {"name": "orbit"}}, "centre"),
        ({"pattern": {"name": "orbit", "centre": HOME, "radius_m": 1}}, "radius_m"),
        ({"pattern": {"name": "lines", "lines": [[HOME, HOME]]}}, "leads nowhere"),
        ({"pattern": {"name": "orbit", "centre": HOME}, "drones": 2}, "one drone"),
        ({"drones": 0}, "drones"),
        ({"drones": 1.5}, "drones"),
        ({"home": {"lat_deg": 91, "lon_deg": 0}}, "lat_deg"),
        ({"homw": 1}, "homw"),
        (area(swath_m=None), "swath_m"),
    ],
)
async def test_what_cannot_be_planned_is_refused_and_not_kept(
    service: Any, changes: dict[str, Any], words: str
) -> None:
    answer = await service.client.post("/api/plans", json={**REQUEST, **changes})
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert words in problem["detail"] + str(problem.get("findings"))
    assert (await service.client.get("/api/plans")).json() == {"plans": []}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"swath_m": NaN}', b"\xff"])
async def test_a_request_that_is_none_is_a_problem(service: Any, body: bytes) -> None:
    answer = await service.client.post(
        "/api/plans", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [
        ("plan", "application/json"),
        ("geojson", "application/geo+json"),
        ("waypoints", "text/plain"),
        ("kml", "application/vnd.google-earth.kml+xml"),
        ("kmz", "application/vnd.google-earth.kmz"),
        ("gpx", "application/gpx+xml"),
        ("wpml", "application/vnd.google-earth.kmz"),
        ("html", "text/html"),
    ],
)
async def test_plans_are_exported(service: Any, ending: str, media_type: str) -> None:
    await make_plans(service)
    answer = await service.client.get(f"/api/plans/p1/export?format={ending}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(media_type)
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert f'.{"wpml.kmz" if ending == "wpml" else ending}"' in disposition
    if ending == "plan":
        assert orjson.loads(answer.content)["fileType"] == "Plan"
    elif ending == "geojson":
        assert orjson.loads(answer.content)["type"] == "FeatureCollection"
    elif ending == "waypoints":
        assert answer.text.startswith("QGC WPL 110")
    elif ending in ("kmz", "wpml"):
        assert answer.content.startswith(b"PK")
    elif ending in ("kml", "gpx"):
        assert answer.content.startswith(b"<?xml")
    else:
        assert "http" not in answer.headers["content-security-policy"]
        assert answer.text.lstrip().lower().startswith("<!doctype html")


async def test_an_unknown_format_is_refused(service: Any) -> None:
    await make_plans(service)
    answer = await service.client.get("/api/plans/p1/export?format=exe")
    assert answer.status_code == 422
    assert "format" in answer.json()["detail"]


async def test_names_in_any_script_make_safe_file_names(run_service: Any, feature: Any) -> None:
    from geofence.formats.geojson import zones_from_geojson

    island = feature('雁鸣洲 "/..', 36.09, 103.70, 0.01)
    zones = zones_from_geojson({"type": "FeatureCollection", "features": [island]})
    async with run_service(zones=zones) as service:
        await make_plans(service, **area(zone_id=island["id"]), drones=1)
        answer = await service.client.get("/api/plans/p1/export?format=plan")
        assert answer.status_code == 200
        disposition = answer.headers["content-disposition"]
        assert "%E9%9B%81" in disposition
        assert "/" not in disposition


async def test_the_service_answers_while_it_plans(service: Any) -> None:
    """Planning takes its time in a thread of its own."""
    planning = asyncio.create_task(make_plans(service, **area(swath_m=12), drones=4))
    answers = 0
    with contextlib.suppress(asyncio.CancelledError):
        while not planning.done():
            assert (await service.client.get("/healthz")).status_code == 200
            answers += 1
            await asyncio.sleep(0.02)
    assert len(planning.result()) == 4
    assert answers > 3


NEAR = {"lat_deg": 36.0950, "lon_deg": 103.7050}
FAR = {"lat_deg": 36.0960, "lon_deg": 103.7080}


@pytest.mark.parametrize(
    "pattern",
    [
        {"name": "area", "zone_id": "precinct", "swath_m": 150, "overlap": 0.2, "crosshatch": True},
        {"name": "perimeter", "zone_id": "precinct", "inset_m": 40, "laps": 2, "direction": "clockwise"},
        {"name": "corridor", "line": [NEAR, FAR, HOME], "width_m": 80},
        {"name": "lines", "lines": [[NEAR, FAR], [HOME, FAR]]},
        {"name": "points", "points": [{**NEAR, "dwell_s": 4, "look_at": FAR}, FAR]},
        {"name": "orbit", "centre": NEAR, "radius_m": 30, "turns": 1.5},
        {"name": "spiral", "centre": NEAR, "end_radius_m": 60, "end_alt_rel_m": 70},
        {"name": "expanding_square", "datum": NEAR, "legs": 6, "drift": {"set_deg": 90, "rate_m_s": 0.3}},
        {"name": "sector_search", "datum": NEAR, "radius_m": 60, "searches": 2},
    ],
    ids=lambda pattern: pattern["name"],
)
async def test_every_pattern_is_previewed_and_kept(service: Any, pattern: dict[str, Any]) -> None:
    request = {**REQUEST, "drones": 1, "pattern": pattern}
    preview = await service.client.post("/api/plans/preview", json=request)
    assert preview.status_code == 200, preview.text
    assert (await service.client.get("/api/plans")).json() == {"plans": []}
    (kept,) = await make_plans(service, drones=1, pattern=pattern)
    assert preview.json()["plans"] == [{**kept, "id": ""}]
    assert kept["pattern"] == pattern["name"]
    assert kept["zone_id"] == "precinct"
    assert kept["is_legal"]
    assert bool(kept["datum_track"]) == ("datum" in pattern)


async def test_every_pattern_is_told_apart_in_the_description(service: Any) -> None:
    described = (await service.client.get("/api/openapi.json")).json()
    pattern = described["components"]["schemas"]["PlanRequestBody"]["properties"]["pattern"]
    assert pattern["discriminator"]["propertyName"] == "name"
    assert set(pattern["discriminator"]["mapping"]) == {name.value for name in PatternName}


async def test_a_plan_tells_what_it_takes_of_the_battery(service: Any) -> None:
    calm, windy, large = [
        (await make_plans(service, drones=1, **changes))[0]
        for changes in (
            {},
            {"wind": {"speed_m_s": 8, "from_deg": 270}},
            {"vehicle": "quad-50"},
        )
    ]
    assert (calm["vehicle"], large["vehicle"]) == ("quad-30", "quad-50")
    assert 60 < calm["duration_s"] < 3600
    assert windy["energy_wh"] > calm["energy_wh"] > 1
    assert large["battery_share"] < calm["battery_share"]
    assert large["keeps_reserve"] is True


async def test_a_reserve_that_is_broken_is_told_split_or_refused(service: Any) -> None:
    long = {"pattern": {"name": "area", "zone_id": "precinct", "swath_m": 12}, "drones": 1}
    (assumed,) = await make_plans(service, **long)
    assert assumed["keeps_reserve"] is False
    assert [finding["severity"] for finding in assumed["findings"] if finding["code"] == "reserve"] == [
        "advice"
    ]
    named = await service.client.post("/api/plans", json={**REQUEST, **long, "vehicle": "quad-30"})
    assert named.status_code == 422
    assert "reserve" in {finding["code"] for finding in named.json()["findings"]}
    parts = await make_plans(service, **long, vehicle="quad-30", splits_by_battery=True)
    assert len(parts) > 1
    assert all(plan["keeps_reserve"] and plan["is_legal"] for plan in parts)


@pytest.mark.parametrize(
    "changes",
    [{"vehicle": "airliner"}, {"vehicle": "/etc/passwd.json"}, {"wind": {"speed_m_s": -1, "from_deg": 0}}],
)
async def test_vehicles_and_winds_that_cannot_be_are_refused(service: Any, changes: dict[str, Any]) -> None:
    answer = await service.client.post("/api/plans", json={**REQUEST, **changes})
    assert answer.status_code == 422
