"""How functions over arrays are compiled."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def _stamp() -> tuple[tuple[str, int, int], ...]:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


_STAMP = _stamp()


def compiled(function: FunctionT) -> FunctionT:
    """Compile at the first call, and keep what was compiled beside the source; divisions by zero are infinite."""
    kept: Any = numba.njit(cache=True, error_model="numpy")(function)
    # Numba looks at the function's own file only, and would go on with what it has of a file that this one calls.
    kept._cache._cache_file._source_stamp = _STAMP
    return kept  # type: ignore[no-any-return]
