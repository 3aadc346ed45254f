"""Compilation of kernels to machine code, kept from one run to the next."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

_config: Any = numba.config
_FOLDER = Path(__file__).parent


def compiled(function: Function) -> Function:
    """Compile a function by numba as it is first called; divisions by zero are infinite in it.

    The machine code is kept beside the sources, or among the user's caches where nothing can be written there, under a
    name made of all sources with kernels: numba itself would not notice a change in a function that is called.
    """
    with _keeping_in(_cache_folder()):
        try:
            kernel = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
        except RuntimeError:
            kernel = numba.njit(nogil=True, error_model="numpy")(function)
    return cast("Function", kernel)


@contextmanager
def _keeping_in(folder: str) -> Iterator[None]:
    before = _config.CACHE_DIR
    _config.CACHE_DIR = folder
    try:
        yield
    finally:
        _config.CACHE_DIR = before


@cache
def _cache_folder() -> str:
    sources = hashlib.sha256()
    for path in sorted(_FOLDER.glob("**/*.py")):
        source = path.read_bytes()
        if b"compiled" in source or b"(Row)" in source:
            sources.update(source)
    user_caches = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    roots = [_FOLDER / "__pycache__", user_caches / "feiying"]
    if _config.CACHE_DIR:
        roots.insert(0, Path(_config.CACHE_DIR))
    for root in roots:
        folder = root / f"kernels-{sources.hexdigest()[:12]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return str(folder)
    return ""
