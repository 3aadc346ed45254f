"""What the service is told at its start."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server.errors import SettingsError

TOKEN_VARIABLE = "FEIYING_TOKEN"  # noqa: S105
TOKEN_LENGTH_MIN = 16
STATIC_DIR = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service listens and what it lets in.

    Parameters
    ----------
    host, port
        As given; port 0 means any free one.
    token : str or None
        What every request must bring; None asks for nothing and is legal on loopback only.
    static_dir : Path
        The built page.
    max_body_bytes : int
        Longer request bodies are refused.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    static_dir: Path = STATIC_DIR
    max_body_bytes: int = 8_000_000

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise SettingsError(
                f"port {self.port} is not within 0..65535", remedy="Give --port 0 for any free one"
            )
        if self.token is None and not self.is_loopback:
            raise SettingsError(
                f"listening on {self.host} opens the drones to the network, and no token is set",
                remedy=f"Give --token-file FILE or set {TOKEN_VARIABLE} "
                f"(at least {TOKEN_LENGTH_MIN} characters), or listen on 127.0.0.1",
            )
        if self.token is not None and len(self.token) < TOKEN_LENGTH_MIN:
            raise SettingsError(
                f"the token has {len(self.token)} characters",
                remedy=f"Use at least {TOKEN_LENGTH_MIN}, e.g. from `openssl rand -hex 24`",
            )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_token(token_file: Path | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """Read the access token from a file, else from the environment; None where neither is given.

    Raises
    ------
    SettingsError
        If the file cannot be read or is empty.
    """
    if token_file is None:
        return environment.get(TOKEN_VARIABLE) or None
    try:
        token = token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the token cannot be read ({getattr(error, 'strerror', None) or 'not text in UTF-8'})",
            place=str(token_file),
            remedy="Give a readable text file",
        ) from None
    if not token:
        raise SettingsError("the file is empty", place=str(token_file), remedy="Write the token into it")
    return token
