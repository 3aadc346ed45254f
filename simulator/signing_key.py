"""The file with the key of signed links."""

import hashlib
import os
from pathlib import Path

from simulator.protocol.signing import KEY_BYTES
from simulator.refusal import SimulatorError


def read_signing_key(path: Path) -> bytes:
    """Read 32 bytes, 64 hexadecimal digits, or a passphrase, whose SHA-256 is the key.

    Raises
    ------
    SimulatorError
        If it cannot be read, others can read it, or it holds no key.
    """
    try:
        content = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise SimulatorError(
            f"the signing key cannot be read ({(error.strerror or str(error)).lower()})", place=str(path)
        ) from error
    if os.name == "posix" and mode & 0o077:
        raise SimulatorError(
            "others can read the signing key", place=str(path), remedy=f"Run chmod 600 {path}"
        )
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        text = ""
    key = content
    if text and text.isprintable():
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(text) != 2 * KEY_BYTES or not key:
            key = hashlib.sha256(text.encode()).digest()
    if len(key) != KEY_BYTES or not any(key):
        raise SimulatorError(
            "there is no signing key in this file",
            place=str(path),
            remedy=f"Give {KEY_BYTES} bytes that are not all zero, {2 * KEY_BYTES} hexadecimal digits or a passphrase",
        )
    return key
