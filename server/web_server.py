"""Runs the web application on a socket until told to stop."""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

from server.errors import SettingsError

SEND_BUFFER_BYTES = 256 * 1024
"""Of each connection; what the kernel holds for a slow viewer is what it sees late."""
WEBSOCKET_MESSAGE_MAX_BYTES = 64 * 1024
SHUTDOWN_S = 3


def _is_worth_logging(record: logging.LogRecord) -> bool:
    # uvicorn's websockets-sansio says so of every WebSocket that was answered with a refusal.
    return "without completing handshake" not in record.msg


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The command line handles signals; uvicorn would raise them again after the shutdown.
        yield


def bind(host: str, port: int) -> socket.socket:
    """Bind and listen; port 0 takes any free one.

    Raises
    ------
    SettingsError
        If the port is in use or the host is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host} ({error.strerror or error})", remedy="Give an address of this machine"
        ) from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"port {port} on {host} is in use", remedy="Give another --port, or --port 0 for any free one"
            ) from None
        if error.errno == errno.EACCES:
            raise SettingsError(
                f"port {port} may not be used by this user", remedy="Give a --port above 1023"
            ) from None
        raise SettingsError(
            f"cannot listen on {host} ({error.strerror or error})", remedy="Give an address of this machine"
        ) from None
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket) -> str:
    """Give the address to open in a browser on this machine."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve inside the block; open connections are closed at its end."""
    config = uvicorn.Config(
        app,
        loop="none",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=WEBSOCKET_MESSAGE_MAX_BYTES,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_worth_logging)
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="web server")
    try:
        yield
    finally:
        server.should_exit = True
        await task
