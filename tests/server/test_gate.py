import base64
import hashlib
from typing import Any

import pytest
from starlette.datastructures import Headers
from websockets.exceptions import InvalidStatus

from server.errors import ForeignError, SettingsError
from server.origin_check import check_origin
from server.settings import Settings, read_token

TOKEN = "correct horse battery"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://[::1", "file://"]
)
async def test_a_foreign_page_commands_nothing(service: Any, origin: str) -> None:
    headers = {"Origin": origin}
    for method, path in (
        ("PUT", "/api/zones"),
        ("DELETE", "/api/zones/precinct"),
        ("POST", "/api/drones/1-1/commands"),
    ):
        answer = await service.client.request(method, path, headers=headers)
        assert answer.status_code == 403
        assert origin in answer.json()["detail"]
    with pytest.raises(InvalidStatus) as refused:
        async with service.watch(origin=origin):
            pass
    assert refused.value.response.status_code == 403
    assert len((await service.client.get("/api/zones")).json()["features"]) == 2


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("station.example", "https://station.example"),
        ("station.example", "http://station.example:80"),
        ("station.example:8000", "http://STATION.example:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_own_origins_pass_behind_a_proxy_too(host: str, origin: str) -> None:
    check_origin(Headers({"host": host, "origin": origin}))


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("station.example", "https://station.example:8443"),
        ("station.example:8000", "http://station.example"),
        ("", "null"),
        ("", "http://"),
    ],
)
def test_other_ports_are_other_origins(host: str, origin: str) -> None:
    with pytest.raises(ForeignError):
        check_origin(Headers({"host": host, "origin": origin}))


async def test_the_own_page_may(service: Any) -> None:
    own = service.url.rstrip("/")
    assert (await service.client.delete("/api/zones/hospital", headers={"Origin": own})).status_code == 204
    async with service.watch(origin=own) as viewer:
        assert await viewer.recv()


async def test_a_rebound_name_gets_nothing(service: Any) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "[", "evil.example:8000"):
        answer = await service.client.get("/api/zones", headers={"Host": host})
        assert answer.status_code in (400, 403), host
    with pytest.raises(InvalidStatus):
        async with service.watch(additional_headers={"Host": "evil.example"}):
            pass


async def test_localhost_is_this_service_too(service: Any) -> None:
    port = service.client.base_url.port
    assert (await service.client.get("/api/zones", headers={"Host": f"localhost:{port}"})).status_code == 200


async def test_with_a_token_nothing_is_open(run_service: Any) -> None:
    async with run_service(token=TOKEN) as service:
        for path in ("/healthz", "/api/zones", "/api/openapi.json", "/"):
            answer = await service.client.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
        with pytest.raises(InvalidStatus) as refused:
            async with service.watch():
                pass
        assert refused.value.response.status_code == 401

        for wrong in ("Bearer nonsense", "Bearer", "Basic " + TOKEN, "Bearer ключ"):
            headers = {"Authorization": wrong.encode()}
            assert (await service.client.get("/healthz", headers=headers)).status_code == 401

        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert (await service.client.get("/healthz", headers=bearer)).status_code == 200
        async with service.watch(additional_headers=bearer) as viewer:
            assert await viewer.recv()


async def test_a_browser_signs_in(run_service: Any) -> None:
    async with run_service(token=TOKEN) as service:
        client = service.client
        sent_away = await client.get("/", headers={"Accept": "text/html"})
        assert sent_away.status_code == 303
        assert sent_away.headers["location"] == "/login"
        form = await client.get("/login")
        assert "Access token" in form.text
        style = form.text.partition("<style>")[2].partition("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'self' 'sha256-{digest}'" in form.headers["content-security-policy"]

        refused = await client.post("/login", data={"token": "x" * 20})
        assert refused.status_code == 401
        assert "set-cookie" not in refused.headers
        foreign = await client.post(
            "/login", data={"token": TOKEN}, headers={"Origin": "http://evil.example"}
        )
        assert foreign.status_code == 403

        opened = await client.post("/login", data={"token": TOKEN})
        assert opened.status_code == 303
        cookie = opened.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
        assert TOKEN not in cookie
        assert (await client.get("/healthz")).status_code == 200
        session = {"Cookie": cookie.partition(";")[0]}
        async with service.watch(additional_headers=session) as viewer:
            assert await viewer.recv()


async def test_sessions_end(run_service: Any) -> None:
    from starlette.requests import HTTPConnection

    from server.credentials import COOKIE, SESSION_S, Credentials
    from server.errors import UnauthenticatedError

    now_s = 0.0
    credentials = Credentials(TOKEN, lambda: now_s)
    cookie = credentials.open_session(TOKEN)
    connection = HTTPConnection(
        {"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())], "path": "/"}
    )
    credentials.check(connection)
    now_s = SESSION_S
    with pytest.raises(UnauthenticatedError):
        credentials.check(connection)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "station.local"])
def test_the_network_demands_a_token(host: str) -> None:
    with pytest.raises(SettingsError, match="--token-file"):
        Settings(host=host)
    with pytest.raises(SettingsError, match="15 characters"):
        Settings(host=host, token="x" * 15)
    assert not Settings(host=host, token="x" * 16).is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_demands_none(host: str) -> None:
    assert Settings(host=host).is_loopback


def test_tokens_come_from_a_file_or_the_environment(tmp_path: Any) -> None:
    file = tmp_path / "token"
    file.write_text("  from-a-file-0123456789\n")
    environment = {"FEIYING_TOKEN": "from-the-environment"}
    assert read_token(file, environment) == "from-a-file-0123456789"
    assert read_token(None, environment) == "from-the-environment"
    assert read_token(None, {}) is None
    with pytest.raises(SettingsError, match="cannot be read"):
        read_token(tmp_path / "missing", {})
    file.write_text("\n")
    with pytest.raises(SettingsError, match="empty"):
        read_token(file, {})
