"""What every request and WebSocket passes before the service looks at it (pure ASGI)."""

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from geofence.refusal import Refusal
from server.credentials import Credentials
from server.errors import BodyTooLongError, UnauthenticatedError, refusal_response
from server.origin_check import SAFE_METHODS, check_host, check_origin
from server.security_headers import SECURITY_HEADERS
from server.settings import Settings

LOGIN_PATH = "/login"


class Gate:
    """Checks host, origin, credentials and length; adds the security headers.

    Parameters
    ----------
    app : ASGIApp
    settings : Settings
    credentials : Credentials or None
        None lets everybody in who reaches the port.
    """

    def __init__(self, app: ASGIApp, settings: Settings, credentials: Credentials | None) -> None:
        self._app = app
        self._settings = settings
        self._credentials = credentials

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one connection in or answer why not."""
        if scope["type"] == "http":
            await self._request(scope, receive, _with_security_headers(scope, send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            if self._settings.is_loopback:
                check_host(headers)
            if scope["method"] not in SAFE_METHODS:
                check_origin(headers)
            if scope["path"] != LOGIN_PATH:
                self._check_credentials(scope)
            length = _content_length(headers)
            if length is not None and length > self._settings.max_body_bytes:
                raise self._too_long()
        except Refusal as refusal:
            await _answer_to(refusal, scope, headers)(scope, receive, send)
            return
        await self._app(scope, self._limited(receive), send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            if self._settings.is_loopback:
                check_host(headers)
            check_origin(headers)
            self._check_credentials(scope)
        except Refusal as refusal:
            websocket = WebSocket(scope, receive, send)
            await websocket.receive()
            await websocket.send_denial_response(refusal_response(refusal))
            return
        await self._app(scope, receive, send)

    def _check_credentials(self, scope: Scope) -> None:
        if self._credentials is not None:
            self._credentials.check(HTTPConnection(scope))

    def _limited(self, receive: Receive) -> Receive:
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._settings.max_body_bytes:
                raise self._too_long()
            return message

        return receive_limited

    def _too_long(self) -> BodyTooLongError:
        return BodyTooLongError(
            f"the body is longer than {self._settings.max_body_bytes} bytes", remedy="Send less at a time"
        )


def _content_length(headers: Headers) -> int | None:
    value = headers.get("content-length", "")
    return int(value) if value.isdecimal() else None


def _answer_to(refusal: Refusal, scope: Scope, headers: Headers) -> Response:
    wants_page = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
    if isinstance(refusal, UnauthenticatedError) and wants_page:
        return RedirectResponse(LOGIN_PATH, status_code=HTTPStatus.SEE_OTHER)
    return refusal_response(refusal)


def _with_security_headers(scope: Scope, send: Send) -> Send:
    is_fresh_only = scope["path"].startswith(("/api/", "/healthz", LOGIN_PATH))

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if is_fresh_only:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return send_with_headers
