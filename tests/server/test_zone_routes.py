from typing import Any


def collection_of(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


async def test_zones_are_served_as_a_collection(service: Any) -> None:
    answer = await service.client.get("/api/zones")
    assert answer.status_code == 200
    document = answer.json()
    assert document["type"] == "FeatureCollection"
    assert [feature["id"] for feature in document["features"]] == ["precinct", "hospital"]
    assert document["features"][0]["properties"]["ceiling_m"] == 120


async def test_a_zone_is_added_read_and_removed(service: Any, feature: Any) -> None:
    shoal = feature("shoal", 36.091, 103.701, 0.002, kind="advisory")
    put = await service.client.put("/api/zones/shoal", json=shoal)
    assert put.status_code == 200, put.text
    assert (await service.client.get("/api/zones/shoal")).json() == put.json()
    assert (await service.client.delete("/api/zones/shoal")).status_code == 204
    missing = await service.client.get("/api/zones/shoal")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert "precinct" in missing.json()["detail"]


async def test_all_zones_are_replaced(service: Any, feature: Any) -> None:
    only = collection_of(feature("only", 36.0, 103.0, 0.01))
    assert (await service.client.put("/api/zones", json=only)).status_code == 200
    assert len((await service.client.get("/api/zones")).json()["features"]) == 1


async def test_a_refused_collection_changes_nothing(service: Any, feature: Any) -> None:
    line = feature("line", 36.0, 103.0, 0.01)
    line["geometry"]["coordinates"] = [[[103.0, 36.0], [103.01, 36.01], [103.0, 36.0]]]
    answer = await service.client.put("/api/zones", json=collection_of(line))
    assert answer.status_code == 422
    assert "line" in answer.json()["detail"]
    assert len((await service.client.get("/api/zones")).json()["features"]) == 2


async def test_what_was_mended_is_told_and_may_come_back(service: Any, feature: Any) -> None:
    bow = feature("bow", 36.0, 103.0, 0.01, kind="exclusion")
    ring = bow["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    answer = (await service.client.put("/api/zones", json=collection_of(bow))).json()
    (repair,) = answer["repairs"]
    assert (repair["code"], repair["zone_id"], repair["place"]) == (
        "self_intersection",
        "bow",
        "body, feature 1 (bow)",
    )
    again = (await service.client.put("/api/zones", json=answer)).json()
    stored = (await service.client.get("/api/zones")).json()
    assert again == stored
    assert "repairs" not in stored
    assert stored["features"] == answer["features"]
    one = (await service.client.put("/api/zones/bow", json=bow)).json()
    assert [repair["code"] for repair in one["repairs"]] == ["self_intersection"]


async def test_an_id_that_contradicts_the_address_is_refused(service: Any, feature: Any) -> None:
    answer = await service.client.put("/api/zones/a", json=feature("b", 36.0, 103.0, 0.01))
    assert answer.status_code == 422
    assert "'b'" in answer.json()["detail"]


async def test_a_zone_without_id_takes_the_address(service: Any, feature: Any) -> None:
    unnamed = feature("x", 36.0, 103.0, 0.01)
    del unnamed["id"]
    assert (await service.client.put("/api/zones/a b", json=unnamed)).json()["id"] == "a b"


async def test_broken_json_is_a_problem(service: Any) -> None:
    for body in (b'{"type": ', b"[]", b"", b"\xff\xfe", b'{"type": NaN}', b"[" * 5000):
        answer = await service.client.put("/api/zones", content=body)
        assert answer.status_code == 422, body
        problem = answer.json()
        assert problem["status"] == 422
        assert problem["title"]
        assert "body" in problem["detail"]
