from typing import Any

import pytest


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nowhere", 404),
        ("POST", "/api/zones", 405),
        ("PUT", "/api/drones", 405),
        ("GET", "/api/plans/p77", 404),
        ("DELETE", "/api/plans/p77", 404),
        ("GET", "/api/plans/p77/export?format=plan", 404),
        ("GET", "/api/drones/9-9", 404),
        ("GET", "/api/events?after=x", 422),
        ("GET", "/api/events?after=-1", 422),
        ("GET", f"/api/events?after={10**30}", 422),
        ("POST", "/api/plans", 422),
        ("GET", "/nowhere.js", 503),
    ],
)
async def test_every_refusal_is_a_problem(service: Any, method: str, path: str, status: int) -> None:
    answer = await service.client.request(method, path)
    assert answer.status_code == status
    if status != 503:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["type"] == "about:blank"
        assert problem["status"] == status
        assert problem["title"]
        assert problem["detail"].endswith(".")


async def test_405_names_what_is_allowed(service: Any) -> None:
    answer = await service.client.post("/api/zones")
    assert "GET" in answer.headers["allow"]


async def test_commands_are_validated_before_the_drone_is_asked(service: Any) -> None:
    answer = await service.client.post("/api/drones/1-1/commands", json={"command": "explode"})
    assert answer.status_code == 422
    assert "command" in answer.json()["detail"]


async def test_a_drone_that_is_not_there(service: Any) -> None:
    answer = await service.client.post("/api/drones/1-1/commands", json={"command": "rtl"})
    assert answer.status_code == 404
    assert "1-1" in answer.json()["detail"]


async def test_health_and_openapi_and_no_foreign_documentation(service: Any) -> None:
    assert (await service.client.get("/healthz")).json() == {"status": "ok", "version": "0.1.0"}
    document = (await service.client.get("/api/openapi.json")).json()
    assert "/api/drones/{drone_id}/flights" in document["paths"]
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["description"]
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            assert "422" not in operation["responses"]
    assert (await service.client.get("/docs")).status_code == 503
    assert (await service.client.get("/redoc")).status_code == 503


async def test_security_headers_are_on_every_answer(service: Any) -> None:
    for path in ("/", "/healthz", "/api/nowhere"):
        headers = (await service.client.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


async def test_a_page_that_was_not_built_says_how(service: Any) -> None:
    answer = await service.client.get("/")
    assert answer.status_code == 503
    assert "hatch_build.py" in answer.text


async def test_the_page_is_served_and_nothing_beside_it(run_service: Any, tmp_path: Any) -> None:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<title>page</title>")
    (static / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "secret").write_text("do not tell")
    async with run_service(static_dir=static) as service:
        assert "page" in (await service.client.get("/")).text
        asset = await service.client.get("/assets/app-1a2b.js")
        assert asset.status_code == 200
        assert "javascript" in asset.headers["content-type"]
        assert "immutable" in asset.headers["cache-control"]
        for path in ("/..%2fsecret", "/%2e%2e/secret", "/assets/..%2f..%2fsecret", "/%00", "/assets"):
            answer = await service.client.get(path)
            assert answer.status_code == 404, path
            assert "do not tell" not in answer.text


async def test_long_bodies_are_refused(service: Any) -> None:
    longer = service.settings.max_body_bytes + 1
    announced = await service.client.put("/api/zones", content=b"x" * longer)
    assert announced.status_code == 413

    async def chunks() -> Any:
        for _ in range(longer // 1000 + 1):
            yield b"x" * 1000

    streamed = await service.client.put("/api/zones", content=chunks())
    assert streamed.status_code == 413
    assert streamed.json()["status"] == 413
