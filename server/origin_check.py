"""Who may speak to the service: requests for this host, from this service's own pages or from no page at all."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

from server.errors import ForeignError
from server.settings import is_loopback

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = (None, 80, 443)


def check_host(headers: Headers) -> None:
    """Refuse a host name that is not loopback: on a loopback service only DNS rebinding brings one.

    Raises
    ------
    ForeignError
    """
    named = headers.get("host", "")
    try:
        host = urlsplit(f"//{named}").hostname or ""
    except ValueError:
        host = ""
    if not is_loopback(host):
        raise ForeignError(
            f"the host {named!r} is not this service", remedy="Open it as http://127.0.0.1 with its port"
        )


def check_origin(headers: Headers) -> None:
    """Refuse what a web page of another origin sends: no foreign page may command drones or watch them.

    Programs send no Origin and pass. The scheme is not compared: a proxy in front may speak TLS.

    Raises
    ------
    ForeignError
    """
    origin = headers.get("origin")
    if origin is None:
        return
    named = _address(origin)
    if named is None or named != _address(f"//{headers.get('host', '')}"):
        raise ForeignError(
            f"a page of {origin} may not use this service", remedy="Open the service's own page instead"
        )


def _address(url: str) -> tuple[str, int | None] | None:
    """Give host and port; None, which equals no own address, for the opaque origin `null` and for nonsense."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    return (host, None if port in _DEFAULT_PORTS else port) if host else None
