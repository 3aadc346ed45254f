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

# What numba makes of its NUMBA_... variables.
_config: Any = numba.config
_FOLDER = Path(__file__).parent


def compiled(function: Function) -> Function:
    """Compile a function by numba as it is first called; divisions by zero are infinite in it.

    The machine code is kept beside the package, or among the user's caches where the package cannot be
    written to, under a name made of the sources of its sub-package: numba itself would not notice that a
    function called from another file has changed. Where nothing can be kept, it is compiled in each run.
    """
    with _keeping_in(_cache_folder(_package_of(Path(function.__code__.co_filename)))):
        try:
            kernel = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
        except RuntimeError:
            kernel = numba.njit(nogil=True, error_model="numpy")(function)
    return cast("Function", kernel)


def _package_of(file: Path) -> Path:
    """Give the folder whose sources call one another."""
    return _FOLDER / file.relative_to(_FOLDER).parts[0] if file.is_relative_to(_FOLDER) else file.parent


@contextmanager
def _keeping_in(folder: str) -> Iterator[None]:
    before = _config.CACHE_DIR
    _config.CACHE_DIR = folder
    try:
        yield
    finally:
        _config.CACHE_DIR = before


@cache
def _cache_folder(package: Path) -> str:
    sources = hashlib.sha256()
    for path in [Path(__file__), *sorted(package.glob("**/*.py"))]:
        sources.update(path.read_bytes())
    user_caches = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    roots = [package / "__pycache__", user_caches / "feiying"]
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
