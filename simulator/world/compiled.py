"""Compilation of kernels to machine code, kept from one run to the next."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function by numba as it is first called; kernels that call one another share a file.

    numba keeps machine code by a file's own date and would not notice a change in another one.
    """
    try:
        kernel = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # where nothing can be kept
        kernel = numba.njit(nogil=True, error_model="numpy")(function)
    return cast("Function", kernel)
