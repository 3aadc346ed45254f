"""The access token and the browser sessions opened with it."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import HTTPConnection

from server.errors import UnauthenticatedError

COOKIE = "feiying_session"
SESSION_S = 12 * 3600.0
SESSIONS_MAX = 1000


class Credentials:
    """Knows the token and who has shown it.

    Parameters
    ----------
    token : str
    monotonic_s : callable
        The time.
    """

    def __init__(self, token: str, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._token = token.encode()
        self._monotonic_s = monotonic_s
        self._sessions: OrderedDict[str, float] = OrderedDict()

    def open_session(self, token: str) -> str:
        """Give the cookie of a new session or raise `UnauthenticatedError`."""
        if not self._is_token(token):
            raise UnauthenticatedError(
                "the token is not the right one", remedy="Ask who started the service for it"
            )
        while len(self._sessions) >= SESSIONS_MAX:
            self._sessions.popitem(last=False)
        cookie = secrets.token_urlsafe(32)
        self._sessions[cookie] = self._monotonic_s() + SESSION_S
        return cookie

    def check(self, connection: HTTPConnection) -> None:
        """Raise `UnauthenticatedError` unless a request or WebSocket brings the token or a session's cookie."""
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_token(token.strip()):
            return
        ends_s = self._sessions.get(connection.cookies.get(COOKIE, ""))
        if ends_s is not None and self._monotonic_s() < ends_s:
            return
        raise UnauthenticatedError(
            "this service wants its token",
            remedy="Send the header Authorization: Bearer TOKEN, or sign in on its page",
        )

    def _is_token(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self._token)
