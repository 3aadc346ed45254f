"""The secret that both ends of a signed link share."""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from telemetry.refusal import TelemetryError

KEY_SIZE = 32

_LARGEST_FILE = 4096
_REMEDY = "Give a file with 32 bytes, 64 hexadecimal digits or a passphrase"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """32 bytes that are shown nowhere.

    Raises
    ------
    TelemetryError
        If there are not 32, or all are zero, which on the wire means no signing.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_SIZE:
            raise TelemetryError(
                f"a signing key has {KEY_SIZE} bytes, not {len(self.secret)}", remedy=_REMEDY
            )
        if not any(self.secret):
            raise TelemetryError("a signing key of zeros turns signing off", remedy="Choose another key")

    @classmethod
    def from_passphrase(cls, passphrase: str) -> "SigningKey":
        """Hash a passphrase by SHA-256, as MAVProxy and Mission Planner do."""
        return cls(hashlib.sha256(passphrase.encode()).digest())


def read_signing_key(path: Path) -> SigningKey:
    """Read a key file that only its owner can read.

    64 hexadecimal digits are the key itself; any other printable text, without white space at its ends, is a
    passphrase; 32 bytes that are no text are the key itself.

    Raises
    ------
    TelemetryError
        If the file cannot be read, can be read by others, or holds no key.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise TelemetryError(
            f"the signing key cannot be read ({(error.strerror or str(error)).lower()})",
            place=str(path),
            remedy=_REMEDY,
        ) from None
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
        raise TelemetryError(
            "others can read the signing key", place=str(path), remedy=f"Run chmod 600 {path}"
        )
    try:
        return _key_of(content)
    except TelemetryError as refused:
        raise TelemetryError(refused.what, place=str(path), remedy=refused.remedy) from None


def _key_of(content: bytes) -> SigningKey:
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if not text.isprintable() or not text:
        return SigningKey(content)
    if len(content) > _LARGEST_FILE:
        raise TelemetryError("the file is too long for a passphrase", remedy=_REMEDY)
    if len(text) == 2 * KEY_SIZE:
        try:
            return SigningKey(bytes.fromhex(text))
        except ValueError:
            pass
    return SigningKey.from_passphrase(text)
