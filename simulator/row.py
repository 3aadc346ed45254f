"""State that Python reads as attributes and compiled kernels step, in one row of an array for all vehicles."""

import ctypes
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

_TYPES: dict[Any, Any] = {float: ctypes.c_double, bool: ctypes.c_bool, int: ctypes.c_int64}


if TYPE_CHECKING:
    from _ctypes import _PyCStructType as _StructureKind
else:
    _StructureKind = type(ctypes.Structure)


class _RowKind(_StructureKind):
    """Makes fields of a class's annotations."""

    def __new__(mcs, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> Any:
        fields = space.get("__annotations__", {})
        if bases != (ctypes.Structure,):
            space["_first_values"] = {field: space.pop(field) for field in fields if field in space}
            space["_fields_"] = [(field, _TYPES.get(kind, kind)) for field, kind in fields.items()]
        return super().__new__(mcs, name, bases, space)


class Row(ctypes.Structure, metaclass=_RowKind):
    """Base of such states: the annotations of a class are its fields, numbers and truths or other rows.

    An instance has memory of its own, or is a view of a row of an array whose type is made of the class. Values given in
    the class are those after `reset`.
    """

    _first_values: ClassVar[dict[str, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Begin anew: zeros, and what the class says."""
        ctypes.memset(ctypes.addressof(self), 0, ctypes.sizeof(self))
        self._take_first_values()

    def _take_first_values(self) -> None:
        for name, kind in self._fields_:  # type: ignore[misc]
            if issubclass(kind, Row):
                getattr(self, name)._take_first_values()
        for name, value in self._first_values.items():
            setattr(self, name, value)

    def copied(self) -> Self:
        """Give the same with memory of its own."""
        return type(self).from_buffer_copy(self)

    def as_array(self) -> NDArray[np.void]:
        """Give an array of this one, as compiled kernels take it."""
        return np.frombuffer(self, np.dtype(type(self)))  # type: ignore[call-overload, no-any-return]
