"""A proof: one document that says what was verified with what, and seals itself."""

import hashlib
import importlib.metadata
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pyproj
import shapely

from geofence.refusal import GeofenceError

FORMAT = "feiying-proof"
VERSION = 1

SEAL = "sha256"
"""Key of the hash over the rest of the document."""


def sha256_hex(content: bytes) -> str:
    """Hash bytes."""
    return hashlib.sha256(content).hexdigest()


def canonical(document: Any) -> bytes:
    """Write JSON the one way that hashes are taken over: UTF-8, keys sorted, no blanks."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def software_versions() -> dict[str, str]:
    """Give the versions of everything whose answers a verification rests on."""
    return {
        "feiying": importlib.metadata.version("feiying"),
        "shapely": shapely.__version__,
        "geos": shapely.geos_version_string,
        "pyproj": pyproj.__version__,
        "proj": pyproj.proj_version_str,
    }


def write_proof(content: Mapping[str, Any]) -> bytes:
    """Seal a document; the same content gives the same bytes."""
    document = {"format": FORMAT, "version": VERSION, **content}
    sealed = {**document, SEAL: sha256_hex(canonical(document))}
    return orjson.dumps(sealed, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def read_proof(content: bytes, *, source: str) -> dict[str, Any]:
    """Read a proof, sealed or broken.

    Raises
    ------
    GeofenceError
        It is no proof, or of another version.
    """
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise GeofenceError(
            f"not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}",
            place=source,
            remedy="Give a file that feiying check --proof wrote",
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise GeofenceError(
            "is no proof", place=source, remedy="Give a file that feiying check --proof wrote"
        )
    if document.get("version") != VERSION:
        raise GeofenceError(
            f"is a proof of version {document.get('version')!r}",
            place=source,
            remedy=f"Version {VERSION} is read; prove anew",
        )
    return document


def is_sealed(document: Mapping[str, Any]) -> bool:
    """Whether nothing was changed since it was sealed; who changes it can seal it anew, so recompute it too."""
    rest = {key: value for key, value in document.items() if key != SEAL}
    return document.get(SEAL) == sha256_hex(canonical(rest))


def differences(proven: Any, recomputed: Any, *, tolerance: float, path: str = "") -> Iterator[str]:
    """Name the places where two documents differ, such as `legs[3].clearance_m`.

    Parameters
    ----------
    tolerance : float
        By which numbers may differ.
    """
    if isinstance(proven, dict) and isinstance(recomputed, dict):
        for key in sorted(proven.keys() | recomputed.keys()):
            place = f"{path}.{key}" if path else str(key)
            if key not in proven or key not in recomputed:
                yield place
            else:
                yield from differences(proven[key], recomputed[key], tolerance=tolerance, path=place)
    elif isinstance(proven, list) and isinstance(recomputed, list):
        if len(proven) != len(recomputed):
            yield path
            return
        for number, (one, other) in enumerate(zip(proven, recomputed, strict=True)):
            yield from differences(one, other, tolerance=tolerance, path=f"{path}[{number}]")
    elif _are_numbers(proven, recomputed):
        if abs(proven - recomputed) > tolerance:
            yield path
    elif type(proven) is not type(recomputed) or proven != recomputed:
        yield path


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
